"""Advice for made-up machines: what stands out is said with what to do about it, and nothing else is."""

import pytest

from bench.api.advice import ADVICE, Evidence, advise
from bench.records.nouns import Unknown

QUIET_FACTS = {"governor": "performance", "cpu_quota": "none", "load": "0.10", "allocator_retains": "yes"}
QUIET: dict[str, float | Unknown] = {
    "sentinel_median": 0.010,
    "sentinel_spread": 0.02,
    "disturbed": 0.05,
    "sentinel_median_all": 0.006,
    "steal": 0.001,
    "pressure": 0.01,
    "throttled": 0.0,
    "sibling_busy": 0.01,
}


def evidence(*, cores: int = 2, facts: dict[str, str] | None = None, **measured: float | Unknown) -> Evidence:
    return Evidence(facts={**QUIET_FACTS, **(facts or {})}, measured={**QUIET, **measured}, cores=cores)


LOUD: dict[str, tuple[Evidence, str]] = {
    "governor": (evidence(facts={"governor": "performance,powersave"}), "performance,powersave"),
    "cpu quota": (evidence(facts={"cpu_quota": "1.5 cores"}), "1.5 cores"),
    "few cores": (evidence(cores=1), "one core"),
    "load": (evidence(facts={"load": "3.20"}), "3.20"),
    "throttled or stolen": (evidence(steal=0.021), "2.1% of the time stolen"),
    "disturbed": (evidence(disturbed=0.4, sentinel_spread=0.5), "40% of the trials"),
    "cores far apart": (evidence(sentinel_median_all=0.018), "× 1.80"),
    "sibling busy": (evidence(sibling_busy=0.33), "33% of the time"),
    "system allocator": (evidence(facts={"allocator_retains": "no"}), "100 MB"),
    "card slowed": (evidence(gpu_slowed=0.25), "25%"),
    "card shared": (evidence(gpu_others=2.0), "2 processes"),
    "card sleeps": (evidence(facts={"gpu_persistence": "off"}), "persistence mode is off"),
    "card divided": (evidence(facts={"gpu_partitions": "on"}), "MIG"),
    "environment": (evidence(facts={"env.OMP_NUM_THREADS": "3"}), "OMP_NUM_THREADS"),
    "probes missing": (evidence(pressure="unknown"), "pressure"),
}


def test_a_quiet_machine_gets_no_advice() -> None:
    assert advise(evidence()) == ()


@pytest.mark.parametrize("code", ADVICE)
def test_what_stands_out_gets_one_remark_with_its_number_and_advice(code: str) -> None:
    machine, number = LOUD[code]
    (finding,) = advise(machine)
    assert finding.code == code
    assert number in finding.message
    assert finding.advice
    assert not finding.message.endswith(".")


def test_a_quota_that_has_throttled_us_is_said_beside_the_quota() -> None:
    found = advise(evidence(facts={"cpu_quota": "1 cores"}, throttled=4.0))
    assert [finding.code for finding in found] == ["cpu quota", "throttled or stolen"]
    assert "4 times throttled" in found[1].message


def test_a_kernel_that_tells_nothing_gets_no_advice_but_that_it_tells_nothing() -> None:
    facts = dict.fromkeys(QUIET_FACTS, "unknown")
    measured: dict[str, float | Unknown] = dict.fromkeys(QUIET, "unknown")
    found = advise(Evidence(facts=facts, measured=measured, cores=2))
    assert [finding.code for finding in found] == ["probes missing"]


def test_a_machine_without_other_threads_is_not_judged_by_them() -> None:
    measured = {name: value for name, value in QUIET.items() if name not in ("sentinel_median_all", "sibling_busy")}
    assert advise(Evidence(facts=QUIET_FACTS, measured=measured, cores=2)) == ()


def test_a_card_that_is_well_gets_no_advice() -> None:
    facts = {"gpu_persistence": "on", "gpu_partitions": "unknown"}
    assert advise(evidence(facts=facts, gpu_slowed=0.0, gpu_others=0.0, gpu_power="unknown")) == ()
