"""Facts at a start: what can change a number, and nothing about whose machine it is."""

import getpass
import os
import re
import socket
import subprocess
import time
from pathlib import Path

import pytest

from bench.measure import environment
from bench.measure.machine import machine
from bench.records.codec import encode
from tests.measure.made_up import wait_until_gone

SECRETS = {
    "MALLOC_TRACE": "/home/somebody/trace",
    "KMP_AFFINITY": "granularity=fine,compact,1,0",
    "OMP_NUM_THREADS": "3",
    "CUDA_VISIBLE_DEVICES": "GPU-5a1c3c59-0f0a-4c5e-8e4f-5d1d8f0a1b2c",
    "LD_PRELOAD": "/home/somebody/lib/libjemalloc.so.2:/opt/other.so",
    "HF_TOKEN": "hf_verysecret",
    "MKL_NUM_THREADS": "\x1b[31m",
}


def published() -> str:
    """Everything that a run says of the machine that it was made on."""
    cores = sorted(os.sched_getaffinity(0))
    start = environment.start(Path.cwd(), now=0.0, cores=cores, libraries={"onednn": "3"})
    return (encode(machine("cpu", None)) + encode(start)).decode()


def test_a_start_says_what_can_change_a_number() -> None:
    cores = sorted(os.sched_getaffinity(0))
    found = environment.start(Path.cwd(), now=1.23456, cores=cores, libraries={"onednn": "3"})
    assert found.started == 1.235
    assert found.environment["allowed_cores"] == ",".join(map(str, cores))
    expected = {"python", "torch", "torch_revision", "c_library", "cpu", "governor", "turbo", "cpu_quota", "onednn"}
    assert expected <= found.environment.keys()
    assert re.fullmatch(r"[0-9a-f]{16}|unknown", found.boot)


def test_what_is_published_names_neither_host_nor_user_nor_folder(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in SECRETS.items():
        monkeypatch.setenv(name, value)
    text = published()
    for secret in (socket.gethostname(), str(Path.home()), str(Path.cwd()), f'"{getpass.getuser()}"'):
        assert secret not in text
    for secret in ("somebody", "5a1c3c59", "verysecret", "x1b", "\\u001b"):
        assert secret not in text
    assert not re.search(r'"/|[ :=]/\w', text), "no absolute path"


def test_variables_are_recorded_where_they_are_harmless_and_else_only_said_to_be_set() -> None:
    assert environment.variables(SECRETS) == {
        "env.CUDA_VISIBLE_DEVICES": "set",
        "env.KMP_AFFINITY": "granularity=fine,compact,1,0",
        "env.MALLOC_TRACE": "set",
        "env.MKL_NUM_THREADS": "set",
        "env.OMP_NUM_THREADS": "3",
    }


def test_libraries_that_are_loaded_before_the_c_library_are_named_without_their_folders() -> None:
    assert environment.allocator(SECRETS)["preloaded_libraries"] == "libjemalloc.so.2,other.so"
    assert environment.allocator({})["preloaded_libraries"] == "none"


@pytest.mark.parametrize(
    ("content", "revision", "cuda"),
    [
        ("cuda: Optional[str] = '13.2'\ngit_version = 'd0f2af8b66b20da4'\n", "d0f2af8b66b2", "13.2"),
        ("cuda = None\ngit_version = 'Unknown'\n", "Unknown", "none"),
        ("unknown", "unknown", "unknown"),
    ],
)
def test_the_build_of_torch_is_read_as_text(content: str, revision: str, cuda: str) -> None:
    found = environment.parse_torch_build(content)
    assert found == {"torch_revision": revision, "torch_cuda": cuda}


def test_a_package_that_is_not_there_is_missing() -> None:
    assert environment.installed("no-such-package-anywhere") == "missing"


NOTHING = {"revision": "unknown", "dirty": "unknown"}


def test_git_that_cannot_tell_says_unknown(tmp_path: Path) -> None:
    assert environment.git(tmp_path) == NOTHING


def git(folder: Path, *words: str) -> str:
    """Real git, as nobody in particular."""
    who = ("-c", "user.name=n", "-c", "user.email=e@x", "-c", "init.defaultBranch=main")
    done = subprocess.run(["git", *who, "-C", str(folder), *words], capture_output=True, text=True, check=True)
    return done.stdout.strip()


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    """Two commits of one file."""
    folder = tmp_path / "repository"
    folder.mkdir()
    git(folder, "init")
    for content in ("one", "two"):
        (folder / "file").write_text(content)
        git(folder, "add", "file")
        git(folder, "commit", "-m", content)
    return folder


def test_a_revision_is_known_on_a_branch_detached_and_in_a_shallow_clone(repository: Path, tmp_path: Path) -> None:
    revision = git(repository, "rev-parse", "HEAD")
    git(tmp_path, "clone", "--depth", "1", f"file://{repository}", "shallow")
    git(repository, "checkout", "--detach", "HEAD")
    for folder in (repository, tmp_path / "shallow"):
        assert environment.git(folder) == {"revision": revision, "dirty": "no"}


def test_a_tree_that_differs_from_its_revision_is_dirty_whatever_its_files_are_called(repository: Path) -> None:
    (repository / "file").write_text("changed")
    os.rename(repository / "file", os.fsencode(repository) + b"/\xff\n")
    assert environment.git(repository)["dirty"] == "yes"


def test_a_repository_without_a_commit_or_with_a_broken_head_is_unknown(tmp_path: Path, repository: Path) -> None:
    git(tmp_path, "init")
    assert environment.git(tmp_path) == NOTHING
    (repository / ".git" / "HEAD").write_text("nonsense")
    assert environment.git(repository) == NOTHING


def imposter(folder: Path, script: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Another git, in front of the real one."""
    file = folder / "bin" / "git"
    file.parent.mkdir()
    file.write_text(f"#!/bin/sh\n{script}\n")
    file.chmod(0o755)
    monkeypatch.setenv("PATH", f"{file.parent}:{os.environ['PATH']}")


def test_git_that_refuses_a_folder_of_somebody_else_s_is_unknown(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    imposter(tmp_path, 'echo "fatal: detected dubious ownership in repository" >&2; exit 128', monkeypatch)
    assert environment.git(tmp_path) == NOTHING


def test_no_git_is_unknown(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    assert environment.git(tmp_path) == NOTHING


def test_git_that_hangs_is_ended_with_what_it_waits_for(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    imposter(tmp_path, f"sleep 600 & echo $! > {tmp_path}/pid; wait", monkeypatch)
    monkeypatch.setattr(environment, "GIT_SECONDS", 0.5)
    began = time.monotonic()
    assert environment.git(tmp_path) == NOTHING
    assert time.monotonic() - began < 30
    wait_until_gone(int((tmp_path / "pid").read_text()))
