"""Suites → what each is expected to take on a GPU, before anything is measured.

What is timed, what servers and contexts cost, and what trials cost beside it, `bench run --dry-run` knows too. Beyond
that a step is longer than a trial is to be that launches tens of thousands of kernels one by one, which also takes the
profilers of its survey seconds, or that has teraflops to work off; and every process makes its images and weights anew
on one core. How much of each there is can be told from a case's levels, as far as these suites go."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from bench.api.planning import Foreseen, Options, expected_seconds, plan
from bench.records.nouns import Case
from bench.records.suite import Level

ALL_SECONDS = 2400.0
"""What all suites together may take."""
RESTARTING = 5.0
"""Seconds that each further call takes to go on with the suite that it finds: a server and a context."""

A_LAUNCH = 5e-6
"""Seconds of the processor's for one kernel, out of Python."""
TRAINING = 3
"""So many times the launches of a step forward."""
AT_ONCE = ("fused", "graph_", "compile_", "scan")
"""Rungs begin like this that launch a layer, or the whole step, at once; a scan launches in 2 log₂ T rounds."""
IN_PYTHON, BY_CELLS = 10, 5
"""Kernels of one step of a recurrence: two products and their gates one by one, or in a cell that is one kernel."""
CELLS = ("cell_loop", "native")
A_PIXEL, A_CHANNEL = 3, 7
"""Kernels for a pixel, or a pair of channels, of a convolution that loops over them: a quarter of the ATen operators
that a survey counts there on a processor (206,404 for 128² pixels, 55,492 for 32 × 64 pairs)."""

FLOPS = 30e12
"""Assumed, a second: half of what an H100 reaches in float32 at best; half precision is expected to be no slower."""
BYTES = 1e9
"""Assumed, a second: to scale digits, draw weights and copy both to the GPU, on one core."""
A_NUMBER = 4
"""Bytes: everything is made in float32."""
GATES = {"rnn": 1, "gru": 3, "lstm": 4}
"""What is no recurrent layer of PyTorch's (SRU, QRNN, a convolution over time) has fewer products than its LSTM."""
PEAKS = 6.0
"""Seconds for what a roofline holds cases against: a server, a context, a quarter of a second for each precision."""
HIDDEN = 100
"""Of the recurrent networks that read the rows of an image."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Size:
    """Multiply-adds of a step forward; the numbers that a process makes for it, inputs and weights."""

    products: float = 0.0
    numbers: float = 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Convolving:
    """A network of rnn_vs_cnn by its image's pixels: multiply-adds and weights for each, other weights, channels."""

    products: float
    weights_a_pixel: float
    weights: float
    channels: int


CONVOLVING = {
    "cnn": Convolving(products=4_936, weights_a_pixel=40, weights=18_816, channels=1),
    "resnet18": Convolving(products=36_200, weights_a_pixel=0, weights=11.7e6, channels=3),
}
"""9·32 products a pixel, 9·32·64 for each four, 64·10 for each sixteen; He et al. 2016: 1.8·10⁹ for 224² pixels."""


def foreseen(case: Case) -> Foreseen:
    """What launching a step of the case takes one kernel after the other (nothing where it is launched at once), what
    its products take, and what making its inputs and weights takes."""
    given = case.arguments
    times = TRAINING if given.get("mode") == "training" else 1
    size = SIZES.get(case.target, _unknown)(given)
    return Foreseen(
        launching=times * (_of_layer(given) + _of_law(given) + _of_convolution(given)) * A_LAUNCH,
        working=times * 2 * size.products / FLOPS,
        building=size.numbers * A_NUMBER / BYTES,
    )


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


def _of_recurrence(given: Mapping[str, Level]) -> Size:
    """The layer of a shape."""
    steps, features, hidden = (_number(given, name) for name in ("steps", "features", "hidden"))
    gates, batch = GATES.get(str(given["family"]), GATES["lstm"]), _number(given, "batch")
    weights = gates * hidden * (features + hidden + (_number(given, "layers") - 1) * 2 * hidden)
    return Size(products=batch * steps * weights, numbers=batch * steps * features + weights)


def _of_network(given: Mapping[str, Level]) -> Size:
    """A classifier of images, by their rows or as a whole."""
    model, batch, side = str(given["model"]), _number(given, "batch"), _number(given, "size")
    if model in GATES:
        weights = GATES[model] * HIDDEN * (side + HIDDEN)
        return Size(products=batch * side * weights, numbers=batch * side**2 + weights)
    found, pixels = CONVOLVING[model], side**2
    weights = found.weights + found.weights_a_pixel * pixels
    return Size(products=batch * pixels * found.products, numbers=batch * pixels * found.channels + weights)


def _unknown(_: Mapping[str, Level]) -> Size:
    """Of targets whose steps are one image, or small ones: no case of theirs has a millisecond's products."""
    return Size()


SIZES: dict[str, Callable[[Mapping[str, Level]], Size]] = {
    "networks.workload:classifier": _of_network,
    "networks.experiments.implementations:layer": _of_recurrence,
    "networks.experiments.layers:layer": _of_recurrence,
}
"""By target."""


def _number(given: Mapping[str, Level], name: str) -> float:
    level = given.get(name, 1)
    assert isinstance(level, int), f"{name} is {level!r}"
    return float(level)


def expected(suites: Sequence[str], root: Path, device: str) -> Iterator[tuple[str, int, int, float]]:
    """Of every suite its cases that are measured, its rounds, and the seconds that all of them are expected to take."""
    for suite in suites:
        planned = plan(root / "suites" / f"{suite}.yaml", Options(device=device, policy={"max_seconds": 1e6}))
        cases = [case for case in planned.cases if case.skip is None]
        known = {case.id: foreseen(case) for case in cases}
        seconds = expected_seconds(planned, foreseen=known) + PEAKS * bool(planned.suite.roofline)
        yield suite, len(cases), planned.policy.rounds, seconds


def table(suites: Sequence[str], root: Path, device: str) -> str:
    """A row for every suite, and their sum."""
    rows = list(expected(suites, root, device))
    lines = [f"| {suite} | {cases} | {rounds} | {seconds:.0f} |" for suite, cases, rounds, seconds in rows]
    total = f"| together | {sum(row[1] for row in rows)} | | {sum(row[3] for row in rows):.0f} |"
    return "\n".join(["| suite | cases | rounds | expected seconds |", "| --- | ---: | ---: | ---: |", *lines, total])
