"""The gateway's database: one engine, transactions run in threads, SQLite by default and PostgreSQL by URL.

SQLite has one writer whatever we do, so its transactions queue for one thread of ours instead of fighting for its lock, and
what waits there is committed together: the disk is asked once for all of it. See gateway.writer.
"""

from __future__ import annotations

import asyncio
import math
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TypeVar

from sqlalchemy import Connection, Engine, create_engine, event, make_url
from sqlalchemy.exc import DBAPIError, IntegrityError

from gateway.writer import Writer

T = TypeVar("T")
READ = {"gateway_read": True}
GLANCE = {"gateway_glance": True}
DOUBT_SECONDS = 5.0
"""So long a write that was refused (a full disk, a database that only reads) counts against readiness."""


class StoreUnavailable(Exception):
    """The database did not answer or refused; nothing was committed. The patient may try again."""


class Database:
    """`write` and `read` run a function of a Connection as one transaction and return what it returns."""

    def __init__(self, url: str) -> None:
        self.engine = make_engine(url)
        self.shared = self.engine.dialect.name == "postgresql"
        self._writer = None if self.shared else Writer(self.engine)
        self._glances: Connection | None = None
        self._writers = ThreadPoolExecutor(8, "gateway-write")
        self._doors = ThreadPoolExecutor(4, "gateway-door")
        self._readers = ThreadPoolExecutor(4 if self.shared else 2, "gateway-read")
        self._refused_at = -math.inf

    @property
    def takes_writes(self) -> bool:
        """Whether none was refused just now. A later success says nothing: a write that changes nothing needs no disk."""
        return time.monotonic() - self._refused_at > DOUBT_SECONDS

    async def write(self, work: Callable[[Connection], T], *, first: bool = False) -> T:
        """Run in one write transaction; committed when this returns. Raises StoreUnavailable.

        `first`: somebody waits at the door for it, so it goes ahead of whatever only has to be done some time.
        """
        try:
            return await self._write(work, first)
        except StoreUnavailable:
            self._refused_at = time.monotonic()
            raise

    async def _write(self, work: Callable[[Connection], T], first: bool) -> T:
        if self._writer is not None:
            with _named():
                return await asyncio.wrap_future(self._writer.submit(work, first))
        threads = self._doors if first else self._writers
        return await asyncio.get_running_loop().run_in_executor(threads, self._transaction, work, {})

    async def read(self, work: Callable[[Connection], T]) -> T:
        """Run in one transaction that only reads. Raises StoreUnavailable."""
        return await asyncio.get_running_loop().run_in_executor(self._readers, self._transaction, work, READ)

    async def glance(self, work: Callable[[Connection], T]) -> T:
        """As `read`, for a few rows by their key; each of its queries sees what is committed by then.

        SQLite finds them sooner than another thread wakes up, so there they are read at once, on a connection of their own:
        no writer stands in a reader's way (WAL).
        """
        if self.shared:
            return await self.read(work)
        with _named():
            if self._glances is None or self._glances.closed:
                self._glances = self.engine.connect().execution_options(**GLANCE)
            try:
                return work(self._glances)
            except DBAPIError:
                self._glances.close()
                raise

    def _transaction(self, work: Callable[[Connection], T], options: dict[str, Any]) -> T:
        with _named(), self.engine.connect().execution_options(**options) as connection, connection.begin():
            return work(connection)

    def close(self) -> None:
        if self._writer is not None:
            self._writer.close()
        if self._glances is not None:
            self._glances.close()
        self._writers.shutdown(wait=True)
        self._doors.shutdown(wait=True)
        self._readers.shutdown(wait=True)
        self.engine.dispose()


@contextmanager
def _named() -> Iterator[None]:
    """A unique key that stood in the way is the caller's business, everything else is the store's."""
    try:
        yield
    except IntegrityError:
        raise
    except DBAPIError as error:
        raise StoreUnavailable(type(error).__name__) from error


def make_engine(url: str) -> Engine:
    """An engine for `sqlite:///…` or `postgresql://…`; nothing is opened yet."""
    parsed = make_url(url)
    if parsed.get_backend_name() == "postgresql":
        return create_engine(parsed.set(drivername="postgresql+psycopg"), pool_size=16, pool_pre_ping=True)
    if parsed.database:
        Path(parsed.database).parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    engine = create_engine(parsed, pool_size=4)
    event.listen(engine, "connect", _prepare_sqlite)
    event.listen(engine, "begin", _begin_sqlite)
    return engine


def _prepare_sqlite(connection: Any, _record: Any) -> None:
    connection.isolation_level = None  # we say BEGIN ourselves
    # FULL: an accepted message outlives a power cut, not only a killed process.
    for pragma in ("journal_mode=WAL", "synchronous=FULL", "busy_timeout=5000", "foreign_keys=ON"):
        connection.execute(f"PRAGMA {pragma}")


def _begin_sqlite(connection: Connection) -> None:
    options = connection.get_execution_options()
    if not options.get("gateway_glance"):
        # IMMEDIATE takes the write lock at once, so that no transaction fails half-way for having read first.
        connection.exec_driver_sql("BEGIN" if options.get("gateway_read") else "BEGIN IMMEDIATE")
