"""`module:function` and a project → the file that defines it, found and read, never imported."""

import ast
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from importlib.machinery import PathFinder
from pathlib import Path
from sys import stdlib_module_names

from bench.errors import BenchError
from bench.plan.nearest import nearest
from bench.plan.project import Project
from bench.records.suite import Level

TARGET = re.compile(r"(?P<module>[^\W\d]\w*(\.[^\W\d]\w*)*):(?P<function>[^\W\d]\w*)", re.ASCII)


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """`levels` is the module's literal LEVELS (empty without one); `notes` say what deserves a look."""

    file: Path
    module: str
    function: str
    levels: dict[str, tuple[Level, ...]]
    notes: tuple[str, ...]


def find_target(text: str, project: Project) -> Target:
    """The first of: the suite's folder, the project's paths, the installed packages.

    Raises BenchError where there is none, where two of the paths have one, where the file lacks the function, and for
    a name that Python's own modules or bench have: a case has imported those before it looks for its target."""
    match = TARGET.fullmatch(text)
    if match is None:
        raise BenchError(f"{text!r} is no target", hint="write module:function, such as networks.workload:classifier")
    module, function = match["module"], match["function"]
    _refuse_imported(module)
    steps = [[project.folder], [path for path in project.paths if path != project.folder], _installed(module)]
    own, other, installed = (_one(module, places) for places in steps)
    file = own or other or installed
    if file is None:
        looked = ", ".join(str(place) for place in steps[0] + steps[1])
        raise BenchError(f"no module {module}", hint=f"looked in {looked} and among the installed packages")
    tree = _tree(file)
    _require(function, tree, file)
    levels, notes = _literal_levels(tree, file)
    hidden = [f"{own} hides {other}"] if own and other and own != other else []
    rivals = [] if file == installed else _installed_rivals(module, file)
    return Target(file=file, module=module, function=function, levels=levels, notes=(*hidden, *rivals, *notes))


def _refuse_imported(module: str) -> None:
    top = module.partition(".")[0]
    if top in stdlib_module_names or top == "bench":
        owner = "bench itself" if top == "bench" else "a module of Python's own"
        what = f"{module} is not what a case would import: {top} is {owner}, loaded before any case starts"
        raise BenchError(what, hint=f"rename {top}")


def _installed_rivals(module: str, file: Path) -> list[str]:
    """A note where the top-level name is an installed package's, too: whichever a process imports first stays."""
    top = module.partition(".")[0]
    return [
        f"{file} is not what a case imports where torch or `preload` has imported the installed {top} before; rename it"
        for place in _installed(module)[:1]
        if not file.is_relative_to(place.resolve())
    ]


def _one(module: str, places: Iterable[Path]) -> Path | None:
    """The module's file in the places of one step."""
    files = list(dict.fromkeys(file for place in places if (file := _file(place, module)) is not None))
    if len(files) > 1:
        raise BenchError(f"two modules {module}: {files[0]} and {files[1]}", hint="take one of the two paths out")
    return files[0] if files else None


def _file(place: Path, module: str) -> Path | None:
    """`a.b` is a/b/__init__.py, which Python prefers, or a/b.py."""
    stem = place.joinpath(*module.split("."))
    return next((f.resolve() for f in (stem / "__init__.py", stem.with_suffix(".py")) if f.is_file()), None)


def _installed(module: str) -> list[Path]:
    """The folder in which Python would find the module's top-level name."""
    top = module.partition(".")[0]
    spec = PathFinder.find_spec(top)
    if spec is None:
        return []
    if spec.submodule_search_locations is not None:
        return [Path(location).parent for location in spec.submodule_search_locations]
    return [Path(spec.origin).parent] if spec.origin is not None else []


def _tree(file: Path) -> ast.Module:
    try:
        return ast.parse(file.read_bytes(), filename=str(file))
    except SyntaxError as error:
        raise BenchError(f"no Python: {error.msg}", where=f"{file}:{error.lineno}") from None
    except (OSError, ValueError) as error:
        raise BenchError(f"cannot be read: {error}", where=str(file)) from None


def _require(function: str, tree: ast.Module, file: Path) -> None:
    defined = list(_defined(tree.body))
    if function not in defined and "*" not in defined:
        raise BenchError(f"{file} defines no {function!r}{nearest(function, _functions(tree))}")


def _functions(tree: ast.Module) -> list[str]:
    return [node.name for node in tree.body if isinstance(node, ast.FunctionDef | ast.ClassDef)]


def _defined(body: Iterable[ast.stmt]) -> Iterator[str]:
    """The names that a module's top level defines, imports or assigns; `*` for an import of everything."""
    for node in body:
        match node:
            case ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name) | ast.ClassDef(name=name):
                yield name
            case ast.Import(names=names) | ast.ImportFrom(names=names):
                yield from ((alias.asname or alias.name).partition(".")[0] for alias in names)
            case ast.Assign() | ast.AnnAssign():
                targets = node.targets if isinstance(node, ast.Assign) else [node.target]
                yield from (n.id for t in targets for n in ast.walk(t) if isinstance(n, ast.Name))
            case ast.If() | ast.With():
                yield from _defined([*node.body, *getattr(node, "orelse", [])])
            case ast.Try():
                handled = [statement for handler in node.handlers for statement in handler.body]
                yield from _defined([*node.body, *handled, *node.orelse, *node.finalbody])


def _literal_levels(tree: ast.Module, file: Path) -> tuple[dict[str, tuple[Level, ...]], tuple[str, ...]]:
    """LEVELS as the module writes it, and a note where it is no literal that can be read without running it."""
    for node in tree.body:
        targets = (
            node.targets if isinstance(node, ast.Assign) else [node.target] if isinstance(node, ast.AnnAssign) else []
        )
        if isinstance(node, ast.Assign | ast.AnnAssign) and any(
            isinstance(t, ast.Name) and t.id == "LEVELS" for t in targets
        ):
            levels = _levels(node.value)
            unread = f"{file}:{node.lineno}: LEVELS is no literal of names and their levels, so no level is checked"
            return (levels, ()) if levels is not None else ({}, (unread,))
    return {}, ()


def _levels(value: ast.expr | None) -> dict[str, tuple[Level, ...]] | None:
    try:
        content = ast.literal_eval(value) if value is not None else None
    except ValueError:
        return None
    if not isinstance(content, dict):
        return None
    levels: dict[str, tuple[Level, ...]] = {}
    for name, several in content.items():
        if not isinstance(name, str) or not isinstance(several, tuple | list | set | frozenset):
            return None
        if not all(isinstance(level, bool | int | float | str) for level in several):
            return None
        levels[name] = tuple(several)
    return levels
