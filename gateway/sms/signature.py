"""Whether a post really comes from Twilio.

The signature covers the public URL as Twilio knows it, with its raw query, and every received parameter, blank ones too
(research note sms.md, section 1.1). There is no switch that turns this off. It carries no time, so a captured post could be
sent again for ever: unique message ids are the defence against that.
"""

from __future__ import annotations

import hmac
from urllib.parse import parse_qsl

from starlette.requests import Request

from gateway.channels import SmsSettings

LARGEST = 65536


class Forged(Exception):
    """The post is not signed by our Twilio account. The message says why, for the log."""


async def form(request: Request, sms: SmsSettings, public_url: str) -> dict[str, str]:
    """The fields of a signed post, blank ones included. Raises Forged."""
    body = b""
    async for chunk in request.stream():
        body += chunk
        if len(body) > LARGEST:
            raise Forged("too large")
    try:
        pairs = parse_qsl(body.decode("utf-8"), keep_blank_values=True, errors="strict", max_num_fields=200)
    except (UnicodeDecodeError, ValueError):
        raise Forged("not a form") from None
    fields = dict(pairs)
    if len(fields) != len(pairs):
        raise Forged("a field comes twice")
    given = request.headers.get("x-twilio-signature", "")
    path, query = (
        request.scope["raw_path"].decode("ascii", "replace"),
        request.scope["query_string"].decode("ascii", "replace"),
    )
    url = public_url + path + (f"?{query}" if query else "")
    # Imported with the first post: the client is big, and most clinics' first day has no texts.
    from twilio.request_validator import RequestValidator

    # Both tokens are tried whatever the first says: which one fits is nobody's business.
    fits = [hmac.compare_digest(RequestValidator(token).compute_signature(url, fields), given) for token in sms.tokens]
    if not given or not any(fits):
        raise Forged("wrong signature")
    if fields.get("AccountSid") != sms.account_sid:
        raise Forged("another account")
    return fields
