"""Laws as sentences."""

from dataclasses import replace

from bench.report.answers import Said
from bench.report.law_answers import law_answers
from bench.report.nouns import Amount, LawLine, Laws, LawStep

LINE = LawLine(
    labels=("lstm", "2"),
    coefficients={
        "a": Amount(value=1.08e-4, low=9.8e-5, high=1.34e-4),
        "b": Amount(value=3.29e-6, low=3e-6, high=4e-6),
    },
    residual=0.04,
    worst=28,
    fits=True,
    ends=(
        LawStep(start=7, end=28, rate=Amount(value=2e-6, low=1e-6, high=3e-6)),
        LawStep(start=392, end=784, rate=Amount(value=3.5e-6, low=3.4e-6, high=3.6e-6)),
    ),
)
LAWS = Laws(
    heading="The law of latency by length", metric="latency", unit="s", x="length", form="line", limit=0.1, bend=0.1,
    factors=("model", "layers"), lines=(LINE,),
)  # fmt: skip


def said(line: LawLine, laws: Laws = LAWS) -> Said:
    ((one,),) = [answer.sentences for answer in law_answers([replace(laws, lines=(line,))])]
    return one


def test_a_line_is_its_intercept_and_its_slope_with_their_intervals() -> None:
    assert said(LINE) == Said(
        subject="lstm · layers 2",
        text="has a latency of 108 µs [98–134] + 3.29 µs [3.00–4.00] × length; "
        "b is 3.50 µs [3.40–3.60] from 392 to 784",
        remarks=(),
    )


def test_a_power_is_its_value_at_one_and_its_exponent() -> None:
    power = {"c": Amount(value=2e-6, low=1e-6, high=3e-6), "k": Amount(value=1.02, low=1.0, high=1.04)}
    ends = tuple(replace(step, rate=Amount(value=1.03, low=1.01, high=1.05)) for step in LINE.ends)
    assert said(replace(LINE, coefficients=power, ends=ends), replace(LAWS, form="power")).text == (
        "has a latency of 2.00 µs [1.00–3.00] × length to the power of 1.02 [1.00–1.04]; "
        "k is 1.03 [1.01–1.05] from 392 to 784"
    )


def test_a_line_that_begins_below_zero_says_that_it_was_not_measured_there() -> None:
    below = {**LINE.coefficients, "a": Amount(value=-3.99e-4, low=-1.05e-3, high=-3e-5)}
    found = said(replace(LINE, coefficients=below))
    assert found.text.startswith("has a latency of -399 µs [-1,050 to -30] + 3.29 µs")
    assert found.remarks == (
        "its constant is where the line would begin, outside of what was measured: no time is below 0",
    )


def test_coefficients_without_an_interval_are_called_so() -> None:
    bare = {name: replace(amount, low=None, high=None) for name, amount in LINE.coefficients.items()}
    found = said(replace(LINE, coefficients=bare))
    assert found.text.startswith("has a latency of 108 µs + 3.29 µs × length; ")
    assert found.remarks == ("without an interval, for the trials of a case stayed disturbed or are too few",)


def test_a_line_that_follows_no_law_says_where_it_is_missed_and_how_it_grows_at_its_ends() -> None:
    ends = "b is 2.00 µs [1.00–3.00] from 7 to 28 and 3.50 µs [3.40–3.60] from 392 to 784"
    assert said(replace(LINE, fits=False, residual=0.155)).text == (
        f"follows no such law, which misses length 28 by 15.5%: {ends}"
    )
    assert said(replace(LINE, fits=False)).text == f"follows no such law: {ends}"


def test_a_line_of_too_few_cases_has_no_law() -> None:
    none = LawLine(labels=("lstm", "2"), coefficients={}, residual=None, worst=0.0, fits=False)
    assert said(none).text == "has too few cases with values for a law"


def test_every_figure_with_a_law_has_a_heading_that_names_its_form() -> None:
    assert [answer.heading for answer in law_answers([LAWS, replace(LAWS, form="power", lines=())])] == [
        "The law of latency by length, a + b·x",
        "The law of latency by length, c·xᵏ",
    ]
    assert law_answers([]) == ()
