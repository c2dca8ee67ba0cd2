"""What a fact observed against what a claim expects of it."""

import pytest

from bench.claims.exact import alike, exact, shown
from bench.records.claims import ExactCheck
from bench.records.nouns import Observation
from tests.claims.made_up import fact


@pytest.mark.parametrize(
    ("seen", "expected"),
    [(5, 5), (5, 5.0), (True, True), ("none", "none"), ((1, 2), (1, 2)), (((1, 2), (3, 4)), ((1, 2), (3, 4))), (0, 0)],
)
def test_the_same_is_alike(seen: Observation, expected: Observation) -> None:
    assert alike(seen, expected, within=0)


@pytest.mark.parametrize(
    ("seen", "expected"),
    [
        (5, 6),
        (True, 1),
        (1, True),
        (False, 0),
        ("5", 5),
        ("True", True),
        ((1, 2), (1, 2, 3)),
        ((1, 2), (2, 1)),
        ((1,), 1),
        (((1, 2), (3, 4)), ((1, 2), (3, 5))),
        (1e-7, 0),
    ],
)
def test_a_truth_value_is_no_number_and_a_list_has_its_order(seen: Observation, expected: Observation) -> None:
    assert not alike(seen, expected, within=0)


def test_numbers_may_differ_by_a_share_of_the_expected_one() -> None:
    assert alike(0.791, 0.79, within=0.01)
    assert not alike(0.791, 0.79, within=0.001)
    assert alike((99.5, 100), (100, 100), within=0.01)


def test_every_expectation_is_a_line() -> None:
    check = ExactCheck(fact="d0:a", expect={"weights": 52000, "shape": (2, 4)})
    lines = list(exact(check, 3, fact("d0:a", weights=52000, shape=(4, 2), more=1)))
    assert [(line.subject, line.outcome, line.check) for line in lines] == [
        ("weights", "holds", 3),
        ("shape", "fails", 3),
    ]
    assert (lines[1].expected, lines[1].observed) == ("[2, 4]", "[4, 2]")


def test_what_else_was_seen_is_told_where_it_is_asked_for() -> None:
    check = ExactCheck(fact="d0:a", expect={"weights": 52000})
    lines = list(exact(check, 1, fact("d0:a", weights=52000, more=1, other=2), also=("more",)))
    assert [(line.subject, line.outcome, line.observed) for line in lines][1:] == [("more", "also", "1")]


def test_a_name_that_the_fact_lacks_leaves_its_line_open() -> None:
    (line,) = exact(ExactCheck(fact="d0:a", expect={"wieghts": 1}), 1, fact("d0:a", weights=1))
    assert line.outcome == "open"
    assert line.note == "d0:a observes no wieghts"


def test_a_fact_that_failed_decides_nothing_and_says_why() -> None:
    check = ExactCheck(fact="d0:a", expect={"x": 1, "y": 2})
    (line,) = exact(check, 1, fact("d0:a", "failed", "NameError: name 'y' is not defined"))
    assert (line.outcome, line.note) == ("open", "failed: NameError: name 'y' is not defined")
    (line,) = exact(check, 1, None)
    assert (line.outcome, line.note) == ("open", "was not observed")


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (4194304, "4,194,304"),
        (True, "true"),
        ((28, 4, 200), "[28, 4, 200]"),
        (((56, 72), (104, 120)), "[[56, 72], [104, 120]]"),
        (0.7910000086, "0.791"),
        (0.0, "0"),
        (3.6e-7, "under 0.0001"),
        (-1.2e-6, "under 0.0001"),
        ("RuntimeError", "RuntimeError"),
    ],
)
def test_values_are_shown_alike_on_every_machine(value: Observation, text: str) -> None:
    assert shown(value) == text
