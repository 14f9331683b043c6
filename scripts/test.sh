#!/bin/sh
# Everything that must hold. With --soak: the long runs instead.
set -u
cd "$(dirname "$0")/.."
R=.venv/rasa/bin/python S=.venv/services/bin/python
failed=""
started=$(date +%s)

group() { # title, command ...
    title=$1; shift
    printf '\n==== %s\n' "$title"
    from=$(date +%s)
    "$@" || failed="$failed\n  $title"
    printf '==== %s: %s s\n' "$title" "$(($(date +%s) - from))"
}

scripts/system.sh || exit 1
(cd web && npm ci --ignore-scripts --silent) || exit 1
group "training" $R -m bot.train
if [ "${1:-}" = --soak ]; then
    group "long runs" $S -m pytest tests/scheduling tests/gateway tests/web tests/house tests/conversations -m soak --timeout 3600
else
    group "checks" scripts/check.sh
    # Several at a time, file by file: most tests wait for processes. What measures, or fills the machine itself, runs alone below.
    group "bot, actions" env OPENBLAS_NUM_THREADS=1 $R -m pytest -n 2 --dist loadfile tests/bot tests/actions tests/when tests/safety -m "not soak"
    group "scheduling" $S -m pytest -n 2 tests/scheduling -m "not soak"
    group "clinic, gateway, answers" $S -m pytest -n 4 --dist loadfile tests/clinic tests/gateway tests/answers -m "not soak"
    group "web chat" $S -m pytest tests/web -m "not soak"
    group "whole talks" $S -m pytest tests/understanding tests/house tests/conversations -m "not soak"
fi
printf '\nTook %s s\n' "$(($(date +%s) - started))"
[ -z "$failed" ] || { printf "Failed:$failed\n"; exit 1; }
