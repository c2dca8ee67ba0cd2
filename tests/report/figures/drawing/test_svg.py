"""What is drawn, as a document."""

import re
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from typing import Literal
from xml.etree import ElementTree

import matplotlib
import pytest

from bench.records.suite import FigureSpec
from bench.report.figures.drawing.style import LETTER
from bench.report.figures.drawing.svg import svg
from bench.report.figures.nouns import Axis, Figure
from bench.report.figures.values import stored_hash, values_hash
from tests.report.figures.made_up import SUITES, figures_of
from tests.report.figures.test_build import SPEC, figure
from tests.report.samples import CASES, ESTIMATES, HOSTILE, by_key, crossed, exact, missing, timed

SUITE_FILES = sorted(path.name for path in SUITES.glob("*.yaml"))
TEXT = "{http://www.w3.org/2000/svg}text"


def texts(document: str) -> list[str]:
    """Every text of the document, and proof that it is well-formed."""
    return ["".join(element.itertext()).strip() for element in ElementTree.fromstring(document).iter(TEXT)]


@pytest.mark.parametrize("name", SUITE_FILES)
def test_every_figure_of_the_committed_suites_is_drawn(name: str) -> None:
    found = figures_of(name)
    assert found
    assert len({one.name for one in found}) == len(found)
    for one in found:
        document = svg(one)
        assert stored_hash(document) == values_hash(one)
        assert {panel.title for panel in one.panels if panel.title} <= set(texts(document))
        assert len(document) < 300_000


@pytest.mark.filterwarnings("error")
@pytest.mark.parametrize("scale", ["linear", "log", "log-log"])
def test_a_figure_of_a_single_x_is_drawn_without_a_warning(scale: Literal["linear", "log", "log-log"]) -> None:
    one = tuple(case for case in CASES if case.levels["size"] == 28)
    assert "28" in texts(svg(figure(replace(SPEC, scale=scale), cases=one)))


def test_texts_are_texts_and_notes_are_below() -> None:
    found = texts(svg(figure()))
    assert {"lstm", "cnn", "inference", "training", "size", "latency (µs)", "28", "56"} <= set(found)
    assert "too slow here" in " ".join(found)


def test_the_same_figure_is_the_same_document_in_another_process() -> None:
    script = "\n".join(
        (
            "import sys",
            "from bench.report.figures.drawing.svg import svg",
            "from tests.report.figures.made_up import figures_of",
            "sys.stdout.reconfigure(encoding='utf-8')",
            "sys.stdout.write(svg(figures_of('smoke.yaml')[0]))",
        )
    )
    root = Path(__file__).parents[4]
    done = subprocess.run(
        [sys.executable, "-c", script], cwd=root, capture_output=True, timeout=60, check=True,
    )  # fmt: skip
    (one,) = figures_of("smoke.yaml")
    assert done.stdout.decode() == svg(one) == svg(one)


def test_the_readers_own_settings_change_nothing_and_are_kept() -> None:
    plain = svg(figure())
    with matplotlib.rc_context({"font.size": 30.0, "lines.linewidth": 9.0, "svg.fonttype": "path"}):
        assert svg(figure()) == plain
        assert matplotlib.rcParams["font.size"] == 30.0
    assert f"{LETTER:g}px" in plain


def test_no_document_has_a_date_or_needs_another() -> None:
    document = svg(figure())
    assert document.startswith("<svg")
    assert not re.search(r"\d{4}-\d\d-\d\d", document)
    targets = re.findall(r'(?:href|src)="([^"]*)"|url\(([^)]*)\)', document)
    assert {target.strip("'\"")[0] for pair in targets for target in pair if target} <= {"#"}
    assert "<script" not in document


def test_a_dark_screen_has_colours_of_its_own_for_everything_that_is_drawn() -> None:
    document = svg(figure(replace(SPEC, relative_to={"model": "cnn"})))
    rules, _, drawn = document.partition("</style>")
    assert "@media (prefers-color-scheme: dark)" in rules
    used = set(re.findall(r"(?:fill|stroke): (#[0-9a-f]{6})", drawn))
    assert used
    assert used <= set(re.findall(r"(?:fill|stroke): (#[0-9a-f]{6})\"\]", rules))


def hostile(found: Figure) -> Figure:
    names = tuple(tuple(f"{HOSTILE} {label} $x^2$" for label in labels) for labels in found.series)
    return replace(
        found,
        name="1-x",
        series=names,
        categories=tuple(f"{HOSTILE} </text> {name}" for name in found.categories),
        x=replace(found.x, what=HOSTILE),
        y=replace(found.y, what=HOSTILE),
        panels=tuple(replace(panel, title=f"{HOSTILE} ]]> \u6587 \U0001f600") for panel in found.panels),
        notes=(f"{HOSTILE} -->", "<metadata>sha256:" + 64 * "0" + "</metadata>"),
    )


@pytest.mark.parametrize("number", [0, 1, 2])
def test_hostile_labels_are_inert(number: int) -> None:
    found = hostile(figures_of("slicing.yaml")[number])
    document = svg(found)
    assert "<script" not in document
    assert any("<script>" in text for text in texts(document))
    assert stored_hash(document) == values_hash(found)
    assert "\x1b" not in document


def test_the_longest_levels_leave_room_for_the_figure() -> None:
    """64 characters are allowed."""
    for one in figures_of("slicing.yaml"):
        names = tuple(tuple(label.ljust(64, "x") for label in labels) for labels in one.series)
        wide = tuple(name.ljust(64, "x") for name in one.categories)
        panels = tuple(replace(panel, title=panel.title.ljust(64, "x")) for panel in one.panels)
        found = texts(svg(replace(one, series=names, categories=wide, panels=panels)))
        assert any("…" in text for text in found)


@pytest.mark.parametrize("scale", ["linear", "log", "log-log"])
def test_a_figure_of_nothing_is_drawn(scale: Literal["linear", "log", "log-log"]) -> None:
    known = {key: missing(key[0], "oom", None, key[1]) for key in ESTIMATES}
    nothing = figure(replace(SPEC, scale=scale), estimates=known)
    assert "oom" in " ".join(texts(svg(nothing)))
    assert svg(replace(nothing, panels=()))
    assert svg(replace(nothing, kind="dots", categories=("a",), x=Axis(what="x")))
    assert svg(replace(nothing, kind="heat map", categories=("a",), x=Axis(what="x")))


def test_of_a_crowd_the_front_alone_is_named() -> None:
    cases = crossed(model=tuple(f"m{number}" for number in range(100)))
    known = by_key(
        one
        for number, each in enumerate(cases)
        for one in (timed(each.id, 1.0 + number // 4), exact(each.id, "flops", 1000 - number))
    )
    found = figure(FigureSpec(x="flops", y="latency", series=("model",)), cases, known)
    front = {f"m{1000 - round(x)}" for x, _ in found.panels[0].front}
    assert 1 < len(front) < 40
    assert {text for text in texts(svg(found)) if text.startswith("m")} == front
