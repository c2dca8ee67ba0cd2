"""A load → what `bench gate` of the subject's 24 cases takes as a whole, and what it says: `gate_whole.csv`.

`python -m tests.perf.gate.whole` measures the gates that are missing, one of equal code under each load, at 1 %, from
the start of the command to its end, with its control: four to twenty minutes each. `tests.perf.gate.page` sets the
seconds beside those that are put together from pairs. QUIET_LOCK names a lock that is held during each gate, to keep
other work out."""

import argparse
import json
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, fields
from pathlib import Path

from bench.gate.policy import INCONCLUSIVE
from tests.evidence.load import die_with_parent
from tests.evidence.repeats import quiet
from tests.evidence.rows import append as append_rows
from tests.evidence.rows import read as read_rows
from tests.perf.gate.composing import LIMITS, Shown
from tests.perf.gate.controls import CONTROLS, Control, control_of, firings
from tests.perf.gate.repository import NONE, SUITE, repository
from tests.perf.gate.revision import revision
from tests.perf.gate.rows import LOADS
from tests.perf.gate.rows import OUT as PAIRS
from tests.perf.gate.session import disturbing

OUT = PAIRS.with_name("gate_whole.csv")
LIMIT = LIMITS[0]


@dataclass(frozen=True, slots=True, kw_only=True)
class Whole:
    """A gate of equal code: wall seconds of its command, and of these from its first record to its last; its cases and
    the pairs that their verdicts took; how many of them have which."""

    load: str
    repeat: int
    seconds: float
    recorded: float
    cases: int
    pairs: int
    unchanged: int
    inconclusive: int
    exit_code: int
    control: Control
    revision: str


COLUMNS = tuple(field.name for field in fields(Whole))


def measured(load: str, repeat: int) -> Whole:
    """One gate."""
    with quiet(), repository(NONE) as folder, disturbing(load, repeat):
        words = ("-P", "-m", "bench", "gate", SUITE, "--against", "HEAD", "--limit", str(LIMIT), "--json")
        began = time.monotonic()
        said = subprocess.run(
            [sys.executable, *words], cwd=folder, capture_output=True, text=True, preexec_fn=die_with_parent
        )
        took = time.monotonic() - began
    if said.returncode not in (0, 1, INCONCLUSIVE) or not json.loads(said.stdout)["cases"]:
        raise SystemExit(f"{load}: the gate ended with {said.returncode}:\n{said.stderr}")
    return whole(load, repeat, text=said.stdout, seconds=took, code=said.returncode)


def whole(load: str, repeat: int, *, text: str, seconds: float, code: int) -> Whole:
    """Of a gate that printed that."""
    told = json.loads(text)
    verdicts = Counter(case["verdict"] for case in told["cases"])
    return Whole(
        load=load,
        repeat=repeat,
        seconds=round(seconds, 1),
        recorded=round(told["seconds"], 1),
        cases=len(told["cases"]),
        pairs=sum(case["changes"][0]["pairs"] for case in told["cases"] if case["changes"]),
        unchanged=verdicts["unchanged"],
        inconclusive=verdicts["inconclusive"],
        exit_code=code,
        control=control_of(text),
        revision=revision(),
    )


def table(found: Sequence[Whole], shown: Mapping[str, Shown]) -> Iterator[str]:
    """The gates, and beside each what gates of equal code under its load are put together to."""
    if not found:
        yield f"None was measured yet (`python -m tests.perf.gate.whole`). {firings([])}"
        return
    yield f"Of equal code, at {LIMIT:.0%}. {firings([one.control for one in found])}\n"
    heads = "pairs a case | `unchanged` | inconclusive | exit code | s a case | put together, s a case"
    yield f"| load | command, s | first to last record, s | {heads} |"
    yield "|---|--:|--:|--:|--:|--:|--:|--:|--:|"
    for one in found:
        gates = shown[one.load].equal[LIMIT] if one.load in shown else ()
        together = ", ".join(f"{gate.seconds:.1f}" for gate in gates) or "–"
        cells = (
            one.load,
            f"{one.seconds:.0f}",
            f"{one.recorded:.0f}",
            f"{one.pairs / one.cases:.1f}",
            f"{one.unchanged} of {one.cases}",
            f"{one.inconclusive} of {one.cases}",
            str(one.exit_code),
            f"{one.seconds / one.cases:.1f}",
            together,
        )
        yield f"| {' | '.join(cells)} |"


def read(file: Path) -> list[Whole]:
    """The rows that are there; none where the file is not."""
    return read_rows(file, parsed)


def parsed(line: dict[str, str]) -> Whole:
    """Of one line."""
    return Whole(
        load=line["load"],
        repeat=int(line["repeat"]),
        seconds=float(line["seconds"]),
        recorded=float(line["recorded"]),
        cases=int(line["cases"]),
        pairs=int(line["pairs"]),
        unchanged=int(line["unchanged"]),
        inconclusive=int(line["inconclusive"]),
        exit_code=int(line["exit_code"]),
        control=CONTROLS[line["control"]],
        revision=line["revision"],
    )


def main(given: Sequence[str]) -> None:
    """Measures what is missing."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--loads", nargs="+", choices=LOADS, default=LOADS, help="only these")
    parser.add_argument("--repeats", type=int, default=1, help="of each gate, those that are there included")
    parser.add_argument("--out", type=Path, default=OUT, help="the CSV file")
    asked = parser.parse_args(given)
    there = {(one.load, one.repeat) for one in read(asked.out)}
    wanted = [(load, repeat) for repeat in range(1, 1 + asked.repeats) for load in asked.loads]
    signal.signal(signal.SIGTERM, lambda number, _: sys.exit(128 + number))  # so that gate and load are ended
    for load, repeat in wanted:
        if (load, repeat) not in there:
            found = measured(load, repeat)
            append_rows(asked.out, COLUMNS, [asdict(found)])
            print(f"{load}: {found.seconds:.0f} s, exit code {found.exit_code}", file=sys.stderr, flush=True)


if __name__ == "__main__":
    main(sys.argv[1:])
