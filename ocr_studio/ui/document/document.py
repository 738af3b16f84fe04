"""The open page: its photo, its words, and what is selected."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from typing import Protocol

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QObject, Signal, SignalInstance
from PySide6.QtGui import QUndoStack

from ocr_studio.core.images.pyramid import Pyramid
from ocr_studio.core.page import Edit, Page, PhotoFrame, Quad, Word
from ocr_studio.core.project.undo_log import Step
from ocr_studio.core.reading_order import page_order
from ocr_studio.core.words import word_list
from ocr_studio.jobs.photos import frame_photo
from ocr_studio.jobs.photos.frame_photo import FramedPhoto
from ocr_studio.ui.document.undo_history import DocumentChange, History

# Of an undo that changed more words than this, none is selected.
_MOST_SHOWN = 50


class ShownDocument(Protocol):
    """A page as views show and edit it: ``Document`` is the page itself, the board view shows it rectified."""

    @property
    def opened(self) -> SignalInstance:
        """Signal: another photo, or none, is open."""

    @property
    def changed(self) -> SignalInstance:
        """Signal with a ``DocumentChange``: what an edit, an undo or a redo has changed, on this page or others."""

    @property
    def selection_changed(self) -> SignalInstance:
        """Signal: the selection or the current word is another one."""

    @property
    def picture_changed(self) -> SignalInstance:
        """Signal: the same page is shown with another image of the same size."""

    @property
    def writable(self) -> bool:
        """Whether the page may be changed; False if it is open in another window."""

    @property
    def page(self) -> Page | None:
        """The page as it is shown, or None if no photo is open."""

    @property
    def image(self) -> NDArray[np.uint8] | None:
        """The image that is shown, (H, W, 3) uint8 RGB, or None."""

    @property
    def pyramid(self) -> Pyramid | None:
        """The image pyramid of the image, for showing it at smaller sizes; or None."""

    @property
    def selection(self) -> frozenset[str]:
        """Ids of the selected words."""

    @property
    def current(self) -> str | None:
        """The id of the word that editing keys apply to; always a selected one."""

    def word(self, word_id: str | None) -> Word | None:
        """Return the word with this id, or None."""

    def placed(self, quad: Quad) -> Quad:
        """Map a quad of the photo to the shown image."""

    def selected_words(self) -> tuple[Word, ...]:
        """Return the selected words in reading order."""

    def order(self) -> tuple[str, ...]:
        """Return the ids of all words in reading order."""

    def listed(self) -> tuple[str, ...]:
        """Return the ids of the words as they are listed beside the photo, in reading order unless sorted otherwise."""

    def neighbour(self, step: int) -> str | None:
        """Return the id of the word ``step`` rows after the current one, as words are listed; None past either end."""

    def push(self, edit: Edit, *, join: str = "") -> None:
        """Apply an edit of the shown page and add it to the history. Does nothing for an empty one.

        Args:
            edit: The edit.
            join: Consecutive edits with the same non-empty value become one step, for example those of a drag.
        """

    def select(self, ids: Iterable[str], *, current: str | None = None) -> None:
        """Select words.

        Args:
            ids: Their ids; unknown ones are ignored.
            current: The word that editing keys apply to; by default the first one in reading order.
        """


class Document(QObject):
    """The open page. Views read it and follow its signals.

    Every change goes through ``push``, or through ``history.push`` for changes to several pages.

    Signals: ``opened`` another photo (or none) is open; ``changed(DocumentChange)`` an edit, an undo or a redo has
    changed this page or others; ``selection_changed`` the selection or the current word is another one;
    ``picture_changed`` the same page is shown with another image of the same size; ``photo_turned`` the photo of the
    same page is turned otherwise, before ``changed`` tells what else has changed with that.
    """

    opened = Signal()
    photo_turned = Signal()
    changed = Signal(object)
    selection_changed = Signal()
    picture_changed = Signal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.history = History(self, self)
        self._page: Page | None = None
        self._photo: NDArray[np.uint8] | None = None  # as its file has it
        self._image: NDArray[np.uint8] | None = None
        self._pyramid: Pyramid | None = None
        self._framed: dict[PhotoFrame | None, FramedPhoto] = {}  # the open photo, turned and cropped otherwise
        self._selection: frozenset[str] = frozenset()
        self._current: str | None = None
        self._order: tuple[str, ...] | None = None
        self._listed: tuple[str, ...] | None = None
        self._expected: tuple[Mapping[str, Word], tuple[str, ...]] = {}, ()
        self._writable = True
        self._keeps_image = False  # while pages are turned and cropped
        self._outdated = False  # the image isn't turned and cropped as the page says
        self._undone: tuple[str, frozenset[str]] = "", frozenset()  # words of a page that is about to be opened
        self._unread = False  # the page had never been read when it was opened
        self._read_at: str | None = None

    @property
    def undo_stack(self) -> QUndoStack:
        """The undo stack, for menus and buttons."""
        return self.history.stack

    @property
    def writable(self) -> bool:
        """Whether the page may be changed; False if it is open in another window."""
        return self._writable

    @property
    def page(self) -> Page | None:
        """The open page, or None if no photo is open."""
        return self._page

    @property
    def image(self) -> NDArray[np.uint8] | None:
        """The upright photo, turned as the page says, (H, W, 3) uint8 RGB, or None."""
        return self._image

    @property
    def photo(self) -> NDArray[np.uint8] | None:
        """The upright photo as its file has it, (H, W, 3) uint8 RGB, or None."""
        return self._photo

    @property
    def pyramid(self) -> Pyramid | None:
        """The image pyramid of the photo, for showing it at smaller sizes; or None."""
        return self._pyramid

    @property
    def selection(self) -> frozenset[str]:
        """Ids of the selected words."""
        return self._selection

    @property
    def current(self) -> str | None:
        """The id of the word that editing keys apply to; always a selected one."""
        return self._current

    def word(self, word_id: str | None) -> Word | None:
        """Return the word with this id, or None."""
        return self._page.words.get(word_id) if self._page and word_id else None

    def placed(self, quad: Quad) -> Quad:
        """Map a quad of the photo to the shown image: the same quad, as the photo itself is shown."""
        return quad

    def selected_words(self) -> tuple[Word, ...]:
        """Return the selected words in reading order."""
        words = self._page.words if self._page and self._selection else {}
        return tuple(words[key] for key in self.order() if key in self._selection) if words else ()

    def order(self) -> tuple[str, ...]:
        """Return the ids of all words in reading order."""
        if self._order is None:
            self._order = self._find_order(self._page) if self._page else ()
        return self._order

    def expect_order(self, words: Iterable[Word], order: tuple[str, ...]) -> None:
        """Take over a reading order that was computed in another thread, as it takes longer than a frame.

        It is used only while the page has exactly these words.

        Args:
            words: The words.
            order: Their ids in reading order.
        """
        self._expected = {word.id: word for word in words}, order

    def _find_order(self, page: Page) -> tuple[str, ...]:
        words, order = self._expected
        if page.words == words and not page_order.is_kept(page):
            return order
        return page_order.order_words(page)

    def listed(self) -> tuple[str, ...]:
        """Return the ids of the words as they are listed beside the photo, in reading order unless sorted otherwise."""
        if self._listed is None or self._page is None:
            return self.order()
        return tuple(word_id for word_id in self._listed if word_id in self._page.words)

    def set_listed(self, ids: Iterable[str] | None) -> None:
        """Set how words are listed beside the photo: sorted or filtered, or None for all of them in reading order."""
        self._listed = None if ids is None else tuple(ids)

    def neighbour(self, step: int) -> str | None:
        """Return the id of the word ``step`` rows after the current one, as words are listed; None past either end."""
        return word_list.find_neighbour(self.listed(), self.order(), self._current, step)

    def open(
        self,
        page: Page | None,
        image: NDArray[np.uint8] | None,
        *,
        photo: NDArray[np.uint8] | None = None,
        writable: bool = True,
        order: tuple[str, ...] | None = None,
        pyramid: Pyramid | None = None,
    ) -> None:
        """Open a photo, or close it. A history of one page only is cleared.

        Args:
            page: The page, or None to close the photo.
            image: The upright photo, turned as the page says, (H, W, 3) uint8 RGB, or None.
            photo: The upright photo as its file has it, if that differs.
            writable: Whether the page may be changed.
            order: Word ids in reading order, if known already.
            pyramid: Smaller sizes of the image, if made already.
        """
        if self.history.pages is None:
            self.history.begin(None)
        self._writable = writable
        self._page, self._image, self._order = page, image, order
        self._photo = image if photo is None else photo
        self._expected = {}, ()
        self._read_at = page.read_at if page else None
        self._unread = self._read_at is None
        self._pyramid = None if image is None else pyramid or Pyramid(image)
        self._framed, self._outdated = {}, False
        self._selection, self._current = frozenset(), None
        self.opened.emit()
        self.selection_changed.emit()
        (undone, words), self._undone = self._undone, ("", frozenset())
        if words and page is not None and page.id == undone:
            self.select(words)

    def set_read_at(self, when: str) -> None:
        """Set when the page was read. This is not an edit, because there is nothing in it to undo."""
        if self._page:
            self._read_at = when
            self.history.save(replace(self._page, read_at=when))

    def push(self, edit: Edit, *, join: str = "", amend: bool = False, automatic: bool = False) -> None:
        """Apply an edit and add it to the history. Does nothing for an empty one.

        Args:
            edit: The edit.
            join: Consecutive edits with the same non-empty value become one step, for example those of a drag.
            amend: Whether the edit becomes a part of the newest step if that changed the same page, as it follows
                from it and is undone with it.
            automatic: Whether the program made the edit, and not the user.
        """
        if edit and not self._writable:
            # Views may have drawn the change already, so they have to update.
            self.changed.emit(DocumentChange(here=True, words=frozenset(edit.changes)))
        elif self._page:
            self.history.push(Step(edit.name, {self._page.id: edit}), join=join, amend=amend, automatic=automatic)

    def select(self, ids: Iterable[str], *, current: str | None = None) -> None:
        """Select words.

        Args:
            ids: Their ids; unknown ones are ignored.
            current: The word that editing keys apply to; by default the first one in reading order.
        """
        known: Collection[str] = self._page.words if self._page else ()
        chosen = frozenset(key for key in ids if key in known)
        if current not in chosen:
            current = next((key for key in self.order() if key in chosen), None) if chosen else None
        if (chosen, current) != (self._selection, self._current):
            self._selection, self._current = chosen, current
            self.selection_changed.emit()

    def show(self, change: DocumentChange) -> None:
        """Show what a change has made of the page, and tell everyone of the change. Called by the history."""
        page, before = change.after.get(self._page.id) if self._page else None, self._page
        edit = change.step.edits.get(page.id) if page and change.step else None
        if page is not None:
            if change.undone and self._unread and not page.words:
                # The reading itself was undone, so the photo counts as not read.
                page = replace(page, read_at=None)
            elif not change.undone and page.words and page.read_at is None:
                page = replace(page, read_at=self._read_at)
            self._page = page
            words = frozenset(edit.changes) if edit else frozenset()
            change = replace(change, after={**change.after, page.id: page}, here=True, words=words)
        if edit and not page_order.keeps_order(edit):
            self._order = None
        if page and before and page.facts.frame != before.facts.frame and self._photo is not None:
            if self._keeps_image:
                self._outdated = True
            else:
                self._use_frame(before.facts.frame, page.facts.frame, self._photo)
            self.photo_turned.emit()
        self.changed.emit(change)
        gone = {key for key, (_, after) in edit.changes.items() if after is None} if edit else set()
        if gone & self._selection:
            self.select(self._selection - gone, current=self._current)
        if change.step is not None and not change.new and not change.step.series:
            self._go_to_undone(change.step)

    def has_framed(self, frame: PhotoFrame | None) -> bool:
        """Whether the open photo can be turned and cropped like this at once."""
        return frame in self._framed

    def prepare_framed(self, framed: FramedPhoto) -> None:
        """Keep the open photo turned and cropped, for a change that is about to be made."""
        self._framed[framed.frame] = framed

    @contextmanager
    def keep_image(self) -> Iterator[None]:
        """Within this context, the photo is not turned and cropped with its page, as it is about to be closed."""
        self._keeps_image = True
        try:
            yield
        finally:
            self._keeps_image = False

    def frame_again(self) -> None:
        """Turn and crop the photo after ``keep_image``, because it stays open."""
        if self._outdated and self._page is not None and self._photo is not None:
            framed = frame_photo.frame_photo(self._photo, self._page.facts.frame)
            self._image, self._pyramid, self._framed = framed.image, framed.pyramid, {}
            self._outdated = False
            self.photo_turned.emit()

    def _use_frame(self, before: PhotoFrame | None, after: PhotoFrame | None, photo: NDArray[np.uint8]) -> None:
        """Turn and crop the open photo. As it was before is kept for undoing it; more would take too much memory."""
        framed = self._framed.get(after) or frame_photo.frame_photo(photo, after)
        self._framed = {}
        if self._image is not None and self._pyramid is not None:
            self._framed[before] = FramedPhoto(before, self._image, self._pyramid)
        self._image, self._pyramid = framed.image, framed.pyramid

    def _go_to_undone(self, step: Step) -> None:
        """Select the words that an undo or a redo has changed, here or on the page that is opened for that."""
        here = self._page.id if self._page else ""
        page_id = here if here in step.edits else next(iter(step.edits))
        pairs = step.edits[page_id].changes.items()
        # What the machine learned from the change is undone with it, but is not its place.
        words = frozenset(
            key
            for key, (before, after) in pairs
            if after is not None and (before is None or replace(before, machine=after.machine) != after)
        )
        if len(words) > _MOST_SHOWN:
            words = frozenset()
        if page_id != here:
            self._undone = page_id, words
        elif words:
            self.select(words)
