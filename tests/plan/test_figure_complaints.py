"""What a figure may not ask for."""

from pathlib import Path

import pytest

from bench.plan.suite import load_suite
from tests.plan.written import BASE, FACTORS, HEAD, about, write


@pytest.mark.parametrize(
    ("figure", "expected"),
    [
        ("x: flop, y: latency, series: [model, batch]", ".x: no factor and no metric 'flop'; did you mean 'flops'?"),
        ("x: flops, y: latency, series: model", "'batch' has no place and 2 levels left (1, 64); name it in series or"),
        ("x: flops, y: flops, series: [model, batch]", "x: 'flops' against itself shows nothing"),
        ("x: flops, y: latency, series: [model, batch], law: line", "law: a law runs along a factor"),
        ("x: batch, y: latency, series: model, kind: heat-map, law: line", "law: a law runs along a factor"),
        ("x: flops, y: latency, series: [model, batch], kind: heat-map", "x: a heat map crosses factors; 'flops' is"),
        ("x: batch, y: latency, facets: model, kind: heat-map", "a heat map has the factor of its rows in series"),
        ("x: batch, y: latency, series: model, kind: map", "kind: expected"),
        ("x: batch, y: latency, series: model, as: speedup", "as: expected"),
        ("x: batch, y: latency, series: model, relative_to: {}", "relative_to: names no factor to compare over"),
        (
            "x: batch, y: latency, series: model, relative_to: {model: gru}",
            "relative_to.model: no level 'gru' of model",
        ),
        ("x: batch, y: latency, series: model, relative_to: {mode: x}", "relative_to.mode: no factor 'mode'; did you"),
        (
            "x: batch, y: latency, facets: model, relative_to: {model: cnn}",
            "relative_to.model: 'model' stands neither in the x nor in the series of this figure",
        ),
        (
            "x: batch, y: latency, series: model, where: {model: [rnn, lstm]}, relative_to: {model: cnn}",
            "relative_to.model: this figure's `where` leaves 'cnn' out",
        ),
        (
            "x: batch, y: latency, series: model, relative_to: {model: cnn}, law: line",
            "law: a law is one of 'latency', not of ratios",
        ),
    ],
)
def test_a_figure_that_cannot_be_is_refused(tmp_path: Path, figure: str, expected: str) -> None:
    found = about(tmp_path, f"figures: [{{{figure}}}]\n")
    assert len(found) == 1
    assert "figures[0]" in found[0]
    assert expected in found[0]


@pytest.mark.parametrize(
    "figure",
    [
        "x: flops, y: latency, series: [model, batch], scale: log-log",
        "x: flops, y: latency, series: model, facets: batch",
        "x: batch, y: latency, series: model, kind: heat-map, scale: log",
        "x: model, y: latency, series: batch, relative_to: {model: cnn}, as: speed-up",
        "x: batch, y: latency, series: model, relative_to: {model: cnn}",
    ],
)
def test_a_figure_of_each_kind_is_accepted(tmp_path: Path, figure: str) -> None:
    text = HEAD + BASE + FACTORS + f"figures: [{{{figure}}}]\n"
    assert len(load_suite(write(tmp_path, text)).figures) == 1


def test_a_factor_goes_before_a_metric_of_its_name(tmp_path: Path) -> None:
    lines = "factors: {flops: [1, 2]}\nfigures: [{x: flops, y: latency, law: line}]\n"
    assert load_suite(write(tmp_path, HEAD + BASE + lines)).figures[0].x == "flops"
