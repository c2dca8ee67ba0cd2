"""Trials under a scripted background load → what the sentinel sees of it, and whether choosing by it biases.

`python -m tests.evidence.sentinel measure` adds the runs that are missing below `results/evidence/sentinel/` (a minute
each); `python -m tests.evidence.sentinel` prints the page that `results/evidence/sentinel.md` holds.

Runs alternate between quiet and loaded. A case's quiet value is the lower quartile of its attempts' lower deciles in
the quiet runs: what the code costs there. It is not their median, because the machine where this was written is not
quiet by itself (neighbours disturb two fifths of the attempts), and it must not be a choice by the sentinel, which is
what is judged here. An attempt is far off where its own lower decile is over 10 % above or below
that, and near within 2 %. The sentinel should flag the far ones and not the near ones. It has no way to see a load
that hinders the case and not it, and flags a load that the lower decile does not mind."""

import sys
from collections.abc import Iterable, Sequence
from math import exp, log

from bench.analysis.analysed import Analysed, analyse
from bench.analysis.trials import disturbed_attempts
from bench.analysis.values import value
from bench.api.planning import Options
from bench.api.running import run
from bench.records.nouns import Record
from bench.statistics import median, quantile, signed_rank
from bench.store import folder as store
from bench.store.publish import publish
from tests.evidence.load import load
from tests.evidence.repeats import CASES, POLICY, ROOT, SUITE, quiet

FOLDER = ROOT / "results" / "evidence" / "sentinel"
LOADED = ("bursts", "core", "memory")
TURNS = 2
FAR, NEAR = 0.10, 0.02
SEEN, FALSE = 0.60, 0.10
QUIET = 0.25

HEAD = f"""# What the sentinel sees

Made by `python -m tests.evidence.sentinel measure`, then `python -m tests.evidence.sentinel`: {TURNS} turns of a quiet
run and a run under each load. `bursts`: a process on each core that spins and rests in turns of two seconds on average;
`core`: the same on the measured core only; `memory`: a process on the other core that streams through 256 MB. "Off" is
the lower decile of an attempt against its case's quiet value, which is the lower quartile of its attempts in the quiet
runs: these were not quiet. Asked: of the attempts over {FAR:.0%} off at least
{SEEN:.0%} flagged, of those within {NEAR:.0%} at most {FALSE:.0%}. A near attempt that is flagged costs a repeat and
nothing else: the
sentinels beside its samples met the load, and the lower decile of the samples escaped it.
"""


def measure() -> None:
    """Adds the runs that are missing, one after the other."""
    for turn in range(1, TURNS + 1):
        for kind in ("quiet", *LOADED):
            folder = FOLDER / f"{kind}-{turn}"
            if (folder / store.RUN).exists():
                continue
            with quiet(), load(kind, seed=turn):
                options = Options(only=CASES, policy=POLICY, seed=100 + turn)
                measured = run(SUITE, options, lambda _run, _record: None, wait=None)
            publish(store.read(measured), folder, machine=None)
            print(folder.name, flush=True)


def runs(kind: str) -> list[Analysed]:
    """The runs of that load, in the order of their turns."""
    found = [store.read(path.parent) for path in sorted(FOLDER.glob(f"{kind}-*/run.json"))]
    return [analyse(one.run, one.records) for one in found]


def attempts(run: Analysed) -> list[Record]:
    """Every attempt that was measured, also those that do not count."""
    return [record for record in run.records if record.kind == "timed" and record.status == "ok"]


def worth(record: Record, metric: str) -> float:
    """The attempt's own value."""
    found = value(record, metric, {})
    assert found is not None
    return found


def quiet_values(metric: str) -> dict[str, float]:
    """By case: the lower quartile over all its attempts in the quiet runs."""
    values: dict[str, list[float]] = {}
    for one in runs("quiet"):
        for record in attempts(one):
            values.setdefault(record.case, []).append(worth(record, metric))
    return {case: quantile(found, QUIET) for case, found in values.items()}


def share(part: Iterable[bool]) -> str:
    """`12 of 30 (40%)`."""
    flags = list(part)
    return f"{sum(flags)} of {len(flags)} ({sum(flags) / len(flags):.0%})" if flags else "none"


def seen(kind: str, reference: dict[str, float]) -> str:
    """The table's row of a load: how many of the far and of the near attempts were flagged."""
    far, near, every = [], [], []
    for one in runs(kind):
        flagged = disturbed_attempts(one.run.cases, one.records)
        for record in attempts(one):
            off = abs(worth(record, "undisturbed") / reference[record.case] - 1)
            mark = (record.case, record.round, record.attempt) in flagged
            every.append(mark)
            if off > FAR:
                far.append(mark)
            elif off <= NEAR:
                near.append(mark)
    return f"| {kind} | {share(every)} | {share(far)} | {share(near)} |"


def bias(kind: str, metric: str, reference: dict[str, float]) -> str:
    """The table's row of a load: each case's estimate by its quiet value, geometric mean over cases and runs, from
    first attempts, and from what counts after the sentinel chose."""
    first, chosen = [], []
    for one in runs(kind):
        for case, quiet_value in reference.items():
            values = [worth(r, metric) for r in attempts(one) if r.case == case and r.attempt == 0]
            first.append(log(median(values) / quiet_value))
            counted = list(one.values[case, metric].values())
            chosen.append(log(median(counted) / quiet_value))
    return f"| {kind} | {metric} | {percent(first)} | {percent(chosen)} |"


def percent(logs: Sequence[float]) -> str:
    """The centre of log-ratios as a change, with its 95 % interval by the signed-rank method."""
    shift = signed_rank(logs)
    bounds = (
        "" if shift.low is None or shift.high is None else f" ({exp(shift.low) - 1:+.1%} to {exp(shift.high) - 1:+.1%})"
    )
    return f"{exp(shift.estimate) - 1:+.1%}{bounds}"


def main() -> None:
    """Prints the page."""
    sharp = quiet_values("undisturbed")
    print(HEAD)
    print("| load | attempts flagged | … of those far off | … of those near |\n|---|--:|--:|--:|")
    for kind in ("quiet", *LOADED):
        print(seen(kind, sharp))
    print("\n## Whether choosing by it biases\n")
    print("Estimates by their quiet value: from first attempts alone, whose children have waited for calm already, and")
    print("from the trials that count.\n")
    print("| load | metric | first attempts | what counts |\n|---|---|--:|--:|")
    for metric in ("undisturbed", "latency"):
        reference = quiet_values(metric)
        for kind in ("quiet", *LOADED):
            print(bias(kind, metric, reference))


if __name__ == "__main__":
    if sys.argv[1:] == ["measure"]:
        measure()
    else:
        main()
