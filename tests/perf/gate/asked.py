"""What the gates have shown → what was asked of the gate, what came out, and whether that is enough.

A criterion is met only where everything that it asks for was measured, so that nothing can be met by what is missing:
24 doses a load, the loads that it names, the calm cases that it is about, all pairs of the cases that further ones may
decide. What contradicts it does so at once."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from tests.perf.gate.composing import AGREED, CALM, LIMITS, Dosed, Gate, Measured, Shown
from tests.perf.gate.rows import LOADS
from tests.perf.gate.shares import share

COMPARISONS, UNCHANGED, FOUND = 300, 0.9, 0.95
CALM_CASES, FAMILY = 16, 24
SECONDS = {"2": 10.0, "3": 20.0}
"""Wall seconds a case in which a dose must be found."""

LIMIT = LIMITS[0]
UNEVEN = ("fifth", "most", "sleep")
QUIET = LOADS[0]

State = Literal["not met", "lacking", "met"]
WORDS: Mapping[State, str] = {
    "not met": "**not met**",
    "lacking": "not met: lacking",
    "met": "met",
}
"""The worst first. What measurements contradict stands out beside what they do not show yet."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """One thing that a criterion asks for: a sentence about it, whether it is so, and what is not there yet."""

    text: str
    state: State
    lacking: Sequence[str]


def answers(found: Mapping[str, Shown]) -> Iterator[str]:
    """Each criterion, then its parts, a line each."""
    criteria = {
        "Equal code": [*alarms(found), kept(found.get(QUIET))],
        "Power": [
            calm(found.get(QUIET)),
            power(found.get(QUIET), QUIET, "2", within=SECONDS["2"]),
            *(power(found.get(load), load, "2", within=None) for load in LOADS if load != QUIET),
            *(power(found.get(load), load, "3", within=SECONDS["3"]) for load in LOADS),
            *(uneven(found.get(QUIET), dose) for dose in UNEVEN),
        ],
        "Labels swapped": list(labels(found)),
    }
    for number, (name, parts) in enumerate(criteria.items(), 1):
        state = min((part.state for part in parts), key=list(WORDS).index)
        yield f"{number}. {name}: {WORDS[state]}{' what its parts lack' * (state == 'lacking')}"
        yield from (f"   - {part.text}: {said(part)}" for part in parts)


def said(part: Part) -> str:
    """`not met: lacking 2 of 24 doses`, and of what is contradicted also what there is not."""
    what = ", ".join(part.lacking)
    if part.state == "lacking":
        return f"{WORDS[part.state]} {what}"
    return f"{WORDS[part.state]}; lacking {what}" if what else WORDS[part.state]


def part(text: str, *, wrong: bool, enough: bool, lacking: Sequence[str]) -> Part:
    """`wrong`: something that more measurements cannot mend; `enough`: what there is reaches what was asked for;
    `lacking`: what there is not."""
    missed = wrong or not (enough or lacking)
    return Part(text=text, state="not met" if missed else "lacking" if lacking else "met", lacking=lacking)


def lacks(there: int, asked: int, what: str) -> list[str]:
    """`1 of 4 loads`, where three are there."""
    return [f"{asked - there} of {asked} {what}"] if there < asked else []


def lacks_pairs(count: int, what: str) -> list[str]:
    """Of so many that further pairs may decide; none of none."""
    return [f"further pairs of {count} of the {what}"] if count else []


def lacks_equal(undosed: Sequence[Measured]) -> list[str]:
    """Of measurements of equal code: the cases of the one that has the fewest, and pairs."""
    fewest = min((len(one.cases) for one in undosed), default=0)
    return [
        *lacks(fewest, FAMILY, "cases of equal code"),
        *lacks_pairs(sum(len(one.open) for one in undosed), "cases of equal code"),
    ]


def alarms(found: Mapping[str, Shown]) -> Iterator[Part]:
    """False alarms over all loads: what is called slower, in either metric, and what is called faster."""
    for limit in LIMITS:
        gates = {load: each.equal[limit] for load, each in found.items()}
        decisions = [decision for own in gates.values() for gate in own for decision in gate.decisions.values()]
        count, of = sum(map(false_alarms, (gate for own in gates.values() for gate in own))), 2 * len(decisions)
        lacking = [
            *lacks(len(found), len(LOADS), "loads"),
            *lacks(of, COMPARISONS, "comparisons"),
            *lacks_equal([one for each in found.values() for one in each.undosed]),
        ]
        text = f"at {limit:.0%} false alarms, slower or faster, {share(count, of)}; asked: none of {COMPARISONS}"
        yield part(text, wrong=count > 0, enough=True, lacking=lacking)


def false_alarms(gate: Gate) -> int:
    """Comparisons of equal code in which a gate finds a change."""
    return sum(sum(one.worse) + (one.verdict == "improvement") for one in gate.decisions.values())


def kept(quiet: Shown | None) -> Part:
    """A gate that never decides is no gate."""
    limit = LIMITS[-1]
    gates = quiet.equal[limit] if quiet else ()
    names = [decision.verdict for gate in gates for decision in gate.decisions.values()]
    count = names.count("unchanged")
    text = f"quiet, at {limit:.0%}, `unchanged` {share(count, len(names))}; asked: {UNCHANGED:.0%}"
    lacking = lacks_equal(quiet.undosed if quiet else ())
    return part(text, wrong=False, enough=count >= UNCHANGED * len(names), lacking=lacking)


def calm(quiet: Shown | None) -> Part:
    """Whether the machine was calm enough for what follows."""
    doses = dosed(quiet, "2")
    count = sum(one.sd <= CALM for one in doses)
    text = f"quiet, at +2 % pairs with an sd of at most {CALM:.0%}: {share(count, len(doses))} cases"
    text += f"; asked: {CALM_CASES}"
    return part(text, wrong=False, enough=count >= CALM_CASES, lacking=lacks_doses(doses))


def power(shown: Shown | None, load: str, dose: str, *, within: float | None) -> Part:
    """Whether an even dose is found, and never missed. `within`: so many wall seconds a case a gate may take that has
    one, and calm cases there must be; None where neither is asked."""
    doses = dosed(shown, dose)
    near = [one for one in doses if one.sd <= CALM]
    count = sum(map(regression, near))
    missed, faster = verdicts(doses, "unchanged"), verdicts(doses, "improvement")
    slowest = max((one.seconds for one in doses), default=0.0)
    text = (
        f"{load}, +{dose} % at {LIMIT:.0%}: of the calm ones found {share(count, len(near))}; of all `unchanged` "
        f"{share(missed, len(doses))}, called faster {share(faster, len(doses))}; at most {slowest:.1f} s a case; "
        f"asked: {FOUND:.0%} of the calm ones, none, none{'' if within is None else f', {within:g} s'}"
    )
    lacking = [*lacks_doses(doses), *lacks_equal(shown.undosed[:1] if shown else ())]
    if within is not None:
        lacking += lacks(min(1, len(near)), 1, "calm case")
    wrong = bool(missed or faster or (within is not None and slowest > within))
    return part(text, wrong=wrong, enough=count >= FOUND * len(near), lacking=lacking)


def uneven(quiet: Shown | None, dose: str) -> Part:
    """A dose that the sharp metric may not see."""
    doses = dosed(quiet, dose)
    missed, faster = verdicts(doses, "unchanged"), verdicts(doses, "improvement")
    text = f"quiet, `{dose}` at {LIMIT:.0%}: `unchanged` {share(missed, len(doses))}"
    text += f", called faster {share(faster, len(doses))}; asked: none"
    return part(text, wrong=bool(missed or faster), enough=True, lacking=lacks_doses(doses))


def labels(found: Mapping[str, Shown]) -> Iterator[Part]:
    """Whether base and candidate can be exchanged: in quiet, and wherever else it was measured."""
    measured = [(load, dose) for load, each in found.items() for dose in each.mirrored]
    for load, dose in measured if (QUIET, "2") in measured else [(QUIET, "2"), *measured]:
        both = found[load].mirrored.get(dose, ()) if load in found else ()
        count, near = sum(one.agrees for one in both), sum(one.gap <= AGREED for one in both)
        wrong = sum(one.back.verdict == "regression" for one in both)
        apart = sum(not (one.agrees or one.open) for one in both)
        text = (
            f"{load}, {dose} % more in the base instead: the sizes agree {share(count, len(both))}, within "
            f"{100 * AGREED:g} points {share(near, len(both))}, the others by intervals that overlap; called slower "
            f"{share(wrong, len(both))}; asked: all, none"
        )
        lacking = [
            *lacks(len(both), FAMILY, "doses"),
            *lacks_pairs(sum(one.open for one in both), "doses"),
        ]
        yield part(text, wrong=apart + wrong > 0, enough=count == len(both), lacking=lacking)


def lacks_doses(doses: Sequence[Dosed]) -> list[str]:
    """What there is not of 24, and of their pairs."""
    return [*lacks(len(doses), FAMILY, "doses"), *lacks_pairs(sum(one.open for one in doses), "doses")]


def dosed(shown: Shown | None, dose: str) -> Sequence[Dosed]:
    """The gates with that dose at the lowest limit; none where it was not measured."""
    return shown.doses.get((dose, LIMIT), ()) if shown else ()


def regression(one: Dosed) -> bool:
    """Whether the dose was found."""
    return one.decision.verdict == "regression"


def verdicts(doses: Sequence[Dosed], verdict: str) -> int:
    """How many have that verdict."""
    return sum(one.decision.verdict == verdict for one in doses)
