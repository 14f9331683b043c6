"""`python -m clinic [FILE]`: check a clinic.yml. Exit status 0 when it is right, 1 with one line per mistake."""

import argparse
import sys

from clinic.config import ClinicError, load


def main() -> int:
    parser = argparse.ArgumentParser(
        prog="python -m clinic", description="Check a clinic.yml and name the line of a mistake."
    )
    parser.add_argument("file", nargs="?", help="the file to check (default: $CLINIC_FILE, else clinic.yml)")
    try:
        clinic = load(parser.parse_args().file)
    except ClinicError as error:
        print(error, file=sys.stderr)
        return 1
    print(f"{clinic.name}: {len(clinic.locations)} locations, {len(clinic.visit_types)} visit types: right")
    return 0


if __name__ == "__main__":
    sys.exit(main())
