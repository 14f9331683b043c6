"""SQLite's one writer: work that waits is committed together, and nobody hears of it before, or suffers for another's mistake."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Connection, event, text
from sqlalchemy.exc import DBAPIError, IntegrityError

from gateway.database import make_engine
from gateway.writer import LONGEST_SECONDS, MOST_TOGETHER, Writer
from tests.gateway.front_door import PATIENCE


@pytest.fixture
def engine(tmp_path: Path) -> Iterator[Any]:
    engine = make_engine(f"sqlite:///{tmp_path / 'writer.db'}")
    with engine.begin() as connection:
        connection.execute(text("create table said (word text primary key)"))
    yield engine
    engine.dispose()


@pytest.fixture
def no_hurry(monkeypatch: pytest.MonkeyPatch) -> None:
    """A group is as large as it may be, however slow the machine."""
    monkeypatch.setattr("gateway.writer.LONGEST_SECONDS", PATIENCE)


@pytest.fixture
def writer(engine: Any) -> Iterator[Writer]:
    writer = Writer(engine)
    yield writer
    writer.close()


def say(word: str) -> Any:
    return lambda connection: connection.execute(text("insert into said values (:word)"), {"word": word}).rowcount


def words(engine: Any) -> list[str]:
    with engine.connect() as connection:
        return [row[0] for row in connection.execute(text("select word from said order by rowid"))]


class Held:
    """Keeps the writer busy until `go`, so that everything submitted meanwhile waits together."""

    def __init__(self, writer: Writer) -> None:
        self._go, entered = threading.Event(), threading.Event()

        def wait(_connection: Connection) -> None:
            entered.set()
            assert self._go.wait(PATIENCE)

        self.future = writer.submit(wait)
        assert entered.wait(PATIENCE)

    def go(self) -> None:
        self._go.set()


@pytest.mark.usefixtures("no_hurry")
def test_what_waits_is_committed_together(writer: Writer, engine: Any) -> None:
    commits: list[int] = []
    held = Held(writer)
    waiting = [writer.submit(say(str(number))) for number in range(MOST_TOGETHER)]
    event.listen(engine, "commit", lambda _connection: commits.append(1))
    held.go()
    assert [future.result(PATIENCE) for future in waiting] == [1] * MOST_TOGETHER
    assert len(words(engine)) == MOST_TOGETHER
    assert len(commits) == 2, "the one that held the writer is the first of a group"


def test_one_that_fails_takes_back_its_own_changes_and_no_others(writer: Writer, engine: Any) -> None:
    def half(connection: Connection) -> None:
        say("half")(connection)
        raise KeyError("own mistake")

    held = Held(writer)
    before, twice = writer.submit(say("before")), [writer.submit(say("twice")) for _ in range(2)]
    broken, after = writer.submit(half), writer.submit(say("after"))
    held.go()
    assert before.result(PATIENCE) == after.result(PATIENCE) == twice[0].result(PATIENCE) == 1
    with pytest.raises(IntegrityError):
        twice[1].result(PATIENCE)
    with pytest.raises(KeyError):
        broken.result(PATIENCE)
    assert words(engine) == ["before", "twice", "after"]


def test_the_first_of_a_group_that_fails_leaves_nothing_and_holds_nobody_up(writer: Writer, engine: Any) -> None:
    def half(connection: Connection) -> None:
        say("half")(connection)
        raise KeyError("own mistake")

    broken, after = writer.submit(half), writer.submit(say("after"))
    with pytest.raises(KeyError):
        broken.result(PATIENCE)
    assert after.result(PATIENCE) == 1
    assert words(engine) == ["after"]


def test_who_waits_at_the_door_goes_first(writer: Writer, engine: Any) -> None:
    held = Held(writer)
    futures = [writer.submit(say(f"later {number}")) for number in range(3)]
    futures.append(writer.submit(say("door"), first=True))
    held.go()
    for future in futures:
        future.result(PATIENCE)
    assert words(engine) == ["door", "later 0", "later 1", "later 2"]


@pytest.mark.parametrize("seconds", [0, 2 * LONGEST_SECONDS], ids=["at once", "slowly"])
def test_one_after_another_at_the_door_keeps_nobody_waiting_for_an_answer(
    writer: Writer, engine: Any, seconds: float
) -> None:
    held, last = Held(writer), threading.Event()

    def work(connection: Connection, number: int) -> None:
        time.sleep(seconds)
        say(f"door {number}")(connection)

    def come(number: int) -> None:
        future = writer.submit(lambda connection: work(connection, number), first=True)
        future.add_done_callback(lambda _: come(number + 1) if number < 20 else last.set())

    answer = writer.submit(say("answer"))
    come(0)
    held.go()
    assert answer.result(PATIENCE) == 1
    assert last.wait(PATIENCE)
    assert words(engine).index("answer") <= 2


def test_who_waits_at_the_door_does_not_wait_for_what_came_before_or_after_with_it(writer: Writer) -> None:
    held, go_on = Held(writer), threading.Event()
    slow = writer.submit(lambda _connection: go_on.wait(PATIENCE))
    door = writer.submit(say("door"), first=True)
    held.go()
    assert door.result(PATIENCE) == 1
    assert not slow.done()
    go_on.set()
    assert slow.result(PATIENCE)


def test_nobody_is_told_that_it_was_done_when_the_commit_fails(writer: Writer, engine: Any) -> None:
    def fail(_connection: Connection) -> None:
        raise OSError("disk full")

    event.listen(engine, "commit", fail)
    held = Held(writer)
    waiting = [writer.submit(say(str(number))) for number in range(3)]
    held.go()
    for future in (held.future, *waiting):
        with pytest.raises(OSError, match="disk full"):
            future.result(PATIENCE)
    event.remove(engine, "commit", fail)
    assert words(engine) == []
    assert writer.submit(say("again")).result(PATIENCE) == 1


@pytest.mark.usefixtures("no_hurry")
def test_a_broken_statement_ends_the_group_and_nothing_of_it_stays(writer: Writer, engine: Any) -> None:
    held = Held(writer)
    before = writer.submit(say("before"))
    broken = writer.submit(lambda connection: connection.execute(text("insert into nowhere values (1)")))
    held.go()
    for future in (before, broken):
        with pytest.raises(DBAPIError):
            future.result(PATIENCE)
    assert words(engine) == []
    assert writer.submit(say("after")).result(PATIENCE) == 1


def test_closing_finishes_what_was_submitted(engine: Any) -> None:
    writer = Writer(engine)
    futures = [writer.submit(say(str(number))) for number in range(40)]
    writer.close()
    assert all(future.done() for future in futures)
    assert len(words(engine)) == 40
