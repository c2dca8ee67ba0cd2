"""Rows of the campaign → what of it is there: its units, the cases and pairs of each, and what measured them."""

from collections.abc import Iterator, Mapping, Sequence

from bench.gate.decide import LOOKS
from tests.perf.gate.judging import FAMILY, unfinished
from tests.perf.gate.measure import WORTH
from tests.perf.gate.revision import revisions
from tests.perf.gate.rows import Row, pairs_of


def progress(rows: Sequence[Row]) -> Iterator[str]:
    """A row for every unit that was begun, in the order of the campaign, then what it did not ask for."""
    begun = dict.fromkeys(row.unit for row in rows)
    units = [*(unit for unit in WORTH if unit in begun), *(unit for unit in begun if unit not in WORTH)]
    found = {unit: pairs_of(rows, unit) for unit in units}
    whole = sum(is_whole(found[unit]) for unit in units if unit in WORTH)
    by = revisions({row.revision for row in rows if row.kind == "survey"})
    yield f"{whole} of the campaign's {len(WORTH)} units are whole{f'; revision of the harness: {by}' * bool(by)}.\n"
    yield "| load | dose | measurement | cases | pairs a case | cases that want further pairs |"
    yield "|---|---|--:|--:|--:|--:|"
    for unit, cases in found.items():
        counts = [len(own) for own in cases.values()]
        pairs = f"{min(counts)} to {max(counts)}" if counts else "–"
        cells = (unit.load, f"`{unit.dose}`", unit.repeat, len(cases), pairs, len(unfinished(cases)))
        yield f"| {' | '.join(map(str, cells))} |"


def is_whole(cases: Mapping[str, Sequence[Row]]) -> bool:
    """Whether the unit has all that a gate may ask of its cases."""
    looked = sum(len(own) >= LOOKS[0].pairs for own in cases.values())
    return looked == FAMILY and not unfinished(cases)
