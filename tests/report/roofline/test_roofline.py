"""What is said and drawn of cases under their roofs."""

import re
from dataclasses import replace

import pytest
from rich.console import Console

from bench.api.drawing import svg
from bench.records.roofline import Roofline
from bench.report.figures.nouns import Figure, RoofedPanel
from bench.report.figures.values import stored_hash, values_hash
from bench.report.figures.words import alt_text
from bench.report.page import page
from bench.report.roofline.figure import roofline_figure
from bench.report.roofline.markdown import roofline_text
from bench.report.roofline.terminal import roofline_view
from bench.report.roofline.words import HEADS, heads, rows, sentences
from tests.report.roofline.made_up import FIRST, FOUND, LOST, ONE, SECOND
from tests.report.samples import CASES, HOSTILE, LATENCIES, RUN, START


def figure(found: Roofline = FOUND) -> Figure:
    return roofline_figure(found, ("model",), CASES, number=3)


def panel(found: Figure) -> RoofedPanel:
    (only,) = found.panels
    assert isinstance(only, RoofedPanel)
    return only


def test_the_device_s_peaks_are_said_with_their_units() -> None:
    said = list(sentences(FOUND))
    assert said[0] == "Measured with 1 thread: copy 12.3 GB/s, float32 61.5 Gflop/s, bfloat16 9.00 Gflop/s."
    assert "read once" in said[1]


def test_a_row_says_where_a_case_stands_and_what_bounds_it() -> None:
    assert rows(FOUND) == [
        (FIRST.case, "1.25", "4.50 Gflop/s [4.40–4.61]", "15.4 Gflop/s", "memory", "29.2 %"),
        (SECOND.case, "88.0", "70.0 Gflop/s", "61.5 Gflop/s", "arithmetic in float32", "114 %"),
        (LOST.case, "–", "–", "–", "–", "oom: too large"),
    ]


def test_where_the_device_says_what_it_ran_the_parts_of_a_step_s_time_add_up() -> None:
    busy, unknown = replace(FIRST, busy=0.7, launch=0.25), replace(SECOND, busy=0.5)
    shared = Roofline(roofs=(ONE,), cases=(busy, unknown, replace(LOST, busy=0.4), FIRST))
    assert heads(shared) == (*HEADS, "idle", "for want of launches", "busy beyond the bound")
    assert [row[5:] for row in rows(shared)] == [
        ("29.2 %", "30.0 %", "25.0 %", "40.8 %"),
        ("114 %", "50.0 %", "–", "0 %"),
        ("oom: too large", "60.0 %", "–", "–"),
        ("29.2 %", "–", "–", "–"),
    ]
    assert "ran nothing" in list(sentences(shared))[-1]
    assert heads(FOUND) == HEADS
    assert "ran nothing" not in " ".join(sentences(FOUND))


def test_without_peaks_that_is_said_and_nothing_is_drawn() -> None:
    bare = Roofline(roofs=(), cases=(LOST,))
    assert next(sentences(bare)) == "The peaks of the device were not measured."
    assert figure(bare).panels == ()


def test_the_page_of_a_run_has_the_table() -> None:
    text = page(RUN, [START], tables=[], findings=[], outcomes=LATENCIES, roofline=FOUND)
    _, _, after = text.partition("\n## Roofline\n\n")
    assert after.startswith("Measured with 1 thread")
    assert f"| {FIRST.case} | 1.25 | 4.50 Gflop/s &#91;4.40–4.61&#93; | 15.4 Gflop/s | memory | 29.2 % |" in after


def test_the_terminal_has_it_too() -> None:
    console = Console(width=140, force_terminal=False)
    with console.capture() as capture:
        console.print(roofline_view(FOUND))
    assert "29.2 %" in capture.get()
    assert "Roofline" in capture.get()


def test_the_figure_has_the_cases_of_a_panel_under_the_peaks_that_they_use() -> None:
    found = figure()
    assert found.name == "3-roofline"
    assert found.series == (("lstm",), ("cnn",))
    roofed = panel(found)
    assert [len(line.points) for line in roofed.lines] == [1, 1]
    assert [peak.label for peak in roofed.peaks] == ["float32 61.5 Gflop/s"]
    assert roofed.slope == ONE.bandwidth
    assert "Not drawn: 1 case, for the table's reasons." in found.notes


def test_a_panel_for_each_number_of_threads_that_has_a_case() -> None:
    two = replace(ONE, threads=2, bandwidth=20e9)
    both = Roofline(roofs=(ONE, two), cases=(FIRST, replace(SECOND, threads=2)))
    assert [each.title for each in figure(both).panels] == ["1 thread", "2 threads"]
    assert [each.title for each in figure(replace(both, cases=(FIRST,))).panels] == ["1 thread"]


def test_the_drawing_shows_roofs_units_and_series_in_words_and_ink() -> None:
    found = figure()
    document = svg(found)
    assert stored_hash(document) == values_hash(found)
    for text in ("float32 61.5 Gflop/s", "arithmetic intensity (flop/B)", "attained", "lstm", "cnn"):
        assert text in document
    assert re.search(r"\d+ Gflop/s</text>", document), "ticks have units"
    assert "prefers-color-scheme: dark" in document
    assert alt_text(found).startswith("Points of attained against arithmetic intensity (flop/B) on logarithmic axes")


def test_a_roof_that_moves_is_another_figure() -> None:
    other = replace(FOUND, roofs=(replace(ONE, bandwidth=13e9),))
    assert values_hash(figure()) != values_hash(figure(other))


@pytest.mark.parametrize("text", [HOSTILE])
def test_no_name_is_markdown(text: str) -> None:
    bad = Roofline(roofs=(ONE,), cases=(replace(FIRST, case=text), replace(LOST, why=text)))
    written = roofline_text(bad)
    assert "<script" not in written
    assert {line.count(" | ") for line in written.splitlines() if line.startswith("| ")} == {5}
