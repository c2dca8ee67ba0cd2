"""/proc and /sys → what of processor, clock, limits and memory can change a number, as short texts.

Every reader takes the folder that stands for `/`. What the kernel does not tell is `unknown`, never a guess: a virtual
machine often has no governor, an older kernel no pressure. Paths of control groups are followed and never returned:
they name users and containers."""

import os
import re
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Literal

UNKNOWN: Literal["unknown"] = "unknown"
ROOT = Path("/")

_CPUS = "sys/devices/system/cpu"
_UNLIMITED = 1 << 60
"""Control groups of version 1 write 2^63 less a page where there is no limit."""


def kernel_facts(cores: Sequence[int], root: Path = ROOT) -> dict[str, str]:
    """Everything below, for the cores that this process may use; the last of them is measured on."""
    return {**_processor(cores, root), **_clock(cores, root), **_limits(root), **_memory(root), **_system(root)}


def text(root: Path, *parts: str | Path) -> str:
    """What a file says, without its last newline; `unknown` where there is none or it is empty."""
    try:
        return root.joinpath(*parts).read_text("utf-8", "replace").strip() or UNKNOWN
    except OSError:
        return UNKNOWN


def processor_field(root: Path, *names: str, core: int | None = None) -> str:
    """The first field of one of those names in /proc/cpuinfo, of that core or of whichever comes first."""
    here = core is None
    for line in text(root, "proc/cpuinfo").splitlines():
        key, _, value = (part.strip() for part in line.partition(":"))
        if key == "processor" and core is not None:
            here = value == str(core)
        elif here and key in names:
            return value
    return UNKNOWN


def virtualisation(root: Path = ROOT) -> str:
    """`virtual` where the processor says that a hypervisor runs it."""
    return "virtual" if "hypervisor" in processor_field(root, "flags", "Features").split() else "none seen"


def siblings(core: int, root: Path = ROOT) -> tuple[int, ...]:
    """The other threads of that core's physical core; none where there are none, or the kernel does not tell."""
    return tuple(n for n in numbers(text(root, _CPUS, f"cpu{core}", "topology/thread_siblings_list")) if n != core)


def numbers(ranges: str) -> tuple[int, ...]:
    """`0-2,8` → 0, 1, 2, 8; none for what is no such list."""
    pairs = [re.fullmatch(r"(\d+)(?:-(\d+))?", part) for part in ranges.split(",")]
    return tuple(n for pair in pairs if pair for n in range(int(pair[1]), int(pair[2] or pair[1]) + 1))


def busy_seconds(core: int, root: Path = ROOT) -> float | Literal["unknown"]:
    """Seconds since boot in which that core worked or was stolen from (proc(5): all columns but idle and iowait;
    guests are counted in user time already)."""
    for line in text(root, "proc/stat").splitlines():
        name, *columns = line.split()
        if name == f"cpu{core}":
            return (sum(map(int, columns[:8])) - int(columns[3]) - int(columns[4])) / os.sysconf("SC_CLK_TCK")
    return UNKNOWN


def _processor(cores: Sequence[int], root: Path) -> dict[str, str]:
    online = numbers(text(root, _CPUS, "online"))
    active = {"0": "off", "1": "on"}.get(text(root, _CPUS, "smt/active"), UNKNOWN)
    ranks = [processor_field(root, name) for name in ("cpu family", "model", "stepping")]
    other = siblings(cores[-1], root)
    return {
        "cpu": processor_field(root, "model name", "Model", "CPU part"),
        "cpu_family_model_stepping": UNKNOWN if UNKNOWN in ranks else "/".join(ranks),
        "microcode": processor_field(root, "microcode"),
        "caches": _caches(cores[-1], root),
        "cores": str(len(online)) if online else UNKNOWN,
        "allowed_cores": _joined(map(str, cores)),
        "isolated_cores": _isolated(root),
        "smt": active,
        "smt_siblings": _joined(map(str, other)) if other else "none" if active != UNKNOWN else UNKNOWN,
        "virtualisation": virtualisation(root),
    }


def _isolated(root: Path) -> str:
    """The kernel writes an empty line where no core is kept from the scheduler."""
    found = text(root, _CPUS, "isolated")
    return "none" if found == UNKNOWN and root.joinpath(_CPUS, "isolated").exists() else found


def _caches(core: int, root: Path) -> str:
    folder = root / _CPUS / f"cpu{core}" / "cache"
    marks = {"Data": "d", "Instruction": "i", "Unified": ""}
    found = [
        f"L{text(index, 'level')}{marks.get(text(index, 'type'), '')} {text(index, 'size')}"
        for index in sorted(folder.glob("index*"))
    ]
    return _joined(found, ", ")


