"""Laws as Markdown."""

from dataclasses import replace

from bench.report.laws import law_heads, law_values, laws_text, worst
from bench.report.nouns import Amount, LawLine, Laws, LawStep
from tests.report.samples import HOSTILE

LINE = LawLine(
    labels=("lstm",),
    coefficients={"a": Amount(value=2e-5, low=1.9e-5, high=2.1e-5), "b": Amount(value=6.25e-6)},
    residual=0.034,
    worst=784,
    fits=True,
    ends=(
        LawStep(start=7, end=28, rate=Amount(value=6e-6, low=5e-6, high=7e-6)),
        LawStep(start=3136, end=12544, rate=Amount(value=6.5e-6, low=6.4e-6, high=6.6e-6)),
    ),
)
LAWS = Laws(
    heading="The law of latency by length",
    metric="latency",
    unit="s",
    x="length",
    form="line",
    limit=0.1,
    bend=0.1,
    factors=("model",),
    lines=(LINE,),
)

ENDS = "6.00 µs [5.00–7.00] (7–28) | 6.50 µs [6.40–6.60] (3,136–12,544)"
POWER = replace(
    LAWS,
    form="power",
    lines=(
        replace(
            LINE,
            coefficients={"c": Amount(value=1e-3), "k": Amount(value=1.98, low=1.95, high=2.01)},
            ends=(
                LawStep(start=7, end=28, rate=Amount(value=1.9)),
                LawStep(start=28, end=56, rate=Amount(value=2.0, low=1.98, high=2.02)),
            ),
        ),
    ),
)


def rows(laws: Laws) -> list[str]:
    return laws_text(laws).rstrip().splitlines()[2:]


def test_a_law_shows_its_coefficients_with_units_and_intervals_and_where_it_is_worst() -> None:
    assert rows(LAWS) == [
        "| model | a | b | first b | last b | largest deviation |",
        "| --- | ---: | ---: | ---: | ---: | ---: |",
        f"| lstm | 20.0 µs [19.0–21.0] | 6.25 µs | {ENDS} | 3.4% at 784 |",
    ]


def test_the_caption_says_what_was_fitted_what_the_ends_are_and_which_laws_are_none() -> None:
    assert laws_text(LAWS).splitlines()[0] == (
        "latency = a + b·x, x: length. b: the latency of one more of length. "
        "First b, last b: through the cases at a line's two smallest x alone, and at its two largest. "
        "A law that misses the median of a case by more than 10% is none, nor is one whose first and last b differ "
        "by more than 10% of b, their intervals apart: it has no coefficients."
    )
    power = laws_text(replace(POWER, lines=())).splitlines()[0]
    assert power.startswith("latency = c·xᵏ, x: length. First k, last k: through ")
    assert "first and last k differ by more than 0.1, their intervals apart: it has no coefficients." in power


def test_an_exponent_has_no_unit() -> None:
    assert rows(POWER)[-1].startswith("| lstm | 1.00 ms | 1.98 [1.95–2.01] | 1.90 (7–28) | 2.00 [1.98–2.02] (28–56) |")


def test_a_law_that_does_not_fit_shows_its_deviation_and_its_ends_and_no_coefficient() -> None:
    assert rows(replace(LAWS, lines=(replace(LINE, fits=False, residual=0.5),)))[-1] == (
        f"| lstm | – | – | {ENDS} | no such law: 50.0% at 784 |"
    )


def test_a_law_that_bends_says_which_way_and_shows_no_coefficient() -> None:
    bent = replace(LINE, fits=False)
    assert rows(replace(LAWS, lines=(bent,)))[-1] == f"| lstm | – | – | {ENDS} | no such law: b rises |"
    falling = replace(bent, ends=LINE.ends[::-1])
    assert rows(replace(LAWS, lines=(falling,)))[-1].endswith("| no such law: b falls |")


def test_a_line_without_a_law_says_why() -> None:
    none = LawLine(labels=("cnn",), coefficients={}, residual=None, worst=0.0, fits=False)
    assert rows(replace(LAWS, lines=(LINE, none)))[-1] == "| cnn | – | – | – | – | too few cases with values |"
    assert law_values(none, LAWS) == [None] * 5


def test_every_cell_of_a_line_has_a_head_and_the_number_by_which_it_is_sorted() -> None:
    assert law_heads(LAWS) == ["a", "b", "first b", "last b", "largest deviation"]
    assert law_values(LINE, LAWS) == [2e-5, 6.25e-6, 6e-6, 6.5e-6, 0.034]
    assert law_values(replace(LINE, fits=False), LAWS) == [None, None, 6e-6, 6.5e-6, 0.034]


def test_hostile_labels_stay_text() -> None:
    text = laws_text(replace(LAWS, lines=(replace(LINE, labels=(HOSTILE,)),)))
    assert len(text.rstrip().splitlines()) == 5
    assert "<" not in text


def test_where_a_law_is_worst_is_a_level_with_all_its_digits() -> None:
    assert [worst(replace(LINE, worst=at)) for at in (56.0, 12544.0, 0.5)] == ["56", "12,544", "0.5"]
