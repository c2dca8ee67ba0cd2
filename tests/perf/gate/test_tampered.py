"""The committed page is what the script prints today: every tampered baseline is refused or listed."""

from pathlib import Path

import pytest

from tests.perf.gate.rows import OUT
from tests.perf.gate.tampered import CODE, KINDS, TAMPERS, Tamper, Told, page, shown

PAGE = OUT.with_name("gate_tampered.md")


def test_the_page_is_what_the_script_prints() -> None:
    assert PAGE.read_text("utf-8") == "\n".join(page()) + "\n"


def test_every_kind_of_tampering_is_there() -> None:
    assert {tamper.kind for tamper in TAMPERS} == {*KINDS, CODE}


@pytest.mark.parametrize(
    ("kind", "become", "text", "expected"),
    [
        ("levels", "listed", "incomparable: `a`: field: 1 → 2", True),
        ("levels", "judged", "field: 1 → 2", False),
        ("levels", "refused", "bench: no", False),
        (CODE, "judged", "field: 1 → 2", True),
        (CODE, "refused", "field: 1 → 2", False),
    ],
)
def test_what_is_judged_or_does_not_name_the_field_is_not_shown(
    kind: str, become: str, text: str, expected: bool
) -> None:
    tamper = Tamper(kind=kind, what="", change=Path.touch, says="field: 1 → 2")
    assert shown(tamper, Told(become=become, code=4, text=text)) is expected  # type: ignore[arg-type]
