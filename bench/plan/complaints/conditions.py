"""`exclude`, `skip`, `where` and `relative_to` → the factors and levels in them that the suite does not have."""

from collections.abc import Iterator, Mapping

from bench.plan.complaints.naming import placed
from bench.plan.complaints.source import Offence, Source
from bench.plan.levels import factor_names, factor_sources, known_levels, label, same
from bench.plan.nearest import nearest
from bench.plan.yaml_text import Place
from bench.records.suite import FigureSpec, Level, Suite, TableSpec, Where


def conditions(suite: Suite, source: Source) -> Iterator[Offence]:
    """Levels count wherever the suite names them: in its factors, in `quick`, in `cuda`."""
    levels = _all_levels(suite)
    for place, where in _places(suite):
        if not where and place[0] in ("exclude", "skip"):
            yield Offence(place=place, message="names no factor, so it means every case")
        for name, wanted in where.items():
            if name not in levels:
                yield Offence(place=(*place, name), message=f"no factor {name!r}{nearest(name, levels)}", on_key=True)
                continue
            if not wanted:
                yield Offence(place=(*place, name), message="names no level")
            for index, level in enumerate(wanted):
                if not any(same(level, known) for known in levels[name]):
                    yield Offence(place=(*place, name, index), message=_unknown(name, level, levels[name]))


def references(suite: Suite, source: Source) -> Iterator[Offence]:
    """What a table or a figure compares with: a level of a factor that stands in its rows or columns, as x or in its
    series, and that its `where` leaves in."""
    levels = _all_levels(suite)
    for index, table in enumerate(suite.tables):
        place: Place = ("tables", index)
        yield from _reference(table, place, levels, {"rows": table.rows, "columns": table.columns})
    for index, figure in enumerate(suite.figures):
        yield from _reference(figure, ("figures", index), levels, {"x": (figure.x,), "series": figure.series})


def _reference(
    layout: TableSpec | FigureSpec,
    outer: Place,
    levels: Mapping[str, list[Level]],
    compared: Mapping[str, tuple[str, ...]],
) -> Iterator[Offence]:
    what, place = outer[0], (*outer, "relative_to")
    if layout.relative_to is not None and not layout.relative_to:
        yield Offence(place=place, message="names no factor to compare over")
    for name, level in (layout.relative_to or {}).items():
        inside = (*place, name)
        if name not in levels:
            yield Offence(place=inside, message=f"no factor {name!r}{nearest(name, levels)}", on_key=True)
        elif not any(name in factors for factors in compared.values()):
            first, second = compared
            message = f"{name!r} stands neither in the {first} nor in the {second} of this {str(what)[:-1]}"
            yield Offence(place=inside, message=message, on_key=True)
        elif not any(same(level, known) for known in levels[name]):
            yield Offence(place=inside, message=_unknown(name, level, levels[name]))
        elif name in layout.where and not any(same(level, left) for left in layout.where[name]):
            yield Offence(place=inside, message=f"this {str(what)[:-1]}'s `where` leaves {label(level)!r} out")


def _places(suite: Suite) -> Iterator[tuple[Place, Where]]:
    for index, where in enumerate(suite.exclude):
        yield ("exclude", index), where
    for index, skip in enumerate(suite.skip):
        yield ("skip", index, "where"), skip.where
    for index, table in enumerate(suite.tables):
        yield ("tables", index, "where"), table.where
    for index, figure in enumerate(suite.figures):
        yield ("figures", index, "where"), figure.where
    for index, own in enumerate((suite.gate and suite.gate.limits) or ()):
        yield ("gate", "limits", index, "where"), own.where


def _all_levels(suite: Suite) -> dict[str, list[Level]]:
    levels: dict[str, list[Level]] = {name: list(known_levels(suite, name)) for name in factor_names(suite)}
    for place, block in factor_sources(suite):
        for name, factor in block.items():
            levels.setdefault(name, []).extend(level for _, level in placed(factor, place))
    return levels


def _unknown(name: str, level: Level, known: list[Level]) -> str:
    shown = label(level)
    if shown in map(label, known):
        return f"{shown} is written otherwise as a level of {name}: as text in quotes, as a number without them"
    return f"no level {shown!r} of {name}{nearest(shown, map(label, known))}"
