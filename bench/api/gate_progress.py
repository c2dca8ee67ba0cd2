"""A gate's records as they arrive → how far it is: surveys, pairs, what each look has decided, what is still to pay."""

import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from itertools import pairwise

from bench.gate.decide import LOOKS, decide
from bench.gate.judge import series
from bench.records.nouns import CONTROL, Record, Run

FOLLOWING = {look.pairs: later.pairs for look, later in pairwise(LOOKS)}
"""The look after each; the last one has none."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Looked:
    """What stands after a look: how many cases have which verdict, up to how many pairs the open ones are measured
    further (None: no more), and about how many seconds that takes at the pace so far."""

    pairs: int
    verdicts: dict[str, int]
    following: int | None
    left: float


class GateProgress:
    """Counts; judges only where a look is over, because that reads every record."""

    def __init__(self, run: Run, *, now: Callable[[], float] = time.monotonic) -> None:
        assert run.gate is not None
        self.run, self._policy, self._now, self._began = run, run.gate.policy, now, now()
        self.surveyed = self.pair = 0
        self._records: list[Record] = []
        self._looks = [look.pairs for look in LOOKS]

    @property
    def elapsed(self) -> float:
        """Seconds since it began."""
        return self._now() - self._began

    def add(self, record: Record) -> Looked | None:
        """One record more; what stands after the look that it shows to be over, if it does."""
        looked = None
        if record.kind == "survey":
            self.surveyed += record.side == "candidate" or record.status == "skipped"
        else:
            # The control's pairs stand between the first look and what follows it.
            pair = self.pair + 1 if record.side in CONTROL else record.round
            if self._looks and pair > self._looks[0]:
                looked = self._looked(self._looks.pop(0))
            self.pair = max(self.pair, record.round) if record.side not in CONTROL else self.pair
        self._records.append(record)
        return looked

    def _looked(self, pairs: int) -> Looked:
        decided = decide(series(self.run, self._policy, self._records), pairs=pairs)
        verdicts = Counter(decision.verdict for decision in decided.values())
        following = FOLLOWING.get(pairs) if verdicts["inconclusive"] else None
        trials = [r for r in self._records if r.kind == "timed" and r.side not in CONTROL]
        pace = sum(record.phases.get("total", 0.0) for record in trials) / max(1, len(trials))
        more = 0 if following is None else 2 * (following - pairs) * verdicts["inconclusive"]
        return Looked(
            pairs=pairs,
            verdicts={str(verdict): count for verdict, count in verdicts.items()},
            following=following,
            left=pace * more,
        )
