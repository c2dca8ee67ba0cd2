"""Kernels' names, as the profiler has them, prove cuDNN's algorithm."""

import pytest

from bench.analysis.recurrent import recurrent

SMALL = "persistent, small hidden size"
STANDARD = "standard (products, then elementwise)"


@pytest.mark.parametrize(
    ("kernel", "said"),
    [
        ("void RNN_blockPersist_fp_LSTM<float, float, float, 128>(...)", f"cuDNN forward: {SMALL}"),
        ("RNN_blockPersist_fp_GRU_HMMA<__half>", f"cuDNN forward: {SMALL}"),
        ("RNN_blockPersist_bp_GRU_FMA<float>", f"cuDNN backward: {SMALL}"),
        ("RNN_persist_fp<__half, __half, float, (cudnnRNNMode_t)2>", "cuDNN forward: persistent static"),
        ("RNN_persist_bp<float>", "cuDNN backward: persistent static"),
        ("RNN_persist_fp", "cuDNN forward: persistent dynamic"),
        ("LSTM_elementWise_fp<float, float, float>", f"cuDNN forward: {STANDARD}"),
        ("GENERIC_elementWise_bp2<float>", f"cuDNN backward: {STANDARD}"),
        ("void elemWiseRNNcell<float, float, float, (cudnnRNNMode_t)0>", f"cuDNN forward: {STANDARD}"),
    ],
)
def test_a_kernel_names_its_algorithm_and_its_pass(kernel: str, said: str) -> None:
    assert recurrent([kernel]) == (said,)


def test_forward_and_backward_may_differ_and_each_is_said_once() -> None:
    kernels = ["RNN_blockPersist_fp_LSTM<float>", "LSTM_elementWise_bp1<float>", "LSTM_elementWise_bp1<float, int>"]
    assert recurrent(kernels) == (f"cuDNN backward: {STANDARD}", f"cuDNN forward: {SMALL}")


def test_other_kernels_prove_nothing() -> None:
    kernels = ["persistRNN_addBias<float, float>", "cutlass_80_simt_sgemm_128x32", "at::native::elementwise_kernel<4>"]
    assert recurrent(kernels) == ()
