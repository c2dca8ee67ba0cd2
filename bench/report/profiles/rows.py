"""Profiles → operators.csv and kernels.csv: a row for each name and case, times in seconds a step.

`share` is of the profiled step. A case without a trace is a row with its status."""

from bench.records.profile import Profile, Profiles, Traced
from bench.report.csv_text import Value, csv_text

OPERATOR_COLUMNS = ("case", "operator", "kind", "calls", "self", "total", "share", "status", "note")
KERNEL_COLUMNS = ("case", "kernel", "launches", "time", "share")


def operators_csv(found: Profiles) -> str:
    """Worst first within each case."""
    return csv_text([row for profile in found.profiles for row in _operators(profile)], OPERATOR_COLUMNS)


def kernels_csv(found: Profiles) -> str:
    """Most time first within each case."""
    return csv_text([row for profile in found.profiles for row in _kernels(profile)], KERNEL_COLUMNS)


def _operators(profile: Profile) -> list[dict[str, Value]]:
    if profile.traced is None:
        empty: dict[str, Value] = dict.fromkeys(OPERATOR_COLUMNS)
        return [{**empty, "case": profile.case, "status": profile.status, "note": profile.note}]
    return [
        {
            "case": profile.case,
            "operator": operator.name,
            "kind": operator.kind,
            "calls": operator.calls,
            "self": operator.own,
            "total": operator.total,
            "share": _share(operator.own, profile.traced),
            "status": profile.status,
            "note": None,
        }
        for operator in profile.traced.operators
    ]


def _kernels(profile: Profile) -> list[dict[str, Value]]:
    if profile.traced is None:
        return []
    return [
        {
            "case": profile.case,
            "kernel": kernel.name,
            "launches": kernel.launches,
            "time": kernel.time,
            "share": _share(kernel.time, profile.traced),
        }
        for kernel in profile.traced.kernels
    ]


def _share(seconds: float, traced: Traced) -> float | None:
    return seconds / traced.watched if traced.watched > 0 else None
