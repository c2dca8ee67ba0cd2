"""What a tree holds: names of modules, files that declare dependencies."""

import tempfile
from pathlib import Path, PurePosixPath

import pytest

from bench.measure.revisions import dependency_files, left_empty, left_in_lfs, modules, worktrees
from tests.measure.made_up_repository import commit, git, listed, made, two_commits, without_settings, write


@pytest.fixture
def repo(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    without_settings(monkeypatch)
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    return two_commits(tmp_path)


def test_modules_are_those_whose_own_folder_is_no_package(repo: Path) -> None:
    files = ["src/pack/__init__.py", "src/pack/deep/__init__.py", "src/pack/m.py", "lib/one.py", "tests/__init__.py"]
    commit(repo, dict.fromkeys([*files, "tests/test_x.py", "no-name.py", "a.b.py", "pack2/__main__.py"], ""))
    expected = {"subject", "pack", "src.pack", "one", "lib.one", "tests", "pack2.__main__"}
    assert modules(repo) == expected


def test_modules_of_python_and_of_the_harness_are_not_the_subject_s(repo: Path) -> None:
    commit(repo, dict.fromkeys(["re.py", "bench/__init__.py", "bench/x.py", "__main__.py", "json/own.py"], ""))
    assert modules(repo) == {"subject", "own"}


def test_a_module_in_a_namespace_is_known_by_every_name_that_it_may_have(repo: Path) -> None:
    commit(repo, {"sub-project/src/company/team/pack/__init__.py": ""})
    expected = {"subject", "pack", "team.pack", "company.team.pack", "src.company.team.pack"}
    assert modules(repo) == expected


def test_a_root_that_is_a_package_itself_has_no_modules_at_its_top(repo: Path) -> None:
    commit(repo, {"__init__.py": "", "lib/x.py": ""})
    assert modules(repo) == {"x", "lib.x"}


def test_new_files_count_and_ignored_or_deleted_ones_do_not(repo: Path) -> None:
    commit(repo, {".gitignore": ".venv/\nbuild/\n", "old.py": ""})
    write(repo, {"new.py": "", ".venv/site-packages/numpy/__init__.py": "", "build/lib/made.py": ""})
    (repo / "old.py").unlink()
    assert modules(repo) == {"subject", "new"}
    with worktrees(repo, "HEAD", 1) as (tree,):
        assert modules(tree) == {"subject", "old"}


def test_a_submodule_s_modules_count_where_it_is_checked_out_and_a_worktree_leaves_it_empty(
    repo: Path, tmp_path: Path
) -> None:
    other = made(tmp_path / "other")
    commit(other, {"part/__init__.py": ""})
    git(repo, "submodule", "add", "-q", f"file://{other}", "vendor")
    commit(repo, {})
    git(repo, "config", "submodule.recurse", "true")
    assert modules(repo) == {"subject", "part", "vendor.part"}
    with worktrees(repo, "HEAD", 1) as (tree,):
        assert not list((tree / "vendor").iterdir())
        assert modules(tree) == {"subject"}
        assert left_empty(tree, repo) == ("vendor",)
        git(repo, "submodule", "deinit", "-q", "--force", "vendor")
        assert left_empty(tree, repo) == (), "neither side has it"
    assert listed(repo) == 0


def test_a_tree_without_submodules_leaves_none_empty(repo: Path) -> None:
    with worktrees(repo, "HEAD", 1) as (tree,):
        assert left_empty(tree, repo) == ()


ROOT = PurePosixPath()
PYPROJECT = '[project]\nname = "x"\nversion = "1"\ndependencies = ["torch"]\n'


def test_dependency_files_are_the_root_s_by_their_content(repo: Path) -> None:
    files = ["requirements.txt", "requirements-dev.txt", "uv.lock", "environment.yml", "setup.py", "Pipfile.lock"]
    commit(repo, dict.fromkeys([*files, "docs/requirements.txt", "requirements/x.txt", "readme.txt"], "a"))
    before = dependency_files(repo, ROOT)
    assert list(before) == sorted(files)
    write(repo, {"uv.lock": "b"})
    after = dependency_files(repo, ROOT)
    assert [name for name in files if before[name] != after[name]] == ["uv.lock"]
    with worktrees(repo, "HEAD", 1) as (tree,):
        assert dependency_files(tree, ROOT) == before


def test_of_pyproject_only_what_declares_dependencies_counts(repo: Path) -> None:
    def of(text: str) -> str | None:
        write(repo, {"pyproject.toml": text})
        return dependency_files(repo, ROOT).get("pyproject.toml")

    assert of(PYPROJECT) == of(PYPROJECT.replace('"1"', '"2"') + "[tool.ruff]\nline-length = 9\n")
    texts = [
        PYPROJECT,
        PYPROJECT.replace("torch", "jax"),
        PYPROJECT + '[project.optional-dependencies]\nt = ["pytest"]\n',
        PYPROJECT + '[build-system]\nrequires = ["hatchling"]\n',
        PYPROJECT + 'requires-python = ">=3.12"\n',
        PYPROJECT + '[dependency-groups]\ntest = ["pytest"]\n',
        PYPROJECT + '[tool.poetry.dependencies]\ntorch = "^2.9"\n',
        PYPROJECT + '[tool.poetry.group.test.dependencies]\npytest = "*"\n',
        PYPROJECT + '[tool.uv.sources]\ntorch = {index = "cpu"}\n',
        PYPROJECT + '[tool.pdm.dev-dependencies]\ntest = ["pytest"]\n',
        "no [toml",
    ]
    assert len({of(text) for text in texts} - {None}) == len(texts)
    assert of('[tool.ruff]\nline-length = 9\n[project]\nname = "x"\n') is None


def test_a_nested_project_s_dependency_files_count_too(repo: Path) -> None:
    commit(repo, {"uv.lock": "a", "ml/pyproject.toml": PYPROJECT, "ml/deep/uv.lock": "a", "other/uv.lock": "a"})
    assert list(dependency_files(repo, PurePosixPath("ml"))) == ["ml/pyproject.toml", "uv.lock"]


def test_files_that_the_base_has_as_pointers_of_lfs_are_told(repo: Path) -> None:
    pointer = "version https://git-lfs.github.com/spec/v1\noid sha256:0123\nsize 3\n"
    commit(repo, {"fetched.pt": pointer, "pointer.pt": pointer, "gone.pt": pointer, "notes.txt": f"see: {pointer}"})
    write(repo, {"fetched.pt": "the weights", "notes.txt": "nothing"})
    (repo / "gone.pt").unlink()
    with worktrees(repo, "HEAD", 1) as (tree,):
        assert left_in_lfs(tree, repo) == ("fetched.pt", "gone.pt")


def test_an_ignored_lock_file_is_no_difference(repo: Path) -> None:
    commit(repo, {".gitignore": "uv.lock\n"})
    write(repo, {"uv.lock": "x"})
    assert dependency_files(repo, ROOT) == {}
