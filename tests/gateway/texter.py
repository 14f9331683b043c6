"""A patient's phone, as Twilio presents it: full recorded payloads with blanks, signed by an implementation of our own."""

from __future__ import annotations

import base64
import hashlib
import hmac
import secrets
from urllib.parse import urlencode

import httpx

from tests.gateway.fake_twilio import ACCOUNT, TOKEN
from tests.gateway.front_door import browser

PUBLIC = "https://chat.northloop.example"
OURS = "+16125550110"
SETTINGS = {
    "TWILIO_ACCOUNT_SID": ACCOUNT,
    "TWILIO_AUTH_TOKEN": TOKEN,
    "TWILIO_FROM": f"{OURS},+16125550111",
    "GATEWAY_PUBLIC_URL": PUBLIC,
    "SMS_RATE": "1000",
    "SMS_JOIN_SECONDS": "0.2",
}


def sign(url: str, fields: dict[str, str], token: str = TOKEN) -> str:
    """Twilio's scheme, written from its documentation and not with its library: HMAC-SHA1 over URL and sorted fields."""
    text = url + "".join(name + fields[name] for name in sorted(fields))
    return base64.b64encode(hmac.new(token.encode(), text.encode(), hashlib.sha1).digest()).decode()


def payload(body: str, theirs: str, ours: str = OURS, sid: str | None = None, **more: str) -> dict[str, str]:
    sid = sid or f"SM{secrets.token_hex(16)}"
    return {
        "ToCountry": "US", "ToState": "MN", "SmsMessageSid": sid, "NumMedia": "0", "ToCity": "", "FromZip": "",
        "SmsSid": sid, "FromState": "MN", "SmsStatus": "received", "FromCity": "", "Body": body, "FromCountry": "US",
        "To": ours, "ToZip": "", "NumSegments": "1", "MessageSid": sid, "AccountSid": ACCOUNT, "From": theirs,
        "ApiVersion": "2010-04-01",
    } | more  # fmt: skip


class Texter:
    """One phone number that writes to the clinic."""

    def __init__(self, url: str, number: str) -> None:
        self.url, self.number = url, number
        self.http = browser(url)

    def text(self, body: str, sid: str | None = None, ours: str = OURS, **more: str) -> httpx.Response:
        return self.post("/sms/inbound", payload(body, self.number, ours, sid, **more))

    def status(self, message: dict[str, str], state: str, code: int | None = None) -> httpx.Response:
        path = message["status_callback"].removeprefix(PUBLIC)
        fields = {
            "AccountSid": ACCOUNT, "MessageSid": message["sid"], "SmsSid": message["sid"], "MessageStatus": state,
            "SmsStatus": state, "To": self.number, "From": OURS, "ApiVersion": "2010-04-01",
        }  # fmt: skip
        return self.post(path, fields | ({"ErrorCode": str(code)} if code else {}))

    def post(self, path: str, fields: dict[str, str], signature: str | None = None) -> httpx.Response:
        headers = {"Content-Type": "application/x-www-form-urlencoded"}
        headers["X-Twilio-Signature"] = sign(PUBLIC + path, fields) if signature is None else signature
        return self.http.post(path, content=urlencode(fields), headers=headers)
