"""A loop over the steps → the same loop in TorchScript.

torch 2.15 says of `torch.jit.script` that it is deprecated, in favour of `torch.compile` and `torch.export`, and from
Python 3.14 on that it is not supported there and may break. It still works, so it is still a rung; the warning is not
repeated in every trial. The first calls profile and specialise the code, once more for what requires a gradient, and
take up to a hundred times as long as those that follow (`FIRST_CALLS`). A function that was specialised in training
fails in `torch.inference_mode`.
"""

import time
import warnings
from collections.abc import Callable
from types import FunctionType
from typing import cast

import torch
from torch import Tensor

from networks.unavailable import Unavailable

FIRST_CALLS = 6
"""So many calls specialise: of a layer of 28 steps in training 44, 493, 105 and 322 ms, then 4.5 ms from the fifth on.
Trials that took their samples from the first ones said that TorchScript is ten times slower than the loop in Python."""


def scripted(loop: Callable[..., Tensor]) -> Callable[..., Tensor]:
    """Takes and returns what the loop does; raises Unavailable where torch has no TorchScript any more."""
    script = getattr(torch.jit, "script", None)
    if script is None:
        raise Unavailable(f"torch {torch.__version__} has no TorchScript")
    # TorchScript keeps what it made of a function object, specialised as it is; a copy is specialised anew.
    written = cast("FunctionType", loop)
    fresh = FunctionType(written.__code__, written.__globals__, written.__name__)
    fresh.__annotations__, fresh.__module__ = written.__annotations__, written.__module__
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", "`torch.jit.script` is")
        return cast("Callable[..., Tensor]", script(fresh))


def scripted_metrics(step: Callable[[], object]) -> dict[str, float]:
    """Calls a step until nothing is specialised any more → `compile`, the seconds of these calls."""
    began = time.perf_counter()
    for _ in range(FIRST_CALLS):
        step()
    return {"compile": time.perf_counter() - began}
