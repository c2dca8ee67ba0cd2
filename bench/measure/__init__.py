"""Cases → records: servers, children, the sampling loop, probes and the machine. Only `worker` imports torch."""
