"""Hashes of what is measured: by content, wherever it lies."""

from pathlib import Path

from bench.measure.hashes import hash_of_data, hash_of_sources


def test_sources_hash_by_content_and_leave_environments_out(tmp_path: Path) -> None:
    (tmp_path / "a.py").write_text("1")
    first = hash_of_sources([tmp_path])
    (tmp_path / ".venv").mkdir()
    (tmp_path / ".venv" / "b.py").write_text("2")
    (tmp_path / "env").mkdir()
    (tmp_path / "env" / "pyvenv.cfg").write_text("")
    (tmp_path / "env" / "c.py").write_text("3")
    assert hash_of_sources([tmp_path]) == first
    (tmp_path / "a.py").write_text("2")
    assert hash_of_sources([tmp_path]) != first


def test_no_data_folder_is_none_and_another_content_is_another_hash(tmp_path: Path) -> None:
    assert hash_of_data(None) == "none"
    (tmp_path / "x").write_bytes(b"1")
    first = hash_of_data(tmp_path)
    (tmp_path / "x").write_bytes(b"2")
    assert hash_of_data(tmp_path) != first
