"""Steps across boundaries as Markdown."""

from dataclasses import replace

from bench.records.boundaries import Crossing
from bench.report.answered import answered_text
from bench.report.answers import Said
from bench.report.crossings import HEADED, crossing_answers, crossings_text
from bench.report.in_short import NO_REFERENCE, in_short
from tests.report.samples import HOSTILE, table

STEP = Crossing(
    factor="hidden",
    others=("batch=8", "dtype=float32"),
    smaller="128",
    larger="136",
    stated=True,
    ratio=2.25,
    low=2.2,
    high=2.3,
    work=1.125,
    step="larger slower",
    excess=2.0,
    ran=(("cuDNN forward: persistent",), ("cuDNN forward: standard",)),
)
NONE = replace(STEP, ratio=1.05, low=1.0, high=1.1, step="none", excess=None)
BACK = replace(STEP, ratio=0.5, low=0.45, high=0.55, step="smaller slower", excess=2.25)
UNKNOWN = replace(STEP, ratio=None, low=None, high=None, work=None, step="unknown", excess=None, ran=((), ()))


def rows(*found: Crossing) -> list[str]:
    return [line for line in crossings_text(found).splitlines() if line.startswith("| hidden")]


def test_a_row_says_where_what_ran_and_what_time_and_work_did() -> None:
    assert rows(STEP) == [
        "| hidden 128 → 136 | batch=8, dtype=float32 | cuDNN forward: persistent | cuDNN forward: standard "
        "| 2.25× [2.20–2.30] | 1.12× | 136 slower by 2.00× |"
    ]
    assert rows(BACK)[0].endswith("| 128 slower by 2.25× |")
    assert rows(UNKNOWN)[0].endswith("| – | – | – | – | not known |")


def test_of_pairs_at_no_stated_boundary_those_with_a_step_are_listed() -> None:
    apart = [replace(each, stated=False) for each in (STEP, NONE, UNKNOWN)]
    (only,) = rows(*apart)
    assert only.startswith("| hidden 128 → 136 (not stated) |")
    assert len(rows(STEP, NONE, UNKNOWN)) == 3


def test_a_boundary_is_summed_up_over_all_its_pairs() -> None:
    found = [STEP, replace(STEP, excess=3.0), NONE, BACK, UNKNOWN, replace(NONE, stated=False)]
    (answer,) = crossing_answers(found)
    assert (answer.heading, answer.sentences) == (
        HEADED,
        (
            Said(
                subject="hidden 128 → 136",
                text="of 5 pairs the larger is slower than its work allows in 2 (up to 3.00×), the smaller is in 1 "
                "(up to 2.25×), there is no step in 1, nothing is known of 1",
                remarks=("other kernels ran on its two sides in 4 of them, of which 3 make a step",),
            ),
        ),
    )
    alike = replace(NONE, ran=(("a",), ("a",)))
    assert crossing_answers([alike, alike])[0].sentences[0].remarks == ()
    assert crossing_answers([NONE, NONE])[0].sentences[0].text == "makes no step in any of 2 pairs"
    assert answered_text([], [], [], found).startswith(f"{HEADED}:\n\n- **hidden 128 → 136** of 5 pairs")


def test_boundaries_answer_in_short_where_no_table_does() -> None:
    other = replace(NONE, smaller="192", larger="200")
    assert [said.subject for said in in_short([], (), [STEP, other, NONE])] == ["hidden 128 → 136", "hidden 192 → 200"]
    assert in_short([table()], (), [STEP]) == in_short([table()], ())


def test_without_a_stated_boundary_between_two_cases_nothing_is_answered() -> None:
    assert crossing_answers([replace(STEP, stated=False)]) == ()
    assert answered_text([], [], [], [replace(STEP, stated=False)]) == NO_REFERENCE


def test_hostile_text_stays_text() -> None:
    text = crossings_text([replace(STEP, factor=HOSTILE, others=(HOSTILE,), ran=((HOSTILE,), (HOSTILE,)))])
    assert "<" not in text
    assert "\x1b" not in text
