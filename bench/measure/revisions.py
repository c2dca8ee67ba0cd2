"""A folder and a revision → its repository, worktrees of exactly that commit, what they hold and depend on.

Why not `git worktree prune`: it also takes from git's list every worktree of the user's whose folder cannot be seen
from here (another container's, a drive that is not mounted), with its index and its HEAD. Only our own are forgotten:
those in a folder of ours that is gone. A folder's owner holds a lock in it that the kernel frees whatever ends the
owner, so that one whose lock is free is nobody's, and the next gate deletes it."""

import os
import re
import shutil
import sys
import tempfile
import tomllib
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from fnmatch import fnmatchcase
from pathlib import Path, PurePosixPath

from bench.errors import BenchError, Busy, CannotStore, Incomparable
from bench.measure.git import asked, told
from bench.measure.hashes import hash_of_text
from bench.measure.lock import run_lock

PREFIX = "bench-trees-"
_OWNER = "owner"

LONGEST = 200
"""Characters of a worktree's folder, whose name git uses too, with a number behind it where there is another such."""

CHECKOUT_SECONDS = 600.0
"""A checkout may be a large one, and may wait for a filter."""

DEPENDENCIES = (
    "pyproject.toml",
    "requirements*.txt",
    "setup.cfg",
    "setup.py",
    "Pipfile*",
    "poetry.lock",
    "uv.lock",
    "pdm.lock",
    "environment.y*ml",
    "conda-lock.yml",
)

_SHALLOW = "this is a shallow clone; fetch the whole history (actions/checkout: fetch-depth: 0)"
_UNKNOWN = "name a branch, a tag or a commit that this repository has, or fetch it first"

_GITLINK = "160000 "
"""The mode of an entry of git's that is a submodule's commit."""

_POINTER = b"version https://git-lfs.github.com/spec/"

_DECLARATIONS = (
    ("build-system",),
    ("dependency-groups",),
    ("project", "dependencies"),
    ("project", "optional-dependencies"),
    ("project", "requires-python"),
    ("tool", "pdm", "dev-dependencies"),
    ("tool", "poetry", "dependencies"),
    ("tool", "poetry", "dev-dependencies"),
    ("tool", "poetry", "group"),
    ("tool", "uv"),
)
"""The tables and keys of a pyproject.toml that say what is to be installed, for packagers and for their tools."""

_NO_MODULES = sys.stdlib_module_names | {"bench", "__main__"}


def repository(folder: Path) -> Path:
    """The root of the working tree that a folder lies in.

    Raises BenchError where there is none, where git is missing, and where git does not trust its owner."""
    return Path(told(folder, "rev-parse", "--show-toplevel"))


def resolve(repository: Path, revision: str) -> str:
    """The full id of the commit that a revision names.

    Raises Incomparable where there is no such commit, BenchError for what can be no revision."""
    if revision.startswith("-"):
        raise BenchError(f"{revision!r} is no revision", hint=_UNKNOWN)
    found = asked(repository, "rev-parse", "--verify", "--end-of-options", revision)
    if found.ok and re.fullmatch("[0-9a-f]{40,}", found.text):  # `^main` is one, and has a sign in front
        commit = asked(repository, "rev-parse", "--verify", "--end-of-options", f"{found.text}^{{commit}}")
        if commit.ok:
            return commit.text
    shallow = told(repository, "rev-parse", "--is-shallow-repository") == "true"
    what = f"no commit {revision!r} in this repository"
    raise Incomparable(what, where=str(repository), hint=_SHALLOW if shallow else _UNKNOWN)


