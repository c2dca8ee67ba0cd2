"""`python -m tests.evidence.gpu` on the fake CUDA device: it begins, goes on, files, profiles, files nothing empty."""

import shutil
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from bench.api.planning import Options, plan
from bench.measure.runner import IN_ROUND
from bench.records.suite import Level
from bench.store import folder as store
from tests.evidence import gpu
from tests.evidence.gpu import AT_HOME, PROFILED, Asked, finished, main
from tests.scenario import Said, Scenario, bench, wait_until

ROOT = Path(__file__).resolve().parents[2]
SUITE = "scenario"
NEXT = "; ".join(AT_HOME)
Ask = Callable[..., Said]


@pytest.fixture
def ask(scenario: Scenario, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]) -> Ask:
    """The campaign over the project's one suite, on a machine called `card`."""
    monkeypatch.setenv("BENCH_LOCK", str(scenario.folder / "lock"))
    monkeypatch.chdir(scenario.folder)

    def run(*words: str) -> Said:
        monkeypatch.setattr(sys, "argv", ["gpu", SUITE, "--device", "fake-cuda", "--machine", "card", *words])
        with pytest.raises(SystemExit) as ended:
            main()
        said = capfd.readouterr()
        assert isinstance(ended.value.code, int)
        return Said(ended.value.code, said.out, said.err)

    return run


def placed(scenario: Scenario, **policy: Level) -> None:
    """The scenario's suite and builder where a project has them."""
    file = scenario.written(**policy)
    (scenario.folder / "suites").mkdir()
    for each in (file, scenario.folder / "builder.py"):
        shutil.move(each, scenario.folder / "suites" / each.name)


def home(scenario: Scenario) -> Path:
    return scenario.folder / "results" / SUITE / "card"


def test_a_suite_is_measured_and_filed_once(scenario: Scenario, ask: Ask) -> None:
    placed(scenario.case("one").case("two"))
    assert ask().code == 0
    assert {path.name for path in home(scenario).iterdir()} >= {"run.json", "records.jsonl.gz", "table.md"}
    assert store.read_run(home(scenario)).device == "fake-cuda"
    said = ask()
    assert (said.code, len(scenario.runs)) == (0, 1)
    assert f"{SUITE}: filed" in said.out
    assert NEXT == "bench report; bench claims; bench report"
    assert NEXT in said.out


def test_a_run_that_was_cut_off_is_gone_on_with_and_not_begun_anew(scenario: Scenario, ask: Ask) -> None:
    placed(scenario.case("one").case("two"))
    ask()
    shutil.rmtree(scenario.folder / "results")
    (folder,) = scenario.runs
    whole = store.read(folder)
    cut(folder)
    assert finished(whole)
    assert not finished(store.read(folder))
    assert ask().code == 0
    assert scenario.runs == [folder]
    assert finished(store.read(folder))
    assert home(scenario).exists()


def test_without_time_nothing_begins_and_the_same_command_is_asked_for_again(scenario: Scenario, ask: Ask) -> None:
    placed(scenario.case("one"))
    said = ask("--seconds", "1")
    assert (said.code, scenario.runs) == (4, [])
    assert "the same command again" in said.out
    assert NEXT not in said.out


def cut(folder: Path) -> None:
    """Leaves the run its first records."""
    lines = (folder / store.RECORDS).read_text().splitlines(keepends=True)
    (folder / store.RECORDS).write_text("".join(lines[:5]))


@pytest.mark.parametrize("ending", [pytest.param(gpu.ENDING, id="interrupted"), pytest.param(0.0, id="killed")])
def test_a_call_that_ends_in_the_middle_of_a_suite_is_gone_on_with(
    scenario: Scenario, ask: Ask, monkeypatch: pytest.MonkeyPatch, ending: float
) -> None:
    """The call is over when the first trials are on record; the other rounds would start servers of their own."""
    placed(scenario.case("one").case("two"), rounds_per_server=1)

    def recorded() -> bytes:
        texts = [(folder / store.RECORDS).read_bytes() for folder in scenario.runs if (folder / store.RECORDS).exists()]
        return b"".join(line for text in texts for line in text.splitlines(keepends=True) if line.endswith(b"\n"))

    def over() -> float:
        wait_until(lambda: recorded().count(b"\n") > 2)
        return 0.0

    left = iter((lambda: 100.0, over))
    with monkeypatch.context() as patched:
        patched.setattr(gpu, "ENDING", ending)
        patched.setattr(Asked, "left", property(lambda _: next(left)()))
        said = ask()
    (folder,) = scenario.runs
    before = recorded()
    assert (said.code, finished(store.read(folder)), home(scenario).exists()) == (4, False, False)
    assert ask().code == 0
    assert scenario.runs == [folder]
    assert recorded().startswith(before)
    assert finished(store.read(folder))
    assert home(scenario).exists()


