"""The selftest: what it makes of its two gates, that it is alone, that it cleans up; on the fake device and truly."""

import os
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

import pytest

from bench.api import selftest as module
from bench.api.alone import Site
from bench.api.planning import Options
from bench.api.selftest import Kind, Part, Reach, Selftest, selftest
from bench.errors import BenchError, Busy, Internal
from bench.gate.doses import Dosed
from bench.gate.sensitivity import LIMITS, Power
from bench.measure.lock import machine_lock
from bench.records.gate import Change, Gate, Judged, Verdict
from bench.store.folder import read
from tests.measure.made_up import children

QUICK = """title: Two doses of one kind of step
question: Are the doses what they should be?
base: {target: "dosed:workload"}
factors: {kind: [short, long], dose: [0, 5]}
"""


def ignore(*_: object, **__: object) -> None:
    pass


@pytest.fixture(autouse=True)
def elsewhere(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """A lock and a folder for temporary files of the test's own."""
    monkeypatch.setenv("BENCH_LOCK", str(tmp_path / "lock"))
    folder = tmp_path / "temporary"
    folder.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(folder))
    return folder


JUDGED = Change(case="", metric="undisturbed", limit=0.01, ratio=1.05, low=1.04, high=1.06, pairs=12)


def kind(*, sure_from: float) -> Kind:
    """A kind of step in which all limits from one on find everything at the first look, and smaller ones nothing."""
    powers = [
        Power(limit=limit, pairs=pairs, found=float(limit >= sure_from), unchanged=1.0, alarm=0.0)
        for limit in LIMITS
        for pairs in (12, 24, 40)
    ]
    reach = tuple(Reach(pairs=pairs, seconds=pairs / 2, change=2 * sure_from) for pairs in (12, 24, 40))
    return Kind(kind="short", pairs=60, spread=0.004, powers=tuple(powers), reach=reach)


def part(name: str, verdicts: Sequence[tuple[int, Verdict]], *, sure_from: float = 0.01) -> Part:
    """A gate that found these verdicts for these doses."""
    cases = tuple(
        Dosed(kind="short", dose=dose, judged=Judged(case=f"dose={dose}", verdict=verdict, changes=(JUDGED,)))
        for dose, verdict in verdicts
    )
    gate = Gate(
        suite="selftest",
        suite_file="selftest.yaml",
        machine="machine",
        device="fake",
        base="HEAD",
        candidate="the working tree",
        verdict="regression",
        exit_code=1,
        cases=tuple(case.judged for case in cases),
    )
    return Part(name=name, gate=gate, cases=cases, kinds=(kind(sure_from=sure_from),))


FINE: tuple[tuple[int, Verdict], ...] = ((0, "unchanged"), (5, "regression"))


def told(monkeypatch: pytest.MonkeyPatch, quiet: Part, loaded: Part) -> Selftest:
    """A selftest whose gates say that."""
    parts = {"quiet": quiet, "loaded": loaded}
    monkeypatch.setattr(module, "_gated", ignore)
    monkeypatch.setattr(module, "_part", lambda name, _: parts[name])
    return selftest(Options(device="fake", seed=1), ignore, wait=0)


def test_a_machine_that_finds_what_is_there_and_nothing_else_is_calm_enough(monkeypatch: pytest.MonkeyPatch) -> None:
    found = told(monkeypatch, part("quiet", FINE), part("loaded", FINE))
    assert (found.noisy, found.exit_code) == ((), 0)
    assert found.advice is not None
    assert (found.advice.limit, found.advice.change, found.advice.seconds) == (0.01, 0.02, 6.0)


@pytest.mark.parametrize(
    ("quiet", "loaded", "reason"),
    [
        (part("quiet", [(0, "unchanged"), (5, "inconclusive")]), part("loaded", FINE), "5 % more work were not found"),
        (part("quiet", [(0, "regression"), (5, "regression")]), part("loaded", FINE), "quiet: short steps with 0 %"),
        (part("quiet", FINE), part("loaded", [(0, "improvement"), (5, "regression")]), "loaded: short steps with 0 %"),
        (part("quiet", FINE), part("loaded", [(0, "unchanged"), (5, "unchanged")]), "loaded: short steps with 5 %"),
        (part("quiet", FINE, sure_from=0.2), part("loaded", FINE), "with no limit up to 10 %"),
    ],
)
def test_a_machine_on_which_the_gate_cannot_be_believed_is_too_noisy(
    monkeypatch: pytest.MonkeyPatch, quiet: Part, loaded: Part, reason: str
) -> None:
    found = told(monkeypatch, quiet, loaded)
    assert found.exit_code == 4
    assert [reason in why for why in found.noisy] == [True]


