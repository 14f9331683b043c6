"""Where conversations are kept: SQLite in WAL mode by default, PostgreSQL by TRACKER_DATABASE_URL.

Unlike Rasa's own store it never hides a lost database: every failure is raised as StoreUnavailableError, the turn is refused
and can be posted again with nothing lost. Rasa wraps each store into a fail-safe that swallows errors; `unwrap` takes it off.
One conversation is one session (the gateway starts a new conversation), so all its events are read by one query and only
new ones are written. The trackers of the last conversations stay in memory, and count only as long as the database holds
exactly what they hold: when another process added events, or somebody erased them, the events are read.
"""

from __future__ import annotations

import json
import time
from collections import OrderedDict
from collections.abc import Iterable
from typing import Any

import sqlalchemy as sa
from rasa.core.agent import Agent
from rasa.core.brokers.broker import EventBroker
from rasa.core.tracker_store import FailSafeTrackerStore, SerializedTrackerAsText, TrackerStore
from rasa.shared.core.domain import Domain
from rasa.shared.core.trackers import DialogueStateTracker
from sqlalchemy.engine import Engine
from sqlalchemy.pool import QueuePool

from bot import settings

STORED = "_stored_events"
KEPT, KEPT_SECONDS = 100, 1800.0
"""So many trackers in memory, and so long after their last turn: as long as a web chat stays open when nothing is said."""

TABLES = sa.MetaData()
EVENTS = sa.Table(
    "events",
    TABLES,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("sender_id", sa.String(255), nullable=False, index=True),
    sa.Column("type_name", sa.String(255), nullable=False),
    sa.Column("timestamp", sa.Float),
    sa.Column("intent_name", sa.String(255)),
    sa.Column("action_name", sa.String(255)),
    sa.Column("data", sa.Text),
)

# Built once: SQLAlchemy takes longer to put a statement together than SQLite to run it.
_ALL = sa.select(EVENTS.c.data).where(EVENTS.c.sender_id == sa.bindparam("talk")).order_by(EVENTS.c.id)
_HOW_FAR = sa.select(sa.func.count(), sa.func.max(EVENTS.c.timestamp)).where(EVENTS.c.sender_id == sa.bindparam("talk"))
_ADD = sa.insert(EVENTS)


class StoreUnavailableError(RuntimeError):
    """The tracker database cannot be reached or written. Nothing was stored. The message is one line without the URL."""


