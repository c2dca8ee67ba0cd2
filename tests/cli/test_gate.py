"""`bench gate` on the fake device: which verdict and which exit code, in repositories of their own."""

from collections.abc import Callable
from pathlib import Path
from typing import cast

import pytest

from bench.measure import pairing
from tests.gate_scenario import FAKE, GateScenario, Told
from tests.measure.made_up_repository import commit, git
from tests.scenario import Said

Gate = Callable[..., Told]
Verb = Callable[..., Said]

VERDICTS = {
    "none": ("unchanged", "pass", 0),
    "slower": ("regression", "regression", 1),
    "faster": ("improvement", "pass", 0),
    "stutter": ("regression", "regression", 1),
    "outgrown": ("regression", "regression", 1),
    "broken": ("failed", "inconclusive", 4),
    "flaky": ("inconclusive", "inconclusive", 4),
    "shaky": ("failed", "inconclusive", 4),
    "raise": ("failed", "inconclusive", 4),
    "patricide": ("failed", "inconclusive", 4),
    "wild": ("inconclusive", "inconclusive", 4),
}


@pytest.mark.parametrize("fault", VERDICTS)
def test_a_case_alone_makes_the_verdict_and_the_exit_code(repo: GateScenario, gate: Gate, fault: str) -> None:
    found = gate(repo.case("only", fault=fault).committed())
    assert (found.verdicts["only"], found.verdict, found.code) == VERDICTS[fault]
    assert repo.trees() == []


def test_the_worst_case_makes_the_gate_and_every_case_is_listed(repo: GateScenario, gate: Gate) -> None:
    for fault in ("none", "slower", "broken"):
        repo.case(fault, fault=fault)
    found = gate(repo.committed())
    assert found.verdicts == {"none": "unchanged", "slower": "regression", "broken": "failed"}
    assert (found.verdict, found.code) == ("regression", 1)


def test_records_are_of_pairs_side_by_side_in_either_order_in_one_server_with_the_base_s_loops(
    repo: GateScenario, gate: Gate, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pairing, "ROUNDS_PER_SERVER", 3)
    gate(repo.case("one").case("two", takes=0.0003).committed())
    records = [record for record in repo.records if record.kind == "timed"]
    loops = {record.case: record.loops for record in repo.records if record.kind == "survey" and record.side == "base"}
    assert len(set(loops.values())) == 2
    orders = set()
    for first, second in zip(records[::2], records[1::2], strict=True):
        assert (first.case, first.round, first.server) == (second.case, second.round, second.server)
        assert (first.position, second.position) == (1, 2)
        assert first.loops == second.loops == loops[first.case]
        orders.add((first.side, second.side))
    assert {("base", "candidate"), ("candidate", "base")} <= orders


# The control


def test_a_control_that_finds_a_change_takes_a_regression_s_worth(repo: GateScenario, verb: Verb) -> None:
    """The calmest case, of many steps a sample, is haunted: base against base differs there by 5 %."""
    file = repo.case("haunted", fault="haunted", takes=0.0001).case("slower", fault="slower").committed()
    said = verb("gate", file, "--against", "HEAD", *FAKE)
    assert said.code == 4
    assert "regression" in said.out
    assert "the control found a change where there is none" in " ".join(said.out.split())
    control = [record for record in repo.records if record.side in ("reference", "control")]
    assert [record.kind for record in control] == ["survey"] + ["timed"] * 48
    assert {record.case.split(",")[0] for record in control} == {"name=haunted"}


# What may happen: the policy


