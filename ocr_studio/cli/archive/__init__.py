"""The command ``ocr-studio archive``: reads millions of photos into Parquet files, and takes samples of them."""

from __future__ import annotations

import argparse
from typing import Final

from ocr_studio.cli.archive.read import add_parser as add_read
from ocr_studio.cli.archive.read import run_read
from ocr_studio.cli.archive.sample import add_parser as add_sample
from ocr_studio.cli.archive.sample import run_sample
from ocr_studio.cli.terminal.console import command_parser
from ocr_studio.core import extras

_EPILOG: Final = """\
read SOURCE --out DIR reads all photos of a folder and the folders below it, of a text file with one path on each line
(- for standard input), or of an address that fsspec knows (s3://…, file://…). DIR gets one Parquet file for about 256
photos. Stopped or killed, the same command resumes: photos that are in DIR are not read again, except new and changed
ones. A photo that can’t be read becomes a row with an error.

sample DIR --count N --out FOLDER copies photos of an archive with their words into a folder, as a project that the
window opens. Corrected there, they make a dataset: see "ocr-studio dataset".

To find words, use "ocr-studio search QUERY --archive DIR". For more, see "ocr-studio help archive".

Exit status 0: all photos were read; 1: some could not be read; 2: incorrect usage; 130: stopped with Ctrl+C.
"""
_WORK: Final = {"read": run_read, "sample": run_sample}


def parser() -> argparse.ArgumentParser:
    """The arguments of the command."""
    made = command_parser("archive", "Read millions of photos into Parquet files, and take samples of them.", _EPILOG)
    actions = made.add_subparsers(dest="what", required=True, metavar="ACTION")
    add_read(actions)
    add_sample(actions)
    return made


def work(options: argparse.Namespace) -> int:
    """Run an action. Returns the exit status; raises StudioError."""
    extras.require("archive")
    return _WORK[options.what](options)
