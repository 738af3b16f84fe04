"""Datasets: pictures of words with what is written on them, made of what a person has checked.

    folder/
      manifest.json   format, layout, unit, alphabet, counts, how examples were held out, digest, models, pages
      labels.jsonl    {"crop", "text", "page", "image", "word", "quad", "checked", "by", "machine", "split", "writer"}
      crops/          a PNG for each, as the recognizer sees a word
      boxes.jsonl     {"photo", "page", "image", "width", "height", "words": [{"quad", "text", "ignore"}], "split"}
      photos/         a JPEG for each of these: photos of which every word is checked

``export`` writes one (a generator), ``read`` reads one, also of other programs' layouts (``LAYOUTS``);
``copy_dataset`` writes one that was read in another layout.
"""

from __future__ import annotations

from ocr_studio.core.dataset_files.layouts import LAYOUTS
from ocr_studio.core.dataset_files.values import (
    UNITS,
    BadCrop,
    BadDataset,
    CheckKind,
    Dataset,
    Example,
    MachineReading,
    Split,
    TruePhoto,
)
from ocr_studio.core.datasets.convert import ExampleCopied, copy_dataset
from ocr_studio.core.datasets.reader import is_dataset, read
from ocr_studio.core.datasets.report import REASONS, RULES, LeftOut, Reason, Report
from ocr_studio.core.datasets.writer import ExportOptions, PhotoCut, export

__all__ = (
    "LAYOUTS",
    "REASONS",
    "RULES",
    "UNITS",
    "BadCrop",
    "BadDataset",
    "CheckKind",
    "Dataset",
    "Example",
    "ExampleCopied",
    "ExportOptions",
    "LeftOut",
    "MachineReading",
    "PhotoCut",
    "Reason",
    "Report",
    "Split",
    "TruePhoto",
    "copy_dataset",
    "export",
    "is_dataset",
    "read",
)
