"""`python -m scripts.tests [--soak]`: everything that must hold, or with --soak the long runs instead.

Three groups run beside each other, because most tests wait for processes. Each group's output comes when it ends.
Tests marked `alone` measure what a neighbour would slow down: they run last. Exit status 1 when anything failed.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
R, S = str(ROOT / ".venv/rasa/bin/python"), str(ROOT / ".venv/services/bin/python")
LONG = ("tests/scheduling", "tests/gateway", "tests/web", "tests/house", "tests/conversations")
ONE_THREAD = {"OPENBLAS_NUM_THREADS": "1"}
SEARCH = {"EXAMPLES": "search"}
"""`make test` takes the same generated examples every time; the long runs look for new ones."""


@dataclass(frozen=True)
class Group:
    """A title and a command. `trained`: it needs what the training leaves behind, so it waits for its end."""

    title: str
    command: tuple[str, ...]
    env: dict[str, str] = field(default_factory=dict)
    trained: bool = False


def _pytest(
    title: str,
    *arguments: str,
    python: str = S,
    marks: str = "not soak and not alone",
    processes: int = 0,
    trained: bool = False,
) -> Group:
    spread = ("-n", str(processes), "--dist", "loadfile") if processes else ()
    command = (python, "-m", "pytest", *arguments, "-m", marks, *spread)
    return Group(title, command, ONE_THREAD if python == R else {}, trained)


TRAINING = Group("training", (R, "-m", "bot.train"))
LANES = 3
GROUPS = (
    TRAINING,
    Group("checks", ("scripts/check.sh",)),
    _pytest("clinic, gateway, answers", "tests/clinic", "tests/gateway", "tests/answers", processes=2),
    _pytest("whole house", "tests/house", processes=2, trained=True),
    _pytest("bot", "tests/bot", python=R, trained=True),
    _pytest("web chat", "tests/web"),
    _pytest("actions, times, safety", "tests/actions", "tests/when", "tests/safety", python=R, trained=True),
    _pytest("scheduling", "tests/scheduling"),
    _pytest("understanding, talks", "tests/understanding", "tests/conversations", trained=True),
)
"""In the order in which they begin, the longest first: a lane that is free takes the first that can."""
ALONE = _pytest("alone", "tests/gateway", "tests/web", "tests/conversations", marks="alone and not soak")


class Runner:
    """Runs groups; `failed` are the titles of those that did not end well."""

    def __init__(self, live: bool) -> None:
        """live: output is shown as it comes, for one lane alone."""
        self.failed: list[str] = []
        self._live = live
        self._waiting: list[Group] = []
        self._changed = threading.Condition()
        self._trained = False
        self._running: set[subprocess.Popen[bytes]] = set()
        self._printing = threading.Lock()
        self._stopped = False

    def run(self, groups: Iterable[Group], lanes: int = 1) -> None:
        """Return when all groups have ended."""
        self._waiting = list(groups)
        threads = [threading.Thread(target=self._lane) for _ in range(lanes)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()

    def _lane(self) -> None:
        while group := self._take():
            self._run(group)
            if group is TRAINING:
                with self._changed:
                    self._trained = True
                    self._changed.notify_all()

    def _take(self) -> Group | None:
        """The next group, once it can begin; None when none is left."""
        with self._changed:
            while self._waiting and not self._stopped:
                if found := next((one for one in self._waiting if self._trained or not one.trained), None):
                    self._waiting.remove(found)
                    return found
                self._changed.wait()
        return None

    def _run(self, group: Group) -> None:
        begun = time.monotonic()
        self._say(f"---- {group.title} begins")
        with tempfile.TemporaryFile() as kept:
            output = None if self._live else kept
            process = subprocess.Popen(
                group.command, cwd=ROOT, env={**os.environ, **group.env}, stdout=output, stderr=output
            )
            self._running.add(process)
            _, status, used = os.wait4(process.pid, 0)
            process.returncode = os.waitstatus_to_exitcode(status)
            self._running.discard(process)
            kept.seek(0)
            verdict = "passed" if (good := process.returncode == 0) else "FAILED"
            took = f"{time.monotonic() - begun:.0f} s, {used.ru_utime + used.ru_stime:.0f} s of processor time"
            self._say(f"==== {group.title}: {verdict} after {took}", kept.read())
        if not good:
            self.failed.append(group.title)

    def _say(self, line: str, output: bytes = b"") -> None:
        with self._printing:
            print(line, flush=True)
            sys.stdout.buffer.write(output)
            sys.stdout.flush()

    def stop(self) -> None:
        """End what runs; nothing new begins."""
        with self._changed:
            self._stopped = True
            self._changed.notify_all()
        for process in list(self._running):
            process.terminate()


def main() -> int:
    parser = argparse.ArgumentParser(prog="make test", description=__doc__)
    parser.add_argument("--soak", action="store_true", help="the long runs: full loads, all talks, chaos")
    soak = parser.parse_args().soak
    begun, runner = time.monotonic(), Runner(live=soak)
    try:
        if soak:
            long = _pytest("long runs", *LONG, "--timeout", "3600", marks="soak")
            new = "hypothesis and not soak"
            search = _pytest("new examples", "tests/scheduling", "tests/gateway", marks=new)
            more = _pytest("new examples of words and times", "tests/when", "tests/safety", python=R, marks=new)
            stock = _pytest("stock Rasa", "tests/bot", python=R, marks="soak")
            runner.run((TRAINING, replace(search, env=SEARCH), replace(more, env=ONE_THREAD | SEARCH), stock, long))
        else:
            runner.run(GROUPS, LANES)
            runner.run((ALONE,))
    except KeyboardInterrupt:
        runner.stop()
        return 130
    print(f"\nTook {time.monotonic() - begun:.0f} s")
    if runner.failed:
        print("Failed:", *runner.failed, sep="\n  ")
    return 1 if runner.failed else 0


if __name__ == "__main__":
    sys.exit(main())
