"""The Reply of docs/architecture.md, made from a bot message of Rasa; the same for a fresh turn and for a stored one."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from rasa.shared.core.events import BotUttered, UserUttered
from rasa.shared.core.trackers import DialogueStateTracker

Reply = dict[str, Any]

CARRIED = (
    "expects",
    "progress",
    "outcome",
    "sources",
    "reviewed",
    "hold_expires_at",
    "summary",
    "alert",
    "call_back",
    "topic",
)


def from_message(message: Mapping[str, Any], lang: str) -> Reply | None:
    """One Reply; None when the message has no text. `lang` is the turn's language, where the message names none."""
    text = str(message.get("text") or "").strip()
    if not text:
        return None
    metadata = message.get("metadata") or {}
    reply: Reply = {"text": text, "lang": metadata.get("lang") or lang}
    choices = [_choice(button) for button in message.get("buttons") or []]
    if choices:
        reply["choices"] = choices
    reply.update({key: metadata[key] for key in CARRIED if metadata.get(key)})
    return reply


def of_turn(tracker: DialogueStateTracker, message_id: str) -> list[Reply] | None:
    """The replies that the tracker holds for a message; None when it was never handled."""
    replies: list[Reply] | None = None
    lang = "en"
    for event in tracker.events:
        if isinstance(event, UserUttered):
            if replies is not None:
                break
            if event.message_id == message_id:
                replies = []
                lang = language(event)
        elif isinstance(event, BotUttered) and replies is not None and (reply := from_message(event.message(), lang)):
            replies.append(reply)
    return replies


def language(event: UserUttered | None) -> str:
    """The language that a message was understood in."""
    understood = (event.parse_data or {}).get("understood") if event else None
    return str((understood or {}).get("lang") or "en") if isinstance(understood, dict) else "en"


def _choice(button: Mapping[str, Any]) -> dict[str, Any]:
    choice = {
        "label": button.get("title", ""),
        "payload": button.get("payload", ""),
        "kind": button.get("kind") or "answer",
    }
    return choice | ({"day": button["day"]} if button.get("day") else {})
