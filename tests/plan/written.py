"""Lines of YAML → a suite's file beside a builder, and what the loader says about it."""

import json
from collections.abc import Mapping, Sequence
from pathlib import Path

import pytest

from bench.errors import SuiteError
from bench.plan.suite import load_suite
from bench.records.codec import adapter
from bench.records.nouns import Case
from bench.records.suite import Suite

FIXTURES = Path(__file__).parent / "fixtures"
EXAMPLE = FIXTURES / "rnn_vs_cnn.yaml"

HEAD = "title: A title\nquestion: A question?\n"
BASE = "base: {target: 'builders:build'}\n"
FACTORS = "factors: {model: [rnn, lstm, cnn], batch: [1, 64]}\n"


def write(folder: Path, text: str | bytes) -> Path:
    """`made.yaml`, and `builders.py` unless the test has written its own."""
    builder = folder / "builders.py"
    if not builder.exists():
        builder.write_text("def build(**levels): ...\n", "utf-8")
    file = folder / "made.yaml"
    file.write_bytes(text.encode() if isinstance(text, str) else text)
    return file


def complaints(folder: Path, text: str | bytes) -> list[str]:
    """Every complaint, as `line:column: path: message`."""
    file = write(folder, text)
    with pytest.raises(SuiteError) as caught:
        load_suite(file)
    return [line.removeprefix(f"{file}:") for line in str(caught.value).split(f"\n{file}:")]


def about(folder: Path, lines: str) -> list[str]:
    """The complaints about a sound suite's additional lines, whose first is line 5."""
    return complaints(folder, HEAD + BASE + FACTORS + lines)


def suite(content: Mapping[str, object]) -> Suite:
    """A suite from its content, without a file and its checks."""
    whole = {"name": "made", "title": "t", "question": "q", "base": {"target": "builders:build"}, **content}
    return adapter(Suite).validate_json(json.dumps(whole), strict=True)


def ids(cases: Sequence[Case]) -> list[str]:
    """The ids of cases."""
    return [case.id for case in cases]
