"""The shape of the code: who imports whom, who touches the world, how long things are, what a verb costs to start.

The rules are read from the source, which is parsed and not run. They are an approximation: a module that wants to
deceive them can. A module that breaks one by accident cannot.
"""

import ast
import subprocess
import sys
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent

LEAVES = {"errors", "units", "statistics"}
NOUNS = LEAVES | {"stopping", "records"}
ROOMS = {"plan", "measure", "store", "analysis", "report", "gate", "claims"}
BELOW: dict[str, set[str]] = {
    **{leaf: set() for leaf in LEAVES},
    "stopping": {"statistics"},
    "records": LEAVES,
    **dict.fromkeys(ROOMS, NOUNS),
    "gate": NOUNS | {"analysis"},
    "claims": NOUNS | {"analysis"},
    "api": NOUNS | ROOMS,
    "cli": NOUNS | ROOMS | {"api"},
    "__main__": {"cli"},
    "__init__": set(),
}
"""Which rooms a room may import besides itself. All that rest on the nouns meet in `api`, nowhere below it; only
those that judge read trials as the analysis does, and ask it."""

WORLDLY = ("measure", "store", "api", "cli", "__main__")
READERS = ("bench.plan.suite", "bench.plan.project", "bench.plan.targets", "bench.plan.claims")
"""The loaders of suites and claims, and what they ask where the subject is."""

PURE_LIBRARY = {
    "__future__", "abc", "ast", "base64", "bisect", "cmath", "collections", "copy", "csv", "dataclasses", "datetime",
    "decimal", "difflib", "enum", "fractions", "functools", "hashlib", "heapq", "html", "io.BytesIO", "io.StringIO",
    "itertools", "json", "keyword", "math", "numbers", "operator", "pathlib.PurePath", "pathlib.PurePosixPath",
    "random.Random", "re", "shlex", "statistics", "string", "sys.stdlib_module_names", "textwrap", "types", "typing",
    "unicodedata", "xml", "zlib",
}  # fmt: skip
"""What a room that touches nothing may use of the standard library, whole modules or single names."""

READING = {"pathlib", "tomllib", "importlib.machinery"}
"""What the loader of suites may use besides."""

CLOCKS = {"datetime.datetime.now", "datetime.datetime.today", "datetime.datetime.utcnow", "datetime.date.today"}
WORLDLY_BUILTINS = {"open", "input", "print", "breakpoint", "exec", "eval", "__import__"}
WRITING_METHODS = {"write_text", "write_bytes", "mkdir", "unlink", "rmdir", "touch", "rename", "chmod"}
WORLDLY_METHODS = WRITING_METHODS | {
    "open", "read_text", "read_bytes", "iterdir", "glob", "rglob", "exists", "is_file", "is_dir", "stat",
}  # fmt: skip
WORLDLY_PACKAGES = {"torch", "torchvision", "psutil", "pynvml"}

TORCH = {
    *("bench.measure.worker", "bench.measure.cuda", "bench.measure.observing", "bench.measure.traffic"),
    *("bench.measure.switches", "bench.measure.dosed"),
}
LAZY = {
    "bench.api.drawing": {"svg"},
    "bench.api.pages": {"run_page", "index_texts"},
    "bench": {"__getattr__"},
    "bench.cli": {"get_command"},
    "bench.measure.workload": {"locate"},
    "bench.measure.card": {"_ask"},
    "bench.measure.processes": {"preload"},
}
"""The functions that import by name: what draws, what Python callers use, verbs, targets; what a server is told to
preload; and what knows NVIDIA's driver, of which a run on a processor loads nothing."""
FINDING = ("importlib.metadata", "importlib.machinery", "importlib.resources")
"""Parts of importlib that look at modules and versions without importing anything."""
IMPORTING = ("importlib", "runpy", "pkgutil", "imp", "__import__")

