"""Cases → the order of one round: another one in every round, the same one whenever that round is drawn again."""

from collections.abc import Sequence
from random import Random

from bench.records.nouns import Case


def order(cases: Sequence[Case], *, seed: int, round: int) -> tuple[Case, ...]:
    """All cases that are measured, each once, shuffled by seed and round alone."""
    shuffled = [case for case in cases if case.skip is None]
    Random(f"{seed}/{round}").shuffle(shuffled)
    return tuple(shuffled)
