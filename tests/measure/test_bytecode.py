"""Where a child keeps what it compiles."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

PROGRAM = """
import importlib, json, os, sys
from bench.measure.processes import become_child
become_child(json.loads(sys.argv[1]), os.dup(1))
sys.path.insert(0, os.getcwd())
print(importlib.import_module("subject").__cached__)
"""


@pytest.mark.parametrize("refused", ["", "1"])
def test_a_side_s_bytecode_is_kept_apart_whatever_the_environment_says_and_its_tree_has(
    tmp_path: Path, refused: str
) -> None:
    tree, bytecode = tmp_path / "tree", tmp_path / "bytecode"
    (tree / "__pycache__").mkdir(parents=True)
    (tree / "subject.py").write_text("value = 1\n")
    place = {"root": str(tree), "folder": str(tree), "names": ["subject"], "bytecode": str(bytecode)}
    request = {"cores": sorted(os.sched_getaffinity(0)), "tree": place}
    said = subprocess.run(
        [sys.executable, "-c", PROGRAM, json.dumps(request)],
        capture_output=True,
        text=True,
        check=True,
        timeout=60,
        env={**os.environ, "PYTHONDONTWRITEBYTECODE": refused},
    )
    kept = Path(said.stdout.strip())
    assert kept.is_file()
    assert kept.is_relative_to(bytecode)
    assert list((tree / "__pycache__").iterdir()) == []
