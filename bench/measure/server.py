"""Requests on standard input → a fresh child process for each → its lines, and how it ended, on the reply descriptor.
Two requests on a line are for two children that take turns.

Why a server: a fork of a process that has imported torch costs 15 to 35 ms where a fresh interpreter costs 3 s. It
executes no operation, imports nothing of the subject and never asks for a GPU, so that a fork of it is as good as a
fresh process. It is the reaper of its whole descent: nothing that a case starts outlives the case, and when the pipe
from the parent closes, for whatever reason, everything ends. This module imports the standard library only: the fake
device's server starts in a fraction of a second."""

import gc
import json
import os
import signal
import sys
import time
from functools import partial
from types import ModuleType
from typing import NoReturn

from bench.measure.children import Child, watch
from bench.measure.processes import (
    CANNOT_REPORT,
    Channel,
    Json,
    become_child,
    become_reaper,
    flush_and_exit,
    oom_kills,
    opened_gpu,
    preload,
    sweep,
    write_line,
)
from bench.measure.turns import Referee


class Server:
    """One child at a time, or two that take turns; while they run, this process waits in `poll` and costs no processor
    time."""

    def __init__(self, setup: Json, reply: int, allowed: list[int]) -> None:
        self.setup, self.reply, self.allowed = setup, reply, allowed
        self.worker: ModuleType | None = None

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
            self.run(json.loads(line)["children"])

    def run(self, requests: list[Json]) -> None:
        """Their children from their start to the end of everything that they have started: one, or two that take turns.

        Both are forked before either is given its turn, from a process that has parsed the requests of both: their
        heaps lie alike."""
        kills = oom_kills()
        referee = Referee() if len(requests) > 1 else None
        children: list[Child] = []
        for number, request in enumerate(requests):
            turns = None if referee is None else referee.descriptors[number]
            children.append(self._child(number, {**request, "turns": turns}))
        if referee is not None:
            referee.begin()
        watch(children, referee, abandoned=finish)
        family = {"survivors": sweep(), "oom_kills": oom_kills() - kills}
        for number, child in enumerate(children):
            child.close()
            self.say({"child": number, "done": {**child.ended, **family}})
        if referee is not None:
            referee.close()

    def _child(self, number: int, request: Json) -> Child:
        cases = request["cases"]
        assert isinstance(cases, list)
        results, result_end = os.pipe()
        logs, log_end = os.pipe()
        pid = self._fork(request, result_end, log_end) if self.worker else self._spawn(request, result_end, log_end)
        os.close(result_end)
        os.close(log_end)
        owed = max(1, len(cases))  # a look at the machine has no case, and one record
        say = partial(self._pass_on, number)
        return Child(pid, results=results, logs=logs, owed=owed, say=say, timeout=float(str(request["timeout"])))

    def _pass_on(self, number: int, said: Json) -> None:
        """A record and nothing else: whoever guesses a child's descriptor may say what it likes."""
        self.say({"child": number, "record": said["record"]})

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
        turns = request["turns"]
        for descriptor in (result_end, turns):
            if isinstance(descriptor, int):
                os.set_inheritable(descriptor, True)
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
            if isinstance(turns, int):
                os.set_inheritable(turns, False)


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
