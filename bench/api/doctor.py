"""This machine → facts, ten seconds of its noise as trials would meet it, and advice. Changes nothing.

The noise is measured with the harness's own means: a server, and children pinned to the core on which trials run, which
repeat the sentinel. One child has one thread and the next all, so that what drifts touches both alike. They are forks
of the server, or where that cannot be (of one that has opened a GPU) interpreters, which take seconds to start."""

import os
import time
from collections.abc import Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from bench.analysis.trials import SENTINEL_LIMIT, STEAL_LIMIT
from bench.api.advice import Evidence, advise
from bench.api.alone import Site, measuring
from bench.api.planning import check_device
from bench.measure import weather
from bench.measure.client import Server, Setup
from bench.measure.environment import surroundings
from bench.measure.kernel import busy_seconds, siblings
from bench.measure.machine import machine
from bench.measure.weather import Weather
from bench.records.card import throttles
from bench.records.nouns import Finding, Launch, Machine, Unknown
from bench.statistics import median, quantile

SENTINELS = 20
"""In a child: about 0.2 s, as long as the samples of a trial."""
CHILDREN, FEWEST = 12, 3
SECONDS = 7.0
"""Of children; with the server's start that makes ten. On a slow machine fewer children are asked, not fewer than three
of each kind."""

MEASURED = {
    "server_start": ("s", "starting a server, once a round"),
    "child_start": ("s", "starting a child, once a trial"),
    "clock_resolution": ("s", "the smallest step of the clock"),
    "sentinel": ("s", "a fixed computation on one thread, best decile"),
    "sentinel_median": ("s", "… median"),
    "sentinel_spread": ("share", "… ninth decile over the best"),
    "disturbed": ("share", "trials on one thread that would count as disturbed now"),
    "sentinel_all": ("s", "the same computation on all threads, best decile"),
    "sentinel_median_all": ("s", "… median"),
    "sentinel_spread_all": ("share", "… ninth decile over the best"),
    "disturbed_all": ("share", "trials on all threads that would count as disturbed now"),
    "page_faults": ("1", "page faults a sentinel"),
    "switches": ("1", "involuntary context switches a sentinel"),
    "steal": ("share", "time that the hypervisor gave to others"),
    "pressure": ("share", "time in which some task waited for a processor"),
    "throttled": ("1", "times that a quota stopped us"),
    "sibling_busy": ("share", "time in which the other thread of the measuring core worked"),
    "gpu_clock": ("MHz", "the card's clock after work, the lowest"),
    "gpu_memory_clock": ("MHz", "its memory's"),
    "gpu_temperature": ("°C", "its temperature, the highest"),
    "gpu_power": ("W", "what it takes, the most"),
    "gpu_memory": ("byte", "its memory in use, the most"),
    "gpu_others": ("1", "processes of others on it, the most at a time"),
    "gpu_slowed": ("share", "children during which it had a reason to run slower than it is set to"),
}
"""What is measured: its unit and what it is, in the order in which it is shown. What there is not (a machine of one
core has no other threads) is absent; what the kernel does not tell is `unknown`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Diagnosis:
    """A machine as it is now."""

    machine: Machine
    facts: dict[str, str]
    measured: dict[str, float | Unknown]
    findings: tuple[Finding, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Look:
    """One child, and how long the sibling of the measuring core worked meanwhile, of how long."""

    threads: int
    weather: Weather
    seconds: float
    busy: float | Unknown | None


def diagnose(device: str, *, launch: Launch = "fork", wait: float | None = 0) -> Diagnosis:
    """Looks at this machine, alone on it as a measurement is.

    Raises BenchError where the device is none or cannot be used, Busy while something is measured."""
    check_device(device)
    site = Site.here(Path.cwd() / "suite.yaml", None)
    with measuring("bench doctor", site, device=device, wait=wait):
        facts = surroundings(site.cores)
        began = time.monotonic()
        with closing(Server(_setup(device, launch, site), allocator="retain", number=1)) as server:
            start = time.monotonic() - began
            facts |= weather.libraries(server, device=device, cores=site.cores[-1:])
            looks = list(_looks(server, device, site.cores))
    retains = {True: "yes", False: "no", None: "unknown"}[looks[0].weather.retains]
    found: dict[str, float | Unknown] = {"server_start": start, **_measured(looks)}
    measured = {name: found[name] for name in MEASURED if name in found}
    facts["allocator_retains"] = retains
    evidence = Evidence(facts=facts, measured=measured, cores=len(site.cores))
    return Diagnosis(machine=machine(device, None), facts=facts, measured=measured, findings=advise(evidence))


def _setup(device: str, launch: Launch, site: Site) -> Setup:
    return Setup(
        device=device,
        launch=launch,
        preload=(),
        own_cores=site.own_cores,
        allowed_cores=site.cores,
        environment=dict(os.environ),
    )


def _looks(server: Server, device: str, cores: Sequence[int]) -> Iterator[_Look]:
    """Children with one thread and with all, in turn."""
    deadline = time.monotonic() + SECONDS
    other = next(iter(siblings(cores[-1])), None)
    for turn in range(CHILDREN):
        if turn >= FEWEST and time.monotonic() > deadline:
            return
        for threads in sorted({1, len(cores)}):
            began, busy = time.monotonic(), _busy(other)
            seen = weather.weather(
                server, device=device, cores=cores[-threads:], sentinels=SENTINELS, prove_allocator=turn == 0
            )
            seconds, worked = time.monotonic() - began, _busy(other, since=busy)
            yield _Look(threads=threads, weather=seen, seconds=seconds, busy=worked)


def _busy(core: int | None, *, since: float | Unknown | None = 0.0) -> float | Unknown | None:
    """None without a core to look at."""
    if core is None or since is None:
        return None
    now = busy_seconds(core)
    return "unknown" if now == "unknown" or since == "unknown" else now - since


def _measured(looks: Sequence[_Look]) -> dict[str, float | Unknown]:
    most = max(look.threads for look in looks)
    alone = [look for look in looks if look.threads == 1]
    together = [look.weather for look in looks if look.threads == most] if most > 1 else []
    steps = [step for look in looks if (step := look.weather.clock_resolution) is not None]
    return {
        "child_start": median([look.weather.start for look in looks]),
        **({"clock_resolution": min(steps) / 1e9} if steps else {}),
        **_sentinels([look.weather for look in alone], ""),
        **(_sentinels(together, "_all") if together else {}),
        **_noise([look.weather for look in looks]),
        **_card([look.weather for look in looks]),
        **_sibling(alone),
    }


def _sentinels(children: Sequence[Weather], suffix: str) -> dict[str, float]:
    values = [value / 1e9 for child in children for value in child.sentinels]
    best = quantile(values, 0.1)
    return {
        f"sentinel{suffix}": best,
        f"sentinel_median{suffix}": median(values),
        f"sentinel_spread{suffix}": quantile(values, 0.9) / best - 1,
        f"disturbed{suffix}": disturbed(children),
    }


def disturbed(children: Sequence[Weather]) -> float:
    """The share of trials that would be disturbed. Two sentinels of a child, half of its time apart, stand for the two
    around a trial's samples, and are judged as those are: the worse against the best decile of the worse."""
    worse = [[max(pair) for pair in _pairs(child.sentinels)] for child in children]
    limit = SENTINEL_LIMIT * quantile([value for values in worse for value in values], 0.1)
    flags = [value > limit or _lost(child) for child, values in zip(children, worse, strict=True) for value in values]
    return sum(flags) / len(flags)


