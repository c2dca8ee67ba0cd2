"""Names of kernels → the algorithms by which cuDNN ran recurrent layers.

The names are those of the kernels in the library itself (libcudnn_adv of cuDNN 9.26, whose symbols were read), and the
algorithms those of its `cudnnRNNAlgo_t`. `RNN_blockPersist_*` keep the weights in one block of threads, which only
small hidden sizes allow: it is what PyTorch's `get_algo` asks for up to 128 to 384 hidden units (aten, cudnn/RNN.cpp),
and from 129 on an A100 ran products and elementwise kernels in a GRU's backward pass. The dynamic algorithm is compiled
at run time, so its kernels, alone of these, have no arguments of a template; PyTorch never asks for it."""

import re
from collections.abc import Iterable

ALGORITHMS: tuple[tuple[str, str], ...] = (
    (r"RNN_blockPersist_(?P<pass>[fb]p)_", "persistent, small hidden size"),
    (r"RNN_persist_(?P<pass>[fb]p)<", "persistent static"),
    (r"RNN_persist_(?P<pass>[fb]p)\b", "persistent dynamic"),
    (r"(?:LSTM|GRU|RNN|GENERIC)_elementWise_(?P<pass>[fb]p)", "standard (products, then elementwise)"),
    (r"elemWiseRNNcell(?P<pass>)", "standard (products, then elementwise)"),
)
"""What a kernel's name holds, and what that proves; the first that fits counts."""

PASSES = {"fp": "forward", "bp": "backward", "": "forward"}


def recurrent(kernels: Iterable[str]) -> tuple[str, ...]:
    """`cuDNN forward: persistent static`, each once, in order; none where no kernel tells."""
    return tuple(sorted({said for name in kernels if (said := _algorithm(name))}))


def _algorithm(name: str) -> str:
    found = ((re.search(pattern, name), algorithm) for pattern, algorithm in ALGORITHMS)
    return next((f"cuDNN {PASSES[match['pass']]}: {said}" for match, said in found if match), "")
