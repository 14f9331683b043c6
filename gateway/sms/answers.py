"""Replies to a text that scheduling had us send: a reminder kept, an offered time taken or passed.

Scheduling decides what such a reply does: it came from the number that was asked, and counts for what was sent there and for
nothing else. So no identity is asked for, and the sentence says what scheduling answered. All other turns are the bot's.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import httpx
from pydantic import BaseModel, ConfigDict, ValidationError

from gateway.message import Turn
from gateway.rasa import NothingDone, OutcomeUnknown, Rasa, Refused
from gateway.replies import Reply
from gateway.settings import Settings
from gateway.sms.templates import Templates

CONFIRM, ACCEPT, DECLINE = "reply:confirm", "reply:accept", "reply:decline"
EXPECTED: dict[str, tuple[tuple[int, str, str], ...]] = {
    "reminder": ((1, "C", CONFIRM), (2, "R", "/reschedule"), (3, "call me", "/human"), (4, "X", "/cancel")),
    "offer": (
        *((1, word, ACCEPT) for word in ("Y", "yes", "sí", "si")),
        *((2, word, DECLINE) for word in ("N", "no")),
    ),
}
"""By the kind of the message: the number and the word that answer it, and what that means."""


def expected(kind: str) -> tuple[tuple[int, str, str], ...]:
    """What may be replied to a message of this kind (`reminder_1d`, `offer`, …); empty when nothing is asked."""
    return EXPECTED.get("reminder" if kind.startswith("reminder") else kind, ())


class _Done(BaseModel):
    model_config = ConfigDict(extra="ignore")
    done: str
    appointment: dict[str, Any] | None = None


class Answers:
    """Takes turns as gateway.rasa.Rasa does, with the same errors."""

    def __init__(self, rasa: Rasa, web: httpx.AsyncClient, settings: Settings, templates: Templates) -> None:
        self._rasa, self._web, self._templates = rasa, web, templates
        self._url = f"{settings.scheduling_url}/v1/replies"
        self._headers = {"Authorization": f"Bearer {settings.scheduling_token}"}

    async def turn(self, turn: Turn) -> list[Reply]:
        """Do what a reply means, or hand the turn to the bot. Raises RasaError."""
        if turn.payload not in (CONFIRM, ACCEPT, DECLINE) or turn.phone is None:
            return await self._rasa.turn(turn)
        said = await self._ask(turn, turn.payload.removeprefix("reply:"))
        if turn.payload == CONFIRM and said.done != "confirmed":
            # Not clear whose visit it is, or which: the bot asks who is writing.
            return await self._rasa.turn(replace(turn, payload="/confirm"))
        return [self._reply(turn, said)]

    async def _ask(self, turn: Turn, answer: str) -> _Done:
        headers = self._headers | {"Idempotency-Key": f"{turn.message_id}:reply:1"}
        try:
            response = await self._web.post(self._url, json={"phone": turn.phone, "answer": answer}, headers=headers)
        except (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout) as error:
            raise NothingDone(type(error).__name__) from None
        except httpx.HTTPError as error:
            raise OutcomeUnknown(type(error).__name__) from None
        if response.status_code in (400, 401, 403, 404, 422):
            raise Refused(f"status {response.status_code}")
        if not response.is_success:
            raise OutcomeUnknown(f"status {response.status_code}")
        try:
            return _Done.model_validate_json(response.content)
        except ValidationError:
            raise OutcomeUnknown("the answer has mistakes of form") from None

    def _reply(self, turn: Turn, said: _Done) -> Reply:
        text = self._templates.answered(said.done, turn.lang)
        outcome = None
        if said.appointment and said.done in ("confirmed", "accepted"):
            kept = {name: said.appointment.get(name) for name in ("start", "end", "tz", "location")}
            outcome = {"kind": "confirmed" if said.done == "confirmed" else "booked"} | kept
        return Reply(text=text, lang="es" if turn.lang == "es" else "en", outcome=outcome)
