"""The same promises on PostgreSQL, with two gateways on one database."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import psycopg
import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext

from gateway import migrate
from gateway.database import make_engine
from gateway.schema import metadata
from tests.gateway.fake_rasa import FakeRasa
from tests.gateway.front_door import Chat, FrontDoor, Stream, wait_for
from tests.postgres import Server, postgres

__all__ = ["postgres"]
pytestmark = pytest.mark.postgres


@pytest.fixture
def pair(tmp_path: Path, rasa: FakeRasa, postgres: Server) -> Iterator[Any]:
    url = postgres.new_database()
    doors = []
    for number in range(2):
        var = tmp_path / f"var{number}"
        var.mkdir(mode=0o700)
        doors.append(FrontDoor(var, rasa.port, GATEWAY_DATABASE_URL=url))
        doors[-1].start()
    yield (*doors, url)
    for door in doors:
        door.kill()
    postgres.drop(url)


def test_migrations_and_schema_agree_on_postgresql(postgres: Server) -> None:
    engine = make_engine(postgres.new_database())
    migrate.upgrade(engine)
    migrate.upgrade(engine)
    with engine.connect() as connection:
        assert compare_metadata(MigrationContext.configure(connection), metadata) == []
    engine.dispose()


def test_two_gateways_run_one_turn_at_a_time_and_deliver_each_others_events(pair: Any, rasa: FakeRasa) -> None:
    one, two, _ = pair
    chat = one.chat()
    other = Chat(two.url, chat.token)
    stream = Stream(other)
    rasa.delay = 0.05
    messages = [(chat if number % 2 else other).send(f"number {number}") for number in range(8)]
    same = chat.send("again")
    with ThreadPoolExecutor(8) as pool:
        again = list(pool.map(lambda n: (chat, other)[n % 2].post(client_msg_id=same, text="again"), range(8)))
    assert {answer.json()["duplicate"] for answer in again} == {True}
    chat.until_idle(same)
    assert rasa.order == [f"number {number}" for number in range(8)] + ["again"]
    assert set(rasa.ran.values()) == {1}
    assert [event["seq"] for event in chat.events] == list(range(1, len(chat.events) + 1))
    assert [event["in_reply_to"] for event in chat.events if event["type"] == "bot"] == [*messages, same]
    assert [event["seq"] for event in stream.wait_for(len(chat.events))] == [event["seq"] for event in chat.events]


def test_a_killed_gateways_turns_are_taken_over_by_the_other(pair: Any, rasa: FakeRasa) -> None:
    one, two, url = pair
    chats = [one.chat() for _ in range(5)]
    rasa.silent = True
    messages = [chat.send("hello") for chat in chats]
    one.kill()
    rasa.silent = False
    for chat, message in zip(chats, messages, strict=True):
        moved = Chat(two.url, chat.token)
        assert [event["text"] for event in moved.until_idle(message)] == ["You said: hello"]
    assert set(rasa.ran.values()) == {1}
    with psycopg.connect(url) as connection:
        row = connection.execute("select count(*) from inbox where done_at is null").fetchone()
    assert row == (0,)


def test_nothing_is_lost_while_the_database_is_away(pair: Any, rasa: FakeRasa, door: FrontDoor) -> None:
    one, _, url = pair
    chat = one.chat()
    chat.ask("before")
    with psycopg.connect(url, autocommit=True) as connection:
        others = "from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid()"
        had = {row[0] for row in connection.execute(f"select pid {others}")}
        connection.execute(f"select pg_terminate_backend(pid) {others}")
        wait_for(lambda: had.isdisjoint(row[0] for row in connection.execute(f"select pid {others}")))
    assert [event["text"] for event in chat.ask("after")] == ["You said: after"]
