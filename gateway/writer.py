"""SQLite's one writer: a thread that commits what waits as one transaction, so that the disk syncs once for many.

The first piece of work opens the transaction, and when it fails the transaction ends. Each later one runs between savepoints:
one that fails takes back its own changes and no other's. Nobody hears of an outcome before the common commit. What somebody
waits for at the door goes first, and is committed as soon as nobody else waits there; what was left behind for that comes along
with the next.
"""

from __future__ import annotations

import itertools
import queue
import threading
import time
from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import dataclass, field
from typing import Any, TypeVar

from sqlalchemy import Connection, Engine
from sqlalchemy.exc import DBAPIError, IntegrityError

T = TypeVar("T")
MOST_TOGETHER = 32
LONGEST_SECONDS = 0.01  # from the first work's start until the commit begins


@dataclass(order=True)
class _Job:
    later: bool
    order: int
    work: Callable[[Connection], Any] | None = field(compare=False)
    future: Future[Any] = field(compare=False)


@dataclass
class _Done:
    job: _Job
    result: Any = None
    error: Exception | None = None

    def tell(self) -> None:
        if self.error is not None:
            self.job.future.set_exception(self.error)
        else:
            self.job.future.set_result(self.result)


class Writer:
    """`submit` from any thread; the future holds what the work returned, once it is committed, or what went wrong."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._jobs: queue.PriorityQueue[_Job] = queue.PriorityQueue()
        self._order = itertools.count()
        self._left_behind = False
        self._thread = threading.Thread(target=self._run, name="gateway-write", daemon=True)
        self._thread.start()

    def submit(self, work: Callable[[Connection], T], first: bool = False) -> Future[T]:
        future: Future[T] = Future()
        self._jobs.put(_Job(not first, next(self._order), work, future))
        return future

    def close(self) -> None:
        """Finish what was submitted, then end the thread."""
        self._jobs.put(_Job(True, next(self._order), None, Future()))
        self._thread.join()

    def _run(self) -> None:
        while True:
            job = self._jobs.get()
            if job.work is None:
                return
            if not job.future.set_running_or_notify_cancel():
                continue
            done = [_Done(job)]
            try:
                with self._engine.connect() as connection, connection.begin():
                    more = self._together(connection, done)
            except Exception as error:  # whatever it was, nothing of this group was committed
                for one in done:
                    one.job.future.set_exception(error)
                continue
            for one in done:
                one.tell()
            if not more:
                return

    def _together(self, connection: Connection, done: list[_Done]) -> bool:
        """Do the first of `done`, and what else waits, each added to it; False when there is no more to come ever."""
        begun, waited = time.monotonic(), self._left_behind
        assert done[0].job.work is not None
        done[0].result = done[0].job.work(connection)
        # However slow the disk: of what was left behind, one comes along now.
        while len(done) < MOST_TOGETHER and (
            (waited and not any(one.job.later for one in done)) or time.monotonic() - begun < LONGEST_SECONDS
        ):
            try:
                job = self._jobs.get_nowait()
            except queue.Empty:
                break
            if job.later and not (waited or all(one.job.later for one in done)):
                self._jobs.put(job)  # somebody waits at the door for this commit
                break
            if job.work is None:
                return False
            if job.future.set_running_or_notify_cancel():
                done.append(_Done(job))
                self._joined(connection, done[-1])
        self._left_behind = not done[-1].job.later and not self._jobs.empty()
        return True

    def _joined(self, connection: Connection, done: _Done) -> None:
        assert done.job.work is not None
        connection.exec_driver_sql("SAVEPOINT one")
        try:
            done.result = done.job.work(connection)
        except Exception as error:
            if isinstance(error, DBAPIError) and not isinstance(error, IntegrityError):
                raise  # SQLite may have ended the whole transaction itself
            done.error = error
            connection.exec_driver_sql("ROLLBACK TO one")
        connection.exec_driver_sql("RELEASE one")
