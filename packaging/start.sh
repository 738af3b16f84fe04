#!/usr/bin/env bash
# Starts OCR Studio, after installing what is missing (see setup.sh).
#   bash packaging/start.sh                    opens the window
#   bash packaging/start.sh read PHOTO …       prints the text of photos
#   bash packaging/start.sh --help             lists everything else
set -euo pipefail
# Otherwise packages of another environment would be used.
unset PYTHONPATH PYTHONHOME
source "$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")/setup.sh"

ensure_ready run
exec "$venv/bin/ocr-studio" "$@"
