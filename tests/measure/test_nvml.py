"""What a made-up driver says becomes readings and facts; what it does not say is unknown; nothing is ever set."""

import inspect
import re
from collections.abc import Callable
from types import SimpleNamespace

import pynvml
import pytest

from bench.measure import nvml
from bench.measure.card import Card, NoCard

HANDLE = object()
Answers = dict[str, Callable[..., object]]

ANSWERS: Answers = {
    "nvmlInit": lambda: None,
    "nvmlDeviceGetHandleByIndex": lambda index: HANDLE,
    "nvmlDeviceGetClockInfo": lambda handle, kind: {1: 1755, 2: 2619}[kind],
    "nvmlDeviceGetCurrentClocksEventReasons": lambda handle: 0x40,
    "nvmlDeviceGetTemperatureV": lambda handle, sensor: 61,
    "nvmlDeviceGetPowerUsage": lambda handle: 412_345,
    "nvmlDeviceGetTotalEnergyConsumption": lambda handle: 9_000_500,
    "nvmlDeviceGetMemoryInfo": lambda handle: SimpleNamespace(used=3 << 30, total=80 << 30),
    "nvmlDeviceGetComputeRunningProcesses": lambda handle: [object(), object(), object()],
    "nvmlDeviceGetName": lambda handle: "NVIDIA H100 80GB HBM3",
    "nvmlSystemGetDriverVersion": lambda: "580.159.04",
    "nvmlSystemGetCudaDriverVersion_v2": lambda: 13020,
    "nvmlDeviceGetEnforcedPowerLimit": lambda handle: 700_000,
    "nvmlDeviceGetMaxClockInfo": lambda handle, kind: {1: 1980, 2: 2619}[kind],
    "nvmlDeviceGetPersistenceMode": lambda handle: 1,
    "nvmlDeviceGetMigMode": lambda handle: [0, 0],
    "nvmlDeviceGetEccMode": lambda handle: [1, 1],
}


def refuse(code: int) -> Callable[..., object]:
    def answer(*_: object) -> object:
        raise pynvml.NVMLError(code)

    return answer


@pytest.fixture
def driver(monkeypatch: pytest.MonkeyPatch) -> Callable[..., Card]:
    """A card of a driver that answers like this, but for what is said otherwise."""

    def made(own: int = 1, identifier: str = "0", **other: Callable[..., object]) -> Card:
        for name, answer in {**ANSWERS, **other}.items():
            monkeypatch.setattr(pynvml, name, answer)
        return nvml.card(identifier, own)

    return made


def test_readings_are_in_the_units_that_they_promise(driver: Callable[..., Card]) -> None:
    found = driver()
    assert found.read() == {
        "clock": 1755.0,
        "memory_clock": 2619.0,
        "reasons": 64.0,
        "temperature": 61.0,
        "power": pytest.approx(412.345),
        "memory": float(3 << 30),
        "others": 2.0,
    }
    assert found.energy() == pytest.approx(9000.5)


def test_a_parent_has_no_process_on_the_card(driver: Callable[..., Card]) -> None:
    assert driver(own=0).read()["others"] == 3.0


def test_facts_are_short_texts_without_an_identifier(driver: Callable[..., Card]) -> None:
    assert driver().facts() == {
        "gpu": "NVIDIA H100 80GB HBM3",
        "gpu_driver": "580.159.04",
        "gpu_driver_cuda": "13.2",
        "gpu_memory": "81920 MiB",
        "gpu_power_limit": "700 W",
        "gpu_clock_max": "1980 MHz",
        "gpu_memory_clock_max": "2619 MHz",
        "gpu_persistence": "on",
        "gpu_partitions": "off",
        "gpu_error_correction": "on",
    }


def test_an_older_driver_is_asked_by_the_older_names(driver: Callable[..., Card]) -> None:
    missing = refuse(pynvml.NVML_ERROR_FUNCTION_NOT_FOUND)
    found = driver(
        nvmlDeviceGetCurrentClocksEventReasons=missing,
        nvmlDeviceGetCurrentClocksThrottleReasons=lambda handle: 8,
        nvmlDeviceGetTemperatureV=missing,
        nvmlDeviceGetTemperature=lambda handle, sensor: 55,
    ).read()
    assert (found["reasons"], found["temperature"]) == (8.0, 55.0)


def test_what_a_card_does_not_tell_is_unknown_and_never_zero(driver: Callable[..., Card]) -> None:
    unsupported = refuse(pynvml.NVML_ERROR_NOT_SUPPORTED)
    silent = {name: unsupported for name in ANSWERS if name not in ("nvmlInit", "nvmlDeviceGetHandleByIndex")}
    older = dict.fromkeys(
        ("nvmlDeviceGetCurrentClocksThrottleReasons", "nvmlDeviceGetTemperature", "nvmlSystemGetCudaDriverVersion"),
        unsupported,
    )
    found = driver(**silent, **older)
    assert set(found.read().values()) == {"unknown"}
    assert found.energy() == "unknown"
    assert set(found.facts().values()) == {"unknown"}


def test_a_card_is_found_by_the_identifier_that_torch_has_of_it(driver: Callable[..., Card]) -> None:
    asked: list[str] = []

    def by_identifier(name: str) -> object:
        asked.append(name)
        if name.startswith("GPU-"):
            raise pynvml.NVMLError(pynvml.NVML_ERROR_NOT_FOUND)
        return HANDLE

    found = driver(identifier="5f3a-00", nvmlDeviceGetHandleByUUID=by_identifier)
    assert asked == ["GPU-5f3a-00", "MIG-5f3a-00"]
    assert found.read()["clock"] == 1755.0


@pytest.mark.parametrize(
    ("code", "sentence"),
    [
        (pynvml.NVML_ERROR_LIBRARY_NOT_FOUND, nvml.LIBRARY),
        (pynvml.NVML_ERROR_DRIVER_NOT_LOADED, nvml.DRIVER),
        (pynvml.NVML_ERROR_GPU_IS_LOST, "NVIDIA's driver does not answer for this card (GPU is lost)"),
    ],
)
def test_a_machine_without_a_driver_says_so_in_one_sentence(
    driver: Callable[..., Card], code: int, sentence: str
) -> None:
    found = driver(nvmlInit=refuse(code))
    assert isinstance(found, NoCard)
    assert found.reason == sentence
    assert found.read() == {}


def test_the_driver_is_only_ever_asked() -> None:
    called = set(re.findall(r"\bnvml[A-Z]\w*", inspect.getsource(nvml))) - {"nvmlClocksEventReasons"}
    assert len(called) > 15
    assert not {name for name in called if not re.match(r"nvml(Init|(Device|System)Get)", name)}
