"""A talk with the actions alone: what understanding would leave on a message goes in, replies and slots come out."""

from __future__ import annotations

import asyncio
import itertools
import json
from typing import Any

from rasa_sdk import Tracker
from rasa_sdk.executor import CollectingDispatcher

from actions.in_task import ActionInTask
from actions.safely import Safely

_ids = itertools.count(1)


def when(*windows: tuple[str, str], **more: Any) -> dict[str, Any]:
    """The entity `when` as bot/when.py writes it."""
    return {"windows": [list(pair) for pair in windows], "old_windows": [], "asap": False, "series": None} | more


class Talk:
    """Keeps the slots between turns, as Rasa would. `replies` are the messages of the last turn."""

    def __init__(self, channel: str = "web", language: str = "en", **slots: Any) -> None:
        self.channel = channel
        self.slots: dict[str, Any] = {"language": language, **slots}
        self.replies: list[dict[str, Any]] = []
        self.events: list[dict[str, Any]] = []

    def say(
        self,
        text: str = "",
        action: Safely | None = None,
        intent: str = "in_task",
        topic: str | None = None,
        confidence: float = 0.9,
        message_id: str | None = None,
        topics: tuple[str, ...] = (),
        **entities: Any,
    ) -> str:
        """One message to an action (inside a task: action_in_task); returns the text of the replies."""
        latest = {
            "text": text,
            "message_id": message_id or f"m{next(_ids)}",
            "intent": {"name": intent, "confidence": 0.9},
            "entities": [{"entity": name, "value": value} for name, value in entities.items()],
            "understood": {"topic": topic or intent, "confidence": confidence, "topics": list(topics)},
            "metadata": {"channel": self.channel},
        }
        return self._run(action or ActionInTask(), latest)

    def press(self, label: str, message_id: str | None = None) -> str:
        """Press the button of the last turn whose label holds `label`."""
        button = next(one for one in self.buttons() if label in one["title"])
        value = json.loads(button["payload"][len("/in_task") :])["choice"]
        return self.choose(value, message_id)

    def choose(self, value: str, message_id: str | None = None) -> str:
        """Send a choice by its value."""
        latest = {
            "text": "/in_task" + json.dumps({"choice": value}),
            "message_id": message_id or f"m{next(_ids)}",
            "intent": {"name": "in_task", "confidence": 1.0},
            "entities": [{"entity": "choice", "value": value}],
            "metadata": {"channel": self.channel},
        }
        return self._run(ActionInTask(), latest)

    def _run(self, action: Safely, latest: dict[str, Any]) -> str:
        dispatcher = CollectingDispatcher()
        said = [{"event": "bot", "text": one["text"]} for one in self.replies]
        tracker = Tracker("c0ffee", dict(self.slots), latest, said, False, None, {}, None)
        self.events = asyncio.run(action.run(dispatcher, tracker, {}))
        for event in self.events:
            assert event["event"] == "slot"
            self.slots[event["name"]] = json.loads(json.dumps(event["value"]))
        self.replies = dispatcher.messages
        assert self.replies, "an action is never silent"
        return "\n".join(one["text"] or one["response"] or "" for one in self.replies)

    def buttons(self, kind: str | None = None) -> list[dict[str, Any]]:
        return [one for reply in self.replies for one in reply["buttons"] if kind in (None, one["kind"])]

    @property
    def last(self) -> dict[str, Any]:
        """The metadata of the last reply."""
        return self.replies[-1].get("metadata") or {}

    @property
    def outcomes(self) -> list[dict[str, Any]]:
        return [reply["metadata"]["outcome"] for reply in self.replies if "outcome" in (reply.get("metadata") or {})]
