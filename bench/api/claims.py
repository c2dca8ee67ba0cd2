"""The project's claims → their verdicts, from its published runs and from facts observed now, and the texts of them."""

import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import psutil

from bench.analysis.analysed import analyse
from bench.api.alone import Site, measuring
from bench.api.places import RESULTS, project_root
from bench.api.planning import check_device
from bench.claims.measured import Published
from bench.claims.resolve import resolve
from bench.errors import Unreadable
from bench.measure.client import Server, Setup
from bench.measure.facts import observe
from bench.measure.request import Place
from bench.plan.claims import load_claims, target_of
from bench.records.claims import Claim, ExactCheck, LawCheck, RatioCheck, Resolved, TrendCheck
from bench.records.nouns import Record
from bench.report.claims.markdown import claims_text, parameters_text
from bench.report.claims.rows import claims_csv, verdicts, verdicts_in
from bench.store.files import stale, write
from bench.store.folder import read, read_run
from bench.store.publish import published
from bench.units import parse_memory

CLAIMS = Path("suites", "claims", "claims.yaml")
TABLE = "claims.csv"
MEMORY = "80%"


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """Every claim with its verdict, what became of each fact, and the files below results/ by name."""

    resolved: tuple[Resolved, ...]
    facts: dict[str, Record]
    texts: dict[str, str]


def answer(root: Path, *, device: str = "cpu", wait: float | None = 0) -> Answer:
    """Observes the facts in children of a server on that device, and resolves every claim of the project.

    Raises SuiteError for claims that cannot be, Busy while something else is measured, Unreadable for a published run
    that is damaged."""
    check_device(device)
    claims = load_claims(root / CLAIMS)
    facts = observed(root / CLAIMS, claims, device=device, wait=wait)
    resolved = resolve(claims, facts, published_of(root / RESULTS, claims))
    texts = {
        "claims.md": claims_text(resolved),
        TABLE: claims_csv(resolved),
        "parameters.md": parameters_text(resolved),
    }
    return Answer(resolved=resolved, facts=facts, texts=texts)


def observed(file: Path, claims: Sequence[Claim], *, device: str, wait: float | None) -> dict[str, Record]:
    """What each fact that a check names sees, by the name that the check gives it."""
    names = list(dict.fromkeys(c.fact for claim in claims for c in claim.checks if isinstance(c, ExactCheck)))
    if not names:
        return {}
    site = Site.here(file.parent, None)
    place = Place(
        paths=tuple(map(str, (site.project.folder, *site.project.paths))),
        memory=parse_memory(MEMORY, psutil.virtual_memory().available),
        cores=site.cores,
    )
    setup = Setup(
        device=device,
        launch="fork",
        preload=(),
        own_cores=site.own_cores,
        allowed_cores=site.cores,
        environment=dict(os.environ),
    )
    with measuring("bench claims", site, device=device, wait=wait):
        records = observe(
            lambda: Server(setup, allocator="retain", number=1), list(map(target_of, names)), place, device=device
        )
        return dict(zip(names, records, strict=True))


def published_of(results: Path, claims: Sequence[Claim]) -> list[Published]:
    """The published runs of the suites that checks name, in the order of their folders."""
    checks = [check for claim in claims for check in claim.checks]
    suites = {check.suite for check in checks if isinstance(check, RatioCheck | TrendCheck | LawCheck)}
    return [_published(results, folder) for folder in published(results) if read_run(folder).suite.name in suites]


def differences(root: Path, found: Answer) -> list[str]:
    """Verdicts on claims and their parts that are not those on file; the files that do not say what was found."""
    results = root / RESULTS
    file = results / TABLE
    before = verdicts_in(file.read_text("utf-8")) if file.exists() else {}
    now = verdicts(found.resolved)
    changed = [
        f"{name}: {before.get(name, 'absent')} → {now.get(name, 'absent')}"
        for name in dict.fromkeys((*before, *now))
        if before.get(name) != now.get(name)
    ]
    return changed + [f"{name} differs" for name in stale(results, found.texts)]


def file_answer(root: Path, found: Answer) -> list[Path]:
    """Writes the files; where they lie."""
    paths = {root / RESULTS / name: text for name, text in found.texts.items()}
    for path, text in paths.items():
        write(path, text.encode())
    return list(paths)


def here() -> Path:
    """The root of the project around the current folder."""
    return project_root(Path.cwd())


def _published(results: Path, folder: Path) -> Published:
    stored = read(folder)
    if stored.damage:
        raise Unreadable(stored.damage, hint="publish it again; a claim is decided from whole runs")
    return Published(folder=folder.relative_to(results).as_posix(), analysed=analyse(stored.run, stored.records))
