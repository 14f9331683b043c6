"""Settings of the channels that are off until somebody sets them up: text messages, mail, staff alerts.

A channel of which only a part is set stops the start: a clinic that thinks its texts go out must not be wrong.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from urllib.parse import unquote, urlsplit

from clinic.settings import SettingsError, above_zero, read

MODES = ("advanced", "twilio_default", "self_managed")
E164 = re.compile(r"\+[1-9][0-9]{6,14}")
MOST = 100_000


@dataclass(frozen=True)
class SmsSettings:
    """`tokens`: one, or two while the account's token is changed. `senders`: our numbers, E.164. `rate`: segments per second and number.

    Texts that follow each other within `join_seconds` are read as one.
    """

    account_sid: str
    tokens: tuple[str, ...]
    senders: tuple[str, ...]
    service_sid: str
    api_url: str
    opt_out_mode: str
    rate: float
    join_seconds: float


@dataclass(frozen=True)
class MailSettings:
    """An SMTP server; `sender` is what stands in From."""

    host: str
    port: int
    user: str
    password: str
    tls: str  # "implicit" (smtps), "starttls" or "none" (a relay on this machine)
    sender: str


@dataclass(frozen=True)
class AlertSettings:
    """Whom staff alerts reach; all empty: they are only kept. `escalate_minutes` without an acknowledgement brings the next round."""

    mail_to: tuple[str, ...]
    webhook_url: str
    webhook_secret: str
    sms_to: tuple[str, ...]
    escalate_minutes: float

    @property
    def any(self) -> bool:
        return bool(self.mail_to or self.webhook_url or self.sms_to)


def sms(public_url: str) -> SmsSettings | None:
    """None when no TWILIO_ setting is there. Raises SettingsError when some are missing or wrong."""
    names = ("TWILIO_ACCOUNT_SID", "TWILIO_AUTH_TOKEN", "TWILIO_FROM", "TWILIO_MESSAGING_SERVICE_SID")
    values = {name: read(name, "") for name in names}
    if not any(values.values()):
        return None
    for name in names[:2]:
        if not values[name]:
            raise SettingsError(f"{name} is not set, but other TWILIO_ settings are: set it, or unset them all")
    senders, tokens = _list(values["TWILIO_FROM"]), _list(values["TWILIO_AUTH_TOKEN"])
    if not senders:
        raise SettingsError("TWILIO_FROM is not set: name the clinic's texting numbers, like +16125550110")
    for number in senders:
        if not E164.fullmatch(number):
            raise SettingsError(f"TWILIO_FROM has {number!r}: write numbers like +16125550110, comma-separated")
    if not re.fullmatch(r"AC[0-9a-fA-F]{32}", values["TWILIO_ACCOUNT_SID"]):
        raise SettingsError("TWILIO_ACCOUNT_SID must be AC and 32 hexadecimal digits")
    if values[names[3]] and not re.fullmatch(r"MG[0-9a-fA-F]{32}", values[names[3]]):
        raise SettingsError("TWILIO_MESSAGING_SERVICE_SID must be MG and 32 hexadecimal digits")
    if len(tokens) > 2:
        raise SettingsError("TWILIO_AUTH_TOKEN has more than two tokens: the old and the new one are enough")
    if not public_url:
        raise SettingsError("GATEWAY_PUBLIC_URL is not set: Twilio signs its posts with it")
    mode = read("SMS_OPT_OUT_MODE", "advanced")
    if mode not in MODES:
        raise SettingsError(f"SMS_OPT_OUT_MODE is {mode!r}: it must be one of {', '.join(MODES)}")
    return SmsSettings(
        account_sid=values["TWILIO_ACCOUNT_SID"],
        tokens=tokens,
        senders=senders,
        service_sid=values["TWILIO_MESSAGING_SERVICE_SID"],
        api_url=read("TWILIO_API_URL", "").rstrip("/"),
        opt_out_mode=mode,
        rate=above_zero("SMS_RATE", "1", MOST),
        join_seconds=above_zero("SMS_JOIN_SECONDS", "2.5", MOST),
    )


def mail(clinic_email: str | None) -> MailSettings | None:
    """From SMTP_URL, like smtps://user:password@mail.example:465?from=desk@clinic.example; None when it is not set."""
    text = read("SMTP_URL", "")
    if not text:
        return None
    parts = urlsplit(text)
    tls = {"smtps": "implicit", "smtp": "starttls", "smtp+insecure": "none"}.get(parts.scheme)
    if tls is None or not parts.hostname:
        raise SettingsError("SMTP_URL must be like smtps://user:password@mail.example:465")
    if tls == "none" and parts.hostname not in ("127.0.0.1", "localhost", "::1"):
        raise SettingsError("SMTP_URL: smtp+insecure is only for a relay on this machine")
    sender = dict(part.partition("=")[::2] for part in parts.query.split("&")).get("from") or clinic_email
    if not sender:
        raise SettingsError("SMTP_URL: add ?from=desk@clinic.example, or an email to clinic.yml")
    return MailSettings(
        host=parts.hostname,
        port=parts.port or (465 if tls == "implicit" else 587),
        user=unquote(parts.username or ""),
        password=unquote(parts.password or ""),
        tls=tls,
        sender=unquote(sender),
    )


def alerts(has_sms: bool, has_mail: bool) -> AlertSettings:
    """Raises SettingsError when an alert target needs a channel that is off."""
    mail_to, sms_to = _list(read("ALERT_EMAIL_TO", "")), _list(read("ALERT_SMS_TO", ""))
    url, secret = read("ALERT_WEBHOOK_URL", ""), read("ALERT_WEBHOOK_SECRET", "")
    if mail_to and not has_mail:
        raise SettingsError("ALERT_EMAIL_TO is set, but SMTP_URL is not")
    if sms_to and not has_sms:
        raise SettingsError("ALERT_SMS_TO is set, but TWILIO_ACCOUNT_SID is not")
    if bool(url) != bool(secret):
        missing = "ALERT_WEBHOOK_SECRET" if url else "ALERT_WEBHOOK_URL"
        raise SettingsError(f"{missing} is not set, but its partner is: alerts by webhook need both")
    if url and urlsplit(url).scheme not in ("http", "https"):
        raise SettingsError("ALERT_WEBHOOK_URL must be an http or https address")
    for number in sms_to:
        if not E164.fullmatch(number):
            raise SettingsError(f"ALERT_SMS_TO has {number!r}: write numbers like +16125550120, comma-separated")
    return AlertSettings(mail_to, url, secret, sms_to, above_zero("ALERT_ESCALATE_MINUTES", "15", MOST))


def _list(text: str) -> tuple[str, ...]:
    return tuple(part.strip() for part in text.split(",") if part.strip())