@contextmanager
def worktrees(repository: Path, revision: str, count: int) -> Iterator[tuple[Path, ...]]:
    """So many worktrees of exactly that commit, detached, for as long as the `with` block lasts; git has then forgotten
    them. What a process that was killed had left, of this repository or another, is deleted first. Their paths are as
    long as the repository's where that is the longer one: the length of a path is in the size of many a string that a
    process keeps of its modules.

    Raises Incomparable where there is no such commit, BenchError where git cannot check it out, CannotStore where there
    can be no temporary folder."""
    commit = resolve(repository, revision)
    _sweep()
    _forget(repository)
    with _folder() as folder:
        try:
            names = [_named(number, len(str(repository)) - len(f"{folder}/")) for number in range(1, count + 1)]
            yield tuple(_added(repository, commit, folder / name) for name in names)
        finally:
            try:
                _clear(repository, folder)
            except BaseException:  # a signal that came in between
                _clear(repository, folder)
                raise


def modules(tree: Path) -> frozenset[str]:
    """What the subject's modules can be called: `NAME.py` and `NAME/__init__.py` whose own folder is no package, less
    `bench` and Python's own. One in a folder `ns` is also `ns.NAME`, and so on upwards, since that folder may be a
    namespace package: `proof.foreign` takes such a name for itself and for all below it.

    The files are those that git tracks, here and in submodules that are checked out, and those that it neither tracks
    nor ignores: a candidate is the working tree as it is, and its new module may not be added yet. What is ignored
    (environments, builds) is not the subject, and what is deleted is not there."""
    files = [PurePosixPath(file) for file in _files(tree) if file.endswith(".py") and os.path.isfile(tree / file)]
    packages = {file.parent for file in files if file.name == "__init__.py"}
    tops = {file.parent if file.name == "__init__.py" else file.with_suffix("") for file in files}
    return frozenset(name for top in tops if top.parent not in packages for name in _names(top))


def unchanged(tree: Path, revision: str) -> bool:
    """Whether a working tree is that revision: no tracked file differs, and there is no other."""
    differing = told(tree, "diff", "--name-only", revision, "--")
    others = told(tree, "ls-files", "--others", "--exclude-standard")
    return not (differing.strip() or others.strip())


def left_empty(base: Path, candidate: Path) -> tuple[str, ...]:
    """The paths of the submodules that a worktree leaves empty and the candidate's tree has checked out. Their modules
    are none of the base's: what is loaded of them there comes from elsewhere, such as an installed package, and no
    proof takes it for foreign."""
    links = (entry.split("\t", 1) for entry in told(base, "ls-files", "-z", "--stage").split("\0") if entry)
    paths = (path for head, path in links if head.startswith(_GITLINK))
    return tuple(path for path in paths if _filled(candidate / path) and not _filled(base / path))


def left_in_lfs(base: Path, candidate: Path) -> tuple[str, ...]:
    """The paths of the files in whose place the base's worktree has pointers of git-lfs, and the candidate's tree has
    none. To fetch what they point to may take hours and money, so nobody does it unasked (`bench.measure.git`)."""
    return tuple(sorted(path for path in _files(base) if _points(base / path) and not _points(candidate / path)))


def dependency_files(tree: Path, project: PurePosixPath) -> dict[str, str]:
    """The hashes of the files that declare dependencies in a tree's root and in its folder `project`, by path; ignored
    files are left out, since no worktree has them. Of pyproject.toml only the declarations count, and without any the
    file does not."""
    files = [file for file in map(PurePosixPath, sorted(_files(tree))) if file.parent in (PurePosixPath(), project)]
    named = [file for file in files if any(fnmatchcase(file.name, pattern) for pattern in DEPENDENCIES)]
    contents = {file: (tree / file).read_bytes() for file in named if (tree / file).is_file()}
    declared = {file: _declared(text) if file.name == "pyproject.toml" else text for file, text in contents.items()}
    return {str(file): hash_of_text(text) for file, text in declared.items() if text}


def _points(file: Path) -> bool:
    """Whether that is a pointer: by its specification smaller than 1024 bytes, with its version in the first line."""
    try:
        return file.stat().st_size < 1024 and file.read_bytes().startswith(_POINTER)
    except OSError:  # not there on this side, or no file
        return False


