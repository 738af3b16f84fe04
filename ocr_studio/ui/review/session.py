"""What the review queue does to words, as steps of the history that all photos share."""

from __future__ import annotations

import contextlib
from collections.abc import Mapping

from PySide6.QtCore import QObject, Signal

from ocr_studio.core.errors import StudioError
from ocr_studio.core.page import Page
from ocr_studio.core.project.undo_log import Step
from ocr_studio.core.review import queue as review_queue
from ocr_studio.core.review.queue import Place
from ocr_studio.core.translation import tr
from ocr_studio.ui.document import commands
from ocr_studio.ui.document.undo_history import History
from ocr_studio.ui.job_thread import Trouble


class ReviewSteps(QObject):
    """Signals: ``said(str)`` why nothing is done; ``failed(Trouble)``."""

    said = Signal(str)
    failed = Signal(object)

    def __init__(self, history: History, parent: QObject) -> None:
        super().__init__(parent)
        self._history = history
        self.doing = False  # what is heard of pages meanwhile is its own doing

    def do(self, step: Step) -> bool:
        """Do a step, of the page on the screen as of any other. Whether it could be done."""
        if step and self._history.pages is None:
            self.said.emit(tr(commands.READ_ONLY))
            return False
        self.doing = True
        try:
            self._history.push(step)
        except StudioError as error:
            self.failed.emit(Trouble(str(error)))
            return False
        finally:
            self.doing = False
        return True

    def write(self, texts: Mapping[Place, str]) -> None:
        """These texts were typed, but Enter was never pressed, and there is no later time for it. Words that are gone,
        or are of a project that is not open any more, are passed over.
        """
        if texts:
            self.do(review_queue.typed(texts, self._known))

    def _known(self, page_id: str) -> Page | None:
        with contextlib.suppress(StudioError):
            return self._history.page(page_id)
        return None

    def take_back(self) -> frozenset[Place]:
        """Undo the newest change, wherever it was made. The words that it was of."""
        step = self._history.newest
        if step is None:
            return frozenset()
        self._history.stack.undo()
        return frozenset((page, word) for page, edit in step.edits.items() for word in edit.changes)

    def do_again(self) -> None:
        """Do again what was taken back."""
        self._history.stack.redo()
