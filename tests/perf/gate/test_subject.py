"""The subject's doses: how many parts a step has, and that a profiler counts as many more operations."""

from itertools import islice, repeat
from pathlib import Path
from random import Random

import pytest
import torch.profiler

from tests.perf.gate.subject.dosed import DRAWS, LEVELS, Dosed, counts, drawn_in, step


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
    assert Dosed(lambda: None, "sleep", Random(1)).pause == pytest.approx(0.001)
    assert Dosed(lambda: None, "3", Random(1)).pause == 0


def test_where_a_pattern_begins_is_drawn_anew_in_each_process_of_a_case_and_by_the_seed_again(tmp_path: Path) -> None:
    def begun(name: str, case: str, seed: int) -> list[float]:
        folder = tmp_path / name
        folder.mkdir(exist_ok=True)
        return [drawn_in(folder, case, seed).random() for _ in range(5)]

    first = begun("run", "rnn-training-small", 1)
    assert len(set(first)) == 5
    assert begun("again", "rnn-training-small", 1) == first
    assert not {*first} & {*begun("other", "rnn-training-small", 2), *begun("run", "gru-training-small", 1)}


def test_only_a_pattern_asks_for_the_run_s_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("BENCH_SCRATCH", raising=False)
    assert step("mlp", "inference", "small").pause == 0
    monkeypatch.setattr(Path, "read_text", lambda *_: "fifth\n")
    monkeypatch.setenv("BENCH_SCRATCH", str(tmp_path))
    patterned = step("mlp", "inference", "small", seed=3)
    assert sorted(islice(patterned.counts, 5)) == [100] * 4 + [120]
    assert [file.name for file in tmp_path.iterdir()] == ["mlp-inference-small.count"]


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
