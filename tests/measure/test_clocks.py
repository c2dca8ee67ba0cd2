"""A trial's clock is related to the fastest of its run; a peak on record is no trial."""

from bench.measure.ledger import Clocks, Ledger
from bench.records.nouns import SCHEMA, Kind, Record, Status


def record(clock: float | None, kind: Kind = "timed", status: Status = "failed") -> Record:
    noise = {} if clock is None else {"gpu_clock": clock}
    return Record(schema=SCHEMA, kind=kind, status=status, case="a", noise=dict(noise))


def test_the_fastest_clock_of_surveys_and_trials_is_the_reference() -> None:
    clocks = Clocks()
    assert "gpu_clock_share" not in clocks.related(record(1980.0, "survey")).noise
    assert clocks.related(record(990.0)).noise["gpu_clock_share"] == 0.5
    assert clocks.related(record(2000.0)).noise["gpu_clock_share"] == 1.0
    assert clocks.related(record(1000.0)).noise["gpu_clock_share"] == 0.5


def test_a_card_that_is_locked_to_a_low_clock_is_not_slow() -> None:
    clocks = Clocks()
    assert [clocks.related(record(1200.0)).noise["gpu_clock_share"] for _ in range(3)] == [1.0, 1.0, 1.0]


def test_without_a_clock_there_is_no_share() -> None:
    assert Clocks().related(record(None)).noise == {}


def test_a_run_that_is_gone_on_with_remembers_its_fastest_clock() -> None:
    ledger = Ledger([record(2000.0, "survey")])
    assert ledger.add(record(1000.0)).noise["gpu_clock_share"] == 0.5


def test_a_peak_is_kept_and_is_no_trial() -> None:
    peak = Record(schema=SCHEMA, kind="peak", status="ok", case="threads=2", metrics={"copy": 1e9})
    ledger = Ledger()
    ledger.add(peak)
    assert ledger.peaks == {2}
    assert (ledger.trials, len(ledger.records)) == (0, 1)
