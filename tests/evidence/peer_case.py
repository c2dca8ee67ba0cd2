"""The id of a case → its step, ready to be timed by another tool in a process of its own."""

import time
from collections.abc import Callable
from pathlib import Path

from bench.measure.workload import build, locate

ROOT = Path(__file__).resolve().parents[2]
TARGET = "networks.workload:classifier"

CASES: dict[str, dict[str, object]] = {
    f"model={model},size=28,batch={batch},mode=inference": {
        "model": model,
        "size": 28,
        "batch": batch,
        "mode": "inference",
    }
    for model in ("lstm", "cnn")
    for batch in (1, 64)
}
"""By the id that the suite gives them."""

WARMUP_STEPS = 3
LEAST_SECONDS = 0.5


def warm_step(case: str) -> Callable[[], object]:
    """Builds the case as its suite does and calls it a few times, so that no tool meets the first step: by its length
    pytest-benchmark would choose how often it measures."""
    step = build(locate(TARGET, [str(ROOT / "suites")]), CASES[case], {}).step
    for _ in range(WARMUP_STEPS):
        step()
    return step


def left(until: float) -> float:
    """Seconds until that time of the monotonic clock, which all processes share: what the imports have left of a case's
    seconds."""
    return max(LEAST_SECONDS, until - time.monotonic())
