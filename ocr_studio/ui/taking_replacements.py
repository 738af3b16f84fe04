"""Doing replacements that a person has ticked: one step of the history, however many photos they are on."""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence

from PySide6.QtCore import QObject, QTimer

from ocr_studio.core import replacing
from ocr_studio.core.errors import StudioError
from ocr_studio.core.history import Step
from ocr_studio.core.page import Edit
from ocr_studio.core.replacing import Replacement
from ocr_studio.core.translation import tr, tr_n
from ocr_studio.ui import wording
from ocr_studio.ui.document import Document
from ocr_studio.ui.replace_preview import ReplacePreview

# Pages that are read in one go; each takes a few milliseconds, in which the window stands still.
_AT_ONCE = 5


class TakingReplacements(QObject):
    """Lives with the dialog that it reports to. name: of the step, for the undo menu."""

    def __init__(self, document: Document, chosen: Sequence[Replacement], name: str, dialog: ReplacePreview) -> None:
        super().__init__(dialog)
        self._document, self._name, self._dialog = document, name, dialog
        pages: dict[str, list[Replacement]] = {}
        for each in chosen:
            pages.setdefault(each.page_id, []).append(each)
        self._waiting = deque(pages.items())
        self._edits: dict[str, Edit] = {}
        self._words = 0
        self._left: list[str] = []

    def go_on(self) -> None:
        """The next pages, until all are known; then all at once."""
        for _ in range(min(_AT_ONCE, len(self._waiting))):
            self._prepare(*self._waiting.popleft())
        if self._waiting:
            QTimer.singleShot(0, self, self.go_on)
            return
        try:
            if self._edits:
                self._document.history.push(Step(self._name, self._edits))
        except StudioError as error:
            self._words, self._edits = 0, {}
            self._left.append(str(error))
        self._dialog.show_taken(self._words, len(self._edits), self._left)

    def _prepare(self, page_id: str, wanted: list[Replacement]) -> None:
        name = wording.file_name(wanted[0].image)
        try:
            page = self._document.history.page(page_id)
        except StudioError as error:
            self._left.append(str(error))
            return
        if page is None:
            self._left.append(tr("{photo}: nothing is known of it any more.", photo=name))
            return
        edit, left = replacing.taken_over(page, wanted)
        if edit:
            self._edits[page_id] = Edit(self._name, edit.changes)
            self._words += len(wanted) - left
        if left:
            self._left.append(
                tr_n(
                    "{photo}: {count} word changed meanwhile and stayed as it is now.",
                    "{photo}: {count} words changed meanwhile and stayed as they are now.",
                    left,
                    photo=name,
                )
            )
