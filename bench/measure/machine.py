"""The machine → its name for people and folders, and a stable identity.

The identity hashes models, counts, memory and virtualisation: nothing that a reboot changes, and no host name, user
name or serial number. On a GPU it also hashes which of several cards of one model this is, by a hash of the card's
identifier, since a run is to be gone on with on the card that began it; the host's memory is left out there, because
virtual machines that lend a GPU may be given memory as they use it."""

import os
import platform
import re
from pathlib import Path

import psutil

from bench.measure.card import card_named
from bench.measure.hashes import hash_of_text
from bench.measure.kernel import ROOT, UNKNOWN, processor_field, virtualisation
from bench.records.nouns import Machine

_NOISE_WORDS = r"\((?:r|tm)\)|\b(?:amd|intel|processor|cpu|core|genuine|nvidia)\b|\b\d+-core\b|@.*"

ANOTHER = ("gpu", "gpu_card", "gpu_memory", "gpu_power_limit", "gpu_partitions")
"""What makes another card, and so another machine, of one: model, which card of that model, memory, the power that it
may take, and whether it is one part of a card. Its driver is software: a start has it."""


def machine(device: str, name: str | None) -> Machine:
    """This machine as results name it: `epyc-2c` on a processor, `h200` on a GPU, or the name that was asked for."""
    facts = {
        "cpu": cpu_model(),
        "cores": str(os.cpu_count()),
        "virtualisation": virtualisation(),
        "system": platform.system(),
    }
    own = f"{slug(facts['cpu'])}-{facts['cores']}c"
    if device.startswith("cuda"):
        card = card_named(device, os.environ).facts()
        facts |= {name: card[name] for name in ANOTHER if card.get(name, UNKNOWN) != UNKNOWN}
        own = short(slug(card["gpu"])) if "gpu" in facts else f"{own}-no-gpu"
    else:
        facts["memory"] = f"{round(psutil.virtual_memory().total / 2**30)} GiB"
    text = "|".join(f"{key}={value}" for key, value in sorted(facts.items()))
    return Machine(name=name or own, identity=hash_of_text(text.encode()), facts=facts)


def cpu_model(root: Path = ROOT) -> str:
    """The model that the kernel names; the architecture where it names none."""
    found = processor_field(root, "model name", "Model", "CPU part")
    return platform.machine() if found == UNKNOWN else found


def slug(model: str) -> str:
    """`AMD EPYC 7763 64-Core Processor` → `epyc-7763`."""
    words = re.findall(r"[a-z0-9]+", re.sub(_NOISE_WORDS, " ", model.lower()))
    return "-".join(words)[:40].strip("-") or "machine"


def short(name: str) -> str:
    """A GPU's slug up to its number: `h200`, `a100` of `a100-sxm4-80gb`, `geforce-rtx-4090`."""
    words = name.split("-")
    numbered = next((i for i, word in enumerate(words) if re.search(r"\d", word)), len(words) - 1)
    return "-".join(words[: numbered + 1])
