"""The key `roofline` of a suite."""

from pathlib import Path

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


def test_editors_know_the_key() -> None:
    assert '"roofline"' in suite_schema()
