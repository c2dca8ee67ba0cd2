"""What a suite may not say of its gate."""

from pathlib import Path

import pytest

from bench.plan.complaints.gate import JUDGED, TIMED
from bench.plan.suite import load_suite
from bench.records.metrics import METRICS
from bench.records.suite import GateKeys, LimitSpec
from tests.plan.written import BASE, FACTORS, HEAD, about, complaints, write


def gate_of(folder: Path, lines: str) -> GateKeys | None:
    return load_suite(write(folder, HEAD + BASE + FACTORS + lines)).gate


def test_a_suite_says_how_much_worse_its_cases_may_become(tmp_path: Path) -> None:
    lines = (
        "gate:\n"
        "  limit: 3%\n"
        "  limits:\n"
        "    - {where: {model: lstm, batch: [1, 64]}, limit: 0.05}\n"
        "    - {metric: mean_latency, limit: 10%}\n"
        "  allow: [removed]\n"
        "  inconclusive: 0\n"
    )
    own = (
        LimitSpec(limit=0.05, where={"model": ("lstm",), "batch": (1, 64)}),
        LimitSpec(limit=0.1, metric="mean_latency"),
    )
    assert gate_of(tmp_path, lines) == GateKeys(limit=0.03, limits=own, allow=("removed",), inconclusive=0)


def test_a_suite_may_say_nothing_of_a_gate(tmp_path: Path) -> None:
    assert gate_of(tmp_path, "") is None


@pytest.mark.parametrize(
    ("gate", "expected"),
    [
        ("3", "5:7: gate: expected a mapping, found the number 3"),
        ("{limti: 3%}", "5:8: gate.limti: unknown key; did you mean 'limit'?"),
        ("{limit: 0}", "5:15: gate.limit: expected a share above 0 such as 3% or 0.03, found the number 0"),
        ("{limit: 0%}", "5:15: gate.limit: expected a share above 0 such as 3% or 0.03, found the text '0%'"),
        ("{limit: -1%}", "5:15: gate.limit: expected a share above 0 such as 3% or 0.03, found the text '-1%'"),
        ("{limit: 3}", "5:15: gate.limit: expected a share above 0 such as 3% or 0.03, found the number 3"),
        ("{limit: .nan}", "5:15: gate.limit: "),
        ("{limits: {limit: 3%}}", "5:16: gate.limits: expected a list, found a mapping"),
        ("{limits: [3%]}", "5:17: gate.limits[0]: expected a mapping, found the text '3%'"),
        ("{limits: [{metric: cpu_time}]}", "5:17: gate.limits[0].limit: is missing"),
        ("{limits: [{metric: cpu_time, limit: -0.1}]}", "5:43: gate.limits[0].limit: expected a share above 0"),
        ("{limits: [{metrik: cpu_time, limit: 1%}]}", "5:18: gate.limits[0].metrik: unknown key; did you mean 'met"),
        ("{limits: [{metric: 7, limit: 1%}]}", "5:26: gate.limits[0].metric: expected text, found the number 7"),
        ("{limits: [{where: lstm, limit: 1%}]}", "5:25: gate.limits[0].where: expected a mapping, found the text"),
        ("{limits: [{where: {model: {}}, limit: 1%}]}", "5:33: gate.limits[0].where.model: expected a level"),
        ("{allow: removed}", "5:15: gate.allow: expected a list, found the text 'removed'"),
        ("{allow: [added, remove]}", "5:23: gate.allow[1]: expected 'added', 'removed', 'failed' or 'incomparable', "),
        ("{allow: [remove]}", "5:16: gate.allow[0]: "),
        ("{inconclusive: 1}", "5:22: gate.inconclusive: expected 0 or 4, found the number 1"),
        ("{inconclusive: true}", "5:22: gate.inconclusive: expected 0 or 4, found true"),
        ("{inconclusive: false}", "5:22: gate.inconclusive: expected 0 or 4, found false"),
    ],
)
def test_a_gate_of_another_shape_is_refused_where_it_stands(tmp_path: Path, gate: str, expected: str) -> None:
    found = about(tmp_path, f"gate: {gate}\n")
    assert len(found) == 1
    assert found[0].startswith(expected)


