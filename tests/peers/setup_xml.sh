#!/usr/bin/env bash
# setup_xml.sh FOLDER: makes the environments with the programs that check_xml.py asks to read our XML, in FOLDER.
# They are kept apart from ours and from each other, as they want other versions of the same packages.
set -euo pipefail
folder=${1:?name a folder}
python=${PYTHON:-python3}
mkdir -p "$folder"
$python -m venv "$folder/xml"
"$folder/xml/bin/pip" install -q xmlschema lxml hocr-spec hocr-tools-lib ocrmypdf numpy pillow shapely
# kraken's parser runs without the heavy packages that kraken asks for.
"$folder/xml/bin/pip" install -q --no-deps kraken iso639-lang
$python -m venv "$folder/ocrd"
"$folder/ocrd/bin/pip" install -q ocrd
