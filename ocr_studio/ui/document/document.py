"""The open page: its photo, its words, and what is selected."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QUndoStack

from ocr_studio.core.images.pyramid import Pyramid
from ocr_studio.core.page import Edit, Page, Quad, Word
from ocr_studio.core.project.undo_log import Step
from ocr_studio.core.reading_order import page_order
from ocr_studio.ui.document.undo_history import History


class Document(QObject):
    """The page on the screen. Everybody looks here and listens; every change goes through ``push``, or through
    ``history.push`` where it is one of several pages.

    Signals: ``opened`` another photo (or none) is on the screen; ``words_changed(frozenset of ids)`` words came, went
    or changed, in any way, undo included; ``selection_changed`` other words, or another current word;
    ``picture_changed`` the same page is shown by another picture of the same size.
    """

    opened = Signal()
    words_changed = Signal(object)
    selection_changed = Signal()
    picture_changed = Signal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.history = History(self, self)
        self._page: Page | None = None
        self._image: NDArray[np.uint8] | None = None
        self._pyramid: Pyramid | None = None
        self._selection: frozenset[str] = frozenset()
        self._current: str | None = None
        self._order: tuple[str, ...] | None = None
        self._writable = True
        self._unread = False  # as it was opened, the page had never been read
        self._read_at: str | None = None

    @property
    def undo_stack(self) -> QUndoStack:
        """The steps of the history, for menus and buttons."""
        return self.history.stack

    @property
    def writable(self) -> bool:
        """Whether the page may be changed; not so where another window has it."""
        return self._writable

    @property
    def page(self) -> Page | None:
        """The open page, or None in the empty state."""
        return self._page

    @property
    def image(self) -> NDArray[np.uint8] | None:
        """The upright photo, (H, W, 3) uint8 RGB, or None."""
        return self._image

    @property
    def pyramid(self) -> Pyramid | None:
        """The photo in halved sizes, for whoever shows it smaller than it is; or None."""
        return self._pyramid

    @property
    def selection(self) -> frozenset[str]:
        """Ids of the selected words."""
        return self._selection

    @property
    def current(self) -> str | None:
        """The one word that editing keys speak to; always a selected one."""
        return self._current

    def word(self, word_id: str | None) -> Word | None:
        """The word with this id, if the page has it."""
        return self._page.words.get(word_id) if self._page and word_id else None

    def placed(self, quad: Quad) -> Quad:
        """Where a place of the photo is on what is shown of it: the same place, unless it is looked at otherwise."""
        return quad

    def selected_words(self) -> tuple[Word, ...]:
        """The selected words in reading order."""
        words = self._page.words if self._page and self._selection else {}
        return tuple(words[key] for key in self.order() if key in self._selection) if words else ()

    def order(self) -> tuple[str, ...]:
        """Word ids in reading order."""
        if self._order is None:
            self._order = page_order.order(self._page) if self._page else ()
        return self._order

    def neighbour(self, step: int) -> str | None:
        """The word ``step`` places after the current one in reading order; None past either end."""
        return page_order.neighbour(self.order(), self._current, step)

    def open(
        self,
        page: Page | None,
        image: NDArray[np.uint8] | None,
        *,
        writable: bool = True,
        order: tuple[str, ...] | None = None,
    ) -> None:
        """Put a photo on the screen, or take it off with two Nones. A history of one page only starts anew.

        order: see ``order``, where it is known already.
        """
        if self.history.pages is None:
            self.history.begin(None)
        self._writable = writable
        self._page, self._image, self._order = page, image, order
        self._read_at = page.read_at if page else None
        self._unread = self._read_at is None
        self._pyramid = None if image is None else Pyramid(image)
        self._selection, self._current = frozenset(), None
        self.opened.emit()
        self.selection_changed.emit()

    def set_read_at(self, when: str) -> None:
        """Note that the page has been read; no edit, as there is nothing in it for a person to take back."""
        if self._page:
            self._page, self._read_at = replace(self._page, read_at=when), when
            self.words_changed.emit(frozenset())

    def push(self, edit: Edit, *, join: str = "") -> None:
        """Do an edit and put it into the history; nothing happens for an empty one.

        join: edits pushed in a row with the same non-empty mark become one step (a drag, a page read piece by piece).
        """
        if edit and not self._writable:
            # Views may have drawn the change already: they look again.
            self.words_changed.emit(frozenset(edit.changes))
        elif self._page:
            self.history.push(Step(edit.name, {self._page.id: edit}), join=join)

    def select(self, ids: Iterable[str], *, current: str | None = None) -> None:
        """Select these words. current: the one that keys speak to; if not given, the first in reading order."""
        known: Collection[str] = self._page.words if self._page else ()
        chosen = frozenset(key for key in ids if key in known)
        if current not in chosen:
            current = next((key for key in self.order() if key in chosen), None) if chosen else None
        if (chosen, current) != (self._selection, self._current):
            self._selection, self._current = chosen, current
            self.selection_changed.emit()

    def show(self, page: Page, edit: Edit, *, back: bool) -> None:
        """For the history: an edit has made the page so. back: by being taken back."""
        if back and self._unread and not page.words:
            # The reading itself has been taken back: opened again, the photo is one that nobody has read.
            page = replace(page, read_at=None)
        elif not back and page.words and page.read_at is None:
            page = replace(page, read_at=self._read_at)
        self._page = page
        if not page_order.keeps(edit):
            self._order = None
        self.words_changed.emit(frozenset(edit.changes))
        gone = {key for key, (_, after) in edit.changes.items() if after is None}
        if gone & self._selection:
            self.select(self._selection - gone, current=self._current)
