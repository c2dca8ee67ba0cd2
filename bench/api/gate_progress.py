"""A gate's records as they arrive → how far it is: surveys, pairs, what each look has decided, what is still to pay.

What is still to pay is reckoned in wall time, from what has passed so far: the pairs of each open case with all their
repeats at their own pace, the servers that are still to be started, and the control where it is still to come."""

import time
from collections import Counter
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from math import ceil

from bench.gate.decide import LOOKS, decide
from bench.gate.judge import PairJudge, series
from bench.measure import pairing
from bench.records.nouns import CONTROL, Record, Run

FOLLOWING = {look.pairs: later.pairs for look, later in pairwise(LOOKS)}
"""The look after each; the last one has none."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Looked:
    """What stands after a look: how many cases have which verdict, up to how many pairs the open ones are measured
    further (None: no more), and about how many seconds all takes that comes before the next look."""

    pairs: int
    verdicts: dict[str, int]
    following: int | None
    left: float


class _Spent:
    """Wall seconds by what they went to: the pairs of each case, starts of servers."""

    def __init__(self) -> None:
        self._pairs: Counter[tuple[str, int]] = Counter()
        self._seconds: dict[str, float] = {}
        self._servers: set[int] = set()
        self._starts: list[float] = []

    def add(self, record: Record, took: float) -> None:
        """That much passed until the record was there."""
        if record.server and record.server not in self._servers:
            own = min(took, record.phases.get("total", 0.0))
            if self._servers:  # when the first began nobody looked at the clock
                self._starts.append(took - own)
            self._servers.add(record.server)
            took = own
        if record.kind == "timed" and record.side not in CONTROL:
            self._pairs[record.case, record.round] += 1
            self._seconds[record.case] = self._seconds.get(record.case, 0.0) + took

    def on_pairs(self, case: str, count: int) -> float:
        """What so many pairs of a case take that has some."""
        there = sum(case == known for known, _ in self._pairs)
        return count * self._seconds[case] / there

    def on_servers(self, count: int) -> float:
        """What so many starts take."""
        return count * sum(self._starts) / len(self._starts) if self._starts else 0.0


class GateProgress:
    """Counts; judges only where a look is over, because that reads every record."""

    def __init__(self, run: Run, *, now: Callable[[], float] = time.monotonic) -> None:
        assert run.gate is not None
        self.run, self._judge, self._now = run, PairJudge(run, run.gate.policy), now
        self._began = self._last = now()
        self.surveyed = self.pair = 0
        self._spent, self._control_due = _Spent(), run.gate.controlled
        self._records: list[Record] = []
        self._looks = [look.pairs for look in LOOKS]

    @property
    def elapsed(self) -> float:
        """Seconds since it began."""
        return self._now() - self._began

    def add(self, record: Record) -> Looked | None:
        """One record more; what stands after the look that it shows to be over, if it does."""
        now = self._now()
        took, self._last = now - self._last, now
        looked, control = None, record.side in CONTROL
        if record.kind == "survey" and not control:
            self.surveyed += record.side == "candidate" or record.status == "skipped"
        else:
            # What the control measures stands between a look and what follows it.
            pair = self.pair + 1 if control else record.round
            if self._looks and pair > self._looks[0]:
                looked = self._looked(self._looks.pop(0))
            self.pair = self.pair if control else max(self.pair, record.round)
        self._control_due &= not control
        self._records.append(record)
        self._spent.add(record, took)
        return looked

    def last(self) -> Looked | None:
        """What the look has decided that ended the gate, if one did: no record shows it to be over."""
        if not self._looks or self.pair != self._looks[0]:
            return None
        return replace(self._looked(self._looks.pop(0)), following=None, left=0.0)

    def _looked(self, pairs: int) -> Looked:
        decided = decide(series(self.run, self._judge.policy, self._records), pairs=pairs)
        verdicts = Counter(decision.verdict for decision in decided.values())
        open_cases = {case for case, decision in decided.items() if decision.open}
        following = FOLLOWING.get(pairs) if open_cases else None
        numbers = () if following is None else range(pairs + 1, following + 1)
        return Looked(
            pairs=pairs,
            verdicts={str(verdict): count for verdict, count in verdicts.items()},
            following=following,
            left=self._of_pairs(open_cases, numbers) + self._of_control(),
        )

    def _of_pairs(self, cases: Collection[str], numbers: Sequence[int]) -> float:
        """Seconds for those pairs of those cases."""
        levels = {case.allocator for case in self.run.cases if case.id in cases}
        renewals = sum((number - 1) % pairing.ROUNDS_PER_SERVER == 0 for number in numbers)
        pairs = sum(self._spent.on_pairs(case, len(numbers)) for case in cases)
        return pairs + self._spent.on_servers(renewals * len(levels))

    def _of_control(self) -> float:
        """Seconds for the control; 0 where it is over or there is none."""
        calmest = self._judge.calmest(self._records) if self._control_due else None
        if calmest is None:
            return 0.0
        servers = ceil(pairing.CONTROL_PAIRS / pairing.CONTROL_PAIRS_PER_SERVER)
        return self._spent.on_pairs(calmest, pairing.CONTROL_PAIRS) + self._spent.on_servers(servers)
