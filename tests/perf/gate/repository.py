"""A dose → a git repository of the subject alone: without a dose at its one commit, with it in its working tree."""

import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

SUBJECT = Path(__file__).parent / "subject"
FILES = ("dosed.py", "dosed.yaml", "dose.txt")
SUITE, DOSE = "dosed.yaml", "dose.txt"
AUTHOR = ("-c", "user.name=nobody", "-c", "user.email=nobody@localhost", "-c", "commit.gpgsign=false")


@contextmanager
def repository(dose: str) -> Iterator[Path]:
    """Its folder, among the temporary files, for as long as the `with` block lasts."""
    with tempfile.TemporaryDirectory(prefix="bench-dosed-") as name:
        folder = Path(name).resolve()
        for file in FILES:
            shutil.copy(SUBJECT / file, folder)
        git(folder, "init", "--quiet")
        git(folder, "add", "--all")
        git(folder, *AUTHOR, "commit", "--quiet", "--no-verify", "--message", "No dose")
        (folder / DOSE).write_text(f"{dose}\n", encoding="utf-8")
        yield folder


def git(folder: Path, *words: str) -> None:
    """Git there, which must succeed."""
    done = subprocess.run(["git", "-C", str(folder), *words], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
