"""A run, its starts and the fate of its cases → what was asked and what was done, as labels and plain texts."""

from collections import Counter
from collections.abc import Sequence
from datetime import UTC, datetime

from bench.records.levels import level_text
from bench.records.nouns import Case, Estimate, Run, Start
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
    trial = duration(run.policy.trial_seconds)
    return (
        ("Cases", f"{len(run.cases)} ({statuses})" if statuses else str(len(run.cases))),
        ("Rounds", f"{_rounds(outcomes)}; a trial of {trial} of each case in every round"),
        ("Machine", f"{run.machine.name}; device {run.device}; threads {threads}"),
        ("Software", _software(run) or "unknown"),
        *((("Measured", _when(starts)),) if starts else ()),
    )


def circumstances(run: Run, starts: Sequence[Start], cases: Sequence[Case]) -> str:
    """`Measured on 2026-11-21 on epyc-2c (AMD EPYC, 2 cores), device cpu, with torch 2.15.0; in these cases: dtype
    float32, threads 1.`"""
    facts = run.machine.facts
    hardware = [*(facts[name] for name in ("cpu", "gpu") if name in facts)]
    hardware += [f"{facts['cores']} cores"] if "cores" in facts else []
    where = f"{run.machine.name} ({', '.join(hardware)})" if hardware else run.machine.name
    when = f" on {day(starts)}" if starts else ""
    using = f", with {_software(run)}" if _software(run) else ""
    common = ", ".join(f"{name} {text}" for name, text in _common(cases))
    return f"Measured{when} on {where}, device {run.device}{using}; in these cases: {common}."


def _software(run: Run) -> str:
    return ", ".join(f"{name} {run.fingerprint[name]}" for name in _SOFTWARE if name in run.fingerprint)


def _common(cases: Sequence[Case]) -> Items:
    """What the builder gets and the harness sets, as far as all cases have the same of it."""
    told = [{**case.arguments, **case.levels, "allocator": case.allocator, "threads": case.threads} for case in cases]
    texts = [{name: level_text(level) for name, level in levels.items()} for levels in told]
    first = texts[0] if texts else {}
    return tuple((name, text) for name, text in first.items() if all(own.get(name) == text for own in texts))


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
