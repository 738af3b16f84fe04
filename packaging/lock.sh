#!/usr/bin/env bash
# Writes the lock files from pyproject.toml: all packages of the program and its tests, with versions and hashes,
# for Linux, macOS and Windows and Python 3.11 to 3.13. Locked versions are preserved unless upgraded:
#   packaging/lock.sh                        add new packages of pyproject.toml
#   packaging/lock.sh --upgrade              upgrade all packages
#   packaging/lock.sh --upgrade-package X    upgrade one package
set -euo pipefail
cd "$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")/.."

uv=(uv)
if ! command -v uv >/dev/null; then
    uv=("${OCR_STUDIO_VENV:-.venv}/bin/uv")
    [ -x "${uv[0]}" ] || { echo "lock.sh: uv not found; install it with .venv/bin/pip install uv" >&2; exit 1; }
fi

# Ignore the configuration of this machine: the files must not name its package index.
compile=("${uv[@]}" pip compile --quiet --no-config --universal --generate-hashes --python-version 3.11
    --no-emit-index-url --no-annotate --custom-compile-command "packaging/lock.sh" --group pyproject.toml:build)

"${compile[@]}" "$@" pyproject.toml --output-file packaging/requirements.txt
# The tests use the same versions as the program.
"${compile[@]}" "$@" pyproject.toml --extra test --constraint packaging/requirements.txt \
    --output-file packaging/requirements-test.txt
