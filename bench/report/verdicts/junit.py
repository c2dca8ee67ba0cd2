"""A Gate → JUnit XML, one test a case, as GitLab, Jenkins and the actions that show test reports read it.

A regression is a failure. What could not be judged is an error: a case that failed, is incomparable or was removed,
and also one that stayed inconclusive, because a reader of test reports who saw it pass or skipped would take it for
unchanged, which is what nobody could show. A regression that the control does not let anybody believe is an error for
the same reason. Not applicable, hence skipped, is what the suite skips, what only the candidate has, what the policy
allows, and, where the policy lets an inconclusive gate pass, what is open: the report must not fail where the exit code
does not. What is wrong with the gate as a whole and with no case is an error in a test called `gate`."""

from collections import Counter
from collections.abc import Sequence
from typing import Literal
from xml.etree.ElementTree import Element, SubElement, indent, tostring

from bench.records.gate import Gate, Judged
from bench.report.inert import xml_text
from bench.report.verdicts.changes import brief, exact, timed, whole
from bench.report.verdicts.order import is_open, is_regression, worst_first
from bench.report.verdicts.words import compared, control_words, finding_words, general_doubt, headline, sentence

Outcome = Literal["failure", "error", "skipped", "passed"]


def junit(gate: Gate) -> str:
    """The whole document; it names no host and ends with a newline."""
    root = Element("testsuites")
    suite = SubElement(root, "testsuite")
    _properties(suite, gate)
    outcomes = Counter(_test(suite, gate, judged) for judged in worst_first(gate.cases))
    if doubt := general_doubt(gate):
        outcome: Outcome = "error" if gate.exit_code else "skipped"
        _outcome(_testcase(suite, gate, "gate"), outcome, "inconclusive", message=doubt, detail=[headline(gate)])
        outcomes[outcome] += 1
    SubElement(suite, "system-out").text = _lines(_told(gate))
    counts = {"tests": outcomes.total(), "failures": outcomes["failure"], "errors": outcomes["error"]}
    for element, name in ((root, "bench"), (suite, xml_text(gate.suite))):
        element.set("name", name)
        for attribute, count in {**counts, "skipped": outcomes["skipped"]}.items():
            element.set(attribute, str(count))
        if gate.seconds is not None:
            element.set("time", f"{gate.seconds:.3f}")
    indent(root)
    return tostring(root, encoding="unicode", xml_declaration=False) + "\n"


def _properties(suite: Element, gate: Gate) -> None:
    properties = SubElement(suite, "properties")
    for name in ("base", "candidate", "machine", "device", "verdict"):
        SubElement(properties, "property", name=name, value=xml_text(getattr(gate, name)))


def _test(suite: Element, gate: Gate, judged: Judged) -> Outcome:
    outcome = _outcome_of(judged, gate)
    detail = [*map(whole, timed(judged)), *map(brief, exact(judged))]
    _outcome(_testcase(suite, gate, judged.case), outcome, judged.verdict, message=sentence(judged), detail=detail)
    return outcome


def _outcome_of(judged: Judged, gate: Gate) -> Outcome:
    if is_regression(judged, gate):
        return "failure"
    if is_open(judged, gate):
        return "error" if gate.exit_code else "skipped"
    return "passed" if judged.verdict in ("unchanged", "improvement") else "skipped"


def _testcase(suite: Element, gate: Gate, name: str) -> Element:
    classname, file = xml_text(f"bench.{gate.suite}"), xml_text(gate.file_of(name))
    return SubElement(suite, "testcase", classname=classname, name=xml_text(name), file=file)


def _outcome(test: Element, outcome: Outcome, kind: str, *, message: str, detail: Sequence[str]) -> None:
    if outcome == "passed":
        SubElement(test, "system-out").text = xml_text(message)
    else:
        SubElement(test, outcome, type=kind, message=xml_text(message)).text = _lines(detail)


def _told(gate: Gate) -> list[str]:
    control = [control_words(gate.control)] if gate.control else []
    return [headline(gate), compared(gate), *control, *map(finding_words, gate.findings)]


def _lines(texts: Sequence[str]) -> str:
    return "\n".join(map(xml_text, texts))
