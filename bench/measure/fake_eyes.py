"""A fake device → what it pretends to see: memory, traffic, kernels, peaks, and a card with which a `fault` is."""

from collections.abc import Callable, Sequence
from functools import cached_property

from bench.measure.card import Card, NoCard, Readings
from bench.measure.eyes import Traffic
from bench.measure.fake_trace import KERNELS
from bench.measure.kernels import Launched
from bench.measure.memory import Peak
from bench.measure.probes import Reading, snapshot
from bench.measure.sampler import Step
from bench.records.card import COUNTED
from bench.records.roofline import COPY

FULL = 1980.0
POWER = 300.0
TICK = 0.02
"""Seconds between two values of the energy counter."""

CARDS: dict[str, dict[str, float]] = {
    "card": {},
    "hot": {"reasons": 0x40, "temperature": 91.0, "clock": 1500.0},
    "slow_card": {"clock": 900.0},
    "shared_card": {"others": 2.0},
    "capped_card": {"slowed_power_cap": 0.25},
}
"""What its driver says otherwise than of a card that is well, by the level of `fault`; of what it counts, the share of
the time in which it does."""


class FakeCard:
    """One that takes the same power all the time and is well, but for what is said otherwise."""

    def __init__(self, now: Callable[[], int], wrong: dict[str, float]) -> None:
        self.now, self.wrong = now, wrong

    def read(self) -> Readings:
        """A card at work."""
        well: Readings = {
            "clock": FULL,
            "memory_clock": 2619.0,
            "reasons": 0.0,
            "temperature": 45.0,
            "power": POWER,
            "memory": float(2 << 30),
            "others": 0.0,
        }
        return {**well, **self.wrong, **{name: self.wrong.get(name, 0.0) * self.now() for name in COUNTED}}

    def energy(self) -> Reading:
        """What it has taken since its clock began, as of the last tick."""
        return POWER * TICK * (self.now() // round(TICK * 1e9))

    def power(self) -> Reading:
        """Always the same."""
        return POWER

    def facts(self) -> dict[str, str]:
        """Its model."""
        return {"gpu": "Made-up card", "gpu_driver": "1.0"}


class FakeEyes:
    """Of a step that computes 2,000 operations (`fake.FakeWorkload`)."""

    fault: str
    request: dict[str, object]

    def now(self) -> int:
        """Made-up nanoseconds."""
        raise NotImplementedError

    def finish(self) -> None:
        """Waits for what was launched."""
        raise NotImplementedError

    @property
    def card(self) -> Card:
        """Only where a fault is one of a card's."""
        return FakeCard(self.now, CARDS[self.fault]) if self.fault in CARDS else NoCard()

    def probes(self) -> dict[str, Reading]:
        """Nobody takes away any of a made-up time, whatever the processor that makes it up has to give to others."""
        return {**snapshot(), "steal": 0.0, "throttled": 0.0}

    @cached_property
    def memory(self) -> Peak:
        """That of the child, which is real."""
        return Peak()

    def traffic(self, step: Step) -> Traffic:
        """Two operations a byte."""
        step()
        return Traffic(bytes=1000, dtype="float32")

    def kernels(self, step: Step) -> list[Launched] | None:
        """Those of the fake trace, where the fault asks for some."""
        if self.fault != "kernels":
            return None
        began = self.now()
        step()
        self.finish()
        length = (self.now() - began) / 1e3
        return [Launched(name=name, start=start * length, end=end * length) for name, (start, end) in KERNELS.items()]

    def rounding(self) -> dict[str, float]:
        """Nothing rounds here."""
        return {}

    def peaks(self, precisions: Sequence[str]) -> dict[str, float]:
        """Twenty operations in the time of a byte."""
        return {COPY: 1e6, **dict.fromkeys(precisions, 2e7)}
