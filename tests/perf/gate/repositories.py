"""Repositories that are not this one, measured → what `bench gate` says in each, as a CSV file and a page.

`python -m tests.perf.gate.repositories > results/evidence/gate_repositories.md` measures the gates that are missing in
`results/evidence/gate_repositories.csv`, one to three minutes each, and prints the page; `--repeats` asks for more of
them, all of which must say what is asked; `--only-table` measures nothing. Each gate has two cases, of which the change
touches one or none. QUIET_LOCK names a lock that is held during each gate, to keep other work out."""

import argparse
import csv
import io
import json
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass, fields, replace
from itertools import product
from pathlib import Path

from bench.gate.policy import INCONCLUSIVE
from bench.store.files import write as write_whole
from tests.evidence.load import die_with_parent
from tests.evidence.repeats import quiet
from tests.evidence.rows import read as read_rows
from tests.perf.gate.controls import CONTROLS, Control, control_of, firings
from tests.perf.gate.repository_layouts import DOSE, LAYOUTS, SUITE, Layout, changed, interpreter, made
from tests.perf.gate.revision import revision, revisions
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
`unchanged`, and the {DOSE} % are a regression, with the exit code of each; where both sides would measure the installed
wheel, both cases are `incomparable`, with a hint. Every repeat must say so. `seen` is the change of the sharp metric.
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """A case of one gate: the median change of its sharp metric as a share, where there is one. `revision`: of the
    harness."""

    layout: str
    dose: str
    case: str
    verdict: str
    change: str
    pairs: int
    exit_code: int
    seconds: float
    note: str
    repeat: int = 1
    control: Control = ""
    revision: str = ""


COLUMNS = tuple(field.name for field in fields(Row))


def measured(layout: Layout, dose: str, repeat: int) -> list[Row]:
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
    gate = Row(
        layout=layout.name,
        dose=dose,
        case="",
        verdict="",
        change="",
        pairs=0,
        exit_code=said.returncode,
        seconds=round(took, 1),
        note="",
        repeat=repeat,
        control=control_of(said.stdout),
        revision=revision(),
    )
    return [row(gate, case) for case in json.loads(said.stdout)["cases"]]


def row(gate: Row, case: dict[str, object]) -> Row:
    """Of one case, as --json prints it; `gate` has what all of its cases share."""
    changes = case["changes"]
    assert isinstance(changes, list)
    return replace(
        gate,
        case=str(case["case"]).removeprefix("part="),
        verdict=str(case["verdict"]),
        change=f"{changes[0]['ratio'] - 1:.4f}" if changes else "",
        pairs=changes[0]["pairs"] if changes else 0,
        note=str(case["note"] or ""),
    )


def expected(layout: Layout, dose: str) -> dict[str, str]:
    """The verdicts that are asked for, by case."""
    if not layout.comparable:
        return dict.fromkeys(("steady", "changed"), "incomparable")
    return {"steady": "unchanged", "changed": "unchanged" if dose == EQUAL else "regression"}


def expected_code(layout: Layout, dose: str) -> int:
    """Of the gate that says so, and believes it: where its control has fired it ends with another."""
    return INCONCLUSIVE if not layout.comparable else 0 if dose == EQUAL else 1


def page(rows: Sequence[Row]) -> Iterator[str]:
    """The lines of the page."""
    yield HEAD
    if rows:
        yield f"Revision of the harness: {revisions({one.revision for one in rows})}.\n"
    for layout in LAYOUTS:
        answers = [good(rows, layout, dose) for dose in DOSES]
        said = "**not met**" if False in answers else "not measured" if None in answers else "met"
        yield f"- {layout.name}: {said}."
    gates = {(one.layout, one.dose, one.repeat): one.control for one in rows if layout_named(one.layout).comparable}
    yield f"\nWhere the sides are comparable: {firings(list(gates.values()))}"
    yield "\n| repository | change | repeat | case | verdict | asked | seen | pairs | exit code | gate, s |"
    yield "|---|--:|--:|---|---|---|--:|--:|--:|--:|"
    for one in rows:
        asked = expected(layout_named(one.layout), one.dose)[one.case]
        change = f"{100 * float(one.change):+.1f} %" if one.change else "–"
        gate = (one.layout, f"+{one.dose} %", one.repeat)
        cells = (*gate, one.case, one.verdict, asked, change, one.pairs, one.exit_code)
        yield f"| {' | '.join(map(str, cells))} | {one.seconds:.0f} |"
    notes = dict.fromkeys((one.layout, one.note) for one in rows if one.note)
    yield ""
    yield from (f"{layout}: {note}\n" for layout, note in notes)


