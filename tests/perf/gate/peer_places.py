"""A tool's name and a dose → an environment of its own that shares our torch, and a repository with two revisions."""

import os
import shutil
import subprocess
import sys
from importlib.metadata import Distribution, distribution
from pathlib import Path

from packaging.requirements import Requirement

from tests.evidence.load import die_with_parent
from tests.perf.gate.repository import AUTHOR, DOSE, FILES, SUBJECT, SUITE, git

PEER_FILES = Path(__file__).parent / "peer_files"
BASE, CANDIDATE = "base", "candidate"
COUNTED = ", operations"


def environment(places: Path, tool: str, packages: tuple[str, ...]) -> Path:
    """The interpreter of an environment that has those packages and, by a .pth file, our torch; it is made unless it is
    there."""
    folder = places / tool
    done, python = folder / "made", folder / "bin" / "python"
    if not done.exists():
        shutil.rmtree(folder, ignore_errors=True)
        said([sys.executable, "-m", "venv", str(folder)], places)
        if packages:
            said([str(python), "-m", "pip", "install", "--quiet", *packages], places)
        (home,) = folder.glob("lib/*/site-packages")
        (home / "torch.pth").write_text(f"{shared(places)}\n", encoding="utf-8")
        done.touch()
    return python


def shared(places: Path) -> Path:
    """A folder of links to torch, to numpy and to what they require, of the environment that this process runs in."""
    folder = places / "shared"
    folder.mkdir(parents=True, exist_ok=True)
    for one in required("torch") | required("numpy"):
        found = distribution(one)
        for top in tops(found):
            link = folder / top
            if not link.is_symlink():
                link.symlink_to(str(found.locate_file(top)))
    return folder


def required(name: str) -> set[str]:
    """A distribution, and all that it cannot do without here."""
    found, todo = set[str](), [name]
    while todo:
        one = todo.pop()
        if one not in found:
            found.add(one)
            needs = map(Requirement, distribution(one).requires or ())
            todo += [need.name for need in needs if need.marker is None or need.marker.evaluate({"extra": ""})]
    return found


def tops(found: Distribution) -> set[str]:
    """Its files and folders in site-packages."""
    return {file.parts[0] for file in found.files or ()} - {"..", "__pycache__"}


def repository(places: Path, dose: str) -> Path:
    """A repository in which the branch `base` has no dose, and `candidate`, which is checked out, has it. Its suite
    does not ask for the operations of a step, from which our gate would know the dose without measuring."""
    folder = places / "repository"
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    for file in FILES:
        shutil.copy(SUBJECT / file, folder)
    suite = (folder / SUITE).read_text("utf-8")
    (folder / SUITE).write_text(suite.replace(COUNTED, ""), "utf-8")
    for path in PEER_FILES.glob("*.py"):
        shutil.copy(path, folder)
    (folder / "benchmarks").mkdir()
    for name in ("__init__.py", "asv_steps.py"):
        (folder / name).rename(folder / "benchmarks" / name)
    (folder / ".gitignore").write_text("__pycache__/\n.benchmarks/\n*.json\n", encoding="utf-8")
    git(folder, "init", "--quiet", "--initial-branch", BASE)
    committed(folder, "No dose")
    git(folder, "checkout", "--quiet", "-b", CANDIDATE)
    (folder / DOSE).write_text(f"{dose}\n", encoding="utf-8")
    committed(folder, f"A dose of {dose}")
    return folder


def committed(folder: Path, message: str) -> None:
    """All that is there, also where nothing has changed: a dose of 0 is another revision of the same code."""
    git(folder, "add", "--all")
    git(folder, *AUTHOR, "commit", "--quiet", "--no-verify", "--allow-empty", "--message", message)


def said(
    command: list[str], folder: Path, *, codes: tuple[int, ...] = (0,), errors: bool = False, **environ: str
) -> str:
    """What a command prints, which is started in that folder and ends with this process; with what it says on standard
    error, where that is asked for.

    Raises SystemExit with its last words where it fails."""
    folder.mkdir(parents=True, exist_ok=True)
    done = subprocess.run(
        command, cwd=folder, env=surroundings(**environ), capture_output=True, text=True, preexec_fn=die_with_parent
    )
    if done.returncode not in codes:
        raise SystemExit(f"{' '.join(command[:4])} ended with {done.returncode}:\n{done.stdout}{done.stderr}")
    return done.stdout + (done.stderr if errors else "")


def surroundings(**environ: str) -> dict[str, str]:
    """This process's environment without what is set for its own Python, whose plain interpreter is found first."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("PYTHON")}
    plain = Path(sys.base_prefix, "bin")
    return {**kept, "PATH": f"{plain}{os.pathsep}{kept.get('PATH', os.defpath)}", **environ}
