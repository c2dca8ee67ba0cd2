"""A suite of 2 × 2 × 2 cases, made by hand: one skipped, one failed, one disturbed, one excluded combination."""

from collections.abc import Iterable, Mapping
from itertools import product

from bench.records.metrics import metric
from bench.records.nouns import Case, Comparison, Estimate, Finding, Machine, Run, Start, Status
from bench.records.suite import Level, Policy, Suite, TableSpec
from bench.report.nouns import Table
from bench.report.table import build_table

Estimates = dict[tuple[str, str], Estimate]

HOSTILE = "a|b `c` <script>x</script> [/nope] *d* _e_ \x1b[2J\r\n# f \\| ~~g~~ $h$ &amp; \u202e"

SUITE = Suite(
    name="sample",
    title="Recurrent against convolutional",
    question="Which is faster?",
    factors=({"model": ("lstm", "cnn"), "size": (28, 56), "mode": ("inference", "training"), "fused": (True,)},),
)
SPEC = TableSpec(rows=("size",), columns=("model",), facets=("mode",), value="latency", relative_to={"model": "cnn"})


def case(levels: Mapping[str, Level], skip: str | None = None) -> Case:
    terms = ",".join(f"{factor}={str(level).lower()}" for factor, level in levels.items())
    own = dict(levels)
    return Case(id=terms, target="m:f", levels=own, arguments=own, threads=1, allocator="retain", skip=skip)


def crossed(**factors: Iterable[Level]) -> tuple[Case, ...]:
    return tuple(case(dict(zip(factors, levels, strict=True))) for levels in product(*factors.values()))


CASES = crossed(model=("lstm", "cnn"), size=(28, 56), mode=("inference", "training"))[:-1]


def name(model: str, size: int, mode: str) -> str:
    return f"model={model},size={size},mode={mode}"


def timed(
    identity: str, value: float, *, spread: float = 0.01, what: str = "latency", note: str | None = None
) -> Estimate:
    low, high = value * (1 - spread), value * (1 + spread)
    return Estimate(case=identity, metric=what, value=value, low=low, high=high, rounds=10, note=note)


def exact(identity: str, what: str, value: float) -> Estimate:
    return Estimate(case=identity, metric=what, value=value)


def missing(identity: str, status: Status, note: str | None, what: str = "latency") -> Estimate:
    return Estimate(case=identity, metric=what, value=None, status=status, note=note)


def by_key(estimates: Iterable[Estimate]) -> Estimates:
    return {(estimate.case, estimate.metric): estimate for estimate in estimates}


LATENCIES = (
    timed(name("lstm", 28, "inference"), 0.000349),
    timed(name("cnn", 28, "inference"), 0.00019),
    timed(name("lstm", 56, "inference"), 0.00125),
    timed(name("cnn", 56, "inference"), 0.00126, note="disturbed: 5 of 10 trials"),
    timed(name("lstm", 28, "training"), 0.00102),
    missing(name("cnn", 28, "training"), "failed", HOSTILE),
    missing(name("lstm", 56, "training"), "skipped", "too slow here"),
)
WORK = tuple(
    exact(one.id, what, value)
    for one in CASES
    for what, value in (
        ("parameters", 52_000 if one.levels["model"] == "lstm" else 1_440),
        ("flops", 1_230_000 if one.levels["size"] == 28 else 300_000 * (4.1 if one.levels["model"] == "lstm" else 1)),
    )
)
ESTIMATES = by_key((*LATENCIES, *WORK))


class Comparer:
    """Ratios of the estimates with an interval of ± 2 %; remembers what it was asked."""

    def __init__(self, estimates: Mapping[tuple[str, str], Estimate], *, intervals: bool = True) -> None:
        self.estimates, self.intervals, self.asked = estimates, intervals, list[tuple[str, str, str]]()

    def __call__(self, one: str, against: str, what: str) -> Comparison:
        self.asked.append((one, against, what))
        value, reference = self.estimates[one, what].value, self.estimates[against, what].value
        assert value
        assert reference
        ratio = value / reference if metric(what).better == "less" else reference / value
        timed = self.intervals and metric(what).source == "trials"
        low, high = (ratio * 0.98, ratio * 1.02) if timed else (None, None)
        return Comparison(case=one, against=against, metric=what, ratio=ratio, low=low, high=high, rounds=10)


def table(
    spec: TableSpec = SPEC, cases: tuple[Case, ...] = CASES, estimates: Mapping[tuple[str, str], Estimate] = ESTIMATES
) -> Table:
    return build_table(spec, SUITE, cases, estimates, compare=Comparer(estimates))


def hostile_table() -> Table:
    """Every text that reaches a table from outside is hostile."""
    cases = (case({HOSTILE: HOSTILE, "model": HOSTILE}), case({HOSTILE: "| --- |", "model": HOSTILE}))
    found = by_key(
        (timed(cases[0].id, 1.5, what=HOSTILE, note=HOSTILE), missing(cases[1].id, "failed", HOSTILE, HOSTILE))
    )
    spec = TableSpec(rows=(HOSTILE,), columns=("model",), value=HOSTILE)
    return build_table(spec, SUITE, cases, found, compare=Comparer(found))


RUN = Run(
    schema=1,
    name="20261121-sample-epyc-2c-abcd",
    suite=SUITE,
    suite_file="suites/sample.yaml",
    policy=Policy(),
    device="cpu",
    launch="fork",
    isolate="case",
    seed=7,
    options={"only": "lstm and not training", "policy.rounds": "10", "policy.max_rounds": "10"},
    machine=Machine(name="epyc-2c", identity="0123", facts={}),
    fingerprint={"torch": "2.15.0", "python": "3.11.9", "suite": "ffff"},
    cases=CASES,
)
START = Start(
    schema=1,
    started=1_795_000_000.0,
    boot="b",
    git={"revision": "0123456789abcdef0123", "dirty": "no"},
    environment={"HOME": "/home/someone"},
)
FINDING = Finding(code="disturbed", message="1 of 7 cases", advice="measure on a quiet machine", cases=(CASES[0].id,))
