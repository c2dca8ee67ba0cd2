"""A planned run → records, one at a time: surveys, rounds, repeats. The caller stores each before it asks for the next.

Between two records nothing is measured, so whoever reads them may draw, write and flush in peace."""

import random
import time
from collections.abc import Callable, Generator, Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from typing import Protocol

from bench.errors import Internal
from bench.measure import weather
from bench.measure.client import Server, Setup
from bench.measure.ledger import Ledger
from bench.measure.request import NO_WAIT, Place, Wait, ask, made, skipped
from bench.records.nouns import Case, Judge, Record, Run, Trial
from bench.records.suite import Allocator
from bench.stopping import Budget

WAIT_SHARE, WAIT_LIMIT = 1.0, 5.0
"""Children wait for a calm machine, together at most so often the time that was spent on samples, and each at most so
many seconds."""
EXTRA_ATTEMPTS, IN_ROUND = 4, 2
"""A trial is repeated at most so often, and so often of these at the end of its round, where it costs no server."""
EXTRA_SHARE = 1.0
"""All repeats of a run together by its trials. Two attempts and a quarter of the trials were too few for a machine
whose neighbours slow it down half of the time, by more than half, for seconds on end: of 9 runs of six cases and ten
rounds, 23 of 54 cases had an interval there (`results/evidence/repeats.md` has what it is now)."""

PIECES_AFTER_LOOK = 3
"""11 and 12 trials bound less than 10 do, so after the first look rounds go on only if three more fit."""


class Order(Protocol):
    """The order of a round, the same whenever it is asked for."""

    def __call__(self, cases: Sequence[Case], *, round: int) -> tuple[Case, ...]: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Means:
    """What the runner needs from the rooms beside it and from the machine."""

    setup: Setup
    place: Place
    order: Order
    judge: Judge


