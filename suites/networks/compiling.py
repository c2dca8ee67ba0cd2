"""What is to be compiled → `torch.compile`, cold, with the seconds and the graph breaks that it took.

Compiling takes 1 to 100 s and happens in the first call, so what it costs is measured there and nowhere else. Nothing
saves it anything that lay around on the machine, nor what another case has left: the inductor's cache is in a folder of
the case's own (`apart`) below the one that BENCH_SCRATCH names, which lasts as long as a run, so that a case is
compiled once, in its survey. With one folder for all, a program that took 5.9 s by itself took 1.1 s after another that
shares its parts. Without BENCH_SCRATCH the cache is in a temporary folder that ends with what was compiled.
"""

import os
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager
from contextvars import ContextVar
from hashlib import sha256
from unittest.mock import patch

import torch
import torch._dynamo
import torch._inductor.config
from torch._dynamo.utils import counters
from torch._inductor.cpp_builder import get_cpp_compiler
from torch._inductor.exc import InvalidCxxCompiler
from torch._inductor.utils import fresh_cache

from networks.unavailable import Unavailable

SCRATCH = "BENCH_SCRATCH"
SETTINGS = {"compile_threads": 1, "cpp.vec_isa_ok": True}
"""No pool of compiling processes, which would outlive the first call and stand beside what is timed; and the
processor's flags are taken at their word: to prove them the inductor compiles six programs, 10 s of every process,
which say nothing of the case."""

_CASE = ContextVar("case", default="")


def held(*, whole: bool = False) -> ExitStack:
    """What must stand while something compiled is in use, and be closed after that: the cache's place and the settings
    are the whole process's until then; then dynamo forgets all it has compiled.

    `whole`: lets dynamo look into `nn.LSTM`, `nn.GRU` and `nn.RNN`, where it stops otherwise. Raises Unavailable where
    no C++ compiler answers."""
    require_compiler()
    standing = ExitStack()
    standing.callback(torch._dynamo.reset)
    standing.enter_context(cache())
    standing.enter_context(torch._dynamo.config.patch(allow_rnn=whole))
    standing.enter_context(torch._inductor.config.patch(SETTINGS))
    return standing


@contextmanager
def apart(*case: object) -> Iterator[None]:
    """While a case is built: what it compiles is kept apart from other cases', in every process of the case in the same
    place, by what the case is and the threads that its program is for."""
    said = ", ".join(map(str, (*case, torch.get_num_threads())))
    token = _CASE.set(sha256(said.encode()).hexdigest()[:16])  # in words it makes paths too long for a compiler
    try:
        yield
    finally:
        _CASE.reset(token)


def cache() -> AbstractContextManager[None]:
    """Where the inductor keeps what it compiles."""
    scratch = os.environ.get(SCRATCH)
    if scratch is None:
        return fresh_cache()
    return patch.dict(os.environ, {"TORCHINDUCTOR_CACHE_DIR": os.path.join(scratch, "inductor", _CASE.get())})


def require_compiler() -> None:
    """Raises Unavailable where none of the compilers that the inductor would try answers (`CXX`, else g++)."""
    try:
        get_cpp_compiler()
    except InvalidCxxCompiler as error:
        raise Unavailable(f"no C++ compiler for torch.compile: {str(error).splitlines()[0]}") from error


def traced_metrics(first_step: Callable[[], object]) -> dict[str, float]:
    """Calls the first step of what dynamo is to read → `compile`, the seconds that it took, the step included, and
    `graph_breaks`, the places where dynamo gave the work back to Python."""
    counters.clear()
    began = time.perf_counter()
    first_step()
    seconds = time.perf_counter() - began
    return {"compile": seconds, "graph_breaks": float(sum(counters["graph_break"].values()))}


def compiled_metrics(first_step: Callable[[], object]) -> dict[str, float]:
    """As traced_metrics, of what the inductor is to compile.

    Raises RuntimeError where it has looked for no graph in its cache, which it does before it compiles one."""
    found = traced_metrics(first_step)
    if not any(counters["inductor"][f"fxgraph_cache_{outcome}"] for outcome in ("hit", "miss", "bypass")):
        raise RuntimeError(
            "the inductor compiled no graph of the first step: it is not what this case is meant to time"
        )
    return found
