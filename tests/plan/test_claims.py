"""A file of claims is read whole, or every complaint about it is told at once with its line."""

from pathlib import Path

import pytest

from bench.errors import BenchError, SuiteError
from bench.plan.claims import load_claims
from bench.records.claims import (
    Axes,
    Claim,
    ExactCheck,
    LawCheck,
    MissingCheck,
    RatioCheck,
    TrendCheck,
    UnverifiableCheck,
)

SUITE = """
title: A title
question: A question?
base: {target: 'builders:build'}
factors: {model: [rnn, lstm, cnn], steps: [28, 784]}
cuda: {factors: {steps: [28, 3136]}}
"""
FACTS = "import torch\n\n\ndef weights():\n    raise AssertionError('a loader runs nothing')\n"
HEAD = "id: D0-C1, words: 原文, says: It is so"


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """Where the claims of a project with one suite and one fact stand."""
    suites = tmp_path / "suites"
    for folder in ("claims", "facts"):
        (suites / folder).mkdir(parents=True)
    (tmp_path / "pyproject.toml").write_text("")
    (suites / "builders.py").write_text("def build(**levels): ...\n")
    (suites / "made.yaml").write_text(SUITE)
    (suites / "facts" / "__init__.py").write_text("")
    (suites / "facts" / "d0.py").write_text(FACTS)
    return suites / "claims" / "claims.yaml"


def read(file: Path, text: str) -> tuple[Claim, ...]:
    file.write_text(text, "utf-8")
    return load_claims(file)


def complaints(file: Path, text: str) -> list[str]:
    """Every complaint, as `line:column: path: message`."""
    with pytest.raises(SuiteError) as caught:
        read(file, text)
    return [line.removeprefix(f"{file}:") for line in str(caught.value).split(f"\n{file}:")]


RATIO = "suite: made, compare: {model: lstm}, to: {model: cnn}, metric: latency"


def measured(check: str) -> str:
    return f"- {{{HEAD}, kind: measured, checks: [{{{check}}}]}}\n"


def asked(parts: str, *checks: str) -> str:
    listed = ", ".join(f"{{{check}}}" for check in checks)
    return f"- {{{HEAD}, kind: measured, {parts}, checks: [{listed}]}}\n"


def exact(check: str) -> str:
    return f"- {{{HEAD}, kind: exact, about: count, checks: [{{{check}}}]}}\n"


def parted(parts: str, check: str) -> str:
    return f"- {{{HEAD}, kind: measured, parts: {parts}, checks: [{{{check}}}]}}\n"


def test_every_kind_of_check_is_read(file: Path) -> None:
    text = f"""
- {{{HEAD}, kind: measured, remark: Mind this., checks: [
    {{suite: made, compare: {{model: [rnn, lstm]}}, to: {{model: cnn}}, where: {{steps: 28}}, metric: latency,
      within: 10%}},
    {{suite: made, monotone: steps, metric: latency, rises: true, device: cuda}},
    {{suite: made, law: {{y: latency, x: steps}}, coefficient: k, between: [0.9, 1.1]}},
    {{needs: accuracy}}]}}
"""
    (claim,) = read(file, text)
    assert (claim.id, claim.words, claim.remark) == ("D0-C1", "原文", "Mind this.")
    assert claim.checks == (
        RatioCheck(
            suite="made",
            compare={"model": ("rnn", "lstm")},
            to={"model": "cnn"},
            where={"steps": (28,)},
            metric="latency",
            within=0.1,
        ),
        TrendCheck(suite="made", monotone="steps", metric="latency", rises=True, device="cuda"),
        LawCheck(suite="made", law=Axes(y="latency", x="steps"), coefficient="k", between=(0.9, 1.1)),
        MissingCheck(needs="accuracy"),
    )


def test_a_claim_has_parts_and_its_checks_name_them(file: Path) -> None:
    text = f"""
- {{{HEAD}, kind: measured, about: count, parts: {{shape: It has this shape, time as well: It is slow}}, checks: [
    {{part: shape, fact: 'd0:weights', expect: {{a: 1}}}},
    {{part: time as well, {RATIO}, between: [2, 3]}},
    {{part: time as well, needs: accuracy}}]}}
"""
    (claim,) = read(file, text)
    assert claim.parts == {"shape": "It has this shape", "time as well": "It is slow"}
    assert [check.part for check in claim.checks] == ["shape", "time as well", "time as well"]
    assert isinstance(claim.checks[1], RatioCheck)
    assert claim.checks[1].between == (2.0, 3.0)


def test_what_the_document_does_not_say_stands_apart_from_what_it_says(file: Path) -> None:
    text = f"""
- {{{HEAD}, kind: measured, about: count, ours: {{time: It is slow}}, checks: [
    {{fact: 'd0:weights', expect: {{a: 1}}}},
    {{part: time, {RATIO}, above: 2}}]}}
"""
    (claim,) = read(file, text)
    assert (claim.parts, claim.ours) == ({}, {"time": "It is slow"})
    assert [check.part for check in claim.checks] == ["", "time"]


