"""Points in two metrics → those that no other point beats in both: the Pareto front."""

from collections.abc import Iterable
from typing import Literal

Better = Literal["less", "more"]


def front(
    points: Iterable[tuple[float, float]], *, better_x: Better, better_y: Better
) -> tuple[tuple[float, float], ...]:
    """The points that are best in y among all that are as good in x, by falling quality in x; of equals one."""
    sign_x, sign_y = (1 if better == "less" else -1 for better in (better_x, better_y))
    found: list[tuple[float, float]] = []
    for x, y in sorted(points, key=lambda point: (sign_x * point[0], sign_y * point[1])):
        if not found or sign_y * y < sign_y * found[-1][1]:
            found.append((x, y))
    return tuple(found)
