"""Trials on the fake CUDA device: which times a record has, and what a process that cases share makes of failures."""

import json
import time
from collections.abc import Sequence
from dataclasses import asdict, replace

import pytest

from bench.analysis.medians import median_of
from bench.analysis.trials import Counted
from bench.analysis.values import NOT_READY, value
from bench.measure import trial
from bench.measure.fake_cuda import COLD, MARK, OPENING, WAKING, FakeCudaDevice
from bench.measure.processes import Json
from bench.measure.request import Place
from bench.measure.runner import Means, Runner
from bench.measure.timeline import FLOOR_SAMPLES, LAUNCHES
from bench.records.codec import decode
from bench.records.nouns import Case, Record
from bench.records.suite import Policy
from tests.measure.made_up import ScriptedJudge, Steady, case, run, setup, shuffled
from tests.measure.test_trial import Kept

ONE_TRY = 1
"""Whether a sample lies ready, before any counts."""


def timed(
    *, takes: float, launch: float, cache: str = "hot", launches: int = 1, loading: float = 0.0
) -> tuple[Record, FakeCudaDevice]:
    """The record of one trial in this process, and the device that it was measured on."""
    made = case(takes=takes, launch=launch, launches=launches, loading=loading)
    made = replace(made, cache="cold" if cache == "cold" else "hot")
    request: Json = {
        "kind": "timed",
        "round": 1,
        "attempt": 0,
        "cases": [asdict(made)],
        "policy": asdict(Policy(trial_seconds=0.02)),
        "device": "fake-cuda",
        "seed": 7,
        "asked": time.monotonic(),
        "calm": None,
        "patience": 0.0,
        "side": "",
        "loops": None,
        "tree": None,
        "turns": None,
        "energy": False,
    }
    kept, device = Kept(), FakeCudaDevice(request)
    device.random = Steady()
    trial.run(request, kept, device)
    (content,) = kept.records
    whole = {"schema": 1, "kind": "timed", "case": made.id, "round": 1, **content}
    record = decode(Record, json.dumps(whole).encode(), where=made.id)
    assert record.status == "ok", record.note
    return record, device


def worth(record: Record, metric: str) -> float:
    found = value(record, metric, {})
    assert found is not None
    return found


def test_a_step_that_the_device_takes_longer_for_is_its_work_by_either_clock() -> None:
    record, _ = timed(takes=0.001, launch=0.0001)
    assert worth(record, "device_time") == pytest.approx(0.001)
    assert worth(record, "latency") == pytest.approx(0.001 + (0.0001 + WAKING / 1e9) / record.loops)
    assert worth(record, "launch") < 0.0001


def test_a_step_that_is_launched_more_slowly_than_it_works_shows_both_times() -> None:
    record, _ = timed(takes=0.00002, launch=0.0001)
    assert worth(record, "device_time") == pytest.approx(0.00002)
    assert worth(record, "latency") == pytest.approx(0.0001 + (0.00002 + WAKING / 1e9) / record.loops)
    assert worth(record, "launch") == worth(record, "latency") - worth(record, "device_time")


def test_a_step_that_the_queue_has_no_room_for_has_neither_time_and_says_why() -> None:
    """Its launches would be counted as the device's time, and the step taken for one that the device is late with."""
    record, _ = timed(takes=0.02, launch=0.05, launches=10_000)
    assert worth(record, "latency") == pytest.approx(0.05, rel=0.01)
    for metric in ("device_time", "launch"):
        assert value(record, metric, {}) is None
        found = median_of(record.case, metric, (), counted=Counted(trials=(record,)), policy=Policy())
        assert (found.value, found.note) == (None, NOT_READY)


def test_a_step_of_many_launches_is_timed_by_the_device_in_as_many_steps_as_lie_ready() -> None:
    record, _ = timed(takes=0.0002, launch=0.0004, launches=300)
    assert record.loops == 5
    assert record.noise["device_loops"] == 2
    assert worth(record, "device_time") == pytest.approx(0.0002, rel=0.01)


def test_a_cold_step_works_longer_and_the_cooling_is_in_neither_time() -> None:
    (hot, _), (cold, _) = (timed(cache=cache, takes=0.0002, launch=0.00001) for cache in ("hot", "cold"))
    assert worth(cold, "device_time") == pytest.approx(COLD * worth(hot, "device_time"))
    assert worth(cold, "latency") == pytest.approx(COLD * 0.0002 + 0.00001 + WAKING / 1e9)
    assert value(cold, "cpu_time", {}) is None
    assert value(hot, "cpu_time", {}) is not None


def test_a_sample_waits_for_the_device_once_and_its_steps_never() -> None:
    record, device = timed(takes=0.00002, launch=0.00001)
    assert record.loops > 50
    batches = (record.warmup, record.samples, record.device)
    assert len(device.waits) == sum(map(len, batches)) + LAUNCHES + ONE_TRY + FLOOR_SAMPLES


