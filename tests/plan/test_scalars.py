"""What a plain scalar means, and which ones mean too much."""

import datetime

import pytest
import yaml
from hypothesis import example, given
from hypothesis import strategies as st

from bench.plan.scalars import read_plain


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("8", 8),
        ("-3", -3),
        ("0", 0),
        ("1.5", 1.5),
        ("1.0e-3", 0.001),
        ("true", True),
        ("False", False),
        ("null", None),
        ("~", None),
        ("", None),
        ("lstm", "lstm"),
        ("2%", "2%"),
        ("2GB", "2GB"),
        ("networks.workload:classifier", "networks.workload:classifier"),
        ("1.2.3", "1.2.3"),
        ("nothing", "nothing"),
    ],
)
def test_what_all_versions_of_yaml_read_alike_is_read(text: str, value: object) -> None:
    read, complaint = read_plain(text)
    assert complaint is None
    assert read == value
    assert type(read) is type(value)


@pytest.mark.parametrize(
    ("text", "explanation"),
    [
        ("no", "YAML 1.1 means false by it; write false, or 'no' for the text"),
        ("YES", "YAML 1.1 means true by it; write true, or 'YES' for the text"),
        ("On", "means true"),
        ("oFF", "means false"),
        ("y", "means true"),
        ("N", "means false"),
        ("010", "base 8 and makes it 8; write 10 or 8, or '010'"),
        ("08", "a leading zero makes it text"),
        ("12:30", "base 60 and makes it 750"),
        ("-1:30", "base 60 and makes it -90"),
        ("1_000", "drops the underscores; write 1000"),
        ("1_0.5", "drops the underscores; write 10.5"),
        ("1e3", "makes it text, not a number; write 1000"),
        ("1e-3", "write 0.001"),
        ("2e-20", "write 2.0e-20"),
        ("-.5", "write -0.5"),
        ("0x1F", "another base"),
        ("0o17", "another base"),
        ("2024-01-31", "makes it a date"),
        (".nan", "not finite"),
        ("-.inf", "not finite"),
        ("1.0e+999", "not finite"),
        ("1e999", "not finite"),
        ("9" * 5000, "an integer of 5000 digits; at most 18"),
        ("0" * 5000, "leading zero"),
        ("=", "reserves"),
        ("<<", "reserves"),
    ],
)
def test_what_yaml_1_1_reads_otherwise_is_explained(text: str, explanation: str) -> None:
    value, complaint = read_plain(text)
    assert value == text
    assert complaint is not None
    assert explanation in complaint or text.startswith("000")


@given(st.text(alphabet="0123456789+-._:eExonyfabT ", min_size=1, max_size=12).map(str.strip).filter(bool))
@example("1e3")
@example("0.")
@example("1:2.3")
@example("00.5")
def test_what_is_accepted_means_the_same_to_pyyaml(text: str) -> None:
    value, complaint = read_plain(text)
    try:
        theirs = yaml.safe_load(f"[{text}]")
    except (yaml.YAMLError, ValueError):
        return
    if complaint is None and theirs != [{}] and not isinstance(theirs[0], dict | list):
        assert not isinstance(theirs[0], datetime.date)
        assert (type(value), value) == (type(theirs[0]), theirs[0])
