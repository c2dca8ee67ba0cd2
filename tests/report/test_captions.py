from dataclasses import replace

from bench.records.suite import TableSpec
from bench.report.nouns import Sentence
from tests.report.samples import CASES, ESTIMATES, LATENCIES, SPEC, Estimates, by_key, exact, table, timed


def texts(spec: TableSpec = SPEC, estimates: Estimates = ESTIMATES) -> list[str]:
    return [sentence.text for sentence in table(spec, estimates=estimates).caption]


def strong(spec: TableSpec, estimates: Estimates = ESTIMATES) -> list[str]:
    return [sentence.text for sentence in table(spec, estimates=estimates).caption if sentence.strong]


def inputs(**values: tuple[float, float]) -> Estimates:
    """What lstm and cnn declare for each metric, beside their latencies."""
    declared = (
        exact(one.id, what, pair[one.levels["model"] == "cnn"]) for one in CASES for what, pair in values.items()
    )
    return by_key((*LATENCIES, *declared))


def test_the_caption_says_what_the_numbers_are() -> None:
    assert texts()[:3] == [
        "latency: wall time of a step: the median of a trial's samples.",
        "Beside each, how many times slower or faster it is than the same case with model=cnn.",
        "In brackets: the 95 % interval over the trials.",
    ]


def test_a_metric_of_ones_own_is_its_own_title() -> None:
    assert texts(replace(SPEC, value="accuracy"))[0] == "accuracy."


def test_the_caption_says_by_how_much_the_work_differs_across_the_columns() -> None:
    assert texts()[-1] == "Across the columns of a row, parameters differ by 36× and flops differ by up to 4.1×."


def test_work_that_is_equal_is_called_equal_and_nearly_equal_work_is_not() -> None:
    equal = texts(estimates=inputs(parameters=(1000, 1000), flops=(1030, 1000)))
    assert equal[-1] == "Across the columns of a row, parameters are equal and flops differ by 1.03×."


def test_nothing_against_something_differs_without_bound() -> None:
    assert texts(estimates=inputs(flops=(0, 7)))[-1] == "Across the columns of a row, flops differ by ∞×."


def test_the_caption_is_silent_about_work_that_the_suite_does_not_know() -> None:
    assert not [text for text in texts(estimates=by_key(LATENCIES)) if "Across" in text]


def test_only_cells_with_a_value_are_compared() -> None:
    broken = inputs(parameters=(1000, 1000))
    key = "model=cnn,size=28,mode=training", "parameters"
    assert texts(estimates={**broken, key: exact(key[0], key[1], 9e9)})[-1].endswith("parameters are equal.")


def test_a_table_of_parameters_does_not_repeat_them_in_its_caption() -> None:
    assert texts(replace(SPEC, value="parameters"))[-1] == ("Across the columns of a row, flops differ by up to 4.1×.")


def test_equal_work_within_five_percent_passes_the_check() -> None:
    found = table(replace(SPEC, equal="flops"), estimates=inputs(flops=(1049, 1000))).caption[-1]
    assert found == Sentence(text="Across the columns of a row, flops are equal within 5 %.")


def test_unequal_work_is_said_in_bold_with_the_worst_row() -> None:
    assert strong(replace(SPEC, equal="flops")) == [
        "Unequal work: flops differ by 4.1× in the row size 56 of inference (lstm 1,230,000, cnn 300,000)."
    ]


def test_work_that_cannot_be_checked_is_said_in_bold() -> None:
    some = {key: one for key, one in ESTIMATES.items() if key[1] != "flops" or "cnn" not in key[0]}
    assert strong(replace(SPEC, equal="flops"), some) == ["Whether flops are equal is not known: no value for cnn."]


def test_equal_input_means_items_and_values_per_item() -> None:
    spec = replace(SPEC, equal="input")
    assert strong(spec, inputs(items=(64, 64), values=(784, 784))) == []
    assert strong(spec, inputs(items=(64, 64), values=(784, 28))) == [
        "Unequal work: values differ by 28× in the row size 28 of inference (lstm 784, cnn 28)."
    ]


def test_a_value_without_an_interval_is_explained() -> None:
    few = by_key(replace(one, low=None, high=None) for one in LATENCIES)
    assert "Without brackets: too few undisturbed trials for an interval." in texts(estimates=few)
    assert "Without brackets: too few undisturbed trials for an interval." not in texts()


def test_what_the_survey_timed_once_says_that_it_has_no_interval() -> None:
    once = by_key(replace(timed(one.id, 0.5, what="build"), low=None, high=None) for one in CASES)
    assert texts(replace(SPEC, value="build", relative_to=None), once)[1:] == [
        "Timed once a case, so without an interval."
    ]


def test_inputs_are_mentioned_where_they_differ() -> None:
    same = inputs(items=(64, 64), values=(784, 784), flops=(7, 7))
    assert texts(estimates=same)[-1] == "Across the columns of a row, flops are equal."
    other = inputs(items=(64, 32), values=(784, 784), flops=(7, 7))
    assert texts(estimates=other)[-1] == "Across the columns of a row, flops are equal and inputs differ by 2.0×."
    assert "inputs" not in " ".join(texts(replace(SPEC, equal="input"), other))


def test_a_reference_in_another_row_is_compared_with_in_the_caption() -> None:
    down = replace(SPEC, rows=("model",), columns=("size",), relative_to={"model": "cnn"})
    assert texts(down)[-1] == "Against model=cnn: 36× the parameters and 1.00× to 4.1× the flops."
    assert not [text for text in texts() if text.startswith("Against")]


def test_equal_work_against_a_reference_elsewhere_is_called_equal() -> None:
    down = replace(SPEC, rows=("model",), columns=("size",), relative_to={"model": "cnn"})
    assert texts(down, inputs(parameters=(5, 5)))[-1] == "Against model=cnn: equal parameters."
