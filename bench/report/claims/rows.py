"""Resolved claims → tidy rows: those of claims.csv, one a line of evidence, and the same nested for JSON."""

import csv
import io
import json
from collections.abc import Iterator, Sequence

from bench.records.claims import Evidence, Resolved
from bench.report.claims.words import document
from bench.report.csv_text import Value, csv_text

OF_CLAIM = ("claim", "document", "words", "says", "kind", "verdict")
OF_PART = ("part", "ours", "part_verdict")
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
    return csv_text(_rows(resolved), [*OF_CLAIM, *OF_PART, *OF_EVIDENCE])


def claims_json(resolved: Sequence[Resolved]) -> str:
    """A list of claims, each with its parts, its evidence and the machines' own verdicts."""
    found = [
        {
            **_head(each),
            "parts": {part: verdict for part, verdict in each.parts.items() if part},
            "ours": list(each.claim.ours),
            "machines": each.machines,
            "evidence": [_part(each, line) | _line(line) for line in each.evidence],
        }
        for each in resolved
    ]
    return json.dumps(found, indent=1, ensure_ascii=False) + "\n"


def verdicts(resolved: Sequence[Resolved]) -> dict[str, str]:
    """The verdict on each claim, and on each part of one as `D0-C3, time`."""
    found: dict[str, str] = {}
    for each in resolved:
        found[each.claim.id] = each.verdict
        found |= {f"{each.claim.id}, {part}": verdict for part, verdict in each.parts.items() if part}
    return found


def verdicts_in(text: str) -> dict[str, str]:
    """Those that a claims.csv holds; none in a text that is no such file."""
    found: dict[str, str] = {}
    for row in csv.DictReader(io.StringIO(text)):
        if row.get("claim") and row.get("verdict"):
            found[row["claim"]] = row["verdict"]
            if row.get("part"):
                found[f"{row['claim']}, {row['part']}"] = row["part_verdict"]
    return found


def _rows(resolved: Sequence[Resolved]) -> Iterator[dict[str, Value]]:
    for each in resolved:
        for line in each.evidence:
            yield {**_head(each), **_part(each, line), **_line(line)}
        if not each.evidence:
            nothing = dict.fromkeys(OF_EVIDENCE, "")
            part: dict[str, Value] = {"part": "", "ours": False, "part_verdict": each.verdict}
            yield {**_head(each), **part, **nothing, "note": each.claim.because or ""}


def _line(line: Evidence) -> dict[str, Value]:
    return {name: getattr(line, name) for name in OF_EVIDENCE}


def _part(each: Resolved, line: Evidence) -> dict[str, Value]:
    """The part that a line of evidence is about, and whether it is a question of ours; a claim without parts is one
    itself."""
    part = each.claim.checks[line.check - 1].part
    return {"part": part, "ours": part in each.claim.ours, "part_verdict": each.parts[part]}


def _head(each: Resolved) -> dict[str, str]:
    claim = each.claim
    values = (claim.id, document(claim.id), claim.words, claim.says, claim.kind, each.verdict)
    return dict(zip(OF_CLAIM, values, strict=True))
