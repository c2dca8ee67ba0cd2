"""`bench doctor`: facts, noise, advice, on the fake device and truly."""

import getpass
import json
import socket
from collections.abc import Callable
from pathlib import Path

import pytest

from bench.api import doctor
from bench.api.doctor import MEASURED
from bench.measure import client
from bench.measure.client import refuse_opened
from bench.store import folder as store
from tests.scenario import Said, Scenario

Say = Callable[..., Said]


def test_facts_numbers_and_advice_are_printed(say: Say) -> None:
    said = say("doctor", "--device", "fake")
    assert said.code == 0
    for part in ("identity", "allowed cores", "governor", "a fixed computation on one thread, best decile"):
        assert part in said.out


def test_where_a_fork_cannot_use_the_device_children_are_spawned(say: Say, monkeypatch: pytest.MonkeyPatch) -> None:
    def refused(gpu: str) -> None:
        refuse_opened(gpu or "/dev/nvidiactl")

    monkeypatch.setattr(client, "refuse_opened", refused)
    monkeypatch.setattr(doctor, "CHILDREN", 1)
    said = say("doctor", "--device", "fake-cuda")
    assert said.code == 2
    assert "--launch spawn" in said.err
    assert say("doctor", "--device", "fake-cuda", "--launch", "spawn").code == 0


def test_as_json_every_number_has_its_unit_and_every_finding_its_advice(say: Say) -> None:
    found = json.loads(say("doctor", "--device", "fake", "--json").out)
    assert set(found) == {"machine", "facts", "measured", "findings"}
    assert set(found["measured"]) <= set(MEASURED)
    assert all(number["unit"] for number in found["measured"].values())
    assert all(finding["advice"] for finding in found["findings"])


def test_nothing_says_whose_machine_it_is(say: Say) -> None:
    out = say("doctor", "--device", "fake", "--json").out
    for secret in (socket.gethostname(), str(Path.home()), str(Path.cwd()), f'"{getpass.getuser()}"'):
        assert secret not in out


def test_a_device_that_does_not_exist_is_exit_2(say: Say) -> None:
    said = say("doctor", "--device", "gpu")
    assert said.code == 2
    assert "cuda" in said.err


def test_a_run_s_start_holds_the_facts_that_the_doctor_shows(scenario: Scenario, say: Say) -> None:
    said = json.loads(say("doctor", "--device", "fake", "--json").out)
    say("run", scenario.case("one").written(), "--device", "fake")
    (start,) = store.read(scenario.runs[0]).starts
    assert start.environment.keys() == said["facts"].keys() - {"allocator_retains"}
    changing = {"load", "frequency", "memory_available"}
    assert all(start.environment[name] == said["facts"][name] for name in start.environment.keys() - changing)


@pytest.mark.torch
def test_the_real_machine_is_looked_at(say: Say, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(doctor, "CHILDREN", 1)  # of each kind: this shows that there are numbers, not how good
    found = json.loads(say("doctor", "--json").out)
    assert found["measured"]["sentinel"]["value"] > 0
    assert found["facts"]["onednn"] != "unknown"
