"""What the harness itself costs, measured with pytest-benchmark.

    pytest tests/perf --benchmark-only      the costs (`make perf`); --benchmark-json FILE keeps them

No duration is asserted: what is fast enough depends on the machine. An ordinary `pytest` skips the benchmarks, because
pyproject.toml has `--benchmark-skip` in its addopts, which `--benchmark-only` overrides.
"""
