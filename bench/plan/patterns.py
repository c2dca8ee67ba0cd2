"""A label → the reason for which it may not name a level or a suite, if there is one."""

import re

LABEL = re.compile(r"[A-Za-z0-9_.+-]{1,64}")
_DEVICE = re.compile(r"(con|prn|aux|nul|com[0-9]|lpt[0-9])(\..*)?", re.IGNORECASE)


def refused_label(label: str) -> str | None:
    """Labels become columns, parts of ids and parts of file names, everywhere."""
    if not LABEL.fullmatch(label):
        return f"{label[:40]!r} is no label: 1 to 64 letters, digits and _ . + - only"
    if label.endswith(".") or _DEVICE.fullmatch(label):
        return f"{label!r} is no label: some systems cannot have a file of that name"
    return None
