"""What no other point beats in both metrics."""

from hypothesis import given
from hypothesis import strategies as st

from bench.report.figures.front import front

POINTS = st.lists(st.tuples(st.integers(0, 9), st.integers(0, 9)), max_size=12)


def test_the_front_falls_as_x_grows() -> None:
    points = [(1, 9), (2, 5), (3, 6), (4, 5), (5, 1)]
    assert front(points, better_x="less", better_y="less") == ((1, 9), (2, 5), (5, 1))


def test_more_may_be_better() -> None:
    points = [(1, 9), (2, 5), (3, 10)]
    assert front(points, better_x="less", better_y="more") == ((1, 9), (3, 10))
    assert front(points, better_x="more", better_y="more") == ((3, 10),)


@given(POINTS)
def test_a_point_is_on_the_front_or_beaten_by_one_that_is(points: list[tuple[int, int]]) -> None:
    found = front(points, better_x="less", better_y="less")
    for x, y in points:
        assert (x, y) in found or any(a <= x and b <= y and (a, b) != (x, y) for a, b in found)
    assert all(not (a <= x and b <= y and (a, b) != (x, y)) for a, b in points for x, y in found)


def test_no_points_have_no_front() -> None:
    assert front([], better_x="less", better_y="less") == ()
