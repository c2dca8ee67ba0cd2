"""What the gates have shown → sentences: what was asked of the gate, what came out, and whether that is enough."""

from collections.abc import Iterator, Mapping, Sequence

from tests.perf.gate.composing import CALM, LIMITS, Dosed, Shown, agree
from tests.perf.gate.shares import share

COMPARISONS, UNCHANGED, FOUND = 300, 0.9, 0.95
CALM_CASES, FAMILY = 16, 24
SECONDS = {"2": 10.0, "3": 20.0}
"""Wall seconds a case in which a dose must be found."""

LIMIT = LIMITS[0]
UNEVEN = ("fifth", "most", "sleep")


def answers(found: Mapping[str, Shown]) -> Iterator[str]:
    """A line each; what is not measured yet is said so."""
    yield from alarms(list(found.values()))
    if "quiet" not in found:
        yield "- Quiet: not measured."
        return
    quiet = found["quiet"]
    yield kept(quiet)
    yield calm(quiet)
    yield power(quiet, "2")
    for each in found.values():
        yield power(each, "3")
    yield from (uneven(quiet, dose) for dose in UNEVEN)
    yield labels(list(found.values()))


def alarms(found: Sequence[Shown]) -> Iterator[str]:
    """False alarms over all loads."""
    for limit in LIMITS:
        decisions = [d for each in found for gate in each.equal[limit] for d in gate.decisions.values()]
        count, of = sum(sum(d.worse) for d in decisions), 2 * len(decisions)
        said = f"asked: none of at least {COMPARISONS}: {met(not count and of >= COMPARISONS)}"
        yield f"- Equal code at {limit:.0%}: false alarms {share(count, of)}; {said}."


def kept(quiet: Shown) -> str:
    """A gate that never decides is no gate."""
    limit = LIMITS[-1]
    verdicts = [d.verdict for gate in quiet.equal[limit] for d in gate.decisions.values()]
    count = verdicts.count("unchanged")
    said = f"asked: {UNCHANGED:.0%}: {met(count >= UNCHANGED * len(verdicts))}"
    return f"- Equal code, quiet, at {limit:.0%}: `unchanged` {share(count, len(verdicts))}; {said}."


def calm(quiet: Shown) -> str:
    """Whether the machine was calm enough for what follows."""
    doses = quiet.doses.get(("2", LIMIT), ())
    count = sum(one.sd <= CALM for one in doses)
    said = f"asked: {CALM_CASES}: {met(count >= CALM_CASES)}"
    return f"- Quiet, pairs with an sd of at most {CALM:.0%} at +2 %: {count} of {len(doses)} cases; {said}."


def power(each: Shown, dose: str) -> str:
    """Whether an even dose is found, in time, and never missed."""
    doses = each.doses.get((dose, LIMIT), ())
    if not doses:
        return f"- +{dose} % at {LIMIT:.0%}, {each.load}: not measured."
    near = [one for one in doses if one.sd <= CALM]
    count = sum(regression(one) for one in near)
    missed, wrong = verdicts(doses, "unchanged"), verdicts(doses, "improvement")
    slowest = max(one.seconds for one in doses)
    good = count >= FOUND * len(near) and not missed and not wrong and slowest <= SECONDS[dose]
    return (
        f"- +{dose} % at {LIMIT:.0%}, {each.load}: of the calm ones found {share(count, len(near))}; of all "
        f"{len(doses)} `unchanged` {missed}, called faster {wrong}; at most {slowest:.1f} s a case; asked: {FOUND:.0%} "
        f"of the calm ones, none, none, {SECONDS[dose]:g} s: {met(good)}."
    )


def uneven(quiet: Shown, dose: str) -> str:
    """A dose that the sharp metric may not see."""
    doses = quiet.doses.get((dose, LIMIT), ())
    if not doses:
        return f"- `{dose}` at {LIMIT:.0%}, quiet: not measured."
    missed = verdicts(doses, "unchanged")
    said = met(not missed)
    return f"- `{dose}` at {LIMIT:.0%}, quiet: `unchanged` {share(missed, len(doses))}; asked: none: {said}."


def labels(found: Sequence[Shown]) -> str:
    """Whether base and candidate can be exchanged."""
    doses = [
        one
        for each in found
        for (dose, limit), own in each.doses.items()
        for one in own
        if limit == LIMIT and dose.isdigit()
    ]
    count = sum(map(agree, doses))
    said = f"sizes agree {share(count, len(doses))}; asked: all: {met(count == len(doses))}"
    return f"- Even doses with the labels swapped, at {LIMIT:.0%}: {said}."


def regression(one: Dosed) -> bool:
    """Whether the dose was found."""
    return one.decision.verdict == "regression"


def verdicts(doses: Sequence[Dosed], verdict: str) -> int:
    """How many have that verdict."""
    return sum(one.decision.verdict == verdict for one in doses)


def met(good: bool) -> str:
    return "met" if good else "**not met**"
