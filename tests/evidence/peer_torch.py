"""A case and a time of the monotonic clock → what torch.utils.benchmark says by then, as JSON on standard output."""

import json
import sys

from torch.utils.benchmark import Timer

from tests.evidence.peer_case import left, warm_step


def main(case: str, until: str) -> None:
    """As its documentation recommends; its default is one thread."""
    timer = Timer(stmt="step()", globals={"step": warm_step(case)})
    found = timer.blocked_autorange(min_run_time=left(float(until)))
    print(json.dumps({"mean": found.mean, "median": found.median}))


if __name__ == "__main__":
    main(*sys.argv[1:])