class Runner:
    """Measures what `done` does not hold yet: a new run, or the rest of an interrupted one."""

    def __init__(self, run: Run, means: Means, done: Sequence[Record] = ()) -> None:
        self.run, self.means = run, means
        self.ledger = Ledger(done)
        self._budget = Budget(run.policy.max_seconds, time.monotonic)
        self._servers = self.ledger.servers
        self._pool = Pool(self._start)

    @property
    def records(self) -> Sequence[Record]:
        """Everything on record, in the order in which it was measured."""
        return self.ledger.records

    def libraries(self) -> dict[str, str]:
        """What the device's libraries say of themselves, from a child of the server that the next trial will be forked
        from; nothing where no case is to be measured."""
        first = next((case for case in self.run.cases if case.skip is None), None)
        if first is None:
            return {}
        server = self._pool.server(first.allocator, for_case=False)
        return weather.libraries(server, device=self.run.device, cores=self.means.place.cores[-1:])

    def close(self) -> None:
        """Ends the servers; whoever lets `measure` come to its end need not."""
        self._pool.close()

    def measure(self) -> Generator[Record, None, None]:
        """Everything that is missing, in the order in which it is measured."""
        with self._pool as pool:
            yield from self._surveys(pool)
            yield from self._peaks(pool)
            yield from self._rounds(pool)
            yield from self._repeats_at_the_end(pool)

    def _surveys(self, pool: "Pool") -> Iterator[Record]:
        missing = [case for case in self.run.cases if case.id not in self.ledger.surveys]
        for case in missing:
            if case.skip is not None:
                yield self.ledger.add(skipped(case))
        proved: set[Allocator] = set()
        for group in self._groups([case for case in missing if case.skip is None]):
            allocator = group[0].allocator
            yield from self._child(pool, [Trial(case=c, round=0) for c in group], prove=allocator not in proved)
            proved.add(allocator)
        yield from self._alone(pool, 0)

    def _peaks(self, pool: "Pool") -> Iterator[Record]:
        """Of the device with each number of threads that a case has, in the precisions that these cases have: a
        roofline holds what was measured against what the same run could do."""
        cases = self.ledger.timeable(self.run.cases) if self.run.suite.roofline else []
        for threads in sorted({case.threads for case in cases} - self.ledger.peaks):
            own = [case for case in cases if case.threads == threads]
            precisions = {self.ledger.surveys[case.id].facts.get("precision", "") for case in own} - {""}
            server, cores = pool.server(own[0].allocator), self.means.place.cores[-threads:]
            try:
                yield self.ledger.add(
                    weather.peaks(server, self.run.device, cores=cores, threads=threads, precisions=sorted(precisions))
                )
            except Internal:  # the server has ended; the cases can be measured all the same
                pool.renew()

    def _rounds(self, pool: "Pool") -> Iterator[Record]:
        policy = self.run.policy
        cases = self.ledger.timeable(self.run.cases)
        for number in range(1, policy.max_rounds + 1):
            if number == policy.rounds + 1:
                precise = self.means.judge.precise(self.ledger.at_look(policy.rounds))
                cases = [case for case in cases if case.id not in precise]
            missing = self.ledger.unmeasured(cases, number)
            if not missing and not self._failed(number):
                continue
            if self._budget.done(pieces=PIECES_AFTER_LOOK if number == policy.rounds + 1 else 1):
                return
            began = time.monotonic()
            # The surveys' server serves the first round too: forking has not changed it, and a start costs seconds.
            if number > 1 and (number - 1) % policy.rounds_per_server == 0:
                pool.renew()
            yield from self._round(pool, missing, number)
            self._budget.add(time.monotonic() - began)
            cases = [case for case in cases if not self.ledger.given_up(case)]

    def _round(self, pool: "Pool", cases: Sequence[Case], number: int) -> Iterator[Record]:
        """Those cases once, in the round's own order; then again, alone, those that failed beside others, and those
        that were disturbed."""
        wanted = {case.id for case in cases}
        ordered = [case for case in self.means.order(self.run.cases, round=number) if case.id in wanted]
        for group in self._groups(ordered):
            yield from self._child(pool, [Trial(case=c, round=number) for c in group])
        yield from self._alone(pool, number)
        for _ in range(IN_ROUND):
            for trial in [t for t in self._disturbed() if t.round == number and t.attempt <= IN_ROUND]:
                yield from self._child(pool, [trial])

    def _alone(self, pool: "Pool", number: int) -> Iterator[Record]:
        """What failed in a process that it shared, once more in one of its own: whether the others were at fault."""
        for trial in self._failed(number):
            yield from self._child(pool, [trial])

    def _failed(self, number: int) -> list[Trial]:
        return [] if self.run.isolate == "case" else self.ledger.failed_once(self.run.cases, number)

    def _repeats_at_the_end(self, pool: "Pool") -> Iterator[Record]:
        """Disturbed trials once more, in servers of their own, each of which times a case at most once: so the trials
        of a case stay independent."""
        while (trials := self._disturbed()) and not self._budget.done():
            began = time.monotonic()
            pool.renew()
            for trial in {trial.case.id: trial for trial in trials}.values():
                yield from self._child(pool, [trial])
            self._budget.add(time.monotonic() - began)

    def _disturbed(self) -> list[Trial]:
        return repeats_due(self.run, self.ledger, self.means.judge)

    def _groups(self, cases: Sequence[Case]) -> list[list[Case]]:
        """What shares a child: every case has its own, or all cases of an allocator have one."""
        if self.run.isolate == "case":
            return [[case] for case in cases]
        groups: dict[Allocator, list[Case]] = {}
        for case in cases:
            groups.setdefault(case.allocator, []).append(case)
        return list(groups.values())

    def _child(self, pool: "Pool", trials: Sequence[Trial], *, prove: bool = False) -> Iterator[Record]:
        """The records of one child; what it left undone when it ended early is another's, which has at least one fewer
        to do."""
        left = list(trials)
        while left:
            server = pool.server(left[0].case.allocator)
            try:
                wait = self._wait(left[0]) if left[0].round else NO_WAIT
                for record in ask(server, self.run, self.means.place, left, wait=wait, prove=prove):
                    yield self.ledger.add(record)
            except Internal as error:
                # A case can end the process that it was forked from, and so can a machine without memory.
                pool.renew()
                culprit = next(trial for trial in left if not self.ledger.has(trial))
                yield self.ledger.add(made(culprit, server.number, status="crashed", note=error.what))
            left, prove = [trial for trial in left if not self.ledger.has(trial)], False

    def _wait(self, trial: Trial) -> Wait:
        """Until when the child of that trial may wait for calm."""
        left = WAIT_SHARE * self.ledger.timed_seconds - self.ledger.waited_seconds
        calm = self.means.judge.calm(self.ledger.records).get(trial.case.threads)
        return Wait(calm=calm, patience=min(max(0.0, left), WAIT_LIMIT))

    def _start(self, allocator: Allocator) -> Server:
        self._servers += 1
        return Server(self.means.setup, allocator=allocator, number=self._servers)


def repeats_due(run: Run, ledger: Ledger, judge: Judge) -> list[Trial]:
    """The next attempts of the trials whose best attempt was disturbed, as far as attempts are left."""
    left = max(0, int(EXTRA_SHARE * ledger.trials) - ledger.repeats)
    cases = {case.id: case for case in run.cases}
    found = [
        Trial(case=cases[case], round=number, attempt=ledger.attempts[case, number])
        for case, number in sorted(judge.disturbed(ledger.records))
    ]
    # Where the repeats do not suffice for all, no name may go before another.
    random.Random(f"{run.seed}/repeats").shuffle(found)
    return [t for t in found if t.attempt <= EXTRA_ATTEMPTS and not ledger.given_up(t.case)][:left]


class Pool:
    """The servers that stand ready, one per level of the allocator, each started when it is first needed."""

    def __init__(self, start: Callable[[Allocator], Server]) -> None:
        self._start, self._stack = start, ExitStack()
        self._servers: dict[Allocator, Server] = {}
        self._used = False

    def __enter__(self) -> "Pool":
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Ends the servers."""
        self._servers.clear()
        self._stack.close()

    def renew(self) -> None:
        """The next trial meets new servers; those that no case has met yet are new."""
        if self._used:
            self.close()
        self._used = False

    def server(self, allocator: Allocator, *, for_case: bool = True) -> Server:
        """The server for that level."""
        self._used |= for_case
        if allocator not in self._servers:
            self._servers[allocator] = server = self._start(allocator)
            self._stack.callback(server.close)
        return self._servers[allocator]
