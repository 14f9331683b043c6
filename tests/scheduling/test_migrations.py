"""The schema goes up and down on both engines, with data in it, and is what the code believes it to be."""

from __future__ import annotations

from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Engine, insert, inspect, select, text
from sqlalchemy.exc import DBAPIError, IntegrityError

from clinic.config import Clinic
from scheduling import appointment
from scheduling.appointment import Wanted
from scheduling.caller import STRANGER
from scheduling.idempotency import Request
from scheduling.office import Office
from scheduling.person import details
from scheduling.sql import migrate
from scheduling.sql.engine import SqlStorage, open_engine
from scheduling.sql.tables import audit, booking, claim, metadata
from tests.postgres import Server
from tests.scheduling.conftest import ENGINES, KEY
from tests.scheduling.people import ANA

SLOT = "consultation~north-loop~2026-12-01T14:00-06:00"


@pytest.fixture(params=ENGINES)
def empty(request: pytest.FixtureRequest, tmp_path: Path) -> Engine:
    if request.param == "sqlite":
        return open_engine(f"sqlite:///{tmp_path / 'new.db'}")
    server: Server = request.getfixturevalue("postgres")
    return open_engine(server.new_database().replace("postgresql://", "postgresql+psycopg://"))


def booked(engine: Engine, sample: Clinic) -> None:
    office = Office(sample, SqlStorage(engine), KEY)
    person = details(**ANA, today=office.today())
    appointment.book(office, Wanted(None, SLOT, person), STRANGER, Request("k", "b", {}))


def test_up_down_and_up_again_with_data(empty: Engine, sample: Clinic) -> None:
    told: list[str] = []
    migrate.upgrade(empty, told.append)
    assert [line.split(":")[1] for line in told] == [" upgrade 0001", " upgrade 0002", " upgrade 0003"]
    booked(empty, sample)
    with empty.begin() as connection:
        rows = connection.execute(select(booking.c.id)).all()
        claims = connection.execute(select(claim)).all()
    migrate.downgrade(empty, told.append, "0001")
    assert "message" not in inspect(empty).get_table_names()
    with empty.begin() as connection:
        assert connection.execute(select(booking.c.id)).all() == rows
    migrate.upgrade(empty, told.append)
    with empty.begin() as connection:
        assert sorted(connection.execute(select(claim)).all()) == sorted(claims)
    migrate.downgrade(empty, told.append, "base")
    assert set(inspect(empty).get_table_names()) <= {"alembic_version"}
    empty.dispose()


def test_the_migrations_make_exactly_the_tables_of_the_code(empty: Engine) -> None:
    migrate.upgrade(empty, lambda line: None)
    with empty.connect() as connection:
        assert compare_metadata(MigrationContext.configure(connection), metadata) == []
        assert migrate.is_current(connection)
        key = inspect(connection).get_pk_constraint("claim")
        assert key["constrained_columns"] == ["resource", "cell"]
    empty.dispose()


def test_the_newest_schema_is_named_and_one_step_back_is_not_current(empty: Engine) -> None:
    assert ScriptDirectory(str(migrate.FOLDER)).get_current_head() == migrate.HEAD
    with empty.connect() as connection:
        assert not migrate.is_current(connection)
    migrate.upgrade(empty, lambda line: None)
    migrate.downgrade(empty, lambda line: None, "-1")
    with empty.connect() as connection:
        assert not migrate.is_current(connection)
    told: list[str] = []
    migrate.upgrade(empty, told.append)
    assert len(told) == 1
    migrate.upgrade(empty, told.append)
    assert len(told) == 1, "nothing is left to do"
    empty.dispose()


def test_the_table_itself_refuses_a_second_owner_of_a_cell(empty: Engine, sample: Clinic) -> None:
    migrate.upgrade(empty, lambda line: None)
    booked(empty, sample)
    with empty.connect() as connection:
        first = connection.execute(select(claim)).mappings().first()
    with pytest.raises(IntegrityError), empty.begin() as connection:
        connection.execute(insert(claim), dict(first))
    empty.dispose()


@pytest.mark.parametrize("verb", ["UPDATE audit SET actor = 'x'", "DELETE FROM audit"])
def test_the_audit_can_only_grow(empty: Engine, sample: Clinic, verb: str) -> None:
    migrate.upgrade(empty, lambda line: None)
    booked(empty, sample)
    with pytest.raises(DBAPIError, match="append-only"), empty.begin() as connection:
        connection.execute(text(verb))
    with empty.connect() as connection:
        rows = connection.execute(select(audit)).all()
    assert [row.action for row in rows] == ["book"]
    assert not any(word in str(row) for row in rows for word in ("Ana", "1980", "555"))
    empty.dispose()