def test_what_cannot_be_judged_says_why(file: Path) -> None:
    (claim,) = read(file, f"- {{{HEAD}, kind: exact, checks: [{{unverifiable: a name is lost}}]}}\n")
    assert claim.checks == (UnverifiableCheck(unverifiable="a name is lost"),)


def test_expectations_keep_their_types(file: Path) -> None:
    check = "fact: 'd0:weights', within: 0.01, expect: {a: 5, b: 5.0, c: true, d: none, e: [1, 2], f: [[1, 2], [3, 4]]}"
    (claim,) = read(file, exact(check))
    assert claim.checks == (
        ExactCheck(
            fact="d0:weights",
            expect={"a": 5, "b": 5.0, "c": True, "d": "none", "e": (1, 2), "f": ((1, 2), (3, 4))},
            within=0.01,
        ),
    )
    assert [type(value) for value in claim.checks[0].expect.values()][:3] == [int, float, bool]


def test_a_conceptual_claim_says_why(file: Path) -> None:
    (claim,) = read(file, f"- {{{HEAD}, kind: conceptual, because: nobody can tell}}\n")
    assert claim.because == "nobody can tell"
    assert claim.checks == ()


def test_levels_of_overlays_are_levels(file: Path) -> None:
    (claim,) = read(file, measured("suite: made, compare: {steps: 3136}, to: {steps: 28}, metric: latency, above: 10"))
    assert len(claim.checks) == 1


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("a: b\n", "1:1: expected a list"),
        ("[]\n- x", "2:1: expected '<document start>'"),
        ("- 5\n", "1:3: claim 1: expected a claim, found the number 5"),
        (f"- {{{HEAD}, kind: exact, about: count}}\n", "this claim is exact, and nothing decides it"),
        (f"- {{{HEAD}, kind: measured, checks: []}}\n", "D0-C1.checks: this claim is measured, and nothing decides it"),
        (f"- {{{HEAD}, kind: conceptual}}\n", "D0-C1.because: a conceptual claim says why no check decides it"),
        (f"- {{{HEAD}, kind: exat}}\n", "D0-C1.kind: expected 'exact', 'measured' or 'conceptual'"),
        (f"- {{{HEAD}, kind: exact, about: count, checks: 5}}\n", "expected a list of checks, found the number 5"),
        (f"- {{{HEAD}, kind: exact, chekcs: []}}\n", "D0-C1.chekcs: unknown key; did you mean 'checks'?"),
        ("- {id: D0-C1, kind: exact, about: count}\n", "D0-C1.words: is missing"),
        (measured("suite: made"), "D0-C1.checks[0]: a check has exactly one of the keys fact, compare, monotone"),
        (measured("needs: x, fact: 'd0:weights'"), "a check has exactly one of the keys"),
        (measured(f"{RATIO}, above: 2, below: 1"), "says exactly one of above, below, between, within"),
        (measured(f"{RATIO}, between: [3, 2]"), "checks[0].between: the first bound lies below the second"),
        (measured(f"{RATIO}, above: 2, part: time"), "checks[0].part: the claim has no part 'time'"),
        (
            parted("{time: It is slow}", f"{RATIO}, above: 2, part: tme"),
            "the claim has no part 'tme'; did you mean 'time'?",
        ),
        (parted("{time: It is slow}", f"{RATIO}, above: 2"), "checks[0]: names no part: time"),
        (
            parted("{time: It is slow, shape: It is long}", f"{RATIO}, above: 2, part: time"),
            "D0-C1.parts.shape: no check decides this part",
        ),
        (
            parted("{'=time': It is slow}", f"{RATIO}, above: 2, part: '=time'"),
            "D0-C1.parts.=time: expected 1 to 40 letters, digits, spaces and _ ' -",
        ),
        (
            parted("{time: It is slow}", f"{RATIO}, above: 2, part: '=time'"),
            "checks[0].part: expected 1 to 40 letters, digits, spaces and _ ' -",
        ),
        (
            f"- {{{HEAD}, kind: conceptual, because: so, parts: {{time: x}}}}\n",
            "parts.time: no check decides this part",
        ),
        (
            asked("ours: {time: It is slow}", "needs: x", f"{RATIO}, above: 2, part: tme"),
            "the claim has no part 'tme'; did you mean 'time'?",
        ),
        (asked("ours: {time: It is slow}", "needs: x"), "D0-C1.ours.time: no check decides this part"),
        (
            asked("ours: {time: It is slow}", f"{RATIO}, above: 2, part: time"),
            "D0-C1.ours: no check decides what the document says",
        ),
        (
            asked("parts: {time: It is slow}, ours: {time: It is slow}", f"{RATIO}, above: 2, part: time"),
            "D0-C1.ours.time: the document says this part",
        ),
        (
            asked("parts: {size: It is big}, ours: {time: It is slow}", "needs: x", f"{RATIO}, above: 2, part: time"),
            "checks[0]: names no part: size",
        ),
        (
            f"- {{{HEAD}, kind: conceptual, because: so, checks: [{{unverifiable: a name is lost}}]}}\n",
            "a conceptual claim is one that no check decides",
        ),
        (measured(RATIO), "says exactly one of above, below, between, within"),
        (measured(f"{RATIO}, abvoe: 2"), "checks[0].abvoe: unknown key; did you mean 'above'?"),
        (measured(f"{RATIO}, above: x"), "checks[0].above: expected a number, found the text 'x'"),
        (measured(f"{RATIO}, above: .inf"), "checks[0].above"),
        (measured(f"{RATIO}, within: 1"), "checks[0].within"),
        (measured(f"{RATIO}, above: 2, device: gpu"), "checks[0].device: expected 'cpu', 'cuda' or 'fake'"),
        (
            measured("suite: made, compare: {modle: lstm}, to: {model: cnn}, metric: latency, above: 2"),
            "checks[0].compare.modle: the suite has no factor 'modle'; did you mean 'model'?",
        ),
        (
            measured("suite: made, compare: {model: lstm}, to: {model: cnnn}, metric: latency, above: 2"),
            "checks[0].to.model: model has no level 'cnnn'; did you mean 'cnn'?",
        ),
        (
            measured(f"{RATIO}, above: 2, where: {{steps: 29}}"),
            "checks[0].where.steps: steps has no level 29",
        ),
        (
            measured(f"{RATIO.replace('latency', 'latencey')}, above: 2"),
            "no metric 'latencey'; did you mean 'latency'?",
        ),
        (measured(f"{RATIO.replace('latency', 'build')}, above: 2"), "build is timed once a case"),
        (measured(f"{RATIO.replace('made', 'mades')}, above: 2"), "checks[0].suite: cannot be read"),
        (measured("suite: made, monotone: layers, metric: latency, rises: true"), "no factor 'layers'"),
        (measured("suite: made, monotone: steps, metric: latency, rises: false"), "checks[0].rises"),
        (
            measured("suite: made, law: {y: latency, x: layers}, coefficient: k, above: 1"),
            "law.x: the suite has no factor",
        ),
        (measured("suite: made, law: {y: flops, x: steps}, coefficient: k, above: 1"), "a law is fitted to trials"),
        (measured("suite: made, law: {y: latency, x: steps}, coefficient: q, above: 1"), "checks[0].coefficient"),
        (
            measured("suite: made, law: {y: latency, x: steps}, coefficient: k, between: [2, 1]"),
            "the first bound lies below the second",
        ),
        (exact("fact: 'd0:wieghts', expect: {a: 1}"), "did you mean 'weights'?"),
        (exact("fact: 'd9:weights', expect: {a: 1}"), "no module facts.d9"),
        (exact("fact: weights, expect: {a: 1}"), "checks[0].fact: expected module:function"),
        (exact("fact: 'd0:weights', expect: {}"), "checks[0].expect: must not be empty"),
        (exact("fact: 'd0:weights', expect: {a: {b: 1}}"), "checks[0].expect.a"),
        (exact("fact: 'd0:weights', expect: {a: no}"), "checks[0].expect.a"),
        (exact(f"{RATIO}, above: 2"), "this is a check of measured claims, and the claim is exact"),
        (f"- {{{HEAD}, kind: exact, checks: [{{fact: 'd0:weights', expect: {{a: 1}}}}]}}\n", "D0-C1.about: is missing"),
        ("- !!python/object:os.system {a: b}\n", "a file of claims is plain data"),
    ],
)
def test_what_cannot_be_is_told_where_it_stands(file: Path, text: str, told: str) -> None:
    assert any(told in complaint for complaint in complaints(file, text)), complaints(file, text)


def test_every_complaint_is_told_at_once_in_the_order_of_the_file(file: Path) -> None:
    text = (
        f"- {{{HEAD}, kind: exact, about: count, checks: [{{fact: 'd0:weight', expect: {{a: 1}}}}]}}\n"
        f"- {{{HEAD}, kind: conceptual, because: so}}\n"
        "- {id: D0-C3, words: w, says: s, kind: measured, checks: [{suite: made, comapre: {}}]}\n"
    )
    told = complaints(file, text)
    assert [complaint.partition(":")[0] for complaint in told] == ["1", "2", "3"]
    assert "another claim has the id 'D0-C1'" in told[1]


def test_a_suite_that_is_itself_unsound_is_named(file: Path) -> None:
    (file.parent.parent / "made.yaml").write_text("title: nothing else\n")
    told = complaints(file, measured(f"{RATIO}, above: 2"))
    assert any("the suite has 2 complaint(s)" in complaint for complaint in told), told


def test_a_file_that_is_not_there_is_one_line(file: Path) -> None:
    with pytest.raises(BenchError, match="cannot be read: No such file"):
        load_claims(file)
