from collections.abc import Sequence
from math import exp, log1p
from random import Random

import pytest
import scipy.stats
from hypothesis import given, settings
from hypothesis import strategies as st

from bench.gate.decide import FAMILY, LOOKS, Decision, Series, decide, needed

LIMIT = 0.03
M = log1p(LIMIT)


def noise(seed: object, *, centre: float = 0.0, sd: float = 0.01, n: int = 40) -> tuple[float, ...]:
    """So many log-ratios around a centre."""
    random = Random(str(seed))
    return tuple(random.gauss(centre, sd) for _ in range(n))


def one(sharp: Sequence[float], mean: Sequence[float] | None = None, **options: int) -> Decision:
    """The decision on a case alone."""
    found = Series(sharp=sharp, mean=sharp if mean is None else mean, limits=(LIMIT, LIMIT))
    return decide({"a": found}, **options)["a"]


def family(**sharp: Sequence[float]) -> dict[str, Series]:
    return {name: Series(sharp=values, mean=values, limits=(LIMIT, LIMIT)) for name, values in sharp.items()}


def test_equal_code_is_unchanged_at_the_first_look() -> None:
    found = one(noise("equal"))
    assert (found.verdict, found.sharp.pairs) == ("unchanged", 12)


def test_a_change_of_twice_the_limit_is_a_regression_and_its_mirror_an_improvement() -> None:
    slower, faster = one(noise("a", centre=2 * M)), one(noise("b", centre=-2 * M))
    assert (slower.verdict, slower.worse) == ("regression", (True, True))
    assert (faster.verdict, faster.worse) == ("improvement", (False, False))


def test_pairs_that_are_all_the_same_decide_nothing() -> None:
    for centre in (0.0, 2 * M, -2 * M):
        found = one([centre] * 40)
        assert (found.verdict, found.sharp.pairs, found.sharp.estimate) == ("inconclusive", 40, centre)


def test_what_only_the_mean_sees_is_a_regression() -> None:
    found = one(noise("sharp"), noise("mean", centre=0.15, sd=0.02))
    assert (found.verdict, found.worse) == ("regression", (False, True))


def test_a_faster_mean_alone_is_no_improvement() -> None:
    assert one(noise("sharp"), noise("mean", centre=-0.15, sd=0.02)).verdict == "unchanged"


def test_a_mean_over_the_limit_that_proves_nothing_keeps_a_case_open() -> None:
    found = one(noise("sharp"), noise("mean", centre=1.5 * M, sd=0.3))
    assert found.mean.estimate > M
    assert found.verdict == "inconclusive"


def test_a_harmless_shift_of_half_the_limit_is_no_regression() -> None:
    verdicts = [one(noise(seed, centre=M / 2, sd=0.005)).verdict for seed in range(200)]
    assert verdicts.count("regression") == 0
    assert verdicts.count("unchanged") > 190


def test_noise_that_hides_the_limit_stays_open_to_the_last_look() -> None:
    found = one(noise("wild", sd=0.3))
    assert (found.verdict, found.sharp.pairs) == ("inconclusive", 40)


def test_fewer_pairs_than_a_look_has_decide_nothing() -> None:
    found = one(noise("few", n=11))
    assert (found.verdict, found.sharp.pairs, needed(found)) == ("inconclusive", 0, None)


def test_a_case_that_stopped_between_looks_is_judged_by_the_look_before() -> None:
    wide = noise("wild", sd=0.3)
    assert one(wide[:30]) == one(wide[:24])


def test_the_first_look_that_decides_is_final() -> None:
    """What comes after it, however bad, is not looked at: it would not have been measured."""
    later = noise("equal", n=12) + noise("worse", centre=0.5, n=28)
    assert one(later) == one(noise("equal", n=12))


@pytest.mark.parametrize("pairs", [12, 24, 40])
def test_asked_for_fewer_pairs_no_later_look_counts(pairs: int) -> None:
    wide = noise("wild", sd=0.3)
    assert one(wide, pairs=pairs) == one(wide[:pairs])


