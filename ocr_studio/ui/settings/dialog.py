"""The settings dialog: changes take effect at once, and each page can be reset to its defaults."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from PySide6.QtCore import QEvent, QObject, Qt, QTimer, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import (
    QDialog,
    QDialogButtonBox,
    QLineEdit,
    QPushButton,
    QTabWidget,
    QVBoxLayout,
    QWidget,
)

from ocr_studio.core.settings import Settings
from ocr_studio.core.translation import tr
from ocr_studio.ui.commands.spec import ActionSpec
from ocr_studio.ui.settings.general_page import GeneralPage
from ocr_studio.ui.settings.keys_page import KeysPage
from ocr_studio.ui.settings.page import SettingsChange, SettingsPage
from ocr_studio.ui.settings.reading_page import ReadingPage, TryDetection
from ocr_studio.ui.widgets.plain_label import PlainLabel

# Milliseconds without a change, after which the changes of a slow page are applied.
_REST = 350


class SettingsDialog(QDialog):
    """Settings on pages, with a search field above them.

    Signals:
        chosen(Settings): A setting was changed.
        restart_requested(): The window should be created again with the changed settings.
    """

    chosen = Signal(object)
    restart_requested = Signal()

    def __init__(
        self,
        current: Callable[[], Settings],
        try_detection: TryDetection,
        actions: tuple[ActionSpec[Any], ...],
        parent: QWidget | None = None,
    ) -> None:
        """Show the settings; ``try_detection`` opens the dialog of text detection."""
        super().__init__(parent)
        self.setWindowTitle(tr("Settings"))
        self._current = current
        self._changes: list[SettingsChange] = []
        self._rest = QTimer(self, singleShot=True, interval=_REST)
        self._rest.timeout.connect(self.flush)
        settings = current()
        self.general = GeneralPage(settings)
        self.reading = ReadingPage(settings, try_detection)
        self.keys = KeysPage(settings, actions)
        self.pages = QTabWidget()
        self.pages.setDocumentMode(True)
        for page in (self.general, self.reading, self.keys):
            self.pages.addTab(page, page.title)
            page.changed.connect(lambda change, page=page: self._on_change(page, change))
        self.line = QLineEdit()
        self.line.setPlaceholderText(tr("Search settings"))
        self.line.setAccessibleName(tr("Search settings"))
        self.line.setClearButtonEnabled(True)
        self.line.textChanged.connect(self._find)
        self.line.installEventFilter(self)
        self.status = PlainLabel()
        self.status.setProperty("quiet", True)
        self.status.hide()
        self.general.anew.wanted.connect(self._go_for_new)
        self.buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close)
        self.buttons.rejected.connect(self.reject)
        self.reset = QPushButton(tr("Restore de&faults"))
        self.reset.setToolTip(tr("Reset all settings on this page to their defaults"))
        self.buttons.addButton(self.reset, QDialogButtonBox.ButtonRole.ResetRole)
        self.reset.clicked.connect(self._reset)
        self._place()
        for button in self.findChildren(QPushButton):
            button.setAutoDefault(False)  # Enter searches, or finishes typing
        self.resize(self.sizeHint().boundedTo(self.screen().availableSize() * 0.94))
        self.pages.currentChanged.connect(self._offer_reset)
        self._offer_reset()

    def flush(self) -> None:
        """Apply pending changes now."""
        self._rest.stop()
        now = self._current()
        changes, self._changes = self._changes, []
        then = now
        for change in changes:
            then = change(then)
        if then != now:
            self.chosen.emit(then)
        self._offer_reset()

    def go_to(self, page: str, setting: str = "") -> None:
        """Show a page, "general", "reading" or "keys", and highlight a setting on it."""
        self.pages.setCurrentWidget(getattr(self, page))
        if setting:
            self._page.show_row(setting)

    def done(self, result: int) -> None:
        """Apply pending changes and close."""
        self.general.flush()
        self.flush()
        super().done(result)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802  (Qt's name)
        """Let Enter and Down go to the first result."""
        going = (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Down)
        if isinstance(event, QKeyEvent) and event.type() == QEvent.Type.KeyPress and event.key() in going:
            self._page.go_to_found()
            return True
        return super().eventFilter(watched, event)

    @property
    def _page(self) -> SettingsPage:
        page = self.pages.currentWidget()
        assert isinstance(page, SettingsPage)
        return page

    def _place(self) -> None:
        layout = QVBoxLayout(self)
        layout.setContentsMargins(24, 18, 24, 18)
        layout.setSpacing(12)
        for widget in (self.line, self.status, self.pages, self.buttons):
            layout.addWidget(widget)
        layout.setStretchFactor(self.pages, 1)

    def _on_change(self, page: SettingsPage, change: SettingsChange) -> None:
        self._changes.append(change)
        if page.slow:
            self._rest.start()
        else:
            self.flush()

    def _find(self) -> None:
        typed = self.line.text()
        found = self._find_on_pages(typed, slips=False)
        if not any(found):
            # Typos only now: among this many words they would match settings that were not meant.
            found = self._find_on_pages(typed, slips=True)
        if any(found) and not found[self.pages.currentIndex()]:
            self.pages.setCurrentIndex(next(index for index, count in enumerate(found) if count))
        nothing = bool(typed.strip()) and not any(found)
        self.status.setText(tr("No matching settings") if nothing else "")
        self.status.setVisible(nothing)

    def _find_on_pages(self, typed: str, *, slips: bool) -> list[int]:
        """Search the pages and show the number of results on their tabs. Returns these numbers."""
        counts: list[int] = []
        for index, page in enumerate((self.general, self.reading, self.keys)):
            counts.append(page.look_for(typed, slips=slips))
            self.pages.setTabText(index, f"{page.title} ({counts[-1]})" if counts[-1] else page.title)
        return counts

    def _go_for_new(self) -> None:
        self.accept()
        self.restart_requested.emit()

    def _reset(self) -> None:
        self.flush()
        page, then = self._page, self._page.defaults(self._current())
        page.show_settings(then)
        if then != self._current():
            self.chosen.emit(then)
        self._offer_reset()
        self._find()

    def _offer_reset(self) -> None:
        now = self._current()
        self.reset.setEnabled(bool(self._changes) or self._page.defaults(now) != now)
