"""Requests on standard input → a fresh child process for each → its lines, and how it ended, on the reply descriptor.

Why a server: a fork of a process that has imported torch costs 15 to 35 ms where a fresh interpreter costs 3 s. It
executes no operation, imports nothing of the subject and never asks for a GPU, so that a fork of it is as good as a
fresh process. It is the reaper of its whole descent: nothing that a case starts outlives the case, and when the pipe
from the parent closes, for whatever reason, everything ends. This module imports the standard library only: the fake
device's server starts in a fraction of a second."""

import gc
import json
import os
import select
import signal
import sys
import time
from types import ModuleType
from typing import NoReturn

from bench.measure.processes import (
    CANNOT_REPORT,
    Channel,
    Json,
    Log,
    become_child,
    become_reaper,
    flush_and_exit,
    oom_kills,
    opened_gpu,
    poll_time,
    preload,
    sweep,
    take,
    write_line,
)


class Server:
    """One child at a time; while it runs, this process waits in `poll` and costs no processor time."""

    def __init__(self, setup: Json, reply: int, allowed: list[int]) -> None:
        self.setup, self.reply, self.allowed = setup, reply, allowed
        self.worker: ModuleType | None = None
        self.owed = 0

    def say(self, message: Json) -> None:
        write_line(self.reply, message)

    def prepare(self) -> None:
        """Imports what children would otherwise import each for themselves, and says what could not be imported: of the
        suite's own modules each before it is imported, because it may neither return nor leave us alive."""
        began, failed = time.monotonic(), {}
        if self.setup["launch"] == "fork":
            failed = preload(self.setup)
            modules = self.setup["suite_preload"]
            assert isinstance(modules, list)
            for name in modules:
                self.say({"importing": name})
                failed |= preload({**self.setup, "preload": [name]})
            self.worker = sys.modules[str(self.setup["worker"])]
            gc.collect()
            gc.freeze()
        self.say({"ready": {"seconds": time.monotonic() - began, "failed": failed, "gpu": opened_gpu()}})

    def serve(self) -> None:
        for line in sys.stdin:
            self.run(json.loads(line))

    def run(self, request: Json) -> None:
        """One child from its start to the end of everything that it has started."""
        cases = request["cases"]
        assert isinstance(cases, list)
        self.owed = max(1, len(cases))  # a look at the machine has no case, and one record
        results, result_end = os.pipe()
        logs, log_end = os.pipe()
        began = time.monotonic()
        kills = oom_kills()
        pid = self._fork(request, result_end, log_end) if self.worker else self._spawn(request, result_end, log_end)
        os.close(result_end)
        os.close(log_end)
        ended = self._watch(pid, request, results, logs)
        ended["survivors"] = sweep()
        ended["oom_kills"] = oom_kills() - kills
        ended["seconds"] = time.monotonic() - began
        os.close(results)
        os.close(logs)
        self.say({"done": ended})

    def _fork(self, request: Json, result_end: int, log_end: int) -> int:
        threads = len(os.listdir("/proc/self/task"))
        if threads != 1:
            raise RuntimeError(f"the server has {threads} threads: a fork of it would not be safe")
        pid = os.fork()
        if pid == 0:
            os.close(self.reply)
            run_child(self.worker, request, result_end, log_end)
        return pid

    def _spawn(self, request: Json, result_end: int, log_end: int) -> int:
        """The request comes by standard input: that of a round with hundreds of cases is longer than the kernel lets an
        argument be (128 KiB, execve(2))."""
        setup = json.dumps({**self.setup, "result_end": result_end})
        os.set_inheritable(result_end, True)
        own = os.sched_getaffinity(0)
        os.sched_setaffinity(0, self.allowed)  # for OpenMP's runtime, see `main`
        try:
            with open(os.memfd_create("request"), "w") as asked:
                json.dump(request, asked)
                asked.flush()
                os.lseek(asked.fileno(), 0, os.SEEK_SET)
                streams = [
                    (os.POSIX_SPAWN_DUP2, asked.fileno(), 0),
                    (os.POSIX_SPAWN_DUP2, log_end, 1),
                    (os.POSIX_SPAWN_DUP2, log_end, 2),
                    (os.POSIX_SPAWN_CLOSE, self.reply),
                ]
                command = [sys.executable, "-P", "-m", "bench.measure.server", setup]
                return os.posix_spawn(sys.executable, command, os.environ, file_actions=streams)
        finally:
            os.sched_setaffinity(0, own)

    def _watch(self, pid: int, request: Json, results: int, logs: int) -> Json:
        """Forwards the child's lines until it has ended, or ends it at its deadline or when the parent is gone."""
        log, buffer, stage, timed_out = Log(), b"", "start", False
        timeout = float(str(request["timeout"]))
        deadline = time.monotonic() + timeout
        child = os.pidfd_open(pid)
        poll = select.poll()
        for descriptor in (results, logs, child):
            poll.register(descriptor, select.POLLIN)
        poll.register(0, select.POLLHUP)
        alive = True
        while alive:
            events = dict(poll.poll(poll_time(deadline)))
            if events.get(0, 0) & (select.POLLHUP | select.POLLERR):
                finish()
            if logs in events and not take(logs, log):
                poll.unregister(logs)
            if results in events:
                data = os.read(results, 1 << 16)
                if not data:
                    poll.unregister(results)
                *lines, buffer = (buffer + data).split(b"\n")
                for line in lines:
                    message = parse(line)
                    stage = str(message.get("stage", stage))
                    if self._forward(message):
                        deadline = time.monotonic() + timeout
            if child in events:
                alive = False
            elif time.monotonic() >= deadline:
                timed_out = True
                os.kill(pid, signal.SIGKILL)
                alive = False
        os.close(child)
        _, status, usage = os.wait4(pid, 0)
        self._drain(results, logs, buffer, log)
        code = os.waitstatus_to_exitcode(status)
        return {
            "timeout": timed_out,
            "exit": code if code >= 0 else None,
            "signal": signal.Signals(-code).name if code < 0 else None,
            "stage": stage,
            "log": log.text(),
            "peak_rss": usage.ru_maxrss * 1024,
        }

    def _forward(self, message: Json) -> bool:
        """Passes a record on; whether there was one, and still one owed: whoever guesses the child's descriptor may
        spoil the records of its own cases, and gains no more time than they had."""
        if "record" not in message or self.owed == 0:
            return False
        self.owed -= 1
        self.say(message)
        return True

    def _drain(self, results: int, logs: int, buffer: bytes, log: Log) -> None:
        """What the child had written before it ended; a surviving grandchild may hold the other ends open."""
        for descriptor in (results, logs):
            os.set_blocking(descriptor, False)
        try:
            while data := os.read(results, 1 << 16):
                buffer += data
        except BlockingIOError:
            buffer += b""
        for line in buffer.split(b"\n"):
            self._forward(parse(line))
        limit = time.monotonic() + 0.2  # a grandchild that prints for ever must not hold us here
        try:
            while time.monotonic() < limit and take(logs, log):
                continue
        except BlockingIOError:
            return