def _pairs(sentinels: Sequence[int]) -> list[tuple[int, int]]:
    half = len(sentinels) // 2
    return list(zip(sentinels[:half], sentinels[half:], strict=False))


def _lost(child: Weather) -> bool:
    steal, throttled = child.noise["steal"], child.noise["throttled"]
    reasons = child.noise.get("gpu_reasons", "unknown")
    return (
        (steal != "unknown" and steal > STEAL_LIMIT)
        or (throttled != "unknown" and throttled > 0)
        or (reasons != "unknown" and bool(throttles(reasons)))
    )


def _noise(children: Sequence[Weather]) -> dict[str, float | Unknown]:
    """Shares and counts a sentinel as means, the children being equally long; times throttled added up."""
    found: dict[str, float | Unknown] = {}
    for name in ("page_faults", "switches", "steal", "pressure", "throttled"):
        values = [float(value) for child in children if (value := child.noise[name]) != "unknown"]
        scale = {"throttled": 1.0, "switches": len(values) * SENTINELS}.get(name, len(values))
        found[name] = sum(values) / scale if values else "unknown"
    return found


def _card(children: Sequence[Weather]) -> dict[str, float | Unknown]:
    """Nothing without a card. The clocks as the lowest, all else as the most that any child met."""
    names = [name for name in MEASURED if name.startswith("gpu_") and any(name in child.noise for child in children)]
    found: dict[str, float | Unknown] = {}
    for name in names:
        values = [float(value) for child in children if (value := child.noise.get(name, "unknown")) != "unknown"]
        choose = min if "clock" in name else max
        found[name] = choose(values) if values else "unknown"
    reasons = [float(value) for child in children if (value := child.noise.get("gpu_reasons", "unknown")) != "unknown"]
    return {**found, **({"gpu_slowed": sum(map(bool, map(throttles, reasons))) / len(reasons)} if reasons else {})}


def _sibling(alone: Sequence[_Look]) -> dict[str, float | Unknown]:
    """Nothing where the core has no sibling. Only children with one thread count: with all it is meant to work."""
    values = [look.busy for look in alone]
    if None in values:
        return {}
    known = [value for value in values if isinstance(value, float)]
    return {"sibling_busy": sum(known) / sum(look.seconds for look in alone) if known else "unknown"}
