"""Machines side by side as Markdown."""

from dataclasses import replace

from markdown_it import MarkdownIt

from bench.report.machines import Abreast, Known, Line, Measured, machines_text
from bench.report.nouns import Amount
from tests.report.html.samples import PUBLISHED
from tests.report.samples import HOSTILE

FIRST = Measured(status="ok", value=Amount(value=0.002, low=0.0019, high=0.0021))
OTHER = Measured(
    status="ok",
    value=Amount(value=0.0001, low=0.00009, high=0.00011),
    faster=Amount(value=20.0, low=18.0, high=22.0),
)
SUITE = Abreast(
    title="Every cell",
    machines=("epyc-2c (cpu)", "h100 (cuda)"),
    lines=(Line(case="model=lstm", measured=(FIRST, OTHER)),),
    alone=1,
)


def lines(suite: Abreast) -> list[str]:
    return machines_text([suite]).splitlines()


def test_a_case_has_its_times_in_one_unit_and_how_many_times_faster_a_machine_is() -> None:
    assert "| case | epyc-2c (cpu) | h100 (cuda), × faster |" in lines(SUITE)
    assert "| model=lstm | 2,000 µs [1,900–2,100] | 100 µs [90–110]<br>20.0× [18.0–22.0] |" in lines(SUITE)
    assert "Shared by two machines or more: 1; of one alone: 1 case." in lines(SUITE)


def test_a_machine_that_has_no_such_case_or_could_not_measure_it_says_so() -> None:
    gone = replace(SUITE, lines=(Line(case="model=lstm", measured=(Measured(status=""), Measured(status="oom"))),))
    assert "| model=lstm | – | oom |" in lines(gone)


def test_what_others_have_published_stands_beside_every_machine() -> None:
    ratio, time = PUBLISHED
    known = (
        Known(quoted=ratio.quoted, beside=(ratio, None)),
        Known(quoted=time.quoted, beside=(None, replace(time, value=0.04, low=None, high=None))),
    )
    found = lines(replace(SUITE, known=known))
    assert "| what | published | on | epyc-2c (cpu) | by published | h100 (cuda) | by published |" in found
    assert found[-2].endswith("| 8.5× | GTX 1070 | 2.00× [1.90–2.10] | 0.235× [0.224–0.247] | – | – |")
    assert found[-1].endswith("| 80 ms | GTX 1070 | – | – | 40.0 ms | 0.500× |")


def test_without_a_suite_of_two_machines_there_is_no_page() -> None:
    assert machines_text([]) == ""


def test_hostile_text_stays_text() -> None:
    attack = replace(
        SUITE,
        title=HOSTILE,
        machines=(HOSTILE, HOSTILE),
        lines=(Line(case=HOSTILE, measured=(Measured(status=HOSTILE), FIRST)),),
    )
    page = MarkdownIt("commonmark").enable("table").render(machines_text([attack]))
    assert "<script" not in page
    assert page.count("<h2>") == 1
    assert page.count("<th>") + page.count("<th ") == 3
