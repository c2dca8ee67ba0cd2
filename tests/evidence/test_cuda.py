"""The script for an NVIDIA machine, as far as it can be tried without: on the fake CUDA device and made-up numbers."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest
import torch
from click.testing import CliRunner

from bench.analysis.analysed import analyse
from bench.errors import BenchError
from bench.measure import cuda as device
from bench.measure.fake_cuda import FakeCudaDevice, FakeCudaWorkload
from bench.measure.kernels import Launched
from bench.measure.processes import Json
from bench.records.nouns import Record
from tests.evidence import cuda
from tests.evidence.cuda import CHECKS, PROFILED_STEPS, Check, checked
from tests.evidence.cuda_rows import (
    AGAIN,
    AS_DO_BENCH,
    CLOCKS_AGREE,
    HEAD,
    LAUNCHED,
    NEARER,
    Row,
    Times,
    clock_row,
    cold_row,
    differences,
    energy_row,
    graph_rows,
    launch_row,
    repeated_row,
    time_row,
)
from tests.measure.made_up import Steady, case, measured
from tests.measure.made_up import run as made_up_run

REQUEST: Json = {"round": 1, "attempt": 0, "kind": "timed", "side": "", "device": "fake-cuda"}


def fake_times(*, work: float, launch: float, cold: bool = False) -> Times:
    made = FakeCudaDevice(REQUEST)
    made.random = Steady()
    return cuda.times(FakeCudaWorkload(made, work, launch, "none").step, made, cold=cold)


def test_both_clocks_agree_where_the_device_is_never_late() -> None:
    found = fake_times(work=0.002, launch=0.00001)
    assert found.device == pytest.approx(0.002)
    row = clock_row("a long step", found)
    assert row.holds, row


def test_a_step_that_waits_for_the_processor_takes_the_device_less_than_the_wall_clock_says() -> None:
    found = fake_times(work=0.0005, launch=0.002)
    assert found.device == pytest.approx(0.0005)
    assert clock_row("a late step", found).holds is False


def test_nothing_is_asked_of_clocks_at_short_steps() -> None:
    assert clock_row("short", Times(latency=2e-5, device=1e-5)).holds is None


@pytest.mark.parametrize(
    ("ours", "theirs", "kernel", "holds"),
    [
        (98e-6, 100e-6, 95e-6, True),
        (90e-6, 100e-6, 90e-6, False),
        (11e-6, 13e-6, 10e-6, True),
        (13e-6, 11e-6, 10e-6, False),
        (30e-6, 40e-6, 30e-6, None),
    ],
)
def test_cold_times_are_held_against_triton_s_if_long_and_the_profiler_s_if_short(
    ours: float, theirs: float, kernel: float, *, holds: bool | None
) -> None:
    assert cold_row("a kernel", ours, theirs, kernel).holds is holds


@pytest.mark.parametrize(("differ", "holds"), [([0.001] * 20, True), ([0.02] * 20, False), ([0.0] * 39 + [0.5], True)])
def test_two_runs_may_differ_in_one_case_of_twenty(differ: list[float], *, holds: bool) -> None:
    assert repeated_row("latency", {str(number): share for number, share in enumerate(differ)}).holds is holds
    assert repeated_row("latency", {}).holds is False


def test_a_case_that_was_not_measured_in_both_runs_is_named_and_lets_them_not_hold() -> None:
    """However near the others lie."""
    made = made_up_run([case(name="one"), case(name="two")])
    records = measured(made)
    left = [record for record in records if (record.kind, record.case) != ("timed", "name=one")]
    for one, other in ((records, left), (left, records)):
        found = differences(analyse(made, one), analyse(made, other), "latency")
        assert found == {"name=one": None, "name=two": 0}
        row = repeated_row("latency", found)
        assert (row.holds, row.found) == (False, "not measured in both: name=one")


def test_a_graph_is_to_be_launched_faster_than_its_loop() -> None:
    loop, graph = Times(latency=9e-4, device=3e-4), Times(latency=3.2e-4, device=3e-4)
    assert [row.holds for row in graph_rows({"loop": loop, "graph": graph})] == [None, True]
    assert [row.holds for row in graph_rows({"loop": graph, "graph": loop})] == [None, False]


@pytest.mark.parametrize(("watts", "holds"), [(300.0, True), (310.0, True), (350.0, False)])
def test_energy_is_held_against_power_and_time(watts: float, *, holds: bool) -> None:
    found = {"energy": 0.6, "metered_steps": 500, "metered_seconds": 1.0, "metered_power": watts}
    row = energy_row("a step of 2 ms", found)
    assert row.holds is holds
    assert row.found.startswith("600 mJ a step")
    assert energy_row("no counter", {}).holds is False


def test_children_of_either_kind_are_tried_and_their_costs_told() -> None:
    rows = list(cuda.launches("fake-cuda"))
    assert [(row.what, row.holds) for row in rows] == [("fork", True), ("spawn", True)]
    assert all("context 0.25 s, libraries 0.50 s" in row.found for row in rows)


def test_where_a_fork_is_refused_the_other_kind_is_tried_all_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    good = measured(made_up_run([case(name="one"), case(name="two")]))[:LAUNCHED]

    def launched(_: str, launch: str) -> list[Record]:
        if launch == "fork":
            raise BenchError("a server has opened a GPU")
        return good

    monkeypatch.setattr(cuda, "launched", launched)
    assert [(row.what, row.holds) for row in cuda.launches("fake-cuda")] == [("fork", False), ("spawn", True)]


def test_a_process_that_measures_nothing_or_less_than_it_was_asked_to_is_no_good() -> None:
    records = measured(made_up_run([case(name="one"), case(name="two")]))[:LAUNCHED]
    assert launch_row("fork", records).holds
    assert launch_row("fork", []).holds is False
    row = launch_row("fork", records[:-1])
    assert (row.holds, row.found) == (False, "3 of 4 were measured")
    failed = launch_row("fork", [*records[:-1], replace(records[-1], status="crashed", note=None)])
    assert (failed.holds, failed.found) == (False, "crashed: ")


def asked_of(monkeypatch: pytest.MonkeyPatch, name: str, rows: list[Row]) -> list[tuple[str, bool | None]]:
    """What a check comes to that finds these rows: what is asked, and whether it holds."""
    monkeypatch.setitem(CHECKS, name, replace(CHECKS[name], rows=lambda _, **__: rows))
    return [(row.asked, row.holds) for row in checked(name, "fake-cuda")]


def test_a_check_that_judges_nothing_of_what_it_asks_does_not_hold(monkeypatch: pytest.MonkeyPatch) -> None:
    """On a card that is so quick, no step might reach the millisecond from which on something is asked."""
    short, long = Times(latency=2e-5, device=1e-5), Times(latency=2e-3, device=2e-3)
    rows = [clock_row("short", short)]
    assert asked_of(monkeypatch, "clocks", rows) == [(CLOCKS_AGREE, None), (CLOCKS_AGREE, False)]
    assert asked_of(monkeypatch, "clocks", [*rows, clock_row("long", long)]) == [
        (CLOCKS_AGREE, None),
        (CLOCKS_AGREE, True),
    ]
    assert asked_of(monkeypatch, "energy", [])[0][1] is False


def test_of_cold_times_both_that_of_long_and_that_of_short_kernels_must_be_judged(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    long, short = cold_row("long", 98e-6, 100e-6, 95e-6), cold_row("short", 11e-6, 13e-6, 10e-6)
    assert asked_of(monkeypatch, "cold", [long, short]) == [(AS_DO_BENCH, True), (NEARER, True)]
    assert asked_of(monkeypatch, "cold", [long]) == [(AS_DO_BENCH, True), (NEARER, False)]
    assert asked_of(monkeypatch, "cold", [short]) == [(NEARER, True), (AS_DO_BENCH, False)]


def test_without_triton_the_cold_times_do_not_hold(monkeypatch: pytest.MonkeyPatch) -> None:
    def missing() -> None:
        raise ImportError("no triton here")

    monkeypatch.setattr(cuda, "triton_median", missing)
    rows = list(checked("cold", "fake-cuda"))
    assert rows[0].found == "cannot be imported: no triton here"
    assert [(row.asked, row.holds) for row in rows] == [(AS_DO_BENCH, False), (NEARER, False)]


def test_everything_cold_is_timed_before_the_first_profile(monkeypatch: pytest.MonkeyPatch) -> None:
    order: list[str] = []

    def times(*_: object, cold: bool) -> Times:
        order.append("timed")
        return Times(latency=1e-5, device=1e-5)

    def profiled(*_: object) -> float:
        order.append("profiled")
        return 1e-5

    monkeypatch.setattr(cuda, "triton_median", lambda: lambda _: 0.02)
    monkeypatch.setattr(cuda, "ready", lambda _: FakeCudaDevice(REQUEST))
    monkeypatch.setattr(cuda, "plus_one", lambda count, device: lambda: None)
    monkeypatch.setattr(cuda, "times", times)
    monkeypatch.setattr(cuda, "kernel_seconds", profiled)
    rows = list(cuda.cold("fake-cuda"))
    assert order == ["timed"] * len(rows) + ["profiled"] * len(rows)
    assert list(CHECKS)[-1] == "cold", "what is timed after it in this process is slower"


def test_the_kernels_of_a_step_are_those_that_neither_empty_the_cache_nor_hold_the_device(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    made = FakeCudaDevice(REQUEST)
    each = [("Memset (Device)", 40.0), ("add", 2.0), ("add", 1.0)] * PROFILED_STEPS
    launched = [Launched(name=name, start=0.0, end=end) for name, end in each]
    monkeypatch.setattr(made, "kernels", lambda _: launched)
    assert cuda.kernel_seconds(lambda: None, made) == pytest.approx(3e-6)
    monkeypatch.setattr(made, "kernels", lambda _: [])
    assert cuda.kernel_seconds(lambda: None, made) is None
    assert [cold_row("short", 1e-5, theirs, None).holds for theirs in (1e-5, 4e-5)] == [False, False]
    assert cold_row("long", 1e-4, 1e-4, None).holds


def shown(monkeypatch: pytest.MonkeyPatch, check: Callable[[str], Iterator[Row]], *words: str) -> tuple[int, str]:
    """The script with that check alone, on a machine that has a GPU."""
    monkeypatch.setattr(device.CudaDevice, "missing", lambda _: "")
    monkeypatch.setattr(torch.cuda, "get_device_name", lambda _: "Made-up GPU")
    for name in list(CHECKS):
        monkeypatch.delitem(CHECKS, name)
    monkeypatch.setitem(CHECKS, "only", Check(rows=check, asks=()))
    result = CliRunner().invoke(cuda.main, list(words))
    return result.exit_code, result.stdout


@pytest.mark.parametrize(("holds", "code"), [(True, 0), (None, 0), (False, 1)])
def test_the_script_ends_with_1_where_something_does_not_hold(
    monkeypatch: pytest.MonkeyPatch, *, holds: bool | None, code: int
) -> None:
    def check(_: str) -> Iterator[Row]:
        yield Row(check="only", what="this", found="that", asked="so", holds=holds)

    found, out = shown(monkeypatch, check)
    assert found == code
    assert "| only | this | that | so |" in out


def test_a_check_that_fails_has_a_row_and_costs_the_others_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    def check(_: str) -> Iterator[Row]:
        raise TypeError("no\nluck")
        yield

    code, out = shown(monkeypatch, check)
    assert code == 1
    assert "| time | this table | 0 s | under 300 s | yes |" in out
    assert "| only |  | ended early: TypeError: no luck |  | no |" in out


def test_what_the_table_has_is_not_made_again_and_what_ended_early_is(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    table, made = tmp_path / "table.md", list[str]()

    def check(_: str) -> Iterator[Row]:
        made.append("once")
        if len(made) == 1:
            raise RuntimeError("cut off")
        yield Row(check="only", what="this", found="that", holds=True)

    for code in (1, 0, 0):
        with monkeypatch.context() as patched:
            assert shown(patched, check, "--table", str(table))[0] == code
    assert len(made) == 2
    assert table.read_text().splitlines() == [*HEAD.splitlines(), "| only | this | that |  | yes |"]


def test_a_table_that_takes_too_long_does_not_hold() -> None:
    assert [time_row(seconds).holds for seconds in (299.0, 301.0)] == [True, False]


def test_where_a_fork_cannot_use_a_gpu_the_runs_are_made_of_interpreters(monkeypatch: pytest.MonkeyPatch) -> None:
    asked = list[str]()

    def runs(_: str, launch: str) -> Iterator[Row]:
        asked.append(launch)
        yield Row(check=cuda.RUNS, what="latency", found="0 %", asked=AGAIN, holds=True)

    monkeypatch.setitem(CHECKS, cuda.RUNS, replace(CHECKS[cuda.RUNS], rows=runs))
    assert [row.holds for row in checked(cuda.RUNS, "fake-cuda", "spawn")] == [True]
    assert asked == ["spawn"]


@pytest.mark.skipif(device.DRIVER.exists(), reason="this machine has a GPU")
def test_without_a_gpu_there_is_no_table_and_the_reason_is_told() -> None:
    result = CliRunner().invoke(cuda.main, [])
    assert result.exit_code == 3
    assert "no table: cuda: torch" in result.stderr
