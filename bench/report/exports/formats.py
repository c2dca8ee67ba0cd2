"""The name of a format → what writes it."""

from collections.abc import Callable
from dataclasses import dataclass

from bench.report.exports.github_action_benchmark import github_action_benchmark
from bench.report.exports.junit import junit
from bench.report.exports.nouns import Exported
from bench.report.exports.pyperf import pyperf
from bench.report.exports.pytest_benchmark import pytest_benchmark


@dataclass(frozen=True, slots=True, kw_only=True)
class Format:
    """`numbers`: it holds nothing but numbers, so that only cases with a value may be handed to `text`."""

    text: Callable[[Exported], str]
    numbers: bool


FORMATS: dict[str, Format] = {
    "pytest-benchmark": Format(text=pytest_benchmark, numbers=True),
    "github-action-benchmark": Format(text=github_action_benchmark, numbers=True),
    "pyperf": Format(text=pyperf, numbers=True),
    "junit": Format(text=junit, numbers=False),
}
