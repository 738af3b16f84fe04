"""Lists and tables whose rows lead somewhere."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QAbstractItemView

if TYPE_CHECKING:
    _View = QAbstractItemView
else:  # Qt's part comes from the list or table that this is mixed into
    _View = object


class ChosenByReturn(_View):
    """A click on a row or Return goes there; what a double-click does elsewhere differs from system to system."""

    chosen: ClassVar[Signal]

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802  (Qt's name)
        """Return goes to what the current row shows."""
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and self.currentIndex().isValid():
            self._choose(self.currentIndex().row())
        else:
            super().keyPressEvent(event)

    def _choose_clicked(self) -> None:
        self.clicked.connect(lambda index: self._choose(index.row()))

    def _choose(self, row: int) -> None:
        if things := self._behind(row):
            self.chosen.emit(*things)

    def _behind(self, row: int) -> tuple[object, ...]:
        """What ``chosen`` says of a row; nothing where it leads nowhere."""
        raise NotImplementedError
