"""What the records say afterwards is what the measuring loop decided while it measured, whatever went wrong."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from hypothesis import given, settings
from hypothesis import strategies as st

from bench.gate.decide import LOOKS, decide
from bench.gate.judge import decisions, series
from bench.gate.outcome import outcome
from bench.gate.pairs import pairs
from bench.measure.ledger import FAILURES
from bench.measure.request import Turn
from bench.records.nouns import Record, Run, Trial
from bench.records.suite import GateSpec
from tests.gate.made_up import CALM, a_gate, names, noise, trial
from tests.measure.made_up_pairs import gated, sound

POLICY = GateSpec(limit=0.03)
CASES = names(4)


@dataclass(frozen=True, kw_only=True)
class Nature:
    """What happens to one case: how its log-ratios spread, which of its trials fail, which pairs meet bad weather."""

    seed: int
    centre: float = 0.0
    sd: float = 0.01
    fails: frozenset[tuple[str, int, int]] = field(default_factory=frozenset)
    storms: frozenset[tuple[int, int]] = field(default_factory=frozenset)

    def answer(self, asked: Trial, turn: Turn) -> Record:
        """Every attempt has times of its own."""
        if asked.round == 0:
            return sound(asked, turn)
        drawn = noise(f"{self.seed}/{asked.round}/{asked.attempt}", centre=self.centre, sd=self.sd, n=2)
        ratio = drawn[0] if turn.side == "candidate" else drawn[1] - self.centre if turn.side == "control" else 0.0
        worst = 2.0 * CALM if (asked.round, asked.attempt) in self.storms else CALM
        found = trial(
            asked.case.id, turn.side, asked.round, ratio=ratio, attempt=asked.attempt, sentinels=(CALM, worst)
        )
        # Only the second side's weather changes, so that the pair's is uneven.
        found = found if turn.position == 2 else replace(found, noise={"sentinel_after": CALM})
        return (
            replace(found, status="failed", samples=())
            if (turn.side, asked.round, asked.attempt) in self.fails
            else found
        )


attempts = st.integers(0, 1)
sides = st.sampled_from(["base", "candidate"])
natures = st.builds(
    Nature,
    seed=st.integers(0, 9999),
    centre=st.sampled_from([0.0, 0.0, 0.02, 0.03, 0.05, -0.05]),
    sd=st.sampled_from([0.002, 0.01, 0.03, 0.1]),
    fails=st.one_of(st.just(frozenset()), st.frozensets(st.tuples(sides, st.integers(1, 40), attempts), max_size=2)),
    storms=st.frozensets(st.tuples(st.integers(1, 40), st.integers(0, 2)), max_size=6),
)


def measured(*family: Nature) -> tuple[Run, list[Record]]:
    """What the loop, with the gate's own judge, makes of them."""
    run = a_gate(*CASES[: len(family)])
    by_case = dict(zip((case.id for case in CASES), family, strict=False))
    records, _ = gated(run, lambda asked, turn: by_case[asked.case.id].answer(asked, turn))
    return run, records


def last_pairs(records: list[Record]) -> Mapping[str, int]:
    """Up to which pair each case was measured."""
    timed = [record for record in records if record.kind == "timed" and record.side in ("base", "candidate")]
    return {case: max(r.round for r in timed if r.case == case) for case in {r.case for r in timed}}


@given(st.lists(natures, min_size=1, max_size=4))
@settings(max_examples=40, deadline=None)
def test_the_cases_that_were_measured_beyond_a_look_are_those_that_it_leaves_open_afterwards(
    family: list[Nature],
) -> None:
    run, records = measured(*family)
    failures = Counter(record.case for record in records if record.status != "ok")
    last = last_pairs(records)
    for look in LOOKS[:-1]:
        replayed = decide(series(run, POLICY, records), pairs=look.pairs)
        for case, reached in last.items():
            if failures[case] < FAILURES and reached >= look.pairs:
                assert (reached > look.pairs) == replayed[case].open, (case, look.pairs, reached)


@given(st.lists(natures, min_size=1, max_size=3))
@settings(max_examples=30, deadline=None)
def test_no_case_is_measured_between_two_looks_and_no_further_than_the_last(family: list[Nature]) -> None:
    run, records = measured(*family)
    failures = Counter(record.case for record in records if record.status != "ok")
    for case, reached in last_pairs(records).items():
        assert reached in (12, 24, 40) or failures[case] >= FAILURES
    for case, decision in decisions(run, POLICY, records).items():
        assert decision.sharp.pairs <= len(pairs(records)[case])


@given(st.lists(natures, min_size=1, max_size=3), st.randoms(use_true_random=False))
@settings(max_examples=30, deadline=None)
def test_the_outcome_is_made_of_the_records_and_not_of_their_order(family: list[Nature], random: object) -> None:
    run, records = measured(*family)
    shuffled = sorted(records, key=lambda _: random.random())  # type: ignore[attr-defined]
    kept = {judged.case: judged.verdict for judged in outcome(run, shuffled).cases}
    assert kept == {judged.case: judged.verdict for judged in outcome(run, records).cases}


def test_one_failed_trial_does_not_take_a_case_s_last_look() -> None:
    """Else one crash in eighty trials would keep a case open that every pair shows to be worse."""
    wild = Nature(seed=4, centre=0.0, sd=0.4, fails=frozenset({("base", 20, 0)}))
    run, records = measured(wild)
    assert decisions(run, POLICY, records)[CASES[0].id].sharp.pairs == 40
