"""Base classes of the pages beside the photo, each a tab or a window of its own, and of those that are closed."""

from __future__ import annotations

from typing import Final, Protocol

from PySide6.QtCore import QEvent, QObject, QSize, Qt, QTimer, Signal
from PySide6.QtGui import QAction, QCloseEvent, QHideEvent, QResizeEvent, QShowEvent
from PySide6.QtWidgets import (
    QApplication,
    QFrame,
    QMainWindow,
    QMenuBar,
    QScrollArea,
    QSplitter,
    QTabBar,
    QToolButton,
    QVBoxLayout,
    QWidget,
)
from shiboken6 import isValid

from ocr_studio.core.translation import tr
from ocr_studio.ui.style import theme

# Screen pixels: what is visible of a page at least; the rest is scrolled to.
_LEAST: Final = QSize(200, 100)
# Screen pixels: from this width on, the parts of a panel are side by side; and the least height of a part otherwise.
WIDE: Final = 760
_LEAST_HEIGHT: Final = 140


class _Room(QScrollArea):
    """A scroll area whose content fills it, and is scrolled where it needs more."""

    def __init__(self, inside: QWidget) -> None:
        super().__init__()
        self._inside = inside
        self._soon = QTimer(self, singleShot=True, interval=0)
        self._soon.timeout.connect(self._fit)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)

    def minimumSizeHint(self) -> QSize:  # noqa: N802  (Qt's name)
        """Never so large that the photo would have to be small, or the window large."""
        return self._inside.minimumSizeHint().boundedTo(_LEAST)

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802
        """Let the content fill the area."""
        super().resizeEvent(event)
        self._fit()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802
        """Adapt when the content needs another size."""
        if event.type() == QEvent.Type.LayoutRequest:
            self._fit()
            self._soon.start()  # again, as Qt shows widgets that are new in a layout a moment later
        return super().eventFilter(watched, event)

    def _fit(self) -> None:
        # Not left to Qt, which would give wrapped texts and their neighbours their preferred height.
        seen, layout = self.viewport().size(), self._inside.layout()
        least = self._inside.minimumSizeHint()
        width = max(seen.width(), least.width())
        wraps = layout is not None and layout.hasHeightForWidth()
        height = layout.totalMinimumHeightForWidth(width) if layout is not None and wraps else least.height()
        self._inside.resize(width, max(seen.height(), height))


class PageHost(Protocol):
    """Where pages are shown: the side of the window."""

    def show_page(self, page: SidePage) -> None:
        """Show a page in front of the others."""

    def hide_page(self, page: SidePage) -> None:
        """Hide a page, and show the one before."""

    def holds(self, page: SidePage) -> bool:
        """Whether a page is open, in front or behind another one."""


class SidePage(QWidget):
    """A page beside the photo: a tab of the side, or a window of its own.

    Signals: ``visibilityChanged(bool)`` the page came in front, or is hidden or behind another one.

    Attributes:
        host: Where it is shown.
        task: Pages of the same task share a layout of the window.
        tab_title: The title of its tab.
        focus_target: What gets the focus when its tab is clicked; None: as Qt finds it.
    """

    visibilityChanged = Signal(bool)  # noqa: N815  (named as Qt's own)
    task = "correct"

    def __init__(self, title: str, name: str, *, tab_title: str = "") -> None:
        """Create the page.

        Args:
            title: The title of its window, and its name in menus.
            name: The object name, under which its place is saved.
            tab_title: The title of its tab, where a shorter one is clear.
        """
        super().__init__()
        self.setWindowTitle(title)
        self.setObjectName(name)
        self.tab_title = tab_title or title
        self.host: PageHost | None = None
        self.focus_target: QWidget | None = None
        self._room: _Room | None = None
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)

    def setWidget(self, widget: QWidget) -> None:  # noqa: N802  (as of QDockWidget)
        """Show this widget, in a scroll area."""
        room = self._room = _Room(widget)
        layout = self.layout()
        assert layout is not None
        # The outer widget first: a widget is styled again, with all its children, when it gets a new parent, so
        # filling it before takes twice the time.
        layout.addWidget(room)
        room.setWidget(widget)

    def widget(self) -> QScrollArea | None:
        """The scroll area."""
        return self._room

    @property
    def main_window(self) -> QWidget:
        """The window with the photo, also while the page has a window of its own."""
        window = self.window()
        parent = window.parentWidget()
        return parent.window() if parent is not None else window

    def reveal(self) -> None:
        """Show the page in front of the others, without taking the focus."""
        if self.host is not None:
            self.host.show_page(self)
        else:
            self.show()

    def begin_from_tab(self) -> None:
        """Show the page as its tab was chosen. Pages that have to be started extend this."""
        self.reveal()

    def showEvent(self, event: QShowEvent) -> None:  # noqa: N802
        """Report that the page is in front."""
        super().showEvent(event)
        self.visibilityChanged.emit(True)

    def hideEvent(self, event: QHideEvent) -> None:  # noqa: N802
        """Report that the page is hidden."""
        super().hideEvent(event)
        self.visibilityChanged.emit(False)