@pytest.mark.parametrize("place", ["suite", "pyproject"])
def test_the_base_s_policy_counts_and_not_that_of_the_change(repo: GateScenario, gate: Gate, place: str) -> None:
    def policy(limit: str, *, allow: str = "") -> Path:
        if place == "suite":
            return repo.suite(gate=f"limit: {limit}, allow: [{allow}]")
        (repo.folder / "pyproject.toml").write_text(f'[tool.bench.gate]\nlimit = "{limit}"\nallow = [{allow!r}]\n')
        return repo.suite()

    repo.case("slower", fault="slower").case("broken", fault="broken")
    file = policy("3%", allow="added")
    commit(repo.folder, {})
    assert policy("20%", allow="failed") == file
    found = gate(file)
    assert found.verdicts == {"slower": "regression", "broken": "failed"}
    assert found.cases["broken"]["allowed"] is False
    commit(repo.folder, {})
    loosened = gate(file)
    assert (loosened.verdicts["slower"], loosened.code) == ("unchanged", 0)


def test_the_command_line_s_limit_counts_before_the_base_s(repo: GateScenario, gate: Gate) -> None:
    file = repo.case("slower", fault="slower").committed(gate="limit: 3%")
    assert gate(file, "--limit", "20%").code == 0
    assert gate(file, "--limit", "0.03").code == 1


def test_a_limit_may_be_a_case_s_own(repo: GateScenario, gate: Gate) -> None:
    repo.case("loose", fault="slower").case("tight", fault="slower")
    found = gate(repo.committed(gate="limits: [{where: {name: loose}, limit: 20%}]"))
    assert found.verdicts == {"loose": "unchanged", "tight": "regression"}


def test_an_inconclusive_gate_passes_where_the_base_s_policy_says_so(repo: GateScenario, gate: Gate) -> None:
    file = repo.case("wild", fault="wild").committed(gate="inconclusive: 0")
    found = gate(file)
    assert (found.verdict, found.code) == ("inconclusive", 0)


# Suites that differ


def test_a_suite_that_the_base_has_not_compares_nothing(repo: GateScenario, gate: Gate) -> None:
    commit(repo.folder, {"README": "no suite yet"})
    found = gate(repo.case("one").suite(gate="inconclusive: 4"))
    assert (found.verdicts, found.verdict, found.code) == ({"one": "added"}, "inconclusive", 4)
    assert [(record.kind, record.side) for record in repo.records] == [("survey", "candidate")]


def test_a_case_that_is_added_passes_and_one_that_is_removed_does_not(repo: GateScenario, gate: Gate) -> None:
    file = repo.case("kept").case("old").committed()
    repo.cases = {"kept": {}, "new": {}}
    assert repo.suite() == file
    found = gate(file)
    assert found.verdicts == {"kept": "unchanged", "new": "added", "old": "removed"}
    assert found.code == 4
    repo.cases = {"kept": {}}
    repo.committed()
    repo.case("new").suite()
    assert gate(file).code == 0


def test_a_case_that_is_removed_passes_where_it_was_allowed_before(repo: GateScenario, gate: Gate) -> None:
    file = repo.case("kept").case("old").committed(gate="allow: [removed]")
    del repo.cases["old"]
    repo.suite()
    assert gate(file).code == 0


def test_a_new_case_can_be_asked_for_alone(repo: GateScenario, gate: Gate) -> None:
    file = repo.case("old", fault="outgrown").committed()
    repo.case("new").suite()
    alone, both = gate(file, "-k", "new"), gate(file, "-k", "old or new")
    assert (alone.verdicts, alone.code) == ({"new": "added"}, 4)
    assert both.verdicts == {"old": "regression", "new": "added"}


def test_a_case_that_only_the_base_has_can_be_asked_for_alone(repo: GateScenario, gate: Gate) -> None:
    file = repo.case("kept").case("old").committed()
    del repo.cases["old"]
    repo.suite()
    alone, both = gate(file, "-k", "old"), gate(file, "-k", "old or kept")
    assert (alone.verdicts, alone.code) == ({"old": "removed"}, 4)
    assert both.verdicts == {"kept": "unchanged", "old": "removed"}


