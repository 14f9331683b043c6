"""Backups of the three stores: `python -m scripts.backup create FOLDER`, `python -m scripts.backup restore BACKUP`.

    create    writes FOLDER/tms-20261125T150000Z/ (mode 700): one file per store (mode 600), manifest.json with their SHA-256.
              SQLite is copied by its online backup API while the house runs, PostgreSQL by pg_dump (custom format).
              `--keep-days 30` deletes backups of this folder that are older.
    restore   checks every sum, then puts the stores back. The house must be stopped; SQLite files that stand in the way are kept
              beside the new ones as *.before-restore. PostgreSQL databases are emptied of our tables first (pg_restore --clean).

The model, clinic.yml and secrets.env are not in it: they belong to the release and to the secrets' own safe (docs/operations.md).
A backup holds patients' data: keep it encrypted, and no longer than the talks themselves. Exit status: 0 done, 1 not done.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import os
import shutil
import sqlite3
import subprocess
import sys
from datetime import datetime, timedelta, timezone
from pathlib import Path

from clinic import settings

STORES = {
    "scheduling": ("SCHEDULING_DATABASE_URL", "scheduling.db"),
    "gateway": ("GATEWAY_DATABASE_URL", "gateway.db"),
    "tracker": ("TRACKER_DATABASE_URL", "tracker.db"),
}
STAMP = "tms-%Y%m%dT%H%M%SZ"
MANIFEST = "manifest.json"


class BackupError(RuntimeError):
    """It could not be done. The message is one line that says what to do."""


def urls() -> dict[str, str]:
    """Store → database URL, PostgreSQL's without a driver in it."""
    found = {}
    for store, (variable, file) in STORES.items():
        url = settings.read(variable, f"sqlite:///{settings.var_dir() / file}")
        scheme, _, rest = url.partition("://")
        found[store] = f"{scheme.partition('+')[0].replace('postgres', 'postgresql', scheme == 'postgres')}://{rest}"
    return found