class SidePanel(SidePage):
    """A page that the user opens and closes, closed at first.

    When it closes, the focus returns to the widget that had it before, such as the word list, or else to the photo.

    Signals:
        changed(): Other actions may be possible now.

    Attributes:
        own_keys: Keys that work in this panel only and what they do, for the list of shortcuts.
        closer: The button that closes it, for the panel's header.
        filled: Whether ``fill`` has been called.
        lasting: Whether its tab is there while it is closed, too.
        reopens: Whether it is opened again after a restart; not if it would have nothing to show.
        reopening: Whether it is being opened again after a restart, and therefore leaves focus and photo as they are.
    """

    own_keys: tuple[tuple[str, str], ...] = ()
    lasting = reopens = False
    changed = Signal()

    def __init__(self, title: str, name: str, *, tab_title: str = "") -> None:
        super().__init__(title, name, tab_title=tab_title)
        self.filled = self.reopening = False
        self.closer = QToolButton(self)  # until a header takes it
        self.closer.setToolTip(tr("Close this panel; reopen it from the View menu"))
        self.closer.setAccessibleName(tr("Close: {panel}", panel=title))
        self.closer.clicked.connect(self.close)
        self._toggle = QAction(title, self, checkable=True)
        self._toggle.triggered.connect(lambda on: self.begin_from_tab() if on else self.close())
        self._outside: QWidget | None = None
        self._coming = False
        application = QApplication.instance()
        if isinstance(application, QApplication):
            application.focusChanged.connect(self._follow_keys)
        self.hide()

    def toggleViewAction(self) -> QAction:  # noqa: N802  (as of QDockWidget)
        """The action that opens and closes the panel."""
        return self._toggle

    @property
    def is_open(self) -> bool:
        """Whether the panel is open, in front or behind another one."""
        return self.host.holds(self) if self.host is not None else self.isVisible()

    @property
    def is_coming(self) -> bool:
        """Whether the user has asked for the panel, which is about to get the focus."""
        return self._coming

    def setWidget(self, widget: QWidget) -> None:  # noqa: N802
        """Show this widget, in a scroll area."""
        super().setWidget(widget)
        self._order_closer_last()

    def _order_closer_last(self) -> None:
        """Let Tab reach the closer after all other widgets of the panel."""
        last: QWidget = self.closer
        following = last.nextInFocusChain()
        while following is not None and following not in (self, self.closer) and self.isAncestorOf(following):
            if following.focusPolicy() != Qt.FocusPolicy.NoFocus:  # setTabOrder ignores the others
                last = following
            following = following.nextInFocusChain()
        if last is not self.closer:
            self.setTabOrder(last, self.closer)

    def setVisible(self, visible: bool) -> None:  # noqa: N802  (Qt's)
        """Fill the panel before it is shown for the first time."""
        if visible and not self.filled:
            self.filled = True
            self.fill()
        super().setVisible(visible)

    def fill(self) -> None:
        """Make the content. Panels that take long to make override this, as most sessions don't show them."""

    def showEvent(self, event: QShowEvent) -> None:  # noqa: N802
        """Remember where the focus was."""
        super().showEvent(event)
        if self._outside is None:
            self._note_keys(QApplication.focusWidget())

    def open(self) -> None:
        """Show the panel in front of the others, from where the focus is now."""
        self._note_keys(QApplication.focusWidget())
        # The panel that goes behind this one passes its focus to any widget.
        self._coming = True
        self.reveal()

    def begin_from_tab(self) -> None:
        """Open the panel as its tab was chosen. Panels that have to be started extend this."""
        self.open()

    def reopen(self) -> None:
        """Show the panel after a restart, without the focus. Panels that have to be started extend this."""
        self.reveal()

    def closeEvent(self, event: QCloseEvent) -> None:  # noqa: N802  (Qt's name)
        """Return the focus, before Qt passes it to any widget."""
        inside, outside = self._has(QApplication.focusWidget()), self._outside
        super().closeEvent(event)
        if self.host is not None:
            self.host.hide_page(self)
        self._coming, self._outside = False, None
        if not inside:
            return
        if outside is None or not isValid(outside) or outside.isVisible():
            self._restore_focus(outside)
        else:
            # A tab behind this panel becomes visible a moment later.
            QTimer.singleShot(0, self, lambda: self._restore_focus(outside))

    def _follow_keys(self, _left: QWidget | None, entered: QWidget | None) -> None:
        if self._has(entered):
            self._coming = False
        elif self.isVisible() and not self._coming and not _in_a_panel(entered):
            # Not for another panel: the focus should return to where it was before both.
            self._note_keys(entered)

    def _note_keys(self, where: QWidget | None) -> None:
        # Bars have the focus only for a moment, and a tab bar may be deleted.
        if where is None or self._has(where) or isinstance(where, QTabBar | QMenuBar):
            return
        if where.window() in (self.window(), self.main_window):
            self._outside = where

    def _has(self, widget: QWidget | None) -> bool:
        return widget is not None and (widget is self or self.isAncestorOf(widget))

    def _restore_focus(self, outside: QWidget | None) -> None:
        window = self.main_window
        centre = window.centralWidget() if isinstance(window, QMainWindow) else None
        if outside is not None and isValid(outside) and outside.isVisible():
            outside.setFocus()
        elif centre is not None:
            centre.setFocus()

    def finish_editing(self) -> None:
        """Save what is being typed, before the photo changes. Panels with text fields override this."""

    def retint(self) -> None:
        """Use the colours of the current theme. Panels with colours of their own extend this."""
        self.closer.setIcon(theme.icon("mdi6.close"))


