"""Published runs → the suites that several machines have run, each with what they measured of the same cases."""

from collections.abc import Iterator, Sequence

from bench.analysis.compare import between
from bench.api.reporting import OUTCOME, Report
from bench.records.nouns import Comparison, Estimate
from bench.records.published import Beside, Quoted
from bench.report.machines import Abreast, Known, Line, Measured
from bench.report.nouns import Amount


def suites_abreast(made: Sequence[Report]) -> tuple[Abreast, ...]:
    """In the order of the runs; the runs of a suite begin with one on a processor, to which the others are related."""
    by_suite: dict[str, list[Report]] = {}
    for each in made:
        by_suite.setdefault(each.stored.run.suite.name, []).append(each)
    return tuple(_abreast(_processors_first(runs)) for runs in by_suite.values() if len(runs) > 1)


def _processors_first(runs: Sequence[Report]) -> list[Report]:
    return sorted(runs, key=lambda made: (made.stored.run.device != "cpu", made.stored.run.machine.name))


def _abreast(runs: Sequence[Report]) -> Abreast:
    first, *others = runs
    ratios = [
        {found.case: found for found in between(first.analysed, other.analysed, metric=OUTCOME)} for other in others
    ]
    outcomes = [{found.case: found for found in made.outcomes} for made in runs]
    every = dict.fromkeys(case for own in outcomes for case in own)
    shared = [case for case in every if sum(case in own for own in outcomes) > 1]
    return Abreast(
        title=first.stored.run.suite.title,
        machines=tuple(f"{made.stored.run.machine.name} ({made.stored.run.device})" for made in runs),
        lines=tuple(_line(case, outcomes, ratios) for case in shared),
        alone=len(every) - len(shared),
        known=tuple(_known(runs)),
    )


def _line(case: str, outcomes: Sequence[dict[str, Estimate]], ratios: Sequence[dict[str, Comparison]]) -> Line:
    factors = (None, *(_faster(own.get(case)) for own in ratios))
    cells = zip((own.get(case) for own in outcomes), factors, strict=True)
    return Line(case=case, measured=tuple(_measured(found, faster) for found, faster in cells))


def _measured(found: Estimate | None, faster: Amount | None) -> Measured:
    if found is None:
        return Measured(status="")
    if found.value is None:
        return Measured(status=found.status)
    return Measured(status="ok", value=Amount(value=found.value, low=found.low, high=found.high), faster=faster)


def _faster(found: Comparison | None) -> Amount | None:
    """How many times faster than the first machine: the inverse of a comparison, which is above 1 where it is worse."""
    if found is None or not found.ratio:
        return None
    low, high = (1 / bound if bound else None for bound in (found.high, found.low))
    return Amount(value=1 / found.ratio, low=low, high=high)


def _known(runs: Sequence[Report]) -> Iterator[Known]:
    """What others have published, each once, and what every machine has beside it."""
    quoted: list[Quoted] = []
    for made in runs:
        quoted += [row.quoted for row in made.published if row.quoted not in quoted]
    for each in quoted:
        yield Known(quoted=each, beside=tuple(_of(made.published, each) for made in runs))


def _of(published: Sequence[Beside], quoted: Quoted) -> Beside | None:
    return next((row for row in published if row.quoted == quoted), None)
