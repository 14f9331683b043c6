#!/bin/sh
# Style, types, content and training data. Warnings are errors.
set -eu
cd "$(dirname "$0")/.."
R=.venv/rasa/bin S=.venv/services/bin

step() { printf '\n== %s\n' "$*"; }

step "clinic.yml, on both Pythons"
$S/python -m clinic
$R/python -m clinic
step "style"
$S/ruff check .
$S/ruff format --check .
step "types"
$S/mypy clinic scheduling gateway scripts
$R/mypy clinic bot actions
step "answers"
$S/python -m bot.content
step "training data"
$R/python -m bot.validate
