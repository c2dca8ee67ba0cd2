"""A run folder → values in memory: records, a tidy data frame, comparisons. Nothing that is read is executed."""

from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import pandas

from bench.analysis.rows import columns, measurements
from bench.api.places import find
from bench.api.reporting import Report, report


@dataclass(frozen=True)
class Loaded:
    """A run as Python callers meet it."""

    folder: Path

    @cached_property
    def report(self) -> Report:
        """Everything that is worked out of the run, once."""
        return report(self.folder)

    def measurements(self) -> pandas.DataFrame:
        """A tidy frame: a row for each case and metric, the columns of `measurements.csv`, unrounded."""
        run = self.report.stored.run
        return pandas.DataFrame(measurements(run, self.report.estimates), columns=columns(run))


def load(name: str | Path) -> Loaded:
    """A run by its path, a unique prefix of its name, or `latest`."""
    return Loaded(find(str(name)))
