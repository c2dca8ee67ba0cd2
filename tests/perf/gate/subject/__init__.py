"""What `tests.perf.gate.measure` copies into a repository of its own, and gates there."""
