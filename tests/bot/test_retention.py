"""A conversation is forgotten whole and on time, and one that is still going on is kept."""

from datetime import datetime, timedelta, timezone

import pytest
import sqlalchemy as sa

from bot import retention

NOW = datetime(2026, 11, 25, 15, tzinfo=timezone.utc)


@pytest.fixture
def engine(tmp_path):
    engine = sa.create_engine(f"sqlite:///{tmp_path / 'tracker.db'}", future=True)
    with engine.begin() as connection:
        connection.execute(
            sa.text("create table events (id integer primary key, sender_id text, timestamp float, data text)")
        )
        rows = [("old", 40), ("old", 31), ("going-on", 40), ("going-on", 1), ("new", 0)]
        for conversation, days in rows:
            stamp = (NOW - timedelta(days=days)).timestamp()
            connection.execute(
                sa.text('insert into events (sender_id, timestamp, data) values (:c, :t, \'{"event": "user"}\')'),
                {"c": conversation, "t": stamp},
            )
    return engine


def kept(engine):
    with engine.connect() as connection:
        return set(connection.execute(sa.text("select distinct sender_id from events")).scalars())


def test_a_quiet_conversation_is_forgotten_whole_and_one_going_on_is_kept(engine):
    assert retention.purge(engine, NOW - timedelta(days=30)) == 1
    assert kept(engine) == {"going-on", "new"}
    assert len(retention.export(engine, ["going-on"])) == 2


def test_erasing_leaves_nothing_and_says_how_many_existed(engine):
    assert retention.erase(engine, ["old", "nobody"]) == 1
    assert retention.export(engine, ["old"]) == []
    assert kept(engine) == {"going-on", "new"}
