"""The main window: places docks and connects signals, nothing else."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from PySide6.QtCore import QPoint, QSize, Qt, Signal
from PySide6.QtGui import QCloseEvent, QDragEnterEvent, QDragLeaveEvent, QDropEvent, QResizeEvent
from PySide6.QtWidgets import QDockWidget, QMainWindow, QStackedWidget, QToolBar, QVBoxLayout, QWidget

from ocr_studio.jobs.opening import PhotoOpened
from ocr_studio.ui import evaluation_news, learning_news, operations, wording
from ocr_studio.ui.about_dialog import AboutDialog
from ocr_studio.ui.action_set import ActionSet
from ocr_studio.ui.alternatives import Alternatives
from ocr_studio.ui.autosave import Autosave
from ocr_studio.ui.choosing import Choosing
from ocr_studio.ui.clipping import Clipping
from ocr_studio.ui.document import Document
from ocr_studio.ui.empty_state import EmptyState
from ocr_studio.ui.evaluating import Evaluating
from ocr_studio.ui.evaluation_dock import EvaluationDock
from ocr_studio.ui.exporting import Exporting
from ocr_studio.ui.job_thread import JobThread, Trouble
from ocr_studio.ui.kept_news import KeptNews
from ocr_studio.ui.message_bar import MessageBar, Severity
from ocr_studio.ui.mistake_places import MistakePlaces
from ocr_studio.ui.opening import Opening
from ocr_studio.ui.opening_news import OpeningNews
from ocr_studio.ui.page_list import PageList
from ocr_studio.ui.parts import Dialogs, Parts
from ocr_studio.ui.photo_asking import PhotoAsking
from ocr_studio.ui.photo_view import PhotoView
from ocr_studio.ui.reading import Reading
from ocr_studio.ui.status import Status
from ocr_studio.ui.tools import HINTS
from ocr_studio.ui.trainer_panel import TrainerPanel
from ocr_studio.ui.training import Training
from ocr_studio.ui.word_table import WordTable

# In a window narrower than this the lists would leave the photo less than half of it.
_NARROW = 1200


@dataclass(frozen=True, slots=True)
class Backstage:
    """What works behind the window."""

    document: Document
    opening: Opening
    reading: Reading
    evaluating: Evaluating
    training: Training
    autosave: Autosave
    pictures: JobThread


class MainWindow(QMainWindow):
    """Photo in the middle, the folder's photos on the left, words on the right.

    Signals: ``settings_chosen(Settings)``; ``closing()`` the window is about to go.
    """

    settings_chosen = Signal(object)
    closing = Signal()

    def __init__(self, stage: Backstage) -> None:
        super().__init__()
        self._stage = stage
        document = stage.document
        self.messages = MessageBar()
        self.view = PhotoView(document)
        self.table = WordTable(document)
        self.alternatives = Alternatives(document)
        self.photos = PageList(stage.pictures)
        self.status = Status()
        self.exporting = Exporting(document, stage.opening, stage.pictures, self)
        self.clipping = Clipping(document, stage.opening)
        self._news = OpeningNews(stage.opening, self.messages, self.status, self.photos)
        self.choosing = Choosing(document, stage.reading, lambda: stage.opening.settings, self)
        self.choosing.chosen.connect(self.settings_chosen)
        self.evaluation = EvaluationDock(stage.evaluating, MistakePlaces(document, self.view, stage.opening))
        self.trainer = TrainerPanel(stage.training, document, MistakePlaces(document, self.view, stage.opening))
        self._kept = KeptNews(stage.autosave, document, self.messages, self.status)
        self.asking = asking = PhotoAsking(stage.opening, self)
        dialogs = Dialogs(asking.ask_photo, asking.ask_folder, self.show_about, self.close)
        parts = Parts(
            document, self.view, self.table, self.photos, stage.opening, stage.reading, self.exporting, self.clipping,
            self.choosing, stage.evaluating, stage.training, self.trainer, dialogs, self.status.say,
        )  # fmt: skip
        self.action_set = ActionSet(parts, self)
        self.empty = EmptyState([self.action_set[key] for key in ("open", "open_folder", "paste_picture", "sample")])
        self._place()
        self._connect_document()
        self._connect_jobs()
        self._show_recent()
        self._show_document()

    def _place(self) -> None:
        self.setWindowTitle("OCR Studio")
        self.setAcceptDrops(True)
        self._middle = QStackedWidget()
        self._middle.addWidget(self.empty)
        self._middle.addWidget(self.view)
        centre = QWidget()
        layout = QVBoxLayout(centre)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addWidget(self.messages)
        layout.addWidget(self._middle, 1)
        # In a small window the lists give way, not the photo.
        centre.setMinimumWidth(300)
        self.setCentralWidget(centre)
        words = QWidget()
        words.setMinimumWidth(220)
        layout = QVBoxLayout(words)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addWidget(self.table, 1)
        layout.addWidget(self.alternatives)
        # Closable neither: the table is always in sight, and what cannot go cannot be lost.
        # Not called words, as each box may hold a line.
        self._words_dock = self._dock("Writing", words, Qt.DockWidgetArea.RightDockWidgetArea, closable=False)
        self._words_dock.setObjectName("words")
        self._photos_dock = self._dock("Photos", self.photos, Qt.DockWidgetArea.LeftDockWidgetArea, closable=True)
        self._toolbar = QToolBar("Toolbar", movable=False, iconSize=QSize(20, 20))
        self._toolbar.setObjectName("toolbar")
        self._toolbar.setContextMenuPolicy(Qt.ContextMenuPolicy.PreventContextMenu)
        self.addToolBar(self._toolbar)
        self.action_set.fill_toolbar(self._toolbar)
        for key in ("open", "read_page", "copy_all", "learn"):
            button = self._toolbar.widgetForAction(self.action_set[key])
            button.setProperty("toolButtonStyle", Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        self.action_set.fill_menus(self.menuBar())
        self.recent_menu = self.action_set.menu("&File").addMenu("&Recent")
        self.action_set.menu("&File").insertMenu(self.action_set["paste_picture"], self.recent_menu)
        self.action_set.menu("&View").addSeparator()
        for below in (self.evaluation, self.trainer):
            self.addDockWidget(Qt.DockWidgetArea.BottomDockWidgetArea, below)
        self.tabifyDockWidget(self.evaluation, self.trainer)
        for dock in (self._photos_dock, self.evaluation, self.trainer):
            self.action_set.menu("&View").addAction(dock.toggleViewAction())
        self.setStatusBar(self.status)
        for widget in (self.view, self.table):
            widget.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
            widget.customContextMenuRequested.connect(self._popup(widget))
        self.resize(1360, 860)

    def _dock(self, title: str, widget: QWidget, area: Qt.DockWidgetArea, *, closable: bool) -> QDockWidget:
        dock = QDockWidget(title)
        dock.setObjectName(title.lower())
        features = QDockWidget.DockWidgetFeature.DockWidgetMovable
        dock.setFeatures(features | QDockWidget.DockWidgetFeature.DockWidgetClosable if closable else features)
        dock.setWidget(widget)
        self.addDockWidget(area, dock)
        return dock

    def _connect_document(self) -> None:
        document, status = self._stage.document, self.status
        document.opened.connect(self._show_document)
        document.words_changed.connect(self._show_count)
        self.view.word_drawn.connect(self._stage.reading.read_drawn)
        self.view.step_requested.connect(lambda step: operations.go(document, step))
        self.view.message.connect(status.show_hint)
        self.view.zoom_changed.connect(lambda factor: status.show_zoom(factor * 100))
        self.photos.photo_chosen.connect(lambda path: self._stage.opening.open_paths([path]))
        self.empty.recent_chosen.connect(lambda path: self._stage.opening.open_paths([path]))
        self.clipping.said.connect(status.say)
        self.exporting.said.connect(status.say)
        self.exporting.failed.connect(self.show_trouble)

    def _connect_jobs(self) -> None:
        opening, reading, status = self._stage.opening, self._stage.reading, self.status
        opening.opened.connect(self._show_opened)
        opening.opened.connect(lambda event: self.trainer.follow(event.project))
        opening.listed.connect(self._show_folder)
        opening.failed.connect(self.show_trouble)
        for part in (self.view, self.table):
            opening.leaving.connect(part.finish_editing)
            self.exporting.writing.connect(part.finish_editing)
            reading.progressed.connect(lambda *_, part=part: part.set_busy(True))
            reading.stopped.connect(lambda part=part: part.set_busy(False))
        opening.recent_changed.connect(self._show_recent)
        reading.progressed.connect(status.show_progress)
        reading.stopped.connect(status.reading_stopped)
        reading.finished.connect(status.say)
        reading.failed.connect(self.show_trouble)
        evaluation_news.tell(self._stage.evaluating, opening, self.messages)
        learning_news.tell(self._stage.training, self.messages)
        self.trainer.reread.connect(self.action_set["read_unreviewed"].trigger)
        status.stop_requested.connect(reading.cancel)
        self.photos.failed.connect(self.show_trouble)

    def show_trouble(self, trouble: Trouble) -> None:
        """Say why something did not work."""
        self.messages.show_message(trouble.message, Severity.ERROR, details=trouble.details)

    def retint(self) -> None:
        """Take over the colours of another theme."""
        self.action_set.retint()
        self.empty.retint()
        self.evaluation.retint()
        self.trainer.retint()
        self.status.retint()
        self.messages.retint()
        self._show_recent()

    def show_about(self) -> None:
        """Say what this is."""
        dialog = AboutDialog(self)
        dialog.finished.connect(dialog.deleteLater)
        dialog.open()

    def _popup(self, widget: QWidget) -> Callable[[QPoint], None]:
        menu = self.action_set.context_menu(widget)
        return lambda point: menu.popup(widget.mapToGlobal(point))

    def _show_document(self) -> None:
        page = self._stage.document.page
        self.status.clearMessage()
        if page is None or self._middle.currentWidget() is self.empty:
            # Not at every photo: a person may have closed the list of photos.
            for dock in (self._words_dock, self._photos_dock):
                dock.setVisible(page is not None)
            if page and self.width() < _NARROW:
                widths = [round(self.width() * share) for share in (0.18, 0.36)]
                self.resizeDocks([self._photos_dock, self._words_dock], widths, Qt.Orientation.Horizontal)
        self._middle.setCurrentWidget(self.view if page else self.empty)
        self.status.show_hint(HINTS[self.view.tool] if page else "Drop a photo anywhere in this window.")
        self._show_count()

    def _show_count(self) -> None:
        page, path = self._stage.document.page, self._stage.opening.path
        if page is None:
            return
        self.status.show_words(len(page.words), sum(word.human is not None for word in page.words.values()))
        if path is not None:
            self.photos.set_state(path, page.state)

    def _show_opened(self, event: PhotoOpened) -> None:
        self.setWindowTitle(f"{wording.file_name(event.path.name)} – OCR Studio")
        self.photos.show_photos(self._stage.opening.photos or (event.path,), event.path, event.project)
        self._kept.tell()
        self._show_count()
        self.view.setFocus()

    def _show_folder(self, photos: tuple[Path, ...]) -> None:
        self.photos.show_photos(photos, self._stage.opening.path, self._stage.opening.project)

    def _show_recent(self) -> None:
        paths = self._stage.opening.recent.paths()
        self.empty.show_recent(paths)
        self.recent_menu.clear()
        for path in paths:
            action = self.recent_menu.addAction(f"{path.name} — {path.parent}".replace("&", "&&"))
            action.triggered.connect(lambda _=False, path=path: self._stage.opening.open_paths([path]))
        self.recent_menu.setEnabled(bool(paths))

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:  # noqa: N802
        """Take files, folders and pictures."""
        if Opening.takes(event.mimeData()):
            event.acceptProposedAction()
            self.empty.show_drop(True)

    def dragLeaveEvent(self, event: QDragLeaveEvent) -> None:  # noqa: N802
        """They went elsewhere."""
        self.empty.show_drop(False)

    def dropEvent(self, event: QDropEvent) -> None:  # noqa: N802
        """Open what was dropped."""
        self.empty.show_drop(False)
        if self._stage.opening.open_mime(event.mimeData(), word="Dropped"):
            event.acceptProposedAction()

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802
        """In a small window the buttons that are known by their pictures leave room for the one that learns."""
        super().resizeEvent(event)
        styles = Qt.ToolButtonStyle
        for key in ("open", "copy_all"):
            button = self._toolbar.widgetForAction(self.action_set[key])
            style = styles.ToolButtonIconOnly if self.width() < _NARROW else styles.ToolButtonTextBesideIcon
            button.setProperty("toolButtonStyle", style)

    def closeEvent(self, event: QCloseEvent) -> None:  # noqa: N802
        """Never asks: all is saved."""
        self.closing.emit()
        super().closeEvent(event)
