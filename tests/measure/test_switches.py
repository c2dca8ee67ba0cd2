"""Torch's switches: to read and to set them asks for no GPU and gives no warning; `test_worker` sees them set back."""

import pytest
import torch

from bench.measure.switches import SWITCHES

pytestmark = pytest.mark.torch


@pytest.mark.parametrize("name", SWITCHES)
def test_a_switch_is_read_and_set_without_a_context(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    def asked() -> None:
        raise AssertionError("a context was asked for")

    monkeypatch.setattr(torch.cuda, "_lazy_init", asked)
    read, restore = SWITCHES[name]
    fresh = read()
    restore(fresh)
    assert read() == fresh
