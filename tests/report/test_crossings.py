"""Steps across boundaries as Markdown."""

from dataclasses import replace

from bench.records.boundaries import Crossing
from bench.report.crossings import crossings_text, sentences
from tests.report.samples import HOSTILE

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
    (said,) = sentences([STEP, replace(STEP, excess=3.0), NONE, BACK, UNKNOWN, replace(NONE, stated=False)])
    assert said == (
        "**hidden 128 → 136**: of 5 pairs the larger is slower than its work allows in 2 (up to 3.00×); "
        "the smaller in 1 (up to 2.25×); no step in 1; not known in 1."
    )


def test_hostile_text_stays_text() -> None:
    text = crossings_text([replace(STEP, factor=HOSTILE, others=(HOSTILE,), ran=((HOSTILE,), (HOSTILE,)))])
    assert "<" not in text
    assert "\x1b" not in text
