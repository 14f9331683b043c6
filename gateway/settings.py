"""What the gateway reads from the environment, once, at start-up. Nothing else in this room reads it."""

from __future__ import annotations

import ipaddress
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from clinic.settings import SettingsError, port, read, seconds, tokens, var_dir
from gateway import channels
from gateway.channels import AlertSettings, MailSettings, SmsSettings

Network = ipaddress.IPv4Network | ipaddress.IPv6Network


@dataclass(frozen=True)
class Rate:
    """A token bucket: `burst` at once, refilled at `count` per `seconds`."""

    count: float
    seconds: float
    burst: float


@dataclass(frozen=True)
class Limits:
    """How much one chat, one address prefix and the whole clinic may send; `sessions` are new chats of a prefix."""

    session: Rate
    address: Rate
    clinic: Rate
    sessions: Rate
    streams_per_session: int
    streams_per_address: int


@dataclass(frozen=True)
class Settings:
    """`signing_keys`: the one we sign with, then the old one. URLs have no trailing slash; `public_url` is what browsers and Twilio see, or "" when it was not told.

    After `repeat_seconds` of silence a turn is posted again beside the first post; after `apologise_seconds` the patient
    hears the fixed apology. `call_back_seconds` after an outage staff are asked to call whoever did not get it done.
    """

    host: str
    port: int
    var: Path
    database_url: str
    bot_token: str
    scheduling_token: str
    signing_keys: tuple[str, ...]
    number_key: str
    rasa_urls: tuple[str, ...]
    actions_url: str
    scheduling_url: str
    public_url: str
    trusted_proxies: tuple[Network, ...]
    metrics_from: tuple[Network, ...]
    limits: Limits
    apologise_seconds: float
    call_back_seconds: float
    repeat_seconds: float
    sms: SmsSettings | None
    mail: MailSettings | None
    alerts: AlertSettings


def load(clinic_email: str | None = None) -> Settings:
    """Read and check everything. Raises SettingsError, one line that names the variable.

    `clinic_email` is who mail comes from when SMTP_URL does not say.
    """
    var, public_url = var_dir(), _public_url()
    sms, mail = channels.sms(public_url), channels.mail(clinic_email)
    return Settings(
        host=read("GATEWAY_HOST", "127.0.0.1"),
        port=port("GATEWAY_PORT", 8000),
        var=var,
        database_url=read("GATEWAY_DATABASE_URL", f"sqlite:///{var / 'gateway.db'}"),
        bot_token=tokens("BOT_TOKEN")[0],
        scheduling_token=tokens("SCHEDULING_TOKEN")[0],
        signing_keys=tokens("SIGNING_KEY"),
        number_key=number_key(),
        rasa_urls=_urls("RASA_URLS", f"http://127.0.0.1:{port('RASA_PORT', 5005)}"),
        actions_url=f"http://127.0.0.1:{port('ACTIONS_PORT', 5055)}",
        scheduling_url=f"http://127.0.0.1:{port('SCHEDULING_PORT', 8001)}",
        public_url=public_url,
        trusted_proxies=_networks("GATEWAY_TRUSTED_PROXIES"),
        metrics_from=_networks("GATEWAY_METRICS_FROM", "127.0.0.0/8,::1"),
        limits=Limits(
            session=_rate("GATEWAY_LIMIT_SESSION", "20/60"),
            address=_rate("GATEWAY_LIMIT_ADDRESS", "240/60"),
            clinic=_rate("GATEWAY_LIMIT_CLINIC", "3000/60"),
            sessions=_rate("GATEWAY_LIMIT_SESSIONS", "60/60"),
            streams_per_session=_count("GATEWAY_STREAMS_PER_SESSION", 4),
            streams_per_address=_count("GATEWAY_STREAMS_PER_ADDRESS", 200),
        ),
        apologise_seconds=seconds("GATEWAY_APOLOGISE_SECONDS", 25),
        call_back_seconds=seconds("GATEWAY_CALL_BACK_SECONDS", 600),
        repeat_seconds=seconds("GATEWAY_REPEAT_SECONDS", 10),
        sms=sms,
        mail=mail,
        alerts=channels.alerts(sms is not None, mail is not None),
    )


def number_key() -> str:
    """What telephone numbers are hashed with. It outlives SIGNING_KEY: with another one every opt-out would be forgotten."""
    values = tokens("SIGNING_KEY")
    key = read("NUMBER_KEY", "")
    if len(values) > 1 and not key:
        raise SettingsError(
            "NUMBER_KEY is not set: before SIGNING_KEY is changed, set NUMBER_KEY to its old value for good"
        )
    return key or values[0]


def _public_url() -> str:
    text = read("GATEWAY_PUBLIC_URL", "").rstrip("/")
    if text:
        parts = urlsplit(text)
        if parts.scheme not in ("http", "https") or not parts.netloc or parts.query or parts.fragment:
            raise SettingsError(f"GATEWAY_PUBLIC_URL is {text!r}: write it like https://chat.northloop.example")
    return text


def _urls(name: str, default: str) -> tuple[str, ...]:
    urls = tuple(part.strip().rstrip("/") for part in read(name, default).split(",") if part.strip())
    for url in urls:
        if urlsplit(url).scheme not in ("http", "https"):
            raise SettingsError(f"{name} has {url!r}: write addresses like http://127.0.0.1:5005, comma-separated")
    return urls


def _networks(name: str, default: str = "") -> tuple[Network, ...]:
    try:
        return tuple(ipaddress.ip_network(part.strip()) for part in read(name, default).split(",") if part.strip())
    except ValueError as error:
        raise SettingsError(f"{name}: {error}: write addresses or networks, comma-separated") from error


def _rate(name: str, default: str) -> Rate:
    """`20/60` is twenty a minute, all twenty at once if need be; `20/60/5` allows only five at once."""
    text = read(name, default)
    try:
        numbers = [float(part) for part in text.split("/")]
        count, seconds = numbers[0], numbers[1]
        burst = numbers[2] if len(numbers) > 2 else count
    except (ValueError, IndexError) as error:
        raise SettingsError(f"{name} is {text!r}: write it like 20/60 (twenty a minute)") from error
    if min(count, seconds, burst) <= 0 or burst < 1 or len(numbers) > 3:
        raise SettingsError(f"{name} is {text!r}: write it like 20/60 (twenty a minute)")
    return Rate(count, seconds, burst)


def _count(name: str, default: int) -> int:
    text = read(name, str(default))
    if not text.isdigit() or int(text) < 1:
        raise SettingsError(f"{name} is {text!r}: it must be a whole number above zero")
    return int(text)
