"""What a subject says that the machine lacks."""

from bench.measure.draft import Draft, outcome
from bench.measure.processes import Channel
from bench.measure.turns import Turns


class Unavailable(Exception):
    """As a subject has it, which does not import bench."""


def draft() -> Draft:
    return Draft(Channel(-1), Turns(None), stage="build")


def test_an_exception_called_unavailable_is_no_failure() -> None:
    def build() -> None:
        raise Unavailable("no C++ compiler answers")

    assert outcome(build, draft()) == ("unavailable", "no C++ compiler answers")


def test_another_exception_that_says_so_is_a_failure() -> None:
    def build() -> None:
        raise RuntimeError("Unavailable")

    status, note = outcome(build, draft())
    assert status == "failed"
    assert (note or "").startswith("build: RuntimeError: Unavailable")
