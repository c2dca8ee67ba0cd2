"""A card that slowed down, was shared, or rounds what it is told not to round."""

from dataclasses import replace

import pytest

from bench.analysis.card_checks import PARTS, card_shared, contaminated, precision_not_as_set
from bench.analysis.trials import disturbed
from bench.records.card import THROTTLES, throttles
from bench.records.nouns import Record, Unknown
from tests.analysis.checked import LSTM, lstm
from tests.analysis.made_up import models, survey, timed

STEADY = range(20)


def trials(*slow: int, **noise: float | Unknown) -> list[Record]:
    """Twenty, of which those have that noise."""
    calm: dict[str, float | Unknown] = {"gpu_reasons": 0.0, "gpu_clock": 2000.0, "gpu_others": 0.0}
    return [timed(LSTM, r, noise=calm | (noise if r in slow else {})) for r in STEADY]


def test_every_reason_has_a_word_and_bits_that_hold_for_a_whole_run_have_none() -> None:
    assert throttles(sum(THROTTLES)) == tuple(THROTTLES.values())
    assert throttles(0x1 | 0x2 | 0x100) == ()


@pytest.mark.parametrize("noise", [{"gpu_reasons": 0x44}, {"gpu_clock": 1480.0}])
def test_a_trial_on_a_card_that_slowed_down_is_disturbed(noise: dict[str, float | Unknown]) -> None:
    assert disturbed(models("lstm"), trials(3, **noise)) == {(LSTM, 3)}


@pytest.mark.parametrize(
    "noise", [{"gpu_reasons": 0x2}, {"gpu_clock": 1520.0}, {"gpu_reasons": "unknown"}, {"gpu_others": 3.0}]
)
def test_a_trial_on_a_card_that_ran_as_it_is_set_is_not(noise: dict[str, float | Unknown]) -> None:
    assert disturbed(models("lstm"), trials(3, **noise)) == set()


def test_a_run_with_more_than_a_twentieth_of_such_trials_is_contaminated() -> None:
    assert contaminated(lstm(trials(3, gpu_reasons=0x40))) is None, "one of twenty"
    found = contaminated(lstm(trials(3, 4, gpu_reasons=0x44, gpu_clock=1000.0)))
    assert found is not None
    assert "2 of 20 attempts (10%)" in found.message
    assert "power cap: 2" in found.message
    assert "hardware thermal slowdown: 2" in found.message
    assert "fastest: 2" in found.message
    assert found.cases == (LSTM,)


def test_a_clock_alone_has_no_reason() -> None:
    found = contaminated(lstm(trials(3, 4, gpu_clock=1000.0)))
    assert found is not None
    assert "no reason given" in found.message


@pytest.mark.parametrize("slow", [range(5), range(15, 20)])
def test_a_clock_is_held_to_the_fastest_of_the_run_whichever_came_first(slow: range) -> None:
    records = trials(*slow, gpu_clock=1200.0)
    assert disturbed(models("lstm"), records) == {(LSTM, round_) for round_ in slow}
    found = contaminated(lstm(records))
    assert found is not None
    assert "fastest: 5" in found.message


def test_a_survey_that_ran_faster_than_every_trial_is_the_reference() -> None:
    records = [survey(LSTM, noise={"gpu_clock": 2000.0}), *trials(*STEADY, gpu_clock=1200.0)]
    assert len(disturbed(models("lstm"), records)) == len(STEADY)


def test_a_card_that_is_locked_to_a_low_clock_is_not_slow() -> None:
    assert contaminated(lstm(trials(*STEADY, gpu_clock=1200.0))) is None


def test_a_run_without_a_card_has_no_such_remark() -> None:
    plain = lstm([timed(LSTM, r) for r in STEADY])
    assert contaminated(plain) is None
    assert card_shared(plain) is None


def test_neighbours_on_the_card_are_named_with_their_number() -> None:
    found = card_shared(lstm(trials(2, 3, gpu_others=2.0)))
    assert found is not None
    assert "2 at most" in found.message


def surveyed(error: float, *, part: str = "matmul", matmul: str = "highest", cudnn: str = "ieee,ieee") -> Record:
    """All three parts, of which that has this error and the others have none to speak of."""
    facts = {"matmul_precision": matmul, "cudnn_precision": cudnn}
    errors = {f"rounding_{each}": 3e-7 for each in PARTS}
    return replace(survey(LSTM, {**errors, f"rounding_{part}": error}), facts=facts)


@pytest.mark.parametrize(
    "found",
    [
        surveyed(2e-4),
        surveyed(2e-4, part="conv", cudnn="ieee,tf32"),
        surveyed(2e-4, part="rnn", cudnn="tf32,ieee"),
    ],
)
def test_products_that_are_rounded_unasked_are_a_remark(found: Record) -> None:
    remark = precision_not_as_set(lstm([found, *trials()]))
    assert remark is not None
    assert "2e-04" in remark.message


@pytest.mark.parametrize(
    "found",
    [
        surveyed(3e-7),
        surveyed(2e-4, matmul="high"),
        surveyed(2e-4, part="conv", cudnn="tf32,ieee"),
        surveyed(2e-4, part="rnn", cudnn="ieee,tf32"),
        surveyed(3e-7, part="rnn", cudnn="tf32,tf32"),
        surveyed(2e-4, part="conv", matmul="high", cudnn="tf32,tf32"),
    ],
)
def test_products_that_may_be_rounded_or_are_not_are_none(found: Record) -> None:
    assert precision_not_as_set(lstm([found, *trials()])) is None


@pytest.mark.parametrize("matmul", ["high", "medium"])
def test_a_case_that_asks_for_tf32_in_all_its_parts_and_gets_it_in_none_is_a_remark(matmul: str) -> None:
    remark = precision_not_as_set(lstm([surveyed(9e-6, matmul=matmul, cudnn="tf32,tf32"), *trials()]))
    assert remark is not None
    assert "none rounds: matmul 9e-06, conv 3e-07, rnn 3e-07" in remark.message


def test_a_processor_proves_nothing_of_rounding_and_there_is_no_remark() -> None:
    facts = {"matmul_precision": "high", "cudnn_precision": "tf32,tf32"}
    assert precision_not_as_set(lstm([replace(survey(LSTM), facts=facts), *trials()])) is None
