"""The project that a command is about."""

from __future__ import annotations

import argparse
from pathlib import Path

from ocr_studio.core import settings
from ocr_studio.core.errors import StudioError
from ocr_studio.core.project.project import Project
from ocr_studio.core.project.project_errors import Places
from ocr_studio.core.settings import Settings


def add_follow_links(parser: argparse.ArgumentParser) -> None:
    """Let the user say that a project folder may be a link."""
    parser.add_argument(
        "--follow-links", action="store_true", help="open the project folder also where it is a symbolic link"
    )


def places(options: argparse.Namespace, chosen: Settings) -> Places:
    """Where to look for projects, by the settings and the options of a command."""
    return {
        "library": chosen.library(),
        "prefer_library": chosen.keep == "library",
        "follow_links": options.follow_links,
    }


def known_project(path: Path, options: argparse.Namespace) -> Project:
    """The project that the window would open there. Raises StudioError where nothing is known about its photos."""
    if _is_missing(path):
        raise StudioError("there is no such folder", file=path, remedy="Check the path.")
    project = Project.find(path, **places(options, settings.load()))
    if not project.exists:
        raise StudioError(
            "nothing is known about photos here yet",
            file=path,
            remedy="Read them first: ocr-studio read FOLDER --keep, or open them in the window.",
        )
    return project


def _is_missing(path: Path) -> bool:
    """Whether nothing is there; what may not be looked at is told otherwise."""
    try:
        path.stat()
    except (FileNotFoundError, NotADirectoryError, ValueError):
        return True
    except OSError:
        return False
    return False
