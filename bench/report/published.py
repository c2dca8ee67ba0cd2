"""What others have published beside a run's own values → the cells of a table, and that in Markdown: both,
the factor between, what differs. All that they have published → how much of it stands beside no value."""

from collections.abc import Sequence

from bench.records.metrics import metric
from bench.records.published import Beside, Difference, Quoted
from bench.report.amounts import NOTHING, ratio_words, value_words
from bench.report.markdown import inert
from bench.report.nouns import Amount
from bench.units import common_scale

HEADING = "Beside published numbers"
ALL = "Numbers that others have published"
HEADS = ("what", "published", "on", "here", "here by published", "other conditions", "source")
NUMBERS = (1, 3, 4)
"""Which of these are numbers."""
_OURS = (3, 4)
INTRODUCTION = (
    "Of the cases that others have published numbers for at the same shapes: theirs, on their hardware, and this "
    "run's, with the 95 % interval over the trials. Under other conditions stand theirs where the run's are others or "
    "have no such name; the more of them, the less the factor says about the hardware. Numbers for other shapes stand "
    "beside none of ours."
)


def published_text(rows: Sequence[Beside]) -> str:
    """A sentence that says what is compared, and a row for every published number; ends with one newline."""
    lines = [[*map(inert, HEADS)], ["---:" if place in NUMBERS else "---" for place in range(len(HEADS))]]
    for row in rows:
        texts = [text for text, _ in published_cells(row)]
        lines.append([text if place in _OURS else inert(text) for place, text in enumerate(texts)])
    return f"{INTRODUCTION}\n\n" + "\n".join(f"| {' | '.join(line)} |" for line in lines) + "\n"


def covered_text(rows: Sequence[Quoted], found: Sequence[Beside]) -> str:
    """How many of all published numbers stand beside a value of some run, and whose the others are: a line a source,
    which is what a row says of it before a colon. A number that rows of two suites give is one. Ends without a
    newline."""
    beside = [row.quoted for row in found if row.value is not None]
    numbers: dict[tuple[str, ...], list[Quoted]] = {}
    for row in rows:
        numbers.setdefault(_number(row), []).append(row)
    left = [own for own in numbers.values() if not any(row in beside for row in own)]
    said = (
        f"[published.csv](published.csv) has {len(numbers)} of them. Beside {len(numbers) - len(left)} stands what was "
        "measured at the same shape, in the tables of the runs above."
    )
    sources = dict.fromkeys(_source(own[0]) for own in left)
    lines = [f"- {inert(source)}: {_left(source, list(numbers.values()), left)}" for source in sources]
    return "\n".join([said + (" No run has the shape of the others, or could measure it:\n" if left else ""), *lines])


def _number(row: Quoted) -> tuple[str, ...]:
    """What makes it the number that it is."""
    conditions = (f"{name}={value}" for name, value in row.conditions.items())
    return (row.written, row.metric, row.source, row.hardware, *conditions)


def _left(source: str, numbers: Sequence[Sequence[Quoted]], left: Sequence[Sequence[Quoted]]) -> str:
    own = [rows for rows in left if _source(rows[0]) == source]
    text = f"{len(own)} of {sum(_source(rows[0]) == source for rows in numbers)}"
    nowhere = sum(not any(row.suite for row in rows) for rows in own)
    return text + (f", of which no suite has the shape of {nowhere}" if nowhere else "")


def _source(row: Quoted) -> str:
    return row.source.partition(": ")[0]


def published_cells(row: Beside) -> list[tuple[str, float | None]]:
    """What stands under each of HEADS, with the number that it is, if it is one."""
    found = row.quoted
    here, factor = _ours(row, by=1.0), _ours(row, by=found.value)
    return [
        (subject(found), None),
        (found.written, found.value),
        (found.hardware, None),
        (_amount(here, found), None if here is None else here.value),
        (_factor(factor), None if factor is None else factor.value),
        ("; ".join(map(difference_words, row.differences)) or NOTHING, None),
        (found.source, None),
    ]


def subject(row: Quoted) -> str:
    """`latency, rung=stacked by rung=fused (family=lstm)`."""
    return f"{row.metric}, {cases(row)}"


def cases(row: Quoted) -> str:
    """`rung=stacked by rung=fused (family=lstm)`: a ratio's cases by what tells them apart."""
    own = row.case.split(",")
    if row.against is None:
        return ", ".join(own)
    other = row.against.split(",")
    upper, lower = ([part for part in one if part not in two] for one, two in ((own, other), (other, own)))
    shared = [part for part in own if part in other]
    return f"{', '.join(upper)} by {', '.join(lower)}" + (f" ({', '.join(shared)})" if shared else "")


def difference_words(found: Difference) -> str:
    """`batch 32, here 16`; where the run has nothing to set against it, `framework TensorFlow 1.2`."""
    theirs = f"{found.name} {found.theirs}"
    return theirs if found.ours is None else f"{theirs}, here {found.ours}"


def _ours(row: Beside, *, by: float) -> Amount | None:
    if row.value is None:
        return None
    low, high = (None if bound is None else bound / by for bound in (row.low, row.high))
    return Amount(value=row.value / by, low=low, high=high)


def _amount(amount: Amount | None, row: Quoted) -> str:
    """A time in the unit that the published one reads best in, so that both can be compared by eye."""
    if amount is None:
        return NOTHING
    if row.against is not None:
        return _factor(amount)
    divisor, label = common_scale([row.value], metric(row.metric).unit)
    value, interval = value_words(amount, divisor)
    return " ".join(part for part in (value, label, interval) if part)


def _factor(amount: Amount | None) -> str:
    return NOTHING if amount is None else " ".join(part for part in ratio_words(amount) if part)