def test_a_sample_holds_as_many_steps_whether_or_not_the_first_had_to_load_its_code() -> None:
    loaded, loading = (timed(takes=0.00002, launch=0.00001, loading=seconds)[0] for seconds in (0.0, 0.5))
    assert loading.warmup[0] > 0.5e9
    assert loading.loops == loaded.loops == 100


def test_what_the_marks_cost_is_on_record_and_no_part_of_the_device_s_time() -> None:
    record, _ = timed(takes=0.00001, launch=0.00001, cache="cold")
    assert record.noise["mark_floor"] == record.loops * MARK
    assert worth(record, "device_time") == pytest.approx(COLD * 0.00001)


def test_what_it_costs_to_make_the_device_ready_is_on_record_and_in_no_sample() -> None:
    record, _ = timed(takes=0.001, launch=0.0001)
    assert {name: record.phases[name] for name in OPENING} == OPENING


def measured(*cases: Case, done: Sequence[Record] = (), launch: str = "fork") -> list[Record]:
    """Those cases in rounds of one process."""
    made = replace(run(cases, isolate="round"), device="fake-cuda", launch="spawn" if launch == "spawn" else "fork")
    told = replace(setup(made.launch), device="fake-cuda")
    place = Place(paths=(), memory=8 << 30, cores=told.allowed_cores)
    means = Means(setup=told, place=place, order=shuffled, judge=ScriptedJudge())
    return list(Runner(made, means, done).measure())


ONE, TWO = case(model="one", fault="none"), case(model="two", fault="none")


def seen(records: Sequence[Record], of: Case) -> list[tuple[int, int, str]]:
    return [(record.round, record.attempt, record.status) for record in records if record.case == of.id]


WELL = [(number, 0, "ok") for number in range(7)]


@pytest.mark.parametrize("launch", ["fork", "spawn"])
def test_the_cases_of_a_round_share_one_process_which_opens_the_device_once(launch: str) -> None:
    records = measured(ONE, TWO, launch=launch)
    assert seen(records, ONE) == seen(records, TWO) == WELL
    opened = [record.round for record in records if "context" in record.phases]
    assert opened == list(range(7)), "the surveys' process, and one a round"


@pytest.mark.parametrize("launch", ["fork", "spawn"])
def test_a_round_may_have_more_cases_than_an_argument_of_a_process_has_room_for(launch: str) -> None:
    """128 KiB, of Linux's: a round of some hundred cases is longer."""
    large = replace(ONE, arguments={**ONE.arguments, "text": "x" * (1 << 18)})
    assert seen(measured(large, launch=launch), ONE) == WELL


def test_what_a_sample_holds_does_not_depend_on_which_case_of_a_round_came_first() -> None:
    cases = [case(model=name, takes=0.00002, launch=0.00001, loading=0.5) for name in ("one", "two")]
    trials = [record for record in measured(*cases) if record.kind == "timed"]
    first = [record for record in trials if record.warmup[0] > 0.5e9]
    assert len(first) == 6, "one of each process"
    assert len({record.case for record in first}) == 2
    assert {round(record.loops, -1) for record in trials} == {100}


def test_a_case_that_spoils_the_process_costs_the_others_nothing_and_is_tried_again_alone() -> None:
    spoilt = case(model="bad", fault="spoilt")
    records = measured(ONE, spoilt, TWO)
    assert seen(records, ONE) == seen(records, TWO) == WELL
    assert seen(records, spoilt) == [(0, 0, "failed"), (0, 1, "failed")]
    assert [record.case for record in records if "context" in record.phases][:3] == [ONE.id, TWO.id, spoilt.id]


def test_a_case_that_fails_beside_others_only_is_measured_alone_in_every_round() -> None:
    shy = case(model="shy", fault="shared")
    records = measured(ONE, shy, TWO)
    assert seen(records, shy)[:2] == [(0, 0, "failed"), (0, 1, "ok")]
    assert {round_ for round_, _, status in seen(records, shy) if status == "ok"} == set(range(7))
    assert seen(records, ONE) == WELL


def test_resuming_in_the_midst_of_what_is_tried_again_measures_nothing_twice() -> None:
    cases = (ONE, case(model="shy", fault="shared"), case(model="bad", fault="spoilt"))
    whole = measured(*cases)
    keys = sorted((r.kind, r.case, r.round, r.attempt) for r in whole)
    for cut in range(1, len(whole), 7):
        rest = measured(*cases, done=whole[:cut])
        found = sorted((r.kind, r.case, r.round, r.attempt) for r in [*whole[:cut], *rest])
        assert len(set(found)) == len(found)
        assert {key[:3] for key in found} == {key[:3] for key in keys}, cut
