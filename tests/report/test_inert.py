import json

from hypothesis import given
from hypothesis import strategies as st

from bench.report.inert import json_text, one_line, spoken, wrapped


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


@given(st.text(st.sampled_from(" \n\t:#[ax\x1b\u202e\u200b")))
def test_no_reader_of_logs_finds_a_command_in_a_line_or_in_a_wrapped_part_of_it(text: str) -> None:
    for line in (spoken(text), wrapped(text)):
        assert not line.lstrip().startswith("::")
        assert "##[" not in line
        assert line.isprintable()
    assert "::" not in wrapped(text)


def test_names_with_colons_inside_are_spoken_as_they_are() -> None:
    assert spoken("aten::mm, std::bad_alloc, # 1, ## 2") == "aten::mm, std::bad_alloc, # 1, ## 2"
    assert wrapped("aten::mm") == "aten: :mm"
    assert spoken("::error::x ##vso[y]") == ": :error::x # #vso[y]"


@given(
    st.recursive(
        st.text(st.sampled_from("#[]:a\\\n")), lambda inner: st.lists(inner) | st.dictionaries(st.text("#["), inner)
    )
)
def test_json_for_programs_says_the_same_and_holds_no_command(value: object) -> None:
    text = json_text(json.dumps(value, indent=1))
    assert json.loads(text) == value
    assert "##[" not in text
    assert not any(line.lstrip().startswith("::") for line in text.splitlines())
