"""The project that a command is about."""

from __future__ import annotations

from pathlib import Path

from ocr_studio.core import settings
from ocr_studio.core.errors import StudioError
from ocr_studio.core.project import Project


def known_project(path: Path) -> Project:
    """The project that the window would open there. Raises StudioError where nothing is known about its photos."""
    chosen = settings.load()
    project = Project.find(path, library=chosen.library(), prefer_library=chosen.keep == "library")
    if not project.exists:
        raise StudioError(
            "nothing is known about photos here yet",
            file=path,
            remedy="Open them in the window first, or use ocr-studio read.",
        )
    return project