class ConversationStore(TrackerStore, SerializedTrackerAsText):
    """`endpoints.yml`: `tracker_store: {type: bot.tracker_store.ConversationStore}`. Same table as Rasa's own SQL store."""

    def __init__(
        self,
        domain: Domain | None = None,
        event_broker: EventBroker | None = None,
        url: str | None = None,
        **kwargs: Any,
    ) -> None:
        """Open the database and write into it once, so that a start without it fails. Raises StoreUnavailableError."""
        super().__init__(domain, event_broker)
        self._kept: OrderedDict[str, tuple[float, DialogueStateTracker]] = OrderedDict()
        self._engine = _engine(url or settings.tracker_database_url())
        try:
            TABLES.create_all(self._engine)
            with self._engine.begin() as connection:
                written = sa.insert(EVENTS).values(sender_id="start-up", type_name="check")
                row = connection.execute(written).inserted_primary_key[0]
                connection.execute(sa.delete(EVENTS).where(EVENTS.c.id == row))
        except sa.exc.SQLAlchemyError as error:
            raise StoreUnavailableError(
                f"tracker store: the database cannot be written ({type(error).__name__}): check TRACKER_DATABASE_URL or VAR_DIR"
            ) from error

    async def retrieve(self, sender_id: str) -> DialogueStateTracker | None:
        """The tracker of a conversation, None when it is new. Raises StoreUnavailableError.

        Who gets it owns it: a tracker that a failed turn has changed is never given out again.
        """
        _, kept = self._kept.pop(sender_id, (0.0, None))
        try:
            with self._engine.connect() as connection:
                if kept and tuple(connection.execute(_HOW_FAR, {"talk": sender_id}).one()) == _how_far(kept):
                    return kept
                events = [json.loads(row.data) for row in connection.execute(_ALL, {"talk": sender_id})]
        except sa.exc.SQLAlchemyError as error:
            raise StoreUnavailableError(f"tracker store: read failed ({type(error).__name__})") from error
        if not events or not self.domain:
            return None
        tracker = DialogueStateTracker.from_dict(sender_id, events, self.domain.slots)
        setattr(tracker, STORED, len(tracker.events))
        return tracker

    async def retrieve_full_tracker(self, conversation_id: str) -> DialogueStateTracker | None:
        """The same: a conversation is one session."""
        return await self.retrieve(conversation_id)

    async def save(self, tracker: DialogueStateTracker) -> None:
        """Write the new events in one transaction. Raises StoreUnavailableError; then none of them is stored."""
        await self.stream_events(tracker)
        known = getattr(tracker, STORED, 0)
        rows = []
        for event in list(tracker.events)[known:]:
            data = event.as_dict()
            rows.append(
                {
                    "sender_id": tracker.sender_id,
                    "type_name": event.type_name,
                    "timestamp": data.get("timestamp"),
                    "intent_name": data.get("parse_data", {}).get("intent", {}).get("name"),
                    "action_name": data.get("name"),
                    "data": json.dumps(data),
                }
            )
        if not rows:
            return
        try:
            with self._engine.begin() as connection:
                connection.execute(_ADD, rows)
        except sa.exc.SQLAlchemyError as error:
            raise StoreUnavailableError(f"tracker store: write failed ({type(error).__name__})") from error
        setattr(tracker, STORED, len(tracker.events))
        self._keep(tracker)

    def _keep(self, tracker: DialogueStateTracker) -> None:
        now = time.monotonic()
        self._kept.pop(tracker.sender_id, None)
        self._kept[tracker.sender_id] = (now, tracker)
        while len(self._kept) > KEPT or now - next(iter(self._kept.values()))[0] > KEPT_SECONDS:
            self._kept.popitem(last=False)

    async def keys(self) -> Iterable[str]:
        """Ids of all conversations. Raises StoreUnavailableError."""
        try:
            with self._engine.connect() as connection:
                return list(connection.execute(sa.select(EVENTS.c.sender_id).distinct()).scalars())
        except sa.exc.SQLAlchemyError as error:
            raise StoreUnavailableError(f"tracker store: read failed ({type(error).__name__})") from error


def _how_far(tracker: DialogueStateTracker) -> tuple[int, float | None]:
    """How many events were stored, and the latest time among them."""
    return len(tracker.events), max((event.timestamp for event in tracker.events), default=None)


def unwrap(agent: Agent) -> None:
    """Put the store itself back in place of Rasa's fail-safe wrapper, which turns a lost database into a lost talk."""
    store = agent.tracker_store
    if isinstance(store, FailSafeTrackerStore):
        store = store._tracker_store
    agent.tracker_store = store
    if agent.processor:
        agent.processor.tracker_store = store


def _engine(url: str) -> Engine:
    if not url.startswith("sqlite"):
        return sa.create_engine(url, pool_pre_ping=True, future=True, connect_args={"connect_timeout": 5})
    # SQLAlchemy 1.4 opens a file anew for each use, and with the last one closed SQLite empties its write-ahead log.
    engine = sa.create_engine(
        url, future=True, poolclass=QueuePool, connect_args={"timeout": 5, "check_same_thread": False}
    )

    def configure(connection: Any, record: Any) -> None:
        cursor = connection.cursor()
        cursor.execute("PRAGMA journal_mode=WAL")
        cursor.execute("PRAGMA synchronous=NORMAL")
        cursor.close()

    sa.event.listen(engine, "connect", configure)
    return engine
