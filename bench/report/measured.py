"""A run, its starts and the fate of its cases → what was asked and what was done, as labels and plain texts."""

from collections import Counter
from collections.abc import Sequence
from datetime import UTC, datetime

from bench.records.levels import level_text
from bench.records.nouns import Estimate, Run, Start
from bench.units import duration

Items = tuple[tuple[str, str], ...]

_SOFTWARE = ("torch", "python", "bench")


def factors(run: Run) -> Items:
    """Every factor of the cases with its levels, in the suite's order."""
    levels: dict[str, dict[str, None]] = {}
    for case in run.cases:
        for factor, level in case.levels.items():
            levels.setdefault(factor, {})[level_text(level)] = None
    return tuple((factor, ", ".join(texts)) for factor, texts in levels.items())


def measured(run: Run, starts: Sequence[Start], outcomes: Sequence[Estimate]) -> Items:
    """Cases with their statuses, rounds, machine, software, day and revision; `outcomes` is one estimate a case."""
    counts = Counter(outcome.status for outcome in outcomes)
    statuses = ", ".join(f"{count} {status}" for status, count in counts.most_common())
    threads = ", ".join(map(str, sorted({case.threads for case in run.cases})))
    versions = [f"{name} {run.fingerprint[name]}" for name in _SOFTWARE if name in run.fingerprint]
    trial = duration(run.policy.trial_seconds)
    return (
        ("Cases", f"{len(run.cases)} ({statuses})" if statuses else str(len(run.cases))),
        ("Rounds", f"{_rounds(outcomes)}; a trial of {trial} of each case in every round"),
        ("Machine", f"{run.machine.name}; device {run.device}; threads {threads}"),
        ("Software", ", ".join(versions) or "unknown"),
        *((("Measured", _when(starts)),) if starts else ()),
    )


def day(starts: Sequence[Start]) -> str:
    """Of the first start, in UTC; empty where none is known."""
    return datetime.fromtimestamp(starts[0].started, tz=UTC).date().isoformat() if starts else ""


def _rounds(outcomes: Sequence[Estimate]) -> str:
    rounds = [outcome.rounds for outcome in outcomes if outcome.rounds]
    if not rounds:
        return "none"
    return str(min(rounds)) if min(rounds) == max(rounds) else f"{min(rounds)} to {max(rounds)}"


def _when(starts: Sequence[Start]) -> str:
    """Day and revision of the first start: a run is resumed only where its sources are the same."""
    git = starts[0].git
    resumed = f", resumed {len(starts) - 1} times" if len(starts) > 2 else ", resumed once" if len(starts) == 2 else ""
    changed = " with changes" if git.get("dirty") == "yes" else ""
    return f"{day(starts)}{resumed}, at revision {git.get('revision', 'unknown')[:12]}{changed}"
