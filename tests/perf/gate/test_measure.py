"""What a campaign keeps, goes on with, and leaves behind: with made-up records, without a network."""

import os
import subprocess
from collections.abc import Iterator
from dataclasses import replace
from itertools import islice
from math import log
from pathlib import Path

import pytest

from bench.api.planning import Options, plan
from bench.errors import Stopped
from bench.measure.request import Place
from bench.records.nouns import CHANGE, SCHEMA, Case, Record, Run, Side
from tests.measure.made_up import run
from tests.perf.gate.judging import Patient
from tests.perf.gate.made_up import unit
from tests.perf.gate.measure import MIRRORED, WORTH, Asked, Stuck, add, campaign, checked, main, missing
from tests.perf.gate.repository import DOSE, SUITE, repository
from tests.perf.gate.revision import revision
from tests.perf.gate.rows import LOADS, Row, Unit, append, pairs_of, read
from tests.perf.gate.session import alike, rounds, short
from tests.perf.gate.weather import candidate

UNIT = Unit(load="quiet", dose="2")
CASE = "model=rnn,mode=training,size=small"


@pytest.fixture
def cases() -> tuple[Case, ...]:
    with repository("0") as folder:
        return plan(folder / SUITE, Options()).cases


def named(rows: Iterator[Row], cases: tuple[Case, ...]) -> list[Row]:
    """Made-up rows of the subject's own cases."""
    names = {f"case-{n}": short(case.id) for n, case in enumerate(cases)}
    return [
        Row(**{**{key: getattr(row, key) for key in Row.__slots__}, "case": names.get(row.case, "")}) for row in rows
    ]


def asked(out: Path, *, least: int = 24, pairs: int = 40) -> Asked:
    return Asked(cases=None, least=least, pairs=pairs, out=out)


def test_the_subject_has_twenty_four_cases(cases: tuple[Case, ...]) -> None:
    assert len(cases) == 24


def test_the_base_has_no_dose_and_the_working_tree_has_it() -> None:
    with repository("3") as folder:
        told = subprocess.run(["git", "-C", folder, "show", f"HEAD:{DOSE}"], capture_output=True, text=True, check=True)
        assert told.stdout == "0\n"
        assert (folder / DOSE).read_text() == "3\n"
    assert not folder.exists()


def test_with_the_labels_swapped_the_base_has_the_dose_and_the_working_tree_has_none() -> None:
    with repository("swapped-3") as folder:
        told = subprocess.run(["git", "-C", folder, "show", f"HEAD:{DOSE}"], capture_output=True, text=True, check=True)
        assert (told.stdout, (folder / DOSE).read_text()) == ("3\n", "0\n")


def test_rows_are_read_as_they_were_written(tmp_path: Path) -> None:
    file, rows = tmp_path / "gate.csv", list(unit("quiet", "2", change=0.02, sd=0.004, pairs=2))
    append(file, rows[:30])
    append(file, rows[30:])
    found = read(file)
    assert len(found) == len(rows)
    assert [(row.kind, row.case, row.pair, row.order) for row in found] == [
        (row.kind, row.case, row.pair, row.order) for row in rows
    ]
    assert [row.sharp for row in found] == pytest.approx([row.sharp for row in rows], abs=1e-6)
    assert [(row.step, row.revision) for row in found] == [(row.step, row.revision) for row in rows]


def test_everything_is_missing_at_first(tmp_path: Path, cases: tuple[Case, ...]) -> None:
    assert missing(cases, UNIT, asked(tmp_path / "none.csv")) == (0, cases)


def test_a_campaign_goes_on_with_the_cases_that_have_the_fewest_pairs(tmp_path: Path, cases: tuple[Case, ...]) -> None:
    file = tmp_path / "gate.csv"
    rows = named(unit("quiet", "2", change=0.02, sd=0.004), cases)
    append(file, [row for row in rows if row.pair <= 5 or row.case != short(CASE)])
    found = missing(cases, UNIT, asked(file))
    assert found is not None
    assert (found[0], [case.id for case in found[1]]) == (5, [CASE])


