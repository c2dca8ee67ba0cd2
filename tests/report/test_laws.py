"""Laws as Markdown."""

from dataclasses import replace

from bench.report.laws import laws_text, worst
from bench.report.nouns import Amount, LawLine, Laws
from tests.report.samples import HOSTILE

LINE = LawLine(
    labels=("lstm",),
    coefficients={"a": Amount(value=2e-5, low=1.9e-5, high=2.1e-5), "b": Amount(value=6.25e-6)},
    residual=0.034,
    worst=784,
    fits=True,
)
LAWS = Laws(
    heading="The law of latency by length",
    metric="latency",
    unit="s",
    x="length",
    form="line",
    limit=0.1,
    factors=("model",),
    lines=(LINE,),
)


def rows(laws: Laws) -> list[str]:
    return laws_text(laws).rstrip().splitlines()[2:]


def test_a_law_shows_its_coefficients_with_units_and_intervals_and_where_it_is_worst() -> None:
    assert rows(LAWS) == [
        "| model | a | b | largest deviation |",
        "| --- | ---: | ---: | ---: |",
        "| lstm | 20.0 µs [19.0–21.0] | 6.25 µs | 3.4% at 784 |",
    ]
    assert laws_text(LAWS).startswith("latency = a + b·x, x: length. b: the latency of one more of length. A law ")


def test_an_exponent_has_no_unit() -> None:
    power = {"c": Amount(value=1e-3), "k": Amount(value=1.98, low=1.95, high=2.01)}
    assert (
        "| lstm | 1.00 ms | 1.98 [1.95–2.01] |"
        in rows(replace(LAWS, form="power", lines=(replace(LINE, coefficients=power),)))[-1]
    )


def test_a_law_that_does_not_fit_shows_its_deviation_and_no_coefficient() -> None:
    assert rows(replace(LAWS, lines=(replace(LINE, fits=False, residual=0.5),)))[-1] == (
        "| lstm | – | – | no such law: 50.0% at 784 |"
    )


def test_a_line_without_a_law_says_why() -> None:
    none = LawLine(labels=("cnn",), coefficients={}, residual=None, worst=0.0, fits=False)
    assert rows(replace(LAWS, lines=(LINE, none)))[-1] == "| cnn | – | – | too few cases with values |"


def test_hostile_labels_stay_text() -> None:
    text = laws_text(replace(LAWS, lines=(replace(LINE, labels=(HOSTILE,)),)))
    assert len(text.rstrip().splitlines()) == 5
    assert "<" not in text


def test_a_power_has_no_slope_to_explain() -> None:
    assert laws_text(replace(LAWS, form="power")).startswith("latency = c·xᵏ, x: length. A law that ")


def test_where_a_law_is_worst_is_a_level_with_all_its_digits() -> None:
    assert [worst(replace(LINE, worst=at)) for at in (56.0, 12544.0, 0.5)] == ["56", "12,544", "0.5"]
