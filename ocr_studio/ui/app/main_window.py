"""The main window: places the photo, the panels and the bars, and connects their signals."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QEvent, QSize, Qt, Signal
from PySide6.QtGui import QCloseEvent, QKeyEvent, QResizeEvent
from PySide6.QtWidgets import QApplication, QStackedWidget, QVBoxLayout

from ocr_studio.core.translation import tr
from ocr_studio.jobs.photos.open_photo import PhotoOpened
from ocr_studio.ui.app import notifications
from ocr_studio.ui.app.assembly import AssembledWindow, Services
from ocr_studio.ui.app.empty_state import EmptyState
from ocr_studio.ui.app.notifications import OpeningMessages, SavingMessages
from ocr_studio.ui.canvas.tools import HINTS
from ocr_studio.ui.commands.spec import Where
from ocr_studio.ui.document import commands, retry_saver
from ocr_studio.ui.document.drop_target import DropHighlight, DropTarget
from ocr_studio.ui.document.undo_history import DocumentChange
from ocr_studio.ui.job_thread import Trouble
from ocr_studio.ui.menus.toolbar import RecentMenu, Toolbar
from ocr_studio.ui.style import labels
from ocr_studio.ui.widgets.message_bar import Severity

# Screen pixels: the window when it is opened for the first time, on a screen that is large enough.
_SIZE = QSize(1360, 860)


class MainWindow(AssembledWindow):
    """Photo in the middle, the folder's photos on the left, words on the right.

    Signals: ``settings_chosen(Settings)``; ``closing()`` the window is about to close.
    """

    settings_chosen = Signal(object)
    closing = Signal()

    def __init__(self, services: Services) -> None:
        super().__init__(services)
        self._services = services
        self._said_of_undo = ""
        self._opening_messages = OpeningMessages(services.opening, self.messages, self.status, self.photos)
        self._saving_messages = SavingMessages(services.autosave, services.document, self.messages, self.status)
        self.recent_menu = RecentMenu(self)
        self.empty = EmptyState(
            [self.action_set[key] for key in ("open", "open_folder", "paste_picture", "sample")],
            services.lanes.slow,
        )
        self._place()
        self._connect_document()
        self._connect_jobs()
        self._show_recent()
        self._show_document()

    def _place(self) -> None:
        self.setWindowTitle("OCR Studio")
        self._middle = QStackedWidget()
        self._middle.addWidget(self.empty)
        self._middle.addWidget(self.view)
        layout = QVBoxLayout(self.centre)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addWidget(self.messages)
        layout.addWidget(self._middle, 1)
        layout.addWidget(self.video_strip)
        self.layouts.focus_changed.connect(self._show_focus_mode)
        self.setCentralWidget(self.layouts.parts)
        self.drops = DropTarget(self, self._services.opening, DropHighlight(self.centre))
        self.layouts.parts.setFocusProxy(self.view)
        self._toolbar = Toolbar(self.action_set)
        self.addToolBar(self._toolbar)
        self.action_set.fill_menus(self.menuBar())
        self.action_set.menu("&File").insertMenu(self.action_set["paste_picture"], self.recent_menu)
        self.action_set.menu("&View").addSeparator()
        self.action_set.menu("&View").addAction(self.layouts.photos_action)
        for panel in self.panels:
            self.action_set.menu("&View").addAction(panel.toggleViewAction())
        self.setStatusBar(self.status)
        for widget in (self.view, self.table):
            self.action_set.offer_menu(widget)
        self.action_set.offer_menu(self.photos, Where.PHOTO_LIST)
        self.resize(_SIZE)

    def _show_focus_mode(self, focused: bool) -> None:
        self._toolbar.setVisible(not focused)
        self.action_set.refresh()

    def _connect_document(self) -> None:
        document, status = self._services.document, self.status
        document.opened.connect(self._show_document)
        document.changed.connect(self._show_count)
        self.view.reading_requested.connect(self._services.reading.read_changed)
        self.view.step_requested.connect(lambda step: commands.go(document, step))
        self.view.message.connect(status.show_hint)
        self.table.message.connect(status.show_hint)
        self.word_drafts.message.connect(status.say)
        self.view.zoom_changed.connect(lambda factor: status.show_zoom(factor * 100))
        self.photos.entered.connect(self.view.setFocus)
        self.photos.photo_chosen.connect(lambda path: self._services.opening.open_paths([path]))
        for recent in (self.empty.recent_chosen, self.recent_menu.chosen):
            recent.connect(lambda path: self._services.opening.open_paths([path]))
        self.clipboard.message.connect(status.say)
        self.clipboard.failed.connect(self.show_trouble)
        self.preferences.chosen.connect(self.settings_chosen)
        self.exporter.message.connect(status.say)
        self.importer.message.connect(status.say)
        self.exporter.failed.connect(self.show_trouble)
        self.printing.message.connect(status.say)
        self.screen_reading.failed.connect(self.show_trouble)
        self.video.message.connect(status.say)
        self.video.failed.connect(self.show_trouble)
        self.board_saving.message.connect(status.say)
        self.framing.message.connect(status.say)
        for part in (self.board_saving, self.board.looking, self.framing):
            part.failed.connect(self.show_trouble)

    def _connect_jobs(self) -> None:
        opening, reading, status = self._services.opening, self._services.reading, self.status
        opening.opened.connect(self._show_opened)
        opening.opened.connect(lambda event: self.trainer.follow(event.project))
        opening.listed.connect(self._show_folder)
        opening.failed.connect(self.show_trouble)
        opening.labels_given.connect(self.importer.ask)
        for part in (self.view, self.table):
            opening.leaving.connect(part.finish_editing)
            for saving in (self.exporter, self.importer, self.printing):
                saving.writing.connect(part.finish_editing)
            reading.progressed.connect(lambda *_, part=part: part.set_busy(True))
            reading.stopped.connect(lambda part=part: part.set_busy(False))
        opening.recent_changed.connect(self._show_recent)
        reading.progressed.connect(status.show_progress)
        reading.stopped.connect(status.reading_stopped)
        reading.finished.connect(status.say)
        self.correction_learning.learned.connect(status.say)
        self._services.document.changed.connect(self._clear_message)
        reading.failed.connect(self.show_trouble)
        opening.leaving.connect(reading.show_waiting_words)
        notifications.connect_evaluation(self._services.evaluator, opening, self.messages)
        notifications.connect_training(self._services.training, self.messages)
        notifications.connect_runtime(reading, self.messages)
        notifications.connect_profiles(reading, self.photos_panel.batch, self._services.document, self.messages)
        notifications.connect_several(opening, self.photos_panel, self.messages)
        notifications.connect_session(self.session, self.messages)
        retry_saver.connect_messages(opening.retry_saver, self.messages)
        self.trainer.reread.connect(self.action_set["read_unreviewed"].trigger)
        status.stop_requested.connect(reading.cancel)
        self.photos_panel.failed.connect(self.show_trouble)
        self.photos_panel.message.connect(status.say)
        self.photos_panel.counted.connect(status.show_photos)

    def _clear_message(self, change: DocumentChange) -> None:
        """Say what was undone or redone, in place of what was said of a step that is not done any more."""
        step = change.step
        if step is not None and not change.new and not step.series:  # of a series, it shows the progress
            said = tr("Undone: {step}", step=step.name) if change.undone else tr("Redone: {step}", step=step.name)
            self.status.say(said)
            self._said_of_undo = "" if change.here else said  # to be said when its photo is open

    def show_trouble(self, trouble: Trouble) -> None:
        """Show an error."""
        self.messages.show_message(trouble.message, Severity.ERROR, details=trouble.details)

    def retint(self) -> None:
        """Use the colours of the current theme."""
        self.action_set.retint()
        self.empty.retint()
        self.help.retint()
        self.side.retint()
        for panel in self.panels:
            panel.retint()
        self.status.retint()
        self.photos_panel.retint()
        self.messages.retint()
        self._show_recent()

    def _show_document(self) -> None:
        page = self._services.document.page
        self.status.clearMessage()
        if self._said_of_undo:
            self.status.say(self._said_of_undo)
            self._said_of_undo = ""
        self.layouts.set_photo(page is not None)
        self._middle.setCurrentWidget(self.view if page else self.empty)
        self.status.show_hint(tr(HINTS[self.view.tool]) if page else tr("Drop a photo anywhere in this window."))
        self._show_count()

    def _show_count(self) -> None:
        page, path = self._services.document.page, self._services.opening.path
        if page is None:
            return
        self.status.show_words(len(page.words), sum(word.checked for word in page.words.values()))
        if path is not None:
            self.photos.set_page(path, page)

    def _show_opened(self, event: PhotoOpened) -> None:
        self.setWindowTitle(labels.title(f"{labels.file_name(event.path.name)} – OCR Studio"))
        opening, stays = self._services.opening, self.photos.keeps_focus(event.path)
        self.photos.show_photos(opening.photos or (event.path,), event.path, event.project, opening.listing)
        self._saving_messages.show_state()
        self._show_count()
        reviews = self.review.isAncestorOf(QApplication.focusWidget() or self)  # and its next word is on this photo
        if not stays and not reviews:
            self.view.setFocus()

    def _show_folder(self, photos: tuple[Path, ...]) -> None:
        opening = self._services.opening
        self.photos.show_photos(photos, opening.path, opening.project, opening.listing)

    def _show_recent(self) -> None:
        recent = self._services.opening.recent
        for part in (self.empty, self.recent_menu):
            part.show_recent(recent.paths(), recent.opened())

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802
        """Fit the toolbar to the width of the window."""
        super().resizeEvent(event)
        self._toolbar.fit(self.width())

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802
        """Leave full screen with Esc, unless it has cancelled something else."""
        if event.key() == Qt.Key.Key_Escape and self.isFullScreen():
            self.action_set["full_screen"].trigger()
        else:
            super().keyPressEvent(event)

    def event(self, event: QEvent) -> bool:
        """Before a key looks for its action, update which actions are available."""
        if event.type() == QEvent.Type.ShortcutOverride:
            self.action_set.refresh_if_due()
        return super().event(event)

    def changeEvent(self, event: QEvent) -> None:  # noqa: N802
        """Show in the menu whether the window fills the screen."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.WindowStateChange:
            self.action_set.refresh()

    def closeEvent(self, event: QCloseEvent) -> None:  # noqa: N802
        """Close without asking, because everything is saved."""
        self.help.close()
        self.closing.emit()
        self.side.close_windows()  # once the layout is saved
        super().closeEvent(event)
