"""The text of a suite: its limits, its places, its complaints."""

import tracemalloc
from pathlib import Path

import pytest

from bench.plan.yaml_text import MAX_NODES, parse


def first(raw: str | bytes) -> tuple[int, int, str]:
    """The first complaint about a text."""
    complaint = parse(raw.encode() if isinstance(raw, str) else raw).complaints[0]
    return complaint.line, complaint.column, complaint.message


def test_keys_and_values_have_their_places() -> None:
    document = parse(b"a: 1\nlist:\n  - x\n  - {b: true}\n")
    assert document.data == {"a": 1, "list": ["x", {"b": True}]}
    assert document.complaints == ()
    assert document.values[("list", 1, "b")] == (4, 9)
    assert document.keys[("list", 1, "b")] == (4, 6)
    assert document.keys[("list",)] == (2, 1)


@pytest.mark.parametrize("raw", [b"\xef\xbb\xbfa: 1\nb: x\n", b"a: 1\r\nb: x\r\n"])
def test_a_byte_order_mark_and_dos_lines_are_accepted(raw: bytes) -> None:
    document = parse(raw)
    assert document.data == {"a": 1, "b": "x"}
    assert document.keys[("b",)] == (2, 1)


def test_quoted_scalars_are_text() -> None:
    assert parse(b"a: 'no'\nb: \"010\"\nc: |\n  12:30\n").data == {"a": "no", "b": "010", "c": "12:30\n"}


@pytest.mark.parametrize(
    ("raw", "line", "column", "words"),
    [
        (b"a: 1\nb: \xe9\n", 2, 4, "not UTF-8: byte 0xe9"),
        ("a: 1\n".encode("utf-16"), 1, 1, "not UTF-8"),
        (b"a: 1\nb: x\x00y\n", 2, 5, "U+0000"),
        (b"a: \x1b[2J\n", 1, 4, "U+001B"),
        (b"", 0, 0, "the suite is empty"),
        (b"# nothing\n", 0, 0, "the suite is empty"),
        (b"---\n", 0, 0, "the suite is empty"),
        (b"- a\n", 1, 1, "expected a mapping"),
        (b"a: 1\n---\nb: 2\n", 2, 1, "one document expected"),
        (b"a: 1\nb: 2\na: 3\n", 3, 1, "in lines 1 and 3"),
        (b"a: b: c\n", 1, 5, "mapping values are not allowed here\n    a: b: c\n        ^"),
        (b"a:\n\tb: 1\n", 2, 1, "cannot start any token"),
        (b"a: [1,\nb: x\n", 3, 1, "that began in line 1"),
        (b"a: 1\n2: x\n", 2, 1, "a key is a name; write '2'"),
        (b"a: 1\nno: x\n", 2, 1, "means false"),
        (b"[a]: 1\n", 1, 1, "a key is a name, not a list"),
        (b"a: &x {b: 1}\nc: {<<: *x}\n", 2, 5, "reserves <<"),
        (b"a: *x\n", 1, 4, "the alias *x stands before"),
        (b"a: &x [*x]\n", 1, 8, "the alias *x stands before"),
        (b"a: !!python/object/apply:os.system [x]\n", 1, 4, "python/object/apply:os.system is refused"),
        (b"a: !!str 1\n", 1, 4, "is refused"),
        (b'a: "\\e[2J"\n', 1, 4, "U+001B"),
        (b'a: "\\ud800"\n', 1, 4, "U+D800"),
        (b'a: 1\nb: "\\UFFFFFFFF"\n', 2, 1, "cannot be read after here"),
        (b"%YAML 1." + b"9" * 5000 + b"\n---\na: 1\n", 1, 1, "cannot be read after here"),
    ],
)
def test_the_first_offence_is_named_with_its_place(raw: bytes, line: int, column: int, words: str) -> None:
    found = first(raw)
    assert found[:2] == (line, column)
    assert words in found[2]


def test_every_offence_is_named() -> None:
    found = parse(b"a: no\nb: [010, !!int 3, .nan]\na: 1e3\n").complaints
    assert [(c.line, c.column) for c in found] == [(1, 4), (2, 5), (2, 10), (2, 19), (3, 1), (3, 4)]


def test_a_figure_may_have_a_y() -> None:
    assert parse(b"x: size\ny: latency\n").complaints == ()


def _bomb() -> str:
    lines = ["a0: &a0 [x, x, x, x, x, x, x, x, x, x]"]
    lines += [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 9)}]" for n in range(1, 10)]
    return "\n".join(lines)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (_bomb(), "more than 20,000 values"),
        ("a: " + "[" * 200_000, "nested deeper than 32 levels"),
        ("a: " + "{a: " * 200_000, "nested deeper than 32 levels"),
        ("".join(" " * n + "a:\n" for n in range(400)), "nested deeper than 32 levels"),
        ("".join(f"a{n}: &a{n} [[[[[{f'*a{n - 1}' if n else 1}]]]]]\n" for n in range(90)), "nested deeper than 32"),
        ("a: [" + "1, " * MAX_NODES + "]", "more than 20,000 values"),
        ("a: &a 1\nb: [" + "*a, " * 200 + "]", "more than 100 aliases"),
    ],
)
def test_what_would_swell_is_refused_with_little_memory(text: str, words: str) -> None:
    tracemalloc.start()
    found = first(text)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert words in found[2]
    assert peak < 40 * 2**20


def test_a_tag_executes_nothing(tmp_path: Path) -> None:
    witness = tmp_path / "witness"
    document = parse(f"a: !!python/object/apply:os.system ['touch {witness}']\n".encode())
    assert len(document.complaints) == 1
    assert not witness.exists()


def test_an_alias_stands_for_its_anchor_and_has_a_place_of_its_own() -> None:
    document = parse(b"a: &a {x: 1}\nb: *a\n")
    assert document.data == {"a": {"x": 1}, "b": {"x": 1}}
    assert document.values[("b",)] == (2, 4)
    assert ("b", "x") not in document.values
