from dataclasses import replace
from xml.etree.ElementTree import Element, fromstring

import pytest

from bench.records.gate import Gate
from bench.report.verdicts.junit import junit
from tests.report.samples import HOSTILE
from tests.report.verdicts.made_up import ALL, DISTRUSTED, FINDING, OPEN, PASSED, SLOWER, WORSE, gate, judged, standing


def suite(told: Gate) -> Element:
    root = fromstring(junit(told))
    assert root.tag == "testsuites"
    (found,) = root
    assert {name: root.get(name) for name in ("tests", "failures", "errors", "skipped")} == counted(found)
    return found


def counted(found: Element) -> dict[str, str | None]:
    """What the suite says of itself, which must be what is in it."""
    held = {"tests": "testcase", "failures": "testcase/failure", "errors": "testcase/error"}
    counts = {name: str(len(found.findall(path))) for name, path in held.items()}
    counts["skipped"] = str(len(found.findall("testcase/skipped")))
    said = {name: found.get(name) for name in counts}
    assert said == counts
    return said


def outcomes(told: Gate) -> dict[str, str]:
    """By the case's first level: failure, error, skipped or passed."""
    tests = suite(told).findall("testcase")
    return {
        test.get("name", "").partition(",size=28")[0].removeprefix("model=").removesuffix(",mode=inference"): next(
            (child.tag for child in test if child.tag != "system-out"), "passed"
        )
        for test in tests
    }


def test_a_regression_is_a_failure_what_could_not_be_judged_an_error_and_what_does_not_apply_is_skipped() -> None:
    assert outcomes(WORSE) == {
        "gru": "failure",
        "lstm": "failure",
        "lstm,size=56": "error",
        "gru,size=56": "error",
        "rnn": "error",
        "old": "skipped",
        "new": "skipped",
        "cnn,size=56": "passed",
        "resnet18": "skipped",
        "cnn": "passed",
    }


def test_a_failure_says_what_and_by_how_much() -> None:
    failure = suite(gate("regression", [SLOWER])).find("testcase/failure")
    assert failure is not None
    assert failure.get("type") == "regression"
    assert failure.get("message", "").startswith("undisturbed +8.3 % (interval +6.3 to +10.3), limit 3 %")
    assert (failure.text or "").splitlines()[1].startswith("mean_latency +8.0 % (interval ")


def test_where_the_control_fired_nothing_is_a_failure_and_the_gate_itself_is_an_error() -> None:
    found = outcomes(DISTRUSTED)
    assert "failure" not in found.values()
    assert (found["gru"], found["gate"]) == ("error", "error")


def test_a_gate_that_compared_nothing_is_no_green_report() -> None:
    assert outcomes(gate("inconclusive", [standing("a=1", "added")])) == {"a=1": "skipped", "gate": "error"}


def test_where_the_policy_lets_an_inconclusive_gate_pass_nothing_is_an_error() -> None:
    assert outcomes(replace(gate("inconclusive", [OPEN]), exit_code=0)) == {"rnn": "skipped"}
    assert outcomes(replace(gate("inconclusive"), exit_code=0)) == {"gate": "skipped"}


def test_a_gate_that_passes_is_a_green_report() -> None:
    assert set(outcomes(PASSED).values()) == {"passed"}


def test_every_case_names_its_suite_and_its_file() -> None:
    for test in suite(WORSE).findall("testcase"):
        assert (test.get("classname"), test.get("file")) == ("bench.sample", "suites/sample.yaml")


def test_the_report_says_what_was_compared_and_what_was_odd() -> None:
    found = suite(WORSE)
    properties = {one.get("name"): one.get("value") for one in found.findall("properties/property")}
    assert properties["base"] == "main (3f2a1b0c9d8e)"
    assert FINDING.advice in (found.findtext("system-out") or "")


def test_no_host_is_named_and_no_time_is_made_up() -> None:
    assert "hostname" not in junit(WORSE)
    assert suite(WORSE).get("time") == "185.000"
    assert suite(replace(WORSE, seconds=None)).get("time") is None


@pytest.mark.parametrize("text", [HOSTILE, "\x00\x08\x0b\x1f\ufffe\uffff\ud800]]>", "<failure/>&\"'"])
def test_names_cannot_break_the_document(text: str) -> None:
    finding = replace(FINDING, code=text, message=text, advice=text)
    hostile = replace(
        gate("inconclusive", [standing(text, "failed", text), judged("a=1", "unchanged", 1.0)]),
        suite=text,
        suite_file=text,
        base=text,
        findings=(finding,),
    )
    found = suite(hostile)
    assert len(found.findall("testcase")) == 2
    junit(hostile).encode()
    assert not {"\x1b", "\u202e", "\x00", "\uffff"} & set(junit(hostile))


def test_what_xml_can_hold_is_kept() -> None:
    shown = suite(gate("inconclusive", [standing("a=<1>&ü\U0001f600", "failed")])).findall("testcase")
    assert shown[0].get("name") == "a=<1>&ü\U0001f600"
    assert len(ALL) == int(suite(WORSE).get("tests", 0))
