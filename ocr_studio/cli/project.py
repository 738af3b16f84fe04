"""Finding the project that a command works on."""

from __future__ import annotations

import argparse
from pathlib import Path

from ocr_studio.cli.terminal.console import loading
from ocr_studio.core import paths, settings
from ocr_studio.core.errors import StudioError
from ocr_studio.core.project.project import Places, Project
from ocr_studio.core.settings import Settings


def add_follow_links(parser: argparse.ArgumentParser) -> None:
    """Add ``--follow-links``, which allows a project folder to be a symbolic link."""
    parser.add_argument("--follow-links", action="store_true", help="allow the project folder to be a symbolic link")


def places(options: argparse.Namespace, chosen: Settings) -> Places:
    """Return where to look for projects, according to the settings and the options of a command."""
    return {
        "library": chosen.library(),
        "prefer_library": chosen.keep == "library",
        "follow_links": options.follow_links,
    }


def known_project(path: Path, options: argparse.Namespace) -> Project:
    """Find the project that the window would open.

    Raises:
        StudioError: There is no project, no such folder, no photo in it, or the path is a file.
    """
    if _is_missing(path):
        raise StudioError("the folder does not exist", file=path, remedy="Check the path.")
    if paths.exists(path) and not paths.is_folder(path):
        raise StudioError(
            "this is a file, not a project or a folder of photos", file=path, remedy="Specify the folder it is in."
        )
    project = Project.find(path, **places(options, settings.load()))
    if not project.exists:
        with loading():
            from ocr_studio.core.images import photo_listing  # noqa: PLC0415  (loads Pillow, not needed otherwise)
        if not photo_listing.list_photos(project.photos):
            raise make_no_photos_error(path)
        raise StudioError(
            "no photos have been read here yet",
            file=path,
            remedy="Read them first with ocr-studio read FOLDER --keep, or in the window.",
        )
    return project


def make_no_photos_error(folder: Path) -> StudioError:
    """Return an error about a folder without photos."""
    return StudioError("no photos in this folder", file=folder, remedy="Choose another folder.")


def _is_missing(path: Path) -> bool:
    """Whether the path doesn't exist; a path that can't be accessed is reported elsewhere."""
    try:
        path.stat()
    except (FileNotFoundError, NotADirectoryError, ValueError):
        return True
    except OSError:
        return False
    return False
