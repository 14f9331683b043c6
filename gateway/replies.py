"""From a Reply, as Rasa's private channel gives it, to the event that a browser gets.

What only the server may know (payloads, alerts, call-backs, topics) is taken out here: payloads become opaque choice ids.
"""

from __future__ import annotations

import secrets
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from gateway.events import Body


class _Part(BaseModel):
    model_config = ConfigDict(extra="ignore", frozen=True)


class Choice(_Part):
    label: str = Field(min_length=1)
    payload: str = Field(min_length=1)
    kind: Literal["slot", "answer", "topic", "more"] = "answer"
    day: str | None = None


class SummaryItem(_Part):
    item: str
    label: str
    value: str
    payload: str | None = None


class Alert(_Part):
    kind: str = Field(min_length=1, max_length=40)


class CallBack(_Part):
    """A wish to be called that scheduling could not be told of. `unless_done`: only if the talk does not get it done."""

    key: str = Field(min_length=1, max_length=120, pattern="^[!-~]+$")
    name: str = Field(min_length=1, max_length=400)
    phone: str = Field(min_length=1, max_length=32)
    best_time: Literal["morning", "afternoon", "evening", "any"] = "any"
    reason: Literal["booking", "change", "other"] = "other"
    language: Literal["en", "es"] = "en"
    unless_done: bool = False


class Reply(_Part):
    """One bot message (architecture, "The private channel"). Fields we do not know are left out."""

    text: str = Field(min_length=1)
    lang: Literal["en", "es"] = "en"
    choices: list[Choice] | None = None
    expects: str | None = None
    progress: dict[str, int] | None = None
    outcome: dict[str, Any] | None = None
    sources: list[dict[str, str]] | None = None
    reviewed: str | None = None
    hold_expires_at: str | None = None
    summary: list[SummaryItem] | None = None
    alert: Alert | None = None
    call_back: CallBack | None = None
    topic: str | None = None


class Offer(BaseModel):
    """A choice that the server remembers: `id` goes out, `payload` stays. `number` is what a texter replies with; 0: not by number."""

    id: str
    kind: str
    label: str
    payload: str
    number: int = 0


def event_of(reply: Reply, in_reply_to: str | None, first_number: int = 1) -> tuple[Body, list[Offer]]:
    """The event of a reply, without seq and time, and the choices it offers, numbered from `first_number`."""
    offers: list[Offer] = []

    def offer(kind: str, label: str, payload: str, number: int = 0) -> str:
        # 128 random bits (OWASP's floor is 64): an id cannot be guessed, and says nothing about what it stands for.
        offers.append(Offer(id=secrets.token_urlsafe(16), kind=kind, label=label, payload=payload, number=number))
        return offers[-1].id

    body: Body = {"type": "bot"}
    if in_reply_to is not None:
        body["in_reply_to"] = in_reply_to
    body |= {"lang": reply.lang, "text": reply.text}
    if reply.choices:
        body["choices"] = [
            {"id": offer(choice.kind, choice.label, choice.payload, number), "label": choice.label, "kind": choice.kind}
            | ({"day": choice.day} if choice.day else {})
            for number, choice in enumerate(reply.choices, first_number)
        ]
    if reply.summary:
        body["summary"] = [
            {"item": part.item, "label": part.label, "value": part.value}
            | ({"id": offer("answer", part.label, part.payload)} if part.payload else {})
            for part in reply.summary
        ]
    for name in ("expects", "progress", "outcome", "sources", "reviewed", "hold_expires_at"):
        if (value := getattr(reply, name)) is not None:
            body[name] = value
    return body, offers
