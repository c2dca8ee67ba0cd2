"""Verdicts and their evidence as Markdown, CSV, JSON and on a terminal."""

import csv
import io
import json
from dataclasses import replace
from typing import get_args

import pytest
from markdown_it import MarkdownIt
from rich.console import Console

from bench.records.claims import (
    RATIO,
    Claim,
    ClaimVerdict,
    Evidence,
    ExactCheck,
    MissingCheck,
    Outcome,
    RatioCheck,
    Resolved,
    UnverifiableCheck,
)
from bench.report.claims.markdown import claims_text, parameters_text
from bench.report.claims.rows import claims_csv, claims_json, verdicts, verdicts_in
from bench.report.claims.terminal import claims_view
from bench.report.claims.words import sentences

HOSTILE = "a|b `c` **d** [e](http://f) <img src=x onerror=alert(1)> <!-- bench: x#1 -->\n# g \x1b[2J ::error::h &lt;"


SLOWER = RatioCheck(suite="law", compare={"steps": (784,)}, to={"steps": 28}, metric="latency", above=10)


def exact(
    name: str = "D0-C1", *, verdict: ClaimVerdict = "mixed", words: str = "原文", says: str = "It is so."
) -> Resolved:
    lines = (
        Evidence(check=1, subject="weights", outcome="holds", expected="52,000", observed="52,000"),
        Evidence(check=1, subject="shape", outcome="fails", expected="[2, 4]", observed="[4, 2]"),
        Evidence(check=1, subject="biases", outcome="also", observed="800"),
    )
    checks = (ExactCheck(fact="d0:a", expect={"weights": 52000, "shape": (2, 4)}),)
    claim = Claim(id=name, words=words, says=says, kind="exact", about="count", checks=checks, remark="Mind this.")
    return Resolved(claim=claim, verdict=verdict, parts={"": verdict}, evidence=lines)


def ratio(
    value: float, outcome: Outcome = "holds", *, machine: str = "here", link: str = "law/here/m.csv#L2"
) -> Evidence:
    return Evidence(
        check=1,
        subject="latency, steps=784 by steps=28",
        outcome=outcome,
        expected="above 10",
        value=value,
        low=value * 0.95,
        high=value * 1.05,
        unit=RATIO,
        machine=machine,
        device="cpu",
        link=link,
    )


def measured(*lines: Evidence, machines: dict[str, ClaimVerdict] | None = None) -> Resolved:
    claim = Claim(id="D1-C1", words="原文", says="It is so.", kind="measured", checks=(SLOWER,))
    return Resolved(claim=claim, verdict="supported", parts={"": "supported"}, evidence=lines, machines=machines or {})


def parted() -> Resolved:
    """Slower for certain, and worse for all that is known."""
    missing = MissingCheck(needs="an accuracy run", part="accuracy")
    claim = Claim(
        id="D1-C2",
        words="原文",
        says="It is slow and bad.",
        kind="measured",
        parts={"time": "It is slow.", "accuracy": "It is bad."},
        checks=(missing, replace(SLOWER, part="time")),
    )
    nothing = Evidence(check=1, subject="an accuracy run", outcome="open", note="needs an accuracy run")
    return Resolved(
        claim=claim,
        verdict="unresolved",
        parts={"time": "supported", "accuracy": "unresolved"},
        evidence=(nothing, replace(ratio(27.1), check=2)),
    )


def test_what_holds_is_one_sentence_and_what_fails_has_both_values() -> None:
    assert [each.text for each in sentences(exact())] == [
        "observed: weights 52,000",
        "shape: observed [4, 2], claimed [2, 4]",
        "Mind this.",
    ]


def test_what_was_measured_has_its_interval_its_machine_and_a_link_to_its_row() -> None:
    head, line = sentences(measured(ratio(27.1)))
    assert head.text == "here (cpu), above 10: 1 of 1 hold"
    assert line.text == "holds: latency, steps=784 by steps=28 27.1× [25.7–28.5]"
    assert line.link == "law/here/m.csv#L2"


