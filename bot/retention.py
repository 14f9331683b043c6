"""Forgetting on time: `python -m bot.retention purge --days 30`, `erase ID …`, `export ID …` on the tracker store.

A conversation is forgotten whole, once its last event is older than the limit by the process's clock; the gateway's ids name it.
`export` prints JSON lines of what is stored. Exit status: 0 done, 1 the database cannot be reached or a setting is wrong.
"""

from __future__ import annotations

import argparse
import json
import sys
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa

from bot import settings
from clinic import clock, config

EVENTS = sa.table("events", sa.column("id"), sa.column("sender_id"), sa.column("timestamp"), sa.column("data"))


def purge(engine: sa.engine.Engine, before: datetime) -> int:
    """Delete the conversations whose last event is before an aware moment; returns how many."""
    old = (
        sa.select(EVENTS.c.sender_id)
        .group_by(EVENTS.c.sender_id)
        .having(sa.func.max(EVENTS.c.timestamp) < before.timestamp())
    )
    with engine.begin() as connection:
        ids = list(connection.execute(old).scalars())
    return erase(engine, ids)


def erase(engine: sa.engine.Engine, conversations: list[str]) -> int:
    """Delete these conversations, each in a transaction of its own; returns how many of them existed."""
    found = 0
    for conversation in conversations:
        with engine.begin() as connection:
            found += connection.execute(sa.delete(EVENTS).where(EVENTS.c.sender_id == conversation)).rowcount > 0
    return found


def export(engine: sa.engine.Engine, conversations: list[str]) -> list[dict[str, Any]]:
    """Everything stored of these conversations, in order."""
    query = (
        sa.select(EVENTS.c.sender_id, EVENTS.c.data)
        .where(EVENTS.c.sender_id.in_(conversations))
        .order_by(EVENTS.c.sender_id, EVENTS.c.id)
    )
    with engine.connect() as connection:
        return [{"conversation": row.sender_id, "event": json.loads(row.data)} for row in connection.execute(query)]


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m bot.retention", description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True)
    old = commands.add_parser("purge", help="forget conversations that have been quiet for longer")
    old.add_argument("--days", type=int, default=30, help="how many days a conversation is kept (default 30)")
    for name, help_text in (("erase", "forget these conversations now"), ("export", "print what is stored of these")):
        commands.add_parser(name, help=help_text).add_argument("conversations", nargs="+", metavar="ID")
    arguments = parser.parse_args()
    try:
        clock.start(config.load().timezone)
        engine = sa.create_engine(settings.tracker_database_url(), future=True)
        if arguments.command == "purge":
            count = purge(engine, clock.now() - timedelta(days=arguments.days))
            print(f"{count} conversations forgotten")
        elif arguments.command == "erase":
            print(f"{erase(engine, arguments.conversations)} conversations forgotten")
        else:
            for row in export(engine, arguments.conversations):
                print(json.dumps(row, ensure_ascii=False))
    except (settings.SettingsError, config.ClinicError, clock.ClockError) as error:
        print(f"retention: {error}", file=sys.stderr)
        return 1
    except sa.exc.SQLAlchemyError as error:
        print(f"retention: {type(error).__name__}: check TRACKER_DATABASE_URL or VAR_DIR", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
