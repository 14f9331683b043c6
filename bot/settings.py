"""What the Rasa process reads from the environment; nothing else in `bot/` reads it."""

from __future__ import annotations

import os
from pathlib import Path

from clinic.settings import SettingsError, port, read, tokens, var_dir

__all__ = [
    "SettingsError",
    "bot_tokens",
    "cache_dir",
    "model_file",
    "name_actions_port",
    "rasa_port",
    "tracker_database_url",
]


def bot_tokens() -> tuple[str, ...]:
    """The shared secret of the private channel; two values while it is changed."""
    return tokens("BOT_TOKEN")


def rasa_port() -> int:
    """TCP port of the private channel, on loopback."""
    return port("RASA_PORT", 5005)


def name_actions_port() -> int:
    """TCP port of the action server; also put into the environment, from which Rasa fills in `endpoints.yml`."""
    number = port("ACTIONS_PORT", 5055)
    os.environ["ACTIONS_PORT"] = str(number)
    return number


def tracker_database_url() -> str:
    """SQLAlchemy URL of the tracker store; default is SQLite under $VAR_DIR."""
    url = read("TRACKER_DATABASE_URL", "")
    if not url:
        return f"sqlite:///{(var_dir() / 'tracker.db').resolve()}"
    for scheme in ("postgresql://", "postgres://"):
        if url.startswith(scheme):
            return "postgresql+psycopg2://" + url[len(scheme) :]
    if not url.startswith(("sqlite:///", "postgresql+psycopg2://")):
        raise SettingsError("TRACKER_DATABASE_URL: only sqlite:///… and postgresql://… are supported")
    return url


def cache_dir() -> Path:
    """Where training keeps what it can use again (Rasa's own cache folder)."""
    return Path(os.environ.get("RASA_CACHE_DIRECTORY", ".rasa/cache"))


def model_file(folder: Path = Path("models")) -> Path:
    """The model to serve: $RASA_MODEL, else the newest of `models/`. Raises SettingsError when there is none."""
    named = read("RASA_MODEL", "")
    if named:
        if not Path(named).is_file():
            raise SettingsError(f"RASA_MODEL: {named} is no file")
        return Path(named)
    models = sorted(folder.glob("*.tar.gz"), key=lambda path: path.stat().st_mtime)
    if not models:
        raise SettingsError("no model in models/: train one with python -m bot.train, or set RASA_MODEL")
    return models[-1]
