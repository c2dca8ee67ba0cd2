"""What counters of arithmetic see: nothing of oneDNN's LSTM. And the committed page says what its script makes."""

from collections.abc import Iterator

import pytest
import torch

from tests.evidence import flop_counters
from tests.evidence.flop_counters import Subject, by_flop_counter, missing, page, subjects, versions
from tests.evidence.repeats import ROOT

PAGE = ROOT / "results" / "evidence" / "flop_counters.md"
ONEDNN = torch.backends.mkldnn.is_available()  # type: ignore[no-untyped-call]

pytestmark = pytest.mark.torch


@pytest.fixture(autouse=True)
def _as_the_page_counts() -> Iterator[None]:
    with torch.no_grad():
        yield


def subject(name: str) -> Subject:
    (found,) = (each for each in subjects() if each.name == name)
    return found


@pytest.mark.skipif(not ONEDNN, reason="torch was built without oneDNN")
def test_torchs_counter_sees_nothing_of_onednns_lstm() -> None:
    fused = subject("LSTM on oneDNN")
    assert fused.forward == 28 * 4 * 100 * (28 + 100)
    assert by_flop_counter(fused.network, fused.inputs) == 0


def test_torchs_counter_agrees_with_the_closed_form_where_products_are_dispatched() -> None:
    for name in ("LSTM, products in a loop", "GRU", "RNN", "Linear", "CNN", "TCN"):
        seen = subject(name)
        assert by_flop_counter(seen.network, seen.inputs) == seen.forward, name


def test_a_counter_that_is_not_installed_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(flop_counters.OTHERS, "nowhere", ("nowhere_to_be_found.part", flop_counters.by_thop))
    assert "nowhere" in missing()


@pytest.mark.skipif(bool(missing()), reason=f"not installed: {', '.join(missing())}")
def test_the_page_is_what_its_script_prints() -> None:
    written, counted = (text.replace("\n" + text.splitlines()[-1] + "\n", "") for text in (page(), PAGE.read_text()))
    assert written == counted
    assert versions().startswith("Counted with torch ")
