"""The front desk: what every skill works with. Opened once at start-up, or by a test with a fake."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from actions import settings
from actions.backend import Backend
from clinic import clock, config


@dataclass(frozen=True)
class Desk:
    """The clinic's own facts and the client of the scheduling service; `texts`: whether text messages can go out."""

    clinic: config.Clinic
    backend: Backend
    texts: bool

    def now(self) -> datetime:
        """The present in the clinic's zone."""
        return clock.now().astimezone(ZoneInfo(self.clinic.timezone))

    @property
    def phone(self) -> str:
        """The clinic's number as people write it."""
        return config.display_phone(self.clinic.phone)


_open: Desk | None = None


def open_desk(desk: Desk | None = None) -> Desk:
    """Open the desk of this process. Without an argument from the environment.

    Raises clinic.settings.SettingsError or clinic.config.ClinicError, each with a text that names what to fix.
    """
    global _open
    if desk is None:
        clinic = config.load()
        clock.start(clinic.timezone)
        chosen = settings.load()
        desk = Desk(clinic, Backend(chosen.scheduling, chosen.token, patience=chosen.patience), chosen.texts)
    _open = desk
    return desk


def current() -> Desk:
    """The open desk; opens it on first use."""
    return _open or open_desk()
