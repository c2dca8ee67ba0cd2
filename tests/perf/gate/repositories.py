"""Repositories that are not this one, measured → what `bench gate` says in each, as a CSV file and a page.

`python -m tests.perf.gate.repositories > results/evidence/gate_repositories.md` measures the gates that are missing in
`results/evidence/gate_repositories.csv`, about 30 s each, and prints the page; `--only-table` measures nothing. Each
gate has two cases, of which the change touches one or none. QUIET_LOCK names a lock that is held during each gate, to
keep other work out."""

import argparse
import csv
import json
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass, fields
from pathlib import Path

from bench.gate.policy import INCONCLUSIVE
from tests.evidence.load import die_with_parent
from tests.evidence.repeats import quiet
from tests.evidence.rows import read as read_rows
from tests.perf.gate.repository_layouts import DOSE, LAYOUTS, SUITE, Layout, changed, interpreter, made
from tests.perf.gate.rows import OUT as PAIRS

OUT = PAIRS.with_name("gate_repositories.csv")
EQUAL = "0"
DOSES = (EQUAL, DOSE)
LIMIT = "3%"

HEAD = f"""# The gate in repositories that are not this one

Made by `python -m tests.perf.gate.repositories` from `gate_repositories.csv`. Five repositories of one subject (matrix
products, a hundred equal parts a step), made in a temporary folder. Where the subject is installed, `pip install` has
put it into an environment of its own, beside a `.pth` file by which that environment sees bench and torch. In each the
working tree is gated against its one commit, `bench gate {SUITE} --against HEAD --limit {LIMIT}`: once as it is, once
with {DOSE} % more of the same work in the case `changed`, while the case `steady` has none. Asked: equal code is
`unchanged`, and the {DOSE} % are a regression; where both sides would measure the installed wheel, both cases are
`incomparable`, with a hint. `seen` is the change of the sharp metric.
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """A case of one gate: the median change of its sharp metric as a share, where there is one."""

    layout: str
    dose: str
    case: str
    verdict: str
    change: str
    pairs: int
    exit_code: int
    seconds: float
    note: str


COLUMNS = tuple(field.name for field in fields(Row))


def measured(layout: Layout, dose: str) -> list[Row]:
    """One gate, in a repository that is made for it."""
    with quiet(), tempfile.TemporaryDirectory(prefix="bench-repository-") as name:
        folder = Path(name).resolve()
        repository = made(layout, folder)
        python = interpreter(layout, repository)
        if dose != EQUAL:
            changed(layout, repository)
        words = ("-P", "-m", "bench", "gate", SUITE, "--against", "HEAD", "--limit", LIMIT, "--json")
        began = time.monotonic()
        said = subprocess.run(
            [str(python), *words], cwd=repository, capture_output=True, text=True, preexec_fn=die_with_parent
        )
        took = time.monotonic() - began
    if said.returncode not in (0, 1, INCONCLUSIVE) or not json.loads(said.stdout)["cases"]:
        raise SystemExit(f"{layout.name}: the gate ended with {said.returncode}:\n{said.stderr}")
    return [row(layout, dose, case, said.returncode, took) for case in json.loads(said.stdout)["cases"]]


def row(layout: Layout, dose: str, case: dict[str, object], code: int, seconds: float) -> Row:
    """Of one case, as --json prints it."""
    changes = case["changes"]
    assert isinstance(changes, list)
    return Row(
        layout=layout.name,
        dose=dose,
        case=str(case["case"]).removeprefix("part="),
        verdict=str(case["verdict"]),
        change=f"{changes[0]['ratio'] - 1:.4f}" if changes else "",
        pairs=changes[0]["pairs"] if changes else 0,
        exit_code=code,
        seconds=round(seconds, 1),
        note=str(case["note"] or ""),
    )


def expected(layout: Layout, dose: str) -> dict[str, str]:
    """The verdicts that are asked for, by case."""
    if not layout.comparable:
        return dict.fromkeys(("steady", "changed"), "incomparable")
    return {"steady": "unchanged", "changed": "unchanged" if dose == EQUAL else "regression"}


def page(rows: Sequence[Row]) -> Iterator[str]:
    """The lines of the page."""
    yield HEAD
    for layout in LAYOUTS:
        answers = [good(rows, layout, dose) for dose in DOSES]
        said = "not measured" if None in answers else "met" if all(answers) else "**not met**"
        yield f"- {layout.name}: {said}."
    yield "\n| repository | change | case | verdict | asked | seen | pairs | exit code | gate, s |"
    yield "|---|--:|---|---|---|--:|--:|--:|--:|"
    for one in rows:
        asked = expected(layout_named(one.layout), one.dose)[one.case]
        change = f"{100 * float(one.change):+.1f} %" if one.change else "–"
        cells = (one.layout, f"+{one.dose} %", one.case, one.verdict, asked, change, one.pairs, one.exit_code)
        yield f"| {' | '.join(map(str, cells))} | {one.seconds:.0f} |"
    notes = dict.fromkeys((one.layout, one.note) for one in rows if one.note)
    yield ""
    yield from (f"{layout}: {note}\n" for layout, note in notes)


def good(rows: Sequence[Row], layout: Layout, dose: str) -> bool | None:
    """Whether the gate said what is asked for, None before it was measured."""
    own = [one for one in rows if (one.layout, one.dose) == (layout.name, dose)]
    if not own:
        return None
    hinted = layout.comparable or all("hint: " in one.note for one in own)
    return {one.case: one.verdict for one in own} == expected(layout, dose) and hinted


def layout_named(name: str) -> Layout:
    """Raises StopIteration for a name of none."""
    return next(layout for layout in LAYOUTS if layout.name == name)


def read(file: Path) -> list[Row]:
    """The rows that are there; none where the file is not."""
    return read_rows(file, parsed)


def parsed(line: dict[str, str]) -> Row:
    """Of one line."""
    names = ("layout", "dose", "case", "verdict", "change", "note")
    texts = {name: line[name] for name in names}
    numbers = {"pairs": int(line["pairs"]), "exit_code": int(line["exit_code"])}
    return Row(**texts, **numbers, seconds=float(line["seconds"]))  # type: ignore[arg-type]


def write(file: Path, rows: Sequence[Row]) -> None:
    """All of them, in the order of the layouts."""
    order = {layout.name: place for place, layout in enumerate(LAYOUTS)}
    with file.open("w", newline="", encoding="utf-8") as lines:
        writer = csv.DictWriter(lines, COLUMNS, lineterminator="\n")
        writer.writeheader()
        writer.writerows(asdict(one) for one in sorted(rows, key=lambda one: (order[one.layout], one.dose)))


def main(given: Sequence[str]) -> None:
    """Measures what is missing, then prints the page."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--out", type=Path, default=OUT, help="the CSV file")
    parser.add_argument("--only-table", action="store_true", help="measure nothing")
    asked = parser.parse_args(given)
    rows = read(asked.out)
    there = {(one.layout, one.dose) for one in rows}
    todo = [(layout, dose) for layout in LAYOUTS for dose in DOSES if (layout.name, dose) not in there]
    signal.signal(signal.SIGTERM, lambda number, _: sys.exit(128 + number))  # so that the gate is ended
    for layout, dose in [] if asked.only_table else todo:
        found = measured(layout, dose)
        rows += found
        write(asked.out, rows)
        verdicts = ", ".join(f"{one.case} {one.verdict}" for one in found)
        print(f"{layout.name}, +{dose} %: {verdicts}, {found[0].seconds:.0f} s", file=sys.stderr, flush=True)
    print("\n".join(page(read(asked.out))))


if __name__ == "__main__":
    main(sys.argv[1:])
