"""The repositories are what they are called, the page says what was and was not met, and the committed one is right."""

import subprocess
from dataclasses import replace
from pathlib import Path

import pytest

from tests.perf.gate.repositories import DOSES, EQUAL, OUT, Row, expected, good, main, page, read, write
from tests.perf.gate.repository_layouts import DOSE, LAYOUTS, Layout, changed, made

WHEEL = next(layout for layout in LAYOUTS if not layout.comparable)


def rows(layout: Layout, dose: str) -> list[Row]:
    """What is asked for."""
    return [
        Row(
            layout=layout.name,
            dose=dose,
            case=case,
            verdict=verdict,
            change="0.0500" if layout.comparable else "",
            pairs=12,
            exit_code=0,
            seconds=30.0,
            note="" if layout.comparable else "not in its tree; hint: `paths`",
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
    assert f"| {first.name} | +5 % | changed | regression | regression | +5.0 % | 12 | 0 | 30 |" in text


def test_another_verdict_or_no_hint_is_not_met() -> None:
    first = LAYOUTS[0]
    wrong = [replace(row, verdict="unchanged") for row in rows(first, DOSE)]
    assert good(wrong, first, DOSE) is False
    assert good(rows(WHEEL, DOSE), WHEEL, DOSE) is True
    assert good([replace(row, note="") for row in rows(WHEEL, DOSE)], WHEEL, DOSE) is False
    assert f"- {first.name}: **not met**." in page([*rows(first, EQUAL), *wrong])


def test_rows_are_read_as_they_were_written(tmp_path: Path) -> None:
    whole = [row for layout in LAYOUTS for dose in DOSES for row in rows(layout, dose)]
    write(tmp_path / "a.csv", list(reversed(whole)))
    found = read(tmp_path / "a.csv")
    assert {*found} == {*whole}
    assert [row.layout for row in found] == [row.layout for row in whole]


@pytest.mark.skipif(not OUT.exists(), reason="nothing was measured yet")
def test_the_committed_page_is_what_the_script_prints(capsys: pytest.CaptureFixture[str]) -> None:
    main(["--only-table"])
    assert capsys.readouterr().out == OUT.with_suffix(".md").read_text("utf-8")