def test_each_part_comes_with_what_it_says_its_verdict_and_its_evidence() -> None:
    found = [(each.lead, each.text) for each in sentences(parted())]
    assert found == [
        ("time, supported", "It is slow."),
        ("", "here (cpu), above 10: 1 of 1 hold"),
        ("", "holds: latency, steps=784 by steps=28 27.1× [25.7–28.5]"),
        ("accuracy, unresolved", "It is bad."),
        ("", "needs an accuracy run"),
    ]


def test_the_table_shows_the_verdict_of_every_part() -> None:
    text = claims_text([parted()])
    assert "| **unresolved**<br>time: supported<br>accuracy: unresolved | **time, supported**: It is slow.<br>" in text
    console = Console(file=io.StringIO(), width=80, force_terminal=False, record=True)
    console.print(claims_view([parted()]))
    assert "time, supported: It is slow." in console.export_text()


def questioned() -> Resolved:
    """A line of which the page has lost a piece, and what becomes of the rest."""
    claim = Claim(
        id="D1-C3",
        words="原文",
        says="It runs.",
        kind="exact",
        about="code",
        ours={"as printed": "What is left runs."},
        checks=(
            UnverifiableCheck(unverifiable="a name is lost"),
            ExactCheck(fact="d0:a", expect={"raised": "none"}, part="as printed"),
        ),
    )
    lines = (
        Evidence(check=1, subject="the document", outcome="unverifiable", note="a name is lost"),
        Evidence(check=2, subject="raised", outcome="fails", expected="none", observed="SyntaxError"),
    )
    parts: dict[str, ClaimVerdict] = {"": "unverifiable", "as printed": "refuted"}
    return Resolved(claim=claim, verdict="unverifiable", parts=parts, evidence=lines)


def test_what_the_document_does_not_say_is_called_a_question_of_ours_everywhere() -> None:
    assert [(each.lead, each.text) for each in sentences(questioned())] == [
        ("", "cannot be judged: a name is lost"),
        ("as printed (our question), refuted", "What is left runs."),
        ("", "raised: observed SyntaxError, asked none"),
    ]
    assert (
        "| **unverifiable**<br>as printed (our question): refuted | cannot be judged: a name is lost<br>"
        in claims_text([questioned()])
    )
    rows = list(csv.DictReader(io.StringIO(claims_csv([questioned()]))))
    assert [(row["verdict"], row["part"], row["ours"], row["part_verdict"]) for row in rows] == [
        ("unverifiable", "", "false", "unverifiable"),
        ("unverifiable", "as printed", "true", "refuted"),
    ]
    (found,) = json.loads(claims_json([questioned()]))
    assert (found["parts"], found["ours"]) == ({"as printed": "refuted"}, ["as printed"])


def test_a_terminal_shows_what_became_of_our_question_though_the_claim_is_supported() -> None:
    text = questioned()
    parts: dict[str, ClaimVerdict] = {"": "supported", "as printed": "refuted"}
    console = Console(file=io.StringIO(), width=80, force_terminal=False, record=True)
    console.print(claims_view([replace(text, verdict="supported", parts=parts)]))
    assert "as printed (our question), refuted: What is left runs." in console.export_text()


def test_the_page_says_what_each_verdict_means() -> None:
    head = claims_text([]).lower()
    assert [verdict for verdict in get_args(ClaimVerdict) if verdict not in head.split("| document")[0]] == []


