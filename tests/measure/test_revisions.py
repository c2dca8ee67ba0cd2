"""Revisions of real repositories, in temporary folders of their own."""

import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import FrameType

import pytest

from bench.errors import BenchError, CannotStore, Incomparable, Stopped
from bench.measure import git as asking
from bench.measure import revisions
from bench.measure.revisions import PREFIX, modules, repository, resolve, worktrees
from tests.measure.made_up_repository import commit, git, listed, made, two_commits, without_settings, write

ROOT = Path(__file__).resolve().parent.parent.parent


@pytest.fixture(autouse=True)
def _no_settings_of_the_user_s(monkeypatch: pytest.MonkeyPatch) -> None:
    without_settings(monkeypatch)


@pytest.fixture
def temporary(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The temporary files of this test and of the processes that it starts."""
    folder = tmp_path / "temporary\nfiles"
    folder.mkdir()
    monkeypatch.setenv("TMPDIR", str(folder))
    monkeypatch.setattr(tempfile, "tempdir", str(folder))
    return folder


@pytest.fixture
def repo(tmp_path: Path, temporary: Path) -> Path:
    """Two commits, `subject.py` saying 1 and then 2, in a folder with an odd name."""
    assert temporary.is_dir()
    return two_commits(tmp_path)


def test_a_folder_s_repository_is_the_root_of_its_working_tree(repo: Path) -> None:
    inside = repo / "a" / "b"
    inside.mkdir(parents=True)
    assert repository(inside) == repository(repo) == repo


def test_a_worktree_is_a_repository_of_its_own(repo: Path, tmp_path: Path) -> None:
    git(repo, "worktree", "add", "-q", str(tmp_path / "second"))
    assert repository(tmp_path / "second") == tmp_path / "second"


def test_a_folder_outside_of_any_repository_is_told_what_a_gate_needs(tmp_path: Path) -> None:
    with pytest.raises(BenchError, match="not a git repository") as caught:
        repository(tmp_path)
    assert caught.value.exit_code == 2
    assert "--baseline" in caught.value.hint


def test_git_s_own_folder_is_no_working_tree(repo: Path) -> None:
    with pytest.raises(BenchError, match="work tree") as caught:
        repository(repo / ".git")
    assert "working tree" in caught.value.hint


def test_a_machine_without_git_says_so(repo: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(repo))
    with pytest.raises(BenchError, match="git cannot be started: No such file") as caught:
        repository(repo)
    assert "install git" in caught.value.hint


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can give a repository to somebody else")
def test_a_repository_that_git_does_not_trust_is_no_missing_revision(repo: Path) -> None:
    os.chown(repo, 12345, 12345)
    os.chown(repo / ".git", 12345, 12345)
    for ask in (lambda: repository(repo), lambda: resolve(repo, "HEAD")):
        with pytest.raises(BenchError, match="dubious ownership") as caught:
            ask()
        assert caught.value.exit_code == 2
        assert caught.value.hint.startswith("git config --global --add safe.directory")


def test_git_that_does_not_end_is_ended(repo: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    fake, said = tmp_path / "bin" / "git", tmp_path / "pid"
    fake.parent.mkdir()
    fake.write_text(f"#!/bin/sh\ntrap '' TERM\necho $$ > '{said}'\nwhile :; do /bin/sleep 60; done\n")
    fake.chmod(0o755)
    monkeypatch.setenv("PATH", str(fake.parent))
    monkeypatch.setattr(asking, "ANSWER_SECONDS", 0.5)
    monkeypatch.setattr(asking, "_ENDING_SECONDS", 0.1)
    with pytest.raises(BenchError, match=r"git rev-parse did not end within 0.5 s"):
        repository(repo)
    assert not said.exists() or ended(said.read_text().strip())  # it may have had no time to begin


@pytest.mark.parametrize("revision", ["HEAD~1", "main^", "annotated", "main@{1}", ":/first"])
def test_a_revision_is_the_commit_that_it_names(repo: Path, revision: str) -> None:
    git(repo, "commit", "-q", "--amend", "-m", "first")
    first = git(repo, "rev-parse", "HEAD")
    git(repo, "tag", "-a", "annotated", "-m", "x")
    commit(repo, {"subject.py": "value = 3\n"})
    assert resolve(repo, revision) == resolve(repo, first[:10]) == first


NO_REVISIONS = [
    "nothing",
    "",
    "HEAD~7",
    "f" * 40,
    "HEAD:subject.py",
    "HEAD~1..HEAD",
    "^HEAD",
    "HEAD --all",
    "HEAD\nHEAD",
]


@pytest.mark.parametrize("revision", NO_REVISIONS)
def test_a_revision_that_does_not_exist_is_incomparable(repo: Path, revision: str) -> None:
    with pytest.raises(Incomparable, match="no commit") as caught:
        resolve(repo, revision)
    assert caught.value.exit_code == 4
    assert "fetch-depth" not in caught.value.hint


@pytest.mark.parametrize("revision", ["--all", "-h", "--output=x", "-"])
def test_an_option_is_no_revision(repo: Path, revision: str) -> None:
    with pytest.raises(BenchError, match="is no revision") as caught:
        resolve(repo, revision)
    assert caught.value.exit_code == 2


def test_a_shallow_clone_is_told_how_to_fetch_the_rest(repo: Path, tmp_path: Path) -> None:
    git(tmp_path, "clone", "-q", "--depth", "1", f"file://{repo}", "shallow")
    with pytest.raises(Incomparable) as caught:
        resolve(tmp_path / "shallow", "HEAD~1")
    last = str(caught.value).splitlines()[-1]
    assert last == "hint: this is a shallow clone; fetch the whole history (actions/checkout: fetch-depth: 0)"
    with worktrees(tmp_path / "shallow", "HEAD", 1) as (tree,):
        assert (tree / "subject.py").read_text() == "value = 2\n"


def test_worktrees_hold_exactly_that_commit_and_are_gone_afterwards(repo: Path, temporary: Path) -> None:
    write(repo, {"subject.py": "value = 3\n", "new.py": ""})
    with worktrees(repo, "HEAD~1", 2) as trees:
        assert len(set(trees)) == 2
        for tree in trees:
            assert sorted(path.name for path in tree.iterdir()) == [".git", "subject.py"]
            assert (tree / "subject.py").read_text() == "value = 1\n"
            assert git(tree, "rev-parse", "--abbrev-ref", "HEAD") == "HEAD"
            assert tree.parent.name.startswith(PREFIX)
        assert listed(repo) == 2
        write(trees[0], {"__pycache__/x.pyc": "", "subject.py": "value = 4\n"})
    assert not list(temporary.iterdir())
    assert listed(repo) == 0
    assert (repo / "subject.py").read_text() == "value = 3\n"


@pytest.mark.parametrize("longer", [0, 1, 7, 100, 400])
def test_worktrees_have_paths_of_the_repository_s_length_where_that_is_longer(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, longer: int
) -> None:
    """As far as a folder's name may be long."""
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    deep = tmp_path / "/".join("a" * 40 for _ in range(2 + longer // 40)) / ("b" * (1 + longer % 40))
    deep.mkdir(parents=True)
    repo = two_commits(deep)
    with worktrees(repo, "HEAD", 2) as trees:
        shortest = len(str(trees[0].parent)) + 2
        lengths = {len(str(tree)) for tree in trees}
    assert lengths == {min(max(len(str(repo)), shortest), len(str(trees[0].parent)) + 1 + revisions.LONGEST)}


def test_two_gates_at_once_leave_each_other_s_worktrees_alone(repo: Path, temporary: Path) -> None:
    with worktrees(repo, "HEAD", 1) as (first,):
        with worktrees(repo, "HEAD~1", 1) as (second,):
            assert first.exists()
            assert second.exists()
        assert git(first, "status", "--porcelain") == ""
    assert not list(temporary.iterdir())


def test_worktrees_are_made_from_a_worktree_too(repo: Path, tmp_path: Path) -> None:
    git(repo, "worktree", "add", "-q", str(tmp_path / "second"))
    with worktrees(tmp_path / "second", "main~1", 1) as (tree,):
        assert (tree / "subject.py").read_text() == "value = 1\n"
    assert listed(repo) == 1


def test_an_exception_removes_them(repo: Path, temporary: Path) -> None:
    with pytest.raises(ZeroDivisionError), worktrees(repo, "HEAD", 2):
        raise ZeroDivisionError
    assert not list(temporary.iterdir())
    assert listed(repo) == 0


def test_a_signal_while_they_are_removed_does_not_keep_them(
    repo: Path, temporary: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    delete, calls = revisions._delete, []

    def interrupted(folder: Path) -> None:
        calls.append(folder)
        if len(calls) == 1:
            raise Stopped(signal.SIGTERM, "terminated")
        delete(folder)

    monkeypatch.setattr(revisions, "_delete", interrupted)
    with pytest.raises(Stopped), worktrees(repo, "HEAD", 1):
        assert listed(repo) == 1
    assert not list(temporary.iterdir())
    assert listed(repo) == 0


def ended(pid: str) -> bool:
    """Whether the process ends within seconds: a signal has been sent to it."""
    deadline = time.monotonic() + 10
    while (alive := Path("/proc", pid, "cwd").exists()) and time.monotonic() < deadline:
        pass
    return not alive


@contextmanager
def filtered(repo: Path, command: str) -> Iterator[Path]:
    """A file that is checked out only through that command, which runs with the rights of git."""
    git(repo, "config", "filter.slow.smudge", command)
    commit(repo, {".gitattributes": "*.slow filter=slow\n", "file.slow": "x"})
    yield repo


def test_a_signal_while_git_checks_out_ends_git_and_removes_them(repo: Path, temporary: Path, tmp_path: Path) -> None:
    def stop(number: int, _: FrameType | None) -> None:
        raise Stopped(number, "stopped")

    pid = tmp_path / "pid"
    before = signal.signal(signal.SIGUSR1, stop)
    try:
        command = f"echo $$ > '{pid}'; kill -USR1 {os.getpid()}; exec sleep 600"
        with filtered(repo, command), pytest.raises(Stopped), worktrees(repo, "HEAD", 1):
            raise AssertionError("checked out")
    finally:
        signal.signal(signal.SIGUSR1, before)
    assert ended(pid.read_text().strip()), "the filter was ended with git"
    assert not list(temporary.iterdir())
    assert listed(repo) == 0


def test_a_filter_that_hangs_has_a_deadline(repo: Path, temporary: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(revisions, "CHECKOUT_SECONDS", 0.5)
    with filtered(repo, "sleep 600"), pytest.raises(BenchError, match="did not end") as caught, worktrees(
        repo, "HEAD", 1
    ):  # fmt: skip
        raise AssertionError("checked out")
    assert "filter" in caught.value.hint
    assert not list(temporary.iterdir())
    assert listed(repo) == 0


def test_filters_run_and_are_told_to_download_nothing(repo: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    command = 'echo "$GIT_LFS_SKIP_SMUDGE $GIT_TERMINAL_PROMPT"'
    with filtered(repo, command), worktrees(repo, "HEAD", 1) as (tree,):
        assert (tree / "file.slow").read_text() == "1 0\n"
    monkeypatch.setenv("GIT_LFS_SKIP_SMUDGE", "0")
    with worktrees(repo, "HEAD", 1) as (tree,):
        assert (tree / "file.slow").read_text() == "0 0\n"


def test_the_repository_s_hooks_do_not_run(repo: Path, tmp_path: Path) -> None:
    hook, mark = repo / ".git" / "hooks" / "post-checkout", tmp_path / "ran"
    hook.parent.mkdir(exist_ok=True)
    hook.write_text(f"#!/bin/sh\ntouch '{mark}'\n")
    hook.chmod(0o755)
    git(repo, "checkout", "-q", "-b", "branch")
    assert mark.exists(), "the hook works"
    mark.unlink()
    with worktrees(repo, "HEAD", 1):
        assert not mark.exists()
    assert not mark.exists()


def test_what_git_tells_its_hooks_does_not_mislead(repo: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    other = made(tmp_path / "other")
    commit(other, {"other.py": ""})
    for name, value in {"DIR": ".git", "WORK_TREE": ".", "INDEX_FILE": ".git/index", "PREFIX": "a/"}.items():
        monkeypatch.setenv(f"GIT_{name}", str(other / value))
    assert repository(repo) == repo
    assert resolve(repo, "HEAD") == git(repo, "rev-parse", "HEAD")
    assert modules(repo) == {"subject"}
    with worktrees(repo, "HEAD~1", 1) as (tree,):
        assert (tree / "subject.py").read_text() == "value = 1\n"
    assert git(other, "status", "--porcelain") == ""


HOLD = """
import sys
from pathlib import Path
from bench.measure.revisions import worktrees
with worktrees(Path(sys.argv[1]), "HEAD", 2):
    print("made", flush=True)
    sys.stdin.read()
"""


def test_what_a_killed_gate_left_is_removed_by_the_next(repo: Path, temporary: Path) -> None:
    command = [sys.executable, "-c", HOLD, str(repo)]
    with subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as owner:
        assert owner.stdout is not None
        assert owner.stdout.readline() == "made\n"
        (left,) = temporary.iterdir()
        with worktrees(repo, "HEAD", 1):
            assert len(list(left.glob("*/subject.py"))) == 2, "its owner lives"
        owner.kill()
    assert left.exists()
    assert listed(repo) == 2
    with worktrees(repo, "HEAD", 1) as (tree,):
        assert list(temporary.iterdir()) == [tree.parent]
        assert listed(repo) == 1
    assert listed(repo) == 0


def test_a_worktree_at_whose_making_git_was_killed_is_forgotten_though_git_calls_it_locked(
    repo: Path, temporary: Path
) -> None:
    tree = temporary / f"{PREFIX}gone" / "1"
    git(repo, "worktree", "add", "-q", "--detach", "--lock", str(tree))
    revisions._delete(tree.parent)
    with worktrees(repo, "HEAD", 1):
        assert listed(repo) == 1


def test_worktrees_of_the_user_s_that_cannot_be_seen_from_here_stay_in_git_s_list(repo: Path, tmp_path: Path) -> None:
    git(repo, "worktree", "add", "-q", str(tmp_path / "elsewhere"))
    (tmp_path / "elsewhere").rename(tmp_path / "not mounted")
    with worktrees(repo, "HEAD", 1):
        assert listed(repo) == 2
    (tmp_path / "not mounted").rename(tmp_path / "elsewhere")
    assert git(tmp_path / "elsewhere", "status", "--porcelain") == ""


def test_folders_that_are_not_ours_stay(repo: Path, temporary: Path, tmp_path: Path) -> None:
    (temporary / f"{PREFIX}without-a-lock").mkdir()
    write(tmp_path, {"precious/owner": "", "precious/1/x": ""})
    (temporary / f"{PREFIX}link").symlink_to(tmp_path / "precious")
    write(temporary, {"bench-other/owner": ""})
    before = sorted(temporary.iterdir())
    with worktrees(repo, "HEAD", 1):
        assert (tmp_path / "precious/1/x").exists()
    assert sorted(temporary.iterdir()) == before


def test_without_room_for_temporary_files_nothing_is_measured(repo: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(repo / "missing"))
    with pytest.raises(CannotStore, match="no temporary folder") as caught, worktrees(repo, "HEAD", 1):
        raise AssertionError("made")
    assert "TMPDIR" in caught.value.hint
