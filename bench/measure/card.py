"""Two readings of a graphics card → what it did in between: clocks, reasons to slow down, heat, power, neighbours.

Nothing here knows the driver; what does, `bench.measure.nvml`, is imported when a card is asked for, so that a run on a
processor loads nothing of NVIDIA's. Readings are taken before and after the samples of a trial, never among them. At
the second the card is idle again: so what slowed it down meanwhile is told by counters that run all the time."""

import importlib
from collections.abc import Callable, Mapping
from typing import Protocol, cast

from bench.measure.probes import Reading
from bench.records.card import COUNTED

Readings = dict[str, Reading]

NVML = "bench.measure.nvml"

VISIBLE = "CUDA_VISIBLE_DEVICES"
ORDER = {"CUDA_DEVICE_ORDER": "PCI_BUS_ID"}
"""So that a number means the same card to torch, to the driver's library and to nvidia-smi: CUDA's own order puts the
fastest first."""
DETACH = {"TEARDOWN_CUPTI": "1"}
"""So that torch's profiler leaves the card when it ends. Otherwise NVIDIA's library that it asks stays with the process
and slows the launches of all that comes after down, by a tenth to a fifth (pytorch issue 144455): in a survey that
cases share, the first calls of all but the first case. With CUDA graphs it may leave from CUDA 12.6 on (pytorch pull
request 150957), which is the oldest that torch 2.9 is made for."""


class Card(Protocol):
    """What the driver tells of one card. What it does not tell is `unknown`, never 0."""

    def read(self) -> Readings:
        """`clock` and `memory_clock` in MHz, `reasons` (bits, see `bench.records.card`), `temperature` in degrees
        Celsius, `power` in watts, `memory` in bytes, `others`: processes on it beside ours; and the names of
        `bench.records.card.COUNTED`. Empty without a card."""
        ...

    def energy(self) -> Reading:
        """Joules since some fixed moment."""
        ...

    def power(self) -> Reading:
        """Watts at this moment; the mean over the second before where the card tells nothing else."""
        ...

    def facts(self) -> dict[str, str]:
        """What it is and how it is set; no serial number, and of its identifier a hash."""
        ...


class NoCard:
    """A machine whose driver does not answer, or a device that is none of its cards."""

    def __init__(self, reason: str = "") -> None:
        self.reason = reason

    def read(self) -> Readings:
        """Nothing."""
        return {}

    def energy(self) -> Reading:
        """Unknown."""
        return "unknown"

    def power(self) -> Reading:
        """Unknown."""
        return "unknown"

    def facts(self) -> dict[str, str]:
        """The reason, if there is one."""
        return {"gpu_driver": f"unknown: {self.reason}"} if self.reason else {}


def card_of(identifier: str, *, own: int) -> Card:
    """The card of that identifier (`GPU-…`) or number; `own` processes on it are ours. NoCard with a sentence where the
    library, the driver or the card is missing."""
    return _ask("card", identifier, own)


def card_named(device: str, environ: Mapping[str, str]) -> Card:
    """The card that `cuda:1` means in that environment, as long as cards are numbered in the order of the PCI bus
    (`ORDER`, which servers are given)."""
    chosen = chosen_card(device, environ.get(VISIBLE))
    return NoCard(f"{VISIBLE} hides {device}") if chosen is None else card_of(chosen, own=0)


def chosen_card(device: str, visible: str | None) -> str | None:
    """The number or identifier of a card; None where the variable shows no such card. The first entry that is none
    (`-1`, an empty one) ends the list, as CUDA has it."""
    index = int(device.partition(":")[2] or 0)
    if visible is None:
        return str(index)
    shown: list[str] = []
    for word in (part.strip() for part in visible.split(",")):
        if not (word.isdigit() or word.startswith(("GPU-", "MIG-"))):
            break
        shown.append(word)
    return shown[index] if index < len(shown) else None


def noise(before: Mapping[str, Reading], after: Mapping[str, Reading]) -> Readings:
    """What belongs to a trial: the lower of the two clocks, any reason that held at either end or has been counted in
    between, the larger of all else. `gpu_slowed` is for how many seconds it was counted, all reasons together.

    The clock before is that after the warm-up and the sentinel: a card that idled would have had a low one."""
    told = {name: _both(name, before.get(name, "unknown"), value) for name, value in after.items()}
    found = {f"gpu_{name}": value for name, value in told.items() if name not in COUNTED}
    moved = {name: _moved(before.get(name, "unknown"), after[name]) for name in COUNTED if name in after}
    counts = {name: count for name, count in moved.items() if count != "unknown"}
    if bits := {COUNTED[name] for name, count in counts.items() if count > 0}:
        found["gpu_reasons"] = float(sum(bits | _bits(found.get("gpu_reasons", "unknown"))))
    return {**found, **({"gpu_slowed": sum(counts.values()) / 1e9 if counts else "unknown"} if moved else {})}


def _moved(before: Reading, after: Reading) -> Reading:
    return "unknown" if before == "unknown" or after == "unknown" else after - before


def _bits(reasons: Reading) -> set[int]:
    """The powers of two that a mask is the sum of."""
    mask = 0 if reasons == "unknown" else int(reasons)
    return {1 << place for place in range(mask.bit_length()) if mask >> place & 1}


def _both(name: str, before: Reading, after: Reading) -> Reading:
    if before == "unknown" or after == "unknown":
        return after if before == "unknown" else before
    if name == "reasons":
        return float(int(before) | int(after))
    return min(before, after) if name in ("clock", "memory_clock") else max(before, after)


def _ask(function: str, *arguments: object) -> Card:
    try:
        module = importlib.import_module(NVML)
    except ImportError as error:
        return NoCard(f"Python's package nvidia-ml-py, by which the driver is asked, cannot be imported ({error})")
    return cast("Callable[..., Card]", getattr(module, function))(*arguments)
