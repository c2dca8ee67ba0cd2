"""The child on the fake CUDA device: a processor that launches and a device that works, both made up. No torch.

Besides `takes`, which is what a step needs of the device, the level `launch` scripts it where a suite has it: the
seconds that the processor needs to launch a step (else a tenth of that), and `launches` into how many parts, each
launched by itself, the step falls (else one); `loading` is how many seconds the processor needs besides for the first
step of its process. With `fault: spoilt` a case fails and leaves a context in which all others fail too; with
`fault: shared` it fails wherever it is not the first of its process."""

from collections import deque
from collections.abc import Callable, Mapping
from dataclasses import replace
from itertools import repeat
from typing import cast

from bench.measure import trial
from bench.measure.device import Seen
from bench.measure.fake import FakeDevice, FakeWorkload
from bench.measure.processes import Channel, Json
from bench.measure.sampler import Step
from bench.measure.workload import Builder, Workload

MARK, WAKING = 1_000, 5_000
"""Nanoseconds of the device's that a mark takes, and of the processor's between the end of the work and its notice."""
COOLING, CALL = 40_000, 2_000
"""Nanoseconds that the device empties its cache for; what the processor takes to ask for anything."""
QUEUE = 1024
"""So many launches wait for the device; then the processor waits for it."""
COLD = 1.5
"""How many times longer a step's work takes with cold caches."""
OPENING = {"context": 0.25, "libraries": 0.5}
"""Seconds that it would have taken to make the device ready."""


def main(request: Json, channel: Channel) -> None:
    """What the server calls in a fresh child."""
    trial.run(request, channel, FakeCudaDevice(request))


class FakeCudaWorkload(FakeWorkload):
    """A step is launched by the processor, and done by the device when its turn comes."""

    def __init__(
        self,
        device: "FakeCudaDevice",
        work: float,
        launch: float,
        fault: str,
        *,
        launches: int = 1,
        loading: float = 0.0,
    ) -> None:
        super().__init__(device, work, fault)
        self.cuda, self.launch, self.launches, self.loading = device, launch, launches, loading

    def step(self) -> float:
        """Returns when it is launched."""
        if not self.cuda.loaded:
            self.cuda.time += round(self.loading * 1e9)
            self.cuda.loaded = True
        began = self.cuda.time
        result = super().step()
        work = self.cuda.time - began
        self.cuda.time = began
        for _ in repeat(None, self.launches):
            self.cuda.time += round(self.launch * 1e9 / self.launches)
            self.cuda.work(round(work * (COLD if self.cuda.is_cold else 1.0) / self.launches))
        self.cuda.is_cold = False
        return result


class FakeCudaDevice(FakeDevice):
    """`time` is the processor's, `free` the moment at which the device has done what was launched until now."""

    def __init__(self, request: Json) -> None:
        super().__init__(request)
        self.free, self.is_cold, self.met = 0, False, 0
        self.queue: deque[int] = deque()
        self.marks: list[int] = []
        self.waits: list[int] = []
        self._cost = dict(OPENING)
        self._spoilt = self.loaded = False

    def work(self, nanoseconds: int) -> None:
        """The device does that after what it has to do already; what the queue has no room for waits to be launched."""
        while self.queue and self.queue[0] <= self.time:
            self.queue.popleft()
        if len(self.queue) >= QUEUE:
            self.time = self.queue.popleft()
        self.free = max(self.free, self.time) + nanoseconds
        self.queue.append(self.free)

    def prepare(self, *, threads: int, seed: int) -> None:
        """The fake device's; a context that a case has spoilt is not mended."""
        super().prepare(threads=threads, seed=seed)
        self.met += 1
        if self._spoilt:
            raise RuntimeError("made to fail: the context is spoilt")

    def opened(self) -> dict[str, float]:
        """Made-up costs of the first case."""
        cost, self._cost = self._cost, {}
        return cost

    def builder(self, case: Mapping[str, object]) -> Builder:
        """The fake device's, with the faults that only a shared process has."""
        built = super().builder(case)
        levels = cast("dict[str, object]", case["levels"])
        faults: dict[str, Callable[[], None]] = {"spoilt": self._spoil, "shared": self._fail_beside_others}
        fault = str(levels.get("fault", "none"))
        if fault in faults:
            self.fault = "none"

        def workload(**given: object) -> Workload:
            if fault in faults:
                faults[fault]()
                return FakeCudaWorkload(self, 0.001, 0.0001, "none")
            made = cast("FakeWorkload", built(**given))
            launch = float(cast("float", levels.get("launch", made.seconds / 10)))
            launches = cast("int", levels.get("launches", 1))
            loading = float(cast("float", levels.get("loading", 0.0)))
            return FakeCudaWorkload(self, made.seconds, launch, self.fault, launches=launches, loading=loading)

        return workload

    def _spoil(self) -> None:
        self._spoilt = True
        raise RuntimeError("made to fail: an illegal access")

    def _fail_beside_others(self) -> None:
        if self.met > 1:
            raise RuntimeError("made to fail: not alone")

    def sound(self) -> bool:
        """Whether no case has spoilt the context."""
        return not self._spoilt

    def timeline(self) -> "FakeCudaDevice":
        """The made-up device keeps its own time."""
        return self

    def hold(self, nanoseconds: int) -> None:
        """The device is busy with nothing."""
        self.time += CALL
        self.work(nanoseconds)
        self.marks = []

    def cool(self) -> None:
        """The next step's work meets cold caches."""
        self.time += CALL
        self.work(COOLING)
        self.is_cold = True

    def mark(self) -> int:
        """The moment at which the device comes to it."""
        self.time += CALL
        self.work(MARK)
        self.marks.append(self.free)
        return len(self.marks) - 1

    def passed(self, mark: int) -> bool:
        """Whether the device has come to it by the processor's time."""
        return self.marks[mark] <= self.time

    def between(self, start: int, end: int) -> int:
        """The marks' own time is in it, as on a real device."""
        assert self.free <= self.time, "the marks are read before the device has finished"
        return self.marks[end] - self.marks[start]

    def finish(self) -> None:
        """The processor waits."""
        self.waits.append(self.time)
        self.time = max(self.time, self.free) + WAKING

    def profile(self, step: Step) -> Seen:
        """One operator and its launch."""
        seen = super().profile(step)
        return replace(seen, events=[*seen.events, "cudaLaunchKernel"])
