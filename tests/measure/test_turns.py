"""Children that take turns: nobody works out of turn, and nobody waits for one that is gone."""

import os
import socket
from collections.abc import Callable, Iterator
from contextlib import ExitStack, suppress
from threading import Thread
from typing import Literal

import pytest

from bench.measure.client import Server
from bench.measure.request import Place, Turn, together
from bench.measure.turns import DONE, GONE, TURN, Referee, Turns
from bench.records.nouns import CHANGE, Record, Side, Trial
from tests.measure.made_up import case, run, setup

Pair = tuple[Referee, Turns, Turns]


@pytest.fixture
def pair() -> Iterator[Pair]:
    """The referee of two, and both ends, of descriptors of their own as a fork has them."""
    referee = Referee()
    first, second = (Turns(os.dup(descriptor)) for descriptor in referee.descriptors)
    yield referee, first, second
    for each in (referee, first, second):
        each.close()


def beside(work: Callable[[], object]) -> Thread:
    """That, in a thread of its own."""
    thread = Thread(target=work, daemon=True)
    thread.start()
    return thread


def ends(thread: Thread) -> bool:
    """Whether it comes to its end."""
    thread.join(30)
    return not thread.is_alive()


def test_two_alternate_until_one_is_done_and_the_other_goes_on_alone(pair: Pair) -> None:
    referee, first, second = pair
    done: list[str] = []

    def work(name: str, own: Turns, number: int, steps: int) -> None:
        own.begin()
        for _ in range(steps):
            done.append(name)
            own.give()
        own.end()
        done.append(name.upper())
        referee.ended(number)

    referee.begin()
    threads = [beside(lambda: work("a", first, 0, 2)), beside(lambda: work("b", second, 1, 5))]
    assert all(map(ends, threads))
    assert "".join(done) == "ababbbbBA"
    assert second.given < 5


def test_whoever_is_alone_never_waits() -> None:
    alone = Turns(None)
    alone.begin()
    alone.give()
    alone.end()
    assert (alone.together, alone.given, alone.waited) == (False, 0, 0.0)
    assert alone.between(None) is None


def test_a_workload_s_own_reset_comes_before_the_other_s_turn(pair: Pair) -> None:
    referee, first, _ = pair
    said: list[bool] = []
    referee.begin()
    first.begin()
    referee.ended(1)
    between = first.between(lambda: said.append(referee.at_work(0)))
    assert between is not None
    between()
    assert said == [True]


@pytest.mark.parametrize("holder", [0, 1])
def test_one_that_ends_in_the_midst_releases_the_other(holder: int, pair: Pair) -> None:
    referee, *both = pair
    referee.begin()
    both[0].begin()
    if holder == 1:
        giving = beside(both[0].give)
        both[1].begin()
        referee.ended(1)
        assert ends(giving)
        both[0].give()
    else:
        waiting = beside(both[1].begin)
        referee.ended(0)
        assert ends(waiting)
        both[1].give()


def test_the_referee_sees_whose_turn_it_is(pair: Pair) -> None:
    referee, first, second = pair
    seen = [(referee.at_work(0), referee.at_work(1))]
    referee.begin()
    first.begin()
    seen.append((referee.at_work(0), referee.at_work(1)))
    giving = beside(first.give)
    second.begin()
    seen.append((referee.at_work(0), referee.at_work(1)))
    referee.ended(1)
    assert ends(giving)
    assert seen == [(False, False), (True, False), (False, True)]


def test_a_queue_that_a_stranger_has_filled_or_closed_holds_no_referee_up(pair: Pair) -> None:
    referee, first, _ = pair
    with socket.socket(fileno=os.dup(referee.descriptors[1])) as stranger, suppress(BlockingIOError):
        while stranger.send(TURN * 65_536, socket.MSG_DONTWAIT):
            continue
    referee.ended(1)
    first.begin()
    referee.close()
    referee.ended(0)
    assert not referee.at_work(0)


def test_what_is_said_is_a_byte_each() -> None:
    assert len({TURN, DONE, GONE}) == 3
    assert set(map(len, (TURN, DONE, GONE))) == {1}


# Real children of a server of the fake device


Launch = Literal["fork", "spawn"]


def paired(
    fault: str = "none", *, sides: tuple[Side, Side] = CHANGE, timeout: float = 20.0, launch: Launch = "fork"
) -> list[Record]:
    """The records of a pair of that case, in the order of their first turns."""
    made = run([case(takes=0.001, fault=fault)], timeout=timeout, trial_seconds=0.05)
    place = Place(paths=(), memory=8 << 30, cores=setup().allowed_cores)
    with ExitStack() as stack:
        server = Server(setup(launch), allocator="retain", number=1)
        stack.callback(server.close)
        turns = [Turn(side=side, position=number, loops=2) for number, side in enumerate(sides, 1)]
        return list(together(server, made, Trial(case=made.cases[0], round=2), turns, [place, place]))


def statuses(records: list[Record]) -> list[str]:
    """What became of either."""
    return [record.status for record in records]


@pytest.mark.parametrize("launch", ["fork", "spawn"])
def test_both_trials_are_whole_and_took_as_many_turns_as_they_have_samples(launch: Launch) -> None:
    first, second = paired(launch=launch)
    assert statuses([first, second]) == ["ok", "ok"]
    assert min(len(first.samples), len(second.samples)) > 10
    # One turn before the first sample, one after each, and the end; whoever goes on alone gives none.
    assert {first.noise["turns"], second.noise["turns"]} <= {
        float(len(own.samples) + more) for own in (first, second) for more in (0, 1, 2)
    }


def test_what_one_waits_for_the_other_is_in_no_phase_and_their_time_counts_once() -> None:
    records = paired()
    totals = [record.phases["total"] for record in records]
    assert abs(totals[0] - totals[1]) < 0.5 * max(totals)
    worked = [s for record in records for name, s in record.phases.items() if name not in ("total", "start")]
    assert 0 < sum(worked) <= sum(totals)


@pytest.mark.parametrize(("fault", "becomes"), [("broken", "failed"), ("slower", "ok")])
def test_a_side_that_fails_leaves_the_other_whole(fault: str, becomes: str) -> None:
    assert statuses(paired(fault)) == ["ok", becomes]


@pytest.mark.parametrize("sides", [CHANGE, CHANGE[::-1]])
def test_a_side_that_hangs_is_ended_at_its_deadline_and_the_other_is_not_whoever_is_first(
    sides: tuple[Side, Side],
) -> None:
    found = dict(zip(sides, statuses(paired("stuck", timeout=1.0, sides=sides)), strict=True))
    assert found == {"base": "ok", "candidate": "timeout"}


def test_what_a_side_has_beside_its_main_thread_is_told() -> None:
    """A process that outlives its parent; the workloads of the others have none."""
    assert [record.noise["company"] for record in paired("orphan")] == [1.0, 1.0]
    assert [record.noise["company"] for record in paired()] == [0.0, 0.0]


def test_what_a_stranger_says_on_a_child_s_descriptor_reaches_no_other_child() -> None:
    assert [record.status for record in paired("impostor", timeout=5.0)] == ["failed", "failed"]


@pytest.mark.parametrize("fault", ["segfault", "vanish", "close", "hang", "memory"])
def test_a_pair_of_which_both_fail_is_told_of_both(fault: str) -> None:
    records = paired(fault, timeout=1.0)
    assert len(records) == 2
    assert "ok" not in statuses(records)


def test_children_that_scribble_over_all_descriptors_end() -> None:
    assert len(paired("scribble", timeout=5.0)) == 2
