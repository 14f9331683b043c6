"""One patient across the whole house: `python -m scripts.patient export ID`, `python -m scripts.patient erase ID --yes`.

The id is the scheduling service's (`python -m scheduling patient find --phone …`). Talks are found by the visits, waitlist
entries, proofs and call-backs of the record, by its telephone number in text messages, and by that number typed into a chat. A chat
in which the number was never typed and nothing was booked names nobody we could look for: the nightly purge takes it.

`erase` calls off what is to come, takes the details out of the record (bare times stay, under an id), deletes the talks in the
gateway and in Rasa's tracker, and cleans the SQLite files, so that no deleted page keeps a word. Backups made before still hold the
patient until they run out. Exit status: 0 done, 1 it could not be done, 2 bad arguments.
"""

from __future__ import annotations

import argparse
import json
import os
import sqlite3
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from clinic import clock, settings
from clinic.config import Clinic, ClinicError, load
from gateway import retention as gateway
from gateway.database import make_engine
from gateway.settings import number_key
from scheduling import retention as scheduling
from scheduling.office import Office
from scheduling.problem import Problem
from scheduling.settings import database_url
from scheduling.sql import tables
from scheduling.sql.opening import StartError, open_office
from scripts.run import load_secrets

RASA_PYTHON = Path(__file__).resolve().parent.parent / ".venv/rasa/bin/python"


class PatientError(RuntimeError):
    """It could not be done. The message is one line that says what to do."""


class House:
    """The three stores, opened for one command."""

    def __init__(self, clinic: Clinic) -> None:
        self.key = number_key()
        self.office: Office = open_office(clinic, database_url(), settings.read("SIGNING_KEY"))
        self.book = sa.create_engine(database_url())
        self.door = make_engine(gateway.database_url())

    def export(self, patient_id: str) -> dict[str, Any]:
        """Everything that is kept of a patient, by store. Raises Problem, PatientError."""
        number, conversations = self._links(patient_id)
        kept = scheduling.export(self.office, patient_id)
        numbers = [number] if number else []
        door = gateway.export(self.door, conversations, numbers, self.key)
        ids = sorted({*conversations, *(row["id"] for row in door["conversations"])})
        return {"scheduling": kept, "gateway": door, "tracker": tracker("export", ids)}

    def erase(self, patient_id: str) -> str:
        """Forget a patient everywhere; a line that says what was done. May be repeated. Raises Problem, PatientError."""
        number, conversations = self._links(patient_id)
        numbers = [number] if number else []
        with self.door.connect() as connection:
            talks = sorted({*conversations, *gateway.talks_of(connection, numbers, self.key)})
        # The talks first: the record is what leads to them, so a command that was cut off can be given again.
        tracker("erase", talks)
        gone = gateway.erase(self.door, talks, numbers, self.key)
        gateway.keep_lines(settings.var_dir() / "outbox.jsonl", lambda line: line.get("to") not in numbers)
        try:
            called_off = scheduling.erase(self.office, patient_id)
        except Problem as problem:
            if problem.code != "already_erased":
                raise
            called_off = 0
        self._forget_answers(patient_id, number)
        clean()
        return f"erased; {called_off} visits called off, {gone} conversations forgotten"

    def close(self) -> None:
        self.book.dispose()
        self.door.dispose()

    def _links(self, patient_id: str) -> tuple[str, list[str]]:
        """The record's number ("" when it has none any more), and the conversations that the book knows of."""
        with self.book.connect() as connection:
            phone = connection.execute(
                sa.select(tables.patient.c.phone).where(tables.patient.c.id == patient_id)
            ).scalar_one_or_none()
            if phone is None:
                raise PatientError(
                    f"there is no patient {patient_id}: find the id by scheduling patient find --phone …"
                )
            found: set[str] = set()
            for table, condition in (
                (tables.booking, tables.booking.c.patient_id == patient_id),
                (tables.waiting, tables.waiting.c.patient_id == patient_id),
                (tables.contact_match, tables.contact_match.c.patient_ids.contains(patient_id)),
                (tables.patient_token, tables.patient_token.c.patient_ids.contains(patient_id)),
                (tables.callback, tables.callback.c.phone == phone),
            ):
                found |= set(connection.execute(sa.select(table.c.conversation).where(condition)).scalars())
        return phone, sorted(id_ for id_ in found - {None, ""})

    def _forget_answers(self, patient_id: str, number: str) -> None:
        """Stored answers to repeated requests, texts of this record, and codes asked for by this number."""
        theirs = sa.select(tables.booking.c.id).where(tables.booking.c.patient_id == patient_id)
        with self.book.begin() as connection:
            connection.execute(
                sa.delete(tables.answer).where(
                    sa.or_(
                        tables.answer.c.booking_id.in_(theirs),
                        tables.answer.c.body.contains(patient_id),
                        tables.answer.c.body.contains(number) if number else sa.false(),
                    )
                )
            )
            connection.execute(
                sa.update(tables.message)
                .where(tables.message.c.patient_id == patient_id)
                .values(recipient=None, text=None)
            )
            if number:
                texts = tables.message.c.recipient == number
                connection.execute(sa.update(tables.message).where(texts).values(recipient=None, text=None))
                connection.execute(sa.delete(tables.callback).where(tables.callback.c.phone == number))


