from dataclasses import replace

from bench.report.measured import day, factors, measured
from tests.report.samples import LATENCIES, RUN, START


def test_every_factor_is_named_with_its_levels_in_the_order_of_the_suite() -> None:
    assert factors(RUN) == (("model", "lstm, cnn"), ("size", "28, 56"), ("mode", "inference, training"))


def test_what_was_done_is_told_with_statuses_rounds_machine_and_day() -> None:
    found = dict(measured(RUN, [START], LATENCIES))
    assert found["Cases"] == "7 (5 ok, 1 failed, 1 skipped)"
    assert found["Rounds"].startswith("10; a trial of 300 ms")
    assert found["Measured"] == f"{day([START])}, at revision 0123456789ab"


def test_a_run_that_never_started_has_no_day() -> None:
    assert day([]) == ""
    assert "Measured" not in dict(measured(replace(RUN, fingerprint={}), [], []))
