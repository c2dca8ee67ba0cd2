"""Seconds → the median of every case by torch.utils.benchmark, which measures each for so long, as JSON."""

import json
import sys

from cases import CASES  # type: ignore[import-not-found]
from dosed import step  # type: ignore[import-not-found]
from torch.utils.benchmark import Timer

if __name__ == "__main__":
    timers = {case: Timer(stmt="step()", globals={"step": step(*case.split("-")).step}) for case in CASES}
    seconds = float(sys.argv[1])
    print(json.dumps({case: timer.blocked_autorange(min_run_time=seconds).median for case, timer in timers.items()}))
