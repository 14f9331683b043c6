"""What the action server reads from the environment; nothing else in this room reads it."""

from __future__ import annotations

from dataclasses import dataclass

from clinic import settings


@dataclass(frozen=True)
class Settings:
    """`port` on 127.0.0.1; `scheduling` is the service's base address; `token` its bearer token.

    `patience`: seconds until an answer of the service counts as lost. `texts`: whether text messages can go out. The gateway sends them, and does not start with an account half set up.
    """

    port: int
    scheduling: str
    token: str
    texts: bool
    patience: float


def load() -> Settings:
    """Raises clinic.settings.SettingsError: one line that names the variable."""
    return Settings(
        port=settings.port("ACTIONS_PORT", 5055),
        scheduling=f"http://127.0.0.1:{settings.port('SCHEDULING_PORT', 8001)}",
        token=settings.tokens("SCHEDULING_TOKEN")[0],
        texts=bool(settings.read("TWILIO_ACCOUNT_SID", "")),
        patience=settings.seconds("SCHEDULING_ANSWER_SECONDS", 3),
    )
