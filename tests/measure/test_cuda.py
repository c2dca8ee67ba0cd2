"""The CUDA device over a stand-in for torch.cuda, and what only a real GPU can say: `pytest -m cuda`."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from types import SimpleNamespace

import pytest
import torch

from bench.measure import cuda, observing
from bench.measure.card import NoCard, Readings
from bench.measure.cuda import COOLING_SIZE, SENTINEL_PRODUCTS, CudaDevice
from bench.measure.device import Unavailable
from bench.records.nouns import Record
from tests.measure.made_up import case
from tests.measure.test_worker import real

CYCLE = 0.5
"""Nanoseconds of the stand-in's clock."""
CACHE = 1000


@dataclass(slots=True)
class StandIn:
    """What torch.cuda was asked, and a clock that only `_sleep` and the steps of a test move, nanoseconds; the device
    has come to what was recorded until `done`."""

    time: float = 0.0
    done: float = 0.0
    told: list[str] = field(default_factory=list)
    devices: int = 1
    made: int = 0
    opened: bool = False
    allocated: int = 0
    most: int = 0
    broken: bool = False

    def tell(self, what: str) -> None:
        self.told.append(what)

    def open(self, index: object) -> None:
        self.tell(f"device {index!r}")
        self.opened = True

    def forget_peak(self) -> None:
        self.tell("reset_peak")
        self.most = self.allocated

    def sleep(self, cycles: int) -> None:
        self.tell(f"sleep {cycles}")
        self.time += cycles * CYCLE

    def synchronize(self) -> None:
        self.tell("synchronize")
        if self.broken:
            raise RuntimeError("CUDA error: an illegal memory access was encountered")


@pytest.fixture
def gpu(monkeypatch: pytest.MonkeyPatch) -> StandIn:
    """torch.cuda, answered by a stand-in; its tensors lie in main memory."""
    stand_in = StandIn()

    class Event:
        def __init__(self, *, enable_timing: bool) -> None:
            assert enable_timing
            stand_in.made += 1

        def record(self) -> None:
            self.at = stand_in.time

        def query(self) -> bool:
            return self.at <= stand_in.done

        def elapsed_time(self, end: "Event") -> float:
            return (end.at - self.at) / 1e6

    answers: dict[str, object] = {
        "is_available": lambda: stand_in.devices > 0,
        "device_count": lambda: stand_in.devices,
        "_is_in_bad_fork": lambda: False,
        "is_initialized": lambda: stand_in.opened,
        "manual_seed_all": lambda _: None,
        "memory_allocated": lambda: stand_in.allocated,
        "max_memory_allocated": lambda: stand_in.most,
        "set_device": stand_in.open,
        "default_stream": lambda: "default",
        "set_stream": lambda stream: stand_in.tell(f"stream {stream}"),
        "empty_cache": lambda: stand_in.tell("empty_cache"),
        "reset_peak_memory_stats": stand_in.forget_peak,
        "synchronize": stand_in.synchronize,
        "_sleep": stand_in.sleep,
        "get_device_properties": lambda _: SimpleNamespace(L2_cache_size=CACHE, uuid="0", major=9, minor=0),
        "current_device": lambda: 0,
        "Event": Event,
    }
    for name, answer in answers.items():
        monkeypatch.setattr(torch.cuda, name, answer)
    monkeypatch.setattr(torch.version, "cuda", "13.0")
    monkeypatch.setattr(cuda, "SENTINEL_SIDE", 8)
    return stand_in


def device(name: str = "cuda") -> CudaDevice:
    """One that makes its tensors where this machine can."""
    made = CudaDevice({"device": name})
    made.name = "cpu"
    return made


@pytest.fixture
def prepared(gpu: StandIn) -> CudaDevice:
    """Ready for a case; what that took is forgotten."""
    made = device()
    made.prepare(threads=1, seed=7)
    gpu.told.clear()
    return made


def test_every_case_meets_the_device_as_a_fresh_process_has_it(gpu: StandIn, prepared: CudaDevice) -> None:
    prepared.prepare(threads=1, seed=7)
    assert gpu.told == ["device 0", "stream default", "reset_peak", "synchronize"]


def test_what_a_case_has_left_to_the_allocator_is_given_back_before_the_next(
    gpu: StandIn, prepared: CudaDevice
) -> None:
    prepared.forget()
    assert gpu.told == ["empty_cache"]


def test_the_context_and_the_libraries_are_made_once_and_their_cost_is_told_once(gpu: StandIn) -> None:
    made = device("cuda:0")
    made.prepare(threads=1, seed=7)
    assert gpu.told[0] == "device 0"
    assert set(made.opened()) == {"context", "libraries"}
    made.prepare(threads=1, seed=7)
    assert made.opened() == {}


