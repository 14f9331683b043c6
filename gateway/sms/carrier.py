"""The real Twilio client, behind three calls, and what may go wrong with them as one typed error."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import requests
from twilio.base.exceptions import TwilioException, TwilioRestException
from twilio.http.http_client import TwilioHttpClient
from twilio.rest import Client

from gateway.channels import SmsSettings
from gateway.sms.errors import CarrierError, Meaning, Taken, meaning

TIMEOUT_SECONDS = 10.0


class Carrier:
    """Blocking calls, to be made in threads. Each raises CarrierError."""

    def __init__(self, settings: SmsSettings) -> None:
        http = TwilioHttpClient(timeout=TIMEOUT_SECONDS, max_retries=0)
        self._client = Client(settings.account_sid, settings.tokens[0], http_client=http)
        if settings.api_url:
            self._client.api.base_url = settings.api_url
        self._settings = settings

    def send(self, *, to: str, sender: str, body: str, callback: str, validity: int) -> Taken:
        """Create one message: from the number the patient knows, and through the service when there is one."""
        options: dict[str, Any] = {"from_": sender, "status_callback": callback, "validity_period": validity}
        if self._settings.service_sid:
            options["messaging_service_sid"] = self._settings.service_sid
        with _Typed():
            made = self._client.messages.create(to=to, body=body, **options)
        return Taken(str(made.sid), str(made.status), made.error_code)

    def find(self, *, to: str, sender: str, body: str, since: datetime) -> Taken | None:
        """The message of these words that Twilio already has; there is no other way to ask about a lost answer."""
        with _Typed():
            found = self._client.messages.list(to=to, from_=sender, date_sent_after=since, limit=50)
        for one in found:
            if one.body == body and (one.date_created is None or one.date_created >= since):
                return Taken(str(one.sid), str(one.status), one.error_code)
        return None

    def webhooks(self) -> dict[str, str]:
        """The account's numbers, each with the address its texts are posted to."""
        with _Typed():
            return {str(one.phone_number): str(one.sms_url or "") for one in self._client.incoming_phone_numbers.list()}

    def redact(self, sid: str) -> None:
        """Take the words out of Twilio's copy."""
        with _Typed():
            self._client.messages(sid).update(body="")


class _Typed:
    """Turns the client's many exceptions into CarrierError."""

    def __enter__(self) -> None:
        return None

    def __exit__(self, _kind: Any, error: BaseException | None, _trace: Any) -> None:
        if isinstance(error, TwilioRestException):
            code = error.code if isinstance(error.code, int) and error.code > 999 else None
            raise CarrierError(meaning(code, error.status), code, error.status) from None
        if isinstance(error, TwilioException) and isinstance(status := _status_of_page(error), int):
            raise CarrierError(meaning(None, status), None, status) from None
        if isinstance(error, requests.exceptions.ConnectTimeout):
            raise CarrierError(Meaning.LATER, None, None) from None
        if isinstance(error, (requests.exceptions.RequestException, TwilioException, ValueError, KeyError)):
            refused = isinstance(error, requests.exceptions.ConnectionError) and "refused" in str(error).lower()
            raise CarrierError(Meaning.LATER if refused else Meaning.UNKNOWN, None, None) from None


def _status_of_page(error: TwilioException) -> int | None:
    """The client says "Unable to fetch page" of a list that was refused, and hands the response along."""
    response = error.args[1] if len(error.args) > 1 else None
    return getattr(response, "status_code", None)
