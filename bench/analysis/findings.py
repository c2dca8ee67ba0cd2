"""What was analysed → remarks, each a value that ends in advice; each check gives at most one."""

from collections.abc import Callable

from bench.analysis.analysed import Analysed
from bench.analysis.estimate import estimate, half_width, looks
from bench.analysis.trials import probe, sentinel
from bench.records.nouns import Finding
from bench.statistics import median, order_interval

SHOWN = 5
FAULTS_APART = 10
LATENCIES_APART = 1.05


def findings(analysed: Analysed) -> tuple[Finding, ...]:
    """Every remark that the run deserves, in the order of the table."""
    return tuple(found for check in CHECKS.values() if (found := check(analysed)) is not None)


def _too_few_rounds(analysed: Analysed) -> Finding | None:
    policy = analysed.run.policy
    needed = next(n for n in range(1, 100) if order_interval(n, looks=looks(policy)))
    latencies = [estimate(analysed, case, "latency") for case in analysed.cases]
    few = [found for found in latencies if 0 < found.rounds < needed and not analysed.counted[found.case].disturbed]
    return _finding(
        "too few rounds",
        {found.case: f"{found.rounds}" for found in few},
        f"fewer than the {needed} trials that an interval needs",
        advice="go on with `bench run --resume`, or ask for more with `--rounds`",
    )


def _precision_not_reached(analysed: Analysed) -> Finding | None:
    asked = analysed.run.policy.precision
    widths = {case: half_width(estimate(analysed, case, "latency")) for case in analysed.cases}
    wide = {case: width for case, width in widths.items() if width is not None and width > asked}
    worst = dict(sorted(wide.items(), key=lambda item: -item[1]))
    return _finding(
        "precision not reached",
        {case: f"± {width:.1%}" for case, width in worst.items()},
        f"latency less precise than ± {asked:.1%}, the worst first",
        advice="let the machine rest and measure again, allow more rounds (max_rounds, max_seconds), "
        "or be content with a wider `--precision`",
    )


def _disturbed(analysed: Analysed) -> Finding | None:
    return _finding(
        "disturbed",
        {
            case: f"{counted.disturbed} of {len(counted.trials)} trials"
            for case, counted in analysed.counted.items()
            if counted.disturbed
        },
        "too many trials that stayed disturbed, hence no interval",
        advice="stop what else runs on the machine and measure again",
    )


def _servers_differ(analysed: Analysed) -> Finding | None:
    splits = {case: _split_by_faults(analysed, case) for case in analysed.cases}
    return _finding(
        "servers differ",
        {case: split for case, split in splits.items() if split is not None},
        "page faults a step that differ between servers, and latency with them",
        advice="the intervals hold the difference as it is; `allocator: retain` avoids most of it, more rounds help",
    )


def _split_by_faults(analysed: Analysed, case: str) -> str | None:
    """The case's trials, each for its server, in two groups: those with many page faults a step and the others, if
    latency tells the groups apart too. (A CNN took 16.7 ms a step without faults, and 25.2 ms with 4,672 of them.)"""
    latencies = analysed.values[case, "latency"]
    faults = {t.round: f for t in analysed.counted[case].trials if (f := probe(t, "page_faults")) is not None}
    if not faults or not latencies:
        return None
    limit = 2 * min(faults.values()) + FAULTS_APART
    many = [round_ for round_, value in faults.items() if value > limit]
    few = [round_ for round_, value in faults.items() if value <= limit]
    if not many or not few:
        return None
    ratio = median([latencies[r] for r in many]) / median([latencies[r] for r in few])
    if 1 / LATENCIES_APART <= ratio <= LATENCIES_APART:
        return None
    most, least = median([faults[r] for r in many]), median([faults[r] for r in few])
    return f"{most:,.0f} faults against {least:,.0f}, × {ratio:.2f}"


def _cores_far_apart(analysed: Analysed) -> Finding | None:
    alone = _sentinels(analysed, threads=1) or [
        single for survey in analysed.surveys.values() if (single := probe(survey, "sentinel_single")) is not None
    ]
    slow: dict[str, str] = {}
    for threads in sorted({case.threads for case in analysed.cases.values()} - {1}):
        together = _sentinels(analysed, threads=threads)
        if alone and together and median(together) >= median(alone):
            cases = [case.id for case in analysed.cases.values() if case.threads == threads]
            gain = f"{threads} threads, sentinel × {median(together) / median(alone):.2f}"
            slow |= dict.fromkeys(cases, gain)
    return _finding(
        "cores far apart",
        slow,
        "more than one thread on a machine where a fixed computation gains nothing by them",
        advice="measure with one thread, or on cores that share a cache; "
        "on a virtual machine the cores' distance can change within a minute",
    )


def _sentinels(analysed: Analysed, *, threads: int) -> list[float]:
    """Of every trial that was measured: those that do not count tell about the machine too."""
    cases = {case.id for case in analysed.cases.values() if case.threads == threads}
    timed = (record for record in analysed.records if record.kind == "timed" and record.status == "ok")
    return [value for record in timed if record.case in cases and (value := sentinel(record)) is not None]


def _servers_left_out(analysed: Analysed) -> Finding | None:
    shared = analysed.run.policy.rounds_per_server
    if shared == 1:
        return None
    return Finding(
        code="servers left out",
        message=f"{shared} rounds share a server, so that the intervals leave out by how much servers differ",
        advice="set rounds_per_server to 1 for numbers that are to be published",
    )


def _backend_differs(analysed: Analysed) -> Finding | None:
    return _finding(
        "backend differs",
        {case: "" for case, survey in analysed.surveys.items() if survey.metrics.get("expected_backend") == 0},
        "none of the operators that would prove the backend asked for",
        advice="records.jsonl names the operators that ran; the library may lack the backend for these levels",
    )


def _system_allocator(analysed: Analysed) -> Finding | None:
    return _finding(
        "system allocator",
        {
            case: ""
            for case, survey in analysed.surveys.items()
            if analysed.cases[case].allocator == "retain" and probe(survey, "allocator_retains") == 0
        },
        "memory that the C library gave back although it was told to retain it",
        advice="use a C library that heeds MALLOC_TRIM_THRESHOLD_ (glibc), or state `allocator: system`",
    )


def _finding(code: str, remarks: dict[str, str], what: str, *, advice: str) -> Finding | None:
    """Nothing without cases; else how many there are, what they have, and the first few by name with their numbers."""
    if not remarks:
        return None
    number = f"{len(remarks)} case{'s' if len(remarks) > 1 else ''}"
    return Finding(code=code, message=f"{number} with {what}: {_named(remarks)}", advice=advice, cases=tuple(remarks))


def _named(remarks: dict[str, str]) -> str:
    shown = [f"{case} ({remark})" if remark else case for case, remark in remarks.items()][:SHOWN]
    rest = len(remarks) - len(shown)
    return "; ".join(shown) + (f"; and {rest} more" if rest else "")


CHECKS: dict[str, Callable[[Analysed], Finding | None]] = {
    "too few rounds": _too_few_rounds,
    "precision not reached": _precision_not_reached,
    "disturbed": _disturbed,
    "servers differ": _servers_differ,
    "cores far apart": _cores_far_apart,
    "servers left out": _servers_left_out,
    "backend differs": _backend_differs,
    "system allocator": _system_allocator,
}
