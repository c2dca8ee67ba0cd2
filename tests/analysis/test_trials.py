"""Which trials count: by sentinel and probes, never by latency."""

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bench.analysis.trials import counted, disturbed
from bench.records.nouns import Record, Unknown
from tests.analysis.made_up import SENTINEL, case, models, timed, trials

LSTM = "model=lstm"
SLOW = 1.2 * SENTINEL


def rounds(records: tuple[Record, ...]) -> list[int]:
    return [record.round for record in records]


def with_disturbed(n: int, *slow: int) -> list[Record]:
    return [timed(LSTM, r, sentinel=SLOW + r if r in slow else SENTINEL) for r in range(n)]


def test_trials_count_in_the_order_of_rounds() -> None:
    found = counted(models("lstm"), list(reversed(trials(LSTM, [1] * 8))))[LSTM]
    assert rounds(found.trials) == list(range(8))
    assert not found.disturbed


def test_a_case_without_trials_is_there_with_nothing() -> None:
    assert counted(models("lstm", "cnn"), trials(LSTM, [1]))["model=cnn"].trials == ()


def test_the_attempt_with_the_best_sentinel_counts_although_it_is_the_slowest() -> None:
    attempts = [
        timed(LSTM, 0, 1.0, attempt=0, sentinel=SLOW),
        timed(LSTM, 0, 9.0, attempt=1, sentinel=SENTINEL),
        timed(LSTM, 0, 0.1, attempt=2, sentinel=1.1 * SENTINEL),
    ]
    found = counted(models("lstm"), [*attempts, *trials(LSTM, [1] * 9)[1:]])[LSTM]
    assert [record.attempt for record in found.trials[:1]] == [1]


def test_a_clean_attempt_counts_before_one_with_steal_and_a_better_sentinel() -> None:
    stolen = timed(LSTM, 0, noise={"steal": 0.05})
    clean = timed(LSTM, 0, attempt=1, sentinel=1.01 * SENTINEL)
    assert counted(models("lstm"), [stolen, clean])[LSTM].trials == (clean,)


def test_an_attempt_that_failed_does_not_count_whatever_its_sentinel() -> None:
    failed = timed(LSTM, 0, attempt=0, status="failed")
    good = timed(LSTM, 0, attempt=1, sentinel=SLOW)
    found = counted(models("lstm"), [failed, good, *trials(LSTM, [1] * 9)[1:]])[LSTM]
    assert good in (*found.trials, *found.left_out)
    assert found.failed == ()


def test_the_last_attempt_of_a_round_without_success_is_kept_as_failed() -> None:
    attempts = [timed(LSTM, 0, attempt=n, status="crashed") for n in range(3)]
    assert counted(models("lstm"), attempts)[LSTM].failed == (attempts[2],)


@pytest.mark.parametrize(
    ("noise", "expected"),
    [
        ({"sentinel_before": 1.16 * SENTINEL}, True),
        ({"sentinel_after": 1.16 * SENTINEL}, True),
        ({"sentinel_after": 1.14 * SENTINEL}, False),
        ({"steal": 0.011}, True),
        ({"steal": 0.01}, False),
        ({"throttled": 1.0}, True),
        ({"suspended": 3600.0}, True),
        ({"suspended": 0.002}, True),
        ({"suspended": 0.001}, False),
        ({"steal": "unknown", "throttled": "unknown", "suspended": "unknown", "sentinel_before": "unknown"}, False),
        ({"page_faults": 5000.0}, False),
    ],
)
def test_sentinel_steal_throttling_and_sleep_disturb_and_nothing_else(
    noise: dict[str, float | Unknown], expected: bool
) -> None:
    records = [timed(LSTM, 0, noise=noise), *trials(LSTM, [1] * 10)[1:]]
    assert disturbed(models("lstm"), records) == ({(LSTM, 0)} if expected else set())


def test_a_trial_whose_repetition_was_calm_is_not_disturbed() -> None:
    records = [*with_disturbed(10, 3), timed(LSTM, 3, attempt=1)]
    assert disturbed(models("lstm"), records) == set()
    assert disturbed(models("lstm"), records[:-1]) == {(LSTM, 3)}


