"""Torch's own instruments, on the processor, and as far as a card's need none."""

from collections.abc import Iterator
from types import SimpleNamespace, TracebackType

import pytest
import torch
from torch.profiler import ProfilerActivity

from bench.measure import observing
from bench.measure.card import NoCard
from bench.measure.kernels import Launched
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


@pytest.fixture
def switches() -> Iterator[None]:
    """The roundings of a GPU's products, to be set by a test and as torch has them again after it."""
    torch.set_float32_matmul_precision("highest")
    torch._C._set_cudnn_allow_tf32(False)
    yield
    torch.set_float32_matmul_precision("highest")
    torch._C._set_cudnn_allow_tf32(True)


SQUARE, IMAGE, KERNELS = torch.randn(16, 16), torch.randn(1, 3, 8, 8), torch.randn(4, 3, 3, 3)


def test_a_step_has_the_precision_to_which_its_own_products_may_be_rounded(switches: None) -> None:
    def product() -> object:
        return SQUARE @ SQUARE

    def images() -> object:
        return torch.conv2d(IMAGE, KERNELS)

    eyes = CardEyes()
    assert [eyes.traffic(step).dtype for step in (product, images)] == ["float32", "float32"]
    torch.backends.cudnn.conv.fp32_precision = "tf32"  # type: ignore[attr-defined]
    assert [eyes.traffic(step).dtype for step in (product, images)] == ["float32", "tf32"]
    torch.set_float32_matmul_precision("high")
    torch.backends.cudnn.conv.fp32_precision = "ieee"  # type: ignore[attr-defined]
    assert [eyes.traffic(step).dtype for step in (product, images)] == ["tf32", "float32"]
    assert eyes.traffic(lambda: SQUARE.double() @ SQUARE.double()).dtype == "float64"
    assert eyes.traffic(lambda: SQUARE + 1).dtype == "float32", "what multiplies nothing is rounded by no switch"
    assert eyes.traffic(product).bytes == HostEyes().traffic(product).bytes > 0


class Profiler:
    """Torch's, with what it would have seen of a GPU made up."""

    asked: list[ProfilerActivity]
    open = False

    def __init__(self, activities: list[ProfilerActivity]) -> None:
        Profiler.asked = activities

    def __enter__(self) -> "Profiler":
        Profiler.open = True
        return self

    def __exit__(self, kind: type | None, error: BaseException | None, trace: TracebackType | None) -> None:
        Profiler.open = False

    def events(self) -> list[SimpleNamespace]:
        return [event("aten::mm", 0, 9, place="CPU"), event("sgemm", 3, 7), event("mine", 2, 9, marked=True)]


def event(name: str, start: float, end: float, *, place: str = "CUDA", marked: bool = False) -> SimpleNamespace:
    span, device = SimpleNamespace(start=start, end=end), SimpleNamespace(name=place)
    return SimpleNamespace(name=name, time_range=span, device_type=device, is_user_annotation=marked)


def test_kernels_are_what_the_gpu_did_in_a_step_without_ranges_that_somebody_marked(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    done: list[str] = []
    monkeypatch.setattr(torch.profiler, "profile", Profiler)
    monkeypatch.setattr(torch.cuda, "synchronize", lambda: done.append(f"finished {Profiler.open}"))
    found = CardEyes().kernels(lambda: done.append(f"step {Profiler.open}"))
    assert found == [Launched(name="sgemm", start=3, end=7)]
    assert done == ["step True", "finished True"], "what is still under way when the profiler ends is lost"
    assert set(Profiler.asked) == {ProfilerActivity.CPU, ProfilerActivity.CUDA}


def test_every_switch_of_rounding_is_proved_where_the_products_are(monkeypatch: pytest.MonkeyPatch) -> None:
    places: list[str] = []

    def work(kind: torch.dtype, place: str) -> torch.Tensor:
        places.append(place)
        return torch.ones(3, dtype=kind)

    monkeypatch.setattr(observing, "ROUNDED", dict.fromkeys(("matmul", "conv", "rnn"), work))
    assert CardEyes().rounding() == {"matmul": 0.0, "conv": 0.0, "rnn": 0.0}
    assert places == ["cpu", "cuda", "cuda", "cuda"], "the exact one once, on the processor"


def test_a_card_is_looked_up_once_by_its_identifier_with_this_process_on_it(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[tuple[str, int]] = []

    def found(identifier: str, *, own: int) -> NoCard:
        asked.append((identifier, own))
        return NoCard("made up")

    properties = {3: SimpleNamespace(uuid="5f3a-00")}
    monkeypatch.setattr(torch.cuda, "is_initialized", lambda: True)
    monkeypatch.setattr(torch.cuda, "current_device", lambda: 3)
    monkeypatch.setattr(torch.cuda, "get_device_properties", properties.__getitem__)
    monkeypatch.setattr(observing, "card_of", found)
    eyes = CardEyes()
    assert eyes.card is eyes.card
    assert eyes.card.facts() == {"gpu_driver": "unknown: made up"}
    assert asked == [("5f3a-00", 1)]
