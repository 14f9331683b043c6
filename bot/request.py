"""Bodies of the private channel, checked strictly: unknown fields and wrong types are refused."""

from __future__ import annotations

import json
import unicodedata
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

TEXT_LIMIT = 4000
UNDERSTOOD = 1000
"""Characters that are read; a longer text (SMS) was stored whole by the gateway."""


class RequestError(ValueError):
    """The body is not as specified. The message names the field, never its value."""


@dataclass(frozen=True)
class Turn:
    """One message of a patient: `text` as typed, or `payload` of a pressed button."""

    conversation: str
    message_id: str
    channel: str
    text: str | None
    payload: str | None
    lang: str | None
    phone: str | None

    @classmethod
    def read(cls, body: bytes) -> Turn:
        """From JSON. Raises RequestError."""
        data = _object(body)
        _only(data, {"conversation", "message_id", "channel", "text", "payload", "metadata"})
        if data.get("channel") not in ("web", "sms"):
            raise RequestError("channel: web or sms")
        metadata = data.get("metadata") or {}
        if not isinstance(metadata, dict):
            raise RequestError("metadata: an object")
        _only(metadata, {"lang", "phone"})
        text, payload = _text(data, "text"), _text(data, "payload")
        if (text is None) == (payload is None):
            raise RequestError("text or payload: exactly one of them")
        lang = metadata.get("lang")
        if lang not in (None, "en", "es"):
            raise RequestError("metadata.lang: en or es")
        phone = metadata.get("phone")
        if phone is not None and not (isinstance(phone, str) and phone.startswith("+") and phone[1:].isdigit()):
            raise RequestError("metadata.phone: an E.164 number")
        return cls(
            conversation=_uuid(data, "conversation"),
            message_id=_uuid(data, "message_id"),
            channel=str(data["channel"]),
            text=None if text is None else typed(text),
            payload=payload,
            lang=lang,
            phone=phone,
        )


@dataclass(frozen=True)
class SafetyCheck:
    """A text that may not become a turn. `channel` and `lang` choose the reply's wording; the verdict hangs on the text alone."""

    text: str
    channel: str
    lang: str | None

    @classmethod
    def read(cls, body: bytes) -> SafetyCheck:
        """From JSON. Raises RequestError."""
        data = _object(body)
        _only(data, {"text", "channel", "lang"})
        text, channel, lang = _text(data, "text"), data.get("channel", "web"), data.get("lang")
        if text is None:
            raise RequestError("text: missing")
        if channel not in ("web", "sms"):
            raise RequestError("channel: web or sms")
        if lang not in (None, "en", "es"):
            raise RequestError("lang: en or es")
        return cls(without_slash(plain_letters(text)), channel, lang)


def typed(text: str) -> str:
    """Typed text as it may reach Rasa: in plain letters, never the slash form of intents, at most 1,000 characters."""
    return without_slash(plain_letters(text[:UNDERSTOOD])[:UNDERSTOOD])


def without_slash(text: str) -> str:
    """Typed text that is not the slash form of intents."""
    return text.lstrip("/ \t\r\n\u00a0").strip()


def plain_letters(text: str) -> str:
    """Full-width, mathematical and circled letters and digits as the plain ones that they stand for (Unicode's NFKC).

    Other signs stay: NFKC of the whole text would make "TMSTM" of "TMS™".
    """
    return text if text.isascii() else "".join(map(_plain, text))


def _plain(letter: str) -> str:
    plain = letter if letter.isascii() else unicodedata.normalize("NFKC", letter)
    return plain if plain.isascii() and plain.isalnum() and (len(plain) == 1 or letter.isalnum()) else letter


def _object(body: bytes) -> Mapping[str, Any]:
    try:
        data = json.loads(body)
    except ValueError as error:
        raise RequestError("body: not JSON") from error
    if not isinstance(data, dict):
        raise RequestError("body: not an object")
    return data


def _only(data: Mapping[str, Any], names: set[str]) -> None:
    if unknown := sorted(set(data) - names):
        raise RequestError(f"unknown field: {unknown[0][:40]}")


def _text(data: Mapping[str, Any], name: str) -> str | None:
    value = data.get(name)
    if value is not None and (not isinstance(value, str) or len(value) > TEXT_LIMIT):
        raise RequestError(f"{name}: a string of at most {TEXT_LIMIT} characters")
    return value


def _uuid(data: Mapping[str, Any], name: str) -> str:
    try:
        return str(uuid.UUID(str(data.get(name))))
    except ValueError as error:
        raise RequestError(f"{name}: a UUID") from error
