"""What two stored runs say of each other: verdicts, what is refused, what is listed."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from random import Random
from typing import Any

import pytest

from bench.analysis.analysed import Analysed, analyse
from bench.errors import Incomparable
from bench.gate.baseline import judge_runs
from bench.records.gate import Gate, Judged
from bench.records.nouns import Case, Machine, Record, Run, Status
from bench.records.suite import GateSpec, LimitSpec, Policy
from tests.analysis.made_up import SENTINEL, case, models, run, survey, timed, trials

TEN = GateSpec(limit=0.1)
LSTM, CNN = models("lstm", "cnn")


def noise(seed: object, *, times: float = 1.0, sd: float = 0.01, n: int = 10) -> list[float]:
    """So many milliseconds around `times`."""
    random = Random(str(seed))
    return [times * random.lognormvariate(0, sd) for _ in range(n)]


def of(
    cases: Sequence[Case],
    milliseconds: Mapping[str, Iterable[float]],
    *,
    surveys: Iterable[Record] = (),
    beside: Iterable[Record] = (),
    made: Run | None = None,
) -> Analysed:
    """A run in which each case's trials took so long."""
    own = list(surveys)
    surveyed = {record.case for record in own}
    own += [survey(each.id) for each in cases if each.id not in surveyed]
    records = [record for each, values in milliseconds.items() for record in trials(each, values)]
    return analyse(made or run(cases, metrics=("latency", "flops", "peak_memory")), [*own, *records, *beside])


def plain(seed: object, *, times: float = 1.0, sd: float = 0.01, n: int = 10) -> Analysed:
    """A run of the LSTM alone."""
    return of([LSTM], {LSTM.id: noise(seed, times=times, sd=sd, n=n)})


def only(found: Gate) -> Judged:
    (judged,) = found.cases
    return judged


def test_equal_code_is_unchanged_and_passes() -> None:
    found = judge_runs(plain(1), plain(2), TEN)
    assert (found.verdict, found.exit_code, found.findings) == ("pass", 0, ())
    assert only(found).verdict == "unchanged"
    assert [change.metric for change in only(found).changes] == ["undisturbed", "mean_latency"]


def test_twice_the_limit_is_a_regression_in_both_metrics_and_its_mirror_an_improvement() -> None:
    slower, faster = judge_runs(plain(1), plain(2, times=1.2), TEN), judge_runs(plain(1, times=1.2), plain(2), TEN)
    assert (slower.verdict, slower.exit_code, only(slower).verdict) == ("regression", 1, "regression")
    assert [change.worse for change in only(slower).changes] == [True, True]
    assert (faster.verdict, faster.exit_code, only(faster).verdict) == ("pass", 0, "improvement")


def test_a_change_has_the_ratio_of_the_medians_differences_and_an_interval_around_it() -> None:
    near, above = [0.999, 1.001] * 5, [1.049, 1.051] * 5
    sharp = only(judge_runs(of([LSTM], {LSTM.id: near}), of([LSTM], {LSTM.id: above}), TEN)).changes[0]
    assert sharp.ratio == pytest.approx(1.05, rel=0.001)
    assert sharp.low is not None
    assert sharp.high is not None
    assert sharp.ratio is not None
    assert 1.047 < sharp.low <= sharp.ratio <= sharp.high < 1.053
    assert (sharp.pairs, sharp.limit) == (10, 0.1)


@pytest.mark.parametrize(
    ("base", "candidate", "note"),
    [
        (noise(1, n=5), noise(2), "5 trials on the base: fewer than 6 decide nothing"),
        (noise(1), noise(2, n=5, times=2), "5 trials on the candidate: fewer than 6 decide nothing"),
        (noise(1), [2.0] * 10, "all trials on the candidate are the same: the clock cannot tell them apart"),
        ([1.0] * 10, [1.0] * 10, "all trials on the base are the same: the clock cannot tell them apart; all trials"),
    ],
)
def test_few_values_and_values_that_are_all_the_same_decide_nothing(
    base: list[float], candidate: list[float], note: str
) -> None:
    found = judge_runs(of([LSTM], {LSTM.id: base}), of([LSTM], {LSTM.id: candidate}), TEN)
    assert (found.verdict, found.exit_code, only(found).verdict) == ("inconclusive", 4, "inconclusive")
    assert (only(found).note or "").startswith(note)
    assert [(change.low, change.high) for change in only(found).changes] == [(None, None)] * 2


