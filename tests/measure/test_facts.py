"""What a fact observes is told as plainly as it returned it; one that fails, crashes or hangs loses only itself."""

import os
from pathlib import Path

import pytest

from bench.measure.client import Server, Setup
from bench.measure.facts import observe
from bench.measure.request import Place
from bench.records.nouns import Record

FACTS = '''
import os
import signal
import sys
import time


class Size(tuple):
    """A tuple of its own, as torch.Size is one."""


def sound():
    return {"shape": Size((28, 4, 200)), "rows": [[56, 72], [104, 120]], "weights": 52000, "error": 0.5, "same": True,
            "raised": "RuntimeError"}

def raises():
    raise NameError("name 'y' is not defined")

def leaves():
    sys.exit(3)

def crashes():
    os.kill(os.getpid(), signal.SIGSEGV)

def hangs():
    time.sleep(600)

def ends_its_server():
    os.kill(os.getppid(), signal.SIGKILL)
    time.sleep(600)

def no_mapping():
    return 5

def no_value():
    return {"x": object()}

def infinite():
    return {"x": [1.0, float("inf")]}

def deep():
    return {"x": [[[1]]]}

'''


@pytest.fixture
def facts(tmp_path: Path) -> Path:
    (tmp_path / "facts").mkdir()
    (tmp_path / "facts" / "__init__.py").write_text("")
    (tmp_path / "facts" / "d0.py").write_text(FACTS)
    return tmp_path


def seen(folder: Path, *names: str, timeout: float = 60.0) -> list[Record]:
    cores = tuple(sorted(os.sched_getaffinity(0)))
    setup = Setup(
        device="fake", launch="fork", preload=(), own_cores=cores, allowed_cores=cores, environment=dict(os.environ)
    )
    place = Place(paths=(str(folder),), memory=1 << 30, cores=cores)
    targets = [f"facts.d0:{name}" for name in names]
    start = lambda: Server(setup, allocator="retain", number=1)  # noqa: E731
    return list(observe(start, targets, place, device="fake", timeout=timeout))


def test_what_is_plain_arrives_as_it_is(facts: Path) -> None:
    (record,) = seen(facts, "sound")
    assert (record.kind, record.status, record.case, record.note) == ("fact", "ok", "facts.d0:sound", None)
    assert record.observed == {
        "shape": (28, 4, 200),
        "rows": ((56, 72), (104, 120)),
        "weights": 52000,
        "error": 0.5,
        "same": True,
        "raised": "RuntimeError",
    }


def test_one_that_raises_crashes_or_ends_its_server_loses_only_itself(facts: Path) -> None:
    names = ("raises", "leaves", "crashes", "ends_its_server", "missing", "sound")
    records = seen(facts, *names)
    assert [record.case for record in records] == [f"facts.d0:{name}" for name in names]
    statuses = [record.status for record in records]
    assert statuses == ["failed", "failed", "crashed", "crashed", "failed", "ok"]
    notes = [record.note or "" for record in records]
    assert notes[0].startswith("NameError: name 'y' is not defined (at facts/d0.py:")
    assert notes[1] == "called sys.exit(3)"
    assert notes[2] == "ended by SIGSEGV"
    assert "a server ended by itself" in notes[3]
    assert "has no attribute 'missing'" in notes[4]


def test_one_that_hangs_is_ended_and_the_next_is_seen(facts: Path) -> None:
    records = seen(facts, "hangs", "sound", timeout=0.5)
    assert [record.status for record in records] == ["timeout", "ok"]
    assert (records[0].note or "").startswith("ended at its deadline")


@pytest.mark.parametrize(
    ("name", "status", "note"),
    [
        ("no_mapping", "failed", "a fact returns a mapping of names to what it observed, not int"),
        ("no_value", "failed", "x is no truth value, number, text or list of them but object"),
        ("infinite", "failed", "x is inf"),
        ("deep", "invalid", "what it returned cannot be read"),
    ],
)
def test_what_is_not_plain_is_refused_by_name(facts: Path, name: str, status: str, note: str) -> None:
    (record,) = seen(facts, name)
    assert record.status == status
    assert note in (record.note or "")
    assert record.observed == {}
