"""The kernel's count of this process's pages → how far its memory grew at most; and what is said where it ran out."""

import re

from bench.measure import probes

OUT_OF_MEMORY = (
    "can't allocate memory",
    "CUDA out of memory",
    "CUDA error: out of memory",
    "CUDA driver error: out of memory",
    "Triton Error [CUDA]: out of memory",
    "CUBLAS_STATUS_ALLOC_FAILED",
    "CUDNN_STATUS_ALLOC_FAILED",
    "CUDNN_STATUS_INTERNAL_ERROR_HOST_ALLOCATION_FAILED",
    "CUDNN_STATUS_INTERNAL_ERROR_DEVICE_ALLOCATION_FAILED",
    "Cannot allocate memory",
    "std::bad_alloc",
)
"""What torch, Triton, CUDA's libraries (cuDNN has had other names since its version 9), the kernel and C++'s library
say."""

_ADVICE = re.compile(r" *If reserved but unallocated memory is large.*?(?=\(at |$)", re.DOTALL)


class Peak:
    """The most memory that a process has had since it forgot, beside what it had then."""

    def __init__(self) -> None:
        self.before: int | None = None

    def forget(self) -> None:
        """Counts from now on; not where the kernel cannot."""
        self.before = probes.memory("VmRSS") if probes.forget_peak() else None

    def bytes(self) -> int | None:
        """None where the kernel cannot tell."""
        return None if self.before is None else max(0, probes.memory("VmHWM") - self.before)


def is_out_of_memory(error: BaseException) -> bool:
    """Whether an exception says that memory, of the machine or of a device, did not suffice."""
    return isinstance(error, MemoryError) or any(sign in str(error) for sign in OUT_OF_MEMORY)


def summary(text: str) -> str:
    """What torch's allocator says of a device's memory (asked for, free, allocated, reserved), without its advice on
    its own settings, which a suite does not choose."""
    return _ADVICE.sub(" ", text)
