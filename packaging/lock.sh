#!/usr/bin/env bash
# Writes the lock files from pyproject.toml: every package the program or its tests need, with version and hashes,
# for Linux, macOS and Windows and Python 3.11 to 3.13. Versions already locked stay unless asked for:
#   packaging/lock.sh                        what pyproject.toml newly asks for
#   packaging/lock.sh --upgrade              everything as new as possible
#   packaging/lock.sh --upgrade-package X    one package
set -euo pipefail
cd "$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")/.."

uv=(uv)
if ! command -v uv >/dev/null; then
    uv=("${OCR_STUDIO_VENV:-.venv}/bin/uv")
    [ -x "${uv[0]}" ] || { echo "lock.sh: no uv; install it: .venv/bin/pip install uv" >&2; exit 1; }
fi

# No configuration of this machine: the files must not name its package index.
compile=("${uv[@]}" pip compile --quiet --no-config --universal --generate-hashes --python-version 3.11
    --no-emit-index-url --no-annotate --custom-compile-command "packaging/lock.sh" --group pyproject.toml:build)

"${compile[@]}" "$@" pyproject.toml --output-file packaging/requirements.txt
# The tests run on exactly what the program runs on.
"${compile[@]}" "$@" pyproject.toml --extra test --constraint packaging/requirements.txt \
    --output-file packaging/requirements-test.txt
