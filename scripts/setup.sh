#!/bin/sh
# Makes the two Python environments from their hash-locked lists. Needs python3 (any 3.x); brings uv when it is missing.
# Does nothing, at once, when both environments already match their lists.
set -eu
cd "$(dirname "$0")/.."

say() { printf '%s\n' "$*"; }
fail() { printf 'setup: %s\n' "$*" >&2; exit 1; }

find_uv() {
    if command -v uv >/dev/null 2>&1; then UV=uv; return; fi
    UV=.venv/uv/bin/uv
    [ -x "$UV" ] && return
    command -v python3 >/dev/null 2>&1 || fail "python3 is missing: apt-get install -y python3 python3-venv"
    say "Bringing uv, which makes the environments ..."
    if ! python3 -m venv .venv/uv >/dev/null 2>&1; then
        rm -rf .venv/uv
        [ "$(id -u)" = 0 ] || fail "python3 has no venv module: run 'apt-get install -y python3-venv' as root"
        say "Installing python3-venv ..."
        { apt-get update -qq && apt-get install -y -qq python3-venv; } >/dev/null 2>&1 || fail "apt-get install -y python3-venv failed: run it by hand"
        python3 -m venv .venv/uv || fail "python3 -m venv .venv/uv failed"
    fi
    .venv/uv/bin/python -m pip --quiet --disable-pip-version-check install --require-hashes -r requirements/uv.txt || fail "pip could not install uv: is the package index reachable?"
}

environment() { # name, Python version
    list=requirements/$1.txt
    stamp=.venv/$1/.matches
    [ -f "$stamp" ] && [ "$(cat "$stamp")" = "$(cksum < "$list")" ] && return
    find_uv
    say "Making .venv/$1 (Python $2) from $list ..."
    "$UV" venv --quiet --clear --python "$2" ".venv/$1" || fail "no Python $2: install it (uv downloads one where it may: https://docs.astral.sh/uv)"
    VIRTUAL_ENV=.venv/$1 "$UV" pip sync --require-hashes "$list" || fail "could not install $list: see the lines above"
    cksum < "$list" > "$stamp"
}

# Bytecode beforehand: a service may not write it (ProtectSystem, read-only images, PYTHONDONTWRITEBYTECODE), and a start that
# reads sources takes three times as long.
compiled() { # name, our rooms of it
    python=.venv/$1/bin/python
    stamp=.venv/$1/.compiled
    shift
    if [ ! -f "$stamp" ]; then
        say "Compiling ${stamp%/.compiled} ..."
        # Some packages carry files for other Pythons, which cannot be compiled.
        "$python" -m compileall -qq -j 0 -x '/tests/' "$("$python" -c 'import sysconfig; print(sysconfig.get_path("purelib"))')" || true
        touch "$stamp"
    fi
    "$python" -m compileall -q "$@"
}

case "$(uname -s)-$(uname -m)" in
    Linux-x86_64) ;;
    *) say "setup: only Linux x86-64 is supported (the wheels of TensorFlow 2.12 and Duckling); use a container elsewhere" >&2 ;;
esac
environment rasa 3.10
environment services 3.13
compiled rasa clinic bot actions
compiled services clinic scheduling gateway scripts
