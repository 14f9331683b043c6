"""Reading where one stands: what a glance sees, and what it must not hold up."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Connection, text

from gateway.database import Database, StoreUnavailable


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    database = Database(f"sqlite:///{tmp_path / 'glance.db'}")
    yield database
    database.close()


def run(statement: str) -> Any:
    return lambda connection: connection.execute(text(statement))


def said(connection: Connection) -> list[str]:
    return list(connection.execute(text("select word from said")).scalars())


async def test_a_glance_sees_what_was_committed_before_it(database: Database) -> None:
    await database.write(run("create table said (word text)"))
    assert await database.glance(said) == []
    await database.write(run("insert into said values ('hello')"))
    assert await database.glance(said) == ["hello"]


async def test_a_glance_that_fails_does_not_spoil_the_next(database: Database) -> None:
    with pytest.raises(StoreUnavailable):
        await database.glance(said)
    await database.write(run("create table said (word text)"))
    assert await database.glance(said) == []


async def test_a_glance_leaves_no_transaction_open(database: Database, tmp_path: Path) -> None:
    await database.write(run("create table said (word text)"))
    await database.glance(said)
    await database.write(run("insert into said values ('hello')"))
    with sqlite3.connect(tmp_path / "glance.db", timeout=0) as other:
        assert other.execute("pragma wal_checkpoint(truncate)").fetchone()[0] == 0, "a reader holds the log"
