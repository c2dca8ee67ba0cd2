"""The child on a processor: torch's threads, seeds, profiler and sentinel behind the `Device` protocol."""

import ctypes
import gc
import math
import os
import random
import sys
import time
from collections.abc import Mapping
from contextlib import suppress
from itertools import repeat
from typing import cast

import numpy
import numpy.random
import torch
import torch._dynamo
import torch.profiler
from torch.profiler import ProfilerActivity, record_function

from bench.measure import probes, trial
from bench.measure.device import Seen
from bench.measure.look import build_report
from bench.measure.observing import HostEyes
from bench.measure.processes import Channel, Json
from bench.measure.sampler import Step
from bench.measure.switches import SWITCHES
from bench.measure.timeline import Timeline
from bench.measure.workload import Builder, locate
from bench.records.profile import STEP

SENTINEL_CALLS = 1500
SENTINEL_NUMBERS = 65_536
"""About 10 ms of work that fits into the second-level cache; never calibrated, so that its time alone tells."""

MEMORY = "[memory]"
"""What the profiler calls an allocation, with a positive number of bytes, or a release, with a negative one."""

PROOF_NUMBERS = 25_000_000
"""A block of 100 MB. Whether it is kept is seen in the resident memory after it is freed: whether a second block finds
it free, without page faults, is chance, because small objects are cut from the first in between (3 of 5 processes)."""

_libc = ctypes.CDLL(None)


def main(request: Json, channel: Channel) -> None:
    """What the server calls in a fresh child."""
    trial.run(request, channel, HostDevice(request))


class HostDevice(HostEyes):
    """The processor: a step is finished when it returns."""

    activities: tuple[ProfilerActivity, ...] = (ProfilerActivity.CPU,)

    def __init__(self, request: Json) -> None:
        self.request = request
        self.now = time.perf_counter_ns
        self.cpu = time.process_time_ns
        self._fresh = {name: read() for name, (read, _) in SWITCHES.items()}
        self._precision = torch._C._get_fp32_precision_getter("generic", "all")
        self._place, self._environment = os.getcwd(), dict(os.environ)
        self._path, self._cores = list(sys.path), os.sched_getaffinity(0)

    def finish(self) -> None:
        """Nothing is asynchronous here."""

    def prepare(self, *, threads: int, seed: int) -> None:
        """One team of that many threads, seeded generators, and everything global as a fresh process has it: where
        cases share a process, none meets what another left behind."""
        # What every part without a word of its own follows (`torch.backends.fp32_precision`): in no setting, since
        # theirs tell what comes of it.
        torch._C._set_fp32_precision_setter("generic", "all", self._precision)
        for name, (_, restore) in SWITCHES.items():
            restore(self._fresh[name])
        os.chdir(self._place)
        os.environ.clear()
        os.environ.update(self._environment)
        sys.path[:] = self._path
        gc.disable()
        keep_to(self._cores)
        torch.set_num_threads(threads)
        if torch.get_num_threads() != threads:
            raise RuntimeError(f"asked for {threads} threads, torch has {torch.get_num_threads()}")
        torch.manual_seed(seed)
        random.seed(seed)
        numpy.random.seed(seed % 2**32)

    def builder(self, case: Mapping[str, object]) -> Builder:
        """The function that the case's target names."""
        return locate(str(case["target"]), cast("list[str]", self.request["paths"]))

    def timeline(self) -> Timeline | None:
        """None: the processor's work is done when a step returns."""
        return None

    def opened(self) -> dict[str, float]:
        """Nothing is made once a process."""
        return {}

    def forget(self) -> None:
        """Lets go of what earlier cases have compiled, whose number dynamo limits, and has the C library give back the
        memory that they have freed, where it is one that can."""
        torch._dynamo.reset()
        if (trim := getattr(_libc, "malloc_trim", None)) is not None:
            trim(0)

    def sound(self) -> bool:
        """What would spoil a process for all cases ends it."""
        return True

    def sentinel(self) -> int:
        """Nanoseconds of a fixed computation that every trial does before and after its samples."""
        x = torch.zeros(SENTINEL_NUMBERS)
        start = self.now()
        for _ in range(SENTINEL_CALLS):
            x.add_(1)
        return self.now() - start

    def finite(self, result: object) -> bool:
        """Whether every number of a tensor, an array, a float, or a collection of them is finite."""
        if isinstance(result, torch.Tensor):
            return bool(torch.isfinite(result).all())
        if isinstance(result, numpy.ndarray | numpy.generic):
            return bool(numpy.isfinite(result).all()) if result.dtype.kind in "fc" else True
        if isinstance(result, float):
            return math.isfinite(result)
        if isinstance(result, Mapping):
            return all(self.finite(part) for part in result.values())
        if isinstance(result, list | tuple):
            return all(self.finite(part) for part in result)
        return True

    def profile(self, step: Step) -> Seen:
        """Every operator of one warm step, nested ones included, and every block that torch's allocators gave it.

        What an operator has allocated, as torch sums it up, is net of what it freed, hence no sum of blocks."""
        with torch.profiler.profile(activities=[ProfilerActivity.CPU], profile_memory=True) as profiler:
            step()
            self.finish()
        names = [event.name for event in profiler.events() or ()]
        results = profiler.profiler and profiler.profiler.kineto_results
        blocks = [event.nbytes() for event in (results.events() if results else ()) if event.name() == MEMORY]
        return Seen(
            events=[name for name in names if name != MEMORY and not name.startswith("ProfilerStep")],
            allocated=sum(size for size in blocks if size > 0),
        )

    def trace(self, step: Step, *, steps: int, file: str) -> int:
        """What torch's profiler sees of them, on the processor and, on a GPU, there."""
        with torch.profiler.profile(activities=self.activities) as profiler:
            start = self.now()
            for _ in repeat(None, steps):
                with record_function(STEP):
                    step()
            self.finish()
            took = self.now() - start
        profiler.export_chrome_trace(file)
        return took

    def retains(self) -> bool | None:
        """Fills a block of 100 MB, frees it, and looks whether the process still has it."""
        block = torch.ones(PROOF_NUMBERS)
        full = probes.memory("VmRSS")
        size = block.element_size() * block.numel()
        del block
        return full - probes.memory("VmRSS") < size // 2

    def settings(self) -> dict[str, object]:
        """What the switches say now."""
        switches = {name: str(read()) for name, (read, _) in SWITCHES.items()}
        return {"threads": torch.get_num_threads(), "gc": gc.isenabled(), **switches}

    def libraries(self) -> dict[str, str]:
        """Versions out of torch's build report, and torch's switches as a fresh process has them."""
        flags = {name: str(value) for name, value in self._fresh.items()}
        flags["cuda_matmul_tf32"] = str(torch.backends.cuda.matmul.allow_tf32)
        flags["cudnn_tf32"] = str(torch.backends.cudnn.allow_tf32)
        return {
            **build_report(torch.__config__.show()),
            "cpu_capability": torch.backends.cpu.get_cpu_capability(),
            "cudnn": str(torch.backends.cudnn.version() or "none"),  # type: ignore[no-untyped-call]
            **{f"flag.{name}": value for name, value in flags.items()},
        }


def keep_to(cores: set[int]) -> None:
    """Every thread of this process back to those cores: one has the cores that whoever started it had then."""
    for thread in map(int, os.listdir("/proc/self/task")):
        with suppress(ProcessLookupError):  # it ended while we looked
            os.sched_setaffinity(thread, cores)
