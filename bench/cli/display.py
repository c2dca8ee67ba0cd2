"""Records as they arrive → what a person sees meanwhile: a line that is redrawn between trials, or plain lines."""

from collections.abc import Sequence

from bench.api.progress import Progress, State
from bench.cli.screen import Screen
from bench.records.nouns import Record, Run
from bench.units import duration


class Display:
    """Progress of a run on the terminal, or a plain line a round off one."""

    def __init__(self, done: Sequence[Record] = ()) -> None:
        self._done, self._screen = done, Screen()
        self._progress: Progress | None = None

    def __enter__(self) -> "Display":
        return self

    def __exit__(self, *problem: object) -> None:
        self._screen.__exit__(*problem)

    def __call__(self, run: Run, record: Record) -> None:
        """Takes one record."""
        if self._progress is None:
            self._progress = Progress(run)
            for earlier in self._done:
                self._progress.add(earlier)
        round_ended = self._progress.add(record)
        state = self._progress.state
        if record.status not in ("ok", "skipped"):
            self._screen.say(f"{record.case}: {record.status}: {record.note or ''}")
        if self._screen.redraws:
            self._screen.draw(line(run, state))
        elif round_ended or (record.kind == "survey" and state.surveyed == len(run.cases)):
            self._screen.say(line(run, state))


def line(run: Run, state: State) -> str:
    """One line: what is done, what is precise, what is left."""
    if state.round == 0:
        return f"{run.suite.name}: surveyed {state.surveyed} of {len(run.cases)} cases, {duration(state.elapsed)}"
    policy = run.policy
    rounds = f"{policy.rounds}" if state.round <= policy.rounds else f"{policy.max_rounds}"
    left = "" if state.left is None else f", about {duration(state.left)} left"
    return (
        f"{run.suite.name}: round {state.round} of {rounds}, trial {state.in_round}, "
        f"{state.precise} of {state.timeable} cases precise to ± {policy.precision:.1%}, "
        f"{duration(state.elapsed)}{left}"
    )
