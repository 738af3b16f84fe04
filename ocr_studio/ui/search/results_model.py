"""The model of search results: their texts, and images of the visible ones."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, Final

from PySide6.QtCore import QAbstractListModel, Qt
from PySide6.QtGui import QPixmap
from PySide6.QtWidgets import QWidget

from ocr_studio.core.search.matching import Hit, MatchedSide
from ocr_studio.core.translation import tr
from ocr_studio.jobs.photos.word_pictures import PicturePlace
from ocr_studio.ui.style import labels
from ocr_studio.ui.widgets.tables import NOWHERE, Index
from ocr_studio.ui.words.word_pictures import WordPictures

# The hit as a whole.
HIT: Final = Qt.ItemDataRole.UserRole


class FindModel(QAbstractListModel):
    """The search results."""

    def __init__(self, pictures: WordPictures, view: QWidget) -> None:
        super().__init__(view)
        self._pictures, self._view = pictures, view
        self.hits: Sequence[Hit] = ()
        pictures.loaded.connect(self._show_picture)

    def show(self, hits: Sequence[Hit]) -> None:
        """Show these results."""
        self.beginResetModel()
        self.hits = hits
        self.endResetModel()

    def rowCount(self, parent: Index = NOWHERE) -> int:  # noqa: N802  (Qt's name)
        """Return the number of results."""
        return 0 if parent.isValid() else len(self.hits)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """Return what a card shows."""
        hit = self.hits[index.row()]
        shown: dict[int, Callable[[], object]] = {
            Qt.ItemDataRole.DisplayRole: lambda: labels.shortened(describe_hit(hit)),
            Qt.ItemDataRole.AccessibleTextRole: lambda: f"{describe_hit(hit)}, {_where(hit)}",
            Qt.ItemDataRole.ToolTipRole: lambda: labels.tooltip(f"{describe_hit(hit)}\n{_where(hit)}"),
            Qt.ItemDataRole.DecorationRole: lambda: self._picture(hit),
            HIT: lambda: hit,
        }
        return shown[role]() if role in shown else None

    def _picture(self, hit: Hit) -> QPixmap | None:
        return self._pictures.picture(hit.page_id, hit.image, hit.words[0].quad, self._view.devicePixelRatioF())

    def _show_picture(self, place: PicturePlace) -> None:
        for row, hit in enumerate(self.hits):
            if hit.page_id == place.page_id and hit.words[0].quad == place.quad:
                self.dataChanged.emit(self.index(row), self.index(row))


def describe_hit(hit: Hit) -> str:
    """The text of a result: what was found."""
    if hit.side is MatchedSide.CHOICE:
        read = " ".join(word.text for word in hit.words)
        return tr("{text} (alternative, read as {read})", text=hit.text, read=read)
    return hit.text


def _where(hit: Hit) -> str:
    return labels.file_name(hit.image)
