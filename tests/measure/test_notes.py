"""What a case said → what may be published."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bench.measure.notes import shorten, visible

ROOTS = ("/repo", "/repo/suites", "/opt/my project (1)")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("/home/alice", "…"),
        ("/home/alice.smith and /Users/bob.b", "… and …"),
        ("socket:/home/alice/secret/s", "socket:…"),
        ("file:///home/alice/x.py", "…/x.py"),
        ("file://server/home/alice/x.py", "…/x.py"),
        ("LD_LIBRARY_PATH=/opt/a:/home/alice/lib/x.so", "LD_LIBRARY_PATH=…:…/x.so"),
        ("'/opt/a/b.bin' (/opt/c/d) [/e/f.so.6]", "'…/b.bin' (…) […/f.so.6]"),
        ("cc -I/opt/alice/include", "cc -I…"),
        ("no '/srv/my data/x.bin' here", "no '…/x.bin' here"),
        (r"KeyError: 'a\n/srv/data/x'", r"KeyError: 'a\n…'"),
        ("see./srv/data/x", "see.…"),
        ("tcp://host/srv/data", "tcp:…"),
        ("unix:///srv/data/", "unix:…"),
        ("/home/alice/.ssh", "…"),
        ("/home/alice/python3.11", "…"),
        ("at /repo/suites/x.py:3 and /repo/bench//y.py:4", "at x.py:3 and bench//y.py:4"),
        ("/repository/x.py in /repo", "…/x.py in …"),
        ("/opt/my project (1)/sub/x.py", "sub/x.py"),
        ("/srv/venv/lib/python3.11/site-packages/torch/nn/a.py:7", "torch/nn/a.py:7"),
        ("/usr/lib/python3/dist-packages/yaml/b.py", "yaml/b.py"),
    ],
)
def test_paths_lose_what_lies_above_the_subject_and_packages(text: str, expected: str) -> None:
    assert shorten(text, ROOTS) == expected


@pytest.mark.parametrize(
    "text",
    [
        "3 MB/s and/or 1/2 of n/a",
        "suites/x.py ./a/b ../c/d",
        "https://download.pytorch.org/models/x.pth was not found",
        "no such key '/'",
        "std::bad_alloc in aten::mm",
        "Größe – 3 µs × 2, 日本",
    ],
)
def test_what_is_no_place_on_this_machine_stays(text: str) -> None:
    assert shorten(text, ROOTS) == text


def test_the_names_of_the_user_and_of_the_home_directory_are_hidden(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", "/users/wonder")
    monkeypatch.setenv("LOGNAME", "alice")
    text = "alice's https://example.org/alice ~wonder/x wonder_1 (alice) /wonder: wonderful malice"
    assert shorten(text, ()) == "…'s https://example.org/… ~…/x …_1 (…) /…: wonderful malice"


def test_root_is_a_word_and_its_home_is_not(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", "/root")
    monkeypatch.setenv("LOGNAME", "root")
    assert shorten("the square root of /root, /root/x.py and /rooted", ()) == "the square root of …, …/x.py and /rooted"


def test_control_characters_become_escapes_that_can_be_seen() -> None:
    assert visible("a\x1b[2J\x07\x9b31m\x7f\u202eb\x00") == r"a\x1b[2J\x07\x9b31m\x7f\u202eb\x00"
    assert visible("a\r\nb\tc\x85d") == "a b c d"
    assert shorten("\x1b]0;owned\x07/srv/data/x.py\x1b", ()) == r"\x1b]0;owned\x07…"


COMPONENT = st.text(st.sampled_from("abcXYZ019_.-+@~%…é"), min_size=1, max_size=8).filter(lambda c: set(c) != {"."})
BEFORE = st.one_of(
    st.sampled_from(["", " ", ":", "=", "'", '"', "`", "(", "[", "{", "<", ",", ";", "|", "\n", "~", "*", "+", "…"]),
    st.sampled_from(["file://", "file:", "socket:", "A=b:", "unix://", "x=https://a.b/c:", "word.", "word. ", "x @"]),
    st.sampled_from(["-I", "\\n", "\x1b", "\x1b[2J "]),
)
AFTER = st.sampled_from(["", " ", ":12 f", "'", '"', ")", "]", ",", ".", "/", " it's", "\x07", ":/", "=", "…"])


@given(st.lists(st.tuples(BEFORE, st.lists(COMPONENT, min_size=2, max_size=6), AFTER), min_size=1, max_size=3))
def test_no_absolute_path_of_two_components_survives(parts: list[tuple[str, list[str], str]]) -> None:
    text = " ".join(f"{before}/{'/'.join(components)}{after}" for before, components, after in parts)
    note = re.sub(r"https://a\.b/c", "", shorten(text, ()))
    assert not re.search(r"/[^/\s]+/[^/\s]", note), note


@given(st.text(st.characters()))
def test_any_text_becomes_one_printable_line(text: str) -> None:
    for note in (shorten(text, ROOTS), visible(text)):
        assert note.isprintable()
        note.encode()