class AdaptiveSplitter(QSplitter):
    """A splitter that turns with its width; each part keeps its share."""

    def __init__(self) -> None:
        super().__init__(Qt.Orientation.Vertical)
        self.setChildrenCollapsible(False)
        self._shares: list[int] = []

    def add(self, part: QWidget, least: int, share: int) -> None:
        """Add a part with its minimum width in pixels and its share of the width or height."""
        part.setMinimumWidth(least)
        self.addWidget(part)
        self._shares.append(share)
        self.setSizes(self._shares)

    def minimumSizeHint(self) -> QSize:  # noqa: N802  (Qt's name)
        """As narrow as the widest part, because the parts can be one above the other."""
        parts = [part for part in map(self.widget, range(self.count())) if part is not None and not part.isHidden()]
        widths = [max(part.minimumWidth(), part.minimumSizeHint().width()) for part in parts]
        heights = [max(part.minimumHeight(), part.minimumSizeHint().height()) for part in parts]
        if self.orientation() == Qt.Orientation.Horizontal:
            return QSize(max(widths, default=0), max(heights, default=0))
        return QSize(max(widths, default=0), sum(max(height, _LEAST_HEIGHT) for height in heights))

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802
        """Turn where the width asks for it."""
        ways = Qt.Orientation
        wanted = ways.Horizontal if event.size().width() >= WIDE else ways.Vertical
        if wanted != self.orientation():
            self.setOrientation(wanted)
            self.setSizes(self._shares)
            self.updateGeometry()
        super().resizeEvent(event)


def _in_a_panel(widget: QWidget | None) -> bool:
    while widget is not None and not isinstance(widget, SidePanel):
        widget = widget.parentWidget()
    return widget is not None
