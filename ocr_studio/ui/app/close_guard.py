"""Closing the window never asks, but never loses changes silently either."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QEvent, QObject, Signal
from PySide6.QtWidgets import QWidget


class CloseGuard(QObject):
    """Keeps the window open the first time it is closed with changes that could not be saved.

    Closing it again closes it without saving. Signals: ``held()`` the window was kept open.
    """

    held = Signal()

    def __init__(self, window: QWidget, save: Callable[[], bool]) -> None:
        """Watch a window.

        Args:
            window: The window.
            save: Tries to save again, and returns whether everything is saved.
        """
        super().__init__(window)
        self._save = save
        self._told = False
        window.installEventFilter(self)

    def forget(self) -> None:
        """Everything is saved: keep the window open again for the next unsaved changes."""
        self._told = False

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802  (Qt's name)
        """Handle the window's close event before the window does."""
        if event.type() != QEvent.Type.Close:
            return super().eventFilter(watched, event)
        if self._save():
            self.forget()
        elif not self._told:
            self._told = True
            event.ignore()
            self.held.emit()
            return True
        return super().eventFilter(watched, event)
