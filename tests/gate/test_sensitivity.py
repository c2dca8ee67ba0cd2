from collections.abc import Sequence
from math import sqrt

import pytest

from bench.gate import sensitivity
from bench.gate.decide import LOOKS, Series
from bench.gate.sensitivity import LIMITS, Noise, Power, limit_for, margin, noise, pairs_for, powers, smallest_change
from tests.gate.made_up import noise as drawn

PAIRS = [look.pairs for look in LOOKS]


def series(sharp: Sequence[float], mean: Sequence[float] | None = None) -> Series:
    return Series(sharp=sharp, mean=sharp if mean is None else mean, limits=(0.01, 0.01))


def gaussian(sd: float) -> Noise:
    """Sixty pairs."""
    return noise([series(drawn("sharp", sd=sd, n=60), drawn("mean", sd=sd, n=60))])


def made(limit: float, *found: float, unchanged: float = 1.0) -> list[Power]:
    """A limit's powers at the three looks."""
    return [
        Power(limit=limit, pairs=pairs, found=share, unchanged=unchanged, alarm=0.0)
        for pairs, share in zip(PAIRS, found, strict=True)
    ]


def test_what_has_moved_a_whole_case_is_not_noise() -> None:
    still, moved = (series(drawn("a", centre=centre), drawn("b", centre=centre)) for centre in (0.0, 0.05))
    for one, other in zip(noise([still]).pairs, noise([moved]).pairs, strict=True):
        assert one == pytest.approx(other, abs=1e-12)


def test_sharp_metric_and_mean_of_a_pair_stay_together() -> None:
    values = drawn("a")
    assert all(
        mean == pytest.approx(2 * sharp) for sharp, mean in noise([series(values, [2 * v for v in values])]).pairs
    )


def test_a_case_of_few_pairs_says_nothing_about_noise() -> None:
    assert noise([series(drawn("a", n=5)), series(())]).pairs == ()
    assert len(noise([series(drawn("a", n=6))]).pairs) == 6
    assert powers(noise([]), seed=1) == ()


def test_the_spread_is_a_standard_deviation_that_an_outlier_does_not_move() -> None:
    values = drawn("a", sd=0.01, n=400)
    assert noise([series(values)]).spread == pytest.approx(0.01, rel=0.15)
    assert noise([series([*values, 5.0])]).spread == pytest.approx(0.01, rel=0.15)


def test_pairs_that_hardly_differ_find_every_change_at_the_first_look() -> None:
    found = powers(gaussian(0.0005), seed=1, drawings=20)
    assert [(p.limit, p.pairs) for p in found] == [(limit, pairs) for limit in LIMITS for pairs in PAIRS]
    assert {(p.found, p.unchanged, p.alarm) for p in found} == {(1.0, 1.0, 0.0)}
    assert smallest_change(found, 12) == 2 * LIMITS[0]
    assert limit_for([found]) == LIMITS[0]


def test_pairs_that_differ_wildly_find_nothing() -> None:
    found = powers(gaussian(0.5), seed=1, drawings=20)
    assert [smallest_change(found, pairs) for pairs in PAIRS] == [None] * 3
    assert limit_for([found]) is None


def test_more_pairs_and_larger_limits_find_more() -> None:
    found = powers(gaussian(0.02), seed=1, drawings=60)
    by = {(p.limit, p.pairs): (p.found, p.unchanged) for p in found}
    for limit in LIMITS:
        assert by[limit, 12] <= by[limit, 24] <= by[limit, 40]
    assert by[0.01, 12][0] < by[0.01, 40][0] < by[0.05, 40][0] == 1.0
    assert by[0.005, 40][1] < 0.5 < by[0.03, 40][1]


def test_equal_code_that_is_called_a_change_is_counted(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without a margin, and with all of the error for one comparison, some are."""
    assert {p.alarm for p in powers(gaussian(0.02), seed=1, drawings=20)} == {0.0}
    monkeypatch.setattr(sensitivity, "CASES", 1)
    monkeypatch.setattr(sensitivity, "LIMITS", (1e-9,))
    found = powers(gaussian(0.02), seed=1, drawings=200)
    assert 0 < found[0].alarm <= found[-1].alarm < 0.25


def test_few_pairs_of_many_cases_have_the_spread_of_many_pairs() -> None:
    found = noise([series(drawn(number, sd=0.01, n=6)) for number in range(200)])
    assert sqrt(sum(sharp**2 for sharp, _ in found.pairs) / len(found.pairs)) == pytest.approx(0.01, rel=0.05)


def test_the_same_seed_draws_the_same() -> None:
    one, again, other = (powers(gaussian(0.02), seed=seed, drawings=20) for seed in (1, 1, 2))
    assert one == again != other


def test_the_other_cases_of_the_gate_make_it_harder(monkeypatch: pytest.MonkeyPatch) -> None:
    """Twelve pairs have a p of 1/4096 at the least: too much for a family of a thousand."""
    alone = powers(gaussian(0.0005), seed=1, drawings=5)
    monkeypatch.setattr(sensitivity, "CASES", 500)
    crowd = powers(gaussian(0.0005), seed=1, drawings=5)
    assert {p.found for p in alone if p.pairs == 12} == {1.0}
    assert {p.found for p in crowd if p.pairs == 12} == {0.0}


def test_a_smaller_change_that_was_found_by_luck_does_not_count() -> None:
    found = [*made(0.01, 0.96, 1.0, 1.0), *made(0.02, 0.94, 1.0, 1.0), *made(0.03, 0.99, 1.0, 1.0)]
    assert [smallest_change(found, pairs) for pairs in PAIRS] == [0.06, 0.02, 0.02]


def test_the_limit_to_use_fits_every_kind_of_step_and_lets_equal_code_pass() -> None:
    fine = [*made(0.01, 1.0, 1.0, 1.0), *made(0.02, 1.0, 1.0, 1.0)]
    slow = [*made(0.01, 0.2, 0.6, 0.94), *made(0.02, 0.8, 0.95, 1.0)]
    timid = [*made(0.01, 1.0, 1.0, 1.0, unchanged=0.5), *made(0.02, 1.0, 1.0, 1.0)]
    assert limit_for([fine]) == 0.01
    assert limit_for([fine, slow]) == limit_for([timid]) == 0.02
    assert pairs_for([fine], 0.01) == 12
    assert pairs_for([fine, slow], 0.02) == 24


def test_without_a_kind_there_is_no_limit() -> None:
    assert limit_for([]) is None
    assert limit_for([[]]) is None


def test_more_drawings_are_surer() -> None:
    assert margin(100) == pytest.approx(2 * margin(400))
    assert margin(200) == pytest.approx(0.0302, abs=1e-4)
