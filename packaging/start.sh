#!/usr/bin/env bash
# Starts OCR Studio; installs first what is missing (see setup.sh).
#   bash packaging/start.sh                    the window
#   bash packaging/start.sh read PHOTO …       prints the text of photos
#   bash packaging/start.sh --help             everything else
set -euo pipefail
# Packages of another environment would be taken for ours.
unset PYTHONPATH PYTHONHOME
source "$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")/setup.sh"

ensure_ready run
exec "$venv/bin/ocr-studio" "$@"
