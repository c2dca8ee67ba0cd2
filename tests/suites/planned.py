"""The name of a suite → its cases, read and not run."""

from pathlib import Path

from bench.plan.matrix import expand, resolve
from bench.plan.suite import load_suite
from bench.records.nouns import Case

SUITES = Path(__file__).resolve().parents[2] / "suites"


def cases(name: str) -> tuple[Case, ...]:
    suite, policy = resolve(load_suite(SUITES / f"{name}.yaml"), overlays=[], levels={}, policy={})
    return expand(suite, policy)
