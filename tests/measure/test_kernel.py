"""What the kernel tells of a machine, read from made-up /proc and /sys; what it does not tell is unknown."""

import os
from pathlib import Path

import pytest

from bench.measure.kernel import busy_seconds, group_files, kernel_facts, numbers, processor_field, siblings
from tests.measure.made_up_kernel import CPUS, SERVER, tree

GROUP = "sys/fs/cgroup"


def test_a_server_with_a_governor_is_described_by_its_cores(tmp_path: Path) -> None:
    facts = kernel_facts((0, 1), tree(tmp_path, SERVER))
    expected = {
        "cpu": "Made Up 9000 @ 3.00GHz",
        "cpu_family_model_stepping": "25/17/1",
        "caches": "L1d 32K, L2 1024K",
        "cores": "4",
        "allowed_cores": "0,1",
        "isolated_cores": "none",
        "smt": "on",
        "smt_siblings": "3",
        "virtualisation": "none seen",
        "governor": "performance,powersave",
        "frequency_driver": "intel_pstate",
        "frequency_preference": "balance_performance",
        "frequency_min": "800 MHz",
        "frequency_max": "3900,3000 MHz",
        "frequency": "2600 MHz",
        "turbo": "on",
        "clock_source": "tsc",
        "memory": "16 MiB",
        "memory_available": "8 MiB",
        "transparent_huge_pages": "madvise",
        "numa_nodes": "2",
        "numa_balancing": "on",
        "kernel": "6.1.0",
        "load": "0.25",
    }
    assert {name: facts[name] for name in expected} == expected


def test_a_kernel_that_tells_nothing_leaves_everything_unknown(tmp_path: Path) -> None:
    facts = kernel_facts((0,), tmp_path)
    told = {name: value for name, value in facts.items() if value != "unknown"}
    assert told == {"allowed_cores": "0", "virtualisation": "none seen"}
    assert facts.keys() == kernel_facts((0, 1), tree(tmp_path, SERVER)).keys()


def test_without_frequency_scaling_the_measuring_core_s_clock_is_in_cpuinfo(tmp_path: Path) -> None:
    files = {name: content for name, content in SERVER.items() if "cpufreq" not in name}
    facts = kernel_facts((0, 1), tree(tmp_path, files))
    assert (facts["frequency"], facts["frequency_max"], facts["governor"]) == ("1200 MHz", "unknown", "unknown")


@pytest.mark.parametrize(
    ("file", "content", "turbo"),
    [
        ("intel_pstate/no_turbo", "1", "off"),
        ("cpufreq/boost", "1", "on"),
        ("cpufreq/boost", "0", "off"),
        ("cpufreq/boost", "?", "unknown"),
    ],
)
def test_turbo_is_told_by_either_driver(tmp_path: Path, file: str, content: str, turbo: str) -> None:
    assert kernel_facts((0,), tree(tmp_path, {f"{CPUS}/{file}": content}))["turbo"] == turbo


def test_a_hypervisor_s_flag_means_a_virtual_machine(tmp_path: Path) -> None:
    root = tree(tmp_path, {"proc/cpuinfo": "processor\t: 0\nflags\t\t: fpu hypervisor sse\n"})
    assert kernel_facts((0,), root)["virtualisation"] == "virtual"


V2, V1 = "0::/user.slice/user-1000.slice/job\n", "4:memory:/docker/c0ffee\n1:cpu,cpuacct:/docker/c0ffee\n0::/\n"


@pytest.mark.parametrize(
    ("files", "quota", "memory"),
    [
        ({"proc/self/cgroup": V2}, "unknown", "unknown"),
        (
            {
                "proc/self/cgroup": V2,
                f"{GROUP}/user.slice/user-1000.slice/job/cpu.max": "max 100000\n",
                f"{GROUP}/user.slice/user-1000.slice/job/memory.max": "max\n",
            },
            "none",
            "none",
        ),
        (
            {
                "proc/self/cgroup": V2,
                f"{GROUP}/user.slice/user-1000.slice/job/cpu.max": "400000 100000\n",
                f"{GROUP}/user.slice/cpu.max": "150000 100000\n",
                f"{GROUP}/user.slice/memory.max": "1073741824\n",
                f"{GROUP}/memory.max": "max\n",
            },
            "1.5 cores",
            "1024 MiB",
        ),
        (
            {
                "proc/self/cgroup": V1,
                f"{GROUP}/cpu,cpuacct/cpu.cfs_quota_us": "50000\n",
                f"{GROUP}/cpu,cpuacct/cpu.cfs_period_us": "100000\n",
                f"{GROUP}/memory/docker/c0ffee/memory.limit_in_bytes": "536870912\n",
                f"{GROUP}/memory/memory.limit_in_bytes": "9223372036854771712\n",
            },
            "0.5 cores",
            "512 MiB",
        ),
        (
            {
                "proc/self/cgroup": V1,
                f"{GROUP}/cpu/cpu.cfs_quota_us": "-1\n",
                f"{GROUP}/memory/memory.limit_in_bytes": "9223372036854771712\n",
            },
            "none",
            "none",
        ),
        ({"proc/self/cgroup": "0::/\n", f"{GROUP}/cpu.max": "soon\n"}, "unknown", "unknown"),
    ],
    ids=["none seen", "v2 without limits", "v2, tightest of the path", "v1 in a container", "v1 without", "damaged"],
)
def test_limits_are_the_tightest_of_the_control_groups_above_of_either_version(
    tmp_path: Path, files: dict[str, str], quota: str, memory: str
) -> None:
    facts = kernel_facts((0,), tree(tmp_path, files))
    assert (facts["cpu_quota"], facts["memory_limit"]) == (quota, memory)
    assert not any("user-1000" in value or "c0ffee" in value for value in facts.values())


def test_a_control_group_outside_of_the_tree_is_not_followed(tmp_path: Path) -> None:
    root = tree(tmp_path / "root", {"proc/self/cgroup": "0::/../../../../other\n"})
    tree(tmp_path, {"other/cpu.max": "1 100000\n"})
    assert group_files(root, "cpu", "cpu.max") == []


def test_lists_of_cores_are_read_as_the_kernel_writes_them() -> None:
    assert numbers("0-2,8,10-11") == (0, 1, 2, 8, 10, 11)
    assert numbers("unknown") == ()


def test_siblings_are_the_other_threads_of_a_core(tmp_path: Path) -> None:
    root = tree(tmp_path, SERVER)
    assert siblings(1, root) == (3,)
    assert siblings(0, root) == ()


def test_a_field_of_a_core_is_that_core_s_own(tmp_path: Path) -> None:
    root = tree(tmp_path, SERVER)
    assert processor_field(root, "cpu MHz") == "3000.500"
    assert processor_field(root, "cpu MHz", core=1) == "1200.000"
    assert processor_field(root, "cpu MHz", core=7) == "unknown"


def test_a_core_is_busy_while_it_neither_idles_nor_waits(tmp_path: Path) -> None:
    root = tree(tmp_path, SERVER)
    assert busy_seconds(0, root) == (100 + 50 + 5 + 5 + 30) / os.sysconf("SC_CLK_TCK")
    assert busy_seconds(9, root) == "unknown"
