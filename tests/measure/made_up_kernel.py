"""Trees of files as /proc and /sys have them, made up."""

from collections.abc import Mapping
from pathlib import Path

CPUS = "sys/devices/system/cpu"

CPUINFO = """\
processor\t: 0
model name\t: Made Up 9000 @ 3.00GHz
cpu family\t: 25
model\t\t: 17
stepping\t: 1
microcode\t: 0x1
cpu MHz\t\t: 3000.500
flags\t\t: fpu sse2 ht

processor\t: 1
model name\t: Made Up 9000 @ 3.00GHz
cpu MHz\t\t: 1200.000
flags\t\t: fpu sse2 ht
"""

SERVER: dict[str, str] = {
    "proc/cpuinfo": CPUINFO,
    "proc/loadavg": "0.25 0.50 0.75 1/100 4242\n",
    "proc/meminfo": "MemTotal:       16384 kB\nMemAvailable:    8192 kB\nSwapTotal:          0 kB\n",
    "proc/stat": "cpu  9 9 9 9\ncpu0 100 0 50 900 10 5 5 30 0 0\ncpu1 1 0 0 0 0 0 0 0 0 0\n",
    "proc/sys/kernel/osrelease": "6.1.0\n",
    "proc/sys/kernel/randomize_va_space": "2\n",
    "proc/sys/kernel/numa_balancing": "1\n",
    "sys/kernel/mm/transparent_hugepage/enabled": "always [madvise] never\n",
    "sys/devices/system/node/online": "0-1\n",
    "sys/devices/system/clocksource/clocksource0/current_clocksource": "tsc\n",
    f"{CPUS}/online": "0-3\n",
    f"{CPUS}/isolated": "\n",
    f"{CPUS}/smt/active": "1\n",
    f"{CPUS}/cpu1/topology/thread_siblings_list": "1,3\n",
    f"{CPUS}/cpu1/cache/index0/level": "1\n",
    f"{CPUS}/cpu1/cache/index0/type": "Data\n",
    f"{CPUS}/cpu1/cache/index0/size": "32K\n",
    f"{CPUS}/cpu1/cache/index1/level": "2\n",
    f"{CPUS}/cpu1/cache/index1/type": "Unified\n",
    f"{CPUS}/cpu1/cache/index1/size": "1024K\n",
    f"{CPUS}/cpu0/cpufreq/scaling_governor": "performance\n",
    f"{CPUS}/cpu1/cpufreq/scaling_governor": "powersave\n",
    f"{CPUS}/cpu0/cpufreq/scaling_driver": "intel_pstate\n",
    f"{CPUS}/cpu1/cpufreq/scaling_driver": "intel_pstate\n",
    f"{CPUS}/cpu0/cpufreq/scaling_min_freq": "800000\n",
    f"{CPUS}/cpu1/cpufreq/scaling_min_freq": "800000\n",
    f"{CPUS}/cpu0/cpufreq/scaling_max_freq": "3900000\n",
    f"{CPUS}/cpu1/cpufreq/scaling_max_freq": "3000000\n",
    f"{CPUS}/cpu1/cpufreq/scaling_cur_freq": "2600000\n",
    f"{CPUS}/cpu1/cpufreq/energy_performance_preference": "balance_performance\n",
    f"{CPUS}/intel_pstate/no_turbo": "0\n",
}
"""A server with two allowed cores of four, hyper-threads, and a governor."""


def tree(root: Path, files: Mapping[str, str]) -> Path:
    """Writes them, and returns the folder that stands for `/`."""
    for name, content in files.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(content)
    return root