@pytest.mark.parametrize(
    ("where", "expected"),
    [
        ("{modle: lstm}", "5:26: gate.limits[0].where.modle: no factor 'modle'; did you mean 'model'?"),
        ("{model: [rnn, ltsm]}", "5:39: gate.limits[0].where.model[1]: no level 'ltsm' of model; did you mean 'lstm'?"),
        ("{batch: '1'}", "5:33: gate.limits[0].where.batch: 1 is written otherwise as a level of batch"),
        ("{batch: []}", "5:33: gate.limits[0].where.batch: names no level"),
    ],
)
def test_limits_are_for_cases_that_the_suite_has(tmp_path: Path, where: str, expected: str) -> None:
    found = about(tmp_path, f"gate: {{limits: [{{where: {where}, limit: 1%}}]}}\n")
    assert len(found) == 1
    assert found[0].startswith(expected)


@pytest.mark.parametrize("overlay", ["quick", "cuda"])
def test_a_limit_may_be_for_a_level_that_only_an_overlay_has(tmp_path: Path, overlay: str) -> None:
    lines = f"{overlay}: {{factors: {{batch: [256]}}}}\ngate: {{limits: [{{where: {{batch: 256}}, limit: 1%}}]}}\n"
    assert gate_of(tmp_path, lines) == GateKeys(limits=(LimitSpec(limit=0.01, where={"batch": (256,)}),))


@pytest.mark.parametrize("metric", sorted(METRICS))
def test_a_limit_is_for_a_metric_that_a_gate_judges(tmp_path: Path, metric: str) -> None:
    lines = f"gate: {{limits: [{{metric: {metric}, limit: 1%}}]}}\n"
    if metric in ("undisturbed", "cpu_time", "mean_latency") or METRICS[metric].source == "exact":
        assert gate_of(tmp_path, lines) == GateKeys(limits=(LimitSpec(limit=0.01, metric=metric),))
    else:
        words = "it judges undisturbed, cpu_time, mean_latency and exact metrics"
        message = f"a gate does not judge {metric!r}: {words}"
        assert about(tmp_path, lines) == [f"5:26: gate.limits[0].metric: {message}"]


def test_a_misspelt_metric_is_met_with_the_right_one(tmp_path: Path) -> None:
    found = about(tmp_path, "gate: {limits: [{metric: undistrubed, limit: 1%}]}\n")
    expected = "no metric 'undistrubed' that a gate judges; did you mean 'undisturbed'?"
    assert found == [f"5:26: gate.limits[0].metric: {expected}"]


def test_what_the_suite_publishes_and_no_table_knows_is_complained_about_once(tmp_path: Path) -> None:
    found = about(tmp_path, "metrics: [latency, hops]\ngate: {limits: [{metric: hops, limit: 1%}]}\n")
    assert [line.split(": ")[1] for line in found] == ["metrics[1]"]


@pytest.mark.parametrize("own", ["{limit: 1%}", "{where: {}, limit: 1%}"])
def test_a_limit_of_its_own_is_for_something(tmp_path: Path, own: str) -> None:
    found = about(tmp_path, f"gate: {{limits: [{own}]}}\n")
    assert found == ["5:17: gate.limits[0]: has neither `where` nor `metric`: say it as the gate's `limit`"]


def test_a_gate_of_another_shape_hides_no_other_complaint(tmp_path: Path) -> None:
    lines = HEAD + BASE + FACTORS + "gate: {limit: 0, limits: [{metric: tail, limit: 1%}]}\nexclude: [{modle: rnn}]\n"
    assert [line.split(": ")[1] for line in complaints(tmp_path, lines)] == ["gate.limit", "exclude[0].modle"]


def test_the_rest_of_a_gate_is_read_past_an_unknown_key(tmp_path: Path) -> None:
    found = about(tmp_path, "gate: {limti: 1%, limits: [{metric: tail, limit: 1%}]}\n")
    assert [line.split(": ")[1] for line in found] == ["gate.limti", "gate.limits[0].metric"]


def test_what_is_judged_by_pairs_is_timed() -> None:
    assert {METRICS[name].source for name in TIMED} == {"trials"}
    assert len(JUDGED) == len(set(JUDGED))
