"""The gate's limits → metrics in them that a gate cannot judge, and limits that are none of their own."""

from collections.abc import Collection, Iterator

from bench.plan.complaints.source import Offence, Source
from bench.plan.nearest import meant_by, nearest
from bench.plan.yaml_text import Place
from bench.records.metrics import METRICS
from bench.records.suite import GateKeys, Suite

TIMED = ("undisturbed", "cpu_time", "mean_latency")
"""The metrics that pairs of trials judge; every exact metric is judged besides."""
OF_FILES = "latency"
"""What is judged in files of pytest-benchmark, which know no other; only a project's table can give it a limit."""
JUDGED = (*TIMED, *(name for name, metric in METRICS.items() if metric.source == "exact"))

MISSPELT = 0.8
"""How alike a name is to a metric's that is taken for a slip: `flop` is, and `hops`, another word, is not."""


def gate(suite: Suite, source: Source) -> Iterator[Offence]:
    """What is wrong with the limits of the suite's gate; what their `where` names is for `conditions`."""
    if suite.gate is not None:
        yield from limits(suite.gate, place=("gate",), published=suite.metrics)


def booleans(data: object, *, place: Place) -> Iterator[Offence]:
    """`inconclusive: false` in the data of a gate: pydantic takes it for 0, a person for the opposite."""
    if isinstance(data, dict) and data.get("inconclusive") is False:
        yield Offence(place=(*place, "inconclusive"), message="expected 0 or 4, found false")


def limits(spec: GateKeys, *, place: Place, published: Collection[str] | None) -> Iterator[Offence]:
    """A limit of its own says for which cases or for which metric: otherwise it is the gate's `limit` under another
    name, and `--limit` would change nothing. A metric that is not in the table of metrics is a workload's own where
    the suite publishes it; `published` is None where the limits are for suites, and files, that nobody knows here: a
    name may be that of files, or any workload's own that is not nearly one of ours."""
    for index, own in enumerate(spec.limits or ()):
        inside = (*place, "limits", index)
        if own.metric is None and not own.where:
            yield Offence(place=inside, message="has neither `where` nor `metric`: say it as the gate's `limit`")
        if own.metric is not None and not _judged(own.metric, published):
            yield Offence(place=(*inside, "metric"), message=_unjudged(own.metric))


def _judged(name: str, published: Collection[str] | None) -> bool:
    if name in METRICS:
        return name in JUDGED or (published is None and name == OF_FILES)
    return meant_by(name, METRICS, least=MISSPELT) is None if published is None else name in published


def _unjudged(name: str) -> str:
    if name in METRICS:
        return f"a gate does not judge {name!r}: it judges {', '.join(TIMED)} and exact metrics"
    return f"no metric {name!r} that a gate judges{nearest(name, JUDGED)}"
