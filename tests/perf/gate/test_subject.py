"""The subject's doses: how many parts a step has, and that a profiler counts as many more operations."""

from itertools import islice, repeat
from random import Random

import pytest
import torch.profiler

from tests.perf.gate.subject.dosed import DRAWS, LEVELS, Dosed, counts, step


def parts(dose: str, steps: int) -> list[int]:
    return list(islice(counts(dose, Random(1)), steps))


@pytest.mark.parametrize(("dose", "each"), [("0", 100), ("2", 102), ("3", 103), ("sleep", 100)])
def test_an_even_dose_is_in_every_step(dose: str, each: int) -> None:
    assert parts(dose, 7) == [each] * 7


def test_every_fifth_step_has_a_fifth_more() -> None:
    assert sorted(parts("fifth", 5)) == [100] * 4 + [120]


def test_about_four_fifths_of_the_steps_have_a_fifth_more() -> None:
    drawn = parts("most", DRAWS)
    assert set(drawn) == {100, 120}
    assert 0.75 < drawn.count(120) / DRAWS < 0.85


def test_a_dose_of_sleep_is_a_twentieth_of_the_shortest_step(monkeypatch: pytest.MonkeyPatch) -> None:
    took = iter((0.03, 0.02, 0.04))
    monkeypatch.setattr(Dosed, "timed", lambda _: next(took))
    assert Dosed(lambda: None, "sleep").pause == pytest.approx(0.001)
    assert Dosed(lambda: None, "3").pause == 0


@pytest.mark.torch
@pytest.mark.parametrize("mode", LEVELS["mode"])
@pytest.mark.parametrize("model", LEVELS["model"])
def test_operations_are_proportional_to_parts(model: str, mode: str) -> None:
    workload = step(model, mode, "small")
    workload.step()
    assert operations(workload, 5) * 3 == operations(workload, 3) * 5


def operations(workload: Dosed, parts: int) -> int:
    """The operators of a step with so many parts, as a survey counts them."""
    workload.counts = repeat(parts)
    with torch.profiler.profile(activities=[torch.profiler.ProfilerActivity.CPU]) as profiler:
        workload.step()
    return sum(event.name.startswith("aten::") for event in profiler.events() or ())
