"""What a made-up driver says becomes readings and facts; what it does not say is unknown; nothing is ever set."""

import inspect
import re
from collections.abc import Callable, Mapping
from types import SimpleNamespace

import pynvml
import pytest

from bench.measure import nvml
from bench.measure.card import Card, NoCard
from bench.records.card import COUNTED

HANDLE = object()
Answers = dict[str, Callable[..., object]]
IDENTIFIER = "GPU-5f3a0c11-2222-3333-4444-555566667777"


def told(fields: Mapping[int, tuple[int, str, float]]) -> Callable[..., object]:
    """A driver that has these fields, each of a type, in a member, with a value, and no others."""

    def answer(_: object, numbers: list[int]) -> object:
        assert all(isinstance(number, int) for number in numbers)
        found = [fields.get(number) for number in numbers]
        return [
            SimpleNamespace(nvmlReturn=pynvml.NVML_ERROR_NOT_SUPPORTED)
            if each is None
            else SimpleNamespace(
                nvmlReturn=pynvml.NVML_SUCCESS, valueType=each[0], value=SimpleNamespace(**{each[1]: each[2]})
            )
            for each in found
        ]

    return answer


FIELDS = {
    186: (1, "uiVal", 412_345),
    74: (3, "ullVal", 7_000_000_000),
    76: (3, "ullVal", 0),
    269: (3, "ullVal", 11),
    270: (2, "ulVal", 12),
    271: (3, "ullVal", 13),
    77: (3, "ullVal", 14),
}
"""An unknown field is told of one by one; 79 is one here."""

ANSWERS: Answers = {
    "nvmlInit": lambda: None,
    "nvmlDeviceGetHandleByIndex": lambda index: HANDLE,
    "nvmlDeviceGetClockInfo": lambda handle, kind: {1: 1755, 2: 2619}[kind],
    "nvmlDeviceGetCurrentClocksEventReasons": lambda handle: 0x40,
    "nvmlDeviceGetTemperatureV": lambda handle, sensor: 61,
    "nvmlDeviceGetFieldValues": told(FIELDS),
    "nvmlDeviceGetPowerUsage": lambda handle: 99_000,
    "nvmlDeviceGetTotalEnergyConsumption": lambda handle: 9_000_500,
    "nvmlDeviceGetMemoryInfo": lambda handle: SimpleNamespace(used=3 << 30, total=80 << 30),
    "nvmlDeviceGetComputeRunningProcesses": lambda handle: [object(), object(), object()],
    "nvmlDeviceGetName": lambda handle: "NVIDIA H100 80GB HBM3",
    "nvmlDeviceGetUUID": lambda handle: IDENTIFIER,
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
        "slowed_power_cap": 7e9,
        "slowed_synchronised_boost": 0.0,
        "slowed_software_thermal_slowdown": 11.0,
        "slowed_hardware_thermal_slowdown": 12.0,
        "slowed_power_brake": 13.0,
        "slowed_board_limit": 14.0,
        "slowed_reliability": "unknown",
    }
    assert found.energy() == pytest.approx(9000.5)


def test_power_is_that_of_the_moment_and_the_mean_of_a_second_only_where_nothing_else_is_told(
    driver: Callable[..., Card],
) -> None:
    assert driver().power() == pytest.approx(412.345)
    assert driver(nvmlDeviceGetFieldValues=told({})).power() == pytest.approx(99.0)
    refused = driver(nvmlDeviceGetFieldValues=refuse(pynvml.NVML_ERROR_NOT_SUPPORTED))
    assert refused.power() == pytest.approx(99.0)
    assert refused.read()["power"] == pytest.approx(99.0)
    assert refused.read()["slowed_power_cap"] == "unknown"


def test_every_reason_that_is_counted_has_a_field() -> None:
    assert set(nvml.COUNTERS) == set(COUNTED.values())
    named = {name: number for name, number in vars(pynvml).items() if "CLOCKS_EVENT_REASON_" in name}
    if named:  # in newer packages
        ours = {nvml.COUNTERS[bit] for bit in (0x004, 0x010, 0x020, 0x040, 0x080)}
        assert ours == {number for name, number in named.items() if name.startswith("NVML_FI_DEV_")}
    assert nvml.POWER_INSTANT == pynvml.NVML_FI_DEV_POWER_INSTANT


def test_a_parent_has_no_process_on_the_card(driver: Callable[..., Card]) -> None:
    assert driver(own=0).read()["others"] == 3.0


def test_a_container_that_shows_no_process_hides_those_of_others(driver: Callable[..., Card]) -> None:
    for shown, others in (([], "unknown"), ([object()], 0.0), ([object()] * 2, 1.0)):
        found = driver(own=1, nvmlDeviceGetComputeRunningProcesses=lambda handle, shown=shown: shown)
        assert found.read()["others"] == others


def test_facts_are_short_texts_and_of_the_identifier_there_is_a_hash(driver: Callable[..., Card]) -> None:
    found = driver().facts()
    one = found.pop("gpu_card")
    assert re.fullmatch("[0-9a-f]{8}", one)
    assert one not in IDENTIFIER
    assert driver().facts()["gpu_card"] == one
    other = driver(nvmlDeviceGetUUID=lambda handle: IDENTIFIER.replace("7", "8"))
    assert other.facts()["gpu_card"] != one
    assert found == {
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
    called = set(re.findall(r"\bnvml[A-Z]\w*", inspect.getsource(nvml))) - {"nvmlClocksEventReasons", "nvmlReturn"}
    assert len(called) > 15
    assert not {name for name in called if not re.match(r"nvml(Init|(Device|System)Get)", name)}
