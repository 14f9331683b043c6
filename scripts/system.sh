#!/bin/sh
# Installs the system packages that tests need and this machine lacks: Chromium, PostgreSQL, nginx, Node.
# As root it installs them; otherwise it stops with the one line to run.
set -eu

missing=""
need() { # Debian package, command ...
    package=$1; shift
    for name in "$@"; do
        command -v "$name" >/dev/null 2>&1 && return
        for found in /usr/lib/postgresql/*/bin/"$name" /usr/sbin/"$name"; do [ -x "$found" ] && return; done
    done
    missing="$missing $package"
}

need chromium chromium chromium-browser google-chrome
need postgresql initdb
need nginx-light nginx
need nodejs node
need npm npm
[ -n "$missing" ] || exit 0
if [ "$(id -u)" != 0 ]; then
    echo "system: missing for the tests: run 'sudo apt-get install -y$missing'" >&2
    exit 1
fi
echo "Installing for the tests:$missing ..."
apt-get update -qq >/dev/null
# shellcheck disable=SC2086
DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends $missing >/dev/null
