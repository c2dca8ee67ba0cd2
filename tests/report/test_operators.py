"""What the surveys saw, by groups of cases."""

from bench.report.operators import Ran, ran, ran_text
from bench.report.page import page
from tests.report.samples import CASES, RUN, START, crossed

CROSSED = crossed(model=("lstm", "rnn"), mode=("forward", "training"))
SEEN = {
    "model=lstm,mode=forward": ("aten::mkldnn_rnn_layer", "aten::empty"),
    "model=lstm,mode=training": (
        "aten::mkldnn_rnn_layer",
        "aten::mkldnn_rnn_layer_backward",
        "aten::empty",
        "MkldnnRnnLayerBackward0",
        "autograd::engine::evaluate_function: MkldnnRnnLayerBackward0",
    ),
    "model=rnn,mode=forward": ("aten::rnn_tanh", "aten::empty", "rolled", "## Call CompiledFxGraph f00 ##"),
    "model=rnn,mode=training": ("aten::rnn_tanh", "aten::empty", "rolled", "aten::mm"),
}


def test_a_group_has_what_all_its_cases_ran_and_not_every_group() -> None:
    found = ran(("model",), CROSSED, SEEN)
    assert found == Ran(
        factors=("model",),
        rows=((("lstm",), ("mkldnn_rnn_layer",)), (("rnn",), ("rnn_tanh", "rolled"))),
        shared=("empty",),
    )


def test_a_case_that_was_not_surveyed_takes_nothing_from_its_group() -> None:
    found = ran(("model",), CROSSED, {**SEEN, "model=lstm,mode=training": ()})
    assert found is not None
    assert found.rows[0] == (("lstm",), ("mkldnn_rnn_layer",))


def test_what_tells_differentiating_apart_is_left_out() -> None:
    found = ran(("model", "mode"), CROSSED, SEEN)
    assert found is not None
    assert dict(found.rows)["lstm", "training"] == ("mkldnn_rnn_layer", "mkldnn_rnn_layer_backward")


def test_one_group_shares_with_none() -> None:
    found = ran(("model",), CROSSED[:1], SEEN)
    assert found == Ran(factors=("model",), rows=((("lstm",), ("empty", "mkldnn_rnn_layer")),), shared=())


def test_there_is_nothing_to_tell_where_no_factor_is_named_or_nothing_was_seen() -> None:
    assert ran((), CROSSED, SEEN) is None
    assert ran(("model",), CROSSED, {}) is None


def test_the_page_names_what_ran() -> None:
    found = ran(("model",), CROSSED, SEEN)
    text = page(RUN, [START], tables=[], findings=[], outcomes=[], ran=found)
    assert "\n## What ran\n\nWhat all cases of a row ran" in text
    assert "| lstm | mkldnn_rnn_layer |\n| rnn | rnn_tanh, rolled |\n\nIn every row: empty.\n" in text
    assert "What ran" not in page(RUN, [START], tables=[], findings=[], outcomes=[])


def test_a_hostile_operator_is_text() -> None:
    found = ran(("model",), CASES, {CASES[0].id: ("aten::a|b `c` [x](y) \x1b[2J\n- d",)})
    assert found is not None
    row = ran_text(found).splitlines()[-1]
    assert row.count("|") == 3
    assert "](y)" not in row
    assert "\x1b" not in row
