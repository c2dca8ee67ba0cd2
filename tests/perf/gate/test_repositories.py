"""The repositories are what they are called, the page says what was and was not met, and the committed one is right."""

import subprocess
from dataclasses import replace
from pathlib import Path

import pytest

from tests.perf.gate.repositories import DOSES, EQUAL, OUT, Row, expected, expected_code, good, main, page, read, write
from tests.perf.gate.repository_layouts import DOSE, LAYOUTS, Layout, changed, made

WHEEL = next(layout for layout in LAYOUTS if not layout.comparable)


def rows(layout: Layout, dose: str, repeat: int = 1) -> list[Row]:
    """What is asked for."""
    return [
        Row(
            layout=layout.name,
            dose=dose,
            case=case,
            verdict=verdict,
            change="0.0500" if layout.comparable else "",
            pairs=12,
            exit_code=expected_code(layout, dose),
            seconds=30.0,
            note="" if layout.comparable else "not in its tree; hint: `paths`",
            repeat=repeat,
            control="still" if layout.comparable else "none",
            revision="0123456789ab",
        )
        for case, verdict in expected(layout, dose).items()
    ]


@pytest.mark.parametrize("layout", LAYOUTS, ids=lambda layout: layout.name)
def test_the_working_tree_is_its_commit_until_it_is_changed(layout: Layout, tmp_path: Path) -> None:
    folder = made(layout, tmp_path)
    assert status(folder) == ""
    changed(layout, folder)
    assert status(folder) == f"M {layout.work}"


def status(folder: Path) -> str:
    told = subprocess.run(["git", "-C", folder, "status", "--short"], capture_output=True, text=True, check=True)
    return told.stdout.strip()


def test_what_was_asked_for_is_met_and_what_is_not_there_is_not_measured() -> None:
    first, second, *_ = LAYOUTS
    whole = [*rows(first, EQUAL), *rows(first, DOSE), *rows(second, EQUAL)]
    text = list(page(whole))
    assert f"- {first.name}: met." in text
    assert f"- {second.name}: not measured." in text
    assert f"| {first.name} | +5 % | 1 | changed | regression | regression | +5.0 % | 12 | 1 | 30 |" in text
    assert "Revision of the harness: `0123456789ab`.\n" in text
    assert any("The control fired in 0 of 3, 0.0 % (0.0 to 70.8 %) gates." in line for line in text)


def test_another_verdict_or_no_hint_is_not_met() -> None:
    first = LAYOUTS[0]
    wrong = [replace(row, verdict="unchanged") for row in rows(first, DOSE)]
    assert good(wrong, first, DOSE) is False
    assert good(rows(WHEEL, DOSE), WHEEL, DOSE) is True
    assert good([replace(row, note="") for row in rows(WHEEL, DOSE)], WHEEL, DOSE) is False
    assert f"- {first.name}: **not met**." in page([*rows(first, EQUAL), *wrong])


@pytest.mark.parametrize("layout", LAYOUTS, ids=lambda layout: layout.name)
@pytest.mark.parametrize("dose", DOSES)
def test_the_right_verdicts_of_a_gate_that_does_not_believe_them_are_not_met(layout: Layout, dose: str) -> None:
    told = rows(layout, dose)
    assert good(told, layout, dose) is True
    doubted = 0 if not layout.comparable else 4
    assert good([replace(row, exit_code=doubted) for row in told], layout, dose) is False


def test_every_repeat_that_any_gate_has_must_say_what_is_asked_for() -> None:
    first, second, *_ = LAYOUTS
    once = [row for dose in DOSES for layout in (first, second) for row in rows(layout, dose)]
    again = [row for dose in DOSES for row in rows(first, dose, repeat=2)]
    text = list(page([*once, *again]))
    assert (f"- {first.name}: met." in text, f"- {second.name}: not measured." in text) == (True, True)
    wrong = [replace(row, verdict="inconclusive") for row in again]
    assert f"- {first.name}: **not met**." in page([*once, *wrong])


def test_rows_that_are_killed_while_they_are_written_leave_those_that_were_there(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file, before = tmp_path / "a.csv", rows(LAYOUTS[0], EQUAL)
    write(file, before)

    def killed(_: int) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("os.fsync", killed)
    with pytest.raises(KeyboardInterrupt):
        write(file, [*before, *rows(LAYOUTS[0], DOSE)])
    assert read(file) == before
    assert list(tmp_path.iterdir()) == [file]


def test_rows_are_read_as_they_were_written(tmp_path: Path) -> None:
    whole = [row for layout in LAYOUTS for dose in DOSES for n in (1, 2) for row in rows(layout, dose, repeat=n)]
    write(tmp_path / "a.csv", list(reversed(whole)))
    found = read(tmp_path / "a.csv")
    assert {*found} == {*whole}
    assert [row.layout for row in found] == [row.layout for row in whole]


@pytest.mark.skipif(not OUT.exists(), reason="nothing was measured yet")
def test_the_committed_page_is_what_the_script_prints(capsys: pytest.CaptureFixture[str]) -> None:
    main(["--only-table"])
    assert capsys.readouterr().out == OUT.with_suffix(".md").read_text("utf-8")
