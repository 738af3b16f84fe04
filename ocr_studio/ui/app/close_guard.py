"""Closing never asks, and never loses anything silently."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QEvent, QObject, Signal
from PySide6.QtWidgets import QWidget


class CloseGuard(QObject):
    """Keeps a window open the first time it is closed with something that could not be saved.

    Signal: ``held()`` the window stays; closed once more, it goes.
    """

    held = Signal()

    def __init__(self, window: QWidget, save: Callable[[], bool]) -> None:
        """save: tries once more, and says whether all is saved."""
        super().__init__(window)
        self._save = save
        self._told = False
        window.installEventFilter(self)

    def forget(self) -> None:
        """All is saved: what is not saved from now on is another matter, and held anew."""
        self._told = False

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802  (Qt's name)
        """Look at the window's closing before the window does."""
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
