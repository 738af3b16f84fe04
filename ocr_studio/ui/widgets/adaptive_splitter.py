"""A splitter whose parts are side by side in a wide panel, and one above the other in a narrow one."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QSplitter, QWidget

# Screen pixels: from this width on, parts are side by side; and the least height of a part otherwise.
WIDE: Final = 760
_LEAST_HEIGHT: Final = 140


class AdaptiveSplitter(QSplitter):
    """A splitter that turns with its width; each part keeps its share."""

    def __init__(self) -> None:
        super().__init__()
        self.setChildrenCollapsible(False)
        self._shares: list[int] = []

    def add(self, part: QWidget, least: int, share: int) -> None:
        """Add a part with its minimum width in pixels and its share of the width or height."""
        part.setMinimumWidth(least)
        self.addWidget(part)
        self._shares.append(share)
        self.setSizes(self._shares)

    def minimumSizeHint(self) -> QSize:  # noqa: N802  (Qt's name)
        """As narrow as the widest part, because the parts can be one above the other."""
        parts = [part for part in map(self.widget, range(self.count())) if part is not None and not part.isHidden()]
        widths = [max(part.minimumWidth(), part.minimumSizeHint().width()) for part in parts]
        heights = [max(part.minimumHeight(), part.minimumSizeHint().height()) for part in parts]
        if self.orientation() == Qt.Orientation.Horizontal:
            return QSize(max(widths, default=0), max(heights, default=0))
        return QSize(max(widths, default=0), sum(max(height, _LEAST_HEIGHT) for height in heights))

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802
        """Turn where the width asks for it."""
        ways = Qt.Orientation
        wanted = ways.Horizontal if event.size().width() >= WIDE else ways.Vertical
        if wanted != self.orientation():
            self.setOrientation(wanted)
            self.setSizes(self._shares)
            self.updateGeometry()
        super().resizeEvent(event)
