"""Names → folders: runs by path, prefix or `latest`, and the published results of a project."""

from pathlib import Path

from bench.errors import BenchError
from bench.plan.project import find_project
from bench.store import folder as store
from bench.store.publish import published

RESULTS = "results"


def find(name: str) -> Path:
    """The folder of a run: a path, a unique prefix, or `latest`, in the project around the current folder."""
    return store.find(name, project_root(Path.cwd()))


def project_root(near: Path) -> Path:
    """The root of the project that a folder belongs to."""
    return find_project(near.resolve() / "suite.yaml").root


def published_runs() -> list[Path]:
    """Every published run of the project around the current folder.

    Raises BenchError where there is none."""
    results = project_root(Path.cwd()) / RESULTS
    found = published(results)
    if not found:
        raise BenchError("no published run", where=str(results), hint="bench report --publish RUN files one")
    return found
