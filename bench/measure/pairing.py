"""A planned gate → records: each case surveyed on both sides, then pairs of trials until a verdict, and the control's
pairs. The caller stores each record before it asks for the next.

The two trials of a pair take turns, sample by sample, both in children that stand ready: whatever the machine does for
longer than a few milliseconds it does to both. One after the other, as the design had it, they meet other weather: on a
machine whose neighbours come and go within tenths of a second their log-ratios were two to six times as far apart
(`results/evidence/turns.md`), and most pairs had to be repeated. What turns cost is that each side finds the caches
full of the other's numbers, which is the same for both. A side that has threads or processes of its own beside its main
thread would let them work in the other's turns, at the other's cost: such cases are measured one after the other, as
are those of several threads, on a GPU, of unknown memory or of more than fits twice, and, from their first failure on,
those that fail, because what they need may be there only once (a port, a lock).

What the sides of a pair share, so that equal code lies alike in memory on both: the server and with it hash seed,
environment and the layout before the fork; core, `loops`, bound on memory; a request of the same bytes, in another
order (`bench.measure.request`), of trials that take turns a server that has read both; the order of `sys.path`, from
which the server has taken the candidate's folders, which an editable install puts there (`bench.measure.server`);
bytecode of their own that each side has compiled in its surveys and loads in its trials (`Tree.bytecode`); and paths of
one length where the candidate's is the longer (`bench.measure.revisions`). What remains: a candidate whose path is
shorter than a temporary folder's, what lies beside its tracked files (longer listings of its folders), the folder's
file system, and in `sys.path` whatever else names a part of it. The control, of two worktrees, has none of these and
cannot find them."""

import random
import time
from collections import Counter
from collections.abc import Generator, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from math import inf

from bench.errors import Internal
from bench.measure import weather
from bench.measure.client import Server, Setup
from bench.measure.device import kind_of
from bench.measure.ledger import FAILURES
from bench.measure.request import Place, Turn, ask, made, skipped, together
from bench.measure.runner import Order, Pool
from bench.records.nouns import CHANGE, CONTROL, Case, PairJudge, Record, Run, Side, Trial
from bench.records.suite import Allocator
from bench.stopping import Budget

ROUNDS_PER_SERVER = 3
"""Both sides of a pair share their server, so that what servers differ in is in no ratio, and a start costs seconds."""

EXTRA_ATTEMPTS = 2
"""A pair that was disturbed, or one of whose trials failed, is measured again, whole, at most so often."""

CONTROL_PAIRS = 24
CONTROL_PAIRS_PER_SERVER = 6
"""So that the control has as many servers as every case has had by the first look. A start is as dear as six pairs, and
in a gate of few cases most of its time went into the control's servers, when these had three pairs each."""

PARTNERS: Mapping[Side, Side] = {
    one: other for sides in (CHANGE, CONTROL) for one, other in (sides, (sides[1], sides[0]))
}
"""The other side of each side's pairs."""

