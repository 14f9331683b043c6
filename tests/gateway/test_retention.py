"""Forgetting on time at the front door: what is old goes, what is owed stays, one person goes whole."""

from __future__ import annotations

import json

import pytest
from sqlalchemy import func, insert, select, update

from clinic import clock
from gateway import conversations, events, migrate, retention
from gateway.database import make_engine
from gateway.inbox import Inbox, alert
from gateway.message import Incoming
from gateway.notices import Notices
from gateway.schema import (
    consents,
    inbox,
    metadata,
    outbox,
    sms_received,
    sms_threads,
    staff_alerts,
    suppressions,
)
from gateway.schema import (
    conversations as talks,
)
from gateway.sms import outbox as texts
from gateway.sms.numbers import keyed_hash
from tests.postgres import postgres

__all__ = ["postgres"]
KEY, NUMBER = "k" * 24, "+16125550141"
OTHER = "+16125550142"


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
def engine(request, tmp_path, monkeypatch):
    monkeypatch.setenv("VAR_DIR", str(tmp_path))
    monkeypatch.setenv("SIGNING_KEY", KEY)
    for name in ("GATEWAY_DATABASE_URL", "NUMBER_KEY"):
        monkeypatch.delenv(name, raising=False)
    clock.start("America/Chicago")
    if request.param == "postgresql":
        monkeypatch.setenv("GATEWAY_DATABASE_URL", request.getfixturevalue("postgres").new_database())
    made = make_engine(retention.database_url())
    migrate.upgrade(made)
    yield made
    made.dispose()


def talk(engine, text: str, days_ago: float = 0, done: bool = True) -> str:
    with engine.begin() as connection:
        session = conversations.find(connection, conversations.start(connection, "en").token)
        Inbox("test", Notices.__new__(Notices), 25).accept(connection, Incoming(session.conversation, "m1", text, None))
        moment = clock.timestamp() - days_ago * retention.DAY
        connection.execute(update(talks).where(talks.c.id == session.conversation).values(seen_at=moment))
        if done:
            connection.execute(update(inbox).where(inbox.c.conversation == session.conversation).values(done_at=moment))
        alert(connection, events.lock(connection, session.conversation), None, "unanswered")
    return session.conversation


def text_to(engine, number: str, conversation: str | None = None, days_ago: float = 0) -> None:
    hashed = keyed_hash(number, KEY)
    moment = clock.timestamp() - days_ago * retention.DAY
    with engine.begin() as connection:
        key = texts.add(connection, texts.Text("reply", "+16125550100", number, hashed, "Hello", conversation))
        connection.execute(update(outbox).where(outbox.c.id == key).values(created_at=moment))
        connection.execute(
            insert(sms_received).values(message_sid=f"SM{key}", kind="text", number_hash=hashed, received_at=moment)
        )
        connection.execute(
            insert(consents).values(
                number_hash=hashed, action="give", purpose="care", method="text", wording="v1", source="x", at=moment
            )
        )


def count(engine, table) -> int:
    with engine.connect() as connection:
        return connection.execute(select(func.count()).select_from(table)).scalar_one()


def test_old_talks_go_and_young_or_unanswered_ones_stay(engine):
    old = talk(engine, "long ago", days_ago=31)
    young = talk(engine, "just now", days_ago=29)
    owed = talk(engine, "never answered", days_ago=40, done=False)
    text_to(engine, NUMBER, old, days_ago=31)
    counts = retention.purge(engine, 30)
    assert counts["conversations"] == 1
    assert counts["sms_received"] == 1
    with engine.connect() as connection:
        assert set(connection.execute(select(talks.c.id)).scalars()) == {young, owed}
        assert old not in set(connection.execute(select(inbox.c.conversation)).scalars())
    assert count(engine, outbox) == 0
    assert count(engine, consents) == 1, "the proof of a consent outlives the talk"
    assert count(engine, staff_alerts) == 3, "alerts are kept a year"


def test_every_table_has_a_limit_or_a_reason(engine):
    """A new table must be thought of: here, and in the module's own list."""
    cleared = {
        "call_backs",
        "conversations",
        "inbox",
        "events",
        "choices",
        "sms_threads",
        "outbox",
        "sms_received",
        "staff_alerts",
        "consents",
    }
    assert set(metadata.tables) == cleared | {"suppressions"}


def test_one_person_goes_whole_and_the_next_one_stays(engine, tmp_path):
    by_number = talk(engine, "my number is (612) 555-0141")
    by_thread = talk(engine, "hello by text")
    earlier = talk(engine, "hello by text, days before")
    by_id = talk(engine, "a booking talk")
    other = talk(engine, "somebody else, 612-555-0142")
    text_to(engine, NUMBER, earlier)
    text_to(engine, OTHER, other)
    with engine.begin() as connection:
        connection.execute(
            insert(sms_threads).values(ours="+16125550100", theirs=NUMBER, conversation=by_thread, seen_at=0)
        )
        for number in (NUMBER, OTHER):
            connection.execute(insert(suppressions).values(number_hash=keyed_hash(number, KEY), reason="stop", since=0))
    lines = [json.dumps({"to": number, "text": "x"}) for number in (NUMBER, OTHER)]
    (tmp_path / "outbox.jsonl").write_text("\n".join(lines) + "\n")
    kept = retention.export(engine, [by_id], [NUMBER], KEY)
    assert {row["id"] for row in kept["conversations"]} == {by_number, by_thread, earlier, by_id}
    assert all("token_hash" not in row for row in kept["conversations"])
    assert retention.main(["erase", by_id, "--number", NUMBER]) == 0
    with engine.connect() as connection:
        assert connection.execute(select(talks.c.id)).scalars().all() == [other]
        assert connection.execute(select(staff_alerts.c.conversation)).scalars().all() == [other]
    for table in (outbox, sms_received, consents):
        assert count(engine, table) == 1
    assert count(engine, suppressions) == 2, "forgetting an opt-out would mean texting again"
    assert (tmp_path / "outbox.jsonl").read_text() == lines[1] + "\n"
    assert (tmp_path / "outbox.jsonl").stat().st_mode & 0o777 == 0o600


def test_the_nightly_command_says_what_it_did(engine, tmp_path, capsys):
    talk(engine, "long ago", days_ago=31)
    (tmp_path / "outbox.jsonl").write_text(json.dumps({"to": NUMBER, "time": "2020-01-01T00:00:00.000Z"}) + "\n")
    assert retention.main(["purge"]) == 0
    said = capsys.readouterr().out
    assert said.startswith("1 conversations; ")
    assert "1 outbox.jsonl forgotten" in said
