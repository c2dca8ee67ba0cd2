"""The key `roofline` of a suite."""

import json
from pathlib import Path

from bench.plan.matrix import resolve
from bench.plan.schema import suite_schema
from bench.plan.suite import load_suite
from tests.plan.written import BASE, FACTORS, HEAD, about, write


def test_a_factor_or_several_are_named(tmp_path: Path) -> None:
    plain = HEAD + BASE + FACTORS
    assert load_suite(write(tmp_path, plain)).roofline == ()
    assert load_suite(write(tmp_path, plain + "roofline: model\n")).roofline == ("model",)
    assert load_suite(write(tmp_path, plain + "roofline: [model, batch]\n")).roofline == ("model", "batch")


def test_a_factor_that_there_is_not_is_met_with_the_right_one(tmp_path: Path) -> None:
    (said,) = about(tmp_path, "roofline: [modle]\n")
    assert said.startswith("5:12: roofline[0]: no factor 'modle'")
    assert "model" in said.partition("'modle'")[2]


def test_a_factor_is_named_once(tmp_path: Path) -> None:
    (said,) = about(tmp_path, "roofline: [model, model]\n")
    assert "'model' is there twice" in said


def test_a_block_for_a_device_may_have_one_of_its_own(tmp_path: Path) -> None:
    made = load_suite(write(tmp_path, HEAD + BASE + FACTORS + "cuda: {roofline: model}\n"))
    assert resolve(made, overlays=(), levels={}, policy={})[0].roofline == ()
    assert resolve(made, overlays=("cuda",), levels={}, policy={})[0].roofline == ("model",)
    (said,) = about(tmp_path, "cuda: {roofline: [modle]}\n")
    assert said.startswith("5:19: cuda.roofline[0]: no factor 'modle'")


def test_without_one_of_its_own_it_has_the_suite_s(tmp_path: Path) -> None:
    made = load_suite(write(tmp_path, HEAD + BASE + FACTORS + "roofline: batch\ncuda: {metrics: [kernels]}\n"))
    assert resolve(made, overlays=("cuda",), levels={}, policy={})[0].roofline == ("batch",)


def test_editors_know_the_key() -> None:
    definitions = json.loads(suite_schema())
    assert "roofline" in definitions["properties"]
    assert "roofline" in definitions["$defs"]["Overlay"]["properties"]
