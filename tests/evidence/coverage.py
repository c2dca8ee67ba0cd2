"""Simulated suites → how often the intervals hold the true value, by scenario.

`python -m tests.evidence.coverage measure [COUNT]` adds the scenarios that are missing, at most so many, to
`results/evidence/coverage.csv` (about ten seconds each; killed, it goes on where it was; a line that is deleted is made
again, and must be where the estimates or the fitted noise change); without `measure` it prints the page that
`results/evidence/coverage.md` holds.

`noise.py` has the scenarios, `simulated.py` makes up their trials, which have no sentinel, and `resampled.py` makes
suites of the committed attempts instead, which have."""

import sys
from collections.abc import Iterator, Sequence
from dataclasses import asdict, fields

from bench.analysis.analysed import Analysed
from tests.evidence.noise import SCENARIOS, fitted, seeded
from tests.evidence.repeats import JUDGED, ROOT, described, fit, load
from tests.evidence.resampled import POLICIES, Attempts
from tests.evidence.rows import append, read
from tests.evidence.simulated import CASES, RUN, Judged, Row, counted, simulated

OUT = ROOT / "results" / "evidence" / "coverage.csv"
COLUMNS = tuple(field.name for field in fields(Row))
SUITES = 2000
LEAST, MOST = 0.94, 0.995
"""Of the cases of a scenario the share whose interval is to hold the median of its own run."""

HEAD = f"""# What the intervals cover, simulated

Made by `python -m tests.evidence.coverage measure`, then `python -m tests.evidence.coverage`. An interval's stated
coverage is 95 %, asked for are {LEAST:.0%} to {MOST:.1%}; "this run's median" is the median over servers and processes
under the weather that the run had. The noise of the first two rows is fitted to the runs in
`results/evidence/repeats/`; the next two add to it what those runs did not have, and the third has a drift in the place
of their weather. The others have noise of one kind each, in round numbers. A missing interval is a miss; trials that
are made up have no sentinel, so that none is missing there: those of the last table have. A case that is precise leaves
at the first look.
"""

OVER = """
Over {most:.1%}, and so outside what was asked: {names}. There the weather of a round weighs as much as a case's own
noise. Each round's weather is drawn exactly once, and the true median mixes these very draws: the trials lie about it
more evenly than draws at random, for which the interval is made, and so the interval is wider than it need be. Where
the cases share no such weather, the coverage lies within what was asked."""

RESAMPLED = """
## With sentinels, disturbed trials and repeats

Made-up trials are never disturbed, so that the table above says nothing of intervals that are missing. Measured runs
miss some: in the {runs} judged runs of `repeats.md`, of 10 rounds each, {there} of {cases} cases ({share:.0%}) have an
interval. Here the suites are resampled from all committed attempts, repeats included, and judged by the product's own
rule: a run is drawn for each suite, a round of that run for each round, whole. "This run's median" is what the product
makes of all that the run had, "the long-run median" that of all runs, which were measured one after the other over most
of an hour and lie apart by what no interval of one run can show. An interval that is missing promises nothing, and
counts as a miss here too: with 20 rounds more trials stay calm than with 10, and fewer are missing. Where there is
one look alone, the last column is who was precise at it."""

UNDER = """- {scenario}: {share:.1%}, under the {least:.0%} and so outside what was asked, for {missing:.1%} of its
  cases have no interval: too many of their trials stayed disturbed, and one over these would promise more than it
  keeps. A longer run has them."""

TITLES = "| noise | covers this run's median | covers the long-run median | has an interval | left at the first look |"


def missing(runs: Sequence[Analysed]) -> Iterator[str]:
    """The scenarios of which there is no row, in the order of the page."""
    there = {row.scenario for row in rows()}
    return (name for name in names(runs) if name not in there)


def names(runs: Sequence[Analysed]) -> list[str]:
    """Of all rows, in the order of the page."""
    return [*(scenario.name for scenario in (*fitted(fit(runs)), *SCENARIOS)), *POLICIES]


def measured(name: str, runs: Sequence[Analysed], suites: int) -> Row:
    """The row of the scenario with that name."""
    noise = seeded(name)
    found: list[Judged] = []
    if name in POLICIES:
        attempts = Attempts(runs, POLICIES[name])
        for _ in range(suites):
            found += attempts.suite(noise)
    else:
        scenario = next(one for one in (*fitted(fit(runs)), *SCENARIOS) if one.name == name)
        for _ in range(suites):
            found += simulated(scenario, noise)
    return counted(name, found)


def rows() -> list[Row]:
    """Those that are there."""
    return read(OUT, parsed)


def parsed(line: dict[str, str]) -> Row:
    return Row(scenario=line["scenario"], **{column: int(line[column]) for column in COLUMNS if column != "scenario"})


def page(runs: Sequence[Analysed], found: Sequence[Row]) -> Iterator[str]:
    """Its lines; rows that are missing are left out."""
    made = {row.scenario: row for row in found}
    there = [made[name] for name in names(runs) if name in made]
    drawn = [row for row in there if row.scenario in POLICIES]
    invented = [row for row in there if row not in drawn]
    yield HEAD
    yield from described(fit(runs))
    looks = f"looks at {RUN.policy.rounds} and {RUN.policy.max_rounds} rounds"
    yield f"\n{SUITES:,} suites of {CASES} cases a scenario, {looks}\n"
    yield from table(invented)
    over = [row.scenario for row in invented if own(row) > MOST]
    if over:
        yield OVER.format(most=MOST, names=", ".join(f"“{name}”" for name in over))
    yield with_sentinels(runs)
    yield ""
    yield from table(drawn)
    yield ""
    for row in drawn:
        yield f"- {row.scenario}: of the intervals that there are {row.own / row.there:.1%} hold their run's median."
        if own(row) < LEAST:
            yield UNDER.format(scenario=row.scenario, share=own(row), least=LEAST, missing=1 - row.there / row.cases)


def table(found: Sequence[Row]) -> Iterator[str]:
    """Shares of the cases of each scenario."""
    yield TITLES
    yield "|---|--:|--:|--:|--:|"
    for row in found:
        shares = " | ".join(f"{count / row.cases:.1%}" for count in (row.own, row.long_run, row.there, row.left))
        yield f"| {row.scenario} | {shares} |"


def own(row: Row) -> float:
    """The share that is bounded."""
    return row.own / row.cases


def with_sentinels(runs: Sequence[Analysed]) -> str:
    """What the measured runs had, before the table of those resampled from them."""
    found = [one.medians[case, "latency"] for one in runs[:JUDGED] for case in one.cases]
    there = sum(one.low is not None for one in found)
    return RESAMPLED.format(runs=JUDGED, there=there, cases=len(found), share=there / len(found))


def main(given: Sequence[str]) -> None:
    """Adds rows, or prints the page."""
    runs = load()
    if given[:1] != ["measure"]:
        print("\n".join(page(runs, rows())))
        return
    todo = list(missing(runs))
    for name in todo[: int(given[1]) if len(given) > 1 else len(todo)]:
        append(OUT, COLUMNS, [asdict(measured(name, runs, SUITES))])
        print(name, flush=True)


if __name__ == "__main__":
    main(sys.argv[1:])
