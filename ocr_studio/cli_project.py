"""The project that a command is about."""

from __future__ import annotations

from pathlib import Path

from ocr_studio.core import settings
from ocr_studio.core.errors import StudioError
from ocr_studio.core.project import Project


def known_project(path: Path) -> Project:
    """The project that the window would open there. Raises StudioError where nothing is known about its photos."""
    if _is_missing(path):
        raise StudioError("there is no such folder", file=path, remedy="Check the path.")
    chosen = settings.load()
    project = Project.find(path, library=chosen.library(), prefer_library=chosen.keep == "library")
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
