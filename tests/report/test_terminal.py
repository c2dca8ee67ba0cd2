import io
from dataclasses import replace

import pytest
from rich.console import Console, RenderableType

from bench.records.nouns import Comparison
from bench.report.answered import every_answer
from bench.report.answers import Answer, Said
from bench.report.nouns import Footnote
from bench.report.terminal import answer_view, comparison_view, table_view
from tests.report.golden import same_as_golden
from tests.report.samples import HOSTILE, SPEC, by_key, crossed, hostile_table, name, table, timed

COMPARISONS = (
    Comparison(
        case=name("lstm", 28, "inference"),
        against=name("cnn", 28, "inference"),
        metric="latency",
        ratio=1.837,
        low=1.80,
        high=1.88,
        rounds=10,
    ),
    Comparison(
        case=name("gru", 56, "inference"),
        against=name("cnn", 56, "inference"),
        metric="latency",
        ratio=0.5,
        low=0.4,
        high=0.6,
        rounds=10,
    ),
    Comparison(case=name("lstm", 56, "inference"), against=name("cnn", 56, "inference"), metric="latency", ratio=None),
    Comparison(
        case=name("lstm", 28, "inference"), against=name("cnn", 28, "inference"), metric="parameters", ratio=36.1
    ),
)


def drawn(view: RenderableType, width: int, *, terminal: bool = False) -> str:
    out = io.StringIO()
    Console(file=out, width=width, force_terminal=terminal, color_system="truecolor" if terminal else None).print(view)
    return "\n".join(line.rstrip() for line in out.getvalue().splitlines()) + "\n"


@pytest.mark.parametrize("width", [40, 80])
def test_a_table_in_the_terminal(width: int) -> None:
    assert same_as_golden(f"table_{width}.txt", drawn(table_view(table()), width))


@pytest.mark.parametrize("width", [40, 80])
def test_comparisons_in_the_terminal(width: int) -> None:
    view = comparison_view(COMPARISONS, headline="sample: model against cnn")
    assert same_as_golden(f"comparisons_{width}.txt", drawn(view, width))


@pytest.mark.parametrize("width", [20, 40, 80, 200])
def test_no_line_is_wider_than_the_terminal_and_no_value_is_cut(width: int) -> None:
    cases = crossed(model=[f"model{i}" for i in range(9)], size=(28,), mode=("inference",))
    estimates = by_key(timed(one.id, 0.001 * (i + 1)) for i, one in enumerate(cases))
    text = drawn(table_view(table(SPEC, cases, estimates)), width)
    assert max(map(len, text.splitlines())) <= width
    assert all(f"model{i}" in text and f"{i + 1}.00" in text for i in range(9))
    assert "…" not in text


def test_a_case_compared_with_itself_needs_no_column_for_the_other() -> None:
    same = [replace(one, against=one.case) for one in COMPARISONS]
    assert "against" not in drawn(comparison_view(same, headline="new and old"), 80)


def test_hostile_names_are_text() -> None:
    hostile = [replace(COMPARISONS[0], case=HOSTILE, against="[red]x", metric=HOSTILE)]
    for view in (table_view(hostile_table()), comparison_view(hostile, headline=HOSTILE)):
        text = drawn(view, 200)
        assert "\x1b" not in text
        assert "[/nope]" in text


def test_without_colour_nothing_is_lost(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NO_COLOR", "1")
    text = drawn(comparison_view(COMPARISONS, headline="x"), 80, terminal=True)
    assert "\x1b[31m" not in text
    assert "\x1b[32m" not in text
    assert "*" in drawn(table_view(table()), 80)


def test_worse_is_red_and_better_green() -> None:
    text = drawn(comparison_view(COMPARISONS, headline="x"), 80, terminal=True)
    assert "\x1b[31m1.84×" in text
    assert "\x1b[32m0.500×" in text


@pytest.mark.parametrize("width", [20, 40, 80, 140])
def test_no_wrapped_line_begins_with_a_command_of_a_ci_service(width: int) -> None:
    for n in range(1, 201):
        heading = replace(
            table(),
            heading="x" * n + "::error::owned",
            footnotes=(Footnote(number=1, text="x " * n + "::error::owned"),),
        )
        for line in drawn(table_view(heading), width).splitlines():
            assert not line.lstrip().startswith("::")


def test_the_answer_is_a_sentence_for_each_subject_below_the_heading_of_its_table() -> None:
    text = drawn(answer_view(every_answer([table()], [], [])), 200)
    assert text.splitlines()[:3] == ["The answer", "", "latency by size and model, against model=cnn"]
    assert "\n  lstm is 1.84× slower (size 28 of inference) than model=cnn, at " in text
    assert "at 36× the parameters and 1.00× to 4.1× the flops" in text


def test_no_name_in_an_answer_is_markup() -> None:
    said = Said(subject=HOSTILE, text=HOSTILE, remarks=(HOSTILE,))
    text = drawn(answer_view([Answer(heading=HOSTILE, sentences=(said,))]), 500)
    assert text.count("[/nope]") == 4
    assert "\x1b" not in text
