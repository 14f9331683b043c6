"""Twilio's description of its messaging API, with what it leaves unsaid added from Twilio's documentation.

As published it lets `To=banana`, a text without sender or words and 1,601 characters through, knows no answer but success, and
calls its own list pages wrong (research: sent through Prism one by one).
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

PUBLISHED = Path(__file__).with_name("twilio_api_v2010.json")
MESSAGES = "/2010-04-01/Accounts/{AccountSid}/Messages.json"
MESSAGE = "/2010-04-01/Accounts/{AccountSid}/Messages/{Sid}.json"
NUMBERS = "/2010-04-01/Accounts/{AccountSid}/IncomingPhoneNumbers.json"
NUMBER = r"^\+[1-9]\d{6,14}$"
ERROR = {
    "type": "object",
    "required": ["code", "message", "more_info", "status"],
    "properties": {
        "code": {"type": "integer"},
        "message": {"type": "string"},
        "more_info": {"type": "string"},
        "status": {"type": "integer"},
    },
}


def description() -> dict[str, Any]:
    """The description to hold client and fake against."""
    whole: dict[str, Any] = json.loads(PUBLISHED.read_text(encoding="utf-8"))
    create = whole["paths"][MESSAGES]["post"]
    form = create["requestBody"]["content"]["application/x-www-form-urlencoded"]
    asked = form["schema"]
    asked["properties"]["To"]["pattern"] = asked["properties"]["From"]["pattern"] = NUMBER
    asked["properties"]["Body"] |= {"minLength": 1, "maxLength": 1600}
    asked["properties"]["ValidityPeriod"] |= {"minimum": 1, "maximum": 36000}
    asked["allOf"] = [
        {"anyOf": [{"required": ["From"]}, {"required": ["MessagingServiceSid"]}]},
        {"anyOf": [{"required": ["Body"]}, {"required": ["MediaUrl"]}, {"required": ["ContentSid"]}]},
    ]
    form["encoding"] = {"MediaUrl": {"style": "form", "explode": True}}
    for path in (MESSAGES, MESSAGE, NUMBERS):
        for verb in ("get", "post"):
            if operation := whole["paths"][path].get(verb):
                operation["responses"] |= _errors()
    _drop_uri_formats(whole)
    return whole


def _errors() -> dict[str, Any]:
    told = {"content": {"application/json": {"schema": ERROR}}}
    bare = {"description": "no answer of Twilio's own"}
    return {code: {"description": "refused", **told} for code in ("400", "401", "403", "404", "429")} | {
        code: bare for code in ("500", "503", "504")
    }


def _drop_uri_formats(node: Any) -> None:
    """Twilio's own pages carry paths where its description promises whole addresses."""
    if isinstance(node, dict):
        for name, schema in node.get("properties", {}).items():
            if name == "uri" or name.endswith("_page_uri"):
                schema.pop("format", None)
        for value in node.values():
            _drop_uri_formats(value)
    elif isinstance(node, list):
        for value in node:
            _drop_uri_formats(value)
