"""bench measures neural networks the way an experimenter would.

import bench
frame = bench.load("latest").measurements()
frame = bench.run("suites/smoke.yaml", only="lstm", rounds=6).measurements()
"""

import importlib

_HOMES = {"load": "bench.api.reading", "Loaded": "bench.api.reading", "run": "bench.api.python"}

__all__ = ["Loaded", "load", "run"]


def __getattr__(name: str) -> object:
    """Imports what Python callers use when they use it: `import bench` alone costs nothing."""
    if name not in _HOMES:
        raise AttributeError(f"module 'bench' has no attribute {name!r}")
    return getattr(importlib.import_module(_HOMES[name]), name)
