"""Facts about the machine: stable, and silent about whose it is."""

import getpass
import socket
from pathlib import Path

import pytest

from bench.measure import environment
from bench.records.codec import encode


@pytest.mark.parametrize(
    ("model", "slug"),
    [
        ("AMD EPYC", "epyc"),
        ("AMD EPYC 7763 64-Core Processor", "epyc-7763"),
        ("Intel(R) Xeon(R) Processor @ 2.80GHz", "xeon"),
        ("Intel(R) Core(TM) i9-9900K CPU @ 3.60GHz", "i9-9900k"),
        ("NVIDIA H200", "h200"),
        ("../../etc", "etc"),
        ("", "machine"),
    ],
)
def test_models_become_names_for_folders(model: str, slug: str) -> None:
    assert environment.slug(model) == slug


def test_the_identity_is_the_same_whenever_it_is_asked_for_and_whatever_the_name() -> None:
    one, two = environment.machine("cpu", None), environment.machine("cpu", "another")
    assert one.identity == two.identity
    assert two.name == "another"


def test_what_is_published_names_neither_host_nor_user_nor_folder() -> None:
    text = (encode(environment.machine("cpu", None)) + encode(environment.start(Path.cwd(), now=0.0))).decode()
    for secret in (socket.gethostname(), str(Path.home()), str(Path.cwd()), f'"{getpass.getuser()}"'):
        assert secret not in text


def test_git_that_cannot_tell_says_unknown(tmp_path: Path) -> None:
    assert environment.git(tmp_path) == {"revision": "unknown", "dirty": "unknown"}


def test_sources_hash_by_content_and_leave_environments_out(tmp_path: Path) -> None:
    (tmp_path / "a.py").write_text("1")
    first = environment.hash_of_sources([tmp_path])
    (tmp_path / ".venv").mkdir()
    (tmp_path / ".venv" / "b.py").write_text("2")
    (tmp_path / "env").mkdir()
    (tmp_path / "env" / "pyvenv.cfg").write_text("")
    (tmp_path / "env" / "c.py").write_text("3")
    assert environment.hash_of_sources([tmp_path]) == first
    (tmp_path / "a.py").write_text("2")
    assert environment.hash_of_sources([tmp_path]) != first


def test_no_data_folder_is_none_and_another_content_is_another_hash(tmp_path: Path) -> None:
    assert environment.hash_of_data(None) == "none"
    (tmp_path / "x").write_bytes(b"1")
    first = environment.hash_of_data(tmp_path)
    (tmp_path / "x").write_bytes(b"2")
    assert environment.hash_of_data(tmp_path) != first