def test_every_row_names_its_part_and_what_became_of_it() -> None:
    text = claims_csv([parted(), exact()])
    rows = [
        (row["claim"], row["verdict"], row["part"], row["part_verdict"]) for row in csv.DictReader(io.StringIO(text))
    ]
    assert rows[:3] == [
        ("D1-C2", "unresolved", "accuracy", "unresolved"),
        ("D1-C2", "unresolved", "time", "supported"),
        ("D0-C1", "mixed", "", "mixed"),
    ]
    assert verdicts_in(text) == verdicts([parted(), exact()])
    assert verdicts_in(text) == {
        "D1-C2": "unresolved",
        "D1-C2, time": "supported",
        "D1-C2, accuracy": "unresolved",
        "D0-C1": "mixed",
    }
    first, second = json.loads(claims_json([parted(), exact()]))
    assert (first["parts"], second["parts"]) == ({"time": "supported", "accuracy": "unresolved"}, {})
    assert [line["part"] for line in first["evidence"]] == ["accuracy", "time"]


def test_of_many_lines_the_extremes_of_each_outcome_are_shown() -> None:
    lines = [ratio(value) for value in (20.0, 40.0, 30.0, 25.0)] + [ratio(5.0, "fails"), ratio(4.0, "fails")]
    texts = [each.text for each in sentences(measured(*lines))]
    assert texts[0] == "here (cpu), above 10: 4 of 6 hold, 2 of 6 fail"
    assert [text.split()[0:2] + text.split()[-2:-1] for text in texts[1:5]] == [
        ["holds:", "latency,", "20.0×"],
        ["holds:", "latency,", "40.0×"],
        ["fails:", "latency,", "4.00×"],
        ["fails:", "latency,", "5.00×"],
    ]
    assert texts[5] == "and 2 between these"
    subject = lines[-1].subject.partition(", ")[2]
    assert texts[6:] == [f"in all it fails for {subject}; {subject}"]


def test_machines_that_disagree_are_both_named() -> None:
    found = measured(
        ratio(27.1), ratio(2.0, "fails", machine="h200"), machines={"here": "supported", "h200": "refuted"}
    )
    assert [each.text for each in sentences(found)][-1] == "here: supported; h200: refuted"


def test_a_time_is_shown_in_a_unit_that_reads_well() -> None:
    line = Evidence(check=1, subject="b", outcome="holds", value=3.2e-6, low=3.1e-6, high=3.3e-6, unit="s", machine="m")
    assert "3.20 µs [3.10–3.30]" in [each.text for each in sentences(measured(line))][1]


def test_the_page_counts_the_verdicts_of_each_document() -> None:
    text = claims_text([exact("D0-C1"), exact("D0-C2", verdict="refuted"), measured(ratio(27.1))])
    assert "| document | claims | supported | refuted | mixed | unresolved | unverifiable | conceptual |" in text
    assert "| D0 | 2 | 0 | 1 | 1 | 0 | 0 | 0 |" in text
    assert "| all | 3 | 1 | 1 | 1 | 0 | 0 | 0 |" in text
    assert "([row](law/here/m.csv#L2))" in text


def test_every_count_and_shape_is_in_the_table_of_parameters() -> None:
    rows = parameters_text([exact(), measured(ratio(27.1))]).splitlines()[-3:]
    assert rows == [
        "| D0-C1 | It is so. | weights | 52,000 | 52,000 |",
        "| D0-C1 | It is so. | shape | &#91;2, 4&#93; | **&#91;4, 2&#93;** |",
        "| D0-C1 | It is so. | biases | – | 800 |",
    ]


def test_what_one_fact_saw_stands_once_beside_what_each_claim_says_of_it() -> None:
    def asking(name: str, expected: str) -> Resolved:
        check = ExactCheck(fact="d0:shapes", expect={"shape": 4})
        seen = Evidence(check=1, subject="also", outcome="also", observed="7")
        told = Evidence(check=1, subject=expected, outcome="holds", expected="4", observed="4")
        untold = Evidence(check=1, subject="shape", outcome="also", observed="4")
        lines = (told, seen) if expected == "shape" else (told, untold, seen)
        return replace(exact(name), claim=replace(exact(name).claim, checks=(check,)), evidence=lines)

    rows = parameters_text([asking("D0-C1", "shape"), asking("D0-C2", "steps"), exact("D0-C3")]).splitlines()
    assert [row.split(" | ")[0][2:] + " " + row.split(" | ")[2] for row in rows if row.startswith("| D0")] == [
        *("D0-C1 shape", "D0-C1 also", "D0-C2 steps", "D0-C3 weights", "D0-C3 shape", "D0-C3 biases"),
    ]


