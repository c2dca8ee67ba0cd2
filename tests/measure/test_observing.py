"""Torch's own instruments, on the processor, and as far as a card's need none."""

import pytest
import torch

from bench.measure import observing
from bench.measure.card import NoCard
from bench.measure.observing import ROUNDED, CardEyes, HostEyes, error_of
from bench.records.roofline import COPY

pytestmark = pytest.mark.torch


class Small(HostEyes):
    """Peaks that take milliseconds."""

    side, block = 64, 1 << 20


def test_peaks_are_rates_of_a_copy_and_of_products(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(observing, "SECONDS", 0.0)
    found = Small().peaks(["float64", "float32"])
    assert list(found) == [COPY, "float64", "float32"]
    assert min(found.values()) > 1e6


def test_a_precision_that_has_no_plain_product_has_no_peak_and_costs_the_others_nothing(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(observing, "SECONDS", 0.0)
    assert list(Small().peaks(["float8_e4m3fn", "float32"])) == [COPY, "float32"]


def test_a_processor_has_no_card_no_kernels_and_nothing_to_prove() -> None:
    eyes = HostEyes()
    assert isinstance(eyes.card, NoCard)
    assert eyes.kernels(lambda: None) is None
    assert eyes.rounding() == {}
    assert eyes.memory is eyes.memory


def test_nobody_makes_a_context_by_asking_for_the_card() -> None:
    assert CardEyes().card.read() == {}
    assert not torch.cuda.is_initialized()  # type: ignore[no-untyped-call]


def test_memory_of_a_card_is_counted_before_its_first_context() -> None:
    memory = CardEyes().memory
    memory.forget()
    assert memory.before == 0
    assert not torch.cuda.is_initialized()  # type: ignore[no-untyped-call]


@pytest.mark.parametrize("part", ROUNDED)
def test_a_computation_that_is_not_rounded_has_an_error_far_below_the_limit(part: str) -> None:
    assert 0 < error_of(ROUNDED[part], "cpu") < 1e-5


@pytest.mark.parametrize("part", ROUNDED)
def test_the_proof_heeds_no_default_device_of_a_case(part: str) -> None:
    torch.set_default_device("meta")
    try:
        assert 0 < error_of(ROUNDED[part], "cpu") < 1e-5
    finally:
        torch.set_default_device(None)


def test_a_product_that_is_rounded_to_ten_bits_has_an_error_far_above_it() -> None:
    def rounded(kind: torch.dtype, place: str) -> torch.Tensor:
        left, right = (torch.randn(512, 512, dtype=torch.float64) for _ in range(2))
        if kind == torch.float64:
            return left @ right
        tf32 = [(each.float().view(torch.int32) & ~0x1FFF).view(torch.float32) for each in (left, right)]
        return tf32[0] @ tf32[1]

    assert error_of(rounded, "cpu") > 3e-5


def test_the_proof_leaves_the_generator_alone() -> None:
    before = torch.random.get_rng_state()
    error_of(ROUNDED["matmul"], "cpu")
    assert torch.equal(before, torch.random.get_rng_state())
