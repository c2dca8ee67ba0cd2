"""What the harness itself costs, measured with pytest-benchmark, and whether it agrees with its peer.

    pytest tests/perf --benchmark-only      the costs (`make perf`); --benchmark-json FILE keeps them
    python tests/perf/agreement.py          its medians beside those of torch.utils.benchmark, as a Markdown table

No duration is asserted: what is fast enough depends on the machine. An ordinary `pytest` skips the benchmarks, because
pyproject.toml has `--benchmark-skip` in its addopts, which `--benchmark-only` overrides.
"""
