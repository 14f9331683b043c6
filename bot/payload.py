"""Payloads of our own buttons: `/faq/what_is_tms`, `/book`, `/in_task{"choice": "…"}`.

They are read here and nowhere else, and only from the `payload` field of a turn, which the gateway fills from choices that
it stored itself. Typed text never gets here.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any

from rasa.shared.core.constants import DEFAULT_INTENTS

from bot.understanding import FAQ, Understanding

SHAPE = re.compile(r"^/([a-z][a-z0-9_]*(?:/[a-z0-9_]+)?)\s*(\{.*\})?$", re.S)


class PayloadError(ValueError):
    """Not a payload that our code makes."""


def parse(
    payload: str, intents: Mapping[str, Any] | list[str], responses: Mapping[str, Any], lang: str
) -> dict[str, Any]:
    """Rasa's parse_data of a payload, for known intents and answers only. Raises PayloadError."""
    match = SHAPE.match(payload.strip())
    if not match:
        raise PayloadError("payload has the wrong shape")
    label, arguments = match[1], match[2]
    known = (
        f"utter_{label}" in responses if label.startswith(FAQ) else label in intents and label not in DEFAULT_INTENTS
    )
    if not known:
        raise PayloadError("payload names no known intent")
    try:
        values = json.loads(arguments) if arguments else {}
    except ValueError as error:
        raise PayloadError("payload has malformed arguments") from error
    understood = Understanding.answer(label, 1.0, lang)
    entities = [
        {"entity": name, "value": value, "start": 0, "end": 0, "extractor": "Payload"} for name, value in values.items()
    ]
    entities.append({"entity": "language", "value": lang, "start": 0, "end": 0, "extractor": "Payload"})
    return {
        "text": payload,
        "entities": entities,
        "intent_ranking": [{"name": label, "confidence": 1.0}],
        **understood.properties(),
    }
