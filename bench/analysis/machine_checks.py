"""What was analysed → remarks on what the trials ran on: processor, servers, cores, allocator, libraries."""

from bench.analysis.analysed import Analysed
from bench.analysis.faults import explained
from bench.analysis.remarks import remark
from bench.analysis.trials import STEAL_LIMIT, probe, sentinel
from bench.records.nouns import Case, Finding, Record
from bench.records.suite import Level
from bench.statistics import median

LOST_SHARE = 0.05
"""Of the attempts, over which it is said that processor time was lost although every trial could be repeated."""


def throttled_or_stolen(analysed: Analysed) -> Finding | None:
    """How many attempts lost processor time to another guest or to a quota, and whose trials that count did."""
    timed = [record for record in analysed.records if record.kind == "timed" and record.status == "ok"]
    losses = [(_stolen(record), _throttled(record)) for record in timed]
    stolen, throttled = sum(steal for steal, _ in losses), sum(stopped for _, stopped in losses)
    lost = sum(map(any, losses))
    if not lost:
        return None
    hit = {
        case: None
        for case, found in analysed.counted.items()
        if any(_stolen(trial) or _throttled(trial) for trial in found.trials)
    }
    if not hit and lost <= LOST_SHARE * len(timed):
        return None
    return Finding(
        code="throttled or stolen",
        message=f"{lost} of {len(timed)} attempts ({lost / len(timed):.0%}) lost processor time "
        f"(steal over {STEAL_LIMIT:.0%}: {stolen}, throttled: {throttled}), and {len(hit)} "
        f"case{'' if len(hit) == 1 else 's'} must count such a trial",
        advice="steal: use a machine with processors of its own, or measure when its neighbours rest; "
        "throttled: raise the control group's CPU quota, or ask for fewer threads",
        cases=tuple(hit),
    )


def _stolen(record: Record) -> bool:
    return (probe(record, "steal") or 0) > STEAL_LIMIT


def _throttled(record: Record) -> bool:
    return (probe(record, "throttled") or 0) > 0


def servers_differ(analysed: Analysed) -> Finding | None:
    """Cases that page faults split into fast and slow servers."""
    found = explained(analysed)
    gives_back = any(analysed.cases[case].allocator == "system" for case in found)
    return remark(
        "servers differ",
        found,
        "page faults a step that differ between servers, and latency with them",
        advice="the intervals hold the difference as it is, more rounds narrow them; "
        + (
            "`allocator: retain` avoids most of it where it is `system`"
            if gives_back
            else "`allocator: retain` is set already, so look in records.jsonl for what else the servers differ in"
        ),
    )


def cores_far_apart(analysed: Analysed) -> Finding | None:
    """Cases with more threads than one where threads gain a fixed computation nothing; without those that are seen to
    gain by them, being larger than it."""
    several = sorted({case.threads for case in analysed.cases.values()} - {1})
    if not several:
        return None
    alone = _sentinels(analysed, threads=1) or [
        single for survey in analysed.surveys.values() if (single := probe(survey, "sentinel_single")) is not None
    ]
    slow: dict[str, str] = {}
    for threads in several:
        together = _sentinels(analysed, threads=threads)
        if alone and together and median(together) >= median(alone):
            cases = [
                case.id for case in analysed.cases.values() if case.threads == threads and not _gains(analysed, case)
            ]
            gain = f"{threads} threads, sentinel × {median(together) / median(alone):.2f}"
            slow |= dict.fromkeys(cases, gain)
    return remark(
        "cores far apart",
        slow,
        "more than one thread on a machine where a fixed computation gains nothing by them",
        advice="measure with one thread, or on cores that share a cache; "
        "on a virtual machine the cores' distance can change within a minute",
    )


def _gains(analysed: Analysed, case: Case) -> bool:
    """Whether the case was measured with one thread too, and takes longer so."""
    elsewhere = [
        other.id
        for other in analysed.cases.values()
        if other.threads == 1 and _without_threads(other) == _without_threads(case)
    ]
    values = [value for each in (case.id, *elsewhere) if (value := analysed.medians[each, "latency"].value) is not None]
    return len(values) == 2 and values[0] < values[1]


def _without_threads(case: Case) -> dict[str, Level]:
    return {factor: level for factor, level in case.levels.items() if factor != "threads"}


def _sentinels(analysed: Analysed, *, threads: int) -> list[float]:
    """Of every trial that was measured: those that do not count tell about the machine too."""
    cases = {case.id for case in analysed.cases.values() if case.threads == threads}
    timed = (record for record in analysed.records if record.kind == "timed" and record.status == "ok")
    return [value for record in timed if record.case in cases and (value := sentinel(record)) is not None]


def servers_left_out(analysed: Analysed) -> Finding | None:
    """Whether the run's rounds shared servers."""
    shared = analysed.run.policy.rounds_per_server
    if shared == 1:
        return None
    return Finding(
        code="servers left out",
        message=f"{shared} rounds share a server, so that the intervals leave out by how much servers differ",
        advice="set rounds_per_server to 1 for numbers that are to be published",
    )


def backend_differs(analysed: Analysed) -> Finding | None:
    """Cases in whose profile none of the expected operators is."""
    return remark(
        "backend differs",
        {case: "" for case, survey in analysed.surveys.items() if survey.metrics.get("expected_backend") == 0},
        "none of the operators that would prove the backend asked for",
        advice="records.jsonl names the operators that ran; the library may lack the backend for these levels",
    )


def system_allocator(analysed: Analysed) -> Finding | None:
    """Cases whose C library gave memory back although it was told not to."""
    return remark(
        "system allocator",
        {
            case: ""
            for case, survey in analysed.surveys.items()
            if analysed.cases[case].allocator == "retain" and probe(survey, "allocator_retains") == 0
        },
        "memory that the C library gave back although it was told to retain it",
        advice="use a C library that heeds MALLOC_TRIM_THRESHOLD_ (glibc), or state `allocator: system`",
    )
