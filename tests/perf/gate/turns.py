"""Pairs whose trials take turns, and pairs whose trials follow each other, in every second round of the same gate → how
far apart their log-ratios are, and what a pair costs.

`python -m tests.perf.gate.turns measure` adds the loads that `results/evidence/turns.csv` lacks (four minutes each,
nothing else at work; QUIET_LOCK as in `measure`); `python -m tests.perf.gate.turns` prints the page that
`results/evidence/turns.md` holds. The candidate has 3 % more to do in every step: what hides a part of it would show.

Adjacent trials are the gate's where turns cannot be taken. Of trials in turns two ratios of the sharp metric are shown:
of its lower deciles, as of adjacent trials, and of neighbouring samples, which is the gate's."""

import sys
from collections.abc import Iterator, Sequence
from contextlib import closing
from dataclasses import asdict, dataclass
from math import exp, log
from pathlib import Path
from statistics import fmean, stdev

from bench.analysis.values import value
from bench.api.alone import Site
from bench.api.planning import Options, plan
from bench.gate.decide import MEAN
from bench.gate.pairs import Pair, pairs
from bench.measure.pairing import PairRunner
from bench.records.nouns import Record, Trial
from bench.statistics import median, quantile
from tests.evidence.repeats import quiet
from tests.evidence.rows import append
from tests.evidence.rows import read as read_rows
from tests.perf.gate.judging import Patient
from tests.perf.gate.repository import SUITE, repository
from tests.perf.gate.revision import revision
from tests.perf.gate.rows import OUT as GATE
from tests.perf.gate.session import gated, records, short

OUT = GATE.with_name("turns.csv")
LOADS = ("quiet", "constant", "bursts")
DOSE, CASES = "3", "lstm or cnn"
ROUNDS = 24
NORMAL = 1.349
"""The quartiles of a normal distribution are so many sd apart."""

TURNS, ADJACENT = "in turns", "adjacent"


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """A pair: how many attempts it took, the wall seconds of all of them, and the log-ratios candidate / base of the
    sharp metric's lower deciles, of neighbouring samples (none where the trials are adjacent), of the means."""

    load: str
    case: str
    round: int
    manner: str
    attempts: int
    seconds: float
    deciles: float
    neighbours: float | None
    mean: float
    revision: str


class Alternating(PairRunner):
    """Takes turns in every second round."""

    def _taking_turns(self, trial: Trial) -> bool:
        return super()._taking_turns(trial) and trial.round % 2 == 1


def measure(load: str) -> list[Row]:
    """A whole gate under that load."""
    with repository(DOSE) as folder, quiet():
        planned = plan(folder / SUITE, Options(only=CASES))
        site = Site.of(planned)
        judge = Patient(gated(planned, site), least=ROUNDS, most=ROUNDS)
        with closing(records(planned, site, judge, load, Alternating)) as found:
            return list(rows_of(load, judge, list(found)))


def rows_of(load: str, judge: Patient, found: Sequence[Record]) -> Iterator[Row]:
    """Of every pair."""
    surveys = [record for record in found if record.kind == "survey"]
    for case, own in pairs(found).items():
        metric = judge.sharp(case, surveys)
        for pair in own:
            number = pair.first.round
            trials = [record for record in found if (record.kind, record.case, record.round) == ("timed", case, number)]
            sharp, mean = pair.log_ratio(metric), pair.log_ratio(MEAN)
            assert sharp is not None
            assert mean is not None
            yield Row(
                load=load,
                case=short(case),
                round=number,
                manner=TURNS if pair.in_turns else ADJACENT,
                attempts=1 + max(record.attempt for record in trials),
                seconds=sum(record.phases.get("total", 0.0) for record in trials),
                deciles=deciles(pair, metric),
                neighbours=sharp if pair.in_turns else None,
                mean=mean,
                revision=revision(),
            )


def deciles(pair: Pair, metric: str) -> float:
    """The log-ratio of both trials' own values."""
    first, second = (value(trial, metric, {}) for trial in (pair.first, pair.second))
    assert first is not None
    assert second is not None
    return log(second / first)


def read(file: Path) -> list[Row]:
    """The rows that are there."""
    return read_rows(file, parsed)