def test_the_smallest_p_at_the_first_look_reaches_a_family_of_thirty_cases_and_no_more() -> None:
    def first(cases: int) -> str:
        clean = {f"c{i}": noise(i) for i in range(cases - 1)}
        return decide(family(bad=noise("bad", centre=0.2), **clean), pairs=12)["bad"].verdict

    assert first(30) == "regression"
    assert first(31) == "inconclusive"  # 62 comparisons × 2⁻¹² × 0.05 / 0.015 > 0.05: one more look


def test_other_cases_make_a_verdict_harder_and_never_easier() -> None:
    looks = []
    for seed in range(12):
        near = noise(seed, centre=1.4 * M, sd=0.02)
        alone, among = one(near), decide(family(near=near, **{f"c{i}": noise(i + 100) for i in range(23)}))["near"]
        looks.append((alone.sharp.pairs, among.sharp.pairs))
    assert all(alone <= among for alone, among in looks)
    assert any(alone < among for alone, among in looks)


def test_limits_are_the_metrics_own() -> None:
    sharp, mean = noise("sharp", centre=0.05), noise("mean", centre=0.05)
    strict = decide({"a": Series(sharp=sharp, mean=mean, limits=(0.1, 0.02))})["a"]
    assert (strict.verdict, strict.worse) == ("regression", (False, True))


@given(st.integers(0, 10_000), st.floats(-0.1, 0.1), st.sampled_from([0.002, 0.01, 0.05]))
@settings(max_examples=60, deadline=None)
def test_swapped_labels_mirror_the_sharp_verdict(seed: int, centre: float, sd: float) -> None:
    """Of the sharp metric alone: the mean judges only what is worse."""
    quiet = (0.0,) * 40
    forth = one(noise(seed, centre=centre, sd=sd), quiet)
    back = one(tuple(-d for d in noise(seed, centre=centre, sd=sd)), quiet)
    mirror = {"regression": "improvement", "improvement": "regression"}
    assert back.verdict == mirror.get(forth.verdict, forth.verdict)
    assert back.sharp.estimate == pytest.approx(-forth.sharp.estimate, abs=1e-12)


def test_the_p_is_scipys_signed_rank_p_against_half_the_limit() -> None:
    values = noise("p", centre=0.02, sd=0.02)[:12]
    expected = scipy.stats.wilcoxon([v - M / 2 for v in values], alternative="greater", method="exact").pvalue
    assert one(values).sharp.slower == pytest.approx(min(1.0, expected * FAMILY / 0.015))


def test_what_would_do_is_said_where_it_can_be() -> None:
    found = one(noise("wide", sd=0.12))
    assert found.verdict == "inconclusive"
    more = needed(found)
    assert more is not None
    half, room = (found.sharp.high - found.sharp.low) / 2, M - abs(found.sharp.estimate)
    assert more == pytest.approx(40 * (half / room) ** 2, abs=1)
    assert more > 40


def test_at_the_limit_no_number_of_pairs_is_promised() -> None:
    found = one(noise(3, centre=1.1 * M, sd=0.05))
    assert found.verdict == "inconclusive"
    assert abs(found.sharp.estimate) >= M * 0.999
    assert needed(found) is None


def test_the_looks_share_the_whole_error() -> None:
    assert float(sum(look.error for look in LOOKS)) == FAMILY
    assert [look.pairs for look in LOOKS] == sorted(look.pairs for look in LOOKS)


def test_intervals_are_of_the_places_that_the_error_of_their_look_allows() -> None:
    """The 12th smallest of 78 averages, the 75th of 300, the 258th of 820."""
    values = noise("places", sd=0.3)
    for pairs, place in ((12, 12), (24, 75), (40, 258)):
        averages = sorted((a + b) / 2 for i, a in enumerate(values[:pairs]) for b in values[i:pairs])
        found = one(values, pairs=pairs).sharp
        assert (found.low, found.high) == (averages[place - 1], averages[-place])
        assert exp(found.low) < 1 < exp(found.high)
