"""A Gate → JSON: the noun as it is, with the sentences that people read beside the numbers."""

import json
from dataclasses import asdict
from math import isfinite

from bench.records.gate import Gate
from bench.records.nouns import SCHEMA
from bench.report.inert import json_text
from bench.report.verdicts.order import worst_first
from bench.report.verdicts.words import headline, sentence
from bench.units import compact


def gate_json(gate: Gate) -> str:
    """One object and a newline, cases worst first; numbers at six significant digits, so that the last bits of a C
    library's functions are not in the text. JSON has no infinity and no NaN: such a number is null."""
    cases = [{"sentence": sentence(judged), **asdict(judged)} for judged in worst_first(gate.cases)]
    whole = {"schema": SCHEMA, "headline": headline(gate), **asdict(gate), "cases": cases}
    return json_text(json.dumps(_plain(whole), indent=1, allow_nan=False)) + "\n"


def _plain(value: object) -> object:
    if isinstance(value, dict):
        return {name: _plain(held) for name, held in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(held) for held in value]
    if isinstance(value, float):
        return float(compact(value)) if isfinite(value) else None
    return value