@pytest.mark.parametrize("text", [HOSTILE, "x" * 5000, "a\r\nb", "‮evil", "|", "--- | ---"])
def test_no_word_of_a_claim_means_anything_but_itself_on_a_page(text: str) -> None:
    found = exact(words=text, says=text)
    for page in (claims_text([found]), parameters_text([found])):
        html = MarkdownIt("commonmark").enable("table").render(page)
        assert "<img" not in html
        assert "<a " not in html
        assert "<!--" not in page
        assert html.count("<h1>") == 1
        lengths = {line.count("|") for line in page.splitlines() if line.startswith("| D0-C1")}
        assert lengths == {6}


def test_a_link_cannot_leave_its_parentheses() -> None:
    found = measured(ratio(27.1, link="a) [x](http://evil b/m.csv#L2"))
    html = MarkdownIt("commonmark").enable("table").render(claims_text([found]))
    assert html.count("<a ") == 1
    assert "evil%20b" in html


def test_the_file_of_rows_has_every_line_of_evidence_and_every_claim() -> None:
    alone = Resolved(
        claim=Claim(id="D2-C1", words="w", says="s", kind="conceptual", because="nobody can tell"), verdict="conceptual"
    )
    rows = list(csv.DictReader(io.StringIO(claims_csv([exact(), measured(ratio(27.1)), alone]))))
    assert [(row["claim"], row["subject"], row["outcome"]) for row in rows] == [
        ("D0-C1", "weights", "holds"),
        ("D0-C1", "shape", "fails"),
        ("D0-C1", "biases", "also"),
        ("D1-C1", "latency, steps=784 by steps=28", "holds"),
        ("D2-C1", "", ""),
    ]
    assert (rows[3]["value"], rows[3]["low"], rows[3]["unit"], rows[3]["machine"]) == ("27.1", "25.745", "×", "here")
    assert rows[4]["note"] == "nobody can tell"


def test_a_spreadsheet_takes_no_word_for_a_formula() -> None:
    rows = list(csv.DictReader(io.StringIO(claims_csv([exact(words="=HYPERLINK(1)", says="+1-1")]))))
    assert rows[0]["words"] == "'=HYPERLINK(1)"
    assert rows[0]["says"] == "'+1-1"


def test_the_verdicts_are_read_back_from_the_file() -> None:
    assert verdicts_in(claims_csv([exact(), measured(ratio(27.1))])) == {"D0-C1": "mixed", "D1-C1": "supported"}
    assert verdicts_in("") == {}
    assert verdicts_in("a,b\n1,2\n") == {}


def test_json_holds_the_claims_with_their_evidence() -> None:
    first, second = json.loads(claims_json([exact(), measured(ratio(27.1), machines={"here": "supported"})]))
    assert (first["claim"], first["verdict"], len(first["evidence"])) == ("D0-C1", "mixed", 3)
    assert second["machines"] == {"here": "supported"}
    assert second["evidence"][0]["value"] == 27.1


def test_a_terminal_of_80_columns_holds_the_table_and_obeys_nothing() -> None:
    out = io.StringIO()
    console = Console(file=out, width=80, force_terminal=False)
    console.print(claims_view([exact(words=HOSTILE, says=HOSTILE), measured(ratio(27.1))]))
    lines = out.getvalue().splitlines()
    assert max(map(len, lines)) <= 80
    assert "\x1b" not in out.getvalue()
    assert "::" not in out.getvalue()
    assert lines[-1].strip() == "1 supported, 1 mixed"
    assert any("claimed [2, 4]" in line for line in lines)
