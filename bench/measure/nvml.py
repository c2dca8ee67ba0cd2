"""The NVIDIA driver's library → what it says of one card. It is only ever asked: nothing of a card is set or reset.

NVML counts cards in the order of the PCI bus and heeds no CUDA_VISIBLE_DEVICES, so a child, which knows the identifier
of the card that it computes on, names that. Functions have been renamed over the years (throttle reasons became clocks
event reasons, temperatures got versions): of each the newest that both the package and the driver have is called.

Why power is asked for as a field: the function of that name tells the mean of a second, from Ampere on, of which a
trial is a twentieth. Fields are named by their numbers, which stay: an older package lacks some of the names."""

from collections.abc import Callable, Mapping, Sequence

import pynvml

from bench.measure.card import Card, NoCard, Readings
from bench.measure.hashes import hash_of_text
from bench.measure.probes import Reading
from bench.records.card import COUNTED

LIBRARY = "the library of NVIDIA's driver, libnvidia-ml, is not on this machine"
DRIVER = "NVIDIA's driver does not run on this machine"
_MISSING = {pynvml.NVML_ERROR_LIBRARY_NOT_FOUND: LIBRARY, pynvml.NVML_ERROR_DRIVER_NOT_LOADED: DRIVER}

_REASONS = ("nvmlDeviceGetCurrentClocksEventReasons", "nvmlDeviceGetCurrentClocksThrottleReasons")
_TEMPERATURE = ("nvmlDeviceGetTemperatureV", "nvmlDeviceGetTemperature")
_CUDA = ("nvmlSystemGetCudaDriverVersion_v2", "nvmlSystemGetCudaDriverVersion")
_STATES = {pynvml.NVML_FEATURE_ENABLED: "on", pynvml.NVML_FEATURE_DISABLED: "off"}
_MILLI = 1e-3

POWER_INSTANT = 186
"""Milliwatts (nvml.h: NVML_FI_DEV_POWER_INSTANT)."""
COUNTERS = {0x004: 74, 0x010: 76, 0x020: 269, 0x040: 270, 0x080: 271, 0x200: 77, 0x400: 79}
"""By reason, the field that counts the nanoseconds of it (nvml.h: NVML_FI_DEV_CLOCKS_EVENT_REASON_* and, where there is
none, NVML_FI_DEV_PERF_POLICY_*)."""
_MEMBERS = ("dVal", "uiVal", "ulVal", "ullVal", "sllVal", "siVal", "usVal")
"""Where a field's value lies, by its `valueType`."""


