"""A dose → a git repository of the subject alone: without a dose at its one commit, with it in its working tree; or,
with the labels swapped, the other way round."""

import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

SUBJECT = Path(__file__).parent / "subject"
FILES = ("dosed.py", "dosed.yaml", "dose.txt")
SUITE, DOSE = "dosed.yaml", "dose.txt"
NONE, SWAPPED = "0", "swapped-"
AUTHOR = ("-c", "user.name=nobody", "-c", "user.email=nobody@localhost", "-c", "commit.gpgsign=false")


@contextmanager
def repository(dose: str) -> Iterator[Path]:
    """Its folder, among the temporary files, for as long as the `with` block lasts."""
    with tempfile.TemporaryDirectory(prefix="bench-dosed-") as name:
        folder = Path(name).resolve()
        base, candidate = sides(dose)
        for file in FILES:
            shutil.copy(SUBJECT / file, folder)
        (folder / DOSE).write_text(f"{base}\n", encoding="utf-8")
        git(folder, "init", "--quiet")
        git(folder, "add", "--all")
        git(folder, *AUTHOR, "commit", "--quiet", "--no-verify", "--message", f"Dose {base}")
        (folder / DOSE).write_text(f"{candidate}\n", encoding="utf-8")
        yield folder


def sides(dose: str) -> tuple[str, str]:
    """The doses of base and candidate: `2` → none and 2, `swapped-2` → 2 and none."""
    return (dose.removeprefix(SWAPPED), NONE) if dose.startswith(SWAPPED) else (NONE, dose)


def git(folder: Path, *words: str) -> None:
    """Git there, which must succeed."""
    done = subprocess.run(["git", "-C", str(folder), *words], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
