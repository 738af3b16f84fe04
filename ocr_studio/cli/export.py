"""The command ``ocr-studio export``: writes the texts or cleaned boards of photos to files."""

from __future__ import annotations

import argparse
import os
from collections.abc import Callable
from functools import partial
from typing import Final, TypeAlias

from ocr_studio.cli.console import (
    FAILED,
    GOOD,
    add_overwrite,
    command_parser,
    complain,
    given_path,
    loading,
    print_written,
    written,
)
from ocr_studio.cli.project import add_follow_links, known_project
from ocr_studio.core.errors import StudioError
from ocr_studio.core.files.natural_order import make_natural_key
from ocr_studio.core.formats import FORMATS
from ocr_studio.core.formats.file_names import output_names
from ocr_studio.core.formats.output_folder import OutputFolder
from ocr_studio.core.page import Page
from ocr_studio.core.project.project import Project

# The format that is an image.
_CLEANED: Final = "cleaned"
_PNG: Final = ".png"
_Renderer: TypeAlias = Callable[[Project, Page], bytes | str]
_EPILOG: Final = """\
Photos can be exported once they have been read in the window or with "ocr-studio read FOLDER --keep".

CSV is for spreadsheets, which treat a cell that begins with = + - or @ (full-width ones included) as a formula. Such a
text gets an apostrophe in front: "-Create" becomes "'-Create". A program that reads the file should remove one
apostrophe from texts in which only apostrophes and spaces come before one of these characters. Within a text, an
apostrophe is also inserted after a semicolon before one of them. JSON has every text unchanged. For more, see
"ocr-studio help export".

Exit status 0: all photos were exported; 1: some could not be exported; 2: incorrect usage.
"""


def parser() -> argparse.ArgumentParser:
    """What can be asked."""
    made = command_parser(
        "export",
        "Export the photos of a project, one file for each, corrections included.",
        _EPILOG,
    )
    made.add_argument(
        "project", type=given_path, metavar="PROJECT", help="project folder, or folder of photos that has one"
    )
    made.add_argument(
        "--format",
        choices=(*FORMATS, _CLEANED),
        required=True,
        help="format of the files; cleaned: PNG images of the boards as the board view shows them",
    )
    made.add_argument("--out", type=given_path, metavar="DIR", required=True, help="folder to write the files to")
    add_follow_links(made)
    add_overwrite(made)
    return made


def work(options: argparse.Namespace) -> int:
    """Export the photos. Returns the exit status; raises StudioError."""
    project = known_project(options.project, options)
    cleaned = options.format == _CLEANED
    if cleaned and os.path.realpath(options.out) == os.path.realpath(project.photos):
        raise StudioError("the photos are in this folder", file=options.out, remedy="Choose another folder for --out.")
    out = OutputFolder(options.out, overwrite=options.overwrite)
    suffix = f" cleaned{_PNG}" if cleaned else FORMATS[options.format].suffix
    known = project.summaries()
    found = sorted(known, key=lambda key: (make_natural_key(known[key].image), key))
    names = output_names([known[key].image for key in found], suffix)
    files = dict(zip(found, names, strict=True))
    render = _choose_renderer(options.format)
    # Pages without a summary are damaged: exporting them reports why.
    done = [
        _exported(project, key, partial(written, out, files.get(key, key)), render)
        for key in (*found, *sorted(set(project.page_ids()) - set(found)))
    ]
    print_written(sum(done), len(done), out)
    return GOOD if all(done) else FAILED


def _choose_renderer(kind: str) -> _Renderer:
    """Return what makes the file of a page."""
    if kind != _CLEANED:
        return lambda _, page: FORMATS[kind].render([page])
    with loading():
        from ocr_studio.jobs.photos import clean_board  # noqa: PLC0415  (loads OpenCV, which texts do not need)
    return clean_board.encode_page


def _exported(project: Project, page_id: str, write: Callable[[bytes | str], bool], render: _Renderer) -> bool:
    """Export a page. Returns whether it succeeded; prints the error if not."""
    try:
        page = project.load_page(page_id, aside=False)
        return page is None or write(render(project, page))
    except StudioError as error:
        complain(error)
        return False
