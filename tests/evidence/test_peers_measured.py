"""The comparison with other tools, a small part of it for real: each tool's estimate of a case, as short as can be."""

import pytest

from tests.evidence import peer_tools
from tests.evidence.peer_case import CASES
from tests.evidence.peer_tools import TOOLS, WITHIN, missing

pytestmark = pytest.mark.torch


@pytest.mark.parametrize("name", [name for name in TOOLS if name != "ours"])
def test_a_tool_estimates_a_case_in_each_of_its_metrics(name: str) -> None:
    if name == "pyperf" and (said := missing()):
        pytest.skip(said)
    case = next(iter(CASES))
    (found,) = TOOLS[name].measure([case], 1.0, 7)
    assert (found.case, tuple(found.values)) == (case, TOOLS[name].metrics)
    assert all(0 < value < 1 for value in found.values.values())
    assert found.took > 0


def test_our_run_estimates_every_case_and_shows_its_trials(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BENCH_LOCK", "")
    monkeypatch.setattr(peer_tools, "LEAST_SECONDS", 30.0)  # a round and its server, also on a noisy machine
    found = {one.case: one.values for one in TOOLS["ours"].measure(sorted(CASES), 1.0, 7)}
    assert set(found) == set(CASES)
    for values in found.values():
        assert tuple(values) == TOOLS["ours"].metrics
        assert 0 < values["min"] <= values["undisturbed"] <= values["latency"] < 1
        assert all(0 < values[name] < 1 for name in WITHIN)
