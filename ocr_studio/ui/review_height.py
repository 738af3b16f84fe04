"""Sees to it that the picture of a word keeps a height at which the word can be judged."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import QEvent, QObject, Qt, Signal
from PySide6.QtWidgets import QApplication, QWidget

# Pixels more than it needs at least that a panel takes, where that is no more than this share of the window's height.
_COMFORT: Final = 130
_SHARE: Final = 0.55


class ReviewHeight(QObject):
    """The height of a panel: a window that was small for a while takes from it, and Qt never gives that back. Once a
    person has dragged its edge, it is as high as they want it.

    Signals: ``wanted()`` there may be room for more now.
    """

    wanted = Signal()

    def __init__(self, panel: QWidget) -> None:
        super().__init__(panel)
        self._panel, self._dragged = panel, False
        self._of = 0  # the window's height when the panel got its own
        panel.installEventFilter(self)

    def comfortable(self, least: int) -> int:
        """How high the panel is to be that needs so much at least."""
        share = round(self._panel.window().height() * _SHARE)
        return least if self._dragged else max(least, min(least + _COMFORT, share))

    def guard(self, window: QWidget) -> None:
        """Look how large this window is that the panel is in."""
        window.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802  (Qt's name)
        """The panel, or the window, has another size."""
        if event.type() == QEvent.Type.Resize:
            if watched is not self._panel:
                self.wanted.emit()
            else:
                before, self._of = self._of, self._panel.window().height()
                held = bool(QApplication.mouseButtons() & Qt.MouseButton.LeftButton)
                self._dragged |= held and before == self._of
        return super().eventFilter(watched, event)
