"""`python -m scheduling …`: the server, and what staff do at a terminal. `--help` lists the commands."""

from __future__ import annotations

import argparse
import os
import sys

from clinic import clock
from clinic.config import ClinicError
from clinic.config import load as load_clinic
from clinic.settings import SettingsError

from scheduling import settings
from scheduling.commands import closing, desk, listing, people
from scheduling.office import Office
from scheduling.problem import Problem
from scheduling.sql.opening import StartError, open_office

COMMANDS = (listing, people, closing, desk)


def main(arguments: list[str] | None = None) -> int:
    """Exit status 0, 1 when a command was refused, 2 when a setting or an argument is wrong."""
    parser = argparse.ArgumentParser(prog="python -m scheduling", description="The clinic's appointment book.")
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")
    commands.add_parser("serve", help="serve the HTTP API on 127.0.0.1:$SCHEDULING_PORT")
    commands.add_parser("migrate", help="bring the database to this release's schema")
    for command in COMMANDS:
        command.add_to(commands)
    asked = parser.parse_args(arguments)
    os.umask(0o077)  # whatever is written here is for this user's eyes only
    try:
        if asked.command == "serve":
            from scheduling.serve import serve  # the web server's packages are the larger half of a start

            serve()
            return 0
        office = _office()
        return 0 if asked.command == "migrate" else int(asked.run(office, asked))
    except (StartError, SettingsError, ClinicError, clock.ClockError) as error:
        print(f"scheduling: {error}", file=sys.stderr)
        return 2
    except Problem as problem:
        print(f"scheduling: {problem.detail}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130


def _office() -> Office:
    clinic = load_clinic()
    clock.start(clinic.timezone)
    return open_office(clinic, settings.database_url(), settings.signing_key_if_any())


if __name__ == "__main__":
    sys.exit(main())