def test_a_gate_without_a_look_is_too_noisy_and_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    undecided = part("quiet", [(0, "inconclusive"), (5, "inconclusive")])
    cases = tuple(replace(case, judged=replace(case.judged, changes=())) for case in undecided.cases)
    quiet = replace(undecided, cases=cases, kinds=())
    found = told(monkeypatch, quiet, part("loaded", FINE))
    assert found.exit_code == 4
    assert found.noisy[0] == "quiet: no step came as far as 12 pairs, the first look, in the time there is"
    assert not any("limit" in reason for reason in found.noisy)


def test_what_a_load_keeps_from_being_found_is_no_reason(monkeypatch: pytest.MonkeyPatch) -> None:
    loaded = part("loaded", [(0, "inconclusive"), (5, "inconclusive")], sure_from=0.2)
    assert told(monkeypatch, part("quiet", FINE), loaded).exit_code == 0


def test_nobody_measures_between_the_two_gates(monkeypatch: pytest.MonkeyPatch) -> None:
    refused = list[str]()

    def looking(name: str, site: Site, *_: object, **__: object) -> None:
        assert len(site.cores) == len(cores), "trials go where they went before"
        with pytest.raises(Busy, match="bench selftest"), machine_lock("another", wait=0):
            pass
        refused.append(name)

    cores = os.sched_getaffinity(0)
    monkeypatch.setattr(module, "_gated", looking)
    monkeypatch.setattr(module, "_part", lambda name, _: part(name, FINE))
    selftest(Options(device="cpu"), ignore, wait=0)
    assert refused == ["quiet", "loaded"]
    assert os.sched_getaffinity(0) == cores


def test_only_the_second_gate_is_under_a_load(monkeypatch: pytest.MonkeyPatch) -> None:
    seen = list[int]()

    def counting(*_: object, **__: object) -> None:
        seen.append(len(children()) - before)

    before = len(children())
    monkeypatch.setattr(module, "_gated", counting)
    monkeypatch.setattr(module, "_part", lambda name, _: part(name, FINE))
    selftest(Options(device="fake"), ignore, wait=0)
    assert seen == [0, len(os.sched_getaffinity(0))]
    assert len(children()) == before


def test_nothing_is_left_in_the_temporary_folder_and_out_keeps_both_runs(elsewhere: Path, tmp_path: Path) -> None:
    names = set()
    found = selftest(Options(device="fake", seed=7, out=tmp_path / "kept"), lambda run, _: names.add(run.name), wait=0)
    assert not list(elsewhere.iterdir())
    for name, whole in (("quiet", found.quiet), ("loaded", found.loaded)):
        stored = read(tmp_path / "kept" / name)
        assert stored.run.gate is not None
        assert stored.run.gate.policy.limit == module.LIMIT
        assert {case.judged.case for case in whole.cases} == {case.id for case in stored.run.cases}
        assert [(case.dose, case.judged.verdict) for case in whole.cases] == [(0, "unchanged"), (5, "regression")]
        assert whole.kinds[0].pairs == 24
        assert [reach.pairs for reach in whole.kinds[0].reach] == [12, 24, 40]
    assert len(names) == 2
    assert found.seed == 7


def test_an_unknown_device_is_told_before_anything_is_made(elsewhere: Path) -> None:
    with pytest.raises(BenchError, match="no device"):
        selftest(Options(device="gpu"), ignore, wait=0)
    assert not list(elsewhere.iterdir())


@pytest.fixture
def short(monkeypatch: pytest.MonkeyPatch) -> Callable[[], Selftest]:
    """A selftest of the processor that surveys, measures a pair or two, and ends."""
    for name in ("QUIET_SECONDS", "LOADED_SECONDS", "LEAST_SECONDS"):
        monkeypatch.setattr(module, name, 1.0)
    monkeypatch.setattr(module, "SUITE", QUICK)
    return lambda: selftest(Options(device="cpu", seed=1), ignore, wait=0)


@pytest.mark.torch
def test_the_injected_work_is_real_and_as_much_as_it_says(short: Callable[[], Selftest]) -> None:
    found = short()
    assert [(case.kind, case.dose) for case in found.quiet.cases] == [
        ("short", 0), ("short", 5), ("long", 0), ("long", 5)
    ]  # fmt: skip
    assert {case.judged.verdict for case in found.quiet.cases} == {"inconclusive"}, "a pair decides nothing"
    assert found.exit_code == 4
    assert found.advice is None


@pytest.mark.torch
def test_doses_that_are_not_injected_are_a_fault_of_ours(
    short: Callable[[], Selftest], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "SUITE", QUICK.replace("[short, long]", "[short]"))
    monkeypatch.setattr(module, "ON", f"{module.OFF}  # as before")
    with pytest.raises(Internal, match="400 operators after 400, where 105 parts after 100 were asked for"):
        short()
