"""Closing the window never asks, but never loses changes silently either."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QEvent, QObject, Signal
from PySide6.QtWidgets import QWidget


class CloseGuard(QObject):
    """Keeps the window open the first time it is closed with changes that could not be saved.

    Closing it again closes it without saving. Signals: ``close_prevented()`` the window was kept open.
    """

    close_prevented = Signal()

    def __init__(self, window: QWidget, save: Callable[[], bool]) -> None:
        """Watch a window.

        Args:
            window: The window.
            save: Tries to save again, and returns whether everything is saved.
        """
        super().__init__(window)
        self._save = save
        self._warned = False
        window.installEventFilter(self)

    def reset(self) -> None:
        """Everything is saved: keep the window open again for the next unsaved changes."""
        self._warned = False

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802  (Qt's name)
        """Handle the window's close event before the window does."""
        if event.type() != QEvent.Type.Close:
            return super().eventFilter(watched, event)
        if self._save():
            self.reset()
        elif not self._warned:
            self._warned = True
            event.ignore()
            self.close_prevented.emit()
            return True
        return super().eventFilter(watched, event)
