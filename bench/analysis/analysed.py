"""A run and its records → one value that holds what the other modules ask for again and again."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass

from bench.analysis.on_demand import Medians, Values
from bench.analysis.trials import Counted, counted
from bench.records.nouns import Case, Record, Run


@dataclass(frozen=True, slots=True, kw_only=True)
class Analysed:
    """`surveys` and `counted` by case; `values` of the trials that count by (case, timed metric), then by round, and
    their `medians` by the same, both of whatever is asked for."""

    run: Run
    records: tuple[Record, ...]
    cases: dict[str, Case]
    surveys: dict[str, Record]
    counted: dict[str, Counted]
    values: Values
    medians: Medians


def analyse(run: Run, records: Sequence[Record]) -> Analysed:
    """Chooses the trials that count: about 10 ms for 1,000 of them."""
    surveys = _surveys({case.id for case in run.cases}, records)
    trials = counted(run.cases, records)
    known = Values(trials, surveys)
    return Analysed(
        run=run,
        records=tuple(records),
        cases={case.id: case for case in run.cases},
        surveys=surveys,
        counted=trials,
        values=known,
        medians=Medians(known, trials, run.policy),
    )


def _surveys(cases: Collection[str], records: Iterable[Record]) -> dict[str, Record]:
    """The last survey of each case; one that succeeded goes before any that did not."""
    surveys = [record for record in records if record.kind == "survey" and record.case in cases]
    last = {record.case: record for record in surveys}
    return last | {record.case: record for record in surveys if record.status == "ok"}
