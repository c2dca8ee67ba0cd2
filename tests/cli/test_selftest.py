"""`bench selftest`: what is printed, how it ends, that it ends whole; on the fake device."""

import json
import os
import signal
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from rich.console import Console

from bench.api import selftest as module
from bench.api.selftest import Advice, Reach, Selftest
from bench.cli import selftest as verb
from bench.cli.selftest_view import alarms, selftest_view, sentence
from tests.api.test_selftest import FINE, part
from tests.scenario import Said, Scenario, started

Say = Callable[..., Said]

CALM = Selftest(
    machine="epyc-2c",
    device="cpu",
    seed=2**31 - 1,
    seconds=151.0,
    quiet=part("quiet", [(0, "unchanged"), (0, "inconclusive"), (1, "inconclusive"), *FINE[1:]]),
    loaded=part("loaded", FINE),
    advice=Advice(limit=0.01, change=0.02, seconds=7.1),
    noisy=(),
)


def printed(found: Selftest, width: int = 80) -> str:
    console = Console(width=width, record=True, file=open(os.devnull, "w"))  # noqa: SIM115 - as long as the console
    console.print(selftest_view(found))
    console.file.close()
    return console.export_text()


def test_the_sentence_says_what_is_found_at_which_cost_and_which_limit_to_use() -> None:
    said = "On this machine, now, a change of 2 % is found with 95 % probability in about 7.1 s a case: use --limit 1%."
    assert sentence(CALM) == said


def test_without_advice_the_sentence_says_that_nothing_is_found() -> None:
    assert "no change of up to 20 % is found" in sentence(replace(CALM, advice=None))


def test_eighty_columns_hold_the_whole_page() -> None:
    largest = Reach(pairs=40, seconds=199.0, change=None)
    wide = replace(CALM.quiet.kinds[0], kind="short", spread=0.123, pairs=300, reach=(largest,) * 3)
    found = replace(CALM, loaded=replace(CALM.loaded, kinds=(wide,)))
    text = printed(found)
    assert max(map(len, text.splitlines())) <= 80
    assert text.count("…") == 0
    assert text.count("> 20 %: 199 s") == 3
    assert "short, loaded    300" in text


def test_every_dose_stands_beside_what_was_said_of_it_in_quiet_and_under_load() -> None:
    rows = [line.split() for line in printed(CALM, 100).splitlines() if line.startswith("short ")]
    assert [row[1:5] for row in rows] == [
        ["0", "%", "=", "unchanged"],
        ["0", "%", "?", "inconclusive"],
        ["1", "%", "?", "inconclusive"],
        ["5", "%", "▲", "regression"],
    ]
    assert rows[2][5:] == ["+5.0", "%", "–"], "the load's gate has fewer cases"
    assert rows[3][5:] == ["+5.0", "%", "▲", "regression", "+5.0", "%"]


def test_false_alarms_are_counted_among_the_gated_and_the_drawn_cases() -> None:
    loaded = part("loaded", [(0, "improvement"), (5, "regression")])
    powers = tuple(replace(power, alarm=0.01) for power in loaded.kinds[0].powers)
    loaded = replace(loaded, kinds=(replace(loaded.kinds[0], powers=powers),))
    said = alarms((CALM.quiet, loaded))
    assert said == "1 of 3 gated cases of equal code, 2 of 400 drawn ones."


def test_without_a_look_the_sentence_says_that_nothing_was_judged() -> None:
    found = replace(CALM, quiet=replace(CALM.quiet, kinds=()), advice=None)
    assert "cannot judge anything" in sentence(found)


def test_reasons_are_printed_above_the_sentence() -> None:
    text = printed(replace(CALM, noisy=("quiet: it is loud",)))
    assert text.index("too noisy: quiet: it is loud") < text.index("On this machine")


def test_as_json_the_doses_the_probabilities_and_the_advice_are_there(scenario: Scenario, say: Say) -> None:
    said = say("selftest", "--device", "fake", "--seed", "7", "--out", scenario.folder / "kept", "--json")
    assert said.code == 0, said.err
    found = json.loads(said.out)
    assert found["exit_code"] == 0
    assert found["seed"] == 7
    assert [(case["dose"], case["judged"]["verdict"]) for case in found["loaded"]["cases"]] == list(FINE)
    assert found["quiet"]["kinds"][0]["powers"][0].keys() == {"limit", "pairs", "found", "unchanged", "alarm"}
    assert found["advice"]["change"] == 2 * found["advice"]["limit"]
    assert "a gate in quiet\n" in said.err
    assert "a gate under a load of our own\n" in said.err
    assert (scenario.folder / "kept" / "loaded" / "records.jsonl").is_file()


def test_a_machine_that_is_too_noisy_is_exit_4(say: Say, monkeypatch: pytest.MonkeyPatch) -> None:
    noisy = replace(CALM, noisy=("quiet: short steps with 5 % more work were not found",))
    monkeypatch.setattr(verb, "selftest", lambda *_, **__: noisy)
    said = say("selftest")
    assert said.code == 4
    assert "too noisy: quiet: short steps with 5 % more work were not found" in said.out


def test_threads_are_not_for_the_selftest_to_choose(say: Say) -> None:
    assert say("selftest", "--threads", "2").code == 2
    assert say("selftest", "--device", "cuda").code == 2


@pytest.mark.parametrize(("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_a_signal_ends_it_and_leaves_nothing(
    scenario: Scenario, monkeypatch: pytest.MonkeyPatch, number: signal.Signals, code: int
) -> None:
    temporary = scenario.folder / "temporary"
    temporary.mkdir()
    monkeypatch.setenv("TMPDIR", str(temporary))
    process = started(["selftest", "--device", "fake", "--seed", "7"], folder=scenario.folder)
    assert process.stderr is not None
    awaited = iter(process.stderr.readline, "")
    assert any("a gate under a load of our own" in line for line in awaited), "it ended before"
    burdens = [pid for pid in processes() if b"load.py" in command_of(pid) and parent_of(pid) == process.pid]
    assert len(burdens) == len(os.sched_getaffinity(0))
    process.send_signal(number)
    _, err = process.communicate(timeout=30)
    assert process.returncode == code
    assert "stored" not in err, "its records are gone with their folder"
    assert "Traceback" not in err
    assert not list(temporary.iterdir())
    assert not [pid for pid in burdens if pid in processes()]


def processes() -> list[int]:
    return [int(name) for name in os.listdir("/proc") if name.isdigit()]


def command_of(pid: int) -> bytes:
    return read(pid, "cmdline")


def parent_of(pid: int) -> int:
    return int(read(pid, "stat").rpartition(b")")[2].split()[1])


def read(pid: int, name: str) -> bytes:
    """What the kernel says of a process; as of an orphan without a command where it has ended meanwhile."""
    try:
        return Path(f"/proc/{pid}/{name}").read_bytes()
    except OSError:
        return b") Z 1"


def test_the_limit_of_the_doses_is_the_one_that_is_printed() -> None:
    assert f"limit of {100 * module.LIMIT:g} %" in printed(CALM)
