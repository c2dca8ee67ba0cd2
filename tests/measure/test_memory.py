"""What running out of memory looks like, on a device and on the machine, and what is said of it."""

import pytest

from bench.measure.draft import Draft, outcome
from bench.measure.memory import Peak, is_out_of_memory, summary
from bench.measure.processes import Channel
from bench.measure.turns import Turns

CUDA = (
    "CUDA out of memory. Tried to allocate 20.00 GiB. GPU 0 has a total capacity of 79.10 GiB of which 3.06 GiB is "
    "free. Process 77 has 76.03 GiB memory in use. Of the allocated memory 75.10 GiB is allocated by PyTorch, and "
    "12.00 MiB is reserved by PyTorch but unallocated. If reserved but unallocated memory is large try setting "
    "PYTORCH_CUDA_ALLOC_CONF=expandable_segments:True to avoid fragmentation.  See documentation for Memory "
    "Management  (https://pytorch.org/docs/stable/notes/cuda.html#environment-variables)"
)
"""The allocator's message in torch 2.x, with made-up numbers."""


@pytest.mark.parametrize(
    "error",
    [
        RuntimeError(CUDA),
        RuntimeError("CUDA error: out of memory"),
        RuntimeError("CUDA error: CUBLAS_STATUS_ALLOC_FAILED when calling `cublasCreate(handle)`"),
        RuntimeError("cuDNN error: CUDNN_STATUS_ALLOC_FAILED"),
        RuntimeError("cuDNN error: CUDNN_STATUS_INTERNAL_ERROR_HOST_ALLOCATION_FAILED"),
        RuntimeError("cuDNN error: CUDNN_STATUS_INTERNAL_ERROR_DEVICE_ALLOCATION_FAILED"),
        RuntimeError("Triton Error [CUDA]: out of memory"),
        RuntimeError("CUDA driver error: out of memory"),
        RuntimeError("[enforce fail at alloc_cpu.cpp:127] err == 0. DefaultCPUAllocator: can't allocate memory"),
        MemoryError(),
    ],
)
def test_what_memory_did_not_suffice_for_is_out_of_memory(error: BaseException) -> None:
    assert is_out_of_memory(error)


@pytest.mark.parametrize(
    "message",
    [
        "CUDA error: an illegal memory access was encountered",
        "cuDNN error: CUDNN_STATUS_INTERNAL_ERROR",
        "Triton Error [CUDA]: invalid argument",
    ],
)
def test_other_errors_are_not(message: str) -> None:
    assert not is_out_of_memory(RuntimeError(message))


def test_the_note_has_the_allocator_s_summary_and_not_its_advice() -> None:
    def build() -> None:
        raise RuntimeError(CUDA)

    status, note = outcome(build, Draft(Channel(-1), Turns(None), stage="build"))
    assert status == "oom"
    assert note is not None
    assert note.startswith("build: RuntimeError: CUDA out of memory. Tried to allocate 20.00 GiB.")
    assert "75.10 GiB is allocated by PyTorch, and 12.00 MiB is reserved" in note
    assert "expandable_segments" not in note
    assert "(at " in note, "where it was asked for"


def test_a_message_without_advice_stays_as_it_is() -> None:
    assert summary("std::bad_alloc (at a.py:3 f)") == "std::bad_alloc (at a.py:3 f)"


def test_the_peak_is_what_grew_since_it_was_forgotten() -> None:
    peak = Peak()
    assert peak.bytes() is None, "nobody has looked yet"
    peak.forget()
    if peak.before is None:
        pytest.skip("this kernel cannot forget a peak")
    block = bytearray(b"x" * (64 << 20))
    assert len(block) <= (peak.bytes() or 0) + (4 << 20)
