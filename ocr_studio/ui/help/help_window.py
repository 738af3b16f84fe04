"""The window that shows the help pages: a list with a search field, and the page beside it."""

from __future__ import annotations

from typing import Any, Final

from PySide6.QtCore import QEvent, QObject, Qt, QTimer, QUrl
from PySide6.QtGui import (
    QGuiApplication,
    QKeyEvent,
    QKeySequence,
    QShortcut,
    QTextBlockFormat,
    QTextCursor,
    QTextDocument,
)
from PySide6.QtWidgets import (
    QHBoxLayout,
    QLineEdit,
    QListWidgetItem,
    QSplitter,
    QTextBrowser,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from ocr_studio.core.errors import StudioError
from ocr_studio.core.help import help_pages
from ocr_studio.core.translation import tr
from ocr_studio.ui.style import theme
from ocr_studio.ui.widgets.plain_label import PlainLabel
from ocr_studio.ui.widgets.tables import ItemList

_SIZE: Final = 980, 700
_LIST_WIDTH: Final = 250
_PAUSE: Final = 300  # milliseconds
_LINE_HEIGHT: Final = 125  # per cent
_ABOVE_HEADING: Final = 22  # pixels
_TOPIC, _HEADING = Qt.ItemDataRole.UserRole, Qt.ItemDataRole.UserRole + 1
_TO_LIST: Final = {Qt.Key.Key_Up, Qt.Key.Key_Down}
_TO_PAGE: Final = {Qt.Key.Key_PageUp, Qt.Key.Key_PageDown}


class HelpWindow(QWidget):
    """Shows the help pages beside the program, whatever dialog is open there.

    It has no parent, as a dialog blocks the windows of its parents; the program quits while it is open.
    """

    def __init__(self) -> None:
        super().__init__(None, Qt.WindowType.Window)
        self.setAttribute(Qt.WidgetAttribute.WA_QuitOnClose, False)
        self.setWindowTitle(tr("OCR Studio Help"))
        self.line = QLineEdit(clearButtonEnabled=True)
        self.line.setPlaceholderText(tr("Search the help"))
        self.line.setAccessibleName(tr("Search the help"))
        self.list = ItemList()
        self.list.setAccessibleName(tr("Help pages"))
        self.nothing = PlainLabel(tr("No results"))
        self.nothing.setProperty("quiet", True)
        self.nothing.hide()
        self.page = _Page()
        self.page.setAccessibleName(tr("Help page"))
        self.back, self.forward = QToolButton(), QToolButton()
        self.back.setToolTip(tr("Back (Alt+Left)"))
        self.forward.setToolTip(tr("Forward (Alt+Right)"))
        for button, name, key in (
            (self.back, tr("Back"), "Alt+Left"),
            (self.forward, tr("Forward"), "Alt+Right"),
        ):
            button.setAutoRaise(True)
            button.setEnabled(False)
            button.setAccessibleName(name)
            QShortcut(QKeySequence(key), self, button.click)
        self.retint()
        # A page is shown when typing pauses, so that the pages in between don't fill the history.
        self._pause = QTimer(self, singleShot=True, interval=_PAUSE)
        self._pause.timeout.connect(self._show_first)
        self._place()
        self.line.textChanged.connect(self._search)
        self.line.installEventFilter(self)
        self.list.currentItemChanged.connect(self._choose)
        self.back.clicked.connect(self.page.backward)
        self.forward.clicked.connect(self.page.forward)
        self.page.backwardAvailable.connect(self.back.setEnabled)
        self.page.forwardAvailable.connect(self.forward.setEnabled)
        self.page.sourceChanged.connect(self._mark)
        self._search()

    def _place(self) -> None:
        side = QWidget()
        buttons = QHBoxLayout()
        buttons.setContentsMargins(0, 0, 0, 0)
        for widget in (self.back, self.forward):
            buttons.addWidget(widget)
        buttons.addWidget(self.line, 1)
        column = QVBoxLayout(side)
        column.setContentsMargins(10, 10, 4, 10)
        column.addLayout(buttons)
        column.addWidget(self.nothing)
        column.addWidget(self.list, 1)
        across = QSplitter()
        across.setChildrenCollapsible(False)
        across.addWidget(side)
        across.addWidget(self.page)
        across.setStretchFactor(1, 1)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(across)
        room = QGuiApplication.primaryScreen().availableSize()
        width, height = min(_SIZE[0], room.width()), min(_SIZE[1], room.height())
        self.resize(width, height)
        across.setSizes([min(_LIST_WIDTH, width // 3), width])

    def show_topic(self, topic: str, heading: str = "") -> None:
        """Show the page of one of ``help_pages.TOPICS``, and the window in front of all others.

        Args:
            topic: The page.
            heading: The section to begin with; "" for the beginning of the page.
        """
        self.line.clear()
        self.show()
        self.page.show_topic(topic, heading)  # scrolls, which takes the size of the window
        self.raise_()
        self.activateWindow()
        self.line.setFocus()

    def retint(self) -> None:
        """Use the colours of the current theme."""
        self.back.setIcon(theme.icon("mdi6.arrow-left"))
        self.forward.setIcon(theme.icon("mdi6.arrow-right"))

    @property
    def topic(self) -> str:
        """The topic of the page that is shown."""
        return self.page.topic

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802  (Qt's name)
        """Escape closes the window."""
        if event.key() == Qt.Key.Key_Escape:
            self.close()
        else:
            super().keyPressEvent(event)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802
        """While you type in the search field, arrow keys choose a page, and page keys scroll it."""
        if isinstance(event, QKeyEvent) and event.type() == QEvent.Type.KeyPress:
            key = event.key()
            if key in _TO_LIST and self.list.count():
                self._pause.stop()
                step = 1 if key == Qt.Key.Key_Down else -1
                self.list.setCurrentRow(max(0, min(self.list.count() - 1, self.list.currentRow() + step)))
                return True
            if key in _TO_PAGE:
                bar = self.page.verticalScrollBar()
                bar.setValue(bar.value() + (1 if key == Qt.Key.Key_PageDown else -1) * bar.pageStep())
                return True
        return super().eventFilter(watched, event)

    def _search(self) -> None:
        try:
            found = help_pages.search_pages(self.line.text())
        except StudioError:  # the installation is damaged; the page says so
            found = []
        self.list.blockSignals(True)
        self.list.clear()
        for match in found:
            item = QListWidgetItem(match.page.title, self.list)
            item.setData(_TOPIC, match.page.topic)
            item.setData(_HEADING, match.heading)
        self.list.blockSignals(False)
        self.nothing.setVisible(not found)
        self._mark()
        if self.line.text().strip() and found:
            self._pause.start()
        else:
            self._pause.stop()

    def _show_first(self) -> None:
        self.list.setCurrentRow(0)
        self._choose(self.list.item(0))

    def _choose(self, item: QListWidgetItem | None) -> None:
        if item is not None:
            self.page.show_topic(item.data(_TOPIC), item.data(_HEADING))

    def _mark(self) -> None:
        """Select the page that is shown in the list."""
        self.list.blockSignals(True)
        for row in range(self.list.count()):
            if self.list.item(row).data(_TOPIC) == self.topic:
                self.list.setCurrentRow(row)
        self.list.blockSignals(False)


class _Page(QTextBrowser):
    """A help page. It shows the program's own pages and nothing else: no file is opened and nothing is fetched.

    Attributes:
        topic: The topic of the page that is shown; "" before the first.
    """

    def __init__(self) -> None:
        super().__init__()
        self.topic = ""
        self.setOpenExternalLinks(False)
        self.document().setDocumentMargin(24)
        self.sourceChanged.connect(self._lay_out)

    def show_topic(self, topic: str, heading: str = "") -> None:
        """Show a page from its beginning, or from one of its headings on."""
        if topic != self.topic:
            self.setSource(QUrl(f"{topic}.md"), QTextDocument.ResourceType.MarkdownResource)
        block = self.document().begin()
        while block.isValid() and not (block.blockFormat().headingLevel() and block.text() == heading):
            block = block.next()
        if block.isValid() and heading:
            top = self.document().documentLayout().blockBoundingRect(block).top()
            self.verticalScrollBar().setValue(int(top))
        else:
            self.verticalScrollBar().setValue(0)

    def loadResource(self, kind: int, name: QUrl | str) -> Any:  # noqa: N802
        """The text of a page, by its file's name; nothing for all else."""
        topic = QUrl(name).toString().removesuffix(".md")
        if kind == QTextDocument.ResourceType.MarkdownResource.value and topic in help_pages.TOPICS:
            try:
                return help_pages.find_page(topic).text
            except StudioError as error:  # the installation is damaged
                return str(error)
        return None

    def _lay_out(self, source: QUrl) -> None:
        """Give lines and headings more room than Qt does."""
        self.topic = source.path().removesuffix(".md")  # source() still names the page before
        cursor = QTextCursor(self.document())
        cursor.select(QTextCursor.SelectionType.Document)
        spaced = QTextBlockFormat()
        spaced.setLineHeight(_LINE_HEIGHT, QTextBlockFormat.LineHeightTypes.ProportionalHeight.value)
        cursor.mergeBlockFormat(spaced)
        spaced.setTopMargin(_ABOVE_HEADING)
        block = self.document().begin().next()
        while block.isValid():
            if block.blockFormat().headingLevel():
                QTextCursor(block).mergeBlockFormat(spaced)
            block = block.next()
