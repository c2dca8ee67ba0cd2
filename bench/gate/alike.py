"""Two runs, or one case in both → the fields that keep their numbers from meaning the same. A change of the code is not
among them: to judge that is what the numbers are for."""

from collections.abc import Mapping

from bench.errors import Incomparable
from bench.records.levels import level_text
from bench.records.nouns import Case, Run
from bench.records.suite import Level

SOFTWARE = ("torch", "python", "bench")
"""Of a run's fingerprint; suite, subject and data may differ, threads and allocator are the policy's."""

ABSENT = "none"


def refuse_unlike(base: Run, candidate: Run) -> None:
    """Raises Incomparable, with every field in which the conditions differ."""
    refuse(
        differing(_conditions(base), _conditions(candidate)),
        where=f"{candidate.name} against {base.name}",
        hint="measure a new base as the candidate was measured; bench compare shows two runs whatever they differ in",
    )


def refuse(fields: list[str], *, where: str, hint: str) -> None:
    """Raises Incomparable unless there are no such fields."""
    if fields:
        raise Incomparable(f"numbers that cannot mean the same: {'; '.join(fields)}", where=where, hint=hint)


def unlike(base: Case, candidate: Case) -> list[str]:
    """The fields in which a case differs, as `field: base's → candidate's`."""
    return differing(_meaning(base), _meaning(candidate))


def differing(base: Mapping[str, Level], candidate: Mapping[str, Level]) -> list[str]:
    """`field: base's → candidate's` for every field that the two do not share."""
    fields = dict.fromkeys((*base, *candidate))
    texts = {field: [level_text(side.get(field, ABSENT)) for side in (base, candidate)] for field in fields}
    return [f"{field}: {old} → {new}" for field, (old, new) in texts.items() if old != new]


def _conditions(run: Run) -> dict[str, Level]:
    return {
        "device": run.device,
        "launch": run.launch,
        "isolate": run.isolate,
        "trial_seconds": run.policy.trial_seconds,
        "sample_seconds": run.policy.sample_seconds,
        "threads": run.policy.threads,
        "allocator": run.policy.allocator,
        **{name: run.fingerprint.get(name, ABSENT) for name in SOFTWARE},
        **{f"machine.{name}": fact for name, fact in run.machine.facts.items()},
        "machine.identity": run.machine.identity,
    }


def _meaning(case: Case) -> dict[str, Level]:
    return {
        "target": case.target,
        **{f"levels.{name}": level for name, level in case.levels.items()},
        **{f"arguments.{name}": level for name, level in case.arguments.items()},
        "threads": case.threads,
        "allocator": case.allocator,
        "cache": case.cache,
    }
