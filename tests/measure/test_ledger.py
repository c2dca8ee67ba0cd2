"""What is on record is indexed by what it is: a peak is no trial."""

from bench.measure.ledger import Ledger
from bench.records.nouns import SCHEMA, Record


def test_a_peak_is_kept_and_is_no_trial() -> None:
    peak = Record(schema=SCHEMA, kind="peak", status="ok", case="threads=2", metrics={"copy": 1e9})
    ledger = Ledger()
    ledger.add(peak)
    assert ledger.peaks == {2}
    assert (ledger.trials, len(ledger.records)) == (0, 1)