def good(rows: Sequence[Row], layout: Layout, dose: str) -> bool | None:
    """Whether the gate said what is asked for in every repeat that any gate has; None before all were measured, unless
    one of them has said something else."""
    found = [told(rows, layout, dose, repeat) for repeat in range(1, 1 + max((one.repeat for one in rows), default=1))]
    return False if False in found else None if None in found else True


def told(rows: Sequence[Row], layout: Layout, dose: str, repeat: int) -> bool | None:
    """The same of one repeat."""
    own = [one for one in rows if (one.layout, one.dose, one.repeat) == (layout.name, dose, repeat)]
    if not own:
        return None
    hinted = layout.comparable or all("hint: " in one.note for one in own)
    ended = all(one.exit_code == expected_code(layout, dose) for one in own)
    return {one.case: one.verdict for one in own} == expected(layout, dose) and hinted and ended


def layout_named(name: str) -> Layout:
    """Raises StopIteration for a name of none."""
    return next(layout for layout in LAYOUTS if layout.name == name)


def read(file: Path) -> list[Row]:
    """The rows that are there; none where the file is not."""
    return read_rows(file, parsed)


def parsed(line: dict[str, str]) -> Row:
    """Of one line."""
    return Row(
        layout=line["layout"],
        dose=line["dose"],
        case=line["case"],
        verdict=line["verdict"],
        change=line["change"],
        pairs=int(line["pairs"]),
        exit_code=int(line["exit_code"]),
        seconds=float(line["seconds"]),
        note=line["note"],
        repeat=int(line["repeat"]),
        control=CONTROLS[line["control"]],
        revision=line["revision"],
    )


def write(file: Path, rows: Sequence[Row]) -> None:
    """All of them, in the order of the layouts, at once: killed meanwhile, it leaves the file as it was."""
    order = {layout.name: place for place, layout in enumerate(LAYOUTS)}
    text = io.StringIO()
    writer = csv.DictWriter(text, COLUMNS, lineterminator="\n")
    writer.writeheader()
    writer.writerows(asdict(one) for one in sorted(rows, key=lambda one: (order[one.layout], one.dose, one.repeat)))
    write_whole(file, text.getvalue().encode())


def main(given: Sequence[str]) -> None:
    """Measures what is missing, then prints the page."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--out", type=Path, default=OUT, help="the CSV file")
    parser.add_argument("--repeats", type=int, default=1, help="of each gate, those that are there included")
    parser.add_argument("--only-table", action="store_true", help="measure nothing")
    asked = parser.parse_args(given)
    rows = read(asked.out)
    there = {(one.layout, one.dose, one.repeat) for one in rows}
    units = product(range(1, 1 + asked.repeats), LAYOUTS, DOSES)
    todo = [(layout, dose, repeat) for repeat, layout, dose in units if (layout.name, dose, repeat) not in there]
    signal.signal(signal.SIGTERM, lambda number, _: sys.exit(128 + number))  # so that the gate is ended
    for layout, dose, repeat in [] if asked.only_table else todo:
        found = measured(layout, dose, repeat)
        rows += found
        write(asked.out, rows)
        verdicts = ", ".join(f"{one.case} {one.verdict}" for one in found)
        what = f"{layout.name}, +{dose} %, repeat {repeat}"
        print(f"{what}: {verdicts}, {found[0].seconds:.0f} s", file=sys.stderr, flush=True)
    print("\n".join(page(read(asked.out))))


if __name__ == "__main__":
    main(sys.argv[1:])
