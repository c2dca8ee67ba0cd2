"""A run, its starts, tables, findings and the fate of its cases → `table.md`, which names no host, user or folder."""

import shlex
from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from pathlib import PurePosixPath

from bench.records.nouns import Estimate, Finding, Run, Start
from bench.report.inert import one_line
from bench.report.laws import laws_text
from bench.report.markdown import inert, paragraph, table_text
from bench.report.nouns import Laws, Table
from bench.units import duration

_SOFTWARE = ("torch", "python", "bench")
_POLICY_OPTIONS = ("rounds", "precision", "max_seconds", "threads", "allocator", "isolate")
"""The policy keys that the command line has; where files lie is the reader's own affair."""


def page(
    run: Run,
    starts: Sequence[Start],
    *,
    tables: Sequence[Table],
    findings: Sequence[Finding],
    outcomes: Sequence[Estimate],
    laws: Sequence[Laws] = (),
) -> str:
    """The whole page; `outcomes` is one estimate a case (of the suite's first metric), for statuses and rounds."""
    blocks = [
        f"# {inert(run.suite.title)}",
        paragraph(run.suite.question),
        _items(_measured(run, starts, outcomes)),
        *(f"## {inert(table.heading)}\n\n{table_text(table).rstrip()}" for table in tables),
        *(f"## {inert(found.heading)}\n\n{laws_text(found).rstrip()}" for found in laws),
        f"## Findings\n\n{_items(map(_finding, findings)) if findings else 'None.'}",
        f"## How to repeat it\n\n```sh\n{repeat_command(run)}\n```",
    ]
    return "\n\n".join(blocks) + "\n"


def repeat_command(run: Run) -> str:
    """The command line that measures the same cases in the same order."""
    file = PurePosixPath(run.suite_file)
    words = ["bench", "run", file.name if file.is_absolute() else str(file), "--seed", str(run.seed)]
    words += ["--quick"] if "quick" in run.options else []
    words += ["--device", run.device] if run.device != "cpu" else []
    words += ["--launch", run.launch] if run.launch != "fork" else []
    asked = {"-k": "only", "--set": "set", **{f"--{key.replace('_', '-')}": f"policy.{key}" for key in _POLICY_OPTIONS}}
    for option, name in asked.items():
        words += [option, run.options[name]] if name in run.options else []
    return one_line(shlex.join(words))


def _measured(run: Run, starts: Sequence[Start], outcomes: Sequence[Estimate]) -> Iterable[str]:
    counts = Counter(outcome.status for outcome in outcomes)
    statuses = ", ".join(f"{count} {status}" for status, count in counts.most_common())
    yield f"Cases: {len(run.cases)}" + (f" ({statuses})" if statuses else "")
    yield f"Rounds: {_rounds(outcomes)}; a trial of {duration(run.policy.trial_seconds)} of each case in every round"
    threads = ", ".join(map(str, sorted({case.threads for case in run.cases})))
    yield inert(f"Machine: {run.machine.name}; device {run.device}; threads {threads}")
    versions = [f"{name} {run.fingerprint[name]}" for name in _SOFTWARE if name in run.fingerprint]
    yield inert(f"Software: {', '.join(versions) or 'unknown'}")
    if starts:
        yield inert(f"Measured: {_when(starts)}")


def _rounds(outcomes: Sequence[Estimate]) -> str:
    rounds = [outcome.rounds for outcome in outcomes if outcome.rounds]
    if not rounds:
        return "none"
    return str(min(rounds)) if min(rounds) == max(rounds) else f"{min(rounds)} to {max(rounds)}"


def _when(starts: Sequence[Start]) -> str:
    """Day and revision of the first start: a run is resumed only where its sources are the same."""
    first = starts[0]
    day = datetime.fromtimestamp(first.started, tz=UTC).date().isoformat()
    resumed = f", resumed {len(starts) - 1} times" if len(starts) > 2 else ", resumed once" if len(starts) == 2 else ""
    changed = " with changes" if first.git.get("dirty") == "yes" else ""
    return f"{day}{resumed}, at revision {first.git.get('revision', 'unknown')[:12]}{changed}"


def _finding(finding: Finding) -> str:
    """The message names the cases as far as it helps."""
    return f"**{inert(finding.code)}**: {inert(finding.message)}. Advice: {inert(finding.advice)}."


def _items(lines: Iterable[str]) -> str:
    return "\n".join(f"- {line}" for line in lines)
