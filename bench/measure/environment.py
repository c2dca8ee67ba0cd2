"""The machine and its software → facts that can change a number, a stable identity, and what resuming compares.

No host name, no user name, no serial number, and nothing that a reboot changes in the identity."""

import hashlib
import os
import platform
import re
import subprocess
from collections.abc import Sequence
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

import psutil
import pynvml

from bench.records.nouns import SCHEMA, Machine, Start

_GIT_SECONDS = 10
_NOISE_WORDS = r"\((?:r|tm)\)|\b(?:amd|intel|processor|cpu|core|genuine|nvidia)\b|\b\d+-core\b|@.*"
_NOT_THE_SUBJECT = ("site-packages", "__pycache__", "node_modules")


def machine(device: str, name: str | None) -> Machine:
    """This machine as results name it: `epyc-2c` on a processor, `h200` on a GPU, or the name that was asked for."""
    facts = {
        "cpu": cpu_model(),
        "cores": str(os.cpu_count()),
        "memory": f"{round(psutil.virtual_memory().total / 2**30)} GiB",
        "virtualisation": virtualisation(),
        "system": platform.system(),
    }
    own = f"{slug(facts['cpu'])}-{facts['cores']}c"
    if device.startswith("cuda"):
        facts["gpu"] = gpu_model(device)
        own = slug(facts["gpu"]).partition("-")[0]
    text = "|".join(f"{key}={value}" for key, value in sorted(facts.items()))
    return Machine(name=name or own, identity=hash_of_text(text.encode()), facts=facts)


def cpu_model() -> str:
    """The model that the kernel names."""
    with open("/proc/cpuinfo") as file:
        for line in file:
            key, _, value = line.partition(":")
            if key.strip() in ("model name", "Model", "CPU part"):
                return value.strip()
    return platform.machine()


def gpu_model(device: str) -> str:
    """The name that NVIDIA's driver gives the device; `no GPU` without a driver."""
    index = int(device.partition(":")[2] or 0)
    try:
        pynvml.nvmlInit()
        name = pynvml.nvmlDeviceGetName(pynvml.nvmlDeviceGetHandleByIndex(index))
    except pynvml.NVMLError:
        return "no GPU"
    pynvml.nvmlShutdown()
    return str(name)


def virtualisation() -> str:
    """`virtual` where the processor says that a hypervisor runs it."""
    with open("/proc/cpuinfo") as file:
        flags = next((line for line in file if line.startswith(("flags", "Features"))), "")
    return "virtual" if "hypervisor" in flags.split() else "none seen"


def slug(model: str) -> str:
    """`AMD EPYC 7763 64-Core Processor` → `epyc-7763`."""
    words = re.findall(r"[a-z0-9]+", re.sub(_NOISE_WORDS, " ", model.lower()))
    return "-".join(words)[:40].strip("-") or "machine"


def software() -> dict[str, str]:
    """Versions, read from the packages' metadata: nothing is imported for it."""
    return {
        "python": platform.python_version(),
        **{name: installed(name) for name in ("torch", "bench", "torchvision")},
    }


def installed(package: str) -> str:
    """The version of an installed package, else `missing`."""
    try:
        return version(package)
    except PackageNotFoundError:
        return "missing"


def start(root: Path, *, now: float) -> Start:
    """The line that `starts.jsonl` gets at a start or a resume."""
    with open("/proc/sys/kernel/random/boot_id") as file:
        boot = hashlib.sha256(file.read().encode()).hexdigest()[:16]
    environment = {
        **software(),
        "kernel": platform.release(),
        "allowed_cores": ",".join(map(str, sorted(os.sched_getaffinity(0)))),
        "load": f"{os.getloadavg()[0]:.2f}",
    }
    return Start(schema=SCHEMA, started=round(now, 3), boot=boot, git=git(root), environment=environment)


def git(root: Path) -> dict[str, str]:
    """Revision, and whether the tree differs from it; `unknown` where git or the repository cannot tell."""
    revision = _git(root, "rev-parse", "HEAD")
    changes = _git(root, "status", "--porcelain", "--untracked-files=no")
    dirty = "unknown" if changes is None else "yes" if changes else "no"
    return {"revision": revision or "unknown", "dirty": dirty}


def _git(root: Path, *words: str) -> str | None:
    command = ["git", "--no-optional-locks", "-c", "core.fsmonitor=false", "-C", str(root), *words]
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=_GIT_SECONDS, check=True)
    except (OSError, subprocess.SubprocessError):
        return None
    return done.stdout.strip()


def hash_of_text(text: bytes) -> str:
    """A short hash."""
    return hashlib.sha256(text).hexdigest()[:16]


def hash_of_sources(folders: Sequence[Path]) -> str:
    """A hash over every `*.py` below the folders; environments, caches and hidden folders are not the subject."""
    files = {file for folder in folders for file in _sources(folder)}
    return _hash_of_files(sorted(files), folders)


def hash_of_data(folder: Path | None) -> str:
    """A hash over the files of the data folder, `none` without one."""
    if folder is None:
        return "none"
    return _hash_of_files(sorted(file for file in folder.rglob("*") if file.is_file()), [folder])


def _sources(folder: Path) -> list[Path]:
    found: list[Path] = []
    for here, folders, files in os.walk(folder):
        folders[:] = [f for f in folders if not f.startswith(".") and f not in _NOT_THE_SUBJECT and _is_code(here, f)]
        found += [Path(here, name) for name in files if name.endswith(".py")]
    return found


def _is_code(here: str, folder: str) -> bool:
    return not os.path.exists(os.path.join(here, folder, "pyvenv.cfg"))


def _hash_of_files(files: Sequence[Path], folders: Sequence[Path]) -> str:
    total = hashlib.sha256()
    for file in files:
        below = next(folder for folder in folders if file.is_relative_to(folder))
        with open(file, "rb") as opened:
            total.update(f"{file.relative_to(below)}\0".encode())
            total.update(hashlib.file_digest(opened, "sha256").digest())
    return total.hexdigest()[:16]
