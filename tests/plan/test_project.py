"""Where a suite's project begins, and where its targets may live."""

from pathlib import Path

import pytest

from bench.errors import BenchError
from bench.plan.project import find_project


def made(root: Path, pyproject: str | None = None) -> Path:
    """A suite's file in root/suites/deep."""
    folder = root / "suites" / "deep"
    folder.mkdir(parents=True)
    if pyproject is not None:
        (root / "pyproject.toml").write_text(pyproject, "utf-8")
    return folder / "made.yaml"


@pytest.mark.parametrize("mark", [".git", "pyproject.toml"])
def test_the_root_is_the_nearest_folder_with_a_mark(tmp_path: Path, mark: str) -> None:
    file = made(tmp_path)
    (tmp_path / mark).touch()
    project = find_project(file)
    assert (project.root, project.folder, project.paths) == (tmp_path, file.parent, (tmp_path,))


def test_the_nearest_mark_wins(tmp_path: Path) -> None:
    file = made(tmp_path, "[tool.bench]\npaths = ['elsewhere']\n")
    (tmp_path / "suites" / ".git").touch()
    assert find_project(file).root == tmp_path / "suites"


def test_src_is_a_path_where_there_is_one(tmp_path: Path) -> None:
    (tmp_path / "src").mkdir()
    assert find_project(made(tmp_path, "")).paths == (tmp_path, tmp_path / "src")


def test_paths_are_those_that_are_configured(tmp_path: Path) -> None:
    (tmp_path / "src").mkdir()
    file = made(tmp_path, "[tool.bench]\npaths = ['.', 'lib', 'lib']\n")
    assert find_project(file).paths == (tmp_path, tmp_path / "lib")


@pytest.mark.parametrize(
    ("pyproject", "words"),
    [
        ("[tool.bench\n", "cannot be read"),
        ("[tool.bench]\npaths = 'src'\n", "expected a list of folders"),
        ("[tool.bench]\npaths = [1]\n", "expected a list of folders"),
        ("[tool.bench]\npath = ['src']\n", "unknown key; did you mean 'paths'"),
        ("[tool.bench.gates]\nlimit = 0.1\n", "unknown key; did you mean 'gate'"),
    ],
)
def test_nonsense_in_pyproject_is_refused_by_name(tmp_path: Path, pyproject: str, words: str) -> None:
    with pytest.raises(BenchError, match=words) as caught:
        find_project(made(tmp_path, pyproject))
    assert "pyproject.toml" in str(caught.value)


@pytest.mark.parametrize("pyproject", ["", "tool = 3\n", "[tool]\nbench = 3\n", "[tool.other]\nx = 1\n"])
def test_a_pyproject_may_say_nothing_of_bench(tmp_path: Path, pyproject: str) -> None:
    assert find_project(made(tmp_path, pyproject)).paths == (tmp_path,)


def test_what_a_project_says_of_gates_is_kept_as_it_is_written(tmp_path: Path) -> None:
    file = made(tmp_path, "[tool.bench]\npaths = ['lib']\n[tool.bench.gate]\nlimit = '3%'\n")
    assert (find_project(file).gate, find_project(file).paths) == ({"limit": "3%"}, (tmp_path / "lib",))
