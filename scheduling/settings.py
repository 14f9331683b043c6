"""The environment of the scheduling process; nothing else in this room reads it."""

from __future__ import annotations

from dataclasses import dataclass

from clinic import settings
from clinic.settings import SettingsError


@dataclass(frozen=True)
class Settings:
    """What `python -m scheduling serve` needs. `tokens` and `signing_key` (two values each while they are changed) are secrets: never log or print this object."""

    port: int
    tokens: tuple[str, ...]
    signing_key: str
    database_url: str

    def __repr__(self) -> str:
        return f"Settings(port={self.port})"


def load() -> Settings:
    """Everything `serve` needs. Raises SettingsError, one line that names the variable."""
    return Settings(
        port=settings.port("SCHEDULING_PORT", 8001),
        tokens=_secrets("SCHEDULING_TOKEN"),
        signing_key=",".join(_secrets("SIGNING_KEY")),
        database_url=database_url(),
    )


def database_url() -> str:
    """SCHEDULING_DATABASE_URL with our driver in it; by default a SQLite file in VAR_DIR. Raises SettingsError."""
    url = settings.read("SCHEDULING_DATABASE_URL", "")
    if not url:
        return f"sqlite:///{settings.var_dir() / 'scheduling.db'}"
    for prefix in ("postgresql://", "postgres://"):
        if url.startswith(prefix):
            return "postgresql+psycopg://" + url.removeprefix(prefix)
    if url.startswith(("sqlite:///", "postgresql+psycopg://")):
        return url
    raise SettingsError("SCHEDULING_DATABASE_URL must begin with postgresql:// or sqlite:///")


def signing_key_if_any() -> str:
    """For commands at a terminal, which mostly do not need it; "" when it is not set."""
    return settings.read("SIGNING_KEY", "")


def _secrets(name: str) -> tuple[str, ...]:
    values = settings.tokens(name)
    if min(map(len, values)) < 16:
        raise SettingsError(f"{name} is too short: it must have at least 16 characters")
    return values
