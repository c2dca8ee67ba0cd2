"""The steps of the fake device → a trace as torch would write it; a `fault` says what else is in it."""

import json
from collections.abc import Iterator, Sequence

from bench.measure.processes import Json
from bench.records.profile import STEP

STRETCH = 1.25
"""How many times longer a step takes while it is watched."""

HOST = {STEP: (0.0, 1.0), "aten::fake": (0.1, 0.7), "aten::fake_inner": (0.2, 0.4), "made_up_range": (0.05, 0.9)}
"""Begin and end of what a step does, as shares of it."""

KERNELS = {"fake_gemm": (0.2, 0.5), "fake_copy": (0.6, 0.7)}
LOUD = "\x1b[2J::error::owned ##[error]owned =1+1|<b>`/home/somebody/secret/x.py /root/y\u202e"

FAULTS = ("kernels", "loud", "torn", "traceless")


def fake_trace(steps: Sequence[tuple[int, int]], fault: str) -> str:
    """The file's content for steps from one nanosecond to another."""
    events = [event for start, end in steps for event in _events(start, end - start, fault)]
    named: Json = {"ph": "M", "name": "process_name", "pid": 7, "tid": 0, "args": {"name": "python"}}
    text = json.dumps({"schemaVersion": 1, "host_name": "somebodys", "traceEvents": [named, *events]})
    return text[: len(text) // 2] if fault == "torn" else text


def _events(start: int, length: int, fault: str) -> Iterator[Json]:
    for name, (begin, end) in HOST.items():
        said = f"{name} {LOUD}" if fault == "loud" and name != STEP else name
        kind = "cpu_op" if name.startswith("aten::") else "user_annotation"
        yield _event(said, kind, start + begin * length, (end - begin) * length)
    if fault in ("kernels", "loud"):
        for name, (begin, end) in KERNELS.items():
            said = f"{name} {LOUD}" if fault == "loud" else name
            yield _event(said, "kernel", start + begin * length, (end - begin) * length)


def _event(name: str, kind: str, start: float, length: float) -> Json:
    return {"ph": "X", "cat": kind, "name": name, "pid": 7, "tid": 7, "ts": start / 1000, "dur": length / 1000}
