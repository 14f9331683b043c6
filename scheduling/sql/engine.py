"""Connections and transactions. SQLite: WAL, one writer at a time; PostgreSQL: read committed. Clashes are run again."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from typing import Any

import psycopg
import structlog
from sqlalchemy import Connection, Engine, create_engine, event, text
from sqlalchemy.exc import DBAPIError, IntegrityError, OperationalError, SQLAlchemyError
from tenacity import RetryError, Retrying, retry_if_exception_type, stop_after_attempt, wait_random_exponential

from scheduling import sentences
from scheduling.sql.book import SqlBook
from scheduling.storage import Book, Capabilities, Clash

ATTEMPTS = 12
BUSY_SECONDS = 30
CONNECT_SECONDS = 5
CONNECTIONS = 24
AGAIN = ("40001", "40P01", "55P03")
"""SQLSTATEs after which a transaction is run again: serialization failure, deadlock, lock not available."""


def open_engine(url: str) -> Engine:
    """An engine for a URL of `settings.database_url()`. Nothing is connected yet."""
    if url.startswith("sqlite"):
        engine = create_engine(
            url,
            pool_size=CONNECTIONS,
            max_overflow=CONNECTIONS,
            connect_args={"timeout": BUSY_SECONDS, "check_same_thread": False},
        )
        event.listen(engine, "connect", _set_up_sqlite)
        event.listen(engine, "begin", _begin_sqlite)
        return engine
    waits = {"connect_timeout": CONNECT_SECONDS}
    return create_engine(url, pool_size=CONNECTIONS, max_overflow=CONNECTIONS, connect_args=waits)


class SqlStorage:
    """Storage over one database. Safe for threads; several processes may share a database."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine
        one_writer = engine.dialect.name == "sqlite"
        # In read committed every question sees the newest anyway: without a transaction it is one journey instead of three.
        alone = {} if one_writer else {"isolation_level": "AUTOCOMMIT"}
        self._reader = engine.execution_options(reads_only=True, **alone)
        self._turn: AbstractContextManager[Any] = threading.Lock() if one_writer else nullcontext()

    @property
    def capabilities(self) -> Capabilities:
        return Capabilities(engine=self.engine.dialect.name)

    def read[T](self, work: Callable[[Book], T]) -> T:
        return self._again(lambda: self._run(self._reader, work))

    def write[T](self, work: Callable[[Book], T]) -> T:
        def once() -> T:
            with self._turn:
                return self._run(self.engine, work)

        return self._again(once)

    def ready(self) -> bool:
        from scheduling.sql.migrate import is_current

        try:
            with self._reader.connect() as connection:
                connection.execute(text("SELECT 1"))
                return is_current(connection)
        except SQLAlchemyError:
            return False

    def close(self) -> None:
        self.engine.dispose()

    def _run[T](self, engine: Engine, work: Callable[[Book], T]) -> T:
        with _clashes(), engine.begin() as connection:
            book = SqlBook(connection)
            value = work(book)
            book.session.commit()
            return value

    def _again[T](self, once: Callable[[], T]) -> T:
        attempts = Retrying(
            stop=stop_after_attempt(ATTEMPTS),
            wait=wait_random_exponential(multiplier=0.005, max=0.25),
            retry=retry_if_exception_type(Clash),
        )
        try:
            return attempts(once)
        except RetryError as error:
            clash = error.last_attempt.exception()
            cause = clash.__cause__ if clash else None
            structlog.get_logger().error("storage_unavailable", cause=type(cause).__name__)
            raise sentences.backend_unavailable() from error


@contextmanager
def _clashes() -> Iterator[None]:
    """Database errors that mean "somebody else was there first" or "the connection is gone" become Clash."""
    try:
        yield
    except IntegrityError as error:
        raise Clash("integrity") from error
    except OperationalError as error:
        raise Clash("operational") from error
    except (psycopg.IntegrityError, psycopg.OperationalError) as error:  # of statements that travelled together
        raise Clash("operational") from error
    except DBAPIError as error:
        if error.connection_invalidated or getattr(error.orig, "sqlstate", None) in AGAIN:
            raise Clash("operational") from error
        raise


def _set_up_sqlite(connection: Any, _record: Any) -> None:
    connection.isolation_level = None
    for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON", "cache_size=-32000"):
        connection.execute(f"PRAGMA {pragma}")


def _begin_sqlite(connection: Connection) -> None:
    """A writer takes the write lock at once: a transaction that begins as a reader could not become one safely."""
    reads = connection.get_execution_options().get("reads_only")
    connection.exec_driver_sql("BEGIN" if reads else "BEGIN IMMEDIATE")
