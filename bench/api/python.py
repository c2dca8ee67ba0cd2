"""Keywords → a measured run: `bench.run` for notebooks and scripts, silent until it returns."""

from collections.abc import Mapping, Sequence
from pathlib import Path

from bench.api.planning import Options
from bench.api.reading import Loaded
from bench.api.running import run as run_suite
from bench.records.suite import Level


def run(
    suite: str | Path,
    *,
    only: str | None = None,
    levels: Mapping[str, Sequence[Level]] | None = None,
    quick: bool = False,
    device: str = "cpu",
    seed: int | None = None,
    out: str | Path | None = None,
    **policy: bool | int | float | str | tuple[str, ...],
) -> Loaded:
    """Measures a suite; `policy` takes the keys of a suite's policy (rounds=6, precision=0.01, …).

    Raises BenchError as the command line would print it."""
    options = Options(
        only=only,
        levels=levels or {},
        quick=quick,
        device=device,
        seed=seed,
        out=Path(out) if out else None,
        policy=policy,
    )
    return Loaded(run_suite(Path(suite), options, lambda _run, _record: None, wait=None))
