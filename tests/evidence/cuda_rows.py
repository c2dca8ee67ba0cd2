"""What was measured on a GPU → rows of the table of `tests.evidence.cuda`: what is missing holds as little as what is
wrong."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from bench.analysis.analysed import Analysed
from bench.records.nouns import Record
from bench.statistics import median, quantile

WITHIN, LEAST = 0.01, 1e-3
"""By how much events and the wall clock may differ, for steps that take so many seconds at least."""
COLD_WITHIN, LONG, SHORT = 0.03, 50e-6, 20e-6
"""By how much our cold time may differ from do_bench's over LONG; below SHORT it is to be nearer to the profiler's."""
REPEATED = 0.01
POWER_WITHIN = 0.05
MOST_SECONDS = 300.0
LAUNCHED = 4
"""Records: the surveys of two cases, and a trial of each."""

ALL_MEASURED = "every survey and trial is measured"
CLOCKS_AGREE = f"within {WITHIN:.0%} over {LEAST * 1e3:g} ms"
FASTER = "launched faster than the loop"
AS_POWER = f"within {POWER_WITHIN:.0%} of power × time"
AS_DO_BENCH, NEARER = f"within {COLD_WITHIN:.0%} of do_bench", "nearer to the profiler than do_bench"
AGAIN = f"at most {REPEATED:.0%} at p95"

HEAD = "| check | what | found | asked | holds |\n|---|---|---|---|---|"
ENDED = "ended early"


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """What was looked at, what was found, what is asked; `holds` is None where nothing is."""

    check: str
    what: str
    found: str
    asked: str = ""
    holds: bool | None = None

    def text(self) -> str:
        """A line of the table."""
        said = {True: "yes", False: "no", None: ""}[self.holds]
        return f"| {self.check} | {self.what} | {self.found} | {self.asked} | {said} |"


@dataclass(frozen=True, slots=True, kw_only=True)
class Times:
    """Seconds of a step by the wall clock and by the device's own."""

    latency: float
    device: float


def time_row(seconds: float) -> Row:
    """What the whole table took."""
    found, asked = f"{seconds:.0f} s", f"under {MOST_SECONDS:g} s"
    return Row(check="time", what="this table", found=found, asked=asked, holds=seconds < MOST_SECONDS)


def launch_row(launch: str, records: Sequence[Record]) -> Row:
    """Whether all that were to be measured are, and what a process costs."""
    first = next((record for record in records if "context" in record.phases), None)
    phases = {} if first is None else first.phases
    cost = ", ".join(f"{name} {phases[name]:.2f} s" for name in ("start", "context", "libraries") if name in phases)
    wrong = next((f"{record.status}: {record.note or ''}" for record in records if record.status != "ok"), "")
    if not wrong and len(records) != LAUNCHED:
        wrong = f"{len(records)} of {LAUNCHED} were measured"
    return Row(check="launch", what=launch, found=wrong.replace("\n", " ") or cost, asked=ALL_MEASURED, holds=not wrong)


def clock_row(name: str, found: Times) -> Row:
    """The two clocks agree, or the step is too short to ask."""
    differ = found.latency / found.device - 1
    long = found.latency >= LEAST
    text = f"wall {found.latency * 1e3:.3f} ms, events {found.device * 1e3:.3f} ms, {differ:+.2%}"
    return Row(check="clocks", what=name, found=text, asked=CLOCKS_AGREE, holds=abs(differ) <= WITHIN if long else None)


def cold_row(name: str, ours: float, theirs: float, kernel: float | None) -> Row:
    """Long kernels as do_bench times them, short ones nearer to what the profiler says; of what is between the two
    nothing is asked, but that cannot be told where the profiler says nothing."""
    seen = "sees no kernel" if kernel is None else f"{kernel * 1e6:.2f}"
    text = f"ours {ours * 1e6:.2f}, do_bench {theirs * 1e6:.2f}, profiler {seen} µs"
    if theirs > LONG:
        return Row(check="cold", what=name, found=text, asked=AS_DO_BENCH, holds=abs(ours / theirs - 1) <= COLD_WITHIN)
    if kernel is None:
        return Row(check="cold", what=name, found=text.removesuffix(" µs"), asked=NEARER, holds=False)
    if kernel < SHORT:
        return Row(check="cold", what=name, found=text, asked=NEARER, holds=abs(ours - kernel) < abs(theirs - kernel))
    return Row(check="cold", what=name, found=text)


def graph_rows(found: Mapping[str, Times]) -> list[Row]:
    """What each takes, and whether the last has less to launch than the first."""
    waits = [each.latency - each.device for each in found.values()]
    rows = []
    for (rung, each), wait in zip(found.items(), waits, strict=True):
        text = f"wall {each.latency * 1e6:.1f}, device {each.device * 1e6:.1f}, launching {wait * 1e6:.1f} µs"
        last = rung == list(found)[-1]
        asked, holds = (FASTER, wait < waits[0]) if last else ("", None)
        rows.append(Row(check="graphs", what=rung, found=text, asked=asked, holds=holds))
    return rows


def energy_row(name: str, found: Mapping[str, float]) -> Row:
    """The card's counter against its own word on its power."""
    if not found:
        text = "the card has no counter that moves"
        return Row(check="energy", what=name, found=text, asked=AS_POWER, holds=False)
    joules = found["energy"]
    seconds, watts = found["metered_seconds"] / found["metered_steps"], found.get("metered_power", 0.0)
    differ = joules / (watts * seconds) - 1 if watts else float("inf")
    text = f"{joules * 1e3:.4g} mJ a step, {watts:.0f} W × {seconds * 1e6:.4g} µs, {differ:+.1%}"
    return Row(check="energy", what=name, found=text, asked=AS_POWER, holds=abs(differ) <= POWER_WITHIN)


def differences(first: Analysed, second: Analysed, metric: str) -> dict[str, float | None]:
    """By how much the medians of each case differ, as shares; None for what was not measured in both runs."""
    found: dict[str, float | None] = {}
    for name in dict.fromkeys((*first.cases, *second.cases)):
        one, other = (list(each.values[name, metric].values()) for each in (first, second))
        found[name] = abs(median(other) / median(one) - 1) if one and other else None
    return found


def repeated_row(metric: str, found: Mapping[str, float | None]) -> Row:
    """Nineteen of twenty cases lie that near, and every case was measured twice."""
    shares = [share for share in found.values() if share is not None]
    missing = [name for name, share in found.items() if share is None]
    if missing or not shares:
        text = f"not measured in both: {'; '.join(missing) or 'any case'}"
        return Row(check="two runs", what=metric, found=text, asked=AGAIN, holds=False)
    worst = quantile(shares, 0.95)
    text = f"{len(shares)} cases, p50 {median(shares):.2%}, p95 {worst:.2%}"
    return Row(check="two runs", what=metric, found=text, asked=AGAIN, holds=worst <= REPEATED)


def lines_of(table: Path | None) -> list[str]:
    """What an earlier start has found out, without the checks that ended early."""
    lines = table.read_text().splitlines() if table is not None and table.exists() else HEAD.splitlines()
    ended = {check_of(line) for line in lines if ENDED in line}
    return [line for line in lines if check_of(line) not in ended]


def check_of(line: str) -> str:
    """The first cell of a row; empty for what is none."""
    return line.split(" | ")[0].removeprefix("| ") if line.startswith("| ") else ""
