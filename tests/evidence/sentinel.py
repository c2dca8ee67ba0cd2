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
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from math import exp, log

from bench.analysis.analysed import Analysed, analyse
from bench.analysis.trials import ENOUGH, disturbed_attempts
from bench.analysis.values import value
from bench.api.planning import Options
from bench.api.running import run
from bench.records.nouns import Record
from bench.statistics import Shift, median, quantile, signed_rank
from bench.store import folder as store
from bench.store.publish import publish
from tests.evidence import repeats
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
{SEEN:.0%} flagged, of those within {NEAR:.0%} at most {FALSE:.0%}.
"""

NO_PROBE = """No probe was added that would see more. The sentinel's 65,536 floats lie in its core's own cache:
  whoever takes the core slows it down, and whoever takes the memory's bandwidth hardly. A probe of that would have to
  stream from memory beside each trial, and disturb the caches of its case."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """Of the attempts under a load, by how far they are off: whether each was flagged."""

    kind: str
    every: list[bool]
    far: list[bool]
    near: list[bool]


@dataclass(frozen=True, slots=True, kw_only=True)
class Bias:
    """Of a load and a metric: log-ratios of estimates to their quiet value."""

    kind: str
    metric: str
    first: Shift
    chosen: Shift


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


def seen(kind: str, reference: dict[str, float]) -> Seen:
    """How the attempts of that load's runs were flagged."""
    found = Seen(kind=kind, every=[], far=[], near=[])
    for one in runs(kind):
        flagged = disturbed_attempts(one.run.cases, one.records)
        for record in attempts(one):
            off = abs(worth(record, "undisturbed") / reference[record.case] - 1)
            mark = (record.case, record.round, record.attempt) in flagged
            found.every.append(mark)
            if off > FAR:
                found.far.append(mark)
            elif off <= NEAR:
                found.near.append(mark)
    return found


def bias(kind: str, metric: str, reference: dict[str, float]) -> Bias:
    """Each case's estimate by its quiet value, over cases and runs: from first attempts, and from what counts after the
    sentinel chose."""
    first, chosen = [], []
    for one in runs(kind):
        for case, quiet_value in reference.items():
            values = [worth(r, metric) for r in attempts(one) if r.case == case and r.attempt == 0]
            first.append(log(median(values) / quiet_value))
            counted = list(one.values[case, metric].values())
            chosen.append(log(median(counted) / quiet_value))
    return Bias(kind=kind, metric=metric, first=signed_rank(first), chosen=signed_rank(chosen))


def percent(shift: Shift) -> str:
    """The centre of log-ratios as a change, with its 95 % interval by the signed-rank method."""
    if shift.low is None or shift.high is None:
        return change(shift.estimate)
    return f"{change(shift.estimate)} ({change(shift.low)} to {change(shift.high)})"


def change(ratio: float) -> str:
    return f"{exp(ratio) - 1:+.1%}"


def missed(found: Sequence[Seen], biases: Sequence[Bias]) -> Iterator[str]:
    """Sentences on what was asked and is not reached, and on what that costs."""
    for one in found:
        if mean(one.far) < SEEN:
            yield f"Under `{one.kind}` fewer far attempts are flagged than asked: {share(one.far)}."
    false = [one for one in found if mean(one.near) > FALSE]
    if false:
        shares = ", ".join(f"{mean(one.near):.0%} under `{one.kind}`" for one in false)
        yield (
            f"Of the near attempts more are flagged than the {FALSE:.0%} asked: {shares}. There the sentinels beside "
            f"the samples met the load, and the lower decile of the samples escaped it. It costs repeats, and "
            f"intervals too: a case has none where fewer than {ENOUGH} of its trials stay calm. {without_interval()}"
        )
    worst = min(found, key=lambda one: mean(one.far))
    unseen = [not flagged for flagged in worst.far]
    yield f"Most is missed under `{worst.kind}`: {share(unseen)} of the far attempts are not flagged."
    for each in biases:
        if each.chosen.low is not None and each.chosen.low > 0:
            still = percent(each.chosen)
            yield f"Under `{each.kind}` estimates of `{each.metric}` stay too high after the choice: {still}."
    yield NO_PROBE


def without_interval() -> str:
    """How many cases of the A/A runs have no interval because of disturbed trials."""
    judged = repeats.load()[: repeats.JUDGED]
    found = [one.counted[case].disturbed > 0 for one in judged for case in one.cases]
    return f"Of the cases of the {len(judged)} judged runs of `repeats.md` {share(found)} have none for that reason."


def mean(flags: Sequence[bool]) -> float:
    return sum(flags) / len(flags)


def main() -> None:
    """Prints the page."""
    kinds = ("quiet", *LOADED)
    sharp = quiet_values("undisturbed")
    found = [seen(kind, sharp) for kind in kinds]
    biases = [
        bias(kind, metric, reference)
        for metric in ("undisturbed", "latency")
        for reference in (quiet_values(metric),)
        for kind in kinds
    ]
    print(HEAD)
    print("| load | attempts flagged | … of those far off | … of those near |\n|---|--:|--:|--:|")
    for one in found:
        print(f"| {one.kind} | {share(one.every)} | {share(one.far)} | {share(one.near)} |")
    print("\n## Whether choosing by it biases\n")
    print("Estimates by their quiet value: from first attempts alone, whose children have waited for calm already, and")
    print("from the trials that count.\n")
    print("| load | metric | first attempts | what counts |\n|---|---|--:|--:|")
    for each in biases:
        print(f"| {each.kind} | {each.metric} | {percent(each.first)} | {percent(each.chosen)} |")
    print("\n## What is missed, and what it costs\n")
    for sentence in missed(found, biases):
        print(f"- {sentence}")


if __name__ == "__main__":
    if sys.argv[1:] == ["measure"]:
        measure()
    else:
        main()
