"""Records → what is still to be measured. It answers at once, however many records there are."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import replace

from bench.records.nouns import Case, Record, Status, Trial

UNREPEATED: tuple[Status, ...] = ("ok", "skipped", "unavailable", "cancelled")
"""What another process would say again, or nobody asked for."""

FAILURES = 2
"""After so many failed trials a case is given up: each may cost a whole timeout."""


class Ledger:
    """The records of a run in the order in which they were measured, and an index of them."""

    def __init__(self, done: Iterable[Record] = ()) -> None:
        self.records: list[Record] = []
        self.surveys: dict[str, Record] = {}
        self.attempts: Counter[tuple[str, int]] = Counter()
        self.peaks: set[int] = set()
        self.repeats = 0
        self.timed_seconds = self.waited_seconds = 0.0
        self._rounds: defaultdict[int, set[str]] = defaultdict(set)
        self._once: dict[tuple[str, int], Record] = {}
        self._failures: Counter[str] = Counter()
        for record in done:
            self._index(record)

    def add(self, record: Record) -> Record:
        """Files a new record: numbers it, and refuses a trial whose build is not the one that was surveyed."""
        survey = self.surveys.get(record.case)
        if record.kind == "timed" and record.status == "ok" and survey and record.settings != survey.settings:
            record = replace(record, status="invalid", note="the build differs from the one that was surveyed")
        record = replace(record, sequence=len(self.records) + 1)
        self._index(record)
        return record

    def _index(self, record: Record) -> None:
        self.records.append(record)
        first = self._once.pop((record.case, record.round), None)
        if record.attempt == 0:
            self._once[record.case, record.round] = record
        if record.kind == "survey":
            self.surveys[record.case] = record
        if record.kind == "peak":
            self.peaks.add(int(record.case.removeprefix("threads=")))
        if record.kind != "timed":
            return
        self.attempts[record.case, record.round] += 1
        self.repeats += record.attempt > 0
        self.timed_seconds += sum(record.samples) / 1e9
        waited = record.noise.get("waited", 0.0)
        self.waited_seconds += 0.0 if waited == "unknown" else waited
        self._rounds[record.round].add(record.case)
        self._failures[record.case] += record.status != "ok"
        if first is not None and first.status != "ok" and record.status == "ok":
            self._failures[record.case] -= 1  # it failed beside others, and not alone

    @property
    def servers(self) -> int:
        """How many servers the run has started."""
        return max((r.server for r in self.records), default=0)

    def has(self, trial: Trial) -> bool:
        """Whether that survey (round 0) or that attempt is on record."""
        if trial.round == 0:
            return trial.case.id in self.surveys and self.surveys[trial.case.id].attempt >= trial.attempt
        return self.attempts[trial.case.id, trial.round] > trial.attempt

    def unmeasured(self, cases: Iterable[Case], round: int) -> list[Case]:
        """The cases that have no trial in that round yet."""
        return [case for case in cases if case.id not in self._rounds[round]]

    def failed_once(self, cases: Iterable[Case], round: int) -> list[Trial]:
        """The second attempts of what was tried once in that round (0: surveyed) and failed."""
        first = [(case, self._once.get((case.id, round))) for case in cases]
        return [
            Trial(case=case, round=round, attempt=1)
            for case, record in first
            if record is not None and record.status not in UNREPEATED
        ]

    def timeable(self, cases: Iterable[Case]) -> list[Case]:
        """The cases that were surveyed well and have not failed too often since."""
        return [c for c in cases if c.id in self.surveys and self.surveys[c.id].status == "ok" and not self.given_up(c)]

    def given_up(self, case: Case) -> bool:
        """Whether the case has failed too often to be tried again."""
        return self._failures[case.id] >= FAILURES

    def at_look(self, round: int) -> Sequence[Record]:
        """What was on record when that round had ended. What came later (further rounds, repeats of old ones at the
        end) had no part in the decision, and must have none when an interrupted run is gone on with."""
        last, seen = 0, []
        for record in self.records:
            if record.kind == "timed" and not last <= record.round <= round:
                break
            last = record.round
            seen.append(record)
        return seen

    @property
    def trials(self) -> int:
        """Trials on record, repeats not counted."""
        return sum(self.attempts.values()) - self.repeats
