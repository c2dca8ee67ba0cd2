"""The loop that measures pairs, over children that are made up: whatever a script says they send."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace

import pytest

from bench.gate.judge import PairJudge
from bench.measure import pairing
from bench.measure.client import Server
from bench.measure.pairing import PairMeans, PairRunner
from bench.measure.request import Place, Turn
from bench.records import nouns
from bench.records.nouns import CHANGE, CONTROL, Record, Run, Side, Trial
from tests.gate.made_up import survey, trial
from tests.measure.made_up import setup, shuffled

LOOPS = 7
MEMORY = 1 << 30
Script = Callable[[Trial, Turn], Record]


@dataclass(slots=True)
class Asked:
    """What was asked of children, in order, and by servers of which number, of single ones beside whose place, of which
    pairs that take turns, and which servers there were."""

    turns: list[tuple[Trial, Turn, Place, int]] = field(default_factory=list)
    beside: list[tuple[Place, Place | None]] = field(default_factory=list)
    in_turns: list[tuple[str, tuple[Turn, ...]]] = field(default_factory=list)
    open: set[int] = field(default_factory=set)
    started: int = 0


@dataclass(slots=True)
class ScriptedPairs:
    """Says what it was told to say: the pairs in `bad` are disturbed in so many attempts; `open` are the cases that
    each look leaves open. There is no control before so many pairs."""

    bad: dict[tuple[str, int], int] = field(default_factory=dict)
    open: dict[int, set[str]] = field(default_factory=dict)
    control: str | None = None
    control_from: int = 0
    looks: tuple[int, ...] = (3, 5, 7)

    def disturbed(self, records: Sequence[Record], number: int, sides: tuple[Side, Side]) -> set[str]:
        last = {r.case: r.attempt for r in records if r.kind == "timed" and r.round == number and r.side in sides}
        return {case for case, attempt in last.items() if attempt < self.bad.get((case, number), 0)}

    def undecided(self, records: Sequence[Record], number: int) -> set[str]:
        return self.open.get(number, set())

    def calmest(self, records: Sequence[Record]) -> str | None:
        return self.control if max(record.round for record in records) >= self.control_from else None


def sound(asked: Trial, turn: Turn) -> Record:
    """Nothing goes wrong, nothing has changed."""
    if asked.round == 0:
        found = survey(asked.case.id, turn.side)
        return replace(
            found, loops=LOOPS if turn.calibrate else 0, metrics={"peak_memory": MEMORY // 10, **found.metrics}
        )
    return trial(asked.case.id, turn.side, asked.round, attempt=asked.attempt)


def gated(
    run: Run, script: Script = sound, *, judge: nouns.PairJudge | None = None, count: int | None = None
) -> tuple[list[Record], Asked]:
    """The records of that gate, or the first `count` of them, and what was asked for them."""
    assert run.gate is not None
    asked = Asked()

    class MadeUpServer:
        def __init__(self, _: object, *, allocator: str, number: int) -> None:
            self.number = number
            asked.started += 1
            asked.open.add(number)

        def close(self) -> None:
            asked.open.discard(self.number)

    def ask(
        server: Server, _: Run, place: Place, trials: Sequence[Trial], *, turn: Turn, beside: Place | None
    ) -> Iterator[Record]:
        assert server.number in asked.open
        asked.turns.append((trials[0], turn, place, server.number))
        asked.beside.append((place, beside))
        yield replace(script(trials[0], turn), server=server.number)

    def together(
        server: Server, _: Run, made: Trial, turns: Sequence[Turn], places: Sequence[Place]
    ) -> Iterator[Record]:
        assert server.number in asked.open
        asked.in_turns.append((made.case.id, tuple(turns)))
        asked.turns += [(made, turn, place, server.number) for turn, place in zip(turns, places, strict=True)]
        for record in [script(made, turn) for turn in turns]:
            yield replace(record, server=server.number)

    places = {side: Place(paths=(side,), memory=MEMORY, cores=(0,)) for side in (*CHANGE, *CONTROL)}
    means = PairMeans(
        setup=setup(),
        places=places,
        order=shuffled,
        judge=judge or PairJudge(run, run.gate.policy),
    )
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(pairing, "Server", MadeUpServer)
        patch.setattr(pairing, "ask", ask)
        patch.setattr(pairing, "together", together)
        runner = PairRunner(run, means)
        measuring = runner.measure()
        records = [record for record, _ in zip(measuring, range(count or 10**9), strict=False)]
        measuring.close()
        runner.close()
    return records, asked


def pairs_of(records: Iterable[Record], sides: tuple[Side, Side] = CHANGE) -> list[tuple[Record, Record]]:
    """Each two timed records of those sides, in the order in which they were measured."""
    timed = [record for record in records if record.kind == "timed" and record.side in sides]
    return list(zip(timed[::2], timed[1::2], strict=True))