HEAVY = ("torch", "pandas", "scipy", "matplotlib")
QUICK_VERBS = (
    ["--help"],
    ["list", "suites/rnn_vs_cnn.yaml"],
    ["validate", "suites/rnn_vs_cnn.yaml"],
    ["schema"],
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Module:
    """A file as it is written. `names` gives what it has imported its dotted name: `Path` → `pathlib.Path`."""

    name: str
    lines: int
    tree: ast.Module
    names: dict[str, str]


def files(folder: str) -> list[str]:
    return sorted(str(path.relative_to(ROOT)) for path in (ROOT / folder).rglob("*.py"))


BENCH, SUITES, TESTS = files("bench"), files("suites"), files("tests")


@cache
def module(file: str) -> Module:
    text = (ROOT / file).read_text("utf-8")
    tree = ast.parse(text, filename=file)
    parts = Path(file).with_suffix("").parts
    name = ".".join(parts[:-1] if parts[-1] == "__init__" else parts)
    return Module(name=name, lines=len(text.splitlines()), tree=tree, names=dict(imported_names(tree)))


def imports(tree: ast.AST) -> Iterator[ast.Import | ast.ImportFrom]:
    return (node for node in ast.walk(tree) if isinstance(node, ast.Import | ast.ImportFrom))


def imported_names(tree: ast.AST) -> Iterator[tuple[str, str]]:
    for node in imports(tree):
        for alias in node.names:
            if isinstance(node, ast.ImportFrom):
                yield alias.asname or alias.name, f"{node.module}.{alias.name}"
            else:
                top = alias.name.partition(".")[0]
                yield alias.asname or top, alias.name if alias.asname else top


def imported(found: Module) -> set[str]:
    """What the module's import statements name: modules, and names in modules."""
    whole = {alias.name for node in imports(found.tree) if isinstance(node, ast.Import) for alias in node.names}
    return whole | {
        f"{node.module}.{alias.name}"
        for node in imports(found.tree)
        if isinstance(node, ast.ImportFrom)
        for alias in node.names
    }


def dotted(node: ast.expr, names: dict[str, str]) -> str | None:
    """`datetime.now` after `from datetime import datetime` is `datetime.datetime.now`; None for other expressions."""
    if isinstance(node, ast.Name):
        return names.get(node.id, node.id)
    if isinstance(node, ast.Attribute) and (owner := dotted(node.value, names)) is not None:
        return f"{owner}.{node.attr}"
    return None


def used(found: Module, within: ast.AST | None = None) -> set[str]:
    """Every dotted name that the module, or a part of it, mentions outside its import statements."""
    nodes = (node for node in ast.walk(within or found.tree) if isinstance(node, ast.Name | ast.Attribute))
    return {name for node in nodes if (name := dotted(node, found.names)) is not None}


def calls(found: Module) -> Iterator[ast.Call]:
    return (node for node in ast.walk(found.tree) if isinstance(node, ast.Call))


def functions(found: Module) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
    return (node for node in ast.walk(found.tree) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef))


def starts_with(name: str, prefixes: Iterable[str]) -> bool:
    return any(name == prefix or name.startswith(prefix + ".") for prefix in prefixes)


def room(name: str) -> str:
    """`bench.plan.suite` is in `plan`; `bench` itself is its `__init__`."""
    return name.split(".")[1] if "." in name else "__init__"


def is_pure(file: str) -> bool:
    name = module(file).name
    return name != "bench" and room(name) not in WORLDLY and name not in READERS


PURE = [file for file in BENCH if is_pure(file)]


@pytest.mark.parametrize("file", BENCH)
def test_every_module_of_the_harness_stands_in_a_known_room(file: str) -> None:
    assert room(module(file).name) in BELOW


@pytest.mark.parametrize("file", BENCH)
def test_imports_point_downwards_and_never_to_a_neighbour(file: str) -> None:
    found = module(file)
    own = room(found.name)
    rooms = {room(name) for name in imported(found) if starts_with(name, ["bench"])} - {"__init__"}
    assert rooms <= BELOW[own] | {own}


@pytest.mark.parametrize("file", PURE)
def test_a_pure_module_imports_nothing_that_reaches_clocks_files_processes_or_the_environment(file: str) -> None:
    found = module(file)
    assert not [name for name in imported(found) if starts_with(name, WORLDLY_PACKAGES)]
    assert not beyond(PURE_LIBRARY, found)


@pytest.mark.parametrize("name", READERS)
def test_the_loader_of_suites_reads_files_and_reaches_nothing_else(name: str) -> None:
    found = module(f"{name.replace('.', '/')}.py")
    assert not [name for name in imported(found) if starts_with(name, WORLDLY_PACKAGES)]
    assert not beyond(PURE_LIBRARY | READING, found)
    methods = {call.func.attr for call in calls(found) if isinstance(call.func, ast.Attribute)}
    assert not methods & WRITING_METHODS


def beyond(allowed: set[str], found: Module) -> set[str]:
    """What a module uses of the standard library that is not allowed."""
    partly = {name.partition(".")[0] for name in allowed if "." in name} - allowed
    library = {name for name in imported(found) if name.partition(".")[0] in sys.stdlib_module_names}
    reached = {name for name in used(found) if starts_with(name, partly)}
    return {name for name in (library | reached) - partly if not starts_with(name, allowed)}


@pytest.mark.parametrize("file", PURE)
def test_a_pure_module_calls_no_clock_and_opens_prints_and_runs_nothing(file: str) -> None:
    found = module(file)
    called = {name for call in calls(found) if (name := dotted(call.func, found.names)) is not None}
    assert not called & (CLOCKS | WORLDLY_BUILTINS)
    methods = {call.func.attr for call in calls(found) if isinstance(call.func, ast.Attribute)}
    assert not methods & WORLDLY_METHODS