def own_secrets(path: Path) -> None:
    """Take the secrets that `make run` made, unless the environment has its own."""
    if path.exists():
        for name, value in load_secrets(path).items():
            os.environ.setdefault(name, value)


def tracker(command: str, conversations: Sequence[str]) -> list[Any]:
    """Run Rasa's side of the work in Rasa's environment; the rows that `export` prints."""
    if not conversations:
        return []
    done = subprocess.run(
        [RASA_PYTHON, "-m", "bot.retention", command, *conversations],
        cwd=RASA_PYTHON.parents[3],
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise PatientError(f"the tracker store could not be read: {done.stderr.strip()[-300:]}")
    return [json.loads(line) for line in done.stdout.splitlines()] if command == "export" else []


def clean() -> None:
    """Rewrite the SQLite files, so that nothing deleted stays in their pages or logs. PostgreSQL does it by itself (VACUUM)."""
    urls = (
        database_url(),
        gateway.database_url(),
        settings.read("TRACKER_DATABASE_URL", f"sqlite:///{settings.var_dir() / 'tracker.db'}"),
    )
    for url in urls:
        path = url.removeprefix("sqlite:///")
        if path == url or not Path(path).exists():
            continue
        try:
            with sqlite3.connect(path, timeout=30, isolation_level=None) as connection:
                connection.execute("VACUUM")
                busy = connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()[0]
            connection.close()
        except sqlite3.Error as error:
            raise PatientError(
                f"{path} could not be cleaned ({error}): stop the house and give the command again"
            ) from None
        if busy:
            raise PatientError(f"{path} is in use: stop the house and give the command again")


def main(arguments: list[str] | None = None) -> int:
    lines = (__doc__ or "").splitlines()
    parser = argparse.ArgumentParser(prog="python -m scripts.patient", description=lines[0])
    commands = parser.add_subparsers(dest="command", required=True)
    export = commands.add_parser("export", help="print everything that is kept of a patient, as JSON")
    erase = commands.add_parser("erase", help="forget a patient everywhere and call off what is to come")
    erase.add_argument("--yes", action="store_true", required=True, help="there is no way back")
    for command in (export, erase):
        command.add_argument("patient", metavar="PATIENT_ID")
    asked = parser.parse_args(arguments)
    try:
        own_secrets(settings.var_dir() / "secrets.env")
        clinic = load()
        clock.start(clinic.timezone)
        house = House(clinic)
        try:
            if asked.command == "export":
                print(json.dumps(house.export(asked.patient), ensure_ascii=False, indent=1))
            else:
                print(house.erase(asked.patient))
        finally:
            house.close()
    except (settings.SettingsError, ClinicError, clock.ClockError, StartError, PatientError, OSError) as error:
        print(f"patient: {error}", file=sys.stderr)
        return 1
    except Problem as problem:
        print(f"patient: {problem.detail}", file=sys.stderr)
        return 1
    except sa.exc.SQLAlchemyError as error:
        print(f"patient: {type(error).__name__}: check the …_DATABASE_URL settings or VAR_DIR", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
