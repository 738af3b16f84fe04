"""The command ``ocr-studio export``: writes the texts or cleaned boards of photos to files."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Final

from ocr_studio.cli.project import add_follow_links, known_project
from ocr_studio.cli.terminal.console import (
    FAILED,
    GOOD,
    MISUSED,
    add_format,
    add_overwrite,
    command_parser,
    complain,
    given_path,
    loading,
    print_written,
    stopping,
)
from ocr_studio.cli.terminal.passwords import PasswordPrompt, add_password_file
from ocr_studio.cli.terminal.progress import Progress
from ocr_studio.core import settings
from ocr_studio.core.command_line import visible
from ocr_studio.core.formats import CLEANED, FORMATS
from ocr_studio.core.formats.content import describe_losses
from ocr_studio.core.formats.output_folder import OutputFolder
from ocr_studio.core.images import page_paths
from ocr_studio.core.units import counted

_EPILOG: Final = """\
Texts can be exported once photos have been read in the window or with "ocr-studio read FOLDER --keep". Each photo that
is skipped is named on standard error, with the reason.

CSV is for spreadsheets, which treat a cell that begins with = + - or @ (full-width ones included) as a formula. Such a
text gets an apostrophe in front: "-Create" becomes "'-Create". A program that reads the file should remove one
apostrophe from texts in which only apostrophes and spaces come before one of these characters. Within a text, an
apostrophe is also inserted after a semicolon before one of them. JSON has every text unchanged. For more, see
"ocr-studio help export".

Exit status 0: all photos were exported; 1: some were skipped or could not be exported; 2: incorrect usage.
"""


def parser() -> argparse.ArgumentParser:
    """The arguments of the command."""
    made = command_parser(
        "export",
        "Export the photos of a project, one file for each, corrections included.",
        _EPILOG,
    )
    made.add_argument(
        "project", type=given_path, metavar="PROJECT", help="project folder, or folder of photos that has one"
    )
    about = "format of the files; cleaned: PNG images of the boards as the board view shows them"
    add_format(made, about, (*FORMATS, CLEANED), required=True)
    made.add_argument("--out", type=given_path, metavar="DIR", required=True, help="folder to write the files to")
    made.add_argument(
        "--one-file", action="store_true", help="write one file for all photos; the format must allow it, as PDF does"
    )
    add_password_file(made)
    add_follow_links(made)
    add_overwrite(made)
    return made


def work(options: argparse.Namespace) -> int:
    """Export the photos. Returns the exit status; raises StudioError."""
    with loading():
        from ocr_studio.jobs.formats import export_photos as job  # noqa: PLC0415  (--help does not need them)
        from ocr_studio.jobs.formats import planned_files  # noqa: PLC0415
    if options.one_file and not planned_files.goes_together(options.format, one_file=True):
        complain(f"--one-file can’t be used with --format {options.format}, which writes one file for each photo")
        return MISUSED
    project = known_project(options.project, options)
    asked = job.PhotoExportOptions(options.format, options.one_file, tuple(settings.load().languages))
    out = OutputFolder(options.out, overwrite=options.overwrite)
    photos = job.list_all(project)
    prompt = PasswordPrompt(options.password_file)
    locked = frozenset[Path]()
    if options.format == CLEANED or FORMATS[options.format].embeds_photo:
        locked = prompt.unlock_all(project.photos / photo.image for photo in photos)
    written, files, progress = 0, set[str](), Progress()
    told = set[str]()  # a file that can't be written is told for each of its photos
    lost: job.ContentLost | None = None
    with stopping(lambda: f"{written} of {counted(len(photos), 'photo')} written to {out.path}."):
        for event in job.export_photos(project, photos, out, asked):
            if isinstance(event, job.ExportProgress):
                progress.show("exporting", event.done, event.total, detail=f"photo {event.done + 1} of {event.total}")
            elif isinstance(event, job.PhotoWritten):
                written += 1
                files.add(event.file)
            elif isinstance(event, job.ContentLost):
                lost = event
            elif page_paths.find_page(project.photos / event.image).file not in locked and (
                (error := str(event.error)) not in told
            ):
                told.add(error)
                complain(event.error)
    print_written(len(files), written, len(photos), out)
    if lost:
        print(visible(describe_losses(FORMATS[options.format].title, lost.counts)))
    return GOOD if written == len(photos) else FAILED