def _clock(cores: Sequence[int], root: Path) -> dict[str, str]:
    """Governor and bounds of all allowed cores, the frequency now of the core that is measured on."""
    scaling = {
        name: _joined(dict.fromkeys(text(root, _CPUS, f"cpu{core}", "cpufreq", name) for core in cores))
        for name in ("scaling_driver", "scaling_governor", "scaling_min_freq", "scaling_max_freq")
    }
    now = _kilohertz(text(root, _CPUS, f"cpu{cores[-1]}", "cpufreq/scaling_cur_freq"))
    told = re.fullmatch(r"(\d+)(?:\.\d+)?", processor_field(root, "cpu MHz", core=cores[-1]))
    return {
        "frequency_driver": scaling["scaling_driver"],
        "governor": scaling["scaling_governor"],
        "frequency_preference": text(root, _CPUS, f"cpu{cores[-1]}", "cpufreq/energy_performance_preference"),
        "frequency_min": _kilohertz(scaling["scaling_min_freq"]),
        "frequency_max": _kilohertz(scaling["scaling_max_freq"]),
        "frequency": f"{told[1]} MHz" if now == UNKNOWN and told else now,
        "turbo": _turbo(root),
        "clock_source": text(root, "sys/devices/system/clocksource/clocksource0/current_clocksource"),
    }


def _turbo(root: Path) -> str:
    off = text(root, _CPUS, "intel_pstate/no_turbo")
    boost = text(root, _CPUS, "cpufreq/boost")
    return {"0": "on", "1": "off"}.get(off) or {"1": "on", "0": "off"}.get(boost, UNKNOWN)


def _kilohertz(values: str) -> str:
    parts = values.split(",")
    return f"{','.join(str(int(part) // 1000) for part in parts)} MHz" if all(p.isdigit() for p in parts) else UNKNOWN


def _limits(root: Path) -> dict[str, str]:
    """The tightest limit of this process's control group and of those above it; `none` without one, `unknown` where
    no control group can be seen."""
    quotas = [q for file in group_files(root, "cpu", "cpu.max", "cpu.cfs_quota_us") if (q := _quota(file)) is not None]
    files = group_files(root, "memory", "memory.max", "memory.limit_in_bytes")
    sizes = [int(text(file)) if text(file).isdigit() else _UNLIMITED for file in files]
    cores, size = min(quotas, default=None), min(sizes, default=None)
    return {
        "cpu_quota": UNKNOWN if cores is None else "none" if cores == float("inf") else f"{cores:g} cores",
        "memory_limit": UNKNOWN if size is None else "none" if size >= _UNLIMITED else _mebibytes(size),
    }


def group_files(root: Path, controller: str, *names: str) -> list[Path]:
    """The files of those names in this process's control groups of either version, from its own up to the root. In a
    container /proc names a group that only the host sees: the root that is mounted there is then its own."""
    found = []
    for line in text(root, "proc/self/cgroup").splitlines():
        _, controllers, path = [*line.split(":", 2), "", ""][:3]
        if controllers and controller not in controllers.split(","):
            continue
        mounts = [controllers, controller] if controllers else ["", "unified"]
        own = Path(path.lstrip("/"))
        groups = [own, *own.parents] if own.parts else [own]
        below = (
            root / "sys/fs/cgroup" / mount / group / name for mount in mounts for group in groups for name in names
        )
        found += [file for file in below if ".." not in file.parts and text(file) != UNKNOWN]
    return list(dict.fromkeys(found))


def _quota(file: Path) -> float | None:
    """Cores' worth of time: version 2 writes `150000 100000` or `max 100000`, version 1 two files and -1."""
    words = text(file).split()
    period = words[1] if len(words) == 2 else text(file.with_name("cpu.cfs_period_us"))
    if words[:1] in (["max"], ["-1"]):
        return float("inf")
    return int(words[0]) / int(period) if words[0].isdigit() and period.isdigit() and int(period) else None


def _memory(root: Path) -> dict[str, str]:
    sizes = dict(re.findall(r"^(\w+): +(\d+) kB$", text(root, "proc/meminfo"), re.MULTILINE))
    kept = {"memory": "MemTotal", "memory_available": "MemAvailable", "swap": "SwapTotal"}
    chosen = re.search(r"\[(\w+)\]", text(root, "sys/kernel/mm/transparent_hugepage/enabled"))
    nodes = numbers(text(root, "sys/devices/system/node/online"))
    return {
        **{name: _mebibytes(int(sizes[field]) * 1024) if field in sizes else UNKNOWN for name, field in kept.items()},
        "transparent_huge_pages": chosen[1] if chosen else UNKNOWN,
        "numa_nodes": str(len(nodes)) if nodes else UNKNOWN,
        "numa_balancing": {"0": "off", "1": "on"}.get(text(root, "proc/sys/kernel/numa_balancing"), UNKNOWN),
    }


def _system(root: Path) -> dict[str, str]:
    return {
        "kernel": text(root, "proc/sys/kernel/osrelease"),
        "address_randomisation": text(root, "proc/sys/kernel/randomize_va_space"),
        "load": text(root, "proc/loadavg").split()[0],
    }


def _mebibytes(size: int) -> str:
    return f"{size >> 20} MiB"


def _joined(parts: Iterable[str], separator: str = ",") -> str:
    return separator.join(parts) or UNKNOWN
