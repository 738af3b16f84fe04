"""Keeps the place of the window, its layout and its lists, also for the case that the program is killed."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import QEvent, QObject, QTimer
from PySide6.QtWidgets import QWidget

from ocr_studio.ui.app import window_state
from ocr_studio.ui.app.list_state import ListState
from ocr_studio.ui.app.window_layout import WindowLayout

# Milliseconds between two saves; this much is lost when the program is killed.
_EVERY: Final = 1500
_MOVED: Final = (QEvent.Type.Move, QEvent.Type.Resize, QEvent.Type.WindowStateChange)


class StateKeeper(QObject):
    """Saves the state of the window soon after it has changed, and when the window is closed."""

    def __init__(self, window: QWidget, layouts: WindowLayout, lists: ListState) -> None:
        """Save nothing before ``restore``."""
        super().__init__(window)
        self._window, self._layouts, self._lists = window, layouts, lists
        self._written: dict[str, object] = {}
        self._soon = QTimer(self, singleShot=True, interval=_EVERY)
        self._soon.timeout.connect(self._write)

    def restore(self) -> None:
        """Use what was saved, and save what changes from now on."""
        saved = window_state.restore(self._window)
        self._layouts.restore(saved.get("layout", {}))
        self._lists.restore(saved.get("lists", {}))
        self._layouts.changed.connect(self._note)
        self._lists.changed.connect(self._note)
        self._window.installEventFilter(self)

    def save(self) -> None:
        """Save everything, as the window is closed."""
        self._soon.stop()
        window_state.save(self._describe())

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802  (Qt's name)
        """Follow the place of the window."""
        if watched is self._window and event.type() in _MOVED:
            self._note()
        return super().eventFilter(watched, event)

    def _note(self) -> None:
        # The timer is not restarted by each change, so that it ends while the user drags an edge, too.
        if self._window.isVisible() and not self._soon.isActive():
            self._soon.start()

    def _write(self) -> None:
        now = self._describe()
        # In the window's thread, while the user works: the disk is not waited for.
        if now != self._written and window_state.save(now, flush=False):
            self._written = now

    def _describe(self) -> dict[str, object]:
        return window_state.describe(self._window, {"layout": self._layouts.saved(), "lists": self._lists.saved()})
