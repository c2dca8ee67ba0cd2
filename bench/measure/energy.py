"""A step and a card's energy counter → joules a step, from a pass of its own that is not timed.

The counter moves every few hundredths of a second, by what was taken since: read around a trial's samples it would be
off by a tenth. So steps run from one of its moves to another that is SECONDS or more later, and are counted. It is read
while the device works on a batch that was launched before.

Why it is read only near the two moves: an answer of the driver's takes the processor up to milliseconds, in which it
launches nothing. A device that waits for its processor anyway rests meanwhile, and what it takes at rest would be
counted as the steps'. Read after every batch it was a fifth of the pass, for a batch of 10 ms and an answer of 2 ms;
so it is a few hundredths."""

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
POWER_SECONDS = 0.1
"""So far apart the driver is asked for the power: no card tells another value sooner."""


class Meter:
    """Batches of steps, how many there were, and what the driver said meanwhile."""

    def __init__(self, step: Step, clock: Clock, card: Card, *, loops: int, reset: Callable[[], None] | None) -> None:
        self.step, self.clock, self.card, self.loops, self.reset = step, clock, card, loops * SAMPLES, reset
        self.steps = 0
        self.power: list[Reading] = []

    def batch(self, ask: Callable[[], Reading] | None = None) -> Reading:
        """One more, and what the driver says while the device works on it; nothing is asked without a question."""
        for _ in repeat(None, self.loops):
            self.step()
        self.steps += self.loops
        answer = "unknown" if ask is None else ask()
        self.clock.finish()
        if self.reset is not None:
            self.reset()
        return answer

    def until_moved(self, start: Reading) -> Reading:
        """The counter after it has moved from there; unknown where it does not move."""
        began = self.clock.now()
        found = start
        while found == start and found != "unknown":
            if self.clock.now() - began > PATIENCE * 1e9:
                return "unknown"
            found = self.batch(self.card.energy)
        return found

    def work(self, seconds: float) -> None:
        """Batches for so long, and the power now and then."""
        began = asked = self.clock.now()
        while (now := self.clock.now()) - began < seconds * 1e9:
            if now - asked >= POWER_SECONDS * 1e9:
                self.power.append(self.batch(self.card.power))
                asked = now
            else:
                self.batch()


def metered(
    step: Step, clock: Clock, card: Card, *, loops: int, reset: Callable[[], None] | None = None
) -> dict[str, int | float]:
    """`energy` in joules a step, over `metered_steps` of them in `metered_seconds`; `metered_power` is the mean of what
    the driver said of the power meanwhile, in watts, to hold the energy against. Empty where nothing counts."""
    if (first := card.energy()) == "unknown":
        return {}
    meter = Meter(step, clock, card, loops=loops, reset=reset)
    low = meter.until_moved(first)
    if low == "unknown":
        return {}
    meter.steps, began = 0, clock.now()
    meter.work(SECONDS)
    high = meter.until_moved(meter.batch(card.energy))
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
