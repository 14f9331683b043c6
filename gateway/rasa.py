"""The client of Rasa's private channel, and what may go wrong with it.

RasaError
├── NothingDone       the bot did not act: post again
│   └── Refused       it will never take this (401, 422, no live address): a mistake of ours
└── OutcomeUnknown    it may have acted: post again with the same id until it is known
"""

from __future__ import annotations

import hashlib
import json
from typing import Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from gateway.message import Turn
from gateway.replies import Reply
from gateway.wire import Answer, Unreachable, Wire, WireError

SAFETY_SECONDS = 5.0
READY_SECONDS = 3.0


class RasaError(Exception):
    """Talking to the private channel failed. The message says how, and never contains patient text."""


class NothingDone(RasaError):
    pass


class Refused(NothingDone):
    pass


class OutcomeUnknown(RasaError):
    pass


class _Replies(BaseModel):
    model_config = ConfigDict(extra="ignore")
    message_id: str
    replies: list[Reply] = Field(min_length=1)


class Verdict(BaseModel):
    """What the stateless safety check says of a text; `kind` None means no emergency."""

    model_config = ConfigDict(extra="ignore")
    kind: str | None = None
    reply: Reply | None = None
    lang: str | None = None


class Rasa:
    """Posts turns. Each conversation is pinned to one worker by a hash, so that workers need no common lock."""

    def __init__(self, urls: tuple[str, ...], token: str, *, seconds: float = 120.0) -> None:
        # A turn may take long; who waits for it decides when to stop waiting.
        self._workers = [Wire(url, {"Authorization": f"Bearer {token}"}) for url in urls]
        self._seconds = seconds

    async def turn(self, turn: Turn) -> list[Reply]:
        """Post one turn and return its replies, at least one. Raises RasaError.

        A turn that is only to be looked after goes to the safety check: no reply when there is no danger.
        """
        if turn.safety_only:
            verdict = await self.safety(turn.text or "", turn.channel, turn.lang)
            return [verdict.reply] if verdict.kind and verdict.reply else []
        body: dict[str, Any] = {
            "conversation": turn.conversation,
            "message_id": turn.message_id,
            "channel": turn.channel,
            "metadata": {name: value for name, value in (("lang", turn.lang), ("phone", turn.phone)) if value},
        }
        body |= {"payload": turn.payload} if turn.payload is not None else {"text": turn.text}
        answer = await _post(self._worker(turn.conversation), "/webhooks/private/turn", body, self._seconds)
        try:
            return _Replies.model_validate_json(answer.body).replies
        except ValidationError as error:
            raise OutcomeUnknown(f"the answer has {error.error_count()} mistakes of form") from None

    async def safety(self, text: str, channel: str, lang: str | None) -> Verdict:
        """Check a text that may not become a turn. Raises RasaError; five seconds at most."""
        body = {"text": text, "channel": channel} | ({"lang": lang} if lang else {})
        answer = await _post(self._workers[0], "/webhooks/private/safety", body, SAFETY_SECONDS)
        try:
            return Verdict.model_validate_json(answer.body)
        except ValidationError:
            raise OutcomeUnknown("the verdict has mistakes of form") from None

    async def ready(self) -> bool:
        """Whether every worker's model parses."""
        try:
            answers = [await worker.ask("GET", "/webhooks/private/ready", READY_SECONDS) for worker in self._workers]
        except WireError:
            return False
        return all(answer.status == 200 for answer in answers)

    def close(self) -> None:
        for worker in self._workers:
            worker.close()

    def _worker(self, conversation: str) -> Wire:
        number = int.from_bytes(hashlib.sha256(conversation.encode()).digest()[:4], "big")
        return self._workers[number % len(self._workers)]


async def _post(worker: Wire, path: str, body: dict[str, Any], seconds: float) -> Answer:
    try:
        answer = await worker.ask("POST", path, seconds, json.dumps(body).encode())
    except Unreachable as error:
        raise NothingDone(str(error)) from None
    except WireError as error:
        raise OutcomeUnknown(str(error)) from None
    if answer.status == 200:
        return answer
    if answer.status in (400, 401, 403, 413, 422):
        raise Refused(f"status {answer.status}")
    if answer.status in (404, 405, 503):
        # 404: Rasa's web server is up, its channels are not yet.
        raise NothingDone(f"status {answer.status}")
    raise OutcomeUnknown(f"status {answer.status}")
