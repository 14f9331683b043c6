"""The client of Rasa's private channel, and what may go wrong with it.

RasaError
├── NothingDone       the bot did not act: post again
│   └── Refused       it will never take this (401, 422, no live address): a mistake of ours
└── OutcomeUnknown    it may have acted: post again with the same id until it is known
"""

from __future__ import annotations

import hashlib
from typing import Any

import httpx
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from gateway.message import Turn
from gateway.replies import Reply


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
        self._urls = urls
        self._client = httpx.AsyncClient(
            headers={"Authorization": f"Bearer {token}"},
            # A turn may take long; who waits for it decides when to stop waiting. Connecting may not.
            timeout=httpx.Timeout(seconds, connect=2.0, pool=5.0),
            limits=httpx.Limits(max_connections=200, max_keepalive_connections=50, keepalive_expiry=4.0),
            trust_env=False,
        )

    async def turn(self, turn: Turn) -> list[Reply]:
        """Post one turn and return its replies, at least one. Raises RasaError.

        A turn that is only to be looked after goes to the safety check: no reply when there is no danger.
        """
        if turn.safety_only:
            verdict = await self.safety(turn.text or "")
            return [verdict.reply] if verdict.kind and verdict.reply else []
        body: dict[str, Any] = {
            "conversation": turn.conversation,
            "message_id": turn.message_id,
            "channel": turn.channel,
            "metadata": {name: value for name, value in (("lang", turn.lang), ("phone", turn.phone)) if value},
        }
        body |= {"payload": turn.payload} if turn.payload is not None else {"text": turn.text}
        response = await self._post(f"{self._base(turn.conversation)}/webhooks/private/turn", body)
        try:
            return _Replies.model_validate_json(response.content).replies
        except ValidationError as error:
            raise OutcomeUnknown(f"the answer has {error.error_count()} mistakes of form") from None

    async def safety(self, text: str) -> Verdict:
        """Check a text that may not become a turn. Raises RasaError; five seconds at most."""
        response = await self._post(f"{self._urls[0]}/webhooks/private/safety", {"text": text}, timeout=5.0)
        try:
            return Verdict.model_validate_json(response.content)
        except ValidationError:
            raise OutcomeUnknown("the verdict has mistakes of form") from None

    async def ready(self) -> bool:
        """Whether every worker's model parses."""
        try:
            answers = [await self._client.get(f"{url}/webhooks/private/ready", timeout=3.0) for url in self._urls]
        except httpx.HTTPError:
            return False
        return all(answer.status_code == 200 for answer in answers)

    async def close(self) -> None:
        await self._client.aclose()

    def _base(self, conversation: str) -> str:
        number = int.from_bytes(hashlib.sha256(conversation.encode()).digest()[:4], "big")
        return self._urls[number % len(self._urls)]

    async def _post(self, url: str, body: dict[str, Any], timeout: float | None = None) -> httpx.Response:
        options = {} if timeout is None else {"timeout": timeout}
        try:
            response = await self._client.post(url, json=body, **options)  # type: ignore[arg-type]
        except (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout) as error:
            raise NothingDone(type(error).__name__) from None
        except httpx.HTTPError as error:
            raise OutcomeUnknown(type(error).__name__) from None
        if response.status_code == 200:
            return response
        if response.status_code in (400, 401, 403, 413, 422):
            raise Refused(f"status {response.status_code}")
        if response.status_code in (404, 405, 503):
            # 404: Rasa's web server is up, its channels are not yet.
            raise NothingDone(f"status {response.status_code}")
        raise OutcomeUnknown(f"status {response.status_code}")
