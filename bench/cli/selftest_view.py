"""A Selftest → what rich draws in 80 columns: what was injected and found, how small a change is found, a sentence.

Everything is a Text: no name can be markup."""

from collections.abc import Sequence

from rich.box import SIMPLE_HEAD
from rich.console import Group, RenderableType
from rich.table import Table as Drawing
from rich.text import Text

from bench.api.selftest import LIMIT, Kind, Part, Reach, Selftest
from bench.gate.decide import LOOKS
from bench.gate.doses import Dosed
from bench.gate.sensitivity import CASES, DRAWINGS, LIMITS, margin
from bench.report.amounts import NOTHING
from bench.report.inert import wrapped
from bench.report.verdicts.changes import limit_words, size, timed
from bench.report.verdicts.words import SIGNS
from bench.units import duration

HEADS = ("step", "injected", "quiet", "", "under a load", "")
LARGEST = 2 * LIMITS[-1]


def selftest_view(found: Selftest) -> RenderableType:
    """Headline, doses, sensitivity, false alarms, why the machine is too noisy, the sentence."""
    parts = (found.quiet, found.loaded)
    verdict = [Text(wrapped(f"too noisy: {reason}"), style="red") for reason in found.noisy]
    return Group(
        Text(f"What the gate finds on this machine, now, with a limit of {limit_words(LIMIT)}", style="bold"),
        _doses(found),
        Text(),
        Text("The smallest change that is found with 95 % probability", style="bold"),
        _reaches(parts),
        Text(_legend(), style="dim"),
        Text(),
        Text(f"False alarms: {alarms(parts)}"),
        Text(wrapped(f"{duration(found.seconds)}; {found.machine}; seed {found.seed}"), style="dim"),
        Text(),
        *verdict,
        Text(sentence(found), style="bold"),
    )


def sentence(found: Selftest) -> str:
    """What a person wants to know."""
    if not found.quiet.kinds:
        return "On this machine, now, the gate cannot judge anything in two minutes."
    if found.advice is None:
        return f"On this machine, now, no change of up to {limit_words(LARGEST)} is found with 95 % probability."
    change, limit = limit_words(found.advice.change), limit_words(found.advice.limit)
    return (
        f"On this machine, now, a change of {change} is found with 95 % probability in about "
        f"{duration(found.advice.seconds)} a case: use --limit {limit.replace(' ', '')}."
    )


def alarms(parts: Sequence[Part]) -> str:
    """`0 of 3 gated cases of equal code, 0 of 600 drawn ones`, at the gates' own limit: other limits judge the same
    drawings again."""
    equal = [case.judged.verdict for part in parts for case in part.cases if case.dose == 0]
    last = [p for part in parts for k in part.kinds for p in k.powers if p.pairs == LOOKS[-1].pairs]
    drawn = [power.alarm for power in last if power.limit == LIMIT]
    gated = f"{sum(verdict in ('regression', 'improvement') for verdict in equal)} of {len(equal)}"
    return f"{gated} gated cases of equal code, {round(sum(drawn) * DRAWINGS)} of {len(drawn) * DRAWINGS:,} drawn ones."


def _doses(found: Selftest) -> Drawing:
    drawing = _drawing(HEADS, right=(1, 3, 5))
    loaded = [*found.loaded.cases]
    for case in found.quiet.cases:
        other = next((each for each in loaded if each.judged.case == case.judged.case), None)
        drawing.add_row(*map(Text, (case.kind, f"{case.dose} %", *_found(case), *_found(other))))
    return drawing


def _found(case: Dosed | None) -> tuple[str, str]:
    """The verdict, and the size of the change."""
    if case is None:
        return (NOTHING, "")
    changes = timed(case.judged)
    return (f"{SIGNS[case.judged.verdict]} {case.judged.verdict}", size(changes[0]) if changes else "")


def _reaches(parts: Sequence[Part]) -> Drawing:
    heads = ("step", "seen", "±", *(f"{look.pairs} pairs" for look in LOOKS))
    drawing = _drawing(heads, right=range(1, len(heads)))
    for part in parts:
        for kind in part.kinds:
            drawing.add_row(*map(Text, (f"{kind.kind}, {part.name}", *_noise(kind), *map(_reach, kind.reach))))
    return drawing


def _noise(kind: Kind) -> tuple[str, str]:
    """The pairs that were measured, and the spread of their ratios."""
    return str(kind.pairs), f"{100 * kind.spread:.2g} %"


def _reach(reach: Reach) -> str:
    """`2 %: 7.1 s`, or that even the largest change tried is not found; in seconds where minutes would be wider."""
    change = f"> {limit_words(LARGEST)}" if reach.change is None else limit_words(reach.change)
    return f"{change}: {duration(reach.seconds) if reach.seconds < 60 else f'{reach.seconds:.0f} s'}"


def _legend() -> str:
    points = f"{100 * margin():.0f} points"
    return (
        f"Seconds are of a case in a gate of {CASES}; ± is the standard deviation of the ratios of the pairs seen. "
        f"{DRAWINGS} gates were drawn from these, so that 95 % is ± {points}, if the pairs are typical."
    )


def _drawing(heads: Sequence[str], *, right: Sequence[int]) -> Drawing:
    drawing = Drawing(box=SIMPLE_HEAD, show_edge=False, pad_edge=False)
    for place, head in enumerate(heads):
        drawing.add_column(Text(head), justify="right" if place in right else "left", no_wrap=True)
    return drawing
