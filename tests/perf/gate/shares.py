"""So many of so many → a share with its exact bounds, as text."""

from scipy.stats import beta


def clopper_pearson(count: int, of: int) -> tuple[float, float]:
    """The 95 % interval of a probability that made `count` of so many trials succeed (Clopper and Pearson 1934)."""
    assert 0 <= count <= of
    low = float(beta.ppf(0.025, count, of - count + 1)) if count else 0.0
    high = float(beta.ppf(0.975, count + 1, of - count)) if count < of else 1.0
    return low, high


def share(count: int, of: int) -> str:
    """`3 of 24, 12.5 % (2.7 to 32.4 %)`; `–` of none."""
    if not of:
        return "–"
    low, high = clopper_pearson(count, of)
    return f"{count} of {of}, {100 * count / of:.1f} % ({100 * low:.1f} to {100 * high:.1f} %)"
