"""A device with two roofs and the sample's cases under the first."""

from bench.records.roofline import Placed, Roof, Roofline
from tests.report.samples import CASES

ONE = Roof(threads=1, bandwidth=12.3e9, rates={"float32": 61.5e9, "bfloat16": 9e9})
FIRST = Placed(
    case=CASES[0].id,
    threads=1,
    precision="float32",
    intensity=1.25,
    attained=4.5e9,
    low=4.4e9,
    high=4.61e9,
    bound=15.4e9,
    limit="memory",
)
SECOND = Placed(
    case=CASES[-1].id,
    threads=1,
    precision="float32",
    intensity=88.0,
    attained=70e9,
    bound=61.5e9,
    limit="arithmetic",
)
LOST = Placed(case=CASES[1].id, threads=1, why="oom: too large")
FOUND = Roofline(roofs=(ONE,), cases=(FIRST, SECOND, LOST))
