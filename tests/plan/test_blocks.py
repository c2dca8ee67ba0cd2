"""An overlay's `blocks`, which stand in the place of the suite's own."""

from pathlib import Path

import pytest

from bench.errors import BenchError
from bench.plan.matrix import expand, resolve
from bench.plan.schema import suite_schema
from bench.records.suite import Level, Suite
from tests.plan.written import about, ids, suite

CONTENT: dict[str, object] = {
    "base": {"target": "m:f", "rung": "loop"},
    "factors": [
        {"rung": ["loop", "fused"], "shape": {"a": {"n": 1}}},
        {"shape": {"b": {"n": 2}}},
    ],
    "cuda": {
        "blocks": [
            {"rung": ["loop", "graph"], "shape": {"c": {"n": 3, "dtype": "float16"}}},
            {"rung": ["fused"], "shape": ["a", "b"]},
            {"shape": ["b"]},
        ]
    },
    "quick": {"factors": {"rung": ["loop"]}},
}


def chosen(made: Suite, *overlays: str, **levels: list[Level]) -> list[str]:
    """The ids that are left."""
    return ids(expand(*resolve(made, overlays=overlays, levels=levels, policy={})))


def test_blocks_stand_in_the_place_of_all_the_suite_s_own() -> None:
    assert chosen(suite(CONTENT), "cuda") == [
        "rung=loop,shape=c",
        "rung=graph,shape=c",
        "rung=fused,shape=a",
        "rung=fused,shape=b",
        "rung=loop,shape=b",
    ]


def test_without_their_overlay_nothing_of_them_is_seen() -> None:
    plain = suite({name: part for name, part in CONTENT.items() if name != "cuda"})
    assert chosen(suite(CONTENT)) == chosen(plain) == ["rung=loop,shape=a", "rung=fused,shape=a", "rung=loop,shape=b"]


def test_a_case_that_both_have_is_the_same_on_both() -> None:
    made = suite(CONTENT)
    here, there = (expand(*resolve(made, overlays=names, levels={}, policy={})) for names in ((), ("cuda",)))
    assert {case.id for case in here} & {case.id for case in there} == {"rung=fused,shape=a", "rung=loop,shape=b"}
    assert [case for case in here if case in there] == [case for case in here if case.id in ids(there)]


def test_a_bundle_may_say_what_base_says_otherwise() -> None:
    (case, *_) = expand(*resolve(suite(CONTENT), overlays=("cuda",), levels={}, policy={}))
    assert case.arguments == {"rung": "loop", "n": 3, "dtype": "float16"}


def test_levels_of_later_overlays_and_of_the_command_line_choose_among_them() -> None:
    made = suite(CONTENT)
    assert chosen(made, "cuda", "quick") == ["rung=loop,shape=c", "rung=loop,shape=b"]
    assert chosen(made, "cuda", shape=["c"], rung=["graph"]) == ["rung=graph,shape=c"]
    with pytest.raises(BenchError, match="no bundle 'c'"):
        chosen(made, shape=["c"])


@pytest.mark.parametrize(
    ("block", "complaint"),
    [
        ("{modle: [rnn]}", "no factor 'modle'"),
        ("{model: [rnn, {}], batch: [1]}", "expected a level"),
        ("{model: [rnn]}", "no level of 'batch', which another block varies: give it one here or in base"),
        ("{model: [a b], batch: [1]}", "'a b' is no label"),
    ],
)
def test_what_cannot_be_in_a_block_is_told_with_its_place(tmp_path: Path, block: str, complaint: str) -> None:
    said = about(tmp_path, f"cuda:\n  blocks:\n    - {block}\n")
    assert any(line.startswith("7:") and complaint in line for line in said), said


def test_tables_are_tried_on_the_blocks_too(tmp_path: Path) -> None:
    lines = "cuda: {blocks: [{model: [rnn, lstm], batch: [8, 16]}]}\ntables:\n"
    (said,) = about(tmp_path, lines + "  - {rows: model, columns: model, value: latency}\n")[-1:]
    assert "'batch' has no place" in said or "already" in said


def test_metrics_of_an_overlay_are_published_beside_the_suite_s_own() -> None:
    made = suite({**CONTENT, "metrics": ["latency", "flops"], "cuda": {"metrics": ["launch"]}})
    for overlays, metrics in (((), ("latency", "flops")), (("cuda",), ("latency", "flops", "launch"))):
        found, _ = resolve(made, overlays=overlays, levels={}, policy={})
        assert found.metrics == metrics


@pytest.mark.parametrize(("metric", "complaint"), [("lunch", "no metric 'lunch'"), ("latency", "'latency' is there")])
def test_a_metric_of_an_overlay_is_one_that_there_is_and_no_other_s(
    tmp_path: Path, metric: str, complaint: str
) -> None:
    (said,) = about(tmp_path, f"cuda:\n  metrics: [{metric}]\n")
    assert said.startswith(f"6:13: cuda.metrics[0]: {complaint}")


def test_editors_know_the_key() -> None:
    assert '"blocks"' in suite_schema()