def create(folder: Path, keep_days: int | None = None) -> Path:
    """Write one backup and return its folder. Raises BackupError; then nothing is left of it."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    now = datetime.now(timezone.utc)
    target = folder / now.strftime(STAMP)
    partial = folder / f".{target.name}.partial"
    if target.exists():
        raise BackupError(f"{target} exists: wait a second")
    partial.mkdir(mode=0o700)
    try:
        sums = {}
        for store, url in urls().items():
            file = partial / (f"{store}.db" if url.startswith("sqlite") else f"{store}.dump")
            file.touch(mode=0o600)
            (_copy_sqlite if url.startswith("sqlite") else _dump)(url, file)
            sums[file.name] = _sum(file)
        manifest = partial / MANIFEST
        manifest.touch(mode=0o600)
        manifest.write_text(json.dumps({"made_at": now.isoformat(), "sha256": sums}, indent=1) + "\n")
        partial.rename(target)
    except BaseException:
        shutil.rmtree(partial, ignore_errors=True)
        raise
    if keep_days is not None:
        _expire(folder, now - timedelta(days=keep_days))
    return target


def restore(backup: Path) -> None:
    """Put every store back. Raises BackupError before anything is touched when a sum is wrong or the house runs."""
    try:
        sums: dict[str, str] = json.loads((backup / MANIFEST).read_text())["sha256"]
    except (OSError, ValueError, KeyError) as error:
        raise BackupError(f"{backup} is no whole backup: name a folder that create printed") from error
    for name, right in sums.items():
        if not (backup / name).is_file() or _sum(backup / name) != right:
            raise BackupError(f"{backup / name} is damaged: use another backup")
    wanted = urls()
    for store, url in wanted.items():
        file = _file_of(store, url)
        if file not in sums:
            raise BackupError(f"{backup} holds no {file}: {STORES[store][0]} names another kind of database than then")
        if url.startswith("sqlite"):
            _must_be_idle(Path(url.removeprefix("sqlite:///")))
    for store, url in wanted.items():
        source = backup / _file_of(store, url)
        (_put_sqlite if url.startswith("sqlite") else _load)(url, source)


def _file_of(store: str, url: str) -> str:
    return f"{store}.db" if url.startswith("sqlite") else f"{store}.dump"


def _copy_sqlite(url: str, target: Path) -> None:
    source = Path(url.removeprefix("sqlite:///"))
    if not source.exists():
        raise BackupError(f"{source} is missing: check VAR_DIR, or start the house once")
    try:
        with sqlite3.connect(f"file:{source}?mode=ro", uri=True, timeout=30) as here, sqlite3.connect(target) as there:
            here.backup(there, pages=1000)
            there.execute("PRAGMA journal_mode=DELETE")
            fault = there.execute("PRAGMA integrity_check").fetchone()[0]
        here.close()
        there.close()
    except sqlite3.Error as error:
        raise BackupError(f"{source} could not be copied: {error}") from error
    if fault != "ok":
        raise BackupError(f"{source} is damaged: {fault}")


def _put_sqlite(url: str, source: Path) -> None:
    target = Path(url.removeprefix("sqlite:///"))
    for path in (target, *(target.with_name(target.name + end) for end in ("-wal", "-shm"))):
        if path.exists():
            path.rename(path.with_name(path.name + ".before-restore"))
    fresh = target.with_name(target.name + ".restoring")
    fresh.touch(mode=0o600)
    shutil.copyfile(source, fresh)
    fresh.rename(target)


def _must_be_idle(path: Path) -> None:
    """Raise when another process has the database open: it would go on writing into the file we take away."""
    if not path.exists():
        return
    try:
        with sqlite3.connect(path, timeout=1, isolation_level=None) as connection:
            # Leaving WAL mode needs the file for oneself, so it fails while anybody is connected.
            mode = connection.execute("PRAGMA journal_mode=DELETE").fetchone()[0]
        connection.close()
    except sqlite3.Error:
        mode = "busy"
    if mode != "delete":
        raise BackupError(f"{path} is in use: stop the house first")


def _dump(url: str, target: Path) -> None:
    _run(
        "pg_dump",
        "--format=custom",
        "--no-owner",
        "--no-privileges",
        f"--file={target}",
        f"--dbname={_bare(url)}",
        url=url,
    )


def _load(url: str, source: Path) -> None:
    options = ("--clean", "--if-exists", "--no-owner", "--no-privileges", "--single-transaction", "--exit-on-error")
    _run("pg_restore", *options, f"--dbname={_bare(url)}", str(source), url=url)


def _bare(url: str) -> str:
    """The URL without its password, which every user of the machine could read on a command line."""
    head, at, tail = url.partition("://")[2].rpartition("@")
    return f"postgresql://{head.partition(':')[0]}{at}{tail}"


def _run(program: str, *arguments: str, url: str) -> None:
    from urllib.parse import unquote, urlsplit

    password = urlsplit(url).password
    env = os.environ | ({"PGPASSWORD": unquote(password)} if password else {})
    try:
        done = subprocess.run([program, *arguments], env=env, capture_output=True, text=True, check=False)
    except FileNotFoundError:
        raise BackupError(f"{program} is not installed: apt-get install postgresql-client") from None
    if done.returncode:
        last = (done.stderr.strip().splitlines() or ["no message"])[-1]
        raise BackupError(f"{program}: {last[:300]}")


def _sum(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _expire(folder: Path, before: datetime) -> None:
    for path in folder.glob("tms-*Z"):
        try:
            made = datetime.strptime(path.name, STAMP).replace(tzinfo=timezone.utc)
        except ValueError:
            continue
        if made < before and (path / MANIFEST).is_file():
            shutil.rmtree(path)


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(
        prog="python -m scripts.backup", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    commands = parser.add_subparsers(dest="command", required=True)
    make = commands.add_parser("create", help="write a backup; prints its folder")
    make.add_argument("folder", type=Path)
    make.add_argument("--keep-days", type=int, help="delete older backups of this folder")
    back = commands.add_parser("restore", help="put the stores back from a backup; the house must be stopped")
    back.add_argument("backup", type=Path)
    back.add_argument("--yes", action="store_true", required=True, help="what is stored now is replaced")
    asked = parser.parse_args(arguments)
    try:
        if asked.command == "create":
            print(create(asked.folder, asked.keep_days))
        else:
            restore(asked.backup)
            print("restored: start the house again")
    except (settings.SettingsError, BackupError, OSError) as error:
        print(f"backup: {error}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
