"""The tracker store raises instead of hiding a lost database, and keeps a conversation whole."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import pytest
from rasa.core.agent import Agent
from rasa.shared.core.domain import Domain
from rasa.shared.core.events import BotUttered, SlotSet, UserUttered
from rasa.shared.core.trackers import DialogueStateTracker

from bot.tracker_store import ConversationStore, StoreUnavailableError, unwrap

DOMAIN = Domain.from_dict({"slots": {"task": {"type": "text", "mappings": [{"type": "custom"}]}}})


def _store(folder: Path) -> ConversationStore:
    return ConversationStore(DOMAIN, url=f"sqlite:///{folder}/tracker.db")


def _tracker(*texts: str) -> DialogueStateTracker:
    events = [event for text in texts for event in (UserUttered(text), BotUttered(text=text))]
    return DialogueStateTracker.from_events("talk", events, slots=DOMAIN.slots)


async def _read(store: ConversationStore, name: str = "talk") -> DialogueStateTracker:
    tracker = await store.retrieve(name)
    assert tracker is not None
    return tracker


async def test_what_is_saved_is_read_again_and_only_new_events_are_added(tmp_path: Path) -> None:
    store = _store(tmp_path)
    await store.save(_tracker("one"))
    tracker = await _read(store)
    tracker.update(SlotSet("task", "book"))
    await store.save(tracker)
    await store.save(tracker)
    again = await _read(store)
    assert len(again.events) == 3
    assert again.get_slot("task") == "book"
    assert list(await store.keys()) == ["talk"]


async def test_an_unknown_conversation_is_none(tmp_path: Path) -> None:
    assert await _store(tmp_path).retrieve("nobody") is None


async def test_a_lost_database_is_raised_on_reading_and_on_writing(tmp_path: Path) -> None:
    store = _store(tmp_path)
    with sqlite3.connect(tmp_path / "tracker.db") as connection:
        connection.execute("DROP TABLE events")
    with pytest.raises(StoreUnavailableError):
        await store.retrieve("talk")
    with pytest.raises(StoreUnavailableError):
        await store.save(_tracker("one"))


def test_the_start_fails_when_the_database_cannot_be_written(tmp_path: Path) -> None:
    with pytest.raises(StoreUnavailableError, match="cannot be written"):
        ConversationStore(DOMAIN, url=f"sqlite:///{tmp_path}/no/such/folder/tracker.db")


async def test_rasas_fail_safe_wrapper_is_taken_off(tmp_path: Path) -> None:
    agent = Agent(domain=DOMAIN, tracker_store=_store(tmp_path))
    unwrap(agent)
    assert isinstance(agent.tracker_store, ConversationStore)


async def test_the_database_runs_in_wal_mode(tmp_path: Path) -> None:
    _store(tmp_path)
    with sqlite3.connect(tmp_path / "tracker.db") as connection:
        assert connection.execute("PRAGMA journal_mode").fetchone() == ("wal",)


async def test_what_another_process_stored_or_erased_counts_more_than_memory(tmp_path: Path) -> None:
    store, other = _store(tmp_path), _store(tmp_path)
    await store.save(_tracker("one"))
    theirs = await _read(other)
    theirs.update(SlotSet("task", "book"))
    await other.save(theirs)
    again = await _read(store)
    assert again.get_slot("task") == "book"
    await store.save(again)
    with sqlite3.connect(tmp_path / "tracker.db") as connection:
        connection.execute("DELETE FROM events")
    assert await store.retrieve("talk") is None


async def test_a_talk_erased_and_begun_anew_elsewhere_is_read_anew(tmp_path: Path) -> None:
    store, other = _store(tmp_path), _store(tmp_path)
    await store.save(_tracker("one"))
    with sqlite3.connect(tmp_path / "tracker.db") as connection:
        connection.execute("DELETE FROM events")
    await other.save(_tracker("two"))  # as many events
    again = await _read(store)
    assert again.latest_message is not None
    assert again.latest_message.text == "two"


async def test_what_a_failed_turn_did_to_a_tracker_is_forgotten(tmp_path: Path) -> None:
    store = _store(tmp_path)
    await store.save(_tracker("one"))
    tracker = await _read(store)
    tracker.slots["task"].value = "book"  # which no event tells of
    assert (await _read(store)).get_slot("task") is None
    tracker.update(SlotSet("task", "book"))
    again = await _read(store)
    assert again.get_slot("task") is None
    assert len(again.events) == 2


async def test_only_the_last_talks_stay_in_memory(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bot.tracker_store.KEPT", 2)
    store = _store(tmp_path)
    for name in ("a", "b", "c"):
        await store.save(DialogueStateTracker.from_events(name, [UserUttered(name)], slots=DOMAIN.slots))
    assert list(store._kept) == ["b", "c"]
    monkeypatch.setattr("bot.tracker_store.KEPT_SECONDS", 0.0)
    await store.save(DialogueStateTracker.from_events("d", [UserUttered("d")], slots=DOMAIN.slots))
    assert list(store._kept) == ["d"]
    again = await _read(store, "a")
    assert len(again.events) == 1
