"""Which series has which colour, marker and dashes."""

from bench.report.figures.drawing.style import COLOURS, apart, looks


def test_the_levels_of_one_factor_differ_in_colour_marker_and_dashes() -> None:
    found = looks((("rnn",), ("gru",), ("lstm",)))
    assert len({look.colour for look in found}) == 3
    assert len({look.marker for look in found}) == 3
    assert len({look.dashes for look in found}) == 3


def test_of_two_factors_the_first_has_colours_and_the_second_markers() -> None:
    series = (("rnn", "input"), ("rnn", "flops"), ("cnn", "input"), ("cnn", "flops"))
    assert apart(series) == ((("rnn",), ("cnn",)), (("input",), ("flops",)))
    first, second, third, fourth = looks(series)
    assert (first.colour, third.colour) == (second.colour, fourth.colour)
    assert (first.marker, second.marker) == (third.marker, fourth.marker)
    assert first.colour != third.colour
    assert first.marker != second.marker


def test_factors_that_go_together_are_told_apart_as_one() -> None:
    series = (("channels 1", "outputs 1"), ("channels 32", "outputs 64"))
    assert apart(series) == (series, ())
    assert looks(series) == looks((("a",), ("b",)))


def test_more_series_than_colours_still_differ() -> None:
    found = looks(tuple((str(number),) for number in range(3 * len(COLOURS))))
    assert len({(look.colour, look.marker) for look in found}) == len(found)


def test_no_series_need_no_looks_and_one_without_a_name_has_one() -> None:
    assert looks(()) == []
    assert len(looks(((),))) == 1
