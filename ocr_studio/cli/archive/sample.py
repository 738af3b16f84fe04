"""The command ``ocr-studio archive sample``: copies photos of an archive with their words into a folder."""

from __future__ import annotations

import argparse
import contextlib
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from ocr_studio.cli.archive.arguments import address, number_up_to
from ocr_studio.cli.project import add_follow_links, places
from ocr_studio.cli.terminal.console import FAILED, GOOD, complain, given_path, stopping
from ocr_studio.cli.terminal.progress import Progress, clear_progress
from ocr_studio.core import paths, settings
from ocr_studio.core.archive import sample
from ocr_studio.core.archive.folder import ArchiveFolder
from ocr_studio.core.command_line import CommandParser, visible
from ocr_studio.core.errors import write_failed
from ocr_studio.core.project.project import Project
from ocr_studio.core.units import counted
from ocr_studio.jobs.archive import take_sample

_MOST_PHOTOS: Final = 1_000_000


def add_parser(actions: argparse._SubParsersAction[CommandParser]) -> None:
    """Add the arguments of the action."""
    parser = actions.add_parser(
        "sample",
        help="copy photos with their words into a folder, to correct them",
        description="Copy photos of an archive with their words into a folder, as a project that the window opens.",
        allow_abbrev=False,
    )
    parser.add_argument("archive", type=address, metavar="DIR", help="folder or address of the archive")
    parser.add_argument("--count", type=number_up_to(_MOST_PHOTOS), required=True, metavar="N", help="number of photos")
    parser.add_argument("--out", type=given_path, required=True, metavar="FOLDER", help="folder for the photos")
    parser.add_argument(
        "--order",
        choices=sample.ORDERS,
        default=sample.RANDOM,
        help="random photos, or those read with the least confidence; default: random",
    )
    parser.add_argument("--seed", type=int, default=0, metavar="N", help="random seed; default: 0")
    add_follow_links(parser)


def run_sample(options: argparse.Namespace) -> int:
    """Copy the photos and print how many there are. Returns the exit status; raises StudioError."""
    archive = ArchiveFolder(options.archive)
    copied = known = failed = 0
    photos = set[Path]()  # a photo that the archive has twice is copied once
    progress = Progress()
    progress.show("choosing photos")
    with stopping(lambda: f"{counted(copied, 'photo')} copied to {options.out}."):
        chosen = sample.choose_photos(archive, options.count, order=options.order, seed=options.seed)
        sample.check_target(archive, chosen, options.out)
        with _open_project(options) as project:
            for event in take_sample.take_sample(sample.read_rows(archive, chosen), project):
                if isinstance(event, take_sample.SampleFailed):
                    failed += 1
                    complain(event.error)
                    continue
                copied += 1
                known += event.known and event.photo not in photos
                photos.add(event.photo)
                progress.show("copying", copied, len(chosen), detail=f"photo {copied} of {len(chosen)}")
    clear_progress()
    copies = copied - len(photos)
    same = f"; {copies} more {'is a copy of another' if copies == 1 else 'are copies of others'}" if copies else ""
    print(f"{counted(len(photos), 'photo')} in {visible(str(options.out))}, {known} of them unchanged{same}")
    if copied + failed < options.count:
        complain(f"the archive has only {counted(copied + failed, 'photo')} with words")
    return FAILED if failed else GOOD


@contextlib.contextmanager
def _open_project(options: argparse.Namespace) -> Iterator[Project]:
    """Open the project in the folder for the photos, locked; both are created if they don't exist."""
    try:
        options.out.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise paths.describe_file_in_the_way(options.out) or write_failed(options.out, error) from error
    project = Project.open(options.out, **places(options, settings.load()))
    project.lock(create=True)
    try:
        yield project
    finally:
        project.unlock()
