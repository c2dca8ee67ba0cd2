"""Asked and reached, side by side."""

import json
from dataclasses import replace

import pytest

from bench.analysis.findings import findings
from bench.analysis.summary import summary, wall_seconds
from bench.records.nouns import Record, Start
from tests.analysis.made_up import analysed, case, models, survey, timed, trials

LSTM, CNN = "model=lstm", "model=cnn"


def start(at: float) -> Start:
    return Start(schema=1, started=at, boot="", git={}, environment={})


def placed(record: Record, at: float, phases: dict[str, float]) -> Record:
    return replace(record, started=at, phases=phases)


def made() -> dict[str, object]:
    records = [
        survey(CNN, status="oom"),
        *trials(LSTM, [1 + 0.001 * n for n in range(10)]),
        timed(LSTM, 0, attempt=1, sentinel=9e6),
    ]
    timeline = [placed(r, 100.0 + n, {"total": 0.5, "samples": 0.25}) for n, r in enumerate(records)]
    run = analysed((*models("lstm", "cnn"), case(levels={"model": "rnn"}, skip="slow")), timeline)
    return summary(run, findings(run), starts=[start(99.5)])


def part(of: object, *names: str) -> object:
    for name in names:
        assert isinstance(of, dict)
        of = of[name]
    return of


def test_a_summary_is_json() -> None:
    assert json.loads(json.dumps(made()))["schema"] == 1


def test_what_was_asked_stands_beside_what_was_reached() -> None:
    found = made()
    assert (part(found, "asked", "rounds"), part(found, "asked", "precision")) == (10, 0.02)
    assert part(found, "reached", "status") == {"ok": 1, "oom": 1, "skipped": 1}
    assert part(found, "reached", "precise") == 1
    assert part(found, "reached", "cases", CNN) == {"status": "oom", "rounds": 0, "half_width": None}
    assert part(found, "reached", "cases", LSTM, "rounds") == 10
    assert part(found, "reached", "half_width", "worst") == part(found, "reached", "cases", LSTM, "half_width")


def test_attempts_are_counted_and_repetitions_among_them() -> None:
    assert part(made(), "trials") == {"attempts": 11, "repeated": 1, "counted": 10, "left_out": 0, "failed": 0}


def test_time_is_added_up_by_phase_and_the_share_in_samples_is_of_the_wall_time() -> None:
    found = made()
    assert part(found, "time", "wall") == pytest.approx(12.0)
    assert part(found, "time", "phases") == pytest.approx({"samples": 3.0})
    assert part(found, "time", "children") == pytest.approx(6.0)
    assert part(found, "time", "servers") == pytest.approx(6.0)
    in_samples = 3 * 2e-3 * (sum(1 + 0.001 * n for n in range(10)) + 1)
    assert part(found, "time", "samples") == pytest.approx(in_samples)
    assert part(found, "time", "share") == pytest.approx(in_samples / 12.0)


def test_the_pause_before_a_resume_is_no_wall_time() -> None:
    records = [placed(timed(LSTM, r), at, {"total": 2.0}) for r, at in enumerate((105.0, 110.0, 905.0))]
    assert wall_seconds(records, [start(100.0), start(900.0)]) == pytest.approx(12.0 + 7.0)
    assert wall_seconds(records[:2], [start(100.0), start(900.0)]) == pytest.approx(12.0)


def test_without_starts_the_wall_time_runs_from_the_first_record() -> None:
    records = [placed(timed(LSTM, r), at, {"total": 2.0}) for r, at in enumerate((105.0, 110.0))]
    assert wall_seconds(records, []) == pytest.approx(7.0)


def test_a_run_without_records_has_a_summary_without_a_share() -> None:
    run = analysed(models("lstm"), [])
    run = replace(run, records=(), surveys={})
    found = summary(run, (), starts=[])
    assert part(found, "time", "share") is None
    assert part(found, "reached", "status") == {"cancelled": 1}


def test_findings_are_given_whole() -> None:
    run = analysed(models("lstm"), trials(LSTM, [1.0] * 3))
    (found,) = findings(run)
    assert part(summary(run, [found], starts=[]), "findings") == [
        {"code": "too few rounds", "message": found.message, "advice": found.advice, "cases": (LSTM,)}
    ]
