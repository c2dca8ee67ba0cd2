"""Facts about a machine and what was measured of its noise → remarks that end in advice; each gives at most one.

Pure, so that every remark can be tested with a made-up machine. Where a run has a remark of the same name, it means the
same here."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from bench.analysis.trials import STEAL_LIMIT
from bench.records.nouns import Finding, Unknown

DISTURBED_LIMIT = 0.1
"""A run repeats what is disturbed, and takes the longer for it: over a tenth, by what a person would notice."""

LOAD_LIMIT = 0.5
SIBLING_LIMIT = 0.05


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """What is known of a machine; `cores` may be used. Values are in the units of `doctor.MEASURED`."""

    facts: Mapping[str, str]
    measured: Mapping[str, float | Unknown]
    cores: int


def advise(evidence: Evidence) -> tuple[Finding, ...]:
    """Every remark that the machine deserves, in the order of the table."""
    found = ((code, remark(evidence)) for code, remark in ADVICE.items())
    return tuple(Finding(code=code, message=said[0], advice=said[1]) for code, said in found if said is not None)


Said = tuple[str, str]
"""What stands out, and what to do about it."""


def _known(evidence: Evidence, name: str) -> float | None:
    value = evidence.measured.get(name, "unknown")
    return None if value == "unknown" else float(value)


def _governor(evidence: Evidence) -> Said | None:
    governor = evidence.facts.get("governor", "unknown")
    if governor in ("unknown", "performance"):
        return None
    return (
        f"the frequency governor is {governor}: the clock follows the load, and a trial's begins slower than it ends",
        "choose `performance` while you measure (cpupower frequency-set -g performance)",
    )


def _quota(evidence: Evidence) -> Said | None:
    quota = evidence.facts.get("cpu_quota", "unknown")
    if quota in ("unknown", "none"):
        return None
    return (
        f"the control group may use the time of {quota}: whoever exceeds it is stopped for the rest of a period",
        "raise the quota of the container or service, or keep the threads of a case below it",
    )


def _few_cores(evidence: Evidence) -> Said | None:
    if evidence.cores > 1:
        return None
    return (
        "only one core is allowed: the harness and all else that runs share it with the trial",
        "allow a second one (taskset, cpuset, a larger machine)",
    )


def _load(evidence: Evidence) -> Said | None:
    text = evidence.facts.get("load", "unknown")
    if text == "unknown" or float(text) <= LOAD_LIMIT:
        return None
    return (
        f"in the minute before, {text} processes wanted to run on average",
        "stop what else runs here, and look again after a minute",
    )


def _lost(evidence: Evidence) -> Said | None:
    steal, throttled = _known(evidence, "steal") or 0.0, _known(evidence, "throttled") or 0.0
    if steal <= STEAL_LIMIT and not throttled:
        return None
    return (
        f"the processor was away: {steal:.1%} of the time stolen by the hypervisor, {throttled:.0f} times throttled",
        "steal: use a machine with processors of its own, or measure when its neighbours rest; "
        "throttled: raise the control group's CPU quota",
    )


def _disturbed(evidence: Evidence) -> Said | None:
    share, spread = _known(evidence, "disturbed"), _known(evidence, "sentinel_spread")
    if share is None or spread is None or share <= DISTURBED_LIMIT:
        return None
    return (
        f"{share:.0%} of the trials would count as disturbed now; a fixed computation takes up to "
        f"{spread:.0%} longer than at its best, one time in ten more",
        "stop what else runs here; `undisturbed` heeds such noise the least, and more rounds help",
    )


def _far_apart(evidence: Evidence) -> Said | None:
    alone, together = _known(evidence, "sentinel_median"), _known(evidence, "sentinel_median_all")
    if alone is None or together is None or together < alone:
        return None
    return (
        f"with {evidence.cores} threads a fixed computation takes × {together / alone:.2f} of its time with one",
        "measure with one thread, or on cores that share a cache; "
        "on a virtual machine the cores' distance can change within a minute",
    )


def _sibling(evidence: Evidence) -> Said | None:
    busy = _known(evidence, "sibling_busy")
    if busy is None or busy <= SIBLING_LIMIT:
        return None
    return (
        f"the other thread of the measuring core was busy {busy:.0%} of the time, and took part of the core's speed",
        "switch SMT off while you measure (echo off > /sys/devices/system/cpu/smt/control), or keep the sibling idle",
    )


def _allocator(evidence: Evidence) -> Said | None:
    if evidence.facts.get("allocator_retains") != "no":
        return None
    return (
        "the C library gave a block of 100 MB back although it was told to retain it",
        "use a C library that heeds MALLOC_TRIM_THRESHOLD_ (glibc), or state `allocator: system`",
    )


def _variables(evidence: Evidence) -> Said | None:
    names = [name.removeprefix("env.") for name in evidence.facts if name.startswith("env.")]
    if not names:
        return None
    return (
        f"the environment sets {', '.join(names)}, which can change how fast the same code runs",
        "unset what you do not mean to measure; threads and allocator are keys of a suite's policy",
    )


def _card_slowed(evidence: Evidence) -> Said | None:
    share = _known(evidence, "gpu_slowed")
    if not share:
        return None
    return (
        f"during {share:.0%} of the looks at it the card ran slower than it is set to, for heat or power",
        "let it cool, and ask whoever runs the machine about its air and its power limit; bench changes nothing of it",
    )


def _card_shared(evidence: Evidence) -> Said | None:
    others = _known(evidence, "gpu_others")
    if not others:
        return None
    return (
        f"{others:.0f} processes of others are on the card",
        "measure when nobody else uses it (nvidia-smi lists who does)",
    )


def _card_sleeps(evidence: Evidence) -> Said | None:
    if evidence.facts.get("gpu_persistence") != "off":
        return None
    return (
        "the card's persistence mode is off: its driver starts anew with each child, and the clocks with it",
        "ask whoever runs the machine for persistence mode (nvidia-persistenced); bench never sets it",
    )


def _card_parted(evidence: Evidence) -> Said | None:
    if evidence.facts.get("gpu_partitions") != "on":
        return None
    return (
        "the card is divided (MIG): what runs on its other parts shares its power and its memory's bandwidth",
        "publish under a machine's name of its own (--machine), and measure when the other parts rest",
    )


def _probes(evidence: Evidence) -> Said | None:
    names = [n for n, value in evidence.measured.items() if value == "unknown" and not n.startswith("gpu_")]
    if not names:
        return None
    return (
        f"the kernel does not tell: {', '.join(names)}",
        "numbers stay what they are, and trials that these would explain stay unexplained; "
        "pressure needs a kernel with PSI (psi=1), throttling a control group with the cpu controller",
    )


ADVICE: dict[str, Callable[[Evidence], Said | None]] = {
    "governor": _governor,
    "cpu quota": _quota,
    "few cores": _few_cores,
    "load": _load,
    "throttled or stolen": _lost,
    "disturbed": _disturbed,
    "cores far apart": _far_apart,
    "sibling busy": _sibling,
    "system allocator": _allocator,
    "card slowed": _card_slowed,
    "card shared": _card_shared,
    "card sleeps": _card_sleeps,
    "card divided": _card_parted,
    "environment": _variables,
    "probes missing": _probes,
}
