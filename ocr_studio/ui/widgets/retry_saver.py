"""Small things that a person has chosen, like settings: saved at once, and where that fails, as soon as it can be."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from PySide6.QtCore import QObject, QTimer, Signal

from ocr_studio.core.errors import StudioError
from ocr_studio.core.translation import tr
from ocr_studio.ui.widgets.message_bar import MessageBar

# Milliseconds until it is tried again.
_AGAIN: Final = 3000


class Keeping(QObject):
    """What could not be saved waits here; of each thing only the latest.

    Signals: ``failed(str)`` it cannot be saved, one line for a person, once until it is; ``saved()`` nothing waits any
    more.
    """

    failed = Signal(str)
    saved = Signal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._waiting: dict[object, Callable[[], None]] = {}
        self._told: set[object] = set()
        self._clock = QTimer(self, interval=_AGAIN)
        self._clock.timeout.connect(self.retry)

    def keep(self, what: object, save: Callable[[], None]) -> None:
        """Save it. what: the thing, so that a newer one takes its place; save: raises StudioError where it cannot."""
        try:
            save()
        except StudioError as error:
            self._waiting[what] = save
            self._clock.start()
            if what not in self._told:
                self._told.add(what)
                self.failed.emit(f"{error} {tr('It counts as you have chosen, and saving it is tried again.')}")
            return
        self._told.discard(what)
        if self._waiting.pop(what, None) and not self._waiting:
            self._clock.stop()
            self.saved.emit()

    def retry(self) -> None:
        """Try once more."""
        for what, save in tuple(self._waiting.items()):
            self.keep(what, save)

    def waits(self, what: object) -> bool:
        """Whether it is not saved yet."""
        return what in self._waiting


def tell(keeping: Keeping, messages: MessageBar) -> None:
    """From now on say in the window what cannot be saved, until it is."""
    shown: set[str] = set()

    def show(trouble: str) -> None:
        shown.add(trouble)
        messages.show_message(trouble)

    def withdraw() -> None:
        for trouble in shown:
            messages.withdraw(trouble)
        shown.clear()

    keeping.failed.connect(show)
    keeping.saved.connect(withdraw)
