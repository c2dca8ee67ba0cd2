"""Long campaigns that show what the numbers are worth; each prints a page that stands in `results/evidence/`.

    coverage     what the intervals cover, simulated: two minutes of arithmetic
    repeats      the same suite 26 times: half an hour of measuring
    sentinel     what the sentinel sees of a scripted background load: ten minutes
    peers        our estimates beside those of other tools, under load: over an hour
    kills        200 kills at random moments, and ten with torch: some minutes
    agreement    our medians beside those of torch.utils.benchmark on one object: a minute

Those that measure go on where they were when they are started again. The measuring ones take the lock that the
environment variable QUIET_LOCK names, if it is set, around every piece: so that work which must not disturb them can
take turns with them.
"""
