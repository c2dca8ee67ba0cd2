"""What the driver says of a graphics card, as bits of one number → words, and which of them make a trial disturbed."""

THROTTLES: dict[int, str] = {
    0x004: "power cap",
    0x008: "hardware slowdown",
    0x010: "synchronised boost",
    0x020: "software thermal slowdown",
    0x040: "hardware thermal slowdown",
    0x080: "power brake",
    0x200: "board limit",
    0x400: "reliability",
}
"""NVML's `nvmlClocksEventReasons` under which a card runs slower than it is set to (nvml.h; `nvidia-smi -q` has their
long names). Left out: idle (0x1), and the clocks that somebody has set for work (0x2) or the display (0x100): these
hold for a whole run, and hold it steady."""

COUNTED: dict[str, int] = {f"slowed_{word.replace(' ', '_')}": bit for bit, word in THROTTLES.items() if bit != 0x008}
"""Under these names readings of a card have for how long, since its driver was loaded, each of these has slowed it
down, in nanoseconds. Of hardware slowdown as a whole there is no count, only of its causes."""

SLOW_CLOCK = 0.75
"""The share of the reference clock below which a trial is disturbed: what nvbench takes. The reference is the fastest
clock at which any survey or trial of the run has ended, not the card's largest: a card that somebody has locked to a
lower clock is the steadiest of all."""


def throttles(reasons: float) -> tuple[str, ...]:
    """The words for a mask of reasons; empty where none of them slows the card down."""
    return tuple(word for bit, word in THROTTLES.items() if int(reasons) & bit)