class NvmlCard:
    """A card of this machine, by its handle in NVML, and how many processes on it are ours."""

    def __init__(self, handle: object, own: int) -> None:
        self.handle, self.own = handle, own

    def read(self) -> Readings:
        """See `bench.measure.card.Card`."""
        fields = self._fields([POWER_INSTANT, *COUNTERS.values()])
        return {
            "clock": self._number("nvmlDeviceGetClockInfo", about=pynvml.NVML_CLOCK_SM),
            "memory_clock": self._number("nvmlDeviceGetClockInfo", about=pynvml.NVML_CLOCK_MEM),
            "reasons": self._number(*_REASONS),
            "temperature": self._number(*_TEMPERATURE, about=pynvml.NVML_TEMPERATURE_GPU),
            "power": self._watts(fields),
            "memory": _known(lambda: float(pynvml.nvmlDeviceGetMemoryInfo(self.handle).used)),
            "others": _known(self._others),
            **{name: fields[COUNTERS[bit]] for name, bit in COUNTED.items()},
        }

    def energy(self) -> Reading:
        """Joules since the driver was loaded; the counter moves every few hundredths of a second."""
        return self._number("nvmlDeviceGetTotalEnergyConsumption", scale=_MILLI)

    def power(self) -> Reading:
        """Watts."""
        return self._watts(self._fields([POWER_INSTANT]))

    def _watts(self, fields: Mapping[int, Reading]) -> Reading:
        instant = fields[POWER_INSTANT]
        return self._number("nvmlDeviceGetPowerUsage", scale=_MILLI) if instant == "unknown" else instant * _MILLI

    def _fields(self, numbers: Sequence[int]) -> dict[int, Reading]:
        """In one call; each is told or not by itself."""
        try:
            found = pynvml.nvmlDeviceGetFieldValues(self.handle, list(numbers))
        except (pynvml.NVMLError, pynvml.NVMLLibraryMismatchError):
            return dict.fromkeys(numbers, "unknown")
        return {number: _value(field) for number, field in zip(numbers, found, strict=True)}

    def facts(self) -> dict[str, str]:
        """Model, driver and settings, as short texts."""
        told: dict[str, Callable[[], object]] = {
            "gpu": lambda: pynvml.nvmlDeviceGetName(self.handle),
            "gpu_card": lambda: hash_of_text(str(pynvml.nvmlDeviceGetUUID(self.handle)).encode())[:8],
            "gpu_driver": pynvml.nvmlSystemGetDriverVersion,
            "gpu_driver_cuda": lambda: _version(int(str(_call(_CUDA)))),
            "gpu_memory": lambda: f"{pynvml.nvmlDeviceGetMemoryInfo(self.handle).total >> 20} MiB",
            "gpu_power_limit": lambda: f"{pynvml.nvmlDeviceGetEnforcedPowerLimit(self.handle) // 1000} W",
            "gpu_clock_max": lambda: f"{pynvml.nvmlDeviceGetMaxClockInfo(self.handle, pynvml.NVML_CLOCK_SM)} MHz",
            "gpu_memory_clock_max": lambda: (
                f"{pynvml.nvmlDeviceGetMaxClockInfo(self.handle, pynvml.NVML_CLOCK_MEM)} MHz"
            ),
            "gpu_persistence": lambda: _STATES[pynvml.nvmlDeviceGetPersistenceMode(self.handle)],
            "gpu_partitions": lambda: _STATES[pynvml.nvmlDeviceGetMigMode(self.handle)[0]],
            "gpu_error_correction": lambda: _STATES[pynvml.nvmlDeviceGetEccMode(self.handle)[0]],
        }
        return {name: _told(ask) for name, ask in told.items()}

    def _number(self, *names: str, about: int | None = None, scale: float = 1.0) -> Reading:
        arguments = (self.handle,) if about is None else (self.handle, about)
        return _known(lambda: float(str(_call(names, *arguments))) * scale)

    def _others(self) -> Reading:
        """In a container the driver numbers processes otherwise than we do, so ours are told by how many they are; or
        it shows none at all, and a list that lacks ours tells nothing of others."""
        others = len(pynvml.nvmlDeviceGetComputeRunningProcesses(self.handle)) - self.own
        return float(others) if others >= 0 else "unknown"


def card(identifier: str, own: int) -> Card:
    """The card of a number, or of an identifier such as `GPU-…`; NoCard with a sentence where it cannot be asked."""
    try:
        pynvml.nvmlInit()
        return NvmlCard(_handle(identifier), own)
    except pynvml.NVMLError as error:
        return NoCard(_MISSING.get(error.value, f"NVIDIA's driver does not answer for this card ({error})"))


def _handle(identifier: str) -> object:
    """CUDA calls a part of a card (MIG) by an identifier of the same form, and says of neither which it is."""
    if identifier.isdigit():
        return pynvml.nvmlDeviceGetHandleByIndex(int(identifier))
    bare = identifier.removeprefix("GPU-").removeprefix("MIG-")
    try:
        return pynvml.nvmlDeviceGetHandleByUUID(f"GPU-{bare}")
    except pynvml.NVMLError_NotFound:
        return pynvml.nvmlDeviceGetHandleByUUID(f"MIG-{bare}")


def _call(names: tuple[str, ...], *arguments: object) -> object:
    """The answer of the first of these functions that is there."""
    for name in names:
        try:
            if (function := getattr(pynvml, name, None)) is not None:
                return function(*arguments)
        except pynvml.NVMLError_FunctionNotFound:
            continue  # the package knows it and this driver does not
    raise pynvml.NVMLError(pynvml.NVML_ERROR_FUNCTION_NOT_FOUND)


def _known(ask: Callable[[], Reading]) -> Reading:
    try:
        return ask()
    except (pynvml.NVMLError, pynvml.NVMLLibraryMismatchError):
        return "unknown"  # many cards, and all parts of one, do not tell everything


def _told(ask: Callable[[], object]) -> str:
    try:
        return str(ask())
    except (pynvml.NVMLError, pynvml.NVMLLibraryMismatchError):
        return "unknown"


def _value(field: object) -> Reading:
    """Of one of NVML's c_nvmlFieldValue_t."""
    if getattr(field, "nvmlReturn", None) != pynvml.NVML_SUCCESS:
        return "unknown"
    value, kind = getattr(field, "value", None), getattr(field, "valueType", len(_MEMBERS))
    return float(getattr(value, _MEMBERS[kind])) if kind < len(_MEMBERS) else "unknown"


def _version(number: int) -> str:
    """13020 is 13.2 (nvml.h: NVML_CUDA_DRIVER_VERSION_MAJOR and _MINOR)."""
    return f"{number // 1000}.{number % 1000 // 10}"
