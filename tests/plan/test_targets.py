"""Targets are found, read and never imported."""

import re
from pathlib import Path

import pytest

from bench.errors import BenchError
from bench.plan.project import Project
from bench.plan.targets import find_target


@pytest.fixture
def project(tmp_path: Path) -> Project:
    """suites/ and two paths, lib and src."""
    for name in ("suites", "lib", "src"):
        (tmp_path / name).mkdir()
    return Project(root=tmp_path, folder=tmp_path / "suites", paths=(tmp_path / "lib", tmp_path / "src"))


def put(folder: Path, name: str, text: str = "def build(): ...\nraise RuntimeError\n") -> Path:
    """A file of Python that must not be imported."""
    file = folder / name
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(text, "utf-8")
    return file


def test_the_suite_s_folder_comes_first_and_what_it_hides_is_noted(project: Project) -> None:
    own, other = put(project.folder, "made_up/nets.py"), put(project.paths[0], "made_up/nets.py")
    target = find_target("made_up.nets:build", project)
    assert target.file == own
    assert target.notes == (f"{own} hides {other}",)


def test_the_paths_come_next(project: Project) -> None:
    file = put(project.paths[1], "made_up/__init__.py")
    target = find_target("made_up:build", project)
    assert (target.file, target.module, target.function, target.notes) == (file, "made_up", "build", ())


def test_installed_packages_come_last(project: Project) -> None:
    assert find_target("yaml.loader:SafeLoader", project).file.name == "loader.py"


@pytest.mark.parametrize("module", ["statistics", "json.nets", "bench", "bench.nets"])
def test_a_name_that_python_or_bench_has_loaded_already_is_refused(project: Project, module: str) -> None:
    put(project.folder, f"{module.replace('.', '/')}.py")
    with pytest.raises(BenchError, match="is not what a case would import") as caught:
        find_target(f"{module}:build", project)
    assert caught.value.hint == f"rename {module.partition('.')[0]}"


@pytest.mark.parametrize("name", ["numpy.py", "numpy/__init__.py", "numpy/nets.py"])
def test_a_name_that_an_installed_package_has_is_noted(project: Project, name: str) -> None:
    file = put(project.folder, name)
    module = name.removesuffix(".py").removesuffix("/__init__").replace("/", ".")
    target = find_target(f"{module}:build", project)
    assert target.file == file
    (note,) = target.notes
    assert "the installed numpy" in note
    assert "hides" not in note


def test_a_folder_that_is_also_a_path_hides_nothing(project: Project) -> None:
    file = put(project.folder, "made_up.py")
    both = Project(root=project.root, folder=project.folder, paths=(project.folder, *project.paths))
    assert find_target("made_up:build", both).file == file
    assert find_target("made_up:build", both).notes == ()


def test_two_candidates_in_the_paths_are_an_error_that_names_both(project: Project) -> None:
    one, other = put(project.paths[0], "made_up.py"), put(project.paths[1], "made_up.py")
    with pytest.raises(BenchError) as caught:
        find_target("made_up:build", project)
    assert str(one) in caught.value.what
    assert str(other) in caught.value.what


def test_a_missing_module_is_an_error_that_says_where_it_was_looked_for(project: Project) -> None:
    with pytest.raises(BenchError, match=re.escape("no module made_up.nets")) as caught:
        find_target("made_up.nets:build", project)
    assert all(str(place) in caught.value.hint for place in (project.folder, *project.paths))


@pytest.mark.parametrize("text", ["", "module", "a:b:c", "a.:b", "a:b.c", "../x:f", "a b:c", "1a:b", "os:system()"])
def test_what_is_no_target_is_refused(project: Project, text: str) -> None:
    with pytest.raises(BenchError, match="is no target"):
        find_target(text, project)


@pytest.mark.parametrize(
    "text",
    [
        "def build(): ...",
        "async def build(): ...",
        "class build: ...",
        "build = lambda: 0",
        "build: object = 3",
        "a, (build, *c) = [1, (2, 3)]",
        "from x import build",
        "from x import y as build",
        "import build.inner",
        "from x import *",
        "if True:\n    pass\nelse:\n    def build(): ...",
        "try:\n    import x\nexcept ImportError:\n    build = None",
    ],
)
def test_a_function_may_be_defined_imported_or_assigned(project: Project, text: str) -> None:
    put(project.folder, "made_up.py", text)
    assert find_target("made_up:build", project).function == "build"


@pytest.mark.parametrize("text", ["def bild(): ...", "def f():\n    def build(): ...", "x.build = 1", "print(build)"])
def test_a_function_that_is_not_at_the_top_level_is_missed(project: Project, text: str) -> None:
    put(project.folder, "made_up.py", text)
    with pytest.raises(BenchError, match="defines no 'build'"):
        find_target("made_up:build", project)


@pytest.mark.parametrize(
    ("content", "words"),
    [(b"def build(:\n", "made_up.py:1: no Python"), (b"x = '\x00'\n", "null bytes"), (b"\xff\n", "no Python")],
)
def test_a_file_that_is_no_python_is_named(project: Project, content: bytes, words: str) -> None:
    (project.folder / "made_up.py").write_bytes(content)
    with pytest.raises(BenchError) as caught:
        find_target("made_up:build", project)
    assert words in str(caught.value)


def test_literal_levels_are_read(project: Project) -> None:
    put(project.folder, "made_up.py", "LEVELS: dict = {'model': ('rnn', 'gru'), 'n': [1, 2.5, True]}\ndef build(): ...")
    assert find_target("made_up:build", project).levels == {"model": ("rnn", "gru"), "n": (1, 2.5, True)}


@pytest.mark.parametrize("value", ["make()", "3", "{1: ('a',)}", "{'a': 'b'}", "{'a': (None,)}", "{'a': tuple(X)}"])
def test_levels_that_are_no_literal_are_noted(project: Project, value: str) -> None:
    file = put(project.folder, "made_up.py", f"LEVELS = {value}\ndef build(): ...")
    target = find_target("made_up:build", project)
    assert target.levels == {}
    assert target.notes == (f"{file}:1: LEVELS is no literal of names and their levels, so no level is checked",)
