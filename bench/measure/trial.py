"""A request and a device → one record a case, sent as soon as it is known. Runs in the child; knows no torch.

A survey looks at everything that is not time, once and untimed; a timed trial carries only what costs nothing."""

import gc
import hashlib
import json
import time
from collections.abc import Callable, Mapping
from contextlib import closing
from functools import partial
from typing import cast

from bench.measure import card, energy, probes, sampler, timeline
from bench.measure.checks import Invalid, check_equal, check_finite, check_tree, own_metrics
from bench.measure.device import Device, Unavailable
from bench.measure.draft import Draft, TooLong, outcome
from bench.measure.look import LOOKS
from bench.measure.processes import Channel, Json, company
from bench.measure.profile import unwatched, watch
from bench.measure.surveyed import surveyed
from bench.measure.turns import Turns
from bench.measure.workload import Workload, build, declared, proven

UNHARMED = ("ok", "skipped", "unavailable")
"""After any other status a shared process may be unfit for the next case."""


def run(request: Json, channel: Channel, device: Device) -> None:
    """Every case of the request, one after the other, each with a record whatever it does; or a look at the machine."""
    gc.disable()
    with closing(Turns(cast("int | None", request["turns"]))) as turns:
        if (kind := str(request["kind"])) in LOOKS:
            _look(kind, request, Draft(channel, turns), device)
        else:
            turns.begin()
            _cases(request, channel, turns, device)


def _look(kind: str, request: Json, draft: Draft, device: Device) -> None:
    seen: Json = {}
    status, note = outcome(lambda: seen.update(LOOKS[kind](request, device)), draft)
    draft.channel.record({**seen, "status": status, "note": note})


def _cases(request: Json, channel: Channel, turns: Turns, device: Device) -> None:
    look = {"survey": survey, "timed": timed}[str(request["kind"])]
    cases = request["cases"]
    assert isinstance(cases, list)
    asked = cast("float", request["asked"])
    for number, case in enumerate(cases):
        if number:
            gc.collect()
            device.forget()
            asked = time.monotonic()
        draft = Draft(channel, turns, content={"started": round(time.time(), 3)})
        draft.phases["start"] = time.monotonic() - asked - turns.waited
        status, note = outcome(partial(look, case, request, device, draft), draft)
        draft.send(status, note)
        if status not in UNHARMED and not device.sound():
            return  # whoever asked starts another process for the rest


def _build(case: Mapping[str, object], request: Json, device: Device, draft: Draft) -> Workload:
    threads, seed = cast("int", case["threads"]), cast("int", request["seed"])
    if case["cache"] == "cold" and device.timeline() is None:
        raise Unavailable(f"cache=cold: nothing empties the caches of {request['device']} before every step")
    with draft.phase("prepare"):
        try:
            device.prepare(threads=threads, seed=seed)
        finally:
            draft.phases |= device.opened()
    with draft.phase("import"):
        builder = device.builder(case)
    with draft.phase("build"):
        offered = {"device": request["device"], "threads": threads, "seed": seed}
        workload = build(builder, cast("dict[str, object]", case["arguments"]), offered)
    draft.metrics |= declared(workload)
    settings = device.settings()
    if settings.get("threads", threads) != threads:
        raise Invalid(f"the builder changed the threads from {threads} to {settings['threads']}: make them a level")
    facts = {"case": case["id"], **draft.metrics, **settings}
    draft.content["settings"] = hashlib.sha256(json.dumps(facts, sort_keys=True).encode()).hexdigest()[:16]
    return workload


def timed(case: Mapping[str, object], request: Json, device: Device, draft: Draft) -> None:
    """Build, warm up, calibrate, sentinel, samples by the wall clock, samples by the device's clock, sentinel.

    A child that takes turns with another gives its own away before the first sample, when it is ready, and after each
    sample. It has no sentinel, which would cost it a tenth of its time: both meet the same weather, whatever it is."""
    policy, cold = cast("dict[str, float]", request["policy"]), case["cache"] == "cold"
    workload = _build(case, request, device, draft)
    with draft.phase("warm_up"):
        warmup = sampler.warm_up(workload.step, device, seconds=policy["warmup_seconds"])
    loops = cast("int | None", request["loops"]) or sampler.calibrate(warmup, seconds=policy["sample_seconds"])
    draft.content |= {"warmup": warmup, "loops": loops}
    if not draft.turns.together:
        with draft.phase("sentinel"):
            draft.noise["sentinel_before"] = calm_sentinel(device, request, draft)
    wall, result = _sampled(workload, device, draft, loops=loops, seconds=policy["trial_seconds"], cold=cold)
    if (own := device.timeline()) is not None:
        with draft.phase("device"):
            seconds = policy["trial_seconds"] * timeline.SHARE
            draft.noise |= _sampled_on_device(workload, own, device, draft, loops=loops, seconds=seconds, cold=cold)
    if not draft.turns.together:
        with draft.phase("sentinel_after"):
            draft.noise["sentinel_after"] = device.sentinel()
    if min(wall) <= 0:
        raise Invalid("a sample took no time: the clock stood still")
    check_finite(device, result)
    if request["energy"] and not cold:  # its steps follow each other at once: cold ones would be warm
        with draft.phase("energy"):
            draft.metrics |= energy.metered(workload.step, device, device.card, loops=loops, reset=reset_of(workload))
    check_tree(case, request, draft.metrics)
    close(workload)


