"""A loop over the steps → the same loop in TorchScript.

torch 2.15 says of `torch.jit.script` that it is deprecated, in favour of `torch.compile` and `torch.export`, and from
Python 3.14 on that it is not supported there and may break. It still works, so it is still a rung; the warning is not
repeated in every trial. The first two calls specialise the code, for what requires a gradient too: a measurement warms
up with at least two, and a function that was specialised in training fails in `torch.inference_mode`.
"""

import warnings
from collections.abc import Callable
from types import FunctionType
from typing import cast

import torch
from torch import Tensor

from networks.ladder.unavailable import Unavailable


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