def parsed(line: dict[str, str]) -> Row:
    """Of one line."""
    return Row(
        load=line["load"],
        case=line["case"],
        round=int(line["round"]),
        manner=line["manner"],
        attempts=int(line["attempts"]),
        seconds=float(line["seconds"]),
        deciles=float(line["deciles"]),
        neighbours=float(line["neighbours"]) if line["neighbours"] else None,
        mean=float(line["mean"]),
        revision=line["revision"],
    )


def written(row: Row) -> dict[str, object]:
    """Log-ratios to a millionth, times to a millisecond."""
    rounded = {name: f"{getattr(row, name):.6f}" for name in ("deciles", "mean")}
    near = "" if row.neighbours is None else f"{row.neighbours:.6f}"
    return {**asdict(row), **rounded, "neighbours": near, "seconds": f"{row.seconds:.3f}"}


def page(rows: Sequence[Row]) -> Iterator[str]:
    """The lines of the page."""
    cases = sorted({row.case for row in rows})
    yield "# Trials that take turns, and trials that follow each other\n"
    yield (
        "Made by `python -m tests.perf.gate.turns measure`, then `python -m tests.perf.gate.turns`, at "
        f"{', '.join(sorted({row.revision for row in rows}))}. Under each load one gate of {len(cases)} cases "
        f"({', '.join(cases)}), {ROUNDS} rounds; in every second one the trials of a pair took turns, sample by "
        f"sample. The candidate has {DOSE} % more to do in every step. Medians over the cases: of the pairs' median "
        "change, and of the sd of their log-ratios, in brackets that of a normal distribution with the same quartiles. "
        "Attempts and seconds are means over the pairs.\n"
    )
    yield "| load | pairs | ratio | change found | sd (by quartiles) | attempts a pair | seconds a pair |"
    yield "|---|---|---|--:|--:|--:|--:|"
    loads = [each for each in LOADS if any(row.load == each for row in rows)]
    for load in loads:
        for manner in (ADJACENT, TURNS):
            own = [row for row in rows if (row.load, row.manner) == (load, manner)]
            for name in ("deciles", "neighbours", "mean") if manner == TURNS else ("deciles", "mean"):
                yield f"| {load} | {manner} | {name} | {' | '.join(cells(own, name))} |"
    in_turns = {load: [row for row in rows if (row.load, row.manner) == (load, TURNS)] for load in loads}
    shares = ", ".join(f"{load} {closer(own):.2f}" for load, own in in_turns.items())
    yield f"\nIn turns, the sd of neighbours by that of the deciles, geometric mean over the cases: {shares}."


def closer(own: Sequence[Row]) -> float:
    """The sd of neighbours' ratios by that of the deciles' of the same pairs, as a geometric mean over the cases."""
    by_case: dict[str, list[Row]] = {}
    for row in own:
        by_case.setdefault(row.case, []).append(row)
    logs = [
        log(stdev(row.neighbours or 0.0 for row in rows) / stdev(row.deciles for row in rows))
        for rows in by_case.values()
    ]
    return exp(fmean(logs))


def cells(own: Sequence[Row], name: str) -> tuple[str, ...]:
    """Of the pairs of one manner under one load, in one ratio."""
    by_case: dict[str, list[float]] = {}
    for row in own:
        by_case.setdefault(row.case, []).append(getattr(row, name))
    change = median([exp(median(values)) - 1 for values in by_case.values()])
    spread = median([stdev(values) for values in by_case.values()])
    middle = median([(quantile(values, 0.75) - quantile(values, 0.25)) / NORMAL for values in by_case.values()])
    attempts, seconds = fmean(row.attempts for row in own), fmean(row.seconds for row in own)
    return f"{change:+.1%}", f"{spread:.1%} ({middle:.1%})", f"{attempts:.2f}", f"{seconds:.2f}"


def main(given: Sequence[str]) -> None:
    """Measures what is missing, or prints the page."""
    if list(given) != ["measure"]:
        print("\n".join(page(read(OUT))))
        return
    for load in LOADS:
        if not any(row.load == load for row in read(OUT)):
            append(OUT, tuple(Row.__slots__), map(written, measure(load)))


if __name__ == "__main__":
    main(sys.argv[1:])
