"""A process's modules and a side's tree → the subject's modules that came from elsewhere, and a note about them.

Why: a package that is installed is imported on both sides of a gate where its source is not found first, and a gate
that measures one revision twice must not pass. Runs in the child; looks at what is loaded and imports nothing."""

import os
import sys
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import accumulate

INSTALLED = ("site-packages", "dist-packages")
"""Folders of installed packages: one that lies in the tree, such as `.venv`'s, holds what both sides would import."""

_SHOWN = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Stray:
    """A loaded module of the subject's, and the file or the folder outside the tree that it came from."""

    module: str
    path: str


def foreign(tree: str, names: Collection[str], target: str) -> list[Stray]:
    """The target's module first, then by name, every loaded module that `names` has itself or by a package above it,
    where its file does not lie in the tree: links are followed, and installed packages in the tree are not the tree's.

    A namespace package has folders and no file: each that is not the tree's is one. What was loaded from nowhere
    (builtin, made by hand), and a target that is not loaded, give nothing. `names`: see `revisions.modules`."""
    loaded = dict(sys.modules)
    first = target.partition(":")[0]
    own = {name for name in _named(loaded, frozenset(names)) if name != first}
    root = os.path.realpath(tree).rstrip("/") + "/"
    folders: dict[str, str] = {}
    return [
        Stray(module=name, path=real)
        for name in ([first] if first in loaded else []) + sorted(own)
        for place in _places(loaded[name])
        if not _lies_in(root, real := _real(place, folders))
    ]


def complaint(found: Sequence[Stray], tree: str) -> str:
    """Which modules came from where, and what to do about it, in one line; at least one was found."""
    shown = ", ".join(f"{stray.module} from {_kind(stray.path)}{stray.path}" for stray in found[:_SHOWN])
    more = f" and {len(found) - _SHOWN} more" if len(found) > _SHOWN else ""
    top = found[0].module.partition(".")[0]
    homes = [repr(home) for home in _homes(tree, top)]
    here = f" (in this tree: {', '.join(homes)})" if homes else ""
    return (
        f"not measured from its own side's tree: {shown}{more}; hint: `paths` in [tool.bench] of pyproject.toml must "
        f"name the folder that holds {top}{here}, and neither `preload` nor a library may import another {top} before"
    )


def _named(loaded: Iterable[str], names: frozenset[str]) -> Iterator[str]:
    tops = {name.partition(".")[0] for name in names}  # few modules get past them, so that thousands cost little
    likely = (name for name in loaded if name.partition(".")[0] in tops)
    return (name for name in likely if any(above in names for above in accumulate(name.split("."), "{}.{}".format)))


def _places(module: object) -> list[str]:
    """Its file, else its folders. Editable installs put words into `__path__` that are no folders: these, like whatever
    a module made by hand calls its file, are not absolute."""
    known: Mapping[str, object] = getattr(module, "__dict__", {})
    file, folders = known.get("__file__"), known.get("__path__")
    places = [file] if file is not None else folders if isinstance(folders, Iterable) else []
    return [place for place in places if isinstance(place, str) and os.path.isabs(place)]


def _real(path: str, folders: dict[str, str]) -> str:
    """`os.path.realpath`, asked once a folder: it looks at every folder above, and a subject may have many modules."""
    if os.path.islink(path):
        return os.path.realpath(path)
    folder, _, name = path.rstrip("/").rpartition("/")
    if folder not in folders:
        folders[folder] = os.path.realpath(folder or "/")
    return os.path.join(folders[folder], name)


def _lies_in(root: str, real: str) -> bool:
    return f"{real}/".startswith(root) and not _is_installed(real[len(root) :])


def _is_installed(path: str) -> bool:
    return any(f"/{name}/" in f"/{path}" for name in INSTALLED)


def _kind(path: str) -> str:
    """The note's paths are shortened to what lies below site-packages, which would read like a path in the tree."""
    return "the installed " if _is_installed(path) else ""


def _homes(tree: str, top: str) -> list[str]:
    """The folders in which the tree has that module: its root (`.`) and the folders of its root."""
    folders = sorted(entry.name for entry in os.scandir(tree) if entry.is_dir() and entry.name not in INSTALLED)
    return [folder for folder in (".", *folders) if _holds(os.path.join(tree, folder), top)]


def _holds(folder: str, top: str) -> bool:
    return any(os.path.isfile(os.path.join(folder, file)) for file in (f"{top}.py", f"{top}/__init__.py"))
