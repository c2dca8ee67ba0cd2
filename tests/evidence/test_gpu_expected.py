"""What the suites are expected to take on a GPU: long steps are told by their levels, and all fits into 40 minutes."""

from pathlib import Path

import pytest

from bench.api.planning import Options, expected_seconds, plan
from bench.records.nouns import Case
from tests.evidence.gpu import SUITES
from tests.evidence.gpu_expected import ALL_SECONDS, expected, step_seconds, table

ROOT = Path(__file__).resolve().parents[2]
COMPILING = 90.0
"""Of a few cases, which nothing tells before."""


def planned(suite: str) -> dict[str, Case]:
    return {case.id: case for case in plan(ROOT / "suites" / f"{suite}.yaml", Options(device="cuda", seed=1)).cases}


def steps(suite: str, **levels: str | int) -> list[float]:
    """The expected seconds of a step of the suite's cases of these levels."""
    cases = planned(suite).values()
    return [step_seconds(case) for case in cases if levels.items() <= {**case.levels}.items()]


@pytest.mark.parametrize(
    ("suite", "levels", "seconds"),
    [
        ("published", {"rung": "hoisted", "shape": "flashrnn", "mode": "forward"}, 0.051),
        ("published", {"rung": "hoisted", "shape": "flashrnn", "mode": "training"}, 0.154),
        ("published", {"rung": "fused", "shape": "flashrnn", "mode": "training"}, 0.0),
        ("lstm_fusion", {"rung": "stacked", "shape": "appleyard", "mode": "forward"}, 0.020),
        ("lstm_fusion", {"rung": "graph_stacked", "shape": "stefbraun_t100", "mode": "training"}, 0.0),
        ("sequence_law", {"model": "lstm_hoisted", "length": 784}, 0.039),
        ("sequence_law", {"model": "lstm_fused", "length": 784, "hold": "width"}, 0.0),
        ("convolution", {"implementation": "pixel_loop", "side": 128}, 0.246),
        ("convolution", {"implementation": "library", "side": 128}, 0.0),
        ("depth", {"model": "lstm", "layers": 8, "mode": "training"}, 0.0),
    ],
)
def test_a_step_of_thousands_of_launches_is_known_to_be_long(
    suite: str, levels: dict[str, str | int], seconds: float
) -> None:
    assert steps(suite, **levels) == [pytest.approx(seconds, abs=0.001)]


def test_a_long_step_and_energy_are_expected_to_take_their_time() -> None:
    made = plan(ROOT / "suites" / "launching.yaml", Options(device="cuda", seed=1))
    bare = plan(ROOT / "suites" / "depth.yaml", Options(device="cuda", seed=1))
    metered, first = expected_seconds(made), bare.cases[0].id
    unmetered = 3.3 * 7 + len(made.cases) * (0.5 + 6 * 0.175)
    assert metered == pytest.approx(unmetered + 6 * sum(case.cache == "hot" for case in made.cases))
    assert expected_seconds(bare, steps={first: 0.1}) == pytest.approx(expected_seconds(bare) + 0.1 * (65 + 60))


def test_all_suites_together_are_expected_to_fit_into_forty_minutes() -> None:
    rows = list(expected(SUITES, ROOT, "cuda"))
    assert [row[0] for row in rows] == [*SUITES]
    assert {row[2] for row in rows} == {6}
    assert sum(row[3] for row in rows) < ALL_SECONDS - COMPILING, rows
    assert table(SUITES, ROOT, "cuda").splitlines()[-1].startswith("| together | ")
