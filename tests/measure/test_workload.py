"""Where a target is looked for first."""

import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from bench.measure.server import hide
from bench.measure.workload import locate, proven


@pytest.fixture
def folders(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> tuple[str, str]:
    """Two, of which each has a module `here_or_there` that says which it is of."""
    for name in ("here", "there"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "here_or_there.py").write_text(f"def says(): return {name!r}\n")
    monkeypatch.setattr(sys, "path", list(sys.path))
    monkeypatch.delitem(sys.modules, "here_or_there", raising=False)
    monkeypatch.setattr(sys, "dont_write_bytecode", True)
    return str(tmp_path / "here"), str(tmp_path / "there")


def test_the_paths_stand_in_front_in_their_order_wherever_they_stood_before(folders: tuple[str, str]) -> None:
    """As where an editable install has put the second at the end, behind an installed package of the same name."""
    here, there = folders
    sys.path.append(there)
    before = list(sys.path)
    builder: Callable[[], object] = locate("here_or_there:says", [there, here])
    assert sys.path == [there, here, *(entry for entry in before if entry != there)]
    assert builder() == "there"
    sys.modules.pop("here_or_there")


def test_hidden_folders_are_taken_out_by_whatever_name(folders: tuple[str, str], tmp_path: Path) -> None:
    here, there = folders
    (tmp_path / "link").symlink_to(here)
    before = list(sys.path)
    sys.path += [f"{tmp_path}/./here", str(tmp_path / "link"), there]
    hide([here])
    assert sys.path == [*before, there]


def test_without_hidden_folders_the_path_stays() -> None:
    before = list(sys.path)
    hide([])
    assert sys.path == before


def test_a_backend_is_proven_by_any_operator_and_refuted_by_one_with_a_mark() -> None:
    expects = ("aten::addmm", "aten::mm", "!aten::rnn_tanh")
    assert proven(expects, ["aten::mm", "aten::tanh"])
    assert not proven(expects, ["aten::tanh"])
    assert not proven(expects, ["aten::mm", "aten::rnn_tanh"])
