"""The JSON Schema for editors."""

import json
from pathlib import Path

from bench.plan.schema import suite_schema
from bench.records.metrics import METRICS

COMMITTED = Path(__file__).parents[2] / "suites" / "suite.schema.json"


def test_the_committed_schema_is_the_one_that_is_written() -> None:
    assert COMMITTED.read_text("utf-8") == suite_schema(), "bench schema > suites/suite.schema.json"


def test_a_suite_has_its_keys_and_no_name() -> None:
    schema = json.loads(suite_schema())
    assert schema["required"] == ["title", "question", "factors"]
    assert "name" not in schema["properties"]
    assert schema["additionalProperties"] is False


def test_factors_are_a_mapping_or_a_list_of_mappings() -> None:
    block, blocks = json.loads(suite_schema())["properties"]["factors"]["anyOf"]
    assert block["type"] == "object"
    assert (blocks["type"], blocks["items"]) == ("array", block)


def test_policies_and_metrics_are_spelt_out() -> None:
    schema = json.loads(suite_schema())
    definitions = schema["$defs"]
    assert schema["properties"]["policy"]["$ref"] == "#/$defs/Policy"
    assert definitions["Overlay"]["properties"]["policy"]["$ref"] == "#/$defs/Policy"
    assert definitions["Policy"]["properties"]["rounds"]["minimum"] == 6
    assert definitions["Metric"]["enum"] == sorted(METRICS)
    assert definitions["TableSpec"]["properties"]["as"]["enum"] == ["ratio", "speed-up"]


def test_a_gate_has_its_keys_and_limits_for_what_it_judges() -> None:
    schema = json.loads(suite_schema())
    definitions = schema["$defs"]
    assert {"$ref": "#/$defs/GateKeys"} in schema["properties"]["gate"]["anyOf"]
    assert definitions["GateKeys"]["additionalProperties"] is False
    judged = definitions["LimitSpec"]["properties"]["metric"]["enum"]
    assert {"undisturbed", "cpu_time", "mean_latency", "parameters"} <= set(judged)
    assert "latency" not in judged


def test_every_reference_leads_somewhere() -> None:
    schema = json.loads(suite_schema())
    pointed = {part.split('"')[0] for part in suite_schema().split('"$ref": "#/$defs/')[1:]}
    assert pointed <= schema["$defs"].keys()
