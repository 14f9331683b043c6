"""Every error that Twilio is known to give, as a refusal and as a callback: what is tried again, who is left alone, what staff hear.

The table is that of the research note sms.md, section 1.5, row by row; it is written out here and not read from the code.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from typing import Any

import pytest
from sqlalchemy import select

from clinic import clock
from gateway import migrate
from gateway.database import Database
from gateway.schema import outbox as table
from gateway.schema import staff_alerts, suppressions
from gateway.sms import outbox
from gateway.sms.courier import Courier
from gateway.sms.errors import CODES, CarrierError, Meaning, Taken, meaning

NUMBER, SID = "+16125550199", "SM" + "0" * 32
PAGE, TASK, REFUSED = "texting_misconfigured", "text_undelivered", "text_refused_by_patient"

# code, HTTP status: (state after the refusal, suppressed as, alert); "waiting" is tried again later, "sending" looked up first.
ROWS = [
    (20429, 429, "waiting", None, None),
    (None, 429, "waiting", None, None),
    (None, 500, "sending", None, None),
    (None, 503, "sending", None, None),
    (20003, 401, "failed", None, PAGE),
    (21211, 400, "failed", "unreachable", TASK),
    (21614, 400, "failed", "unreachable", TASK),
    (21212, 400, "failed", None, PAGE),
    (21606, 400, "failed", None, PAGE),
    (21408, 400, "failed", None, TASK),
    (21602, 400, "failed", None, PAGE),
    (21603, 400, "failed", None, PAGE),
    (21604, 400, "failed", None, PAGE),
    (21617, 400, "failed", None, PAGE),
    (21610, 400, "failed", "carrier", REFUSED),
    (21611, 400, "waiting", None, None),
    (30001, 400, "waiting", None, None),
    (21612, 400, "failed", "unreachable", TASK),
    (21703, 400, "failed", None, PAGE),
    (21704, 400, "failed", None, PAGE),
    (14107, 400, "waiting", None, None),
    (99999, 400, "failed", None, TASK),  # a code of tomorrow
    (99998, 500, "sending", None, None),
]
# code: (state after the callback, suppressed as, alert)
CALLBACKS = [
    (21610, "failed", "carrier", REFUSED),
    (30003, "waiting", None, None),
    (30008, "waiting", None, None),
    (30004, "failed", None, TASK),
    (30005, "failed", "unreachable", TASK),
    (30006, "failed", "unreachable", TASK),
    (30007, "failed", None, TASK),
    (30022, "failed", None, TASK),
    (30023, "failed", None, TASK),
    (30025, "failed", None, TASK),
    (30024, "failed", None, PAGE),
    (30032, "failed", None, PAGE),
    (30034, "failed", None, PAGE),
    (30450, "failed", None, TASK),
    (30610, "failed", None, TASK),
    (30640, "failed", None, TASK),
    (99999, "failed", None, TASK),
    (None, "failed", None, TASK),
]


class Scripted:
    """A carrier whose create call gives one answer."""

    def __init__(self, answer: CarrierError | Taken) -> None:
        self.answer, self.calls = answer, 0

    def send(self, **_call: Any) -> Taken:
        self.calls += 1
        if isinstance(self.answer, CarrierError):
            raise self.answer
        return self.answer


@pytest.fixture(scope="module")
def database(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Database]:
    clock.start("America/Chicago")
    database = Database(f"sqlite:///{tmp_path_factory.mktemp('errors') / 'gateway.db'}")
    migrate.upgrade(database.engine)
    yield database
    database.close()


def send(database: Database, answer: CarrierError | Taken) -> tuple[Courier, str]:
    """Put one reply into the outbox and carry it to Twilio once."""
    with database.engine.begin() as connection:
        for one in (table, suppressions, staff_alerts):
            connection.execute(one.delete())
        text = outbox.Text(kind="reply", sender="+16125550110", recipient=NUMBER, number_hash="hash", body="hello")
        key = outbox.add(connection, text)
    courier = Courier(
        database, Scripted(answer), "me", ("+16125550110",), 100.0, "https://x.example", "America/Chicago"
    )  # type: ignore[arg-type]

    async def once() -> None:
        for row, wait in await database.write(lambda connection: courier._take(connection, 1)):
            await courier._deliver(row, wait)

    asyncio.run(once())
    return courier, key


def seen(database: Database, key: str) -> tuple[Any, str | None, list[str]]:
    """The row of the text, why its number is left alone, the alerts."""
    with database.engine.connect() as connection:
        row = connection.execute(select(table).where(table.c.id == key)).one()
        reason = connection.execute(select(suppressions.c.reason)).scalar_one_or_none()
        return row, reason, list(connection.execute(select(staff_alerts.c.kind)).scalars())


@pytest.mark.parametrize(("code", "status", "state", "suppressed", "alert"), ROWS)
def test_a_refused_call(
    database: Database, code: int | None, status: int, state: str, suppressed: str | None, alert: str | None
) -> None:
    courier, key = send(database, CarrierError(meaning(code, status), code, status))
    row, reason, alerts = seen(database, key)
    assert (row.state, reason, alerts) == (state, suppressed, [alert] if alert else [])
    assert (row.body is None) == (state == "failed")
    assert row.error_code == (code if state == "failed" else None)
    courier.close()


@pytest.mark.parametrize(("code", "state", "suppressed", "alert"), CALLBACKS)
def test_a_failure_told_later(
    database: Database, code: int | None, state: str, suppressed: str | None, alert: str | None
) -> None:
    courier, key = send(database, Taken(SID, "accepted"))
    with database.engine.begin() as connection:
        courier.reported(connection, key, SID, "sent", None)
        courier.reported(connection, key, SID, "undelivered" if code else "failed", code)
    row, reason, alerts = seen(database, key)
    expected = state if code is None or state == "waiting" else "undelivered"
    assert (row.state, reason, alerts) == (expected, suppressed, [alert] if alert else [])
    if state == "waiting":
        # One more try, later, and no third.
        assert row.next_at > row.created_at
        assert row.uncertain
        with database.engine.begin() as connection:
            outbox.report(connection, key, SID, "accepted", None)
            courier.reported(connection, key, SID, "undelivered", code)
        row, _, alerts = seen(database, key)
        assert (row.state, alerts) == ("undelivered", [TASK])
    courier.close()


def test_no_row_is_left_out() -> None:
    assert set(CODES) - {20404} <= {row[0] for row in ROWS} | {row[0] for row in CALLBACKS}


def test_a_lost_connection_may_have_sent_and_a_refused_one_has_not() -> None:
    assert meaning(None, None) is Meaning.UNKNOWN
    assert meaning(None, 503) is Meaning.UNKNOWN
    assert meaning(None, 429) is Meaning.LATER
