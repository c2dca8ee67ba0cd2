"""What the measuring loop is told."""

from random import Random

import pytest

from bench.analysis.judge import RunJudge
from bench.analysis.trials import SENTINEL_LIMIT, sentinel
from bench.records.nouns import Judge
from bench.records.suite import Policy
from bench.statistics import quantile
from tests.analysis.made_up import SENTINEL, models, timed, trials

CASES = models("lstm", "cnn")
STEADY = [1 + 0.001 * n for n in range(10)]
UNSTEADY = [1 + 0.1 * n for n in range(10)]


def test_a_case_is_precise_when_half_its_interval_is_within_the_precision() -> None:
    records = [*trials("model=lstm", STEADY), *trials("model=cnn", UNSTEADY)]
    judge: Judge = RunJudge(CASES, Policy())
    assert judge.precise(records) == {"model=lstm"}
    assert RunJudge(CASES, Policy(precision=0.5)).precise(records) == {"model=lstm", "model=cnn"}


def test_the_precision_itself_is_precise_enough() -> None:
    exact = trials("model=lstm", [1.0, 1.0, 1.0, 1.0, 2.0, 2.0, 3.0, 3.0, 3.0, 3.0])
    assert RunJudge(CASES, Policy(precision=0.5)).precise(exact) == {"model=lstm"}
    assert RunJudge(CASES, Policy(precision=0.499)).precise(exact) == set()


def test_a_case_without_an_interval_is_not_precise() -> None:
    assert RunJudge(CASES, Policy()).precise(trials("model=lstm", STEADY[:6])) == set()
    assert RunJudge(CASES, Policy(rounds=6, max_rounds=6)).precise(trials("model=lstm", STEADY[:6])) == {"model=lstm"}
    shaken = [timed("model=lstm", r, sentinel=SENTINEL * (1.3 if r < 5 else 1)) for r in range(10)]
    assert RunJudge(CASES, Policy()).precise(shaken) == set()


def test_disturbed_trials_are_named_until_a_repetition_is_calm() -> None:
    records = [*trials("model=cnn", STEADY), timed("model=lstm", 4, sentinel=2 * SENTINEL)]
    judge = RunJudge(CASES, Policy())
    assert judge.disturbed(records) == {("model=lstm", 4)}
    assert judge.disturbed([*records, timed("model=lstm", 4, attempt=1, sentinel=1.9 * SENTINEL)]) == {
        ("model=lstm", 4)
    }
    assert judge.disturbed([*records, timed("model=lstm", 4, attempt=1)]) == set()


def test_nothing_measured_is_neither_disturbed_nor_precise() -> None:
    judge = RunJudge(CASES, Policy())
    failed = [timed("model=lstm", 0, status="failed")]
    assert (judge.disturbed(failed), judge.precise(failed)) == (set(), set())


def test_what_is_calm_is_the_same_whether_asked_before_every_trial_or_once() -> None:
    drawn = Random(7)
    records = [
        timed(f"model={name}", n, sentinel=SENTINEL * drawn.uniform(1, 2), status=drawn.choice(("ok", "failed")))
        for n in range(30)
        for name in ("lstm", "cnn", "unknown")
    ]
    often = RunJudge(CASES, Policy())
    for n in range(len(records) + 1):
        assert often.calm(records[:n]) == RunJudge(CASES, Policy()).calm(records[:n])
    (limit,) = often.calm(records).values()
    ok = [r for r in records if r.status == "ok" and r.case != "model=unknown"]
    assert limit == pytest.approx(SENTINEL_LIMIT * quantile([sentinel(r) or 0 for r in ok], 0.1))


def test_what_is_calm_is_known_from_the_first_trial_on_and_is_what_decides_on_disturbed() -> None:
    judge: Judge = RunJudge(CASES, Policy())
    assert judge.calm([]) == {}
    calm = judge.calm(trials("model=lstm", STEADY))
    assert calm == {1: pytest.approx(SENTINEL_LIMIT * SENTINEL)}
    edge = [*trials("model=cnn", STEADY), timed("model=lstm", 4, sentinel=calm[1])]
    assert judge.disturbed(edge) == set()
    assert judge.disturbed([*edge, timed("model=lstm", 5, sentinel=calm[1] * 1.001)]) == {("model=lstm", 5)}
