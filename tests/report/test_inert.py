from hypothesis import given
from hypothesis import strategies as st

from bench.report.inert import one_line


def test_what_people_write_is_kept() -> None:
    assert one_line("Größe – 3 µs × 2, 日本") == "Größe – 3 µs × 2, 日本"


def test_escape_sequences_bidirectional_overrides_and_surrogates_are_removed() -> None:
    assert one_line("a\x1b[2Jb\u202ec\ud800d\x00e") == "a[2Jbcde"


def test_line_breaks_of_every_kind_become_spaces() -> None:
    assert one_line("a\nb\rc\td\u2028e\x85f") == "a b c d e f"


@given(st.text(st.characters()))
def test_any_text_becomes_one_line_that_a_file_can_hold(text: str) -> None:
    line = one_line(text)
    assert len(line.encode().decode().splitlines()) <= 1
    assert "\x1b" not in line
