"""An implementation → the same through `torch.compile`, cold, with the seconds and the graph breaks that it took.

Compiling takes 1 to 100 s and happens in the first call, so what it costs is measured there and nowhere else. Nothing
that lay around on the machine saves it anything: the inductor's cache is in the folder that BENCH_SCRATCH names, which
lasts as long as a run, so that a case is compiled once, in its survey; without one it is in a temporary folder that
ends with the implementation.
"""

import os
import time
from collections.abc import Callable
from contextlib import AbstractContextManager, ExitStack
from unittest.mock import patch

import torch
import torch._dynamo
import torch._inductor.config
from torch import Tensor
from torch._dynamo.utils import counters
from torch._inductor.cpp_builder import get_cpp_compiler
from torch._inductor.exc import InvalidCxxCompiler
from torch._inductor.utils import fresh_cache

from networks.ladder.implementations import Implementation
from networks.ladder.unavailable import Unavailable

SCRATCH = "BENCH_SCRATCH"
SETTINGS = {"compile_threads": 1, "cpp.vec_isa_ok": True}
"""No pool of compiling processes, which would outlive the first call and stand beside what is timed; and the
processor's flags are taken at their word: to prove them the inductor compiles six programs, 10 s of every process,
which say nothing of the case."""


class Compiled(Implementation):
    """An implementation behind `torch.compile`, for the shapes that it is called with.

    `whole`: lets dynamo look into `nn.LSTM`, `nn.GRU` and `nn.RNN`, where it stops otherwise. Until `close`, which
    must be called, the cache's place and that switch are the whole process's; then dynamo forgets all it has compiled.
    In training hand in a sequence that requires a gradient: for one that does not, torch 2.15 puts oneDNN's layer into
    a whole LSTM's graph on a CPU, and fails where its backward pass should be.

    Raises Unavailable where no C++ compiler answers."""

    def __init__(self, original: Implementation, *, whole: bool = False) -> None:
        super().__init__(original.layer)
        require_compiler()
        self.original = original
        self._held = ExitStack()
        self._held.callback(torch._dynamo.reset)
        self._held.enter_context(cache())
        self._held.enter_context(torch._dynamo.config.patch(allow_rnn=whole))
        self._held.enter_context(torch._inductor.config.patch(SETTINGS))
        self.compiled = torch.compile(original, dynamic=False)

    def forward(self, sequence: Tensor) -> Tensor:
        return self.compiled(sequence)

    def close(self) -> None:
        self._held.close()


def cache() -> AbstractContextManager[None]:
    """Where the inductor keeps what it compiles."""
    scratch = os.environ.get(SCRATCH)
    if scratch is None:
        return fresh_cache()
    return patch.dict(os.environ, {"TORCHINDUCTOR_CACHE_DIR": os.path.join(scratch, "inductor")})


def require_compiler() -> None:
    """Raises Unavailable where none of the compilers that the inductor would try answers (`CXX`, else g++)."""
    try:
        get_cpp_compiler()
    except InvalidCxxCompiler as error:
        raise Unavailable(f"no C++ compiler for torch.compile: {str(error).splitlines()[0]}") from error


def compiled_metrics(first_step: Callable[[], object]) -> dict[str, float]:
    """Calls the first step of a compiled implementation → `compile`, the seconds that it took, the step included, and
    `graph_breaks`, the places where dynamo gave the work back to Python."""
    counters.clear()
    began = time.perf_counter()
    first_step()
    seconds = time.perf_counter() - began
    return {"compile": seconds, "graph_breaks": float(sum(counters["graph_break"].values()))}
