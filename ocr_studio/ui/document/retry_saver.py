"""Saves small files such as settings at once, and retries where that fails."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from PySide6.QtCore import QObject, QTimer, Signal

from ocr_studio.core.errors import StudioError
from ocr_studio.core.translation import tr
from ocr_studio.ui.widgets.message_bar import MessageBar

# Milliseconds between attempts.
_AGAIN: Final = 3000


class RetrySaver(QObject):
    """Saves things, and retries what could not be saved. Of each thing only the latest version waits.

    Signals:
        failed(str): Something can't be saved, with a message for the user; once per thing until it is saved.
        saved(): Nothing waits any longer.
    """

    failed = Signal(str)
    saved = Signal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._waiting: dict[object, Callable[[], None]] = {}
        self._told: set[object] = set()
        self._clock = QTimer(self, interval=_AGAIN)
        self._clock.timeout.connect(self.retry)

    def save(self, what: object, save: Callable[[], None]) -> None:
        """Save a thing now, or later if that fails.

        Args:
            what: The thing; a newer version of it takes the place of one that waits.
            save: Saves it; raises StudioError where it can't.
        """
        try:
            save()
        except StudioError as error:
            self._waiting[what] = save
            self._clock.start()
            if what not in self._told:
                self._told.add(what)
                self.failed.emit(f"{error} {tr('Your choice is active; saving will be retried.')}")
            return
        self._told.discard(what)
        if self._waiting.pop(what, None) and not self._waiting:
            self._clock.stop()
            self.saved.emit()

    def retry(self) -> None:
        """Try to save everything that waits."""
        for what, save in tuple(self._waiting.items()):
            self.save(what, save)

    def is_waiting(self, what: object) -> bool:
        """Whether this thing is not saved yet."""
        return what in self._waiting


def connect_messages(saver: RetrySaver, messages: MessageBar) -> None:
    """Show messages about what can't be saved, and withdraw them once everything is saved."""
    shown: set[str] = set()

    def show(trouble: str) -> None:
        shown.add(trouble)
        messages.show_message(trouble)

    def withdraw() -> None:
        for trouble in shown:
            messages.withdraw(trouble)
        shown.clear()

    saver.failed.connect(show)
    saver.saved.connect(withdraw)
