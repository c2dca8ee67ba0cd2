"""A repository with two revisions → what a tool says of every case, as its documentation tells its users to ask it.

Every tool times the same steps of the same subject, with one thread. The rules are those of the issue that asked for
this: `worse` is the tool's own word at 5 % (pyperf's is a test of significance alone), `worse_at_limit` the same at our
gate's limit, worked out from the same measurement. torch.utils.benchmark and pytest-benchmark measure each case for
longer than they would by default (0.2 s and 1 s), so that they have no less time than a gate takes; asv and pyperf have
their defaults, and what these come to stands in the table."""

import json
import re
import shutil
import sys
from pathlib import Path

from tests.perf.gate.controls import control_of
from tests.perf.gate.peer_answers import LIMIT, RULE, Answer, Said, Site, Tool, answer, by_ratio
from tests.perf.gate.peer_files.cases import CASES
from tests.perf.gate.peer_places import BASE, CANDIDATE, said, shared
from tests.perf.gate.repository import SUITE
from tests.perf.gate.session import short

SECONDS = 8.0
"""Of a case on one revision, for the tools that are told how long to measure."""

OURS = "bench gate"
PYPERF = ("-p", "6", "-n", "3")
PYTEST = ("-q", "-c", "/dev/null", "-p", "no:cacheprovider", "--noconftest", "--benchmark-only")
ASV_ROW = re.compile(r"^\|\s*(?P<mark>\S?)\s*\|.*\|\s*(?P<sure>~?)(?P<ratio>[\d.]+)\s*\|.*'(?P<case>[\w-]+)'\)", re.M)
"""Of a table of asv: + where the candidate is slower by the factor and significantly; ~ where it is not significant."""


def ours(site: Site) -> str:
    """With the environment that this process runs in, as bench is installed there."""
    chosen = " or ".join(f"({' and '.join(case.split('-'))})" for case in CASES)
    words = ("gate", SUITE, "--against", BASE, "-k", chosen, "--limit", str(LIMIT), "--json")
    lock = str(site.places / "lock")
    return said([sys.executable, "-P", "-m", "bench", *words], site.repository, codes=(0, 1, 4), BENCH_LOCK=lock)


def ours_judged(_site: Site, text: str) -> dict[str, Said]:
    """Both rules are the gate's own. Where its control has fired it believes none of its verdicts."""
    answers: dict[str, Answer] = {"regression": "worse", "unchanged": "not worse", "improvement": "not worse"}
    control = control_of(text)
    found = {}
    for case in json.loads(text)["cases"]:
        one = "undecided" if control == "fired" else answers.get(case["verdict"], "undecided")
        changes = case["changes"]
        change = changes[0]["ratio"] - 1 if changes else 0.0
        found[short(case["case"])] = Said(change=change, worse=one, worse_at_limit=one, control=control)
    return found


def torch_benchmark(site: Site) -> str:
    """The medians of both revisions, a line each."""
    lines = []
    for branch in (BASE, CANDIDATE):
        site.checkout(branch)
        lines.append(site.run("torch_steps.py", str(SECONDS)))
    return "".join(lines)


def torch_judged(_site: Site, text: str) -> dict[str, Said]:
    """By the medians alone."""
    base, candidate = map(json.loads, text.splitlines())
    return by_ratio(base, candidate)


def pytest_benchmark(site: Site) -> str:
    """The base is saved, and the candidate compared with it; a failed comparison ends with 1 and names the cases."""
    words = ("-m", "pytest", *PYTEST, f"--benchmark-max-time={SECONDS:g}", "pytest_steps.py")
    site.checkout(BASE)
    site.run(*words, "--benchmark-save=base")
    site.checkout(CANDIDATE)
    compare = ("--benchmark-save=candidate", "--benchmark-compare=0001", f"--benchmark-compare-fail=mean:{RULE:.0%}")
    return site.run(*words, *compare, codes=(0, 1), errors=True)  # it is standard error that names them


def pytest_judged(site: Site, text: str) -> dict[str, Said]:
    """From the means that were saved, by which it judges; what it has said must be the same."""
    found = by_ratio(*(pytest_means(site.repository, name) for name in ("0001_base", "0002_candidate")))
    for case, one in found.items():
        failed = f"test_step[{case}] (0001_base) - Field 'mean' has failed" in text
        assert answer(failed) == one.worse, f"{case}, {one.change:+.3%}:\n{text}"
    return found


def pytest_means(repository: Path, name: str) -> dict[str, float]:
    """Seconds a step by case."""
    (file,) = repository.glob(f".benchmarks/*/{name}.json")
    return {one["param"]: one["stats"]["mean"] for one in json.loads(file.read_text("utf-8"))["benchmarks"]}


