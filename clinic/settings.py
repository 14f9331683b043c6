"""Reading settings from the environment: `NAME`, or `NAME_FILE` for a value kept in a file of mode 600.

Each process has one module (`<room>/settings.py`) that calls these; nothing else reads the environment.
A missing or malformed value stops start-up with a SettingsError: one line that names the variable.
"""

from __future__ import annotations

import os
import stat
from pathlib import Path


class SettingsError(ValueError):
    """A setting is missing or malformed. The message is one line that names the variable."""


def read(name: str, default: str | None = None) -> str:
    """The value of `name`, else the text of the file that `name`_FILE names, else `default`; none of them: SettingsError."""
    if value := os.environ.get(name, "").strip():
        return value
    if path := os.environ.get(f"{name}_FILE", "").strip():
        return _secret_file(f"{name}_FILE", Path(path))
    if default is None:
        raise SettingsError(
            f"{name} is not set: put it into the environment (make run generates it into $VAR_DIR/secrets.env)"
        )
    return default


def tokens(name: str) -> tuple[str, ...]:
    """A shared secret: one value, or `new,old` while it is changed. We send the first and accept each. Raises SettingsError."""
    values = tuple(part.strip() for part in read(name).split(",") if part.strip())
    if not 1 <= len(values) <= 2:
        raise SettingsError(f"{name} must be one value, or the new and the old one, comma-separated")
    return values


def port(name: str, default: int) -> int:
    """A TCP port, 1 to 65535."""
    text = read(name, str(default))
    if not text.isdigit() or not 1 <= int(text) <= 65535:
        raise SettingsError(f"{name} is {text!r}: it must be a port number from 1 to 65535")
    return int(text)


def seconds(name: str, default: float) -> float:
    """A span above zero and below an hour, in seconds. Raises SettingsError."""
    return above_zero(name, str(default), 3600, "number of seconds")


def above_zero(name: str, default: str, below: float, what: str = "number") -> float:
    """A number above zero and below `below`. Raises SettingsError, which calls it `what`."""
    text = read(name, default)
    try:
        value = float(text)
    except ValueError:
        value = 0.0
    if not 0 < value < below:
        raise SettingsError(f"{name} is {text!r}: it must be a {what} above zero")
    return value


def var_dir() -> Path:
    """The folder of databases, secrets and process ids; made when missing, mode 700."""
    path = Path(read("VAR_DIR", "var"))
    path.mkdir(mode=0o700, parents=True, exist_ok=True)
    return path


def _secret_file(name: str, path: Path) -> str:
    try:
        mode = path.stat().st_mode
        text = path.read_text().strip()
    except OSError as error:
        raise SettingsError(f"{name}: {path} cannot be read") from error
    if stat.S_IMODE(mode) & 0o077:
        raise SettingsError(f"{name}: {path} can be read by others: chmod 600 {path}")
    if not text:
        raise SettingsError(f"{name}: {path} is empty")
    return text
