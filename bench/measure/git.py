"""A folder and a command's words → what git answers, or why it does not, whatever the environment would make of it.

Why no hook, and pointers instead of the files that git-lfs keeps: a checkout that nobody asked for may neither run code
nor fill a disk from the network. `GIT_LFS_SKIP_SMUDGE=0` in the environment asks for the files. Other filters run, for
the source may need them. Submodules stay empty: they may be anywhere on the network, too."""

import os
import signal
import subprocess
from dataclasses import dataclass
from pathlib import Path

from bench.errors import BenchError

ANSWER_SECONDS = 60.0
"""Git may wait for a lock, a filter, a network drive."""

_ENDING_SECONDS = 5.0

_KEPT = ("GIT_CONFIG_", "GIT_LFS_", "GIT_SSH", "GIT_SSL_", "GIT_EXEC_PATH", "GIT_CEILING_", "GIT_DISCOVERY_")
"""The variables of git's that are the user's. The others (GIT_DIR, GIT_INDEX_FILE, …) are what git tells its hooks, and
would make it work on the repository from whose hook a gate is started, wherever the suite lies."""

_SETTINGS = {"core.hooksPath": os.devnull, "core.fsmonitor": "false"}

_HINTS = {
    "not a git repository": "a gate against a revision needs the suite in a git repository; "
    "`bench gate --baseline BASE CANDIDATE` judges two stored runs without one",
    "must be run in a work tree": "the suite must lie in a working tree, not in git's own folder",
    "cannot be started": "install git, or put it on the PATH",
    "did not end": "a lock, a filter or the network may hold it up: run it by hand to see",
    "No space left": "worktrees are made among the temporary files; set TMPDIR to a folder with room",
}
"""What to do about a complaint of git's, by words that are in it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """`text` is what git printed, without the last newline; `message` why it failed, with all else it said."""

    ok: bool
    text: str = ""
    message: str = ""


def told(folder: Path, *words: str, seconds: float | None = None) -> str:
    """What git answers. Raises BenchError, with git's complaint and what to do about it."""
    answer = asked(folder, *words, seconds=seconds)
    if answer.ok:
        return answer.text
    lines = [line.strip() for line in answer.message.splitlines() if line.strip()]
    what = next((line for line in lines if line.startswith("fatal:")), (lines or ["git failed"])[-1])
    own = (line for line in lines if line.startswith("git config"))  # how to trust a repository of somebody else's
    hint = next(own, next((hint for sign, hint in _HINTS.items() if sign in answer.message), ""))
    raise BenchError(what.removeprefix("fatal: "), where=str(folder), hint=hint)


def asked(folder: Path, *words: str, seconds: float | None = None) -> Answer:
    """Git, in English, without a person to ask, and in a session of its own: a Ctrl-C is ours to answer."""
    settings = [word for key, value in _SETTINGS.items() for word in ("-c", f"{key}={value}")]
    command = ["git", "--no-optional-locks", *settings, "-C", os.path.abspath(folder), *words]
    null, pipe = subprocess.DEVNULL, subprocess.PIPE
    try:
        process = subprocess.Popen(
            command, cwd="/", env=_environment(), stdin=null, stdout=pipe, stderr=pipe, start_new_session=True
        )
    except OSError as error:
        return Answer(ok=False, message=f"git cannot be started: {error.strerror}")
    limit = ANSWER_SECONDS if seconds is None else seconds
    with process:
        try:
            text, message = process.communicate(timeout=limit)
        except subprocess.TimeoutExpired:
            return Answer(ok=False, message=f"git {words[0]} did not end within {limit:g} s")
        finally:
            if process.returncode is None:
                _end(process)
    said = message.decode("utf-8", "replace")
    return Answer(ok=process.returncode == 0, text=os.fsdecode(text).removesuffix("\n"), message=said)


def _end(process: subprocess.Popen[bytes]) -> None:
    """Ends git and its filters, and lets it tidy up first."""
    os.killpg(process.pid, signal.SIGTERM)
    try:
        process.wait(_ENDING_SECONDS)
    except subprocess.TimeoutExpired:
        os.killpg(process.pid, signal.SIGKILL)


def _environment() -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith("GIT_") or name.startswith(_KEPT)}
    nobody = {"GIT_TERMINAL_PROMPT": "0", "GIT_ASKPASS": "true", "SSH_ASKPASS_REQUIRE": "never"}
    return {"GIT_LFS_SKIP_SMUDGE": "1", **kept, **nobody, "LC_ALL": "C", "LANGUAGE": ""}
