"""What runs show → their pages: `report.html` of one run, `README.md` and `index.html` over all published ones.

Why the pages are imported here when one is written, and not at the top: jinja2 costs 50 ms, and `run`, `gate` and
`show` would pay for it at their start.
"""

import importlib
from collections.abc import Iterator, Sequence
from pathlib import Path

from bench.records.published import Quoted
from bench.report.figures.files import path_of
from bench.report.index import Link, Shown, index_readme
from bench.report.machines import TITLE

PAGE, README, INDEX, MACHINES = "report.html", "README.md", "index.html", "machines.md"

_TITLE = "# "


def run_page(shown: Shown, folder: Path) -> str:
    """The page of a run with the figures that its folder holds."""
    drawings = [(folder / path_of(figure)).read_text("utf-8") for figure in shown.figures]
    text = importlib.import_module("bench.report.html.page").html_page(shown, drawings)
    assert isinstance(text, str)
    return text


def index_texts(
    results: Path, runs: Sequence[Shown], *, quoted: Sequence[Quoted] = (), abreast: str = ""
) -> dict[str, str]:
    """The pages over all published runs, by their names in `results/`; `quoted` is all that others have published,
    `abreast` the text of the page that sets machines side by side, where there is one."""
    others = (*([Link(title=TITLE, path=MACHINES)] if abreast else ()), *_others(results))
    page = importlib.import_module("bench.report.html.index").index_page(runs, others)
    assert isinstance(page, str)
    return {README: index_readme(runs, others, quoted), INDEX: page, **({MACHINES: abreast} if abreast else {})}


def _others(results: Path) -> Iterator[Link]:
    """The pages and tables that lie in `results/` and in `results/evidence/`, by their titles."""
    for pattern in ("*.md", "*.csv", "evidence/*.md", "evidence/*.csv"):
        for file in sorted(results.glob(pattern)):
            path = file.relative_to(results).as_posix()
            if path not in (README, MACHINES):
                yield Link(title=_title(file) if file.suffix == ".md" else path, path=path)


def _title(page: Path) -> str:
    """The first heading, or the page's name."""
    lines = page.read_text("utf-8").splitlines()
    return next((line.removeprefix(_TITLE) for line in lines if line.startswith(_TITLE)), page.name)
