#!/usr/bin/env bash
# setup_labels.sh FOLDER: makes the environments with the programs that check_labels.py asks to read our labels, in
# FOLDER. They are kept apart from ours and from each other, as they want other versions of the same packages.
set -euo pipefail
folder=${1:?name a folder}
python=${PYTHON:-python3}
mkdir -p "$folder"
for name in detection labelme label-studio; do $python -m venv "$folder/$name"; done
"$folder/detection/bin/pip" install -q pycocotools supervision
# The readers of docTR and PPOCRLabel run without the heavy packages that these ask for.
"$folder/detection/bin/pip" install -q --no-deps python-doctr PPOCRLabel
"$folder/labelme/bin/pip" install -q labelme
"$folder/label-studio/bin/pip" install -q label-studio-sdk
