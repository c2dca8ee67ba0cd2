"""A run of two cases that were measured, one that failed and one that was skipped, as every format gets it."""

from collections.abc import Sequence
from dataclasses import replace

from bench.records.nouns import Case, Estimate, Record, Status
from bench.report.exports.nouns import Exported, Outcome, Timed
from tests.report.samples import HOSTILE, RUN, case

CASES = tuple(case({"model": model, "size": 28}) for model in ("lstm", "cnn", "rnn", "gru"))
LSTM, CNN, RNN, GRU = CASES
STARTED = 1_795_000_000.0


def trial(identity: str, round_: int, milliseconds: float, *, loops: int = 4) -> Record:
    """Three samples, the middle one of so many milliseconds a step, after two steps of warm-up."""
    middle = round(milliseconds * 1_000_000 * loops)
    return Record(
        schema=1,
        kind="timed",
        status="ok",
        case=identity,
        round=round_,
        started=STARTED + round_,
        loops=loops,
        warmup=(5_000_000, 2_000_000),
        samples=(middle - 400, middle, middle + 800),
        phases={"total": 0.5},
    )


def measured(one: Case, milliseconds: Sequence[float], *, name: str = "", note: str | None = None) -> Outcome:
    trials = tuple(Timed(record=trial(one.id, i, t), value=t / 1000) for i, t in enumerate(milliseconds))
    values = sorted(timed.value for timed in trials)
    low, high = (values[0], values[-1]) if len(values) > 5 else (None, None)
    middle, n = values[len(values) // 2], len(values)
    found = Estimate(case=one.id, metric="latency", value=middle, low=low, high=high, rounds=n, note=note)
    return Outcome(name=name or one.id, case=one, estimate=found, trials=trials, seconds=len(trials) / 2)


def without(one: Case, status: Status, note: str | None) -> Outcome:
    found = Estimate(case=one.id, metric="latency", value=None, status=status, note=note)
    return Outcome(name=one.id, case=one, estimate=found, trials=(), seconds=0.25)


NUMBERS = (
    measured(LSTM, (1.25, 1.2, 1.3, 1.22, 1.24, 1.28, 1.21)),
    measured(CNN, (12.5, 13.0, 12.0, 12.25), note="disturbed: 2 of 4 trials"),
)
FAILED, SKIPPED = without(RNN, "failed", HOSTILE), without(GRU, "skipped", "too slow here")


def exported(outcomes: Sequence[Outcome] = NUMBERS, *, metric: str = "latency") -> Exported:
    facts = {"cpu": "AMD EPYC", "cores": "2", "system": "Linux"}
    return Exported(
        run=replace(RUN, cases=CASES, machine=replace(RUN.machine, facts=facts)),
        metric=metric,
        started=STARTED,
        revision="0123456789abcdef0123",
        changed=False,
        outcomes=tuple(outcomes),
    )
