"""A patient at the chat API: says things, picks choices, and hears the turn until its idle event."""

from __future__ import annotations

import json
import time
import uuid
from collections.abc import Callable, Iterator
from typing import Any

import httpx

TURN_SECONDS = 240.0
ANSWER_SECONDS = 120.0

Event = dict[str, Any]


class Patient:
    """One chat session at a running gateway. `heard` keeps every event in order."""

    def __init__(self, gateway: str) -> None:
        self.http = httpx.Client(
            base_url=gateway, timeout=ANSWER_SECONDS, verify=False
        )  # plain HTTP: no certificates to read
        answer = self.http.post("/chat/session", json={})
        answer.raise_for_status()
        self.http.headers["Authorization"] = f"Bearer {answer.json()['token']}"
        self.heard: list[Event] = []

    def say(self, text: str) -> list[Event]:
        """Send a text and return the bot's events of its turn."""
        return self._turn({"text": text})

    def pick(self, choice_id: str) -> list[Event]:
        """Press the button of a choice and return the bot's events of its turn."""
        return self._turn({"choice_id": choice_id})

    def _turn(self, body: dict[str, str]) -> list[Event]:
        mine = str(uuid.uuid4())
        sent = self.http.post("/chat/messages", json={"client_msg_id": mine, **body})
        assert sent.status_code == 202, sent.text
        turn: list[Event] = []
        for event in self._events():
            if event["type"] == "bot" and event.get("in_reply_to") in (mine, None):
                turn.append(event)
            if event["type"] == "status" and event.get("state") == "idle" and event.get("in_reply_to") == mine:
                return turn
        raise AssertionError(f"no idle event within {TURN_SECONDS} s; heard {json.dumps(turn)}")

    def hear(self, what: Callable[[Event], object]) -> Event:
        """The next event of a kind: for what comes after a turn has ended, as the true answer behind an apology does."""
        for event in self._events():
            if what(event):
                return event
        raise AssertionError(f"not heard within {TURN_SECONDS} s")

    def _events(self) -> Iterator[Event]:
        deadline = time.monotonic() + TURN_SECONDS
        while time.monotonic() < deadline:
            after = self.heard[-1]["seq"] if self.heard else 0
            answer = self.http.get("/chat/events", params={"after": after, "wait": 20})
            answer.raise_for_status()
            for event in answer.json()["events"]:
                assert event["seq"] == (self.heard[-1]["seq"] if self.heard else 0) + 1, (
                    "events are numbered without gaps"
                )
                self.heard.append(event)
                yield event


def words(turn: list[Event]) -> str:
    """What the patient reads in a turn."""
    return "\n".join(event.get("text", "") for event in turn)


def choices(turn: list[Event], kind: str | None = None) -> list[dict[str, Any]]:
    """The choices offered in a turn, of one kind or of all."""
    return [choice for event in turn for choice in event.get("choices", []) if kind in (None, choice["kind"])]


def outcomes(turn: list[Event]) -> list[dict[str, Any]]:
    """What the scheduling service confirmed in a turn."""
    return [event["outcome"] for event in turn if "outcome" in event]
