"""A figure → where it lies below its run's folder; its name holds nothing that a link or a shell would take apart."""

from bench.report.figures.nouns import Figure

FOLDER = "figures"


def path_of(figure: Figure) -> str:
    """`figures/1-latency-by-size.svg`."""
    return f"{FOLDER}/{figure.name}.svg"