def test_a_noisy_case_is_inconclusive_and_so_many_trials_would_decide_it() -> None:
    found = judge_runs(plain(1, sd=0.2), plain(2, sd=0.2), TEN)
    assert (found.verdict, found.exit_code, only(found).verdict) == ("inconclusive", 4, "inconclusive")
    needed = only(found).needed
    assert needed is not None
    assert needed > 10
    assert only(judge_runs(plain(1, sd=0.2, n=4 * needed), plain(2, sd=0.2, n=4 * needed), TEN)).verdict == "unchanged"


def test_what_only_the_mean_sees_is_a_regression() -> None:
    def halting(record: Record) -> Record:
        step = record.samples[0]
        return replace(record, samples=(step,) * 9 + (2 * step,))

    base = of([LSTM], {LSTM.id: noise(1, sd=0.001)})
    slow = of([LSTM], {}, beside=map(halting, trials(LSTM.id, noise(2, sd=0.001))))
    found = only(judge_runs(base, slow, GateSpec(limit=0.05)))
    assert (found.verdict, [change.worse for change in found.changes]) == ("regression", [False, True])


def test_a_shift_of_half_the_limit_alarms_nobody() -> None:
    verdicts = [only(judge_runs(plain(f"a{i}"), plain(f"b{i}", times=1.048), TEN)).verdict for i in range(100)]
    assert "regression" not in verdicts
    assert verdicts.count("unchanged") > 80


def test_a_family_of_24_cases_finds_the_one_that_is_slower_and_no_other() -> None:
    cases = models(*(f"m{i}" for i in range(24)))
    alarms = []
    for seed in range(20):
        base, same = (
            of(cases, {each.id: noise(f"{seed}{side}{each.id}", sd=0.03) for each in cases})
            for side in ("base", "same")
        )
        dosed = of(
            cases, {each.id: noise(f"{seed}{each.id}", sd=0.03, times=1 + 0.2 * (each == cases[0])) for each in cases}
        )
        alarms += [(j.case, "a/a") for j in judge_runs(base, same, TEN).cases if j.verdict == "regression"]
        alarms += [(j.case, "dosed") for j in judge_runs(base, dosed, TEN).cases if j.verdict == "regression"]
    # Simulated 1,500 times: no false alarm in A/A, and the dose found in 99.9 %.
    assert set(alarms) == {(cases[0].id, "dosed")}
    assert len(alarms) >= 18


def test_cases_with_few_trials_among_many_are_said_to_be_beyond_proof() -> None:
    cases = models(*(f"m{i}" for i in range(24)))
    six, ten = (of(cases, {each.id: noise(each.id, n=n) for each in cases}) for n in (6, 10))
    (finding,) = judge_runs(six, six, TEN).findings
    assert (finding.code, len(finding.cases)) == ("too few rounds", 24)
    assert "measure 7 on each side" in finding.advice
    assert judge_runs(ten, ten, TEN).findings == ()


def test_long_steps_of_one_thread_are_judged_by_their_cpu_time() -> None:
    long = [survey(LSTM.id, {"expected_step": 0.03})]
    base, candidate = (of([LSTM], {LSTM.id: noise(seed, times=30)}, surveys=long) for seed in "ab")
    assert only(judge_runs(base, candidate, TEN)).changes[0].metric == "cpu_time"


