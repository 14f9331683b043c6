"""The connection of one transaction, with few journeys to the database.

A journey to PostgreSQL costs two changes of process, which is more than most statements take. So writes that nobody asks an answer
of wait, are made one statement, and travel with the next question or with the commit (PostgreSQL's pipeline mode). SQLite has no
journeys.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from functools import cache, lru_cache
from typing import Any

import psycopg
from sqlalchemy import Connection, CursorResult, Executable
from sqlalchemy.dialects.postgresql.psycopg import dialect as Psycopg

Row = Mapping[str, Any]
Pieces = tuple[str, ...]
"""The text of a statement around its values."""
Spoken = tuple[Pieces, Sequence[Any]]

TOGETHER = 16
"""How many writes are made one statement; more than that are many rows of a course, of which each has its own."""


class Session:
    """What the tables' classes run their statements on. `ask` and `later` take statements without lists of unknown length.

    Writes that wait together must not need each other's rows: they may be done in any order. References among them are checked
    after all are done.
    """

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self.postgres = connection.dialect.name == "postgresql"
        self._waiting: list[Spoken] = []

    def execute(self, statement: Executable, parameters: Any = None) -> CursorResult[Any]:
        """Run a statement now, after those that wait."""
        if self._waiting:
            self._travel()
        return self._connection.execute(statement, parameters)

    def ask(self, statement: Executable, parameters: Row) -> list[Any]:
        """The rows of a question, after the writes that wait, in one journey."""
        if not self.postgres:
            return list(self._connection.execute(statement, parameters).all())
        return self._travel(_spoken(statement, parameters))

    def later(self, statement: Executable, rows: Sequence[Row]) -> None:
        """Write with the next journey: its errors show there, or at the end of the transaction."""
        if not self.postgres:
            self._connection.execute(statement, list(rows))
        elif rows:
            self._waiting += [_spoken(statement, row) for row in rows]

    def commit(self) -> None:
        """Send what waits, and the commit in the same journey; a failed write leaves nothing to commit."""
        if self._waiting:
            self._travel(commit=True)

    def _travel(self, question: Spoken | None = None, commit: bool = False) -> list[Any]:
        driver = self._connection.connection.driver_connection
        assert isinstance(driver, psycopg.Connection)
        waiting, self._waiting = self._waiting, []
        if question and not waiting:
            return _run(driver, question).fetchall()
        with driver.pipeline():
            for write in _merged(waiting):
                _run(driver, write)
            answer = _run(driver, question) if question else None
            if commit:
                driver.commit()
            return answer.fetchall() if answer else []


def _run(driver: psycopg.Connection, said: Spoken) -> psycopg.RawCursor[Any]:
    pieces, values = said
    return psycopg.RawCursor(driver).execute(_numbered(pieces).encode(), values)


def _merged(waiting: Sequence[Spoken]) -> Sequence[Spoken]:
    """A few writes as one statement, each a part of its WITH. A question is no part of it: unread parts are not even asked."""
    if not 1 < len(waiting) <= TOGETHER or any(pieces[0].startswith("SELECT") for pieces, _ in waiting):
        return waiting
    together = _with(tuple(pieces for pieces, _ in waiting))
    return [(together, [value for _, values in waiting for value in values])]


@lru_cache(maxsize=256)
def _with(statements: tuple[Pieces, ...]) -> Pieces:
    text = ""
    pieces: list[str] = []
    for number, (first, *rest) in enumerate(statements):
        text += f"{', ' if number else 'WITH '}w{number} AS ({first}"
        for piece in rest:
            pieces.append(text)
            text = piece
        text += ")"
    return (*pieces, f"{text} SELECT 1")


@lru_cache(maxsize=512)
def _numbered(pieces: Pieces) -> str:
    """With PostgreSQL's own placeholders: $1, $2 …"""
    return pieces[0] + "".join(f"${number}{piece}" for number, piece in enumerate(pieces[1:], 1))


def _spoken(statement: Executable, given: Row) -> Spoken:
    pieces, names, constants = _words(statement, tuple(given))
    return pieces, [given[name] if name in given else constants[name] for name in names]


@cache
def _words(statement: Any, keys: tuple[str, ...]) -> tuple[Pieces, Sequence[str], Row]:
    """A statement's text around its values, their names, and those that it brings itself. Kept: statements are constants."""
    compiled = statement.compile(dialect=_DIALECT, column_keys=keys)
    parts = _PLACE.split(str(compiled))
    constants = {name: bind.value for bind, name in compiled.bind_names.items() if not bind.required}
    return tuple(part.replace("%%", "%") for part in parts[::2]), parts[1::2], constants


_PLACE = re.compile(r"%\((\w+)\)s")
_DIALECT = Psycopg()  # type: ignore[no-untyped-call]