def test_a_call_has_eight_minutes_and_files_what_is_measured_at_its_end(
    scenario: Scenario, ask: Ask, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert gpu.SECONDS + gpu.PUBLISHING + gpu.ENDING < 480
    placed(scenario.case("one"))
    ask()
    shutil.rmtree(scenario.folder / "results")
    monkeypatch.setattr(Asked, "left", property(lambda _: 0.0))
    with monkeypatch.context() as patched:
        patched.setattr(gpu, "PUBLISHING", 0.0)
        assert ask().code == 4
    assert not home(scenario).exists()
    assert ask().code == 0
    assert home(scenario).exists()


def test_a_run_of_another_card_is_left_as_it_is_and_one_of_this_card_begins(scenario: Scenario, ask: Ask) -> None:
    placed(scenario.case("one"))
    ask()
    shutil.rmtree(scenario.folder / "results")
    (folder,) = scenario.runs
    run = store.read_run(folder)
    store.put_run(folder, replace(run, machine=replace(run.machine, identity="0" * 16)))
    cut(folder)
    before = {path: path.read_bytes() for path in folder.iterdir() if path.is_file()}
    assert ask().code == 0
    assert len(scenario.runs) == 2
    assert {path: path.read_bytes() for path in folder.iterdir() if path.is_file()} == before
    assert store.read_run(home(scenario)).machine.identity == run.machine.identity


def test_where_forks_cannot_use_the_device_children_are_spawned_and_no_forked_run_is_gone_on_with(
    scenario: Scenario, ask: Ask
) -> None:
    placed(scenario.case("one"))
    ask()
    shutil.rmtree(scenario.folder / "results")
    cut(scenario.runs[0])
    assert ask("--launch", "spawn").code == 0
    assert len(scenario.runs) == 2
    assert store.read_run(home(scenario)).launch == "spawn"
    assert (ask().code, len(scenario.runs)) == (0, 2)


def test_what_some_cases_spend_their_time_on_is_filed_beside_their_run(
    scenario: Scenario, ask: Ask, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setitem(PROFILED, SUITE, "one")
    placed(scenario.case("one", fault="kernels").case("two"))
    profile = home(scenario) / "profile"
    assert (ask("--only", "one").code, profile.exists()) == (0, False)
    assert ask().code == 0
    assert {path.name for path in profile.iterdir()} == {"profile.md", "operators.csv", "kernels.csv"}
    page = (profile / "profile.md").read_text()
    assert "trace" not in page
    assert "fake_gemm" in (profile / "kernels.csv").read_text()
    for words in (["report"], ["report", "--check"]):
        assert bench(*words, folder=scenario.folder, monkeypatch=monkeypatch, capfd=capfd).code == 0
    (profile / "profile.md").write_text("kept")
    assert (ask().code, (profile / "profile.md").read_text()) == (0, "kept")
    (home(scenario) / store.RUN).unlink()
    assert ask().code == 0
    assert (profile / "profile.md").read_text().startswith("# Profile of scenario"), "of another run it is another"
    shutil.rmtree(profile)
    assert (ask("--seconds", "1").code, profile.exists()) == (4, False)


def test_a_profile_that_cannot_be_made_is_said_to_be_missing(
    scenario: Scenario, ask: Ask, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(PROFILED, SUITE, "bad")
    placed(scenario.case("one").case("bad", fault="raise"))
    said = ask()
    assert said.code == 3
    assert "filed without its profile" in said.err
    assert home(scenario).exists()
    assert not (home(scenario) / "profile").exists()


def test_a_profile_of_another_card_is_not_filed_beside_a_run(
    scenario: Scenario, ask: Ask, monkeypatch: pytest.MonkeyPatch
) -> None:
    placed(scenario.case("one"))
    ask()
    monkeypatch.setattr(gpu, "PROFILED", {SUITE: "one"})
    run = store.read_run(home(scenario))
    store.put_run(home(scenario), replace(run, machine=replace(run.machine, identity="0" * 16)))
    said = ask()
    assert (said.code, (home(scenario) / "profile").exists()) == (0, False)
    assert "another card has measured what is filed" in said.err


def test_what_is_profiled_is_the_published_shape_as_a_loop_and_by_cudnn() -> None:
    only = PROFILED["lstm_fusion"]
    cases = plan(ROOT / "suites" / "lstm_fusion.yaml", Options(device="cuda", only=only)).cases
    assert [case.levels["rung"] for case in cases] == ["hoisted", "fused"]
    assert {case.levels["shape"] for case in cases} == {"flashrnn_fp16"}


def test_a_case_that_fails_for_good_does_not_keep_a_run_from_its_end(scenario: Scenario, ask: Ask) -> None:
    placed(scenario.case("one").case("bad", fault="raise").case("late", fault="flaky"))
    assert ask().code == 0
    assert home(scenario).exists()


def test_where_nothing_could_be_measured_nothing_is_filed(scenario: Scenario, ask: Ask) -> None:
    placed(scenario.case("bad", fault="raise"))
    said = ask()
    assert (said.code, home(scenario).exists()) == (3, False)
    assert "no case was measured" in said.err


def test_what_could_not_be_measured_is_tried_again(scenario: Scenario, ask: Ask) -> None:
    placed(scenario.case("bad", fault="raise"))
    ask()
    ask()
    assert len(scenario.runs) == 2


def test_some_cases_alone_may_be_asked_for(scenario: Scenario, ask: Ask) -> None:
    placed(scenario.case("one").case("two"))
    assert ask("--only", "two").code == 0
    assert [case.levels["name"] for case in store.read_run(home(scenario)).cases] == ["two"]


OTHERWISE = (["--quick"], ["-k", "two"], ["--set", "size=2"], ["--rounds", "7"])


@pytest.mark.parametrize("asked", OTHERWISE, ids=lambda words: words[0])
@pytest.mark.parametrize("published", [False, True])
def test_a_run_that_was_asked_for_otherwise_is_not_the_evidence(
    scenario: Scenario,
    ask: Ask,
    monkeypatch: pytest.MonkeyPatch,
    capfd: pytest.CaptureFixture[str],
    *,
    asked: list[str],
    published: bool,
) -> None:
    """A quick one is what people try first; it was found, was whole, and was filed."""
    placed(scenario.case("one").case("two"))
    words = ["run", "suites/scenario.yaml", "--device", "fake-cuda", "--machine", "card", *asked]
    assert bench(*words, folder=scenario.folder, monkeypatch=monkeypatch, capfd=capfd).code == 0
    if published:
        bench("report", "--publish", "latest", folder=scenario.folder, monkeypatch=monkeypatch, capfd=capfd)
    assert home(scenario).exists() is published
    assert ask().code == 0
    assert len(scenario.runs) == 2
    run = store.read_run(home(scenario))
    assert (set(run.options), len(run.cases), run.policy.rounds) == ({"policy.max_seconds"}, 2, 6)


def test_some_cases_replace_nothing_that_is_whole_and_the_whole_replaces_some(scenario: Scenario, ask: Ask) -> None:
    placed(scenario.case("one").case("two"))
    for words, runs, cases in ((["--only", "two"], 1, 1), ([], 2, 2), (["--only", "two"], 2, 2), ([], 2, 2)):
        assert ask(*words).code == 0
        assert (len(scenario.runs), len(store.read_run(home(scenario)).cases)) == (runs, cases)


def test_disturbed_trials_are_repeated_before_a_run_is_filed(scenario: Scenario, ask: Ask) -> None:
    """An interruption after the last round, or the end of the budget there, leaves all rounds and no repeats."""
    placed(scenario.case("one", fault="storm").case("two"))
    ask()
    shutil.rmtree(scenario.folder / "results")
    (folder,) = scenario.runs
    whole = store.read(folder)
    lines = (folder / store.RECORDS).read_text().splitlines(keepends=True)
    kept = [line for line, record in zip(lines, whole.records, strict=True) if record.attempt <= IN_ROUND]
    assert len(kept) < len(lines)
    (folder / store.RECORDS).write_text("".join(kept))
    assert finished(whole)
    assert not finished(store.read(folder))
    assert ask().code == 0
    assert scenario.runs == [folder]
    assert len(store.read(folder).records) == len(lines)
    assert home(scenario).exists()
