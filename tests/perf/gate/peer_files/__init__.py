"""What a user of each tool writes to time the three cases. `tests.perf.gate.peers` copies these files beside the
subject; none of them is imported from here."""