NO_LIMIT = 1e9
"""Seconds of a step: the policy's `timeout` ends it long before."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PairMeans:
    """What the loop needs from the rooms beside it and from the machine: a place for each side."""

    setup: Setup
    places: Mapping[Side, Place]
    order: Order
    judge: PairJudge


class PairRunner:
    """Measures one gate, from its beginning."""

    def __init__(self, run: Run, means: PairMeans) -> None:
        assert run.gate is not None
        self.run, self.means, self.records = run, means, list[Record]()
        self._added, self._changed = frozenset(run.gate.added), frozenset(run.gate.changed)
        # The same budget twice: a pair of the control's is less than a round.
        self._budget, self._control_budget = (Budget(run.policy.max_seconds, time.monotonic) for _ in range(2))
        self._surveys: dict[tuple[str, Side], Record] = {}
        self._failures: Counter[tuple[str, bool]] = Counter()
        self._apart: set[str] = set()
        self._control_wanted = run.gate.controlled
        self._servers = 0
        self._pool = Pool(self._start)

    def libraries(self) -> dict[str, str]:
        """What the device's libraries say of themselves, from a child of the first server; nothing without a case."""
        first = next((case for case in self.run.cases if case.skip is None), None)
        if first is None:
            return {}
        server = self._pool.server(first.allocator, for_case=False)
        return weather.libraries(server, device=self.run.device, cores=self.means.places["candidate"].cores[-1:])

    def close(self) -> None:
        """Ends the servers."""
        self._pool.close()

    def measure(self) -> Generator[Record, None, None]:
        """Surveys, then pairs of what is undecided up to each look; the control's pairs after the first look at which
        there is a case for it."""
        with self._pool:
            for case in self.run.cases:
                yield from self._survey(case)
            cases = [case for case in self.run.cases if self._pairable(case)]
            done = 0
            for look in self.means.judge.looks:
                for number in range(done + 1, look + 1):
                    if self._budget.done():
                        return
                    yield from self._timed(cases, number)
                    cases = [case for case in cases if not self._given_up(case, CHANGE)]
                done = look
                if self._control_wanted:
                    yield from self._control()
                undecided = self.means.judge.undecided(self.records, look)
                cases = [case for case in cases if case.id in undecided]
                if not cases:
                    return

    def _survey(self, case: Case) -> Iterator[Record]:
        """The base's first: what takes too long there is not measured on the candidate; what takes too long on the
        candidate alone is."""
        if case.skip is not None:
            yield self._add(skipped(case), Turn(side="candidate"))
            return
        limit = None
        if case.id not in self._added:
            yield from self._ask(Trial(case=case, round=0), Turn(side="base", calibrate=True))
            base = self._surveys[case.id, "base"]
            if base.status == "skipped":
                return
            limit = NO_LIMIT if base.status == "ok" else None
        yield from self._ask(Trial(case=case, round=0), Turn(side="candidate", step_limit=limit))

    def _pairable(self, case: Case) -> bool:
        if case.id in self._changed:
            return False
        surveys = [self._surveys.get((case.id, side)) for side in CHANGE]
        return all(survey is not None and survey.status == "ok" for survey in surveys)

    def _timed(self, cases: Sequence[Case], number: int) -> Iterator[Record]:
        """One pair of every case, in the round's own order, then the disturbed ones again."""
        began = time.monotonic()
        if number > 1 and (number - 1) % ROUNDS_PER_SERVER == 0:
            self._pool.renew()
        wanted = {case.id for case in cases}
        ordered = [case for case in self.means.order(self.run.cases, round=number) if case.id in wanted]
        yield from self._attempts(ordered, number, CHANGE)
        self._budget.add(time.monotonic() - began)

    def _control(self) -> Iterator[Record]:
        """The calmest case's base against itself, from a second worktree: what this finds is no change of code. Its
        pairs are made like all others, and its second side is surveyed before they are. It begins only if a whole round
        would still fit, and goes on as long as a pair does."""
        calmest = self.means.judge.calmest(self.records)
        for case in [case for case in self.run.cases if case.id == calmest and not self._budget.done()]:
            yield from self._ask(Trial(case=case, round=0), Turn(side=CONTROL[1], step_limit=NO_LIMIT))
            if self._surveys[case.id, CONTROL[1]].status != "ok":
                return  # the next look asks again
            self._control_wanted = False
            for number in range(1, CONTROL_PAIRS + 1):
                if self._control_budget.done() or self._given_up(case, CONTROL):
                    return
                began = time.monotonic()
                if (number - 1) % CONTROL_PAIRS_PER_SERVER == 0:
                    self._pool.renew()
                yield from self._attempts([case], number, CONTROL)
                self._control_budget.add(time.monotonic() - began)

    def _attempts(self, cases: Sequence[Case], number: int, sides: tuple[Side, Side]) -> Iterator[Record]:
        for attempt in range(1 + EXTRA_ATTEMPTS):
            for case in cases:
                yield from self._pair(Trial(case=case, round=number, attempt=attempt), sides)
            disturbed = self.means.judge.disturbed(self.records, number, sides)
            cases = [case for case in cases if case.id in disturbed and not self._given_up(case, sides)]

    def _given_up(self, case: Case, sides: tuple[Side, Side]) -> bool:
        return self._failures[case.id, sides == CONTROL] >= FAILURES

    def _pair(self, trial: Trial, sides: tuple[Side, Side]) -> Iterator[Record]:
        """Two trials in an order that a coin decides, with the base's number of steps a sample in both."""
        coin = random.Random(f"{self.run.seed}/{sides[0]}/{trial.round}/{trial.attempt}/{trial.case.id}")
        loops = self._surveys[trial.case.id, "base"].loops
        turns = [Turn(side=side, position=n, loops=loops) for n, side in enumerate(coin.sample(sides, 2), 1)]
        if self._taking_turns(trial):
            yield from self._together(trial, turns)
        else:
            for turn in turns:
                yield from self._ask(trial, turn)

    def _taking_turns(self, trial: Trial) -> bool:
        """Whether both sides of a pair may be there at once: on one thread of a processor, within the memory that one
        child may have, and unless the case has shown that it cannot share the machine with itself. The threads of a
        team that waits for its turn spin, and a card's memory is not ours to share out."""
        case = trial.case
        if case.threads != 1 or kind_of(self.run.device).gpu or case.id in self._apart:
            return False
        needs = [self._surveys[case.id, side].metrics.get("peak_memory", inf) for side in CHANGE]
        return 2 * max(needs) <= self.means.places["base"].memory

    def _together(self, trial: Trial, turns: Sequence[Turn]) -> Iterator[Record]:
        """Both records of a pair whose children take turns. Where they have ended their server, each is asked for alone
        again, which tells who it was."""
        server, left = self._pool.server(trial.case.allocator), list(turns)
        places = [self.means.places[turn.side] for turn in turns]
        try:
            for record in together(server, self.run, trial, turns, places):
                yield self._add(record, left.pop(0))
        except Internal:
            self._pool.renew()
            for turn in left:
                yield from self._ask(trial, turn)

    def _ask(self, trial: Trial, turn: Turn) -> Iterator[Record]:
        """The one record of one child."""
        server = self._pool.server(trial.case.allocator)
        try:
            places = self.means.places
            beside = places[PARTNERS[turn.side]]
            for record in ask(server, self.run, places[turn.side], [trial], turn=turn, beside=beside):
                yield self._add(record, turn)
        except Internal as error:
            self._pool.renew()
            yield self._add(made(trial, server.number, status="crashed", note=error.what), turn)

    def _add(self, record: Record, turn: Turn) -> Record:
        """Files a record, and refuses a trial whose build is not the one that was surveyed on its side."""
        surveyed = self._surveys.get((record.case, "base" if turn.side in CONTROL else turn.side))
        if record.kind == "timed" and record.status == "ok" and surveyed and record.settings != surveyed.settings:
            record = replace(record, status="invalid", note="the build differs from the one that was surveyed")
        record = replace(record, sequence=len(self.records) + 1, side=turn.side, position=turn.position)
        self.records.append(record)
        if record.kind == "survey":
            self._surveys[record.case, turn.side] = record
        if record.noise.get("company") or (record.kind == "timed" and record.status != "ok"):
            self._apart.add(record.case)
        failed = record.kind == "timed" and record.status != "ok"
        self._failures[record.case, turn.side in CONTROL] += failed
        return record

    def _start(self, allocator: Allocator) -> Server:
        self._servers += 1
        return Server(self.means.setup, allocator=allocator, number=self._servers)
