"""Figures → their files in a run's folder: written, and compared by the values that they show.

Why matplotlib is imported here when something is drawn, and not at the top: it costs 0.4 s and 50 MB. Most who ask
for a report draw nothing (`show`, `compare`, `bench.load`, `report --check`), and `run` and `gate` would carry it
through the whole measurement.
"""

import importlib
from collections.abc import Sequence
from pathlib import Path

from bench.report.figures.files import FOLDER, path_of
from bench.report.figures.nouns import Figure
from bench.report.figures.values import stored_hash, values_hash
from bench.store.files import write


def svg(figure: Figure) -> str:
    """The figure as SVG."""
    text = importlib.import_module("bench.report.figures.drawing.svg").svg(figure)
    assert isinstance(text, str)
    return text


def write_figures(folder: Path, figures: Sequence[Figure]) -> None:
    """Draws them in a run's folder, and takes away what an earlier suite drew there."""
    for figure in figures:
        write(folder / path_of(figure), svg(figure).encode())
    for name in _left_over(folder, figures):
        (folder / name).unlink()


def differing_figures(folder: Path, figures: Sequence[Figure]) -> list[str]:
    """The names of figures that are missing, that show other values, or that nothing asks for. Nothing is drawn."""
    hashes = {path_of(figure): values_hash(figure) for figure in figures}
    wrong = [name for name, wanted in hashes.items() if _shown(folder / name) != wanted]
    return [*wrong, *_left_over(folder, figures)]


def _shown(file: Path) -> str | None:
    return stored_hash(file.read_text("utf-8", errors="replace")) if file.is_file() else None


def _left_over(folder: Path, figures: Sequence[Figure]) -> list[str]:
    asked = {path_of(figure) for figure in figures}
    found = sorted(f"{FOLDER}/{file.name}" for file in (folder / FOLDER).glob("*.svg"))
    return [name for name in found if name not in asked]
