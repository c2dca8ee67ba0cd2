"""A request and a device → what a child sees when it times no case: libraries, the weather, or a fact.

Runs in the child, imports the standard library only: what torch says about itself arrives as text."""

import math
import re
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import PurePath
from typing import cast

from bench.measure import card, probes, sampler
from bench.measure.device import Device
from bench.measure.kernel import ROOT, UNKNOWN, text
from bench.measure.processes import Json
from bench.measure.workload import locate

LIBRARIES = {
    "mkl": r"Math Kernel Library Version (\S+)",
    "onednn": r"(?:MKL-DNN|oneDNN) v(\S+)",
    "openmp": r"OpenMP (\d+)",
    "blas": r"BLAS_INFO=(\w+)",
    "compiler": r"^ *- ((?:GCC|clang|MSVC) \S+)",
}
"""What torch's build report calls the libraries that it was built with."""

LOADED = {
    "openmp_library": r"lib(?:gomp|iomp5|omp)\b.*",
    "malloc_library": r"lib(?:jemalloc|tcmalloc|mimalloc).*",
}
"""Names of shared objects; what is not loaded is `none`: malloc is then the C library's own."""


def libraries(_: Json, device: Device) -> Json:
    """What the device's libraries say of themselves, and which are loaded; no operation is executed."""
    return {"libraries": {**device.libraries(), **loaded(text(ROOT, "proc/self/maps"))}}


def weather(request: Json, device: Device) -> Json:
    """Sentinels one after the other, as trials have them before and after their samples, and the probes around them."""
    began = time.monotonic()
    count = cast("int", request["sentinels"])
    device.prepare(threads=cast("int", request["threads"]), seed=0)
    device.sentinel()  # starts the team of threads and meets cold caches
    driver, before = device.card.read(), device.probes()
    sentinels = [device.sentinel() for _ in range(count)]
    noise = probes.noise(before, device.probes(), steps=count) | card.noise(driver, device.card.read())
    return {
        "start": began - cast("float", request["asked"]),
        "sentinels": sentinels,
        "noise": noise,
        "clock_resolution": sampler.resolution(device),
        "retains": device.retains() if request["prove_allocator"] else None,
    }


def peaks(request: Json, device: Device) -> Json:
    """What the device can do at most, with so many threads: a copy, and products in each of the precisions."""
    device.prepare(threads=cast("int", request["threads"]), seed=0)
    return {"metrics": device.peaks(cast("list[str]", request["precisions"]))}


def fact(request: Json, device: Device) -> Json:
    """What the function that the target names observes, on one thread and with seeds of its own.

    Raises TypeError or ValueError where that is not names with truth values, finite numbers, texts or lists of them."""
    device.prepare(threads=1, seed=0)
    seen: object = locate(str(request["target"]), cast("list[str]", request["paths"]))()
    if not isinstance(seen, Mapping):
        raise TypeError(f"a fact returns a mapping of names to what it observed, not {type(seen).__name__}")
    return {"observed": {str(name): _plain(value, str(name)) for name, value in seen.items()}}


def _plain(value: object, name: str) -> object:
    if isinstance(value, float) and not math.isfinite(value):
        raise ValueError(f"{name} is {value}")
    if isinstance(value, bool | int | float | str):
        return value
    if isinstance(value, Sequence):
        return [_plain(each, name) for each in value]
    raise TypeError(f"{name} is no truth value, number, text or list of them but {type(value).__name__}")


def build_report(report: str) -> dict[str, str]:
    """Versions out of torch's build report (`torch.__config__.show()`), which also names folders and flags."""
    found = {name: re.search(pattern, report, re.MULTILINE) for name, pattern in LIBRARIES.items()}
    return {name: match[1] if match else UNKNOWN for name, match in found.items()}


def loaded(maps: str) -> dict[str, str]:
    """File names, without their folders, of the loaded libraries that decide on threads and memory (proc(5): maps)."""
    names = sorted({PurePath(line.split()[-1]).name for line in maps.splitlines() if ".so" in line})
    return {
        kind: ",".join(name for name in names if re.fullmatch(pattern, name)) or "none"
        for kind, pattern in LOADED.items()
    }


LOOKS: dict[str, Callable[[Json, Device], Json]] = {
    "libraries": libraries,
    "weather": weather,
    "peaks": peaks,
    "fact": fact,
}
"""Requests that time no case, by their kind."""
