from dataclasses import replace

from bench.records.gate import Gate
from bench.report.verdicts.markdown import FEW, summary
from tests.report.golden import same_as_golden
from tests.report.samples import HOSTILE
from tests.report.test_markdown import GITHUB, rows, shown
from tests.report.verdicts.made_up import ALL, FINDING, PASSED, SLOWER_AND_LARGER, UNEVEN, WORSE, gate, judged, standing

KIB = 1024


def cells(text: str) -> list[list[str]]:
    return [[shown(cell) for cell in row] for row in rows(text)]


def test_the_page_of_a_gate() -> None:
    assert same_as_golden("gate.md", summary(replace(WORSE, cases=(*ALL, UNEVEN))))


def test_the_page_of_a_gate_that_passes_folds_what_is_unchanged() -> None:
    assert same_as_golden("gate_passed.md", summary(PASSED))


def test_a_few_unchanged_cases_are_not_folded() -> None:
    few = gate("pass", [judged(f"a={i}", "unchanged", 1.0) for i in range(FEW)])
    assert "<details>" not in summary(few)
    assert "<details>" in summary(replace(few, cases=(*few.cases, standing("a=x", "skipped", "no"))))


def test_a_gate_of_nothing_has_a_page() -> None:
    text = summary(replace(gate("inconclusive"), control=None, findings=(), seconds=None))
    assert "inconclusive: nothing was compared" in text
    assert not rows(text)


def test_every_row_has_a_cell_for_each_head_and_the_worst_is_first() -> None:
    first, *others = cells(summary(WORSE))
    assert {len(row) for row in others[:10]} == {len(first)}
    assert [row[2] for row in others[:3]] == ["regression", "regression", "failed"]


def test_a_mean_that_decided_has_its_interval() -> None:
    row = cells(summary(gate("regression", [UNEVEN])))[1]
    assert row[4] == "+14.5 % [+9.5 to +19.5]"
    assert row[7] == "worse in mean_latency"


def test_hostile_names_are_inert() -> None:
    hostile = replace(
        WORSE,
        suite=HOSTILE,
        suite_file=HOSTILE,
        machine=HOSTILE,
        base=HOSTILE,
        candidate=HOSTILE,
        cases=(
            standing(HOSTILE, "failed", HOSTILE),
            replace(
                SLOWER_AND_LARGER,
                case=HOSTILE,
                changes=tuple(replace(c, case=HOSTILE) for c in SLOWER_AND_LARGER.changes),
            ),
        ),
        findings=(replace(FINDING, code=HOSTILE, message=HOSTILE, advice=HOSTILE),),
    )
    text = summary(hostile)
    assert "<script" not in text
    assert "\x1b" not in text
    assert [len(row) for row in rows(text)] == [8, 8, 8, 6, 6, 6]
    headings = [token.tag for token in GITHUB.parse(text) if token.type == "heading_open"]
    assert headings == ["h1", "h2", "h2", "h2"]


def many(number: int) -> Gate:
    failed = [standing(f"a={i:06}", "failed", "x" * 2000) for i in range(number)]
    unchanged = [judged(f"b={i:06}", "unchanged", 1.0) for i in range(4 * number)]
    larger = [replace(SLOWER_AND_LARGER, case=f"c={i}") for i in range(4 * number)]
    return replace(gate("regression", [*failed, *unchanged, *larger]), findings=(FINDING,) * 20 * number)


def test_the_page_stays_below_what_github_takes_and_counts_what_it_left_out() -> None:
    text = "|é" * 10**5
    huge = replace(many(800), suite=text, base=text, machine=text, suite_file=text)
    page = summary(huge)
    assert len(page.encode()) < 1024 * KIB
    left_out = [line for line in page.splitlines() if line.startswith("… and ")]
    assert len(left_out) == 4
    kept = sum(line.startswith(("| ▲ | c=", "| ! | a=")) for line in page.splitlines())
    assert kept > 100
    assert left_out[0].startswith(f"… and {800 + 4 * 800 - kept:,} more")


def test_a_page_that_fits_leaves_nothing_out() -> None:
    assert "… and" not in summary(WORSE)
