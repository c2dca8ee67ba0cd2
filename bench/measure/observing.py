"""Torch's own instruments → what a device can be seen to do beside taking time (`bench.measure.eyes.Eyes`)."""

import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import cache, cached_property

import torch
import torch.profiler
from torch.nn.functional import conv2d
from torch.profiler import ProfilerActivity

from bench.measure.card import Card, NoCard, card_of
from bench.measure.eyes import Traffic
from bench.measure.kernels import Launched
from bench.measure.memory import Peak
from bench.measure.probes import Reading, snapshot
from bench.measure.sampler import Step
from bench.measure.traffic import traffic
from bench.records.roofline import COPY

DTYPES = {
    "float64": torch.float64,
    "float32": torch.float32,
    "tf32": torch.float32,
    "bfloat16": torch.bfloat16,
    "float16": torch.float16,
}
"""The precisions that a peak is measured in."""

REPEATS, SECONDS = 5, 0.25
"""A peak is the best of so many repetitions, and of as many as fit into the seconds: what interrupts one slows it."""

CUDA = "CUDA"
"""What the profiler calls a device that is one of NVIDIA's."""


class HostEyes:
    """What can be seen of a processor's work."""

    place = "cpu"
    side = 1024
    """Of the square matrices whose product shows the rate: 2 × 10⁹ operations, 30 ms on a core."""
    block = 256 << 20
    """Bytes of the block whose copy shows the bandwidth: far more than a cache holds."""

    @property
    def card(self) -> Card:
        """A processor has none."""
        return NoCard()

    @cached_property
    def memory(self) -> Peak:
        """The kernel's count."""
        return Peak()

    def finish(self) -> None:
        """Nothing is asynchronous here."""

    def probes(self) -> dict[str, Reading]:
        """All of them."""
        return snapshot()

    def traffic(self, step: Step) -> Traffic:
        """See `bench.measure.traffic`."""
        return traffic(step)

    def kernels(self, step: Step) -> list[Launched] | None:
        """None: the profiler sees operators here and nothing below them."""
        return None

    def rounding(self) -> dict[str, float]:
        """Nothing to prove: how a processor rounds shows in the equality with the reference."""
        return {}

    def peaks(self, precisions: Sequence[str]) -> dict[str, float]:
        """The bandwidth counts every byte that is read and every byte that is written; a product of matrices of that
        side is 2 × side³ operations. The numbers are random: zeros can be faster than real ones. Of a precision that
        is none of DTYPES (numbers of 8 bits have no plain product) there is no peak."""
        return {COPY: self._copied(), **{name: self._multiplied(name) for name in precisions if name in DTYPES}}

    def _copied(self) -> float:
        source = torch.randn(self.block // 4, device=self.place)
        target = torch.empty_like(source)
        return 2 * self.block / self._quickest(lambda: target.copy_(source))

    def _multiplied(self, precision: str) -> float:
        torch.set_float32_matmul_precision("high" if precision == "tf32" else "highest")
        left, right = (torch.randn(self.side, self.side, device=self.place).to(DTYPES[precision]) for _ in range(2))
        return 2 * self.side**3 / self._quickest(lambda: torch.mm(left, right))

    def _quickest(self, work: Callable[[], object]) -> float:
        """Seconds; the first two, which meet cold memory and choose a kernel, do not count."""
        taken: list[float] = []
        while len(taken) < REPEATS + 2 or sum(taken) < SECONDS:
            began = time.perf_counter()
            work()
            self.finish()
            taken.append(time.perf_counter() - began)
        return min(taken[2:])


class CardMemory(Peak):
    """The peak of torch's allocator on the device, beside what it held before."""

    def forget(self) -> None:
        """Before the first context there is nothing to forget."""
        self.before = 0
        if torch.cuda.is_initialized():  # type: ignore[no-untyped-call]
            torch.cuda.reset_peak_memory_stats()
            self.before = torch.cuda.memory_allocated()

    def bytes(self) -> int | None:
        """What the driver takes for contexts and code is not in it."""
        return max(0, torch.cuda.max_memory_allocated() - (self.before or 0))


class CardEyes(HostEyes):
    """What can be seen of a GPU's work. Sizes are such that they fill the largest card and fit into a small one."""

    place = "cuda"
    side = 8192
    block = 1 << 30

    @property
    def card(self) -> Card:
        """None before there is a context: whoever asks then must not make one."""
        return self._card if torch.cuda.is_initialized() else NoCard()  # type: ignore[no-untyped-call]

    @cached_property
    def _card(self) -> Card:
        return card_of(str(torch.cuda.get_device_properties(torch.cuda.current_device()).uuid), own=1)

    @cached_property
    def memory(self) -> Peak:
        """The allocator's count."""
        return CardMemory()

    def traffic(self, step: Step) -> Traffic:
        """The precision is TF32 where any of the step's own products may be rounded to it."""
        found = traffic(step)
        rounds = found.dtype == "float32" and any(
            torch._C._get_fp32_precision_getter("cuda", part) == "tf32" for part in found.products
        )
        return replace(found, dtype="tf32") if rounds else found

    def kernels(self, step: Step) -> list[Launched] | None:
        """Ranges that somebody has marked are shown on the device too, and are no work."""
        with torch.profiler.profile(activities=[ProfilerActivity.CPU, ProfilerActivity.CUDA]) as profiler:
            step()
            torch.cuda.synchronize()
        return [
            Launched(name=event.name, start=event.time_range.start, end=event.time_range.end)
            for event in profiler.events() or ()
            if event.device_type.name == CUDA and not event.is_user_annotation
        ]

    def rounding(self) -> dict[str, float]:
        """About 1e-7 where products are as they are, 1e-4 where they are rounded to TF32."""
        return {name: error_of(work, self.place) for name, work in ROUNDED.items()}


def product(kind: torch.dtype, place: str) -> torch.Tensor:
    """Of two matrices."""
    left, right = (torch.randn(512, 512, dtype=torch.float64, device="cpu") for _ in range(2))
    return left.to(place, kind) @ right.to(place, kind)


def convolution(kind: torch.dtype, place: str) -> torch.Tensor:
    """Of a batch of feature maps, every second pixel: Winograd's algorithm, whose error is larger than that of sums of
    products, is for all of them."""
    images = torch.randn(8, 64, 28, 28, dtype=torch.float64, device="cpu")
    kernels = torch.randn(64, 64, 3, 3, dtype=torch.float64, device="cpu")
    return conv2d(images.to(place, kind), kernels.to(place, kind), padding=1, stride=2)


def recurrence(kind: torch.dtype, place: str) -> torch.Tensor:
    """So wide that cuDNN takes the algorithm whose products can be rounded."""
    layer = torch.nn.LSTM(512, 512, dtype=torch.float64, device="cpu")
    inputs = torch.randn(8, 32, 512, dtype=torch.float64, device="cpu")
    found: tuple[torch.Tensor, object] = layer.to(place, kind)(inputs.to(place, kind))
    return found[0]


ROUNDED: dict[str, Callable[[torch.dtype, str], torch.Tensor]] = {
    "matmul": product,
    "conv": convolution,
    "rnn": recurrence,
}
"""What proves each of the switches, in the words of torch's own."""


def error_of(work: Callable[[torch.dtype, str], torch.Tensor], place: str) -> float:
    """Of float32 there against double precision on the processor, from the same random numbers, drawn there, whatever
    device a case has made the default; nobody else's numbers change by it."""
    with torch.random.fork_rng(devices=[]), torch.inference_mode():
        right = exact(work)
        torch.default_generator.manual_seed(0)
        found = work(torch.float32, place).to("cpu", torch.float64)
        return float((found - right).abs().max() / right.abs().max())


@cache
def exact(work: Callable[[torch.dtype, str], torch.Tensor]) -> torch.Tensor:
    """In double precision, once a process: it takes a core tenths of a second, and no switch changes it."""
    torch.default_generator.manual_seed(0)
    return work(torch.float64, "cpu")
