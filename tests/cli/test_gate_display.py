"""What the display of a gate says after a look."""

import pytest

from bench.api.gate_progress import Looked
from bench.cli.gate_display import look_line
from tests.gate.made_up import a_gate, names

STANDS = {"unchanged": 3, "inconclusive": 1}


@pytest.mark.parametrize(
    ("following", "left", "says"),
    [
        (24, 75.0, "; the undecided go on to 24 pairs, about 1 min 15 s"),
        (None, 12.0, "; the control takes about 12 s"),
        (None, 0.0, ""),
    ],
)
def test_a_look_says_what_is_decided_and_what_is_still_to_pay(following: int | None, left: float, says: str) -> None:
    run = a_gate(*names(4))
    said = look_line(run, Looked(pairs=12, verdicts=STANDS, following=following, left=left))
    assert said == f"{run.suite.name}: after 12 pairs: 1 inconclusive, 3 unchanged{says}"