def test_sentinels_are_compared_at_the_same_number_of_threads() -> None:
    alone, together = (
        case(levels={"threads": 1}, threads=1),
        case(levels={"threads": 2}, threads=2),
    )
    records = [
        *(timed(alone.id, r) for r in range(6)),
        *(timed(together.id, r, sentinel=1.6 * SENTINEL, noise={"sentinel_before": 1.6 * SENTINEL}) for r in range(6)),
    ]
    assert disturbed((alone, together), records) == set()


def test_disturbed_trials_do_not_count_while_six_others_remain() -> None:
    found = counted(models("lstm"), with_disturbed(8, 2, 5))[LSTM]
    assert rounds(found.trials) == [0, 1, 3, 4, 6, 7]
    assert rounds(found.left_out) == [2, 5]
    assert not found.disturbed


def test_where_fewer_than_six_are_calm_the_least_disturbed_fill_up_and_the_case_is_disturbed() -> None:
    found = counted(models("lstm"), with_disturbed(8, 2, 5, 7))[LSTM]
    assert rounds(found.trials) == [0, 1, 2, 3, 4, 6]
    assert rounds(found.left_out) == [5, 7]
    assert found.disturbed == 1


def test_a_sample_across_a_suspend_is_repeated_and_gives_way_to_its_repetition() -> None:
    asleep = timed(LSTM, 0, noise={"suspended": 60.0})
    awake = timed(LSTM, 0, attempt=1, sentinel=1.1 * SENTINEL)
    rest = trials(LSTM, [1] * 8)[1:]
    assert disturbed(models("lstm"), [asleep, *rest]) == {(LSTM, 0)}
    assert counted(models("lstm"), [asleep, awake, *rest])[LSTM].trials[0] == awake


def test_the_wall_clock_decides_nothing() -> None:
    records = [*with_disturbed(9, 2, 5), timed(LSTM, 5, attempt=1)]
    stepped = [replace(record, started=float(n * 7919 % 10)) for n, record in enumerate(records)]
    plain, mixed = (counted(models("lstm"), found)[LSTM] for found in (records, stepped))
    assert [r.sequence for r in plain.trials] == [r.sequence for r in mixed.trials]
    assert rounds(plain.trials) == rounds(mixed.trials)
    assert [(r.round, r.attempt) for r in plain.left_out] == [(r.round, r.attempt) for r in mixed.left_out]


def test_surveys_and_facts_are_no_trials() -> None:
    survey = Record(schema=1, kind="survey", status="ok", case=LSTM)
    assert counted(models("lstm"), [survey])[LSTM].trials == ()


outcomes = st.lists(
    st.tuples(
        st.integers(0, 9),
        st.integers(0, 2),
        st.sampled_from([1.0, 1.1, 1.3]),
        st.sampled_from([0.0, 0.2]),
        st.booleans(),
    ),
    max_size=25,
    unique_by=lambda outcome: outcome[:2],
)


@settings(deadline=None)
@given(outcomes)
def test_no_latency_changes_what_counts_and_no_round_is_lost(
    drawn: list[tuple[int, int, float, float, bool]],
) -> None:
    def records(latencies: list[float]) -> list[Record]:
        return [
            timed(
                LSTM,
                round_,
                latency,
                attempt=attempt,
                sentinel=slow * SENTINEL,
                noise={"steal": steal},
                status="ok" if ok else "failed",
            )
            for (round_, attempt, slow, steal, ok), latency in zip(drawn, latencies, strict=True)
        ]

    def chosen(latencies: list[float]) -> tuple[list[tuple[int, int]], ...]:
        found = counted(models("lstm"), records(latencies))[LSTM]
        return tuple([(t.round, t.attempt) for t in group] for group in (found.trials, found.left_out, found.failed))

    rising = [1.0 + n for n in range(len(drawn))]
    assert chosen(rising) == chosen(rising[::-1])
    assert sorted(round_ for group in chosen(rising) for round_, _ in group) == sorted({o[0] for o in drawn})