def test_a_case_that_is_gone_is_missed_by_what_else_it_is_called(repo: GateScenario, gate: Gate) -> None:
    file = repo.case("kept").case("old").case("older").committed()
    repo.cases = {"kept": {}}
    repo.suite()
    assert gate(file, "-k", "size=1").verdicts == {"kept": "unchanged", "old": "removed", "older": "removed"}


def test_the_working_tree_is_the_candidate_as_it_is(repo: GateScenario, gate: Gate) -> None:
    """Nothing of this is committed: neither the new suite's file nor the new case of the old one."""
    file = repo.case("one", fault="outgrown").committed()
    repo.case("two").suite()
    untracked = repo.folder / "untracked.yaml"
    untracked.write_text(file.read_text())
    assert gate(file).verdicts == {"one": "regression", "two": "added"}
    assert gate(untracked).verdicts == {"one": "added", "two": "added"}


# What is selected


def test_what_is_selected_is_selected_on_both_sides(repo: GateScenario, gate: Gate) -> None:
    file = repo.case("one", fault="outgrown").case("two").case("gone").committed()
    del repo.cases["gone"]
    repo.suite()
    found = gate(file, "-k", "one")
    assert found.verdicts == {"one": "regression"}, "what was not asked for is not missed"


def test_the_quick_version_and_other_levels_hold_on_both_sides(repo: GateScenario, gate: Gate) -> None:
    def sizes(found: Told) -> list[str]:
        cases = [str(case["case"]) for case in cast("list[dict[str, object]]", found.whole["cases"])]
        return sorted(case.rpartition("size=")[2] for case in cases)

    file = repo.case("one", fault="outgrown").committed(more="quick: {factors: {size: [2]}}\n")
    quick, other = gate(file, "--quick"), gate(file, "--set", "size=5,6")
    assert (sizes(quick), sizes(other)) == (["2"], ["5", "6"])
    assert (quick.code, other.code) == (1, 1)


def test_what_the_suite_skips_is_no_obstacle(repo: GateScenario, gate: Gate) -> None:
    repo.case("one").case("skipped")
    found = gate(repo.committed(more="skip: [{where: {name: skipped}, because: no reason}]\n"))
    assert (found.verdicts, found.code) == ({"one": "unchanged", "skipped": "skipped"}, 0)
    assert found.cases["skipped"]["note"] == "no reason"


def test_a_step_over_the_limit_on_the_candidate_alone_is_measured_all_the_same(repo: GateScenario, gate: Gate) -> None:
    repo.case("one", takes=0.48, fault="slower").case("both", takes=0.6, fault="slower")
    found = gate(repo.committed(step_limit=0.5))
    assert found.verdicts == {"one": "regression", "both": "skipped"}
    assert "step_limit" in str(found.cases["both"]["note"])


def test_a_budget_leaves_what_it_has_no_room_for_inconclusive(repo: GateScenario, gate: Gate) -> None:
    found = gate(repo.case("one", fault="slower").committed(), "--max-seconds", "0.001")
    assert (found.verdicts, found.code) == ({"one": "inconclusive"}, 4)
    assert [record.kind for record in repo.records] == ["survey", "survey"]


# Where