def _sampled(
    workload: Workload, device: Device, draft: Draft, *, loops: int, seconds: float, cold: bool
) -> tuple[list[int], object]:
    """What the wall clock says, with the probes around it; the last result."""
    samples = sampler.Samples()
    draft.content |= {"samples": samples.wall, "cpu": samples.cpu}
    time_steps: Callable[..., object] = sampler.time_steps
    if cold:
        own = device.timeline()
        assert own is not None  # `_build` has refused the case otherwise
        time_steps = partial(sampler.time_apart, cool=own.cool)
    with draft.phase("samples"):
        draft.turns.give()
        driver, before = device.card.read(), device.probes()
        between = draft.turns.between(reset_of(workload))
        result = time_steps(workload.step, device, samples, loops=loops, seconds=seconds, reset=between)
        after = device.probes()
        draft.noise |= card.noise(driver, device.card.read())
        draft.turns.end()
    draft.noise |= probes.noise(before, after, steps=loops * len(samples.wall))
    if draft.turns.together:
        draft.noise |= {"turns": draft.turns.given, "company": company()}
    return samples.wall, result


def _sampled_on_device(
    workload: Workload, own: timeline.Timeline, clock: Device, draft: Draft, *, loops: int, seconds: float, cold: bool
) -> dict[str, float]:
    """What the device's own clock says, and what belongs to it."""
    times: list[int] = []
    draft.content["device"] = times
    reset = reset_of(workload)
    return timeline.sampled(workload.step, own, clock, times, loops=loops, cold=cold, seconds=seconds, reset=reset)


def calm_sentinel(device: Device, request: Json, draft: Draft) -> int:
    """The sentinel once the machine is calm, or once patience is over; what was waited is the sentinels' own time.

    A slow stretch lasts for seconds and a sentinel for hundredths: it costs less to look for its end than to time
    samples that will not count. The latency has no part in it."""
    calm, left = cast("float | None", request["calm"]), cast("float", request["patience"])
    value, waited = device.sentinel(), 0.0
    while calm is not None and value > calm and waited < left:
        waited += value / 1e9
        value = device.sentinel()
    draft.noise["waited"] = waited
    request["patience"] = left - waited
    return value


def survey(case: Mapping[str, object], request: Json, device: Device, draft: Draft) -> None:
    """Build and first step under a memory probe, a warm step under the clock, the reference, a step profiled."""
    policy = cast("dict[str, float]", request["policy"])
    device.memory.forget()
    workload = _build(case, request, device, draft)
    with draft.phase("first_call"):
        result = workload.step()
        device.finish()
    if (peak := device.memory.bytes()) is not None:
        draft.metrics["peak_memory"] = peak
    draft.metrics |= {"build": draft.phases["build"], "first_call": draft.phases["first_call"]}
    check_finite(device, result)
    with draft.phase("step"):
        start = device.now()
        workload.step()
        device.finish()
        step = (device.now() - start) / 1e9
    draft.metrics["expected_step"] = step
    limit = cast("float", request["step_limit"])
    if step > limit:
        raise TooLong(f"a step takes {step:.3g} s, over step_limit {limit:g} s")
    if request["calibrate"]:
        with draft.phase("warm_up"):
            warmup = sampler.warm_up(workload.step, device, seconds=policy["warmup_seconds"])
        draft.content["loops"] = sampler.calibrate(warmup, seconds=policy["sample_seconds"])
    draft.noise["company"] = company()
    with draft.phase("check"):
        check_equal(workload)
    _profiled(workload, request, device, draft)
    if metrics := getattr(workload, "metrics", None):
        draft.metrics |= own_metrics(metrics())
    with draft.phase("allocator"):
        retains = device.retains() if request["prove_allocator"] else None
        draft.noise |= {} if retains is None else {"allocator_retains": float(retains)}
    if request["prove_allocator"] and cast("int", case["threads"]) > 1:
        with draft.phase("sentinel"):  # what one thread makes of it: a run may have no trial that tells
            device.prepare(threads=1, seed=cast("int", request["seed"]))
            draft.noise["sentinel_single"] = device.sentinel()
    draft.noise["clock_resolution"] = sampler.resolution(device) or "unknown"
    check_tree(case, request, draft.metrics)
    close(workload)


def _profiled(workload: Workload, request: Json, device: Device, draft: Draft) -> None:
    """Files what profilers see of a step, and what is asked beside them. Where a trace is wanted, the time of a step
    comes first."""
    if request["trace"]:
        with draft.phase("unwatched"):
            alone = unwatched(workload, device, cast("dict[str, float]", request["policy"]))
    with draft.phase("profile"):
        seen = device.profile(workload.step)
    draft.content["operators"] = sorted(set(seen.events))
    _seen(workload, request, device, draft)
    draft.metrics["operations"] = sum(name.startswith("aten::") for name in seen.events)
    draft.metrics["allocated"] = seen.allocated
    if expects := getattr(workload, "expects", ()):
        draft.metrics["expected_backend"] = int(proven(expects, seen.events))
    if request["trace"]:
        with draft.phase("trace"):
            draft.metrics |= watch(workload, device, step=alone, events=len(seen.events), file=str(request["trace"]))


def _seen(workload: Workload, request: Json, device: Device, draft: Draft) -> None:
    """Files what the device has seen of a step beside its operators."""
    with draft.phase("eyes"):
        seen = surveyed(workload.step, device, roofline=bool(request["roofline"]))
    draft.content |= seen.content
    draft.metrics |= seen.metrics
    draft.noise |= seen.noise


def reset_of(workload: Workload) -> Callable[[], None] | None:
    """What the workload wants done between samples."""
    return cast("Callable[[], None] | None", getattr(workload, "reset", None))


def close(workload: Workload) -> None:
    """Lets the workload put away what it holds outside the process."""
    if (closing := getattr(workload, "close", None)) is not None:
        closing()