def conditions(made: Run) -> dict[str, Run]:
    """The run under other conditions, by the name of the field that differs."""
    policy, finger = made.policy, made.fingerprint
    return {
        "trial_seconds: 0.3 → 0.1": replace(made, policy=replace(policy, trial_seconds=0.1)),
        "sample_seconds: 0.002 → 0.01": replace(made, policy=replace(policy, sample_seconds=0.01)),
        "threads: 1 → 2": replace(made, policy=replace(policy, threads=2)),
        "allocator: retain → system": replace(made, policy=replace(policy, allocator="system")),
        "isolate: case → round": replace(made, isolate="round"),
        "launch: fork → spawn": replace(made, launch="spawn"),
        "device: cpu → cuda": replace(made, device="cuda"),
        "torch: 2.9 → 2.10": replace(made, fingerprint=finger | {"torch": "2.10"}),
        "python: 3.11 → 3.12": replace(made, fingerprint=finger | {"python": "3.12"}),
        "bench: 0.1 → none": replace(made, fingerprint={name: finger[name] for name in finger if name != "bench"}),
        "machine.identity: 0 → 1": replace(made, machine=replace(made.machine, identity="1")),
        "machine.cpu: A → B": replace(made, machine=replace(made.machine, facts={"cpu": "B"})),
    }


MADE = replace(
    run([LSTM]),
    machine=Machine(name="here", identity="0", facts={"cpu": "A"}),
    fingerprint={"torch": "2.9", "python": "3.11", "bench": "0.1", "suite": "s", "subject": "t", "data": "d"},
)


@pytest.mark.parametrize("field", conditions(MADE))
def test_runs_under_other_conditions_are_refused_by_field_and_values(field: str) -> None:
    base, other = (of([LSTM], {LSTM.id: [1.0] * 10}, made=made) for made in (MADE, conditions(MADE)[field]))
    with pytest.raises(Incomparable, match=field) as refused:
        judge_runs(base, other, TEN)
    assert refused.value.exit_code == 4


def test_every_field_that_differs_is_named() -> None:
    other = replace(MADE, device="fake", policy=Policy(trial_seconds=0.1))
    with pytest.raises(Incomparable, match=r"device: cpu → fake; trial_seconds: 0\.3 → 0\.1"):
        judge_runs(of([LSTM], {}, made=MADE), of([LSTM], {}, made=other), TEN)


def test_other_code_and_another_name_are_judged() -> None:
    changed = {"suite": "S", "subject": "T", "data": "D"}
    other = replace(MADE, name="later", fingerprint=MADE.fingerprint | changed, seed=9)
    base, candidate = (of([LSTM], {LSTM.id: noise(made.name)}, made=made) for made in (MADE, other))
    found = judge_runs(base, candidate, TEN)
    assert (only(found).verdict, found.base, found.candidate) == ("unchanged", MADE.name, "later")


@pytest.mark.parametrize(
    ("change", "note"),
    [
        ({"target": "other:workload"}, "target: made_up:workload → other:workload"),
        ({"threads": 2}, "threads: 1 → 2"),
        ({"allocator": "system"}, "allocator: retain → system"),
        ({"arguments": {"model": "lstm", "dtype": "float64"}}, "arguments.dtype: none → float64"),
        ({"levels": {"model": "gru"}}, "levels.model: lstm → gru"),
    ],
)
def test_a_case_that_means_something_else_is_incomparable_and_the_others_are_judged(
    change: dict[str, Any], note: str
) -> None:
    other = replace(LSTM, **change)
    base = of([LSTM, CNN], {LSTM.id: noise(1), CNN.id: noise(2)})
    found = judge_runs(base, of([other, CNN], {other.id: noise(3), CNN.id: noise(4)}), TEN)
    assert [(j.verdict, j.note) for j in found.cases] == [("incomparable", note), ("unchanged", None)]
    assert (found.verdict, found.exit_code) == ("inconclusive", 4)