def test_only_what_a_gate_at_one_percent_has_not_decided_gets_further_pairs(
    tmp_path: Path, cases: tuple[Case, ...]
) -> None:
    calm, wild = tmp_path / "calm.csv", tmp_path / "wild.csv"
    append(calm, named(unit("quiet", "2", change=0.02, sd=0.004), cases))
    append(wild, named(unit("quiet", "2", change=0.01, sd=0.1), cases))
    assert missing(cases, UNIT, asked(calm)) is None
    assert missing(cases, UNIT, asked(wild)) == (24, cases)
    assert missing(cases, UNIT, asked(wild, pairs=24)) is None


@pytest.mark.parametrize(
    ("least", "most", "before", "looks"),
    [(24, 40, 0, (24, 40)), (12, 40, 0, (12, 24, 40)), (24, 40, 5, (19, 35)), (24, 40, 24, (16,)), (24, 3, 0, (3,))],
)
def test_the_judge_looks_when_every_case_has_its_pairs(
    least: int, most: int, before: int, looks: tuple[int, ...]
) -> None:
    assert Patient(run([]), least=least, most=most, before=before).looks == looks


def made() -> Run:
    case = Case(id=CASE, target="a:b", levels={}, arguments={}, threads=1, allocator="retain")
    return run([case])


def surveyed(side: Side, operations: int) -> Record:
    return Record(
        schema=SCHEMA,
        kind="survey",
        status="ok",
        case=CASE,
        server=1,
        side=side,
        metrics={"operations": operations, "expected_step": 0.001},
        phases={"total": 0.5},
    )


def trial(
    side: Side, number: int, nanoseconds: int, *, position: int, attempt: int = 0, sentinel: float = 1.0
) -> Record:
    return Record(
        schema=SCHEMA,
        kind="timed",
        status="ok",
        case=CASE,
        round=number,
        attempt=attempt,
        server=1,
        side=side,
        position=position,
        loops=1,
        samples=(nanoseconds,) * 3,
        noise={"sentinel_before": 1e7, "sentinel_after": 1e7 * sentinel},
        phases={"total": 0.2},
    )


def measured() -> Iterator[Record]:
    yield from (surveyed(side, operations) for side, operations in zip(CHANGE, (1000, 1020), strict=True))
    yield trial("candidate", 1, 1_100_000, position=1)
    yield trial("base", 1, 1_000_000, position=2)
    yield trial("base", 2, 1_000_000, position=1, sentinel=2.0)
    yield trial("candidate", 2, 3_000_000, position=2)
    yield trial("base", 2, 1_000_000, position=1, attempt=1)
    yield trial("candidate", 2, 1_020_000, position=2, attempt=1)


def test_a_pair_is_a_row_with_its_sizes_its_attempts_their_time_and_its_order() -> None:
    surveys, first, second = rounds(measured(), Patient(made(), least=24, most=40, before=7), UNIT)
    assert [row.kind for row in surveys] == ["server", "survey"]
    assert (surveys[1].step, surveys[1].revision) == (0.001, revision())
    (one,), (other,) = first, second
    assert (one.case, one.pair, one.attempts, one.order) == ("rnn-training-small", 8, 1, "cb")
    assert (one.sharp, one.mean) == pytest.approx((log(1.1), log(1.1)))
    assert one.metric == "undisturbed"
    assert one.step == pytest.approx(0.001), "the base's"
    assert (other.pair, other.attempts, other.order) == (9, 2, "bc")
    assert other.sharp == pytest.approx(log(1.02)), "the attempt with equal weather counts"
    assert other.seconds == pytest.approx(0.8)


def test_a_round_that_is_interrupted_leaves_no_row() -> None:
    def interrupted() -> Iterator[Record]:
        yield from islice(measured(), 5)
        raise KeyboardInterrupt

    found = rounds(interrupted(), Patient(made(), least=24, most=40), UNIT)
    assert [next(found)[-1].pair, next(found)[-1].pair] == [0, 1]
    with pytest.raises(KeyboardInterrupt):
        next(found)


