"""The pages of a project for its history: read from the disk, saved by the autosave."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from typing import Final, TypeVar

from PySide6.QtCore import QTimer

from ocr_studio.core.page import Page
from ocr_studio.core.project.project import Project
from ocr_studio.core.translation import later
from ocr_studio.ui.document.autosave import Autosave
from ocr_studio.ui.job_thread import JobThread

# So many pages may wait to be saved while more are changed by the hundred: they are all in memory.
_MOST: Final = 60
# Milliseconds until it is looked again whether they are saved.
_SOON: Final = 30
_Answer = TypeVar("_Answer")


class ProjectPages:
    """``history.Pages`` of a project. lane: where many pages are looked up."""

    def __init__(self, project: Project, autosave: Autosave, lane: JobThread) -> None:
        self.project = project
        self._autosave, self._lane = autosave, lane

    def page(self, page_id: str) -> Page | None:
        """A page as it is known now, or None. Raises StudioError where it cannot be read."""
        return self.project.load_page(page_id, aside=False)

    def keep(self, page: Page) -> None:
        """A page has changed: it is saved in a moment."""
        self._autosave.keep(self.project, page)

    def look_up(
        self, work: Callable[[], _Answer], then: Callable[[_Answer], None], wrong: Callable[[str], None]
    ) -> None:
        """Do work that asks for many pages in the background, once little waits to be saved; then tell its answer, or
        what is wrong. Where pages cannot be saved it waits until they can.
        """
        if self._autosave.waiting > _MOST:
            QTimer.singleShot(_SOON, self._lane, lambda: self.look_up(work, then, wrong))
            return

        def look() -> Iterator[_Answer]:
            yield work()

        job = self._lane.submit(look, name=later("Looking up pages"))
        job.came.connect(then)
        job.failed.connect(lambda trouble: wrong(trouble.message))

    def tell(self, lines: bytes) -> None:
        """Add lines to the history's file in a moment."""
        self._autosave.tell(self.project, lines)

    def together(self) -> AbstractContextManager[None]:
        """While it lasts, what is kept and told is one: it is saved whole or not at all."""
        return self._autosave.together()
