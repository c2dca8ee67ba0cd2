"""Cases that passed, could not be measured or do not apply → a JUnit file, as GitLab and Jenkins read it."""

import re
import xml.etree.ElementTree as ET
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from bench.report.exports.plain import instant
from bench.report.inert import xml_text

Verdict = Literal["passed", "error", "skipped"]


@dataclass(frozen=True, slots=True, kw_only=True)
class JUnitCase:
    """`error`: could not be measured; `skipped`: does not apply. `reason` is its kind in a word, `said` a line for
    the reader of one that passed."""

    name: str
    verdict: Verdict
    seconds: float
    reason: str = ""
    message: str = ""
    said: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class JUnitSuite:
    """`file` is the suite's in its repository, `started` in seconds since 1970."""

    name: str
    file: str
    machine: str
    started: float
    cases: tuple[JUnitCase, ...]


def junit_xml(suite: JUnitSuite) -> str:
    """The file's text: any words, in ASCII."""
    counts = _counts(suite.cases)
    root = ET.Element("testsuites", {"name": "bench", **counts})
    moment = instant(suite.started).strftime("%Y-%m-%dT%H:%M:%S")
    own = {"name": xml_text(suite.name), **counts, "timestamp": moment, "hostname": xml_text(suite.machine)}
    inner = ET.SubElement(root, "testsuite", own)
    for case in suite.cases:
        _add(inner, suite, case)
    ET.indent(root, " ")
    body = ET.tostring(root, encoding="us-ascii").decode("ascii")
    return f'<?xml version="1.0" encoding="utf-8"?>\n{_unmarked(body)}\n'


def _counts(cases: Sequence[JUnitCase]) -> dict[str, str]:
    verdicts = [case.verdict for case in cases]
    return {
        "tests": str(len(cases)),
        "failures": "0",
        "errors": str(verdicts.count("error")),
        "skipped": str(verdicts.count("skipped")),
        "time": f"{sum(case.seconds for case in cases):.3f}",
    }


def _add(parent: ET.Element, suite: JUnitSuite, case: JUnitCase) -> None:
    element = ET.SubElement(
        parent,
        "testcase",
        classname=xml_text(f"bench.{suite.name}"),
        name=xml_text(case.name),
        time=f"{case.seconds:.3f}",
        file=xml_text(suite.file),
    )
    if case.verdict != "passed":
        ET.SubElement(element, case.verdict, type=xml_text(case.reason), message=xml_text(case.message))
    if case.said:
        ET.SubElement(element, "system-out").text = xml_text(case.said)


def _unmarked(xml: str) -> str:
    """CI services obey what follows `##[` or `##vso[` anywhere in a log."""
    return re.sub(r"#(?=#\w*\[)", "&#35;", xml)