def test_an_even_dose_that_the_operations_do_not_show_is_refused() -> None:
    rows, *_ = rounds(measured(), Patient(made(), least=24, most=40), UNIT)
    checked(rows, "2")
    for dose in ("3", "swapped-2"):
        with pytest.raises(AssertionError, match="rnn-training-small"):
            checked(rows, dose)
    mirrored = [replace(row, sharp=-row.sharp) for row in rows]
    checked(mirrored, "swapped-2")
    checked(mirrored, "fifth")


def test_both_sides_have_the_memory_of_the_base() -> None:
    places = {side: Place(paths=(side,), memory=size, cores=(0,)) for side, size in zip(CHANGE, (7, 8), strict=True)}
    assert {side: (own.paths, own.memory) for side, own in alike(places).items()} == {
        "base": (("base",), 7),
        "candidate": (("candidate",), 7),
    }


def campaigning(monkeypatch: pytest.MonkeyPatch, raised: BaseException) -> list[Unit]:
    """Which units are come to, where the second raises that."""
    seen: list[Unit] = []

    def measure(unit: Unit, _: Asked) -> None:
        seen.append(unit)
        if unit == WORTH[1]:
            raise raised

    monkeypatch.setattr("tests.perf.gate.measure.measure", measure)
    return seen


@pytest.mark.parametrize("raised", [Stuck("cannot be measured"), AssertionError("operations"), KeyError("case")])
def test_a_unit_that_cannot_be_measured_keeps_none_of_the_others_from_it_and_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], raised: Exception
) -> None:
    seen = campaigning(monkeypatch, raised)
    assert campaign(WORTH, asked(tmp_path / "none.csv")) == [WORTH[1]]
    assert seen == list(WORTH)
    assert type(raised).__name__ in capsys.readouterr().err
    with pytest.raises(SystemExit, match=r"not measured: .*quiet"):
        main(["--out", str(tmp_path / "none.csv")])


def test_a_session_that_has_failed_is_over_before_that_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    ended = []

    def session(*_: object) -> Iterator[list[Row]]:
        try:
            yield [Row(load="quiet", dose="2", repeat=1, kind="survey", case="rnn-training-small")]
        finally:
            ended.append("the load")

    monkeypatch.setattr("tests.perf.gate.measure.session", session)
    with repository("2") as folder, pytest.raises(AssertionError, match=r"rnn-training-small 1\.000000") as told:
        add(plan(folder / SUITE, Options()), UNIT, asked(tmp_path / "none.csv"), before=0)
    assert told.tb is not None, "which would keep it alive"
    assert ended == ["the load"]


def test_a_signal_ends_the_campaign(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    seen = campaigning(monkeypatch, Stopped(15, "stopped"))
    with pytest.raises(SystemExit) as ended:
        main(["--out", str(tmp_path / "none.csv")])
    assert (ended.value.code, seen) == (143, list(WORTH[:2]))


def test_a_load_for_the_candidate_alone_leaves_no_process() -> None:
    with candidate(1):
        assert loaders()
    assert not loaders()


def loaders() -> list[str]:
    """Processes that are such a load, and this one's children."""
    told = subprocess.run(["ps", "-o", "args", "--ppid", str(os.getpid())], capture_output=True, text=True, check=True)
    return [line for line in told.stdout.splitlines() if "weather.py" in line]


def test_everything_is_measured_once_and_equal_code_first() -> None:
    assert len(set(WORTH)) == len(WORTH)
    assert WORTH[0] == Unit(load="quiet", dose="0")
    assert {(one.load, one.dose) for one in WORTH if one.dose in MIRRORED} == {
        ("quiet", "swapped-2"),
        *((load, "swapped-3") for load in LOADS if load != "quiet"),
    }
    assert {one.load for one in WORTH if one.dose == "0"} == {one.load for one in WORTH if one.dose == "3"}


def test_pairs_are_those_of_one_unit(tmp_path: Path) -> None:
    rows = [*unit("quiet", "2", change=0, sd=0.01, pairs=3), *unit("quiet", "2", change=0, sd=0.01, pairs=2, repeat=2)]
    assert {len(own) for own in pairs_of(rows, UNIT).values()} == {3}
