"""`python -m gateway serve`: run the front door on $GATEWAY_HOST:$GATEWAY_PORT."""

from __future__ import annotations

import argparse
import os
import sys

from clinic import clock
from clinic.config import ClinicError, load
from clinic.settings import SettingsError
from gateway import log, settings
from gateway.app import build
from gateway.server import serve


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m gateway", description="The public front door.")
    parser.add_subparsers(dest="command", required=True).add_parser("serve", help="run until it is told to stop")
    parser.parse_args()
    os.umask(0o077)  # whatever is written here is for this user's eyes only
    log.configure()
    try:
        clinic = load()
        values = settings.load(clinic.email)
        clock.start(clinic.timezone)
    except (SettingsError, ClinicError, clock.ClockError) as error:
        print(error, file=sys.stderr)
        return 1
    serve(build(values, clinic), values)
    return 0


if __name__ == "__main__":
    sys.exit(main())
