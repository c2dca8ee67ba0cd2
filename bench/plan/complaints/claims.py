"""Claims of the right shape, and the suites that they name → what they say that cannot be."""

from collections.abc import Iterable, Iterator, Mapping, Sequence

from bench.plan.complaints.source import Offence
from bench.plan.levels import factor_names, factor_sources, known_levels, label, labels, quoted, same
from bench.plan.nearest import listed, nearest
from bench.plan.yaml_text import Place
from bench.records.claims import Claim, ExactCheck, LawCheck, RatioCheck, TrendCheck, UnverifiableCheck
from bench.records.metrics import METRICS
from bench.records.suite import Level, Suite, Where

BOUNDS: dict[type, tuple[str, ...]] = {
    RatioCheck: ("above", "below", "between", "within"),
    TrendCheck: ("rises", "falls"),
    LawCheck: ("above", "below", "between"),
}
"""What a check of a kind may say of its numbers, exactly one of them."""


def repeated(ids: Sequence[tuple[int, str]]) -> Iterator[Offence]:
    """Ids that an earlier claim has; ids join everything."""
    first: dict[str, int] = {}
    for index, name in ids:
        if first.setdefault(name, index) != index:
            yield Offence(place=(index, "id"), message=f"another claim has the id {name!r}")


def suites_of(claims: Iterable[Claim]) -> tuple[str, ...]:
    """Every suite that a check names."""
    checks = [check for claim in claims for check in claim.checks]
    return tuple(
        dict.fromkeys(check.suite for check in checks if isinstance(check, RatioCheck | TrendCheck | LawCheck))
    )


def sound(claim: Claim, index: int, suites: Mapping[str, Suite]) -> Iterator[Offence]:
    """What a claim's kind needs and refuses, and what its checks say of suites that have no such thing."""
    yield from _of_its_kind(claim, (index,))
    yield from _parted(claim, (index,))
    for number, check in enumerate(claim.checks):
        place: Place = (index, "checks", number)
        if isinstance(check, ExactCheck | UnverifiableCheck):
            if claim.kind == "conceptual":
                yield Offence(place=place, message="a conceptual claim is one that no check decides")
        elif claim.kind != "measured":
            yield Offence(place=place, message=f"this is a check of measured claims, and the claim is {claim.kind}")
        if isinstance(check, RatioCheck | TrendCheck | LawCheck):
            yield from _bounded(check, place)
            yield from _metric(check, place)
            if check.suite in suites:
                yield from _levels(check, suites[check.suite], place)


def _of_its_kind(claim: Claim, place: Place) -> Iterator[Offence]:
    facts = any(isinstance(check, ExactCheck) for check in claim.checks)
    if claim.kind == "conceptual" and claim.because is None:
        yield Offence(place=(*place, "because"), message="a conceptual claim says why no check decides it")
    if claim.kind != "conceptual" and claim.because is not None:
        yield Offence(place=(*place, "because"), message="only conceptual claims have this", on_key=True)
    if claim.kind != "conceptual" and not claim.checks:
        yield Offence(place=(*place, "checks"), message=f"this claim is {claim.kind}, and nothing decides it")
    if claim.kind == "exact" and claim.about is None and (facts or not claim.checks):
        yield Offence(place=(*place, "about"), message="is missing: count, shape, formula, equality or code")
    if claim.about is not None and not facts:
        yield Offence(place=(*place, "about"), message="only claims with facts have this", on_key=True)


def _parted(claim: Claim, place: Place) -> Iterator[Offence]:
    """A claim with parts has a check for each, and each of its checks names one, or a question of ours; and what the
    document says is decided by one that is not ours."""
    every = {**claim.parts, **claim.ours}
    for number, check in enumerate(claim.checks):
        if check.part and check.part not in every:
            message = f"the claim has no part {check.part!r}{nearest(check.part, every)}"
            yield Offence(place=(*place, "checks", number, "part"), message=message)
        elif claim.parts and not check.part:
            yield Offence(place=(*place, "checks", number), message=f"names no part: {listed(every)}")
    decided = {check.part for check in claim.checks}
    for key, parts in (("parts", claim.parts), ("ours", claim.ours)):
        for part in parts:
            if part not in decided:
                yield Offence(place=(*place, key, part), message="no check decides this part", on_key=True)
    for part in claim.ours:
        if part in claim.parts:
            yield Offence(place=(*place, "ours", part), message="the document says this part", on_key=True)
    if decided and decided <= set(claim.ours):
        yield Offence(place=(*place, "ours"), message="no check decides what the document says", on_key=True)


def _bounded(check: RatioCheck | TrendCheck | LawCheck, place: Place) -> Iterator[Offence]:
    names = BOUNDS[type(check)]
    said = [name for name in names if getattr(check, name) is not None]
    if len(said) != 1:
        yield Offence(place=place, message=f"says exactly one of {', '.join(names)}")
    between = None if isinstance(check, TrendCheck) else check.between
    if between is not None and between[0] >= between[1]:
        yield Offence(place=(*place, "between"), message="the first bound lies below the second")


def _metric(check: RatioCheck | TrendCheck | LawCheck, place: Place) -> Iterator[Offence]:
    name, inside = (check.law.y, ("law", "y")) if isinstance(check, LawCheck) else (check.metric, ("metric",))
    timed = [known for known, metric in METRICS.items() if metric.source == "trials"]
    if name not in METRICS:
        yield Offence(place=(*place, *inside), message=f"no metric {name!r}{nearest(name, METRICS)}")
    elif isinstance(check, LawCheck) and name not in timed:
        yield Offence(place=(*place, *inside), message=f"a law is fitted to trials{nearest(name, timed)}")
    elif METRICS[name].source == "survey":
        yield Offence(
            place=(*place, *inside), message=f"{name} is timed once a case, and has no interval to decide with"
        )


def _levels(check: RatioCheck | TrendCheck | LawCheck, suite: Suite, place: Place) -> Iterator[Offence]:
    yield from _known(check.where, suite, (*place, "where"))
    match check:
        case RatioCheck():
            yield from _known(check.compare, suite, (*place, "compare"))
            yield from _known({name: (level,) for name, level in check.to.items()}, suite, (*place, "to"))
        case TrendCheck():
            yield from _factor(check.monotone, suite, (*place, "monotone"))
        case LawCheck():
            yield from _factor(check.law.x, suite, (*place, "law", "x"))


def _factor(name: str, suite: Suite, place: Place) -> Iterator[Offence]:
    names = factor_names(suite)
    if name not in names:
        yield Offence(place=place, message=f"the suite has no factor {name!r}{nearest(name, names)}")


def _known(where: Where, suite: Suite, place: Place) -> Iterator[Offence]:
    """Levels count wherever the suite names them, as in its own `where`s."""
    for name, wanted in where.items():
        if name not in factor_names(suite):
            message = f"the suite has no factor {name!r}{nearest(name, factor_names(suite))}"
            yield Offence(place=(*place, name), message=message, on_key=True)
            continue
        levels = _every_level(suite, name)
        for level in wanted:
            if not any(same(level, known) for known in levels):
                message = f"{name} has no level {quoted(level)}{nearest(label(level), map(label, levels))}"
                yield Offence(place=(*place, name), message=message)


def _every_level(suite: Suite, name: str) -> list[Level]:
    overlaid = [level for _, block in factor_sources(suite) for level in labels(block.get(name, ()))]
    return [*known_levels(suite, name), *overlaid]