def _filled(folder: Path) -> bool:
    return folder.is_dir() and any(folder.iterdir())


def _declared(pyproject: bytes) -> bytes:
    """What a pyproject.toml declares; all of it where it cannot be read."""
    try:
        content = tomllib.loads(pyproject.decode())
    except ValueError:
        return pyproject
    found = {keys: said for keys in _DECLARATIONS if (said := _said(content, keys)) is not None}
    return repr(found).encode() if found else b""


def _said(table: object, keys: Sequence[str]) -> object:
    for key in keys:
        table = table.get(key) if isinstance(table, dict) else None
    return table


def _names(top: PurePosixPath) -> Iterator[str]:
    """`src/ns/pkg` → `pkg`, `ns.pkg`, `src.ns.pkg`, as far as these are names."""
    name = ""
    for part in reversed(top.parts):
        if not part.isidentifier():
            return
        name = f"{part}.{name}" if name else part
        if part not in _NO_MODULES:
            yield name


def _files(tree: Path) -> set[str]:
    """The paths, from the tree's root, of what git tracks and of what it neither tracks nor ignores."""
    tracked = told(tree, "ls-files", "-z", "--cached", "--recurse-submodules")
    new = told(tree, "ls-files", "-z", "--others", "--exclude-standard")
    return {file for file in (tracked + new).split("\0") if file}


@contextmanager
def _folder() -> Iterator[Path]:
    """A fresh temporary folder with a lock, which is held before it has the name by which others look for it."""
    try:
        folder = Path(tempfile.mkdtemp(prefix=PREFIX)).resolve()
    except OSError as error:
        hint = "set TMPDIR to a folder that can be written to"
        raise CannotStore(f"no temporary folder: {error.strerror}", hint=hint) from error
    with run_lock(folder / "new", "worktrees"):
        (folder / "new").rename(folder / _OWNER)
        yield folder


def _named(number: int, length: int) -> str:
    return str(number).ljust(min(length, LONGEST), "_")


def _added(repository: Path, commit: str, tree: Path) -> Path:
    told(repository, "worktree", "add", "--detach", str(tree), commit, seconds=CHECKOUT_SECONDS)
    return tree


def _clear(repository: Path, folder: Path) -> None:
    _delete(folder)
    _forget(repository)


def _delete(folder: Path) -> None:
    """As much of it as can be deleted, the lock last: by that the next gate finds what is left."""
    trees = [tree for tree in folder.glob("*") if tree.name != _OWNER]
    for tree in trees:
        shutil.rmtree(tree, ignore_errors=True)
    if not any(tree.exists() for tree in trees):
        shutil.rmtree(folder, ignore_errors=True)


def _sweep() -> None:
    """Deletes the folders whose owners are gone."""
    for folder in Path(tempfile.gettempdir()).glob(f"{PREFIX}*"):
        if not folder.is_symlink() and os.path.isfile(folder / _OWNER):
            with suppress(Busy, CannotStore), run_lock(folder / _OWNER, "deleting"):
                _delete(folder)


def _forget(repository: Path) -> None:
    """Takes our worktrees whose folders are gone from git's list, those too at whose making git was killed, which it
    takes for locked. What git will not forget now it is asked to forget at the next start."""
    for tree in _listed(repository):
        if tree.parent.name.startswith(PREFIX) and not tree.exists():
            asked(repository, "worktree", "remove", "--force", "--force", str(tree))


def _listed(repository: Path) -> Iterator[Path]:
    """The worktrees in git's list, read from its folder: `worktree list` tells odd paths apart only since git 2.36."""
    common = Path(repository, asked(repository, "rev-parse", "--git-common-dir").text)
    for file in common.glob("worktrees/*/gitdir"):
        with suppress(FileNotFoundError):  # another gate may end now
            yield Path(file.parent, os.fsdecode(file.read_bytes()).removesuffix("\n")).parent
