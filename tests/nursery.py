"""Processes forked from one that has done the imports: a start costs a fraction of the processor time of a first one.

    nursery = Nursery(python, ("gateway.app", "scheduling.serve"))
    child = nursery.fork(["-m", "gateway", "serve"], env, log)      as `python -m gateway serve`, with this environment
    child.pid, child.poll(), child.send_signal(…), child.terminate(), child.kill(), child.wait(seconds)
    nursery.run(["-m", "scheduling", "list"], env)                  its status, output and errors, once it has ended

`python -m tests.nursery MODULE …` is the other side. It imports the modules, then reads a JSON line for each child and answers
with its process id, or on `wait` with its exit status; at the end of its input it ends them all. Only the standard library, for
either environment.
"""

from __future__ import annotations

import contextlib
import functools
import importlib
import json
import os
import runpy
import select
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent


class Forked:
    """A child of the nursery, with the face of a Popen."""

    def __init__(self, pid: int, status: Callable[[], int]) -> None:
        """status: how it ended, asked once it has."""
        self.pid = pid
        self._status = status
        self._handle: int | None = None
        with contextlib.suppress(ProcessLookupError):
            self._handle = os.pidfd_open(pid)

    def poll(self) -> int | None:
        """Its exit status once it has ended, below 0 for a signal; None before."""
        return self._status() if self._ended(0) else None

    def wait(self, timeout: float) -> int:
        """Raises subprocess.TimeoutExpired."""
        if not self._ended(timeout):
            raise subprocess.TimeoutExpired(f"pid {self.pid}", timeout)
        return self._status()

    def send_signal(self, number: int) -> None:
        if self._handle is not None:
            with contextlib.suppress(ProcessLookupError):
                signal.pidfd_send_signal(self._handle, number)

    def terminate(self) -> None:
        self.send_signal(signal.SIGTERM)

    def kill(self) -> None:
        self.send_signal(signal.SIGKILL)

    def _ended(self, seconds: float) -> bool:
        if self._handle is None:
            return True
        end = select.poll()
        end.register(self._handle, select.POLLIN)
        return bool(end.poll(seconds * 1000))


class Nursery:
    """One interpreter with its imports done. Its children end with it."""

    def __init__(self, python: str, modules: tuple[str, ...]) -> None:
        self._lock, self._errors = threading.Lock(), tempfile.TemporaryFile()  # noqa: SIM115 (as long as the process)
        self._process = subprocess.Popen(
            [python, "-m", "tests.nursery", *modules],
            cwd=ROOT,
            env={**os.environ, "OPENBLAS_NUM_THREADS": "1"},  # read when numpy is loaded, as bot/serve.py does
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self._errors,
            text=True,
        )

    def fork(self, arguments: list[str], env: dict[str, str], log: Path, errors: Path | None = None) -> Forked:
        """Start `python arguments` with this environment; it writes to the end of `log`, its errors to another file if wanted."""
        pid = self._ask(arguments=arguments, env=env, log=str(log), errors=str(errors or log))
        return Forked(pid, functools.cache(lambda: self._ask(wait=pid)))

    def run(self, arguments: list[str], env: dict[str, str]) -> subprocess.CompletedProcess[str]:
        """Run `python arguments` to its end."""
        with tempfile.TemporaryDirectory() as folder:
            output, errors = Path(folder, "output"), Path(folder, "errors")
            pid = self._ask(arguments=arguments, env=env, log=str(output), errors=str(errors))
            status = self._ask(wait=pid)
            return subprocess.CompletedProcess(arguments, status, output.read_text(), errors.read_text())

    def _ask(self, **what: object) -> int:
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        with self._lock:
            self._process.stdin.write(json.dumps(what) + "\n")
            self._process.stdin.flush()
            answer = self._process.stdout.readline()
        if not answer:
            self._errors.seek(0)
            raise RuntimeError(f"the process that others are forked from has ended: {self._errors.read()[-2000:]!r}")
        return int(answer)

    def close(self) -> None:
        """End it, and with it its children."""
        assert self._process.stdin is not None
        self._process.stdin.close()
        self._process.wait(60)


def main() -> None:
    children: dict[int, int | None] = {}  # pid to exit status

    def reap(*_: object) -> None:
        """Wait for whoever ended, so that its processor time is counted with ours."""
        with contextlib.suppress(ChildProcessError):
            while (ended := os.waitpid(-1, os.WNOHANG))[0] > 0:
                children[ended[0]] = os.waitstatus_to_exitcode(ended[1])

    for module in sys.argv[1:]:
        importlib.import_module(module)
    signal.signal(signal.SIGCHLD, reap)
    for line in sys.stdin:
        asked = json.loads(line)
        if "wait" in asked:
            while (status := children[asked["wait"]]) is None:
                time.sleep(0.01)
            print(status, flush=True)
            continue
        signal.pthread_sigmask(signal.SIG_BLOCK, [signal.SIGCHLD])
        if (pid := os.fork()) == 0:
            signal.signal(signal.SIGCHLD, signal.SIG_DFL)
            signal.pthread_sigmask(signal.SIG_UNBLOCK, [signal.SIGCHLD])
            _become(**asked)
        children[pid] = None
        signal.pthread_sigmask(signal.SIG_UNBLOCK, [signal.SIGCHLD])
        print(pid, flush=True)
    for pid in [pid for pid, status in children.items() if status is None]:
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)
    with contextlib.suppress(ChildProcessError):
        while True:
            os.waitpid(-1, 0)


def _become(arguments: list[str], env: dict[str, str], log: str, errors: str) -> None:
    """Be what `python -m module …` would be; never returns."""
    os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
    for number, file in ((1, log), (2, errors)):
        os.dup2(os.open(file, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600), number)
    sys.stdout, sys.stderr = (os.fdopen(number, "w", buffering=1) for number in (1, 2))
    os.environ.clear()
    os.environ.update(env)
    _, module, *sys.argv[1:] = arguments
    runpy.run_module(module, run_name="__main__", alter_sys=True)
    sys.exit()


if __name__ == "__main__":
    main()
