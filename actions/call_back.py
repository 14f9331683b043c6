"""A wish to be called that the gateway keeps until the scheduling service can be told: `call_back` of a Reply (docs/architecture.md)."""

from __future__ import annotations

from typing import Any

from actions.turn import Turn


def after_trouble(turn: Turn) -> dict[str, Any] | None:
    """After an outage staff call whoever did not get it done in the chat; None while name and number are not known."""
    draft = turn.draft
    if draft is None or not draft.name or not draft.phone:
        return None
    reason = "booking" if draft.visit is None else "change"
    key = f"{turn.conversation}:callback:{draft.task}"
    return wish(turn, key, draft.name, draft.phone, reason=reason) | {"unless_done": True}


def wish(turn: Turn, key: str, name: str, phone: str, best_time: str = "any", reason: str = "other") -> dict[str, Any]:
    """Under its Idempotency-Key, so that it is recorded once even if it was recorded already."""
    return {
        "key": key,
        "name": name,
        "phone": phone,
        "best_time": best_time,
        "reason": reason,
        "language": turn.language,
    }
