"""Resolved claims → claims.md and parameters.md, in which no text of a claim can mean anything but itself."""

import re
from collections.abc import Iterable, Sequence
from itertools import groupby

from bench.records.claims import Evidence, ExactCheck, Resolved
from bench.report.amounts import NOTHING
from bench.report.claims.words import VERDICTS, Sentence, counts, document, named, sentences
from bench.report.markdown import inert

_UNSAFE = re.compile(r"[^A-Za-z0-9_.+/#-]")

CLAIMS = """# Verdicts on the claims

Made by `bench claims` from the published runs and from what the facts observed; `bench claims --check` compares.
A verdict is worked out from intervals at 95 %: a line that straddles the claim's bound is open. A claim that says
several things has parts, each with a verdict of its own: the claim is supported or refuted where all of them are, mixed
where one holds and another fails, and otherwise unresolved.

Unresolved is what has not been measured yet; unverifiable what cannot be judged from the document as it lies before us,
because the page has lost a piece, does not show one, or speaks of another library; conceptual what no check decides. A
part that is our question is not in the document: a time, say, where it speaks of a size, with a bound that we have
chosen. It is shown with its verdict, and has no say in that on the claim.

`claims.csv` has every line of evidence, `parameters.md` every count and shape."""

PARAMETERS = """# Counts and shapes of the documents

Made by `bench claims`: what each document says, and what the code in `suites/facts/` observed. Bold: they differ."""


def claims_text(resolved: Sequence[Resolved]) -> str:
    """The whole page: how many claims have which verdict, then each document's claims with their evidence."""
    blocks = [CLAIMS, _tally(resolved)]
    for name, group in groupby(resolved, key=lambda each: document(each.claim.id)):
        heads = ["claim", "the document's words", "what it says", "verdict", "evidence"]
        blocks += [f"## {inert(name)}", _table(heads, map(_row, group))]
    return "\n\n".join(blocks) + "\n"


def parameters_text(resolved: Sequence[Resolved]) -> str:
    """A row for every name of a fact that is about counts or shapes; what no claim says stands once, however many
    claims ask that fact."""
    heads = ["claim", "what it says", "of what", "the document", "observed"]
    chosen = [each for each in resolved if each.claim.about in ("count", "shape")]
    lines = [(each, line) for each in chosen for line in each.evidence if line.observed]
    told = {_name(each, line) for each, line in lines if line.expected}
    rows = []
    for each, line in lines:
        if line.expected or _name(each, line) not in told:
            told.add(_name(each, line))
            rows.append(_parameter(each, line))
    return f"{PARAMETERS}\n\n{_table(heads, rows)}\n"


def _tally(resolved: Sequence[Resolved]) -> str:
    found = counts(resolved)
    rows = [
        [inert(name), str(tally.total()), *(str(tally[verdict]) for verdict in VERDICTS)]
        for name, tally in found.items()
    ]
    every = [sum(tally[verdict] for tally in found.values()) for verdict in VERDICTS]
    return _table(["document", "claims", *VERDICTS], [*rows, ["all", str(len(resolved)), *map(str, every)]])


def _row(each: Resolved) -> list[str]:
    claim = each.claim
    evidence = "<br>".join(map(_linked, sentences(each)))
    return [inert(claim.id), inert(claim.words), inert(claim.says), _verdicts(each), evidence]


def _verdicts(each: Resolved) -> str:
    parts = [f"{inert(named(each.claim, part))}: {verdict}" for part, verdict in each.parts.items() if part]
    return "<br>".join([f"**{each.verdict}**", *parts])


def _linked(sentence: Sentence) -> str:
    text = inert(sentence.text)
    if sentence.lead:
        text = f"**{inert(sentence.lead)}**: {text}"
    return f"{text} ([row]({_address(sentence.link)}))" if sentence.link else text


def _address(link: str) -> str:
    """The link with everything escaped that could end it."""
    return _UNSAFE.sub(lambda found: "".join(f"%{byte:02X}" for byte in found[0].encode("utf-8", "replace")), link)


def _name(each: Resolved, line: Evidence) -> tuple[str, str]:
    """The fact that saw it, and what it calls it."""
    check = each.claim.checks[line.check - 1] if each.claim.checks else None
    return (check.fact if isinstance(check, ExactCheck) else each.claim.id), line.subject


def _parameter(each: Resolved, line: Evidence) -> list[str]:
    observed = inert(line.observed)
    shown = f"**{observed}**" if line.outcome == "fails" else observed
    return [inert(each.claim.id), inert(each.claim.says), inert(line.subject), inert(line.expected) or NOTHING, shown]


def _table(heads: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    lines = [heads, ["---"] * len(heads), *rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)
