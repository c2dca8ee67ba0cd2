"""The child on a GPU: torch's streams, events and allocator behind the `Device` and the `Timeline` protocol.

Only here is CUDA initialised, in the child and never in its server: a process that was forked after that cannot use the
GPU any more. What is made once a process, the context and the libraries' handles, is made before any case is built, and
its cost recorded."""

import os
import time
from pathlib import Path

import torch
from torch.profiler import ProfilerActivity

from bench.measure import trial
from bench.measure.card import card_named
from bench.measure.device import Unavailable
from bench.measure.observing import CardEyes
from bench.measure.processes import Channel, Json
from bench.measure.switches import matmul_precision, onednn_precision, products_precision, set_onednn_precision
from bench.measure.worker import HostDevice

SENTINEL_SIDE, SENTINEL_PRODUCTS = 2048, 20
"""Products of two matrices of float32, 17 GFLOP each: about 7 ms together at the 50 TFLOP/s of an H100 without TF32."""

PACE_CYCLES = 1_000_000
"""So long the device is held once, to see how many of its cycles a nanosecond is: half a millisecond."""

COOLING_SIZE = 2
"""How many times the size of its second-level cache a GPU writes to empty it: Triton's `do_bench` writes 256 MB, five
times an H100's, nvbench its size once."""

DRIVER = Path("/dev/nvidiactl")


def main(request: Json, channel: Channel) -> None:
    """What the server calls in a fresh child."""
    trial.run(request, channel, CudaDevice(request))


