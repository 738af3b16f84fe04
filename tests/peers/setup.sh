#!/usr/bin/env bash
# setup.sh FOLDER: makes the environments with the programs that check_xml.py and check_labels.py ask to read our files,
# and check_foreign.py to write theirs, in FOLDER. They are kept apart from ours and from each other, as they want other versions of the same packages.
set -euo pipefail
folder=${1:?name a folder}
python=${PYTHON:-python3}
mkdir -p "$folder"
for name in service xml ocrd detection labelme label-studio browser tfrecord scenes; do $python -m venv "$folder/$name"; done
"$folder/xml/bin/pip" install -q xmlschema lxml jinja2 regex hocr-spec hocr-tools-lib ocrmypdf numpy pillow shapely pypdf pdfminer.six
"$folder/ocrd/bin/pip" install -q ocrd
"$folder/detection/bin/pip" install -q pycocotools supervision
"$folder/labelme/bin/pip" install -q labelme
"$folder/label-studio/bin/pip" install -q label-studio-sdk
"$folder/tfrecord/bin/pip" install -q tfrecord==1.14.6
# The parsers of kraken, docTR and PPOCRLabel run without the heavy packages that these ask for.
"$folder/xml/bin/pip" install -q --no-deps kraken iso639-lang
"$folder/detection/bin/pip" install -q --no-deps python-doctr PPOCRLabel
"$folder/browser/bin/pip" install -q playwright # check_phone.py; the browser itself is Debian’s chromium
"$folder/service/bin/pip" install -q schemathesis # check_service.py
"$folder/scenes/bin/pip" install -q scenedetect-headless # benchmarks/video.py
