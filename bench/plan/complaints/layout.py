"""Tables and figures → factors that they do not place, or place twice, and metrics that there are not."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from bench.plan.complaints.source import Offence, Source
from bench.plan.levels import factor_names, factor_sources, label
from bench.plan.matrix import MAX_CASES, Row, crossed, matches, rows
from bench.plan.nearest import listed, nearest
from bench.plan.overlays import overlaid
from bench.plan.yaml_text import Place
from bench.records.metrics import METRICS
from bench.records.suite import Level, Names, Suite, Where

VARIANTS: tuple[tuple[str, ...], ...] = ((), ("quick",), ("cuda",), ("cuda", "quick"))


@dataclass(frozen=True, slots=True, kw_only=True)
class _Layout:
    """A table or a figure: its place, its metric's key, and by key the factors that it places."""

    place: Place
    metric: str
    metric_key: str
    placed: dict[str, tuple[str, ...]]
    where: Where


def metrics(suite: Suite, source: Source) -> Iterator[Offence]:
    """Names that the table of metrics does not have, or that stand twice."""
    named: list[tuple[Place, str]] = [(("metrics", index), name) for index, name in enumerate(suite.metrics)]
    for key, overlay in (("quick", suite.quick), ("cuda", suite.cuda)):
        named += [((key, "metrics", n), name) for n, name in enumerate(overlay.metrics if overlay else ())]
    for index, (place, name) in enumerate(named):
        if name not in METRICS:
            yield Offence(place=place, message=f"no metric {name!r}{nearest(name, METRICS)}")
        if name in [other for _, other in named[:index]]:
            yield Offence(place=place, message=f"{name!r} is there twice")
    for layout in _layouts(suite):
        if layout.metric not in METRICS:
            message = f"no metric {layout.metric!r}{nearest(layout.metric, METRICS)}"
            yield Offence(place=(*layout.place, layout.metric_key), message=message)


def placements(suite: Suite, source: Source) -> Iterator[Offence]:
    """A table and a figure place factors, each of them once."""
    names = factor_names(suite)
    for layout in _layouts(suite):
        seen: dict[str, str] = {}
        for key, factors in layout.placed.items():
            for index, name in enumerate(factors):
                place = (*layout.place, key, index)
                if name not in names:
                    known, kinds = (names, "factor") if key != "x" else ((*names, *METRICS), "factor and no metric")
                    yield Offence(place=place, message=f"no {kinds} {name!r}{nearest(name, known)}")
                elif name in seen:
                    yield Offence(place=place, message=f"{name!r} has its place in {seen[name]} already")
                seen.setdefault(name, key)


def laws(suite: Suite, source: Source) -> Iterator[Offence]:
    """A law needs numbers to run along, and values that were measured more than once."""
    for index, figure in enumerate(suite.figures):
        if figure.law is None:
            continue
        place: Place = ("figures", index)
        if figure.y in METRICS and METRICS[figure.y].source != "trials":
            yield Offence(place=(*place, "y"), message=f"{figure.y!r} comes from no trials: there is no law to fit")
        if unfit := [label(level) for level in _levels_of(suite, figure.x) if not _on_an_axis(level, figure.law)]:
            kind = "positive numbers" if figure.law == "power" else "numbers"
            message = f"a {figure.law} runs along {kind}; {figure.x!r} has {listed(unfit)}"
            yield Offence(place=(*place, "x"), message=message)


def kinds(suite: Suite, source: Source) -> Iterator[Offence]:
    """What the kinds of figures cannot have: a law is a curve of `y` itself along a factor, a heat map has two sides
    of factors, a front two metrics."""
    for index, figure in enumerate(suite.figures):
        place: Place = ("figures", index)
        against_metric = figure.x in METRICS and figure.x not in factor_names(suite)
        if figure.law is not None and (against_metric or figure.kind == "heat-map"):
            yield Offence(place=(*place, "law"), message="a law runs along a factor, drawn as a curve")
        if figure.law is not None and figure.relative_to is not None:
            yield Offence(place=(*place, "law"), message=f"a law is one of {figure.y!r}, not of ratios")
        if figure.kind == "heat-map" and against_metric:
            yield Offence(place=(*place, "x"), message=f"a heat map crosses factors; {figure.x!r} is a metric")
        if figure.kind == "heat-map" and not figure.series:
            yield Offence(place=place, message="a heat map has the factor of its rows in series")
        if against_metric and figure.x == figure.y:
            yield Offence(place=(*place, "x"), message=f"{figure.x!r} against itself shows nothing")


def gaps(suite: Suite, source: Source) -> Iterator[Offence]:
    """Only values that were measured more than once have intervals that can separate them."""
    for index, table in enumerate(suite.tables):
        if table.gaps and table.value in METRICS and METRICS[table.value].source != "trials":
            message = f"{table.value!r} comes from no trials: no interval separates its values"
            yield Offence(place=("tables", index, "gaps"), message=message)


