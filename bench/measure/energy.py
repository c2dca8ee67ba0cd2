"""A step and a card's energy counter → joules a step, from a pass of its own that is not timed.

The counter moves every few hundredths of a second, by what was taken since: read around a trial's samples it would be
off by a tenth. So steps run from one of its moves to another that is SECONDS or more later, and are counted. It is read
while the device works on a batch that was launched before, so that the device never waits for it."""

from collections.abc import Callable
from itertools import repeat

from bench.measure.card import Card
from bench.measure.probes import Reading
from bench.measure.sampler import Clock, Step

SECONDS = 1.0
"""Of steps between the two moves: a batch more or less, at either end, is a hundredth of it."""
SAMPLES = 5
"""A batch is so many samples long, about 10 ms: the driver's answer takes a few of them."""
PATIENCE = 2.0
"""A counter that has not moved for so many seconds does not count."""


class Meter:
    """Batches of steps, how many there were, and what the counter said meanwhile."""

    def __init__(self, step: Step, clock: Clock, card: Card, *, loops: int, reset: Callable[[], None] | None) -> None:
        self.step, self.clock, self.card, self.loops, self.reset = step, clock, card, loops * SAMPLES, reset
        self.steps = 0
        self.power: list[Reading] = []

    def until_moved(self, start: Reading, *, seconds: float) -> Reading:
        """The counter after it has moved, once so many seconds are over; unknown where it does not move."""
        began = self.clock.now()
        while True:
            for _ in repeat(None, self.loops):
                self.step()
            self.steps += self.loops
            found = self.card.energy()
            self.power.append(self.card.power())
            self.clock.finish()
            if self.reset is not None:
                self.reset()
            passed = (self.clock.now() - began) / 1e9
            if found == "unknown" or passed > seconds + PATIENCE:
                return "unknown"
            if passed >= seconds and found != start:
                return found
            if passed < seconds:
                start = found


def metered(
    step: Step, clock: Clock, card: Card, *, loops: int, reset: Callable[[], None] | None = None
) -> dict[str, int | float]:
    """`energy` in joules a step, over `metered_steps` of them in `metered_seconds`; `metered_power` is the mean of what
    the driver said of the power meanwhile, in watts, to hold the energy against. Empty where nothing counts."""
    meter = Meter(step, clock, card, loops=loops, reset=reset)
    first = card.energy()
    low = meter.until_moved(first, seconds=0.0) if first != "unknown" else "unknown"
    if low == "unknown":
        return {}
    meter.steps, meter.power, began = 0, [], clock.now()
    high = meter.until_moved(low, seconds=SECONDS)
    if high == "unknown":
        return {}
    seconds = (clock.now() - began) / 1e9
    power = [watts for watts in meter.power if watts != "unknown"]
    return {
        "energy": (high - low) / meter.steps,
        "metered_steps": meter.steps,
        "metered_seconds": seconds,
        **({"metered_power": sum(power) / len(power)} if power else {}),
    }
