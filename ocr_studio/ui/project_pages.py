"""The pages of a project for its history: read from the disk, saved by the autosave."""

from __future__ import annotations

from ocr_studio.core.page import Page
from ocr_studio.core.project import Project
from ocr_studio.ui.autosave import Autosave


class ProjectPages:
    """``history.Pages`` of a project."""

    def __init__(self, project: Project, autosave: Autosave) -> None:
        self.project = project
        self._autosave = autosave

    def page(self, page_id: str) -> Page | None:
        """A page as it is known now, or None. Raises StudioError where it cannot be read."""
        return self.project.load_page(page_id, aside=False)

    def keep(self, page: Page) -> None:
        """A page has changed: it is saved in a moment."""
        self._autosave.keep(self.project, page)

    def tell(self, lines: bytes) -> None:
        """Add lines to the history's file in a moment."""
        self._autosave.tell(self.project, lines)
