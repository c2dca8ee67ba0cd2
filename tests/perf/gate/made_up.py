"""Rows of a campaign that nobody measured, the same ones every time."""

from collections.abc import Iterator
from math import log1p
from random import Random

from tests.perf.gate.rows import Row, Unit

CASES = tuple(f"case-{n}" for n in range(24))


def unit(load: str, dose: str, *, change: float, sd: float, pairs: int = 24, repeat: int = 1) -> Iterator[Row]:
    """A survey and so many pairs of every case, whose metrics have both changed by that share. The steps take 1 to 24
    ms, and twice as long in the surveys."""
    own = Unit(load=load, dose=dose, repeat=repeat)
    drawn = Random(f"{own}")
    for _ in range(-(-pairs // 3)):
        yield Row(load=load, dose=dose, repeat=repeat, kind="server", seconds=3.0)
    for place, case in enumerate(CASES, 1):
        took, by = place / 500, "0123456789ab"
        yield Row(load=load, dose=dose, repeat=repeat, kind="survey", case=case, seconds=0.8, step=took, revision=by)
    for number in range(1, pairs + 1):
        for place, case in enumerate(CASES, 1):
            yield Row(
                load=load,
                dose=dose,
                repeat=repeat,
                kind="pair",
                case=case,
                pair=number,
                attempts=1,
                sharp=log1p(change) + drawn.gauss(0.0, sd),
                mean=log1p(change) + drawn.gauss(0.0, 2 * sd),
                metric="undisturbed",
                seconds=0.25,
                order=drawn.choice(("bc", "cb")),
                step=place / 1000,
            )