class CudaDevice(CardEyes, HostDevice):
    """A GPU. The wall clock and `finish` answer the two questions of a sample; events are marks on the current stream.

    Everything that a case may change of the process is set back in `prepare`, as on the host, and of the GPU the
    current device and stream and the allocator's record of the most memory in use; what the allocator keeps is given
    back between cases."""

    activities = (ProfilerActivity.CPU, ProfilerActivity.CUDA)

    def __init__(self, request: Json) -> None:
        super().__init__(request)
        self.name = str(request["device"])
        self.index = int(self.name.partition(":")[2] or 0)
        self._ready = False
        self._cost: dict[str, float] = {}
        self._events: list[torch.cuda.Event] = []
        self._marks = 0
        self._pace: float | None = None
        self._cooler: torch.Tensor | None = None
        self._factors: tuple[torch.Tensor, torch.Tensor] | None = None

    def prepare(self, *, threads: int, seed: int) -> None:
        """The host's, and the GPU as a fresh process has it, with a context and its libraries loaded.

        Raises Unavailable where there is no such GPU, RuntimeError in a fork of a process that has used one."""
        if not self._ready:
            if missing := self.missing():
                raise Unavailable(f"{self.name}: {missing}")
            self._open()
        torch.cuda.set_device(self.index)
        torch.cuda.set_stream(torch.cuda.default_stream())
        super().prepare(threads=threads, seed=seed)
        self.memory.forget()  # cuBLAS keeps a workspace of up to 32 MiB, which would be the first case's
        self.finish()

    def forget(self) -> None:
        """The host's, and what the GPU's allocator keeps."""
        super().forget()
        torch.cuda.empty_cache()

    def missing(self) -> str:
        """What this machine lacks to have that GPU; nothing where it lacks nothing. It is asked without a context.

        In a bad fork torch counts no GPU: that is the server's fault, and not the machine's."""
        if torch.cuda._is_in_bad_fork():
            raise RuntimeError("the server has used CUDA before this process was forked from it: use --launch spawn")
        version = f"torch {torch.__version__}"
        if torch.version.cuda is None:
            return f"{version} finds no CUDA device: it is built without CUDA"
        available = torch.cuda.is_available()
        count = torch.cuda.device_count() if available else 0
        if count == 0:
            driver = "its NVIDIA driver shows none" if DRIVER.exists() else "it has no NVIDIA driver"
            return f"{version} finds no CUDA device on this machine: {driver}"
        if self.index >= count:
            return f"{version} finds {count} CUDA device(s), the last is cuda:{count - 1}"
        return ""

    def _open(self) -> None:
        """Makes the context, then what the first product and the first convolution of a process make: the handles of
        cuBLAS and cuDNN with their code. What single kernels load at their first call belongs to a case's warm-up.

        The driver's library is loaded and asked here too: first between a trial's sentinel and its samples, it would
        leave the card idle there for as long as that takes."""
        began = time.monotonic()
        torch.cuda.set_device(self.index)
        torch.zeros(1, device=self.name)
        self.finish()
        self._cost["context"] = time.monotonic() - began
        began = time.monotonic()
        with torch.no_grad():
            square = torch.zeros(64, 64, device=self.name)
            torch.mm(square, square)
            if torch.backends.cudnn.is_available():  # type: ignore[no-untyped-call]
                torch.conv2d(square.view(1, 1, 64, 64), torch.zeros(1, 1, 3, 3, device=self.name))
        self.card.read()
        self.finish()
        self._cost["libraries"] = time.monotonic() - began
        self._ready = True

    def opened(self) -> dict[str, float]:
        """`context` and `libraries`, after the first case of the process."""
        cost, self._cost = self._cost, {}
        return cost

    def sound(self) -> bool:
        """An access out of bounds spoils the context: every call fails from then on, whatever it does."""
        try:
            self.finish()
        except RuntimeError:
            return False
        return True

    def finish(self) -> None:
        """Waits for everything that was launched."""
        torch.cuda.synchronize()

    def timeline(self) -> "CudaDevice":
        """Events on the current stream."""
        return self

    def hold(self, nanoseconds: int) -> None:
        """A kernel that counts cycles; it ends by itself, so that a step which waits for the device waits for it."""
        self._marks = 0
        _sleep(round(nanoseconds * self._cycles_per_nanosecond()))

    def _cycles_per_nanosecond(self) -> float:
        if self._pace is None:
            _sleep(PACE_CYCLES)  # its own code is loaded, and the clock leaves its rest
            start, end = _event(), _event()
            start.record()
            _sleep(PACE_CYCLES)
            end.record()
            self.finish()
            self._pace = PACE_CYCLES / _nanoseconds(start, end)
        return self._pace

    def cool(self) -> None:
        """Writes more than the second-level cache holds."""
        if self._cooler is None:
            size = COOLING_SIZE * torch.cuda.get_device_properties(self.index).L2_cache_size
            self._cooler = torch.empty(size, dtype=torch.int8, device=self.name)
        self._cooler.zero_()

    def mark(self) -> int:
        """An event on the current stream; events are made once and used again."""
        if self._marks == len(self._events):
            self._events.append(_event())
        self._events[self._marks].record()
        self._marks += 1
        return self._marks - 1

    def passed(self, mark: int) -> bool:
        """Asked of the event, which waits for nothing."""
        return bool(self._events[mark].query())  # type: ignore[no-untyped-call]

    def between(self, start: int, end: int) -> int:
        """Events tell about half a microsecond apart (CUDA's documentation of cudaEventElapsedTime)."""
        return round(_nanoseconds(self._events[start], self._events[end]))

    def sentinel(self) -> int:
        """Nanoseconds of a fixed computation by events, products without TF32 whatever the case has chosen."""
        left, right = self._sentinel_factors()
        start, end = _event(), _event()
        precision, products, onednn = matmul_precision(), products_precision(), onednn_precision()
        torch.set_float32_matmul_precision("highest")
        with torch.no_grad():
            torch.mm(left, right)  # loads its kernel, at the first call
            start.record()
            for _ in range(SENTINEL_PRODUCTS):
                torch.mm(left, right)
            end.record()
        torch.set_float32_matmul_precision(precision)
        torch._C._set_fp32_precision_setter("cuda", "matmul", products)
        set_onednn_precision(onednn)  # the common precision has set oneDNN's too
        self.finish()
        return round(_nanoseconds(start, end))

    def _sentinel_factors(self) -> tuple[torch.Tensor, torch.Tensor]:
        """Random numbers, since products of zeros need less power and run faster; drawn from a generator of its own,
        made once and kept, so that no case meets other numbers or other memory for them."""
        if self._factors is None:
            drawn = torch.Generator(device=self.name).manual_seed(0)
            shape = (SENTINEL_SIDE, SENTINEL_SIDE)
            left, right = (torch.rand(shape, generator=drawn, device=self.name, dtype=torch.float32) for _ in range(2))
            self._factors = left, right
        return self._factors

    def retains(self) -> bool | None:
        """The question is about the C library; the GPU has an allocator of its own."""
        return None

    def libraries(self) -> dict[str, str]:
        """The host's, the version of CUDA, and the card with its driver and settings, where there is one."""
        found = {**super().libraries(), "cuda": torch.version.cuda or "none"}
        return {**found, **card_named(self.name, os.environ).facts()}


def _sleep(cycles: int) -> None:
    """A kernel on the current stream that counts so many of the GPU's cycles."""
    torch.cuda._sleep(cycles)  # type: ignore[no-untyped-call]


def _event() -> torch.cuda.Event:
    return torch.cuda.Event(enable_timing=True)  # type: ignore[no-untyped-call]


def _nanoseconds(start: torch.cuda.Event, end: torch.cuda.Event) -> float:
    """Between two events that the device has passed."""
    return float(start.elapsed_time(end)) * 1e6
