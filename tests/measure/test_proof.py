"""Whether a side measured its own tree."""

import importlib
import pkgutil
import sys
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

import pytest

from bench.measure.notes import shorten
from bench.measure.proof import Stray, complaint, foreign


@pytest.fixture(autouse=True)
def _modules_and_paths_kept(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    before = set(sys.modules)
    monkeypatch.setattr(sys, "path", list(sys.path))
    yield
    for name in set(sys.modules) - before:
        del sys.modules[name]


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    folder = tmp_path / "tree"
    folder.mkdir()
    return folder


def put(folder: Path, *files: str) -> Path:
    """Empty modules, in a folder that is from now on looked into first."""
    for file in files:
        path = folder / file
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("")
    sys.path.insert(0, str(folder))
    importlib.invalidate_caches()
    return folder


def load(*names: str) -> None:
    for name in names:
        importlib.import_module(name)


def strays(tree: Path, *names: str, target: str = "absent_target:make") -> list[tuple[str, str]]:
    return [(stray.module, stray.path) for stray in foreign(str(tree), names, target)]


def test_what_lies_in_the_tree_is_its_own(tree: Path) -> None:
    put(tree / "src", "subject_a/__init__.py", "subject_a/deep/__init__.py", "subject_b.py")
    load("subject_a.deep", "subject_b")
    assert strays(tree, "subject_a", "subject_b", target="subject_a.deep:make") == []


def test_the_subject_s_modules_from_elsewhere_are_named_with_their_files_in_order(tree: Path, tmp_path: Path) -> None:
    other = put(tmp_path / "other", "subject_a/__init__.py", "subject_a/z.py", "subject_a/b.py", "not_asked.py")
    load("subject_a.z", "subject_a.b", "not_asked")
    expected = [
        ("subject_a", str(other / "subject_a/__init__.py")),
        ("subject_a.b", str(other / "subject_a/b.py")),
        ("subject_a.z", str(other / "subject_a/z.py")),
    ]
    assert strays(tree, "subject_a") == expected
    assert strays(tree, "subject_a", target="subject_a.z:make") == [expected[2], *expected[:2]]


def test_the_target_is_proved_whatever_its_name(tree: Path, tmp_path: Path) -> None:
    other = put(tmp_path / "other", "builders_x.py")
    load("builders_x")
    assert strays(tree, target="builders_x:make") == [("builders_x", str(other / "builders_x.py"))]


def test_a_target_that_nobody_imported_gives_nothing(tree: Path) -> None:
    assert strays(tree, "subject_a", target="fake:anything") == []


def test_a_name_that_only_begins_like_the_subject_s_is_not_the_subject_s(tree: Path, tmp_path: Path) -> None:
    put(tmp_path / "other", "subject_abc.py")
    load("subject_abc")
    assert strays(tree, "subject_a", "subject_abc.deep") == []


def test_a_folder_whose_path_begins_like_the_tree_s_is_not_the_tree(tree: Path) -> None:
    other = put(tree.with_name("tree-2"), "subject_a.py")
    load("subject_a")
    assert strays(tree, "subject_a") == [("subject_a", str(other / "subject_a.py"))]


def test_a_tree_that_is_reached_by_a_link_is_the_same_tree(tree: Path, tmp_path: Path) -> None:
    (tmp_path / "link").symlink_to(tree)
    put(tmp_path / "link", "subject_a/__init__.py", "subject_a/b.py")
    load("subject_a.b")
    assert strays(tree, "subject_a") == []
    assert strays(tmp_path / "link", "subject_a") == []


def test_a_link_in_the_tree_that_leads_out_of_it_is_followed(tree: Path, tmp_path: Path) -> None:
    file, folder = tmp_path / "outside.py", tmp_path / "outside"
    file.write_text("")
    folder.mkdir()
    (folder / "__init__.py").write_text("")
    (tree / "subject_a.py").symlink_to(file)
    (tree / "subject_b").symlink_to(folder)
    put(tree)
    load("subject_a", "subject_b")
    assert strays(tree, "subject_a", "subject_b") == [
        ("subject_a", str(file)),
        ("subject_b", str(folder / "__init__.py")),
    ]


@pytest.mark.parametrize("installed", [".venv/lib/python3.11/site-packages", "env/dist-packages"])
def test_what_is_installed_in_an_environment_in_the_tree_is_not_the_tree_s(tree: Path, installed: str) -> None:
    put(tree / installed, "subject_a.py")
    load("subject_a")
    assert strays(tree, "subject_a") == [("subject_a", str(tree / installed / "subject_a.py"))]


def test_a_tree_that_itself_lies_among_installed_packages_is_a_tree(tmp_path: Path) -> None:
    tree = put(tmp_path / "site-packages" / "checkout", "subject_a.py")
    load("subject_a")
    assert strays(tree, "subject_a") == []


def test_every_folder_of_a_namespace_package_counts(tree: Path, tmp_path: Path) -> None:
    put(tree, "subject_ns/own.py")
    other = put(tmp_path / "other", "subject_ns/alien.py")
    load("subject_ns.own", "subject_ns.alien")
    folder = str(other / "subject_ns")
    assert strays(tree, "subject_ns") == [("subject_ns", folder), ("subject_ns.alien", f"{folder}/alien.py")]


def test_a_dotted_name_takes_that_part_of_a_namespace_and_what_is_below(tree: Path, tmp_path: Path) -> None:
    other = put(tmp_path / "other", "subject_ns/part/__init__.py", "subject_ns/part/deep.py", "subject_ns/others.py")
    load("subject_ns.part.deep", "subject_ns.others")
    assert strays(tree, "subject_ns.part") == [
        ("subject_ns.part", str(other / "subject_ns/part/__init__.py")),
        ("subject_ns.part.deep", str(other / "subject_ns/part/deep.py")),
    ]


def test_a_tree_that_is_a_namespace_package_itself_is_its_own(tree: Path) -> None:
    put(tree, "part.py")
    sys.path.insert(0, str(tree.parent))
    load("tree.part")
    assert strays(tree, "tree") == []


def test_what_was_loaded_from_nowhere_is_skipped(tree: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    made, virtual, editable = ModuleType("subject_a"), ModuleType("subject_b"), ModuleType("subject_c")
    virtual.__file__ = "_virtual.py"  # as torch.ops has it
    editable.__path__ = ["__editable__.subject_c-1.0.finder.__path_hook__"]
    for module in (made, virtual, editable):
        monkeypatch.setitem(sys.modules, module.__name__, module)
    monkeypatch.setitem(sys.modules, "subject_d", None)
    monkeypatch.setitem(sys.modules, "subject_e", object())
    assert strays(tree, *(f"subject_{letter}" for letter in "abcde"), "sys", target="sys:exit") == []


def test_a_package_s_file_tells_where_it_is_from_not_what_it_adds_to_its_path(tree: Path, tmp_path: Path) -> None:
    put(tree, "subject_a/__init__.py")
    put(tmp_path / "other", "subject_a/__init__.py", "subject_a/alien.py")
    sys.path.insert(0, str(tree))
    load("subject_a")
    package = sys.modules["subject_a"]
    package.__path__ = list(pkgutil.extend_path(package.__path__, "subject_a"))
    assert strays(tree, "subject_a") == []
    load("subject_a.alien")
    assert [name for name, _ in strays(tree, "subject_a")] == ["subject_a.alien"]


INSTALLED = "/opt/venv/lib/python3.11/site-packages"


def test_the_complaint_says_which_module_came_from_where_and_what_to_do(tree: Path) -> None:
    (tree / "lib" / "networks").mkdir(parents=True)
    (tree / "lib" / "networks" / "__init__.py").write_text("")
    found = [Stray(module="networks.cells", path=f"{INSTALLED}/networks/cells.py")]
    assert shorten(complaint(found, str(tree)), [str(tree)]) == (
        "not measured from its own side's tree: networks.cells from the installed networks/cells.py; hint: `paths` in "
        "[tool.bench] of pyproject.toml must name the folder that holds networks (in this tree: 'lib'), and neither "
        "`preload` nor a library may import another networks before"
    )


def test_the_complaint_counts_what_it_does_not_show(tree: Path) -> None:
    (tree / "networks.py").write_text("")
    found = [Stray(module=f"networks.m{number}", path=f"/srv/clone/m{number}.py") for number in range(5)]
    text = shorten(complaint(found, str(tree)), [])
    shown = "networks.m0 from …/m0.py, networks.m1 from …/m1.py, networks.m2 from …/m2.py and 2 more; hint"
    assert shown in text
    assert "(in this tree: '.')" in text


def test_the_complaint_names_no_folder_where_the_tree_shows_none(tree: Path) -> None:
    text = complaint([Stray(module="networks", path="/srv/networks.py")], str(tree))
    assert "the folder that holds networks, and" in text