def test_a_suite_in_a_folder_of_its_own_is_found_from_anywhere(
    repo: GateScenario, gate: Gate, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = repo.case("one", fault="outgrown").suite()
    moved = repo.folder / "deep" / "er" / "scenario.yaml"
    moved.parent.mkdir(parents=True)
    file.rename(moved)
    (repo.folder / "builder.py").rename(moved.with_name("builder.py"))
    commit(repo.folder, {})
    for folder, words in ((tmp_path, moved), (moved.parent, Path("scenario.yaml")), (repo.folder, moved)):
        assert gate(words, folder=folder).code == 1
    git(tmp_path, "init", "-q", "another")
    assert gate(moved, folder=tmp_path / "another").code == 1
    assert len(repo.runs) == 4


def test_a_suite_that_is_reached_by_a_link_is_the_one_that_the_link_names(
    repo: GateScenario, gate: Gate, tmp_path: Path
) -> None:
    file = repo.case("one", fault="outgrown").committed()
    link = tmp_path / "link.yaml"
    link.symlink_to(file)
    assert gate(link).code == 1


def test_a_shallow_clone_without_the_base_says_what_to_fetch(repo: GateScenario, verb: Verb, tmp_path: Path) -> None:
    first = commit(repo.folder, {"README": "1"})
    repo.case("one").committed()
    clone = tmp_path / "clone"
    git(tmp_path, "clone", "-q", "--depth", "1", f"file://{repo.folder}", str(clone))
    said = verb("gate", clone / "scenario.yaml", "--against", first, *FAKE, folder=clone)
    assert said.code == 4
    assert "fetch-depth: 0" in said.err
    assert said.out == ""
    assert not (clone / ".bench").exists()


def test_a_revision_that_does_not_exist_is_exit_4_and_nothing_is_measured(repo: GateScenario, verb: Verb) -> None:
    said = verb("gate", repo.case("one").committed(), "--against", "nowhere", *FAKE)
    assert (said.code, said.out, repo.runs) == (4, "", [])
    assert "no commit 'nowhere'" in said.err


def test_a_suite_outside_of_any_repository_is_a_usage_error(verb: Verb, repo: GateScenario, tmp_path: Path) -> None:
    file = repo.case("one").suite()
    for name in ("scenario.yaml", "builder.py"):
        (tmp_path / name).write_text((repo.folder / name).read_text())
    said = verb("gate", tmp_path / file.name, "--against", "HEAD", *FAKE)
    assert said.code == 2
    assert "not a git repository" in said.err


@pytest.mark.parametrize(
    ("words", "code", "what"),
    [
        ((), 2, "name the base"),
        (("--against", "HEAD", "--baseline", "latest"), 2, "name the base"),
        (("--against", "HEAD", "--limit", "0"), 2, "no share"),
        (("--against", "HEAD", "--limit", "100%"), 2, "no share"),
        (("--against", "HEAD", "--limit", "nan"), 2, "no share"),
        (("--against", "HEAD", "--limit=-3%"), 2, "no share"),
        (("--against", "HEAD", "--rounds", "100"), 2, "--rounds: for bench run alone"),
        (("--against", "HEAD", "--precision", "1%", "--isolate", "case"), 2, "--precision, --isolate: for"),
        (("--against", "HEAD", "-k", "nothing"), 5, "no case has 'nothing'"),
        (("--against", "HEAD", "--device", "toaster"), 2, "no device"),
        (("--against", ""), 4, "no commit"),
        (("--against", "--all"), 2, "no revision"),
        (("--baseline", "latest", "--device", "fake"), 2, "measures nothing"),
        (("--against", "HEAD", "--out", "."), 2, "not empty"),
    ],
)
def test_what_cannot_be_asked_is_refused_before_anything_is_measured(
    repo: GateScenario, verb: Verb, words: tuple[str, ...], code: int, what: str
) -> None:
    file = repo.case("one").committed()
    device = () if "--device" in words or "--baseline" in words else ("--device", "fake")
    said = verb("gate", file, *words, *device)
    assert (said.code, said.out, repo.runs) == (code, "", [])
    assert what in said.err
    assert repo.trees() == []


def test_an_error_of_ours_is_exit_70_and_leaves_no_worktree(
    repo: GateScenario, verb: Verb, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    def broken(*_: object) -> None:
        raise RuntimeError("ours")

    file = repo.case("one", fault="broken").committed()
    monkeypatch.setattr("bench.api.gating.derive_gate", broken)
    said = verb("gate", file, "--against", "HEAD", *FAKE)
    assert said.code == 70
    assert repo.trees() == []
    assert list((tmp_path / "temporary").iterdir()) == []
