"""A text and the name of a golden file → whether they are equal; a mismatch leaves NAME.got beside it to look at."""

from pathlib import Path

FOLDER = Path(__file__).parent.parent / "golden" / "report"


def same_as_golden(name: str, text: str) -> bool:
    golden, got = FOLDER / name, FOLDER / f"{name}.got"
    if golden.exists() and golden.read_bytes() == text.encode():
        got.unlink(missing_ok=True)
        return True
    got.write_bytes(text.encode())
    return False
