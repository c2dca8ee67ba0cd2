"""Measured passes, failed is an error, skipped is skipped; any note makes sound XML."""

import re
import xml.etree.ElementTree as ET
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bench.records.nouns import Status
from bench.report.exports.junit import junit
from bench.report.exports.junit_xml import JUnitCase, JUnitSuite, junit_xml
from tests.report.exports.made_up import CNN, FAILED, NUMBERS, RNN, SKIPPED, exported, without
from tests.report.samples import HOSTILE


def parsed(text: str) -> ET.Element:
    root = ET.fromstring(text)
    assert root.tag == "testsuites"
    return root[0]


def test_a_run_is_a_suite_whose_numbers_are_counted() -> None:
    suite = parsed(junit(exported([*NUMBERS, FAILED, SKIPPED])))
    assert suite.attrib == {
        "name": "sample",
        "tests": "4",
        "failures": "0",
        "errors": "1",
        "skipped": "1",
        "time": "6.000",
        "timestamp": "2026-11-18T11:06:40",
        "hostname": "epyc-2c",
    }
    assert [case.get("name") for case in suite] == [o.name for o in (*NUMBERS, FAILED, SKIPPED)]
    assert {case.get("classname") for case in suite} == {"bench.sample"}
    assert {case.get("file") for case in suite} == {"suites/sample.yaml"}


def test_a_measured_case_passes_and_tells_its_value() -> None:
    suite = parsed(junit(exported()))
    assert [[part.tag for part in case] for case in suite] == [["system-out"]] * 2
    assert [case[0].text for case in suite] == [
        "latency 1.24 ms [1.20 to 1.30], 7 trials",
        "latency 12.5 ms, 4 trials; disturbed: 2 of 4 trials",
    ]


@pytest.mark.parametrize("status", ["failed", "timeout", "oom", "crashed", "invalid", "cancelled"])
def test_a_case_that_could_not_be_measured_is_an_error_and_no_number(status: Status) -> None:
    (case,) = parsed(junit(exported([without(RNN, status, "it broke")])))
    assert [(part.tag, part.attrib) for part in case] == [("error", {"type": status, "message": "it broke"})]


@pytest.mark.parametrize("status", ["skipped", "unavailable"])
def test_a_case_that_does_not_apply_is_skipped_with_its_reason(status: Status) -> None:
    (case,) = parsed(junit(exported([without(RNN, status, None)])))
    assert [(part.tag, part.attrib) for part in case] == [("skipped", {"type": status, "message": status})]


def test_a_measured_case_that_lacks_the_metric_passes_and_says_why() -> None:
    found = replace(without(CNN, "ok", "a sample is several steps").estimate, metric="tail")
    outcome = replace(NUMBERS[1], estimate=found, trials=())
    (case,) = parsed(junit(exported([outcome], metric="tail")))
    assert case[0].text == "no tail: a sample is several steps"


@given(st.text())
def test_any_words_make_sound_xml(words: str) -> None:
    case = JUnitCase(name=words, verdict="error", seconds=1.0, reason=words, message=words, said=words)
    text = junit_xml(JUnitSuite(name=words, file=words, machine=words, started=0.0, cases=(case,)))
    assert text.isascii()
    assert not re.search(r"##\w*\[", text)
    assert parsed(text)[0][0].tag == "error"


@pytest.mark.parametrize(
    "words", [HOSTILE, "\x00\x0b\x1b[2J\ufffe\uffff\ud800", "]]>", "<!-- x", "&amp;", "##[error]x"]
)
def test_hostile_words_stay_words(words: str) -> None:
    case = JUnitCase(name="a", verdict="error", seconds=1.0, reason="failed", message=words)
    text = junit_xml(JUnitSuite(name="s", file="f", machine="m", started=0.0, cases=(case,)))
    message = parsed(text)[0][0].get("message")
    assert message is not None
    assert message.isprintable()
    for word in ("<script>", "]]>", "<!-- x", "&amp;", "##[error]x"):
        assert (word in message) == (word in words)
