"""Forgetting on time, at the front door: `python -m gateway.retention purge`, `erase`, `export`.

What is kept, and for how long, counted by the clinic's clock:

    conversations (their messages, events, choices, threads,
    call-backs that could not be recorded yet)   30 days after the last word, never while an answer is due
    texts of the outbox                                        30 days after they were made
    ids of received texts                                      30 days (Twilio repeats a post within hours)
    staff alerts                                               one year; they hold no patient's words
    consents to texts                                          five years: the proof that a text was wanted
    opt-outs                                                   for as long as they stand: forgetting one would mean texting again
    outbox.jsonl                                               30 days

`erase` forgets conversations by id and all that hangs on telephone numbers. A number's opt-out stays, as a keyed hash.
Exit status: 0 done, 1 the database cannot be used or a setting is wrong.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
import time
from collections.abc import Iterable, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

from sqlalchemy import ColumnElement, Connection, Engine, Table, delete, exists, or_, select
from sqlalchemy.exc import SQLAlchemyError

from clinic import clock
from clinic.config import ClinicError, load
from clinic.settings import SettingsError, read, var_dir
from gateway.database import READ, make_engine
from gateway.schema import (
    call_backs,
    choices,
    consents,
    conversations,
    events,
    inbox,
    outbox,
    sms_received,
    sms_threads,
    staff_alerts,
)
from gateway.settings import number_key
from gateway.sms.numbers import keyed_hash

DAY = 86400.0
ALERT_DAYS, CONSENT_DAYS = 365, 5 * 365
BATCH = 500


def purge(engine: Engine, days: int) -> dict[str, int]:
    """Delete what is older than `days` (alerts and consents: than their own limits); returns how many rows of what."""
    now = clock.timestamp()
    before = now - days * DAY
    due = exists().where(inbox.c.conversation == conversations.c.id, inbox.c.done_at.is_(None))
    quiet = select(conversations.c.id).where(conversations.c.seen_at < before, ~due)
    with engine.connect().execution_options(**READ) as connection, connection.begin():
        ids = list(connection.execute(quiet).scalars())
    counts = {"conversations": forget(engine, ids)}
    old: tuple[tuple[Table, ColumnElement[bool]], ...] = (
        (outbox, outbox.c.created_at < before),
        (sms_received, sms_received.c.received_at < before),
        (staff_alerts, staff_alerts.c.created_at < now - ALERT_DAYS * DAY),
        (consents, consents.c.at < now - CONSENT_DAYS * DAY),
    )
    for table, condition in old:
        with engine.begin() as connection:
            counts[table.name] = connection.execute(delete(table).where(condition)).rowcount
    return counts


def forget(engine: Engine, ids: Sequence[str]) -> int:
    """Delete conversations with all that belongs to them, a few at a time so that the door stays open; returns how many there were."""
    gone = 0
    for first in range(0, len(ids), BATCH):
        some = ids[first : first + BATCH]
        with engine.begin() as connection:
            for table in (call_backs, choices, events, inbox, sms_threads, outbox):
                connection.execute(delete(table).where(table.c.conversation.in_(some)))
            gone += connection.execute(delete(conversations).where(conversations.c.id.in_(some))).rowcount
    return gone


def erase(engine: Engine, ids: Iterable[str], numbers: Sequence[str], key: str) -> int:
    """Forget conversations, and whatever was texted from or to E.164 `numbers`; returns how many conversations there were.

    Staff alerts of these conversations go too. `key` is the one that numbers are hashed with (`gateway.settings.number_key`).
    """
    with engine.connect().execution_options(**READ) as connection, connection.begin():
        found = sorted({*ids, *talks_of(connection, numbers, key)})
    gone = forget(engine, found)
    hashes = [keyed_hash(number, key) for number in numbers]
    with engine.begin() as connection:
        connection.execute(delete(staff_alerts).where(staff_alerts.c.conversation.in_(found)))
        connection.execute(delete(outbox).where(or_(outbox.c.recipient.in_(numbers), outbox.c.number_hash.in_(hashes))))
        for table in (sms_received, consents):
            connection.execute(delete(table).where(table.c.number_hash.in_(hashes)))
        connection.execute(delete(sms_threads).where(sms_threads.c.theirs.in_(numbers)))
        connection.execute(delete(call_backs).where(call_backs.c.phone.in_(numbers)))
    return gone


def talks_of(connection: Connection, numbers: Sequence[str], key: str) -> list[str]:
    """Ids of the conversations that were held by text with these numbers, or in which one of them was typed."""
    hashes = [keyed_hash(number, key) for number in numbers]
    # A thread names only its newest conversation; the outbox names the earlier ones, which were answered too.
    texted = select(outbox.c.conversation).where(outbox.c.conversation.is_not(None), outbox.c.number_hash.in_(hashes))
    found = set(connection.execute(texted).scalars())
    found |= set(
        connection.execute(select(sms_threads.c.conversation).where(sms_threads.c.theirs.in_(numbers))).scalars()
    )
    wanted = [_digits(number)[-10:] for number in numbers]
    for row in connection.execute(select(inbox.c.conversation, inbox.c.text).where(inbox.c.text.is_not(None))):
        said = _digits(row.text)
        if any(digits in said for digits in wanted):
            found.add(row.conversation)
    return sorted(found)


def export(engine: Engine, ids: Iterable[str], numbers: Sequence[str], key: str) -> dict[str, list[dict[str, Any]]]:
    """Everything that is kept of these conversations and numbers, by table. Tokens are left out."""
    hashes = [keyed_hash(number, key) for number in numbers]
    with engine.connect().execution_options(**READ) as connection, connection.begin():
        found = sorted({*ids, *talks_of(connection, numbers, key)})
        wanted: dict[Table, ColumnElement[bool]] = {
            conversations: conversations.c.id.in_(found),
            events: events.c.conversation.in_(found),
            inbox: inbox.c.conversation.in_(found),
            staff_alerts: staff_alerts.c.conversation.in_(found),
            sms_threads: sms_threads.c.conversation.in_(found),
            outbox: or_(outbox.c.conversation.in_(found), outbox.c.number_hash.in_(hashes)),
            consents: consents.c.number_hash.in_(hashes),
            call_backs: or_(call_backs.c.conversation.in_(found), call_backs.c.phone.in_(numbers)),
        }
        return {
            table.name: [
                {name: value for name, value in row.items() if name not in ("token_hash", "lease_owner", "digest")}
                for row in connection.execute(select(table).where(condition)).mappings()
            ]
            for table, condition in wanted.items()
        }


def keep_lines(path: Path, wanted: Any) -> int:
    """Rewrite outbox.jsonl with the lines of which `wanted(line)` is true; returns how many went.

    A line that is appended meanwhile is not lost: the file is only replaced while it is as long as when it was read.
    """
    for _ in range(20):
        try:
            text = path.read_text(encoding="utf-8")
        except FileNotFoundError:
            return 0
        lines = text.splitlines()
        kept = [line for line in lines if wanted(json.loads(line))]
        if len(kept) == len(lines):
            return 0
        fresh = path.with_suffix(".new")
        handle = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            file.write("".join(f"{line}\n" for line in kept))
        if path.stat().st_size == len(text.encode()):
            fresh.replace(path)
            return len(lines) - len(kept)
        fresh.unlink()
        time.sleep(0.05)
    raise OSError(f"{path} is being written all the time: stop the gateway and try again")


def database_url() -> str:
    """GATEWAY_DATABASE_URL, or the SQLite file of VAR_DIR."""
    return read("GATEWAY_DATABASE_URL", f"sqlite:///{var_dir() / 'gateway.db'}")


def _digits(text: str) -> str:
    return "".join(sign for sign in text if sign.isdigit())


def _purge(engine: Engine, asked: argparse.Namespace) -> None:
    counts = purge(engine, asked.days)
    before = clock.timestamp() - asked.days * DAY
    counts["outbox.jsonl"] = keep_lines(
        var_dir() / "outbox.jsonl", lambda line: datetime.fromisoformat(line["time"]).timestamp() >= before
    )
    print("; ".join(f"{count} {name}" for name, count in counts.items()) + " forgotten")


def _erase(engine: Engine, asked: argparse.Namespace) -> None:
    gone = erase(engine, asked.conversations, asked.number, number_key())
    keep_lines(var_dir() / "outbox.jsonl", lambda line: line.get("to") not in asked.number)
    print(f"{gone} conversations forgotten")


def _export(engine: Engine, asked: argparse.Namespace) -> None:
    kept = export(engine, asked.conversations, asked.number, number_key())
    print(json.dumps(kept, ensure_ascii=False, indent=1))


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m gateway.retention", description=(__doc__ or "").splitlines()[0])
    commands = parser.add_subparsers(dest="command", required=True)
    old = commands.add_parser("purge", help="forget what is older than its limit")
    old.add_argument("--days", type=int, default=30, help="how long a quiet conversation is kept (default 30)")
    old.set_defaults(run=_purge)
    for name, run, said in (("erase", _erase, "forget now"), ("export", _export, "print as JSON what is kept of")):
        command = commands.add_parser(name, help=f"{said} these conversations and numbers")
        command.add_argument("conversations", nargs="*", metavar="ID")
        command.add_argument("--number", action="append", default=[], help="E.164, like +16125550123; may be repeated")
        command.set_defaults(run=run)
    asked = parser.parse_args(arguments)
    if asked.command == "purge" and asked.days < 1:
        parser.error("--days must be at least 1")
    try:
        clock.start(load().timezone)
        engine = make_engine(database_url())
        try:
            asked.run(engine, asked)
        finally:
            engine.dispose()
    except (SettingsError, ClinicError, clock.ClockError, OSError) as error:
        print(f"retention: {error}", file=sys.stderr)
        return 1
    except SQLAlchemyError as error:
        print(f"retention: {type(error).__name__}: check GATEWAY_DATABASE_URL or VAR_DIR", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
