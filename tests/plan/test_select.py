"""The grammar of `-k`."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bench.errors import BenchError, NothingSelected
from bench.plan.matrix import expand
from bench.plan.select import select
from bench.records.suite import Policy
from tests.plan.written import ids, suite

CASES = expand(
    suite({"factors": [{"model": ["rnn", "lstm", "or"], "batch": [1, 64], "bidirectional": [True, False]}]}), Policy()
)


def chosen(expression: str) -> set[str]:
    """The ids that an expression selects."""
    return set(ids(select(CASES, expression)))


def having(*terms: str) -> set[str]:
    """The ids that have all of these terms."""
    return {case.id for case in CASES if set(terms) <= set(case.id.split(","))}


def test_no_expression_selects_everything() -> None:
    assert select(CASES, "  ") == CASES


def test_order_is_kept() -> None:
    assert list(select(CASES, "batch=64 or batch=1")) == list(CASES)


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        ("lstm", having("model=lstm")),
        ("batch=1", having("batch=1")),
        ("1", having("batch=1")),
        ("true", having("bidirectional=true")),
        ("model=or", having("model=or")),
        ("lstm and 64", having("model=lstm", "batch=64")),
        ("lstm or rnn and 64", having("model=lstm") | having("model=rnn", "batch=64")),
        ("(lstm or rnn) and 64", having("model=lstm", "batch=64") | having("model=rnn", "batch=64")),
        ("not lstm and 64", having("batch=64") - having("model=lstm")),
        ("not (lstm and 64)", having() - having("model=lstm", "batch=64")),
        ("not not lstm", having("model=lstm")),
        ("((((lstm))))", having("model=lstm")),
    ],
)
def test_terms_are_combined_as_in_pytest(expression: str, expected: set[str]) -> None:
    assert chosen(expression) == expected


TERMS = [("model", "rnn"), ("model", "lstm"), ("batch", "1"), ("batch", "64"), ("bidirectional", "true")]
EXPRESSIONS = st.recursive(
    st.sampled_from([f"{name}={level}" for name, level in TERMS]),
    lambda inner: st.one_of(
        st.builds("not {}".format, inner),
        st.builds("({} and {})".format, inner, inner),
        st.builds("({} or {})".format, inner, inner),
    ),
    max_leaves=12,
)


@given(EXPRESSIONS)
def test_an_expression_and_its_contrary_share_the_cases_out(expression: str) -> None:
    sides = []
    for side in (expression, f"not ({expression})"):
        try:
            sides.append(chosen(side))
        except NothingSelected:
            sides.append(set())
    assert sides[0] | sides[1] == having()
    assert not sides[0] & sides[1]


@given(EXPRESSIONS, EXPRESSIONS)
def test_and_is_the_intersection_and_or_the_union(one: str, other: str) -> None:
    try:
        both, either = chosen(f"({one}) and ({other})"), chosen(f"({one}) or ({other})")
        assert both == chosen(one) & chosen(other)
        assert either == chosen(one) | chosen(other)
    except NothingSelected:
        return


@pytest.mark.parametrize(
    ("expression", "words"),
    [
        ("lstm and", "a term is missing at the end"),
        ("lstm or or", "a term is missing before 'or'"),
        ("()", "a term is missing before ')'"),
        ("(lstm", "a closing parenthesis is missing"),
        ("lstm)", "')' is not expected here"),
        ("lstm rnn", "'rnn' is not expected here"),
        ("(" * 10_000 + "lstm", "more than 50 parentheses"),
    ],
)
def test_what_cannot_be_read_is_said(expression: str, words: str) -> None:
    with pytest.raises(BenchError) as caught:
        select(CASES, expression)
    assert words in caught.value.what
    assert caught.value.exit_code == 2


@pytest.mark.parametrize(
    ("expression", "words"),
    [
        ("LSTM", "no case has 'LSTM'; did you mean 'lstm'?"),
        ("model=ltsm", "no case has 'model=ltsm'; did you mean 'model=lstm'?"),
        ("lst", "no case has 'lst'; did you mean 'lstm'?"),
        ("batch=2", "no case has 'batch=2'; did you mean 'batch=1'?"),
        ("lstm or batch=2", "no case has 'batch=2'; did you mean 'batch=1'?"),
        ("zzzzzzzz", "no case has 'zzzzzzzz'; known: model=rnn"),
        ("__import__('os')", "no case has '__import__'; "),
    ],
)
def test_a_term_that_no_case_has_selects_nothing_and_names_the_nearest(expression: str, words: str) -> None:
    with pytest.raises(NothingSelected) as caught:
        select(CASES, expression)
    assert words in caught.value.what
    assert caught.value.exit_code == 5


def test_nothing_selected_says_what_exists() -> None:
    with pytest.raises(NothingSelected) as caught:
        select(CASES, "lstm and rnn")
    assert caught.value.exit_code == 5
    assert "there are model: rnn, lstm, or; batch: 1, 64; bidirectional: true, false" in str(caught.value)