def pyperf(site: Site) -> str:
    """Both revisions, and the comparison."""
    for branch in (BASE, CANDIDATE):
        site.checkout(branch)
        site.run("pyperf_steps.py", *PYPERF, "-q", "-o", f"{branch}.json")
    return compare_to(site)


def compare_to(site: Site, *words: str) -> str:
    """What pyperf says to the two files: a line for each case that differs significantly."""
    return site.run("-m", "pyperf", "compare_to", *words, f"{BASE}.json", f"{CANDIDATE}.json")


def pyperf_judged(site: Site, text: str) -> dict[str, Said]:
    """`slower` as it was said; the change is that of the means."""
    means = [pyperf_means(site.repository / f"{branch}.json") for branch in (BASE, CANDIDATE)]
    at_limit = compare_to(site, "--min-speed", f"{100 * LIMIT:g}")
    return {
        case: Said(change=one.change, worse=answer(slower(case, text)), worse_at_limit=answer(slower(case, at_limit)))
        for case, one in by_ratio(*means).items()
    }


def slower(case: str, text: str) -> bool:
    """Whether the case's line says so; what is not significant has none."""
    return re.search(rf"^{re.escape(case)}: .*slower$", text, re.MULTILINE) is not None


def pyperf_means(file: Path) -> dict[str, float]:
    """Seconds a step by case, over the values of all processes."""
    found = {}
    for one in json.loads(file.read_text("utf-8"))["benchmarks"]:
        values = [value for run in one["runs"] for value in run.get("values", ())]
        found[one["metadata"]["name"]] = sum(values) / len(values)
    return found


def asv_prepared(site: Site) -> None:
    """A configuration as `asv quickstart` writes one, for environments of its own in which a .pth file does what an
    installation would; they are made once, and what earlier measurements found is forgotten."""
    home = asv_home(site)
    shutil.rmtree(home / "results", ignore_errors=True)
    folders = {f"{name}_dir": str(home / name) for name in ("env", "results", "html")}
    python = f"{sys.version_info.major}.{sys.version_info.minor}"
    content = {
        "version": 1,
        "project": "dosed",
        "repo": ".",
        "branches": [CANDIDATE],
        "environment_type": "virtualenv",
        "pythons": [python],
        "build_command": [],
        "uninstall_command": [],
        "install_command": [f"python install.py {shared(site.places)}"],
        "benchmark_dir": "benchmarks",
        **folders,
    }
    (site.repository / "asv.conf.json").write_text(json.dumps(content), "utf-8")
    asv(site, "machine", "--yes")
    asv(site, "setup", codes=(0, 1))  # 1 where all is well: it hands its environments to sys.exit


def asv_home(site: Site) -> Path:
    """Where asv has what it keeps of the machine, and its environments."""
    return site.places / "asv-home"


def asv(site: Site, *words: str, codes: tuple[int, ...] = (0,)) -> str:
    """A verb of asv."""
    home = asv_home(site)
    home.mkdir(exist_ok=True)
    return site.run("-m", "asv", *words, codes=codes, HOME=str(home))


def asv_continuous(site: Site) -> str:
    """Both revisions in turns, in two rounds; ends with 1 where a benchmark is worse."""
    return asv(site, "continuous", "--factor", f"{1 + RULE:g}", BASE, CANDIDATE, codes=(0, 1))


def asv_judged(site: Site, text: str) -> dict[str, Said]:
    """`+` as it was said; the ratios, of which asv prints two decimals, from a table of all cases."""
    table = asv(site, "compare", "--factor", f"{1 + LIMIT:g}", BASE, CANDIDATE)
    rows = {row["case"]: row for row in ASV_ROW.finditer(table)}
    worse = {row["case"] for row in ASV_ROW.finditer(text) if row["mark"] == "+"}
    return {
        case: Said(
            change=float(rows[case]["ratio"]) - 1,
            worse=answer(case in worse),
            worse_at_limit=answer(rows[case]["mark"] == "+"),
        )
        for case in CASES
    }


TOOLS = {
    OURS: Tool(rule=f"`--limit {LIMIT:.0%}`", measure=ours, judge=ours_judged),
    "asv": Tool(
        rule=f"`continuous --factor {1 + RULE:g}`",
        packages=("asv", "virtualenv"),
        prepare=asv_prepared,
        measure=asv_continuous,
        judge=asv_judged,
    ),
    "pytest-benchmark": Tool(
        rule=f"`--benchmark-compare-fail=mean:{RULE:.0%}`",
        packages=("pytest", "pytest-benchmark"),
        measure=pytest_benchmark,
        judge=pytest_judged,
    ),
    "pyperf": Tool(
        rule=f"`{' '.join(PYPERF)}`, `compare_to`", packages=("pyperf",), measure=pyperf, judge=pyperf_judged
    ),
    "torch.utils.benchmark": Tool(rule=f"medians, {RULE:.0%}", measure=torch_benchmark, judge=torch_judged),
}
"""By name, ours first."""