def test_a_missing_case_is_removed_unless_allowed_and_a_new_one_is_added() -> None:
    gru = case(levels={"model": "gru"})
    base = of([LSTM, CNN], {LSTM.id: noise(1), CNN.id: noise(2)})
    candidate = of([LSTM, gru], {LSTM.id: noise(3), gru.id: noise(4)})
    found = judge_runs(base, candidate, TEN)
    assert [(j.verdict, j.allowed) for j in found.cases] == [("unchanged", False), ("added", True), ("removed", False)]
    assert found.verdict == "inconclusive"
    assert judge_runs(base, candidate, GateSpec(limit=0.1, allow=("removed",))).verdict == "pass"


def test_runs_without_a_common_case_compare_nothing() -> None:
    found = judge_runs(
        of([LSTM], {LSTM.id: noise(1)}), of([CNN], {CNN.id: noise(2)}), GateSpec(limit=0.1, allow=("removed",))
    )
    assert (found.verdict, found.exit_code) == ("inconclusive", 4)


@pytest.mark.parametrize("status", ["failed", "oom", "timeout", "unavailable"])
@pytest.mark.parametrize("side", ["base", "candidate"])
def test_a_case_that_one_side_could_not_survey_has_failed(status: Status, side: str) -> None:
    whole, broken = plain(1), of([LSTM], {}, surveys=[survey(LSTM.id, status=status, note="why")])
    found = judge_runs(*((broken, whole) if side == "base" else (whole, broken)), TEN)
    assert (only(found).verdict, only(found).note) == ("failed", f"{status} on the {side}: why")
    assert found.exit_code == 4


def test_a_case_whose_trials_all_crashed_has_failed_and_one_of_them_is_told() -> None:
    crashes = [timed(LSTM.id, i, status="crashed", note="signal 11") for i in range(10)]
    found = only(judge_runs(plain(1), of([LSTM], {}, beside=crashes), TEN))
    assert (found.verdict, found.note) == ("failed", "crashed on the candidate: signal 11")


def test_a_case_that_crashes_now_and_then_on_the_candidate_alone_has_failed() -> None:
    some, others = (
        of([LSTM], {LSTM.id: noise(seed, n=9)}, beside=[timed(LSTM.id, 9, status="crashed", note="signal 11")])
        for seed in (2, 3)
    )
    found = judge_runs(plain(1), some, TEN)
    told = "crashed on the candidate in 1 of 10 trials, on the base in none: signal 11"
    assert (only(found).verdict, only(found).note, found.exit_code) == ("failed", told, 4)
    found = judge_runs(some, plain(1), TEN)
    assert (only(found).verdict, only(found).note) == ("unchanged", "crashed: 1 trials on the base")
    both = only(judge_runs(some, others, TEN))
    assert (both.verdict, both.note) == (
        "unchanged",
        "crashed: 1 trials on the base; crashed: 1 trials on the candidate",
    )


def test_a_step_that_became_too_long_to_measure_is_no_skip() -> None:
    whole, long = plain(1), of([LSTM], {}, surveys=[survey(LSTM.id, status="skipped", note="a step takes 2 s")])
    found = only(judge_runs(whole, long, TEN))
    assert (found.verdict, found.note) == ("failed", "skipped on the candidate: a step takes 2 s")
    assert only(judge_runs(long, whole, TEN)).verdict == "skipped"


def test_what_the_suite_skips_is_skipped() -> None:
    skipped = case(skip="no such kernel")
    found = judge_runs(of([skipped, CNN], {CNN.id: noise(1)}), of([skipped, CNN], {CNN.id: noise(2)}), TEN)
    assert [j.verdict for j in found.cases] == ["skipped", "unchanged"]
    assert found.verdict == "pass"


def test_what_the_base_measured_and_the_candidate_skips_is_gone() -> None:
    """A change could else pass by a `skip` beside it."""
    skipped = case(skip="slow now")
    base = of([case(), CNN], {case().id: noise(1), CNN.id: noise(2)})
    found = judge_runs(base, of([skipped, CNN], {CNN.id: noise(3)}), TEN)
    assert [(j.verdict, j.note) for j in found.cases] == [("removed", "slow now"), ("unchanged", None)]
    assert (found.verdict, found.exit_code) == ("inconclusive", 4)


