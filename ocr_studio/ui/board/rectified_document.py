"""The open page as the canvas shows it: as it is, or with its board rectified by a homography.

Edits and selections on the canvas are made on the page itself, in pixels of the photo.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QObject, Signal

from ocr_studio.core.geometry import quads as geometry
from ocr_studio.core.images import board_corners
from ocr_studio.core.images.pyramid import Pyramid
from ocr_studio.core.page import Edit, Page, Quad, Word, apply
from ocr_studio.core.reading_order import page_order
from ocr_studio.core.words import word_list
from ocr_studio.ui.document.document import Document
from ocr_studio.ui.document.undo_history import DocumentChange


@dataclass(frozen=True, slots=True, eq=False)
class ViewTransform:
    """The rectified view of a page.

    Attributes:
        picture: the image shown instead of the photo.
        matrix: (3, 3) homography from pixels of the photo to those of the image; see
        ``board_corners.transform_points``.
    """

    picture: Pyramid
    matrix: NDArray[np.float64]

    @property
    def size(self) -> tuple[int, int]:
        """Width and height of the image in pixels."""
        height, width = self.picture.level(0).shape[:2]
        return width, height

    @property
    def plain(self) -> bool:
        """Whether pixels of the image are pixels of the photo (identity matrix)."""
        return np.array_equal(self.matrix, np.eye(3))

    def same_places(self, other: ViewTransform | None) -> bool:
        """Whether another view has the same size and matrix."""
        return other is not None and self.size == other.size and np.array_equal(self.matrix, other.matrix)


class RectifiedDocument(QObject):
    """A ``ShownDocument`` for the canvas: the page of a document, with its words transformed to the rectified view.

    Words whose centre is outside the image are left out. An edit of this page becomes an edit of the real page: boxes
    that were changed are transformed back, all others stay exactly as they are.
    """

    opened = Signal()
    changed = Signal(object)
    selection_changed = Signal()
    picture_changed = Signal()

    def __init__(self, source: Document, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._source = source
        self._glass: ViewTransform | None = None
        self._back: NDArray[np.float64] = np.eye(3)
        self._shown: Page | None = None
        source.opened.connect(self._on_opened)
        source.photo_turned.connect(self._on_opened)
        source.changed.connect(self._on_change)
        source.selection_changed.connect(self.selection_changed)

    @property
    def glass(self) -> ViewTransform | None:
        """The rectified view; None if the page is shown as it is."""
        return self._glass

    def look_through(self, glass: ViewTransform | None) -> None:
        """Show the page in this view, or as it is."""
        before, self._glass = self._glass, glass
        if before is glass:
            return
        if glass is not None and glass.same_places(before):
            self.picture_changed.emit()
            return
        self._back = np.asarray(np.eye(3) if glass is None else np.linalg.inv(glass.matrix), dtype=np.float64)
        self._make()
        plain = (before is None or before.plain) and (glass is None or glass.plain)
        (self.picture_changed if plain else self.opened).emit()

    @property
    def beyond(self) -> int:
        """The number of words of the page outside the image."""
        real = self._source.page
        return len(real.words) - len(self._shown.words) if real and self._shown else 0

    @property
    def writable(self) -> bool:
        """Whether the page can be edited."""
        return self._source.writable

    @property
    def page(self) -> Page | None:
        """The page as it is shown."""
        return self._shown or self._source.page

    @property
    def image(self) -> NDArray[np.uint8] | None:
        """The image that is shown."""
        return self._glass.picture.level(0) if self._glass else self._source.image

    @property
    def pyramid(self) -> Pyramid | None:
        """The image pyramid of what is shown."""
        return self._glass.picture if self._glass else self._source.pyramid

    @property
    def selection(self) -> frozenset[str]:
        """Ids of the selected words, shown or not."""
        return self._source.selection

    @property
    def current(self) -> str | None:
        """Id of the current word, shown or not."""
        return self._source.current

    def word(self, word_id: str | None) -> Word | None:
        """The word with this id, if it is shown."""
        page = self.page
        return page.words.get(word_id) if page and word_id else None

    def placed(self, quad: Quad) -> Quad:
        """Transform a quad from pixels of the photo to pixels of the image."""
        return (board_corners.transform_quad(self._glass.matrix, quad) if self._glass else quad) or quad

    def selected_words(self) -> tuple[Word, ...]:
        """The selected words that are shown, in reading order."""
        return tuple(word for key in self.order() if key in self.selection and (word := self.word(key)))

    def order(self) -> tuple[str, ...]:
        """The shown words in the reading order of the page."""
        order = self._source.order()
        return tuple(key for key in order if key in self._shown.words) if self._shown else order

    def listed(self) -> tuple[str, ...]:
        """The shown words as they are listed beside the photo."""
        listed = self._source.listed()
        return tuple(key for key in listed if key in self._shown.words) if self._shown else listed

    def neighbour(self, step: int) -> str | None:
        """The next or previous word, as words are listed, skipping those that are not shown."""
        return word_list.find_neighbour(self.listed(), self.order(), self.current, step)

    def push(self, edit: Edit, *, join: str = "") -> None:
        """Do an edit of the shown page on the page itself."""
        self._source.push(self._real(edit), join=join)

    def select(self, ids: Iterable[str], *, current: str | None = None) -> None:
        """Select these words."""
        self._source.select(ids, current=current)

    def _real(self, edit: Edit) -> Edit:
        real = self._source.page
        if self._shown is None or real is None:
            return edit
        changes: dict[str, tuple[Word | None, Word | None]] = {}
        for key, (before, after) in edit.changes.items():
            was = real.words.get(key) if before else None
            if after is not None:
                same = before is not None and was is not None and before.quad == after.quad
                quad = was.quad if same and was else board_corners.transform_quad(self._back, after.quad)
                changes[key] = was, replace(after, quad=quad or (was.quad if was else after.quad))
            else:
                changes[key] = was, None
        order = edit.order and page_order.reorder_part(real, apply(self._shown, Edit("", order=edit.order)).order)
        return Edit(edit.name, changes, edit.facts, order)

    def _make(self) -> None:
        """Compute the page as it is shown."""
        real, self._shown = self._source.page, None
        if real is None or self._glass is None or self._glass.plain:
            return
        width, height = self._glass.size
        words = {key: seen for key, word in real.words.items() if (seen := self._to_view(word))}
        self._shown = replace(real, width=width, height=height, words=words)

    def _to_view(self, word: Word) -> Word | None:
        """The word in the rectified view; None if it is outside the image."""
        assert self._glass is not None
        quad: Quad | None = board_corners.transform_quad(self._glass.matrix, word.quad)
        if quad is None:
            return None
        x, y = geometry.find_centre(quad)
        width, height = self._glass.size
        return replace(word, quad=quad) if 0 <= x <= width and 0 <= y <= height else None

    def _on_opened(self) -> None:
        self._glass = self._shown = None
        self.opened.emit()

    def _on_change(self, change: DocumentChange) -> None:
        real = self._source.page
        if self._shown is not None and real is not None and change.here:
            words = dict(self._shown.words)
            for key in change.words:
                word = real.words.get(key)
                seen = self._to_view(word) if word else None
                if seen is None:
                    words.pop(key, None)
                else:
                    words[key] = seen
            self._shown = replace(self._shown, words=words, facts=real.facts, order=real.order, read_at=real.read_at)
        self.changed.emit(change)