def test_what_the_libraries_keep_in_memory_is_not_the_first_case_s(
    gpu: StandIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    product, workspace = torch.mm, 32 << 20

    def keeping(left: torch.Tensor, right: torch.Tensor) -> torch.Tensor:
        gpu.allocated = workspace
        return product(left, right)

    monkeypatch.setattr(torch, "mm", keeping)
    made = device()
    made.memory.forget()  # as a survey does, before it prepares
    made.prepare(threads=1, seed=7)
    gpu.most = gpu.allocated + 1000
    assert gpu.allocated == workspace
    assert made.memory.bytes() == 1000


def test_the_driver_s_library_is_loaded_before_the_first_case_and_not_among_its_samples(
    gpu: StandIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    reads: list[str] = []

    class Asked(NoCard):
        def read(self) -> Readings:
            reads.append("asked")
            return {}

    monkeypatch.setattr(observing, "card_of", lambda identifier, own: Asked())
    made = device()
    for _ in range(2):
        made.prepare(threads=1, seed=7)
    assert reads == ["asked"]


@pytest.mark.parametrize(
    ("name", "devices", "built", "driver", "words"),
    [
        ("cuda", 0, None, False, "is built without CUDA"),
        ("cuda", 0, "13.0", False, "it has no NVIDIA driver"),
        ("cuda", 0, "13.0", True, "its NVIDIA driver shows none"),
        ("cuda:2", 2, "13.0", True, "finds 2 CUDA device(s), the last is cuda:1"),
    ],
)
def test_a_gpu_that_is_not_there_is_unavailable_and_says_what_is_missing(
    gpu: StandIn,
    monkeypatch: pytest.MonkeyPatch,
    *,
    tmp_path: Path,
    name: str,
    devices: int,
    built: str | None,
    driver: bool,
    words: str,
) -> None:
    gpu.devices = devices
    monkeypatch.setattr(torch.version, "cuda", built)
    monkeypatch.setattr(cuda, "DRIVER", tmp_path if driver else tmp_path / "none")
    with pytest.raises(Unavailable, match="torch") as caught:
        CudaDevice({"device": name}).prepare(threads=1, seed=7)
    assert words in str(caught.value)
    assert str(caught.value).startswith(f"{name}: ")


def test_a_fork_of_a_process_that_has_used_cuda_fails_and_is_not_taken_for_a_machine_without_a_gpu(
    gpu: StandIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    gpu.devices = 0
    monkeypatch.setattr(torch.cuda, "_is_in_bad_fork", lambda: True)
    with pytest.raises(RuntimeError, match="--launch spawn"):
        device().prepare(threads=1, seed=7)


def test_the_device_is_held_for_the_cycles_that_its_clock_counts_in_that_time(
    gpu: StandIn, prepared: CudaDevice
) -> None:
    prepared.hold(1000)
    assert gpu.told[-1] == "sleep 2000"
    gpu.told.clear()
    prepared.hold(500)
    assert gpu.told == ["sleep 1000"], "its cycles are counted once"


def test_marks_are_read_in_nanoseconds_and_their_events_are_used_again(gpu: StandIn, prepared: CudaDevice) -> None:
    prepared.hold(1000)
    events = gpu.made
    for _ in range(5):
        prepared.hold(1000)
        start = prepared.mark()
        gpu.time += 1234
        end = prepared.mark()
        assert prepared.between(start, end) == 1234
    assert gpu.made == events + 2


def test_whether_the_device_has_come_to_a_mark_is_asked_without_waiting(gpu: StandIn, prepared: CudaDevice) -> None:
    prepared.hold(1000)
    mark = prepared.mark()
    gpu.told.clear()
    gpu.done = gpu.time - 1
    assert not prepared.passed(mark)
    gpu.done = gpu.time
    assert prepared.passed(mark)
    assert gpu.told == []


def test_cooling_writes_more_than_the_cache_holds_and_waits_for_nothing(gpu: StandIn, prepared: CudaDevice) -> None:
    prepared.cool()
    assert prepared._cooler is not None
    assert prepared._cooler.numel() == COOLING_SIZE * CACHE
    assert "synchronize" not in gpu.told


@pytest.mark.parametrize("precision", ["highest", "high"])
def test_the_sentinel_multiplies_without_tf32_and_leaves_the_case_its_precision(
    gpu: StandIn, prepared: CudaDevice, monkeypatch: pytest.MonkeyPatch, precision: str
) -> None:
    torch.set_float32_matmul_precision(precision)
    settings, product, met = prepared.settings(), torch.mm, list[str]()

    def watched(left: torch.Tensor, right: torch.Tensor) -> torch.Tensor:
        met.append(torch.get_float32_matmul_precision())
        gpu.time += 100
        return product(left, right)

    monkeypatch.setattr(torch, "mm", watched)
    torch.manual_seed(7)
    assert prepared.sentinel() == SENTINEL_PRODUCTS * 100
    assert set(met) == {"highest"}
    assert prepared.settings() == settings
    torch.manual_seed(7)
    prepared.sentinel()
    after = torch.rand(1)
    torch.manual_seed(7)
    assert after == torch.rand(1), "it draws from a generator of its own"
    assert gpu.told[-1] == "synchronize"
    torch.set_float32_matmul_precision("highest")


def test_a_case_that_tells_one_library_by_its_own_switch_is_read_and_keeps_it(prepared: CudaDevice) -> None:
    """Torch refuses to say its common word then."""
    try:
        torch.backends.cuda.matmul.fp32_precision = "tf32"
        with pytest.raises(RuntimeError):
            torch.get_float32_matmul_precision()
        assert prepared.settings()["matmul_precision"] == "high"
        prepared.sentinel()
        assert torch.backends.cuda.matmul.fp32_precision == "tf32"
    finally:
        prepared.prepare(threads=1, seed=7)
    assert prepared.settings()["matmul_precision"] == "highest"


def test_the_libraries_of_a_gpu_are_the_host_s_torch_s_cuda_and_the_card(
    gpu: StandIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Told(NoCard):
        def facts(self) -> dict[str, str]:
            return {"gpu": "Made-up card"}

    asked: list[str] = []

    def named(name: str, environ: Mapping[str, str]) -> Told:
        asked.append(name)
        return Told()

    monkeypatch.setattr(cuda, "card_named", named)
    found = CudaDevice({"device": "cuda:1"}).libraries()
    assert (found["cuda"], found["gpu"]) == ("13.0", "Made-up card")
    assert {"mkl", "flag.cudnn_precision"} <= found.keys()
    assert asked == ["cuda:1"]
    assert gpu.told == [], "nothing is executed"


def test_a_context_that_fails_whatever_it_is_asked_is_not_sound(gpu: StandIn, prepared: CudaDevice) -> None:
    assert prepared.sound()
    gpu.broken = True
    assert not prepared.sound()


@pytest.fixture(scope="module")
def records() -> list[Record]:
    """Two cases on the first GPU, hot and cold, in processes that they share."""
    hot = case(kind="Sound")
    return real(hot, replace(case(kind="Sound", leak="none"), cache="cold"), device="cuda", isolate="round")


@pytest.mark.cuda
def test_on_a_gpu_hot_and_cold_trials_have_both_times(records: list[Record]) -> None:
    trials = [record for record in records if record.kind == "timed"]
    assert {record.status for record in trials} == {"ok"}, [record.note for record in records]
    assert len(trials) == 12
    assert all(min(record.device) > 0 and float(record.noise["mark_floor"]) > 0 for record in trials)


@pytest.mark.cuda
def test_on_a_gpu_a_fork_makes_its_context_once_a_process(records: list[Record]) -> None:
    assert [record.round for record in records if "context" in record.phases] == list(range(7))


@pytest.mark.cuda
def test_on_a_gpu_the_survey_sees_kernels_rounding_and_memory(records: list[Record]) -> None:
    for survey in (record for record in records if record.kind == "survey"):
        seen = ("kernels", "kernel_time", "kernel_busy", "rounding_matmul", "rounding_conv", "rounding_rnn")
        assert min(survey.metrics.get(name, 0.0) for name in (*seen, "device_memory", "peak_memory")) > 0, survey


@pytest.mark.cuda
def test_on_a_gpu_the_first_case_of_a_process_has_no_more_memory_than_the_same_after_it(records: list[Record]) -> None:
    first, second = (record.metrics["peak_memory"] for record in records if record.kind == "survey")
    assert abs(first - second) < 1 << 20


@pytest.mark.cuda
def test_on_a_gpu_the_driver_tells_of_every_trial(records: list[Record]) -> None:
    asked = ("clock", "memory_clock", "reasons", "temperature", "power", "memory")  # containers may hide "others"
    for trial in (record for record in records if record.kind == "timed"):
        told = {name: trial.noise.get(f"gpu_{name}", "unknown") for name in asked}
        assert "unknown" not in told.values(), told
        assert 0 < float(told["temperature"]) < 120
        assert 1 < float(told["power"]) < 2000, "watts"
        assert 100 < float(told["clock"]) < 10_000, "MHz"


@pytest.mark.cuda
def test_on_a_gpu_a_number_that_is_none_is_unavailable() -> None:
    (record,) = real(case(kind="Sound"), device="cuda:99")
    assert record.status == "unavailable"
    assert "the last is cuda:" in (record.note or "")