def test_an_exact_metric_that_the_candidate_says_no_more_makes_the_case_incomparable() -> None:
    known = of([LSTM], {LSTM.id: noise(1)}, surveys=[survey(LSTM.id, metrics={"flops": 10})])
    found = judge_runs(known, plain(2), TEN)
    told = "the candidate does not say its flops any more"
    assert (only(found).verdict, only(found).note, found.exit_code) == ("incomparable", told, 4)
    assert only(judge_runs(plain(2), known, TEN)).verdict == "unchanged"


def test_a_run_that_ended_early_leaves_cases_open() -> None:
    unsurveyed = analyse(run([LSTM]), [])
    found = only(judge_runs(plain(1), unsurveyed, TEN))
    assert (found.verdict, found.note) == ("inconclusive", "the candidate ended before it was surveyed")
    found = only(judge_runs(of([LSTM], {}), plain(1), TEN))
    assert (found.verdict, found.note) == ("inconclusive", "the base ended before it was timed")


def test_a_disturbed_case_is_inconclusive_whatever_its_size() -> None:
    calm = [timed(CNN.id, i) for i in range(10)]
    rough = [timed(LSTM.id, i, 2.0, sentinel=2 * SENTINEL) for i in range(6)]
    base = of([LSTM, CNN], {LSTM.id: noise(1), CNN.id: [1.0] * 10})
    found = judge_runs(base, of([LSTM, CNN], {}, beside=[*calm, *rough]), TEN).cases[0]
    assert (found.verdict, found.note) == ("inconclusive", "disturbed: 6 of 6 trials on the candidate")
    assert [(c.worse, c.low, c.pairs) for c in found.changes] == [(False, None, 6)] * 2
    assert found.changes[0].ratio == pytest.approx(2, rel=0.02)


def flops(seed: object, number: int) -> Analysed:
    known: dict[str, int | float] = {"flops": number}
    return of([LSTM], {LSTM.id: noise(seed)}, surveys=[survey(LSTM.id, known)])


def test_exact_metrics_are_judged_without_noise() -> None:
    found = judge_runs(flops(1, 1000), flops(2, 1001), TEN)
    assert (found.verdict, only(found).verdict) == ("regression", "regression")
    exact = only(found).changes[-1]
    assert (exact.metric, exact.base, exact.candidate, exact.worse) == ("flops", 1000, 1001, True)
    assert only(judge_runs(flops(1, 1000), flops(2, 999), TEN)).verdict == "unchanged"
    lenient = GateSpec(limit=0.1, limits=(LimitSpec(metric="flops", limit=0.01),))
    assert only(judge_runs(flops(1, 1000), flops(2, 1001), lenient)).verdict == "unchanged"


def test_a_limit_of_its_own_counts_for_its_metric() -> None:
    wide = GateSpec(limit=0.1, limits=(LimitSpec(limit=0.5, where={"model": ("lstm",)}),))
    found = only(judge_runs(plain(1), plain(2, times=1.2), wide))
    assert (found.verdict, [change.limit for change in found.changes]) == ("unchanged", [0.5, 0.5])


def test_a_limit_within_the_drift_between_runs_is_remarked_on() -> None:
    assert [finding.code for finding in judge_runs(plain(1), plain(2), GateSpec(limit=0.03)).findings] == [
        "limit within drift"
    ]


def test_rounds_that_shared_servers_are_remarked_on_once() -> None:
    made = run([LSTM], policy=Policy(rounds_per_server=3))
    base, candidate = (of([LSTM], {LSTM.id: noise(seed)}, made=made) for seed in "ab")
    assert [finding.code for finding in judge_runs(base, candidate, TEN).findings] == ["servers left out"]


def test_swapping_the_runs_inverts_the_ratio() -> None:
    one, two = plain(1), plain(2, times=1.3)
    there, back = (only(judge_runs(*pair, TEN)).changes[0].ratio for pair in ((one, two), (two, one)))
    assert there is not None
    assert back is not None
    assert there * back == pytest.approx(1)
