"""The side of the window: pages as tabs beside the photo, each of which can have a window of its own."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import partial
from typing import Final

from PySide6.QtCore import QCoreApplication, QEvent, QPoint, QRect, QSize, Qt, QTimer, Signal
from PySide6.QtGui import QCloseEvent, QGuiApplication, QMoveEvent, QResizeEvent
from PySide6.QtWidgets import (
    QApplication,
    QHBoxLayout,
    QMenu,
    QPushButton,
    QStackedWidget,
    QTabBar,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from ocr_studio.core.translation import tr
from ocr_studio.ui.style import labels, theme
from ocr_studio.ui.widgets.plain_label import PlainLabel
from ocr_studio.ui.widgets.side_panel import SidePage, SidePanel
from ocr_studio.ui.words.alternatives import Alternatives
from ocr_studio.ui.words.word_filter import WordFilterBar
from ocr_studio.ui.words.word_table import WordTable

# Screen pixels: a window of its own, when it is opened for the first time.
_OWN_WINDOW: Final = QSize(620, 640)
_NEWS: Final = "•"


class Side(QWidget):
    """Shows one page at a time, chosen by tabs; pages in windows of their own are shown besides.

    Signals: ``front_changed()`` another page is in front, or none; ``pages_changed()`` pages were opened, closed or
    moved to a window of their own, or back; ``places_changed()`` such a window was moved or resized.

    Attributes:
        tabs: The tabs, those of closed panels that last among them.
        has_photo: Whether a photo is open; without one, only panels are shown.
    """

    front_changed = Signal()
    pages_changed = Signal()
    places_changed = Signal()

    def __init__(self, pages: Sequence[SidePage]) -> None:
        """Place the pages; the first one is always open."""
        super().__init__()
        self.pages = tuple(pages)
        self.has_photo = False
        self._open: list[SidePage] = [self.pages[0]]  # the one in front last
        self._windows: dict[SidePage, PageWindow] = {}
        self._places: dict[str, QRect] = {}
        self._news: set[SidePage] = set()
        self.tabs = QTabBar()
        self.tabs.setAccessibleName(tr("Panels"))
        self.tabs.setExpanding(False)
        self.tabs.setUsesScrollButtons(True)
        self.tabs.setElideMode(Qt.TextElideMode.ElideNone)
        self.tabs.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        self.tabs.customContextMenuRequested.connect(self._show_menu)
        self.tabs.tabBarDoubleClicked.connect(lambda at: self.move_out(self._tabbed()[at]) if at >= 0 else None)
        self.mover = QToolButton()
        self.mover.setToolTip(tr("Move this panel to a window of its own"))
        self.mover.setAccessibleName(tr("Move this panel to a window of its own"))
        self.mover.clicked.connect(lambda: self.move_out(self.front) if self.front else None)
        self._stack = QStackedWidget()
        for page in self.pages:
            page.host = self
            self._stack.addWidget(page)
        self.row = QWidget()
        row = QHBoxLayout(self.row)
        row.setContentsMargins(0, 0, 4, 0)
        row.setSpacing(0)
        row.addWidget(self.tabs, 1)
        row.addWidget(self.mover)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addWidget(self.row)
        layout.addWidget(self._stack, 1)
        self._show_tabs()
        self.tabs.currentChanged.connect(self._choose)
        self.retint()

    @property
    def front(self) -> SidePage | None:
        """The page in front; None if there is none."""
        return self._front_without(None)

    @property
    def current(self) -> SidePage | None:
        """The page in the window of its own that has the focus, otherwise the page in front."""
        active = QApplication.activeWindow()
        return next((page for page, window in self._windows.items() if window is active), self.front)

    @property
    def open_pages(self) -> tuple[SidePage, ...]:
        """The open pages, the one in front last."""
        return tuple(self._open)

    def page(self, name: str) -> SidePage | None:
        """Return the page with this object name."""
        return next((page for page in self.pages if page.objectName() == name), None)

    def tab_place(self, name: str) -> QRect:
        """Return where in the window the tab of the page with this object name is; empty if it is not in sight."""
        at = next((at for at in range(self.tabs.count()) if self.tabs.tabData(at) == name), -1)
        place = self.tabs.tabRect(at) & self.tabs.rect() if at >= 0 and self.tabs.isVisible() else QRect()
        return QRect() if place.isEmpty() else QRect(self.tabs.mapTo(self.window(), place.topLeft()), place.size())

    def holds(self, page: SidePage) -> bool:
        """Whether a page is open, in front, behind another one or in a window of its own."""
        return page in self._open

    def show_page(self, page: SidePage) -> None:
        """Show a page in front. While the user types in another one, its tab is only marked."""
        typing, front = QApplication.focusWidget(), self.front
        busy = front is not None and front is not page and typing is not None and front.isAncestorOf(typing)
        coming = isinstance(page, SidePanel) and page.is_coming
        if page in self._open:
            self._open.remove(page)
        if busy and not coming and page not in self._windows:
            self._open.insert(0, page)
            self._news.add(page)
            self._show_tabs()
            self.pages_changed.emit()
            return
        self._open.append(page)
        if page in self._windows:
            self._windows[page].show()
            self._windows[page].raise_()
            if coming:
                self._windows[page].activateWindow()
        self._update()

    def go_to_page(self, page: SidePage) -> None:
        """Show an open page in front of the others, and give it the focus."""
        self._come(page)
        if page.focus_target is not None:
            page.focus_target.setFocus()

    def hide_page(self, page: SidePage) -> None:
        """Take a page away, and show the one that was in front before."""
        if page in self._open and page is not self.pages[0]:
            self._open.remove(page)
            self._news.discard(page)
            if page in self._windows:
                self._bring_in(page)
            self._update()

    def set_photo(self, has_photo: bool) -> None:
        """Show or hide the pages that need a photo."""
        self.has_photo = has_photo
        self._update()

    # ------------------------------------------------------------------------------------- windows of their own

    def moved_out(self, page: SidePage | None) -> bool:
        """Whether a page has a window of its own."""
        return page in self._windows

    def move_out(self, page: SidePage, *, activates: bool = True) -> None:
        """Give a page a window of its own, where it was the last time, which gets the focus if it ``activates``."""
        if page in self._windows:
            self._windows[page].raise_()
            return
        if page not in self._open:
            self._open.append(page)
        corner = self.mapToGlobal(QPoint(-40, 40))
        place = self._places.get(page.objectName()) or QRect(corner, _OWN_WINDOW)
        # Qt would show the page that follows in the stack, be it open or not.
        following = self._front_without(page)
        self._stack.setVisible(following is not None)
        if following is not None:
            self._stack.setCurrentWidget(following)
        self._stack.removeWidget(page)
        self._news.discard(page)
        window = self._windows[page] = PageWindow(page, self.window(), lambda: self.move_in(page))
        window.left.connect(partial(self._leave, page))
        window.moved.connect(self.places_changed)
        window.setAttribute(Qt.WidgetAttribute.WA_ShowWithoutActivating, not activates)
        window.setGeometry(_on_a_screen(place))
        self._update()
        window.show()

    def move_in(self, page: SidePage) -> None:
        """Bring a page back into the main window, in front."""
        if page in self._windows:
            self._bring_in(page)
            self._open.remove(page)
            self._open.append(page)
            self._update()

    def move_all_in(self) -> None:
        """Bring all pages back into the main window."""
        for page in list(self._windows):
            self.move_in(page)

    def close_windows(self) -> None:
        """Close the windows of pages together with the main window; their pages stay in them."""
        for window in self._windows.values():
            window.hide()

    def places(self) -> dict[str, tuple[int, int, int, int]]:
        """Return where the windows of pages are, by name."""
        for page, window in self._windows.items():
            self._places[page.objectName()] = window.geometry()
        return {name: (at.x(), at.y(), at.width(), at.height()) for name, at in self._places.items()}

    def set_places(self, places: dict[str, tuple[int, int, int, int]]) -> None:
        """Use these for the windows of pages."""
        self._places = {name: QRect(*place) for name, place in places.items()}

    def _leave(self, page: SidePage) -> None:
        """The user has closed the window of a page."""
        if isinstance(page, SidePanel):
            page.close()
        else:
            self.move_in(page)

    def _bring_in(self, page: SidePage) -> None:
        window = self._windows.pop(page)
        self._places[page.objectName()] = window.geometry()
        self._stack.insertWidget(self.pages.index(page), page)
        window.hide()
        window.deleteLater()

    # ---------------------------------------------------------------------------------------------------- tabs

    def retint(self) -> None:
        """Use the colours of the current theme."""
        self.mover.setIcon(theme.icon("mdi6.dock-window"))
        for window in self._windows.values():
            window.retint()

    def _front_without(self, page: SidePage | None) -> SidePage | None:
        """The page that is in front once this one has left the side."""
        docked = [each for each in self._open if each not in (page, *self._windows) and self._may_show(each)]
        return docked[-1] if docked else None

    def _may_show(self, page: SidePage) -> bool:
        return self.has_photo or isinstance(page, SidePanel)

    def _tabbed(self) -> list[SidePage]:
        """The pages that have a tab."""
        return [
            page
            for page in self.pages
            if self._may_show(page)
            and (page in self._open or (isinstance(page, SidePanel) and page.lasting and self.has_photo))
        ]

    def _update(self) -> None:
        front = self.front
        self._news.discard(front) if front else None
        self._show_tabs()
        if front is not None:
            self._stack.setCurrentWidget(front)
            front.show()  # a page that was closed while it was the current one is hidden still
        self._stack.setVisible(front is not None)
        for page in self.pages:
            if isinstance(page, SidePanel):
                page.toggleViewAction().setChecked(page in self._open)
        self.mover.setEnabled(front is not None)
        self.front_changed.emit()
        self.pages_changed.emit()

    def _show_tabs(self) -> None:
        wanted = self._tabbed()
        with _silent(self.tabs):
            names = [page.objectName() for page in wanted]
            if names != [self.tabs.tabData(at) for at in range(self.tabs.count())]:
                while self.tabs.count():
                    self.tabs.removeTab(0)
                for page in wanted:
                    self.tabs.setTabData(self.tabs.addTab(""), page.objectName())
            for at, page in enumerate(wanted):
                marked = f"{_NEWS} {page.tab_title}" if page in self._news else page.tab_title
                if self.tabs.tabText(at) != marked:
                    self.tabs.setTabText(at, marked)
                    self.tabs.setTabToolTip(at, labels.tooltip(page.windowTitle()))
            if self.front in wanted:
                self.tabs.setCurrentIndex(wanted.index(self.front))

    def _choose(self, at: int) -> None:
        """Show the page whose tab the user has chosen."""
        pages = self._tabbed()
        if not 0 <= at < len(pages):
            return
        by_keys = self.tabs.hasFocus()
        page = pages[at]
        if isinstance(page, SidePanel) and not self.holds(page):
            page.begin_from_tab()
        else:
            self._come(page)
        if by_keys:  # to go on to the next tab
            self.tabs.setFocus()
        elif page.focus_target is not None:
            page.focus_target.setFocus()
        self._show_tabs()

    def _come(self, page: SidePage) -> None:
        self._open.remove(page)
        self._open.append(page)
        if page in self._windows:
            self._windows[page].raise_()
            self._windows[page].activateWindow()
        self._update()

    def _show_menu(self, place: QPoint) -> None:
        at = self.tabs.tabAt(place)
        if at < 0:
            return
        page, menu = self._tabbed()[at], QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        if page in self._windows:
            menu.addAction(tr("Move back to the main window"), lambda: self.move_in(page))
        else:
            menu.addAction(tr("Move this panel to a window of its own"), lambda: self.move_out(page))
        if isinstance(page, SidePanel) and page in self._open:
            menu.addAction(tr("Close this panel"), page.close)
        menu.popup(self.tabs.mapToGlobal(place))


class WordsSide(SidePage):
    """The table of words between its filter and the strip of alternatives."""

    def __init__(self, table: WordTable, word_filter: WordFilterBar, alternatives: Alternatives) -> None:
        super().__init__(tr("Words"), "words")
        whole = QWidget()
        layout = QVBoxLayout(whole)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addWidget(word_filter)
        layout.addWidget(table, 1)
        layout.addWidget(alternatives)
        self.setWidget(whole)  # scrolled where long alternatives have no room, rather than making the window higher
        self.focus_target = table


class PageWindow(QWidget):
    """The window of a single page. It stays above the main window, whose shortcuts work in it, too.

    Signals: ``left()`` the user has closed the window; ``moved()`` it was moved or resized.
    """

    left = Signal()
    moved = Signal()

    def __init__(self, page: SidePage, above: QWidget, move_in: object) -> None:
        super().__init__(above, Qt.WindowType.Tool)
        self._above = above
        self.setWindowTitle(labels.title(f"{page.windowTitle()} – OCR Studio"))
        self.setObjectName(f"window-{page.objectName()}")
        self.back = QPushButton(tr("Move back to the main window"))
        self.back.setProperty("flat", True)
        self.back.clicked.connect(move_in)
        row = QHBoxLayout()
        row.setContentsMargins(4, 4, 4, 0)
        row.addWidget(PlainLabel(), 1)
        row.addWidget(self.back)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addLayout(row)
        layout.addWidget(page, 1)
        page.show()
        self.retint()

    def retint(self) -> None:
        """Use the colours of the current theme."""
        self.back.setIcon(theme.icon("mdi6.dock-right"))

    def event(self, event: QEvent) -> bool:
        """Tell the main window that a key looks for its shortcut."""
        if event.type() == QEvent.Type.ShortcutOverride:
            QCoreApplication.sendEvent(self._above, event)
        return super().event(event)

    def moveEvent(self, event: QMoveEvent) -> None:  # noqa: N802  (Qt's name)
        """Report the new place."""
        super().moveEvent(event)
        self.moved.emit()

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802  (Qt's name)
        """Report the new size."""
        super().resizeEvent(event)
        self.moved.emit()

    def closeEvent(self, event: QCloseEvent) -> None:  # noqa: N802  (Qt's name)
        """Close the page, or bring back the one that is always open."""
        # Never refused: the program could not quit. A moment later, as it may be quitting with its layout to be saved.
        super().closeEvent(event)
        QTimer.singleShot(0, self, self.left.emit)


@contextmanager
def _silent(widget: QWidget) -> Iterator[None]:
    before = widget.blockSignals(True)
    try:
        yield
    finally:
        widget.blockSignals(before)


def _on_a_screen(place: QRect) -> QRect:
    """Return the place, moved and shrunk onto a screen: the one it was on may be gone."""
    screen = QGuiApplication.screenAt(place.center()) or QGuiApplication.primaryScreen()
    room = screen.availableGeometry()
    size = place.size().boundedTo(room.size())
    left = min(max(place.left(), room.left()), room.right() + 1 - size.width())
    top = min(max(place.top(), room.top()), room.bottom() + 1 - size.height())
    return QRect(QPoint(left, top), size)
