import json
from dataclasses import asdict, replace
from math import inf, nan

from bench.report.verdicts.as_json import gate_json
from tests.report.samples import HOSTILE
from tests.report.verdicts.made_up import SLOWER, WORSE, gate, standing, timed


def test_json_holds_the_whole_noun_and_the_words() -> None:
    read = json.loads(gate_json(WORSE))
    sentences = [case.pop("sentence") for case in read["cases"]]
    assert sentences[1].startswith("undisturbed +8.3 %")
    assert read.pop("headline").startswith("regression: 2 of 10 cases")
    assert read.pop("schema") == 1
    expected = json.loads(json.dumps(asdict(WORSE)), parse_float=lambda text: float(f"{float(text):.6g}"))
    assert sorted(read.pop("cases"), key=str) == sorted(expected.pop("cases"), key=str)
    assert read == expected


def test_cases_are_worst_first() -> None:
    assert [case["verdict"] for case in json.loads(gate_json(WORSE))["cases"]][:3] == ["regression"] * 2 + ["failed"]


def test_what_is_no_number_is_null() -> None:
    odd = replace(SLOWER, changes=(replace(timed("a=1", 1.0), ratio=nan, low=-inf, high=inf),))
    (case,) = json.loads(gate_json(gate("inconclusive", [odd])))["cases"]
    assert [case["changes"][0][name] for name in ("ratio", "low", "high")] == [None] * 3


def test_hostile_names_are_strings_and_no_commands() -> None:
    name = HOSTILE + "\n##[error]x ##vso[x]"
    text = gate_json(gate("inconclusive", [standing(name, "failed", name)]))
    assert json.loads(text)["cases"][0]["case"] == name
    assert "##" not in text
    assert "\x1b" not in text
