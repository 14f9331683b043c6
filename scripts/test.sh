#!/bin/sh
# Everything that must hold (scripts/tests.py), on a machine that may lack what the tests need.
set -eu
cd "$(dirname "$0")/.."
scripts/system.sh
(cd web && npm ci --ignore-scripts --silent)
exec .venv/services/bin/python -m scripts.tests "$@"
