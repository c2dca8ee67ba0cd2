"""Gates made by hand: one case of every fate, and what is needed to make others."""

from collections.abc import Sequence
from dataclasses import replace

from bench.records.gate import Change, Control, Gate, GateVerdict, Judged, Standing, Verdict
from bench.records.nouns import Finding

LIMIT = 0.03


def name(model: str, size: int = 28) -> str:
    return f"model={model},size={size},mode=inference"


def timed(
    case: str, ratio: float | None, *, half: float = 0.02, metric: str = "undisturbed", pairs: int = 24
) -> Change:
    low, high = (None, None) if ratio is None else (ratio - half, ratio + half)
    return Change(case=case, metric=metric, limit=LIMIT, ratio=ratio, low=low, high=high, pairs=pairs)


def exact(case: str, metric: str, base: float, candidate: float, *, worse: bool = True) -> Change:
    ratio = candidate / base if base else None
    return Change(case=case, metric=metric, limit=0.0, ratio=ratio, base=base, candidate=candidate, worse=worse)


def judged(
    case: str, verdict: Verdict, ratio: float, *, mean: float | None = None, sharp: str = "undisturbed"
) -> Judged:
    """A timed case; what is a regression is one by its sharp metric."""
    first = replace(timed(case, ratio, metric=sharp), worse=verdict == "regression")
    return Judged(
        case=case, verdict=verdict, changes=(first, timed(case, mean or ratio, half=0.05, metric="mean_latency"))
    )


def standing(case: str, verdict: Verdict | Standing, note: str | None = None, *, allowed: bool = False) -> Judged:
    return Judged(case=case, verdict=verdict, note=note, allowed=allowed)


SLOWER = judged(name("lstm"), "regression", 1.083, mean=1.08)
SLOWER_AND_LARGER = replace(
    judged(name("gru"), "regression", 1.125),
    changes=(
        *judged(name("gru"), "regression", 1.125).changes,
        exact(name("gru"), "parameters", 12_345_678, 12_345_679),
        exact(name("gru"), "peak_memory", 12.3 * 2**20, 11.1 * 2**20, worse=False),
    ),
)
UNEVEN = Judged(
    case=name("tcn"),
    verdict="regression",
    changes=(
        timed(name("tcn"), 1.003, half=0.004),
        replace(timed(name("tcn"), 1.145, half=0.05, metric="mean_latency"), worse=True),
    ),
)
OPEN = replace(judged(name("rnn"), "inconclusive", 1.011, sharp="cpu_time"), needed=62)
ALL = (
    judged(name("cnn"), "unchanged", 1.004),
    standing(name("new"), "added", allowed=True),
    SLOWER,
    OPEN,
    standing(name("old"), "removed", allowed=True),
    standing(name("lstm", 56), "failed", "oom: 2.1 GB of 2 GB"),
    standing(name("gru", 56), "incomparable", "the candidate's networks is not in its own tree; hint: paths"),
    standing(name("resnet18"), "skipped", "batch normalisation over one value", allowed=True),
    SLOWER_AND_LARGER,
    judged(name("cnn", 56), "improvement", 0.93),
)
FINDING = Finding(
    code="control too noisy",
    message="base against base is uncertain by ± 4 %",
    advice="raise gate.limit, or use a quieter machine",
)
CONTROL = Control(case=name("cnn"), ratio=1.0004, low=0.998, high=1.003, pairs=24, fired=False)
EXIT_CODES: dict[GateVerdict, int] = {"pass": 0, "regression": 1, "inconclusive": 4}


def gate(verdict: GateVerdict, cases: Sequence[Judged] = (), *, fired: bool = False) -> Gate:
    return Gate(
        suite="sample",
        suite_file="suites/sample.yaml",
        machine="epyc-2c",
        device="cpu",
        base="main (3f2a1b0c9d8e)",
        candidate="the working tree",
        verdict=verdict,
        exit_code=EXIT_CODES[verdict],
        cases=tuple(cases),
        control=replace(CONTROL, fired=fired),
        findings=(FINDING,),
        seconds=185.0,
    )


WORSE = gate("regression", ALL)
PASSED = gate("pass", [judged(name("cnn", size), "unchanged", 1.001) for size in range(24)])
DISTRUSTED = gate("inconclusive", ALL, fired=True)
