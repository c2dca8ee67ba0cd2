"""Resolved claims → tidy rows: those of claims.csv, one a line of evidence, and the same nested for JSON."""

import csv
import io
import json
from collections.abc import Iterator, Sequence

from bench.records.claims import Evidence, Resolved
from bench.report.claims.words import document
from bench.report.csv_text import Value, csv_text

OF_CLAIM = ("claim", "document", "words", "says", "kind", "verdict")
OF_EVIDENCE = (
    "check",
    "subject",
    "outcome",
    "expected",
    "observed",
    "value",
    "low",
    "high",
    "unit",
    "machine",
    "device",
    "link",
    "note",
)


def claims_csv(resolved: Sequence[Resolved]) -> str:
    """A claim that no check decides has one row, too, with the reason as its note."""
    return csv_text(_rows(resolved), [*OF_CLAIM, *OF_EVIDENCE])


def claims_json(resolved: Sequence[Resolved]) -> str:
    """A list of claims, each with its evidence and the machines' own verdicts."""
    found = [
        {
            **_head(each),
            "machines": each.machines,
            "evidence": [{name: getattr(line, name) for name in OF_EVIDENCE} for line in each.evidence],
        }
        for each in resolved
    ]
    return json.dumps(found, indent=1, ensure_ascii=False) + "\n"


def verdicts_in(text: str) -> dict[str, str]:
    """The verdict on each claim that a claims.csv holds; none in a text that is no such file."""
    rows = csv.DictReader(io.StringIO(text))
    return {row["claim"]: row["verdict"] for row in rows if row.get("claim") and row.get("verdict")}


def _rows(resolved: Sequence[Resolved]) -> Iterator[dict[str, Value]]:
    for each in resolved:
        alone = Evidence(check=0, subject="", outcome="open", note=each.claim.because or "")
        for line in each.evidence or (alone,):
            row: dict[str, Value] = {**_head(each), **{name: getattr(line, name) for name in OF_EVIDENCE}}
            yield row if each.evidence else {**row, "check": None, "outcome": ""}


def _head(each: Resolved) -> dict[str, str]:
    claim = each.claim
    values = (claim.id, document(claim.id), claim.words, claim.says, claim.kind, each.verdict)
    return dict(zip(OF_CLAIM, values, strict=True))
