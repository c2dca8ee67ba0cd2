"""Published numbers as Markdown."""

from dataclasses import replace

from bench.records.published import Beside, Difference, Quoted
from bench.report.published import covered_text, published_text, subject
from tests.report.samples import HOSTILE

RATIO = Quoted(
    suite="lstm_fusion",
    case="family=lstm,rung=stacked,mode=training",
    against="family=lstm,rung=fused,mode=training",
    metric="latency",
    value=4.0,
    written="4.0×",
    source="a paper",
    hardware="GTX 1080",
    conditions={},
)
TIME = replace(RATIO, case=RATIO.against or "", against=None, value=0.08, written="80 ms")
HERE = Beside(
    quoted=RATIO,
    value=2.0,
    low=1.9,
    high=2.1,
    differences=(
        Difference(name="batch", theirs="64", ours="1"),
        Difference(name="framework", theirs="TensorFlow 1.2", ours=None),
    ),
)


def row(here: Beside) -> str:
    return published_text([here]).splitlines()[-1]


def test_a_ratio_shows_theirs_ours_and_the_factor_between() -> None:
    assert row(HERE) == (
        "| latency, rung=stacked by rung=fused (family=lstm, mode=training) | 4.0× | GTX 1080 "
        "| 2.00× [1.90–2.10] | 0.500× [0.475–0.525] "
        "| batch 64, here 1; framework TensorFlow 1.2 | a paper |"
    )


def test_a_time_is_shown_in_the_unit_that_the_published_one_reads_best_in() -> None:
    assert row(replace(HERE, quoted=TIME, value=2.0, low=None, high=None, differences=())) == (
        "| latency, family=lstm, rung=fused, mode=training | 80 ms | GTX 1080 | 2,000 ms | 25.0× | – | a paper |"
    )


def test_a_number_that_the_run_lacks_is_a_dash() -> None:
    assert " | 4.0× | GTX 1080 | – | – | " in row(replace(HERE, value=None, low=None, high=None))


def test_cases_that_share_nothing_are_named_whole() -> None:
    apart = replace(RATIO, case="model=lstm", against="model=cnn")
    assert subject(apart) == "latency, model=lstm by model=cnn"


def test_of_all_that_was_published_what_no_run_measured_is_counted_by_its_source() -> None:
    there = replace(RATIO, source="a plot: 8 ms by 2 ms")
    elsewhere = replace(there, case="shape=other", written="5×")
    nowhere = replace(there, suite="", source="a plot: 3 ms by 1 ms")
    twice = replace(there, suite="another", case="shape=its own name")
    skipped = Beside(quoted=elsewhere, value=None, low=None, high=None, differences=())
    found = [replace(HERE, quoted=there), skipped, HERE]
    assert covered_text([RATIO, there, twice, elsewhere, nowhere], found) == (
        "[published.csv](published.csv) has 4 of them. Beside 2 stands what was measured at the same shape, in the "
        "tables of the runs above. No run has the shape of the others, or could measure it:\n\n"
        "- a plot: 2 of 3, of which no suite has the shape of 1"
    )
    assert covered_text([RATIO], [HERE]).endswith("in the tables of the runs above.")


def test_hostile_text_stays_text() -> None:
    quoted = replace(RATIO, source=HOSTILE, hardware=HOSTILE, written=HOSTILE)
    differences = (Difference(name=HOSTILE, theirs=HOSTILE, ours=HOSTILE),)
    text = published_text([replace(HERE, quoted=quoted, differences=differences)])
    assert len(text.splitlines()) == 5
    text += covered_text([quoted], [])
    assert len(text.splitlines()) == 8
    assert "<" not in text
    assert "\x1b" not in text
