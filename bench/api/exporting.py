"""A run folder, a format and a timed metric → the text of that format, and what it leaves out."""

from collections import defaultdict
from dataclasses import dataclass, replace
from pathlib import Path

from bench.analysis.analysed import Analysed
from bench.analysis.estimate import estimate
from bench.api.reporting import Report, report
from bench.errors import BenchError
from bench.plan.nearest import listed, nearest
from bench.records.metrics import METRICS
from bench.records.nouns import Case
from bench.report.exports.formats import FORMATS
from bench.report.exports.nouns import Exported, Outcome, Timed
from bench.report.exports.plain import plain_names
from bench.store.files import meant, write

EXPORTABLE = tuple(m.name for m in METRICS.values() if m.source == "trials" and m.unit == "s")
"""The formats know seconds, and that fewer are better."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Export:
    """`remarks` are lines for a person: damage of the run, and the cases that have no number to export."""

    text: str
    remarks: tuple[str, ...]


def export(folder: Path, form: str, *, metric: str = "latency") -> Export:
    """The run in one of `FORMATS`.

    Raises BenchError for a metric that is not a time of trials, a gate's run (see `report`), and no number at all."""
    _check(metric)
    made = report(folder)
    content = _exported(made, metric)
    missing = [o for o in content.outcomes if not o.trials] if FORMATS[form].numbers else []
    if missing:
        content = replace(content, outcomes=tuple(o for o in content.outcomes if o.trials))
    if not content.outcomes:
        hint = f"bench export {made.stored.run.name} junit tells what became of each"
        raise BenchError(f"no case has a number for {metric}", where=str(folder), hint=hint)
    names = listed(f"{o.case.id} ({_reason(o)})" for o in missing)
    left_out = f"left out, without a number for {metric}: {names}" if missing else ""
    return Export(text=FORMATS[form].text(content), remarks=tuple(filter(None, (made.stored.damage, left_out))))


def save(path: Path, text: str) -> None:
    """The text as a file, whole or not at all; a link is followed.

    Raises CannotStore, also where something else than a file has that name."""
    write(meant(path), text.encode())


def _check(metric: str) -> None:
    if metric in EXPORTABLE:
        return
    what = f"{metric} is not a time of trials" if metric in METRICS else f"no metric {metric!r}"
    near = "" if metric in METRICS else nearest(metric, METRICS)
    raise BenchError(f"{what}{near}", where="--metric", hint=f"these can be exported: {', '.join(EXPORTABLE)}")


def _reason(outcome: Outcome) -> str:
    found = outcome.estimate
    return found.status if found.status != "ok" else found.note or "its time is 0"


def _exported(made: Report, metric: str) -> Exported:
    run, starts = made.stored.run, made.stored.starts
    seconds = defaultdict[str, float](float)
    for record in made.stored.records:
        seconds[record.case] += record.phases.get("total", 0.0)
    names = plain_names(case.id for case in run.cases)
    cases = {case.id: case for case in run.cases}
    git = starts[0].git if starts else {}
    return Exported(
        run=run,
        metric=metric,
        started=starts[0].started if starts else min((r.started for r in made.stored.records), default=0.0),
        revision=git.get("revision", "unknown"),
        changed={"yes": True, "no": False}.get(git.get("dirty", "")),
        outcomes=tuple(
            _outcome(made.analysed, case, metric=metric, name=names[case.id], seconds=seconds[case.id])
            for case in cases.values()
        ),
    )


def _outcome(analysed: Analysed, case: Case, *, metric: str, name: str, seconds: float) -> Outcome:
    """Trials only where the estimate has a value, and that value is a time: 0 is what a clock says that stands."""
    found = estimate(analysed, case.id, metric)
    values = analysed.values[case.id, metric] if found.value is not None else {}
    timed = [Timed(record=r, value=values[r.round]) for r in analysed.counted[case.id].trials if r.round in values]
    sound = all(trial.value > 0 for trial in timed)
    return Outcome(name=name, case=case, estimate=found, trials=tuple(timed) if sound else (), seconds=seconds)
