import shlex
from dataclasses import replace

from bench.report.page import page, repeat_command
from tests.report.figures.test_build import figure
from tests.report.golden import same_as_golden
from tests.report.samples import FINDING, HOSTILE, LATENCIES, RUN, START, SUITE, table


def test_the_page_of_a_run() -> None:
    text = page(RUN, [START, START], tables=[table()], findings=[FINDING], outcomes=LATENCIES)
    assert same_as_golden("page.md", text)


def test_a_figure_is_shown_with_its_words() -> None:
    text = page(RUN, [START], tables=[table()], findings=[], outcomes=LATENCIES, figures=[figure()])
    _, _, after = text.partition("\n## latency by size, drawn\n\n")
    assert after.startswith("![Lines of latency (µs) against size on logarithmic axes. Series: lstm, cnn. Panels: ")
    assert after.partition("\n")[0].endswith("](figures/3-latency-by-size.svg)")
    assert text.index("## latency by size and model") < text.index("## latency by size, drawn") < text.index("## Find")


def test_the_words_of_a_hostile_figure_stay_within_its_brackets() -> None:
    bad = replace(figure(), heading=HOSTILE, series=((HOSTILE,), ("](x)",)), y=replace(figure().y, what=HOSTILE))
    text = page(RUN, [START], tables=[], findings=[], outcomes=[], figures=[bad])
    (line,) = (line for line in text.splitlines() if line.startswith("!["))
    assert line.count("](") == 1
    assert line.endswith("](figures/3-latency-by-size.svg)")
    assert "<script" not in text


def test_a_run_of_which_nothing_is_known_has_a_page() -> None:
    text = page(replace(RUN, fingerprint={}), [], tables=[], findings=[], outcomes=[])
    assert same_as_golden("empty_page.md", text)


def test_the_page_names_no_folder_of_the_machine() -> None:
    run = replace(RUN, suite_file="/home/someone/suites/sample.yaml", options={"data": "/home/someone/data"})
    assert "someone" not in page(run, [START], tables=[table()], findings=[FINDING], outcomes=LATENCIES)


def test_a_hostile_suite_and_finding_stay_text() -> None:
    run = replace(
        RUN, suite=replace(SUITE, title=HOSTILE, question="# " + HOSTILE), options={"only": "```\n" + HOSTILE}
    )
    finding = replace(FINDING, code=HOSTILE, message=HOSTILE, advice=HOSTILE)
    text = page(run, [START], tables=[], findings=[finding], outcomes=[])
    assert same_as_golden("hostile_page.md", text)
    assert sum(line.startswith("```") for line in text.splitlines()) == 2


def test_the_command_repeats_what_was_asked() -> None:
    run = replace(
        RUN,
        device="cuda:0",
        launch="spawn",
        options={
            "quick": "yes",
            "only": "lstm or 'gru'",
            "set": "batch=1,batch=64",
            "policy.max_seconds": "60",
            "policy.step_limit": "1",
        },
    )
    assert shlex.split(repeat_command(run)) == [
        *("bench", "run", "suites/sample.yaml", "--seed", "7", "--quick", "--device", "cuda:0", "--launch", "spawn"),
        *("-k", "lstm or 'gru'", "--set", "batch=1,batch=64", "--max-seconds", "60"),
    ]


def test_changes_beside_the_revision_are_named() -> None:
    start = replace(START, git={"revision": "0123456789abcdef", "dirty": "yes"})
    text = page(RUN, [start] * 3, tables=[], findings=[], outcomes=[])
    assert "resumed 2 times, at revision 0123456789ab with changes" in text
