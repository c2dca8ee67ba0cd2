"""A gate's records as they arrive → what a person sees meanwhile: a line between trials, a sentence after each look."""

from bench.api.gate_progress import GateProgress, Looked
from bench.cli.screen import Screen
from bench.records.nouns import Record, Run
from bench.units import duration


class GateDisplay:
    """Progress of a gate on the terminal, and what each look has decided."""

    def __init__(self) -> None:
        self._screen = Screen()
        self._progress: GateProgress | None = None

    def __enter__(self) -> "GateDisplay":
        return self

    def __exit__(self, *problem: object) -> None:
        self._screen.__exit__(*problem)
        if problem[0] is None and self._progress is not None and (looked := self._progress.last()):
            self._screen.say(look_line(self._progress.run, looked))

    def __call__(self, run: Run, record: Record) -> None:
        """Takes one record."""
        if self._progress is None:
            self._progress = GateProgress(run)
        looked = self._progress.add(record)
        if record.status not in ("ok", "skipped"):
            self._screen.say(f"{record.case} ({record.side}): {record.status}: {record.note or ''}")
        if looked is not None:
            self._screen.say(look_line(run, looked))
        if self._screen.redraws:
            self._screen.draw(line(run, self._progress))


def line(run: Run, progress: GateProgress) -> str:
    """One line: surveys, then pairs."""
    name, elapsed = run.suite.name, duration(progress.elapsed)
    if progress.pair == 0:
        return f"{name}: surveyed {progress.surveyed} of {len(run.cases)} cases, {elapsed}"
    return f"{name}: pair {progress.pair}, {elapsed}"


def look_line(run: Run, looked: Looked) -> str:
    """What a look has decided, and what comes before the next one costs."""
    stands = ", ".join(f"{count} {verdict}" for verdict, count in sorted(looked.verdicts.items()))
    said = f"{run.suite.name}: after {looked.pairs} pairs: {stands}"
    if looked.following is None:
        return f"{said}; the control takes about {duration(looked.left)}" if looked.left else said
    return f"{said}; the undecided go on to {looked.following} pairs, about {duration(looked.left)}"
