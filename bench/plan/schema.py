"""The nouns of a suite → the JSON Schema with which an editor completes and checks it while it is written."""

import json

from bench.plan.complaints.gate import JUDGED
from bench.plan.yaml_text import Plain
from bench.records.codec import adapter
from bench.records.metrics import METRICS
from bench.records.suite import Policy, Suite

LEVEL: tuple[Plain, ...] = ("boolean", "number", "string")
DESCRIPTIONS = {
    "policy": "How the suite is measured; what it does not say has its default.",
    "base": "Every case starts from these levels; `target: module:function` names the builder.",
    "factors": "Crossed in this order. A list of mappings: each is crossed, their union in order is the suite.",
    "exclude": "Combinations that are no case.",
    "skip": "Cases that are shown, with the reason why they are not measured.",
    "quick": "With --quick: these levels and keys in the place of the suite's own.",
    "cuda": "With --device cuda: these levels and keys in the place of the suite's own; before `quick`.",
    "metrics": "What is published of every case.",
    "tables": "Every factor with several levels left stands in rows, columns or facets.",
    "figures": "Every factor with several levels left is x, or stands in series or facets; x may be a metric.",
    "operators": "By these factors the page names the operators that ran.",
    "roofline": "Every case against the measured peaks of the device; the figure tells these factors' levels apart.",
    "boundaries": "Levels of factors after which something is said to change: does time make a step there?",
    "notes": "What a reader of the answer has to know and no number says; they stand below it.",
    "gate": "How much worse a case may become before `bench gate` fails; goes before [tool.bench.gate].",
}


def suite_schema() -> str:
    """The text of suite.schema.json: what the loader reads, as far as a schema can say it."""
    schema = _tidy(adapter(Suite).json_schema())
    keys = _mapping(schema, "properties")
    definitions = _mapping(schema, "$defs")
    definitions["Policy"] = _tidy(adapter(Policy).json_schema())
    definitions["Metric"] = {"enum": [*sorted(METRICS)]}
    del keys["name"]
    schema["required"] = ["title", "question", "factors"]
    _several_blocks(_mapping(keys, "factors"))
    for holder in (keys, _properties(definitions, "Overlay")):
        holder["policy"] = {"$ref": "#/$defs/Policy"}
    for holder in (keys, _properties(definitions, "Overlay")):
        _mapping(holder, "metrics")["items"] = {"$ref": "#/$defs/Metric"}
    _properties(definitions, "TableSpec")["value"] = {"$ref": "#/$defs/Metric"}
    _properties(definitions, "FigureSpec")["y"] = {"$ref": "#/$defs/Metric"}
    _properties(definitions, "LimitSpec")["metric"] = {"enum": [*sorted(JUDGED)]}
    for key, text in DESCRIPTIONS.items():
        _mapping(keys, key)["description"] = text
    schema = {"$schema": "https://json-schema.org/draft/2020-12/schema", **schema}
    return json.dumps(schema, indent=2, ensure_ascii=False) + "\n"


def _several_blocks(factors: dict[str, Plain]) -> None:
    """YAML may write the one mapping of most suites without a list around it."""
    block = factors["items"]
    factors.clear()
    factors["anyOf"] = [block, {"type": "array", "minItems": 1, "items": block}]


def _properties(definitions: dict[str, Plain], noun: str) -> dict[str, Plain]:
    return _mapping(_mapping(definitions, noun), "properties")


def _mapping(holder: dict[str, Plain], key: str) -> dict[str, Plain]:
    inner = holder[key]
    assert isinstance(inner, dict), key
    return inner


def _tidy(schema: dict[str, Plain]) -> dict[str, Plain]:
    """Without the titles that only repeat names; levels in one word; names that fit no pattern refused."""
    if [_type(choice) for choice in _choices(schema)] == ["boolean", "integer", "number", "string"]:
        return {"type": list(LEVEL)}
    tidy: dict[str, Plain] = {}
    for key, value in schema.items():
        match value:
            case dict() if key in ("properties", "$defs", "patternProperties"):
                tidy[key] = {name: _tidy(inner) if isinstance(inner, dict) else inner for name, inner in value.items()}
            case dict():
                tidy[key] = _tidy(value)
            case list():
                tidy[key] = [_tidy(inner) if isinstance(inner, dict) else inner for inner in value]
            case _ if key != "title":
                tidy[key] = value
    if "patternProperties" in tidy:
        tidy["additionalProperties"] = False
    return tidy


def _choices(schema: dict[str, Plain]) -> list[Plain]:
    choices = schema.get("anyOf")
    return choices if isinstance(choices, list) else []


def _type(schema: Plain) -> Plain:
    return schema.get("type") if isinstance(schema, dict) else None
