"""This repository → the revision of the harness that measures, for the rows of what it has measured."""

from functools import cache
from pathlib import Path

from bench.measure.git import asked

ROOT = Path(__file__).resolve().parents[3]
DIGITS = 12


@cache
def revision() -> str:
    """The first digits of the commit, with a `+` where what is measured with is not that commit's; `unknown` without
    git. Results may differ: a campaign writes them."""
    head = asked(ROOT, "rev-parse", f"--short={DIGITS}", "HEAD")
    changed = asked(ROOT, "status", "--porcelain", "--", "bench", "tests")
    return f"{head.text}{'+' * bool(changed.text)}" if head.ok and changed.ok else "unknown"


def revisions(found: set[str]) -> str:
    """As a page tells them; rows from before they were kept have none."""
    return ", ".join(sorted(f"`{one}`" if one else "not kept" for one in found))
