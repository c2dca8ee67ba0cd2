"""The options that several verbs share → api's Options."""

import sys
from collections.abc import Callable
from functools import wraps
from pathlib import Path
from typing import Any

import click

from bench.api.planning import Options
from bench.plan.levels import read_level
from bench.records.suite import Level
from bench.units import parse_share

_PLACING = ("only", "quick", "device", "launch", "seed", "data", "machine")
_POLICY = ("rounds", "precision", "max_seconds", "threads", "allocator", "isolate")

LAUNCH = click.option(
    "--launch",
    type=click.Choice(["fork", "spawn"]),
    default=Options().launch,
    show_default=True,
    help="Whether children are forks of their server, or interpreters of their own.",
)
DEVICE = click.option("--device", default=Options().device, show_default=True, help="cpu, cuda, cuda:1 … or fake.")

_DECORATORS = (
    click.option("-k", "only", metavar="EXPR", help="Cases to take: `lstm and not batch=64`."),
    click.option("--set", "sets", multiple=True, metavar="FACTOR=LEVEL,…", help="Levels instead of the suite's."),
    click.option("--quick", is_flag=True, help="The suite's quick version."),
    click.option("--rounds", type=int, help="Exactly so many rounds, six at least."),
    click.option("--precision", metavar="SHARE", help="Half-width of the interval to reach: 2% or 0.02."),
    click.option("--max-seconds", type=float, help="Budget of the suite."),
    DEVICE,
    click.option("--threads", type=int, help="Threads of a case."),
    click.option("--allocator", type=click.Choice(["retain", "system"]), help="What malloc does with large blocks."),
    LAUNCH,
    click.option("--isolate", type=click.Choice(["case", "round"]), help="What shares a process."),
    click.option("--seed", type=int, help="Of order, weights and batches; drawn where it is not given."),
    click.option("--data", type=click.Path(path_type=Path), help="Folder that the cases find as $BENCH_DATA."),
    click.option("--machine", metavar="NAME", help="What results call this machine."),
)


def selecting(function: Callable[..., None]) -> Callable[..., None]:
    """Adds the options that choose cases and where and how they are measured; the function gets them as `options`."""

    @wraps(function)
    def with_options(*args: object, **given: Any) -> None:
        function(*args, options=_options(given), **given)

    decorated: Callable[..., None] = with_options
    for decorator in reversed(_DECORATORS):
        decorated = decorator(decorated)
    return decorated


def _options(given: dict[str, Any]) -> Options:
    """Takes out of what click parsed what is not the verb's own; click has checked the types."""
    policy = {key: given.pop(key) for key in _POLICY}
    if policy["precision"] is not None:
        policy["precision"] = read_level(policy["precision"])
    return Options(
        levels=dict(map(_levels, given.pop("sets"))),
        policy={key: value for key, value in policy.items() if value is not None},
        **{name: given.pop(name) for name in _PLACING},
    )


def _levels(text: str) -> tuple[str, tuple[Level, ...]]:
    factor, separator, levels = text.partition("=")
    if not separator or not factor or not levels:
        raise click.BadParameter(f"{text!r} is not FACTOR=LEVEL,LEVEL…", param_hint="--set")
    return factor, tuple(levels.split(","))


def share(option: str, text: str | None) -> float | None:
    """What an option was given: 3% or 0.03. Raises BadParameter for all else."""
    if text is None:
        return None
    found = parse_share(read_level(text))
    if isinstance(found, bool) or not isinstance(found, int | float) or not 0 < found < 1:
        raise click.BadParameter(f"{text!r} is no share between 0 and 1 such as 3% or 0.03", param_hint=option)
    return float(found)


def waiting(seconds: float | None) -> float | None:
    """How long to wait for another measurement: for ever on a terminal, not at all off one, unless told."""
    if seconds is not None:
        return seconds
    return None if sys.stderr.isatty() else 0.0


SUITES = click.argument("suites", nargs=-1, type=click.Path(path_type=Path), metavar="SUITE…")
