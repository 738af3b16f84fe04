"""Access to the pages of a project for its undo history."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from typing import Final, TypeVar

from PySide6.QtCore import QTimer

from ocr_studio.core.page import Page
from ocr_studio.core.project.project import Project
from ocr_studio.core.translation import later
from ocr_studio.ui.document.autosave import Autosave
from ocr_studio.ui.job_thread import JobThread, Priority

# Pages that may wait to be saved while hundreds are changed, because they are all in memory.
_MOST: Final = 60
# Milliseconds between checks whether they are saved.
_SOON: Final = 30
_Answer = TypeVar("_Answer")


class ProjectPages:
    """``undo_history.Pages`` of a project: loads pages from the disk and saves them with the autosave.

    Args:
        project: The project.
        autosave: Saves changed pages.
        lane: Thread in which many pages are loaded.
    """

    def __init__(self, project: Project, autosave: Autosave, lane: JobThread) -> None:
        self.project = project
        self._autosave, self._lane = autosave, lane

    def page(self, page_id: str) -> Page | None:
        """Return a page as it is saved now, or None.

        Raises:
            StudioError: It can't be read.
        """
        return self.project.load_page(page_id, aside=False)

    def keep(self, page: Page) -> None:
        """Save a changed page in a moment."""
        self._autosave.keep(self.project, page)

    def look_up(
        self, work: Callable[[], _Answer], then: Callable[[_Answer], None], wrong: Callable[[str], None]
    ) -> None:
        """Run work that needs many pages in the background, as soon as few pages wait to be saved.

        Args:
            work: The work.
            then: Called with its result.
            wrong: Called with a message if it fails.
        """
        if self._autosave.waiting > _MOST:
            QTimer.singleShot(_SOON, self._lane, lambda: self.look_up(work, then, wrong))
            return

        def look() -> Iterator[_Answer]:
            yield work()

        job = self._lane.submit(look, name=later("Loading pages"), priority=Priority.URGENT)
        job.came.connect(then)
        job.failed.connect(lambda trouble: wrong(trouble.message))

    def tell(self, lines: bytes) -> None:
        """Add lines to the undo log in a moment."""
        self._autosave.tell(self.project, lines)

    def together(self) -> AbstractContextManager[None]:
        """Within this context, pages and lines belong together: they are saved completely or not at all."""
        return self._autosave.together()
