"""What `bench gate --json` says of its control → a word for the rows of an evidence; such words → how many fired."""

import json
from collections.abc import Sequence
from typing import Literal

from tests.perf.gate.shares import share

Control = Literal["", "none", "still", "fired"]
"""Nothing was kept of it, there was none, it found no change, it found one where there is none."""

CONTROLS: dict[str, Control] = {"": "", "none": "none", "still": "still", "fired": "fired"}


def control_of(text: str) -> Control:
    """Of what the gate printed."""
    told = json.loads(text)["control"]
    return "none" if told is None else "fired" if told["fired"] else "still"


def firings(gates: Sequence[Control]) -> str:
    """A sentence about so many gates."""
    counts = {control: gates.count(control) for control in CONTROLS.values()}
    of = counts["still"] + counts["fired"]
    parts = [
        f"{counts['none']} had none" * bool(counts["none"]),
        f"of {counts['']} it was not kept" * bool(counts[""]),
    ]
    said = (
        f"The control fired in {share(counts['fired'], of)} gates" if of else "No gate's control was measured and kept"
    )
    return "; ".join([said, *filter(None, parts)]) + "."
