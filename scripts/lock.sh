#!/bin/sh
# Renews the hash-locked lists. No address of a package index gets into them.
set -eu
cd "$(dirname "$0")/.."
UV=$(command -v uv || echo .venv/uv/bin/uv)
lock() { # name, Python version, further options
    name=$1 version=$2; shift 2
    "$UV" pip compile "requirements/$name.in" --python-version "$version" "$@" --generate-hashes --no-emit-index-url --no-header --quiet --output-file "requirements/$name.txt"
}
lock rasa 3.10 --override requirements/overrides.txt
lock services 3.13
lock uv 3.9
