"""Figures in words."""

from dataclasses import replace

from bench.report.figures.nouns import Axis, Figure
from bench.report.figures.words import alt_text, amount_words, axis_label
from tests.report.figures.made_up import figures_of
from tests.report.figures.test_build import SPEC, figure
from tests.report.figures.test_values import FIGURE
from tests.report.samples import HOSTILE


def test_the_words_say_what_is_drawn_against_what_and_the_ends_of_it() -> None:
    assert alt_text(figure()) == (
        "Lines of latency (µs) against size on logarithmic axes. Series: lstm, cnn. Panels: inference, training. "
        "Least 190 µs (cnn, size 28, inference), most 1,260 µs (cnn, size 56, inference)."
    )


def test_every_kind_of_figure_has_its_words() -> None:
    slicing, fairness = figures_of("slicing.yaml"), figures_of("fairness.yaml")
    starts = [alt_text(found).partition(".")[0] for found in (slicing[0], slicing[1], fairness[0])]
    assert starts == [
        "Dots of latency (ms) for each slicing on a logarithmic axis",
        "Heat map of latency (ms) by model",
        "Points of latency (ms) against parameters on logarithmic axes, with the front of the best in both",
    ]


def test_a_ratio_is_said_without_a_unit() -> None:
    words = alt_text(figure(replace(SPEC, relative_to={"model": "cnn"})))
    assert "Least 0.992 (lstm, size 56, inference), most 1.84 (lstm, size 28, inference)." in words


def test_laws_are_mentioned_where_one_is_drawn() -> None:
    assert "with the laws that fit" in alt_text(figure(replace(SPEC, law="power")))
    assert "with the laws that fit" not in alt_text(figure(replace(SPEC, law="power"), fits=False))


def test_long_lists_are_cut() -> None:
    (front, _) = figures_of("cells.yaml")
    assert "gru_reset_before, lstm, lstm_projection and 13 more." in alt_text(front)


def test_a_figure_without_values_says_so() -> None:
    assert alt_text(replace(FIGURE, panels=())) == (
        "Lines of latency (ms) against size on logarithmic axes. No case has a value."
    )


def test_on_a_wide_axis_each_amount_has_its_unit() -> None:
    axis = Axis(what="latency", unit="s", log=True, wide=True)
    assert [amount_words(value, axis) for value in (2e-6, 0.031, 4.0)] == ["2.00 µs", "31.0 ms", "4.00 s"]
    assert axis_label(axis) == "latency"


def test_hostile_labels_stay_on_one_line() -> None:
    hostile: Figure = replace(FIGURE, series=((HOSTILE,),), x=Axis(what=HOSTILE), y=Axis(what=HOSTILE, unit=HOSTILE))
    assert alt_text(hostile).isprintable()