def parse(line: bytes) -> Json:
    """A line of the child; what is no JSON object came from somebody who guessed the descriptor, and is dropped."""
    try:
        message = json.loads(line)
    except ValueError:
        return {}
    return message if isinstance(message, dict) else {}


def run_child(worker: ModuleType | None, request: Json, result_end: int, log_end: int) -> NoReturn:
    """The child from here on: whatever happens in it, it must not go on as a copy of the server."""
    code = CANNOT_REPORT
    try:
        assert worker is not None
        become_child(request, log_end)
        worker.main(request, Channel(result_end))
        code = 0
    finally:
        flush_and_exit(code)


def finish() -> None:
    sweep()
    os._exit(0)


def hide(folders: object) -> None:
    """Takes folders out of `sys.path`. In a gate these are the candidate's: an editable install, or PYTHONPATH, puts
    them there for both sides, so that the base would fall back on modules of the candidate's, and the candidate alone
    would meet what the server has found out about its folders."""
    assert isinstance(folders, list)
    real = {os.path.realpath(folder) for folder in folders}
    sys.path[:] = [entry for entry in sys.path if os.path.realpath(entry) not in real]


def main(setup: Json) -> None:
    """A server, or with `--launch spawn` one of its children: an interpreter of its own instead of a fork."""
    hide(setup["hidden"])
    if "result_end" in setup:  # a spawned child: `--launch spawn`
        request, result_end = json.load(sys.stdin), setup["result_end"]
        assert isinstance(request, dict)
        assert isinstance(result_end, int)
        preload(setup)
        preload({**setup, "preload": setup["suite_preload"]})
        run_child(sys.modules[str(setup["worker"])], request, result_end, 1)
    own, allowed = setup["own_cores"], setup["allowed_cores"]
    assert isinstance(own, list)
    assert isinstance(allowed, list)
    become_reaper()
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # a terminal's Ctrl-C is the parent's to answer
    server = Server(setup, int(str(setup["reply"])), allowed)
    # OpenMP's runtime counts the allowed cores once, when it is loaded. Loaded on fewer cores than a case has threads,
    # it lets them sleep instead of spin: two threads were ten times slower than one.
    os.sched_setaffinity(0, allowed)
    server.prepare()
    os.sched_setaffinity(0, own)
    server.serve()
    finish()


if __name__ == "__main__":
    main(json.loads(sys.argv[1]))
