"""Model of the photo list: the photos that match the filter, in the chosen order."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any, Final

from PySide6.QtCore import QObject, QStringListModel, Qt

from ocr_studio.core.photo_list.rows import PhotoRow, PhotoState
from ocr_studio.core.translation import later, tr, tr_n
from ocr_studio.ui.photos.folder_model import FolderPhotos
from ocr_studio.ui.photos.thumbnails import ThumbnailLoader
from ocr_studio.ui.style import labels
from ocr_studio.ui.widgets.tables import Index

# Data roles: the whole row of a photo, and whether the photo is open.
ROW: Final = Qt.ItemDataRole.UserRole
OPEN: Final = Qt.ItemDataRole.UserRole + 1
STATES: Final = {
    PhotoState.UNREAD: (later("Not read"), "mdi6.circle-outline"),
    PhotoState.READ: (later("Read"), "mdi6.text-recognition"),
    PhotoState.PARTLY: (later("Partly checked"), "mdi6.circle-half-full"),
    PhotoState.REVIEWED: (later("Checked"), "mdi6.check-circle-outline"),
    PhotoState.FAILED: (later("Failed"), "mdi6.image-off-outline"),
}


def state_said(row: PhotoRow) -> str:
    """The state of a photo and the number of unchecked words, as a short text."""
    if row.state is PhotoState.PARTLY:
        return tr_n("Partly, {count} left", "Partly, {count} left", row.unreviewed)
    if row.state is PhotoState.READ and row.unreviewed:
        return tr_n("Read, {count} left", "Read, {count} left", row.unreviewed)
    return tr(STATES[row.state][0])


def state_said_shortly(row: PhotoRow) -> str:
    """The same, even shorter, for use beside an icon of the state."""
    if row.state in (PhotoState.PARTLY, PhotoState.READ) and row.unreviewed:
        return tr_n("{count} left", "{count} left", row.unreviewed)
    return tr(STATES[row.state][0])


def facts_said(row: PhotoRow) -> str:
    """The writer and the tags of a photo, as far as they are set."""
    return " · ".join(part for part in (row.writer, ", ".join(row.tags)) if part)


class PhotoListModel(QStringListModel):
    """Computes a row when it is painted, so that only visible rows cost time.

    A QStringListModel, as Qt then counts rows in C++; views ask for the number of rows several times per row.
    """

    def __init__(self, photos: FolderPhotos, pictures: ThumbnailLoader, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._photos, self._pictures = photos, pictures
        self._shown: list[int] = []
        self._places: dict[int, int] | None = None
        self._open = ""

    @property
    def shown(self) -> Sequence[int]:
        """The numbers of the photos, row by row."""
        return self._shown

    def show(self, numbers: list[int]) -> None:
        """Show these photos, in this order."""
        if numbers == self._shown:
            if numbers:
                self.dataChanged.emit(self.index(0), self.index(len(numbers) - 1))
            return
        self._shown, self._places = numbers, None
        rows = self._photos.rows
        self.setStringList([rows[number].name for number in numbers])

    def set_open(self, name: str) -> None:
        """Set the name of the open photo."""
        before, self._open = self._open, name
        self.tell(number for each in (before, name) if (number := self._photos.number(each)) is not None)

    def tell(self, numbers: Iterable[int]) -> None:
        """Repaint the rows of these photos."""
        for number in numbers:
            place = self.place(number)
            if place is not None:
                index = self.index(place)
                self.dataChanged.emit(index, index)

    def place(self, number: int) -> int | None:
        """The row of a photo, if it is shown."""
        if self._places is None:
            self._places = {number: place for place, number in enumerate(self._shown)}
        return self._places.get(number)

    def row(self, place: int) -> PhotoRow:
        """The data of the photo in this row."""
        return self._photos.rows[self._shown[place]]

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """The data of a row (Qt): name, thumbnail, state and so on."""
        if index.row() >= len(self._shown):  # while it is being refilled
            return None
        row = self.row(index.row())
        make = _SHOWN.get(role)
        if make is not None:
            return make(row)
        if role == OPEN:
            return row.name == self._open
        if role == Qt.ItemDataRole.DecorationRole:
            return self._pictures.get(row.name)
        if role == Qt.ItemDataRole.ToolTipRole:
            said = (labels.file_name(str(self._photos.folder / row.name)), state_said(row), facts_said(row), row.why)
            return labels.tooltip("\n".join(part for part in said if part))
        return None


_SHOWN: Final[dict[int, Callable[[PhotoRow], object]]] = {
    Qt.ItemDataRole.DisplayRole: lambda row: row.name,
    Qt.ItemDataRole.AccessibleTextRole: lambda row: ", ".join(
        part for part in (row.name, state_said(row), facts_said(row)) if part
    ),
    ROW: lambda row: row,
}
