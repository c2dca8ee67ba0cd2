"""Suites → what each is expected to take on a GPU, before anything is measured.

What is timed, what servers and contexts cost, and what trials cost beside it, `bench run --dry-run` knows too. Beyond
that a step that launches tens of thousands of kernels one by one is longer than a trial is to be, and takes the
profilers of its survey seconds: how many it launches can be told from a case's levels, as far as these suites go."""

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from bench.api.planning import Options, expected_seconds, plan
from bench.records.nouns import Case
from bench.records.suite import Level

ALL_SECONDS = 2400.0
"""What all suites together may take."""

A_LAUNCH = 5e-6
"""Seconds of the processor's for one kernel, out of Python."""
TRAINING = 3
"""So many times the launches of a step forward."""
AT_ONCE = ("fused", "graph_", "compile_")
"""Rungs of the ladder begin like this that launch a layer, or the whole step, at once."""
IN_PYTHON, BY_CELLS = 10, 5
"""Kernels of one step of a recurrence: two products and their gates one by one, or in a cell that is one kernel."""
CELLS = ("cell_loop", "native")
A_PIXEL, A_CHANNEL = 3, 7
"""Kernels for a pixel, or a pair of channels, of a convolution that loops over them: a quarter of the ATen operators
that a survey counts there on a processor (206,404 for 128² pixels, 55,492 for 32 × 64 pairs)."""


def step_seconds(case: Case) -> float:
    """How long launching a step of the case takes one kernel after the other; 0 for what is launched at once."""
    given = case.arguments
    times = TRAINING if given.get("mode") == "training" else 1
    return times * (_of_layer(given) + _of_law(given) + _of_convolution(given)) * A_LAUNCH


def _of_layer(given: Mapping[str, Level]) -> float:
    rung = str(given.get("rung", AT_ONCE[0]))
    if rung.startswith(AT_ONCE):
        return 0.0
    return _number(given, "steps") * _number(given, "layers") * (BY_CELLS if rung in CELLS else IN_PYTHON)


def _of_law(given: Mapping[str, Level]) -> float:
    _, _, rung = str(given.get("model", "")).partition("_")
    return _number(given, "length") * {"native": BY_CELLS, "hoisted": IN_PYTHON}.get(rung, 0)


def _of_convolution(given: Mapping[str, Level]) -> float:
    loop = given.get("implementation")
    if loop == "pixel_loop":
        return _number(given, "side") ** 2 * A_PIXEL
    return _number(given, "channels") * _number(given, "outputs") * A_CHANNEL if loop == "channel_loop" else 0.0


def _number(given: Mapping[str, Level], name: str) -> float:
    level = given.get(name, 1)
    assert isinstance(level, int), f"{name} is {level!r}"
    return float(level)


def expected(suites: Sequence[str], root: Path, device: str) -> Iterator[tuple[str, int, int, float]]:
    """Of every suite its cases that are measured, its rounds, and the seconds that all of them are expected to take."""
    for suite in suites:
        planned = plan(root / "suites" / f"{suite}.yaml", Options(device=device, policy={"max_seconds": 1e6}))
        cases = [case for case in planned.cases if case.skip is None]
        steps = {case.id: step_seconds(case) for case in cases}
        yield suite, len(cases), planned.policy.rounds, expected_seconds(planned, steps=steps)


def table(suites: Sequence[str], root: Path, device: str) -> str:
    """A row for every suite, and their sum."""
    rows = list(expected(suites, root, device))
    lines = [f"| {suite} | {cases} | {rounds} | {seconds:.0f} |" for suite, cases, rounds, seconds in rows]
    total = f"| together | {sum(row[1] for row in rows)} | | {sum(row[3] for row in rows):.0f} |"
    return "\n".join(["| suite | cases | rounds | expected seconds |", "| --- | ---: | ---: | ---: |", *lines, total])
