"""Names that no consumer obeys, none twice."""

import json
import re
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bench.report.exports.plain import json_document, plain, plain_names, suite_file
from tests.report.samples import HOSTILE, RUN

NAME = re.compile(r"[A-Za-z0-9_.+=,/-]*")


@pytest.mark.parametrize(
    "name", ["model=lstm,size=28", "a=x_1.0+b-c,b=true", "suites/rnn_vs_cnn.yaml", "-", "=", "a=.."]
)
def test_a_case_s_id_and_a_path_stay_as_they_are(name: str) -> None:
    assert plain(name) == name


@given(st.text())
def test_any_other_character_becomes_a_line(text: str) -> None:
    assert NAME.fullmatch(plain(text))
    assert len(plain(text)) == len(text)


def test_names_that_would_be_alike_are_numbered() -> None:
    texts = ["a|b", "a_b", "a`b", "a_b_2", "c"]
    assert list(plain_names(texts).values()) == ["a_b", "a_b_2", "a_b_3", "a_b_2_2", "c"]


@given(st.lists(st.text(alphabet="a_|2`\n")))
def test_no_two_texts_have_one_name(texts: list[str]) -> None:
    names = plain_names(texts)
    assert list(names) == list(dict.fromkeys(texts))
    assert len(set(names.values())) == len(names)


@pytest.mark.parametrize(
    ("file", "shown"),
    [
        ("suites/a.yaml", "suites/a.yaml"),
        ("/home/someone/a.yaml", "a.yaml"),
        ("a|`b\n.yaml", "a__b_.yaml"),
    ],
)
def test_a_suite_s_file_is_named_without_the_folders_above_its_repository(file: str, shown: str) -> None:
    assert suite_file(replace(RUN, suite_file=file)) == shown


def test_json_is_ascii_and_no_log_obeys_it() -> None:
    text = json_document({"note": [HOSTILE, "##[error]x", "±"]})
    assert text.isascii()
    assert "##[" not in text
    assert json.loads(text)["note"][1:] == ["##[error]x", "±"]


def test_no_number_is_not_a_number() -> None:
    with pytest.raises(ValueError, match="JSON"):
        json_document([float("nan")])
