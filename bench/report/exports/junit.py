"""Every case of a run → a JUnit file: measured passes, skipped and unavailable do not apply, the rest is an error."""

from bench.records.nouns import Estimate, Status
from bench.report.exports.junit_xml import JUnitCase, JUnitSuite, Verdict, junit_xml
from bench.report.exports.nouns import Exported, Outcome
from bench.report.exports.plain import plain, suite_file
from bench.units import alike, common_scale

VERDICTS: dict[Status, Verdict] = {"ok": "passed", "skipped": "skipped", "unavailable": "skipped"}
"""`unavailable` is a machine that lacks the device, library or compiler: the case does not apply to it."""


def junit(exported: Exported) -> str:
    """One test a case; its time is what the case's surveys and trials took."""
    run = exported.run
    return junit_xml(
        JUnitSuite(
            name=run.suite.name,
            file=suite_file(run),
            machine=plain(run.machine.name),
            started=exported.started,
            cases=tuple(_case(outcome, exported.metric) for outcome in exported.outcomes),
        )
    )


def _case(outcome: Outcome, metric: str) -> JUnitCase:
    estimate = outcome.estimate
    verdict: Verdict = VERDICTS.get(estimate.status, "error")
    return JUnitCase(
        name=outcome.name,
        verdict=verdict,
        seconds=outcome.seconds,
        reason=estimate.status,
        message=estimate.note or estimate.status,
        said=_said(estimate, metric) if verdict == "passed" else "",
    )


def _said(estimate: Estimate, metric: str) -> str:
    """`latency 12.4 ms [12.3 to 12.6], 10 trials; left out as disturbed: 2`."""
    if estimate.value is None:
        return f"no {metric}: {estimate.note}"
    divisor, unit = common_scale([estimate.value], "s")
    bounds = () if estimate.low is None or estimate.high is None else (estimate.low / divisor, estimate.high / divisor)
    value, *interval = alike(estimate.value / divisor, bounds)
    within = f" [{interval[0]} to {interval[1]}]" if interval else ""
    remark = f"; {estimate.note}" if estimate.note else ""
    return f"{metric} {value} {unit}{within}, {estimate.rounds} trials{remark}"
