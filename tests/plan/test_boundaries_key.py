"""The key `boundaries` of a suite."""

from pathlib import Path

import pytest

from bench.plan.schema import suite_schema
from bench.plan.suite import load_suite
from tests.plan.written import BASE, FACTORS, HEAD, about, write


def test_levels_after_which_something_changes_are_named_by_their_factor(tmp_path: Path) -> None:
    plain = HEAD + BASE + FACTORS
    assert load_suite(write(tmp_path, plain)).boundaries == {}
    assert load_suite(write(tmp_path, plain + "boundaries: {batch: 1}\n")).boundaries == {"batch": (1,)}


@pytest.mark.parametrize(
    ("key", "complaint"),
    [
        ("{bath: [1]}", "no factor 'bath'"),
        ("{batch: [1, 2]}", "no level '2' of batch"),
        ("{model: [rnn]}", "boundaries run along numbers; 'model' has rnn, lstm, cnn"),
    ],
)
def test_what_is_no_boundary_is_refused(tmp_path: Path, key: str, complaint: str) -> None:
    said = about(tmp_path, f"boundaries: {key}\n")
    assert any(complaint in line for line in said), said


def test_editors_know_the_key() -> None:
    assert '"boundaries"' in suite_schema()