@pytest.mark.parametrize("file", PURE)
def test_a_pure_module_draws_nothing_at_random_without_a_seed(file: str) -> None:
    found = module(file)
    unseeded = [
        call.lineno
        for call in calls(found)
        if dotted(call.func, found.names) == "random.Random" and not (call.args or call.keywords)
    ]
    assert not unseeded


@pytest.mark.parametrize("file", BENCH)
def test_only_the_workers_import_torch(file: str) -> None:
    found = module(file)
    torch = {name for name in imported(found) if starts_with(name, ["torch", "torchvision"])}
    assert bool(torch) == (found.name in TORCH), torch


@pytest.mark.parametrize("file", BENCH)
def test_only_the_places_of_laziness_import_by_name(file: str) -> None:
    found = module(file)
    lazy = {f.name for f in functions(found) if any(imports_by_name(name) for name in used(found, f))}
    assert lazy == LAZY.get(found.name, set())
    everywhere = {name for name in imported(found) | used(found) if imports_by_name(name)}
    assert bool(everywhere) == (found.name in LAZY), everywhere


def imports_by_name(name: str) -> bool:
    return starts_with(name, IMPORTING) and not starts_with(name, FINDING)


@pytest.mark.parametrize("file", BENCH)
def test_the_harness_knows_nothing_of_the_subject(file: str) -> None:
    subject = {Path(name).parts[1].removesuffix(".py") for name in SUITES}
    assert "networks" in subject
    assert not {name for name in imported(module(file)) if starts_with(name, subject | {"suites"})}


@pytest.mark.parametrize("file", SUITES)
def test_the_subject_knows_nothing_of_the_harness(file: str) -> None:
    assert not {name for name in imported(module(file)) if starts_with(name, ["bench"])}


@pytest.mark.parametrize("file", BENCH + SUITES + TESTS)
def test_imports_are_absolute_and_stand_at_the_top(file: str) -> None:
    found = module(file)
    body = found.tree.body[1:] if ast.get_docstring(found.tree) is not None else found.tree.body
    top = next((i for i, node in enumerate(body) if not isinstance(node, ast.Import | ast.ImportFrom)), len(body))
    assert not [node.lineno for node in imports(found.tree) if node not in body[:top]]
    assert not [node.lineno for node in imports(found.tree) if isinstance(node, ast.ImportFrom) and node.level]


@pytest.mark.parametrize("file", BENCH + SUITES + TESTS)
def test_nothing_is_imported_for_the_type_checker_alone(file: str) -> None:
    found = module(file)
    assert "typing.TYPE_CHECKING" not in imported(found) | used(found)


@pytest.mark.parametrize("file", BENCH + SUITES)
def test_no_module_passes_300_lines(file: str) -> None:
    assert module(file).lines <= 300


@pytest.mark.parametrize("file", TESTS)
def test_no_file_of_tests_passes_400_lines(file: str) -> None:
    assert module(file).lines <= 400


@pytest.mark.parametrize("file", BENCH + SUITES + TESTS)
def test_no_function_passes_50_lines(file: str) -> None:
    lengths = {f.name: (f.end_lineno or f.lineno) - f.lineno + 1 for f in functions(module(file))}
    assert not {name: length for name, length in lengths.items() if length > 50}


def imported_by(statements: str, *arguments: str) -> set[str]:
    """The top-level names that a fresh interpreter has imported after the statements, which must succeed."""
    script = f"{statements}\nimport sys\nprint('\\n'.join(sys.modules), file=sys.stderr)"
    command = [sys.executable, "-c", script, *arguments]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done.stderr
    return {name.partition(".")[0] for name in done.stderr.split()}


CALL_THE_VERB = """
from bench.cli import main
try:
    main()
except SystemExit as ended:
    assert not ended.code, ended.code
"""


@pytest.mark.parametrize("arguments", QUICK_VERBS, ids=lambda arguments: arguments[0])
def test_verbs_that_measure_nothing_import_nothing_heavy(arguments: list[str]) -> None:
    loaded = imported_by(CALL_THE_VERB, *arguments)
    assert "click" in loaded
    assert not loaded & set(HEAVY)


@pytest.mark.parametrize("suite", sorted(path.name for path in (ROOT / "suites").glob("*.yaml")))
def test_reading_a_suite_imports_none_of_its_builders(suite: str) -> None:
    reading = (
        "import sys\nfrom pathlib import Path\nfrom bench.plan.suite import load_suite\nload_suite(Path(sys.argv[1]))"
    )
    loaded = imported_by(reading, f"suites/{suite}")
    assert "yaml" in loaded
    assert not loaded & {"networks", "torch"}


def test_importing_bench_alone_imports_nothing_but_the_standard_library() -> None:
    before = imported_by("")
    assert imported_by("import bench") - before - sys.stdlib_module_names == {"bench"}
