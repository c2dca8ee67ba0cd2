"""Published runs → the pages of a project that are written from them, as far as they say something else."""

from collections.abc import Mapping
from dataclasses import replace
from functools import partial
from pathlib import Path, PurePosixPath

from bench.api.machines import suites_abreast
from bench.api.pages import index_texts
from bench.api.places import RESULTS
from bench.api.reporting import Report, quoted_in, shown
from bench.errors import BenchError
from bench.report.blocks import rewritten
from bench.report.machines import machines_text
from bench.store.files import write

SUITES = "suites"


def stale_pages(root: Path, published: Mapping[Path, Report]) -> dict[Path, str]:
    """What should stand in README.md and results/*.md, as far as their generated blocks are not what the quoted files
    say now, and in the pages over all published runs, which are generated as a whole."""
    results = root / RESULTS
    runs = [replace(shown(made), folder=folder.relative_to(results).as_posix()) for folder, made in published.items()]
    abreast = machines_text(suites_abreast([*published.values()]))
    pages = index_texts(results, runs, quoted=quoted_in(root), abreast=abreast)
    index = {results / name: text for name, text in pages.items()}
    files = [file for file in (root / "README.md", *sorted(results.glob("*.md"))) if file.exists()]
    texts = {file: file.read_text("utf-8") for file in (*files, *index) if file.exists()}
    made = {
        file: rewritten(texts[file], partial(_quoted, root), where=file.relative_to(root).as_posix()) for file in files
    }
    return {file: text for file, text in (made | index).items() if text != texts.get(file)}


def rewrite(pages: Mapping[Path, str]) -> None:
    """Puts those texts in their places."""
    for path, text in pages.items():
        write(path, text.encode())


def _quoted(root: Path, name: str) -> str | None:
    """None for a file of a run that is not published yet, though the project has its suite: a page may ask for it
    before it is measured."""
    file = root / name
    folder, suite, *_ = (*PurePosixPath(name).parts, "")
    planned = folder == RESULTS and (root / SUITES / f"{suite}.yaml").exists()
    if planned and not (root / RESULTS / suite).exists():
        return None
    try:
        return file.read_text("utf-8")
    except OSError as error:
        raise BenchError(error.strerror or str(error), where=name, hint="a generated block quotes it") from error
