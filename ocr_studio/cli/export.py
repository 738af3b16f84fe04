"""``ocr-studio export``: what is known about photos, as files for others."""

from __future__ import annotations

import argparse
import os
from collections.abc import Callable
from functools import partial
from typing import Final

from ocr_studio.cli.console import FAILED, GOOD, add_overwrite, command_parser, complain, given_path, written
from ocr_studio.cli.project import add_follow_links, known_project
from ocr_studio.core.errors import StudioError
from ocr_studio.core.formats import FORMATS
from ocr_studio.core.formats.file_names import output_names
from ocr_studio.core.formats.output_folder import OutputFolder
from ocr_studio.core.images import photo_file
from ocr_studio.core.page import BoardLook
from ocr_studio.core.project.project import Project
from ocr_studio.jobs.photos import clean_board

# The format that is no text.
_CLEANED: Final = "cleaned"
_PNG: Final = ".png"
_EPILOG: Final = """\
Photos are known once they were read in the window, or by "ocr-studio read FOLDER --keep".

CSV is for spreadsheets, and these take a cell for a formula that begins with = + - or @, full-width ones included: such
a text gets an apostrophe in front, "-Create" becomes "'-Create". A program that reads it takes one apostrophe away from
texts in which nothing but apostrophes and spaces comes before one of these signs. JSON has each text as it stands. OCR
Studio itself reads no CSV.
"""


def parser() -> argparse.ArgumentParser:
    """What can be asked."""
    made = command_parser(
        "export",
        "Write what is known about the photos of a project, one file for each, corrections included.",
        _EPILOG,
    )
    made.add_argument(
        "project", type=given_path, metavar="PROJECT", help="project folder, or folder of photos that has one"
    )
    made.add_argument(
        "--format",
        choices=(*FORMATS, _CLEANED),
        required=True,
        help="format of the files; cleaned: pictures of the boards as the board view shows them, as PNG",
    )
    made.add_argument("--out", type=given_path, metavar="DIR", required=True, help="folder to write them to")
    add_follow_links(made)
    add_overwrite(made)
    return made


def work(options: argparse.Namespace) -> int:
    """Write what is known. Returns the exit status; raises StudioError."""
    project = known_project(options.project, options)
    cleaned = options.format == _CLEANED
    if cleaned and os.path.realpath(options.out) == os.path.realpath(project.photos):
        raise StudioError("the photos are in this folder", file=options.out, remedy="Choose another one for --out.")
    out = OutputFolder(options.out, overwrite=options.overwrite)
    suffix = f" cleaned{_PNG}" if cleaned else FORMATS[options.format].suffix
    known = project.summaries()
    found = sorted(known, key=lambda key: (photo_file.natural_key(known[key].image), key))
    names = output_names([known[key].image for key in found], suffix)
    files = dict(zip(found, names, strict=True))
    done = [
        _exported(project, key, partial(written, out, files.get(key, key)), options.format)
        for key in (*found, *sorted(set(project.page_ids()) - set(found)))  # the latter say what is wrong with them
    ]
    return GOOD if all(done) else FAILED


def _exported(project: Project, page_id: str, write: Callable[[bytes | str], bool], kind: str) -> bool:
    """Write what is known of a page; whether that went well."""
    try:
        page = project.load_page(page_id, aside=False)
        if page is None:
            return True
        if kind != _CLEANED:
            return write(FORMATS[kind].render([page]))
        photo = photo_file.open_photo(project.photo(page))
        return write(clean_board.encoded(photo, page.facts.board or BoardLook(), _PNG))
    except StudioError as error:
        complain(error)
        return False
