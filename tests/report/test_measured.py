from dataclasses import replace

from bench.report.measured import circumstances, day, factors, measured
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


def test_the_circumstances_name_what_all_the_cases_share_and_nothing_else() -> None:
    lstm = [case for case in RUN.cases if case.levels["model"] == "lstm"]
    assert circumstances(RUN, [START], lstm) == (
        f"Measured on {day([START])} on epyc-2c, device cpu, with torch 2.15.0, python 3.11.9; in these cases: "
        "model lstm, allocator retain, threads 1."
    )
    two = [replace(lstm[0], threads=2, arguments={**lstm[0].arguments, "dtype": "float32"}), lstm[1]]
    assert circumstances(RUN, [START], two).endswith("in these cases: model lstm, size 28, allocator retain.")