def operators(suite: Suite, source: Source) -> Iterator[Offence]:
    """`operators` and `roofline` are the names of factors, each once."""
    names = factor_names(suite)
    named: list[tuple[Place, Names]] = [(("operators",), suite.operators), (("roofline",), suite.roofline)]
    for key, overlay in (("quick", suite.quick), ("cuda", suite.cuda)):
        named.append(((key, "roofline"), overlay.roofline if overlay else ()))
    for place, chosen in named:
        for index, name in enumerate(chosen):
            if name not in names:
                yield Offence(place=(*place, index), message=f"no factor {name!r}{nearest(name, names)}")
            if name in chosen[:index]:
                yield Offence(place=(*place, index), message=f"{name!r} is there twice")


def boundaries(suite: Suite, source: Source) -> Iterator[Offence]:
    """Neighbours are numbers: what lies on both sides of a boundary is told by the order of a factor's levels."""
    for name in suite.boundaries:
        place: Place = ("boundaries", name)
        if name not in factor_names(suite):
            yield Offence(place=place, message=f"no factor {name!r}{nearest(name, factor_names(suite))}", on_key=True)
            continue
        levels = _levels_of(suite, name)
        if unfit := [label(level) for level in levels if not _on_an_axis(level, "line")]:
            yield Offence(place=place, message=f"boundaries run along numbers; {name!r} has {listed(unfit)}")
        for index, level in enumerate(suite.boundaries[name]):
            if label(level) not in map(label, levels):
                unknown = f"no level {label(level)!r} of {name}{nearest(label(level), map(label, levels))}"
                yield Offence(place=(*place, index), message=unknown)


def _on_an_axis(level: Level, law: str) -> bool:
    return isinstance(level, int | float) and not isinstance(level, bool) and (law == "line" or level > 0)


def _levels_of(suite: Suite, name: str) -> list[Level]:
    """Every level that a factor has anywhere."""
    return [level for _, block in factor_sources(suite) for level in block.get(name, ())]


def cases(suite: Suite, source: Source) -> Iterator[Offence]:
    """With and without its overlays a suite has cases, not too many, and no table that mixes several in one cell."""
    said: set[Place] = set()
    for names in VARIANTS:
        if any(getattr(suite, name) is None for name in names):
            continue
        for offence in _of_variant(overlaid(suite, names), names):
            if offence.place not in said:
                said.add(offence.place)
                yield offence


def _of_variant(suite: Suite, names: Sequence[str]) -> Iterator[Offence]:
    under = f" (with {' and '.join(names)})" if names else ""
    place: Place = (names[-1], "factors") if names else ("factors",)
    if (count := crossed(suite)) > MAX_CASES:
        yield Offence(place=place, message=f"{count:,} cases{under}; at most {MAX_CASES:,}")
        return
    every = tuple(rows(suite)) if suite.factors else ()
    if not every:
        yield Offence(place=place, message=f"no case is left{under}")
    for layout in _layouts(suite):
        open_factors = _open(every, layout)
        if open_factors:
            yield Offence(place=layout.place, message=f"{_unplaced(open_factors)}{under}; {_advice(layout)}")


def _open(every: Sequence[Row], layout: _Layout) -> dict[str, list[str]]:
    """The factors that have several levels left and no place."""
    placed = {name for names in layout.placed.values() for name in names}
    left: dict[str, dict[str, None]] = {}
    for row in every:
        if not layout.where or matches(row, layout.where):
            for option in row:
                if option.factor not in placed:
                    left.setdefault(option.factor, {})[option.label] = None
    return {name: list(labels) for name, labels in left.items() if len(labels) > 1}


def _unplaced(factors: dict[str, list[str]]) -> str:
    return "; ".join(
        f"{name!r} has no place and {len(left)} levels left ({listed(left)})" for name, left in factors.items()
    )


def _advice(layout: _Layout) -> str:
    keys = list(layout.placed)
    return f"name it in {', '.join(keys[:-1])} or {keys[-1]}, or leave it one level with `where`"


def _layouts(suite: Suite) -> Iterator[_Layout]:
    for index, table in enumerate(suite.tables):
        placed = {"rows": table.rows, "columns": table.columns, "facets": table.facets}
        place: Place = ("tables", index)
        yield _Layout(place=place, metric=table.value, metric_key="value", placed=placed, where=table.where)
    for index, figure in enumerate(suite.figures):
        across = {} if figure.x in METRICS and figure.x not in factor_names(suite) else {"x": (figure.x,)}
        placed = {**across, "series": figure.series, "facets": figure.facets}
        place = ("figures", index)
        yield _Layout(place=place, metric=figure.y, metric_key="y", placed=placed, where=figure.where)
