from dataclasses import replace
from typing import get_args

import pytest

from bench.records.gate import GateVerdict, Judged, Standing, Verdict
from bench.report.verdicts.words import (
    GATE_SIGNS,
    SIGNS,
    beside_times,
    compared,
    control_words,
    finding_words,
    general_doubt,
    headline,
    measured,
    sentence,
)
from tests.report.verdicts.made_up import (
    ALL,
    CONTROL,
    DISTRUSTED,
    FINDING,
    OPEN,
    PASSED,
    SLOWER,
    SLOWER_AND_LARGER,
    UNEVEN,
    WORSE,
    gate,
    judged,
    standing,
)

SENTENCES = [
    (SLOWER, "undisturbed +8.3 % (interval +6.3 to +10.3), limit 3 %, 24 pairs; mean_latency +8.0 %"),
    (
        SLOWER_AND_LARGER,
        "undisturbed +12.5 % (interval +10.5 to +14.5), limit 3 %, 24 pairs; mean_latency +12.5 %; "
        "parameters 12,345,678 → 12,345,679 (+0.000 %); peak_memory 12.3 MiB → 11.1 MiB (−9.8 %); "
        "worse in undisturbed, parameters",
    ),
    (
        UNEVEN,
        "mean_latency +14.5 % (interval +9.5 to +19.5), limit 3 %, 24 pairs; undisturbed +0.3 %; worse in mean_latency",
    ),
    (
        OPEN,
        "cpu_time +1.1 % (interval −0.9 to +3.1), limit 3 %, 24 pairs; mean_latency +1.1 %; "
        "undecided: about 62 pairs would do",
    ),
    (
        judged("a=1", "improvement", 0.93),
        "undisturbed −7.0 % (interval −9.0 to −5.0), limit 3 %, 24 pairs; mean_latency −7.0 %",
    ),
    (standing("a=1", "added"), "only the candidate has it"),
    (standing("a=1", "removed", allowed=True), "only the base has it; the policy allows it"),
    (standing("a=1", "failed", "oom: 2.1 GB of 2 GB"), "could not be measured: oom: 2.1 GB of 2 GB"),
    (standing("a=1", "incomparable", "two trees"), "cannot be compared: two trees"),
    (standing("a=1", "added", allowed=True), "only the candidate has it"),
    (standing("a=1", "skipped", "takes too long", allowed=True), "skipped: takes too long"),
    (standing("a=1", "unchanged"), "nothing was measured"),
]


@pytest.mark.parametrize(("case", "text"), SENTENCES, ids=[case.verdict for case, _ in SENTENCES])
def test_every_fate_of_a_case_is_a_sentence(case: Judged, text: str) -> None:
    assert sentence(case) == text


def test_an_open_case_of_which_nobody_knows_what_would_decide_it_says_so() -> None:
    said = sentence(replace(OPEN, needed=None))
    assert said.endswith("; mean_latency +1.1 %; undecided, and how many pairs would do cannot be said")


def test_an_open_case_with_a_reason_is_told_by_its_reason() -> None:
    assert sentence(standing("a=1", "inconclusive", "the gate ended before it was surveyed")) == (
        "the gate ended before it was surveyed; undecided"
    )


def test_beside_a_table_of_times_only_the_rest_is_told() -> None:
    assert beside_times(SLOWER) == ""
    assert "undisturbed +12.5 %" not in beside_times(SLOWER_AND_LARGER)
    assert beside_times(OPEN) == "undecided: about 62 pairs would do"


@pytest.mark.parametrize(
    ("told", "text"),
    [
        (
            WORSE,
            "regression: 2 of 10 cases are worse than allowed "
            "(1 failed, 1 incomparable, 1 removed, 1 inconclusive, 1 added, 1 better, 1 skipped, 1 unchanged)",
        ),
        (gate("regression", [SLOWER]), "regression: 1 of 1 case is worse than allowed"),
        (PASSED, "pass: none of 24 cases is worse than allowed (24 unchanged)"),
        (
            gate("inconclusive", [OPEN, judged("a=1", "unchanged", 1.0)]),
            "inconclusive: 1 of 2 cases could not be judged (1 inconclusive, 1 unchanged)",
        ),
        (gate("inconclusive", [standing("a=1", "added")]), "inconclusive: nothing was compared (1 added)"),
        (gate("inconclusive"), "inconclusive: nothing was compared"),
        (
            replace(gate("inconclusive", [OPEN]), exit_code=0),
            "inconclusive: 1 of 1 case could not be judged (1 inconclusive); the policy lets it pass",
        ),
        (
            gate("inconclusive", [SLOWER], fired=True),
            "inconclusive: the control found a change where there is none, so no change can be believed; "
            "1 of 1 case could not be judged (1 worse)",
        ),
    ],
    ids=["regression", "one", "pass", "open", "added", "empty", "lenient", "control"],
)
def test_the_headline_says_the_verdict_and_its_reason(told: object, text: str) -> None:
    assert isinstance(told, type(WORSE))
    assert headline(told) == text


def test_every_verdict_has_a_sign_of_its_own() -> None:
    assert set(SIGNS) == {*get_args(Verdict), *get_args(Standing)}
    assert set(GATE_SIGNS) == set(get_args(GateVerdict))
    assert len(set(SIGNS.values())) == len(SIGNS)
    assert len(set(GATE_SIGNS.values())) == len(GATE_SIGNS)


def test_a_gate_is_in_doubt_as_a_whole_where_no_case_is_to_blame() -> None:
    assert "control" in general_doubt(DISTRUSTED)
    assert general_doubt(gate("inconclusive", [OPEN])) == ""
    assert general_doubt(gate("inconclusive", [judged("a=1", "unchanged", 1.0)])) == "the findings say why"
    assert general_doubt(WORSE) == general_doubt(PASSED) == ""


def test_the_control_says_what_it_found() -> None:
    assert control_words(CONTROL) == (
        "base against base, model=cnn,size=28,mode=inference: +0.04 % (interval −0.2 to +0.3), 24 pairs; "
        "it found no change"
    )
    unbounded = replace(CONTROL, low=None, high=None, fired=True)
    assert control_words(unbounded).endswith("(no interval), 24 pairs; it found a change where there is none")


def test_what_was_compared_and_where_is_told() -> None:
    assert compared(WORSE) == "the working tree against main (3f2a1b0c9d8e)"
    assert measured(WORSE) == "epyc-2c; device cpu; 3 min 5 s"
    assert measured(replace(WORSE, seconds=None)) == "epyc-2c; device cpu"


def test_a_finding_ends_in_advice() -> None:
    assert finding_words(FINDING).endswith("Advice: raise gate.limit, or use a quieter machine.")


def test_no_interval_is_called_by_a_level_that_it_has_not() -> None:
    assert not [case for case in ALL if "95" in sentence(case)]
