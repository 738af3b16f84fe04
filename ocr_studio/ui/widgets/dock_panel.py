"""Base class of the dock panels, which the user opens and closes."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import QEvent, QObject, QSize, Qt, QTimer, Signal
from PySide6.QtGui import QCloseEvent, QResizeEvent, QShowEvent
from PySide6.QtWidgets import (
    QApplication,
    QDockWidget,
    QFrame,
    QMainWindow,
    QMenuBar,
    QScrollArea,
    QTabBar,
    QToolButton,
    QWidget,
)
from shiboken6 import isValid

from ocr_studio.core.translation import tr
from ocr_studio.ui.style import theme

# Screen pixels: the minimum visible height of a panel in a low window; the rest is scrolled to.
_LEAST_HEIGHT: Final = 130
# Qt grants only a part of the height that is asked for, and more with each attempt.
_TIMES: Final = 6
# The share of the window's height that a panel leaves to the photo when it is opened.
_PHOTO_SHARE: Final = 0.4


class _Room(QScrollArea):
    """A scroll area as wide as its content needs, but never so high that the window would have to grow.

    Signals: ``content_grew()`` the content fitted before, and no longer does.
    """

    content_grew = Signal()

    def __init__(self, inside: QWidget) -> None:
        super().__init__()
        self._inside, self._had = inside, 0
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)

    def whole(self) -> int:
        """The height in pixels at which all of the content is visible, at the current width."""
        layout = self._inside.layout()
        if layout is not None and layout.hasHeightForWidth():
            return layout.totalMinimumHeightForWidth(self.viewport().width())
        return self._inside.minimumSizeHint().height()

    def sizeHint(self) -> QSize:  # noqa: N802  (Qt's name)
        """The size of the content."""
        return self._inside.sizeHint()

    def minimumSizeHint(self) -> QSize:  # noqa: N802
        """The full width, with the scroll bar if there is one."""
        least, bar = self._inside.minimumSizeHint(), self.verticalScrollBar()
        beside = bar.sizeHint().width() if bar.isVisible() else 0
        return QSize(least.width() + beside, min(least.height(), _LEAST_HEIGHT))

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802
        """Let the content fill the area."""
        super().resizeEvent(event)
        self._fit()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802
        """Adapt when the content needs another height."""
        if event.type() == QEvent.Type.LayoutRequest:
            self._fit()
            self.updateGeometry()
        return super().eventFilter(watched, event)

    def _fit(self) -> None:
        # Not left to Qt, which would give wrapped texts and their neighbours their preferred height.
        seen, whole = self.viewport().size(), self.whole()
        self._inside.resize(seen.width(), max(seen.height(), whole))
        if self._had <= seen.height() < whole:
            self.content_grew.emit()
        self._had = whole


class PanelDock(QDockWidget):
    """A panel next to or below the photo, closed at first.

    When it closes, the focus returns to the widget that had it before, such as the word list, or else to the photo.

    Signals:
        changed(): Other actions may be possible now.

    Attributes:
        area: Where it is docked until the user moves it; panels of one area share it as tabs.
        own_keys: Keys that work in this panel only and what they do, for the list of shortcuts.
        preferred_height: Screen pixels that it gets at the bottom when it is first opened, if the photo keeps its
            share; 0 for what it needs.
        closer: The button that closes it, for the panel's header, as the theme draws none.
        filled: Whether ``fill`` has been called.
    """

    area = Qt.DockWidgetArea.BottomDockWidgetArea
    own_keys: tuple[tuple[str, str], ...] = ()
    preferred_height = 0
    changed = Signal()

    def __init__(self, title: str, name: str, parent: QWidget | None = None) -> None:
        """Create the panel.

        Args:
            title: The title of its tab.
            name: The object name, under which Qt saves its position.
            parent: The window.
        """
        super().__init__(title, parent)
        self.setObjectName(name)
        self.filled = False
        features = QDockWidget.DockWidgetFeature
        self.setFeatures(features.DockWidgetMovable | features.DockWidgetClosable)
        self.closer = QToolButton(self)  # until a header takes it
        self.closer.setToolTip(tr("Close this panel; reopen it from the View menu"))
        self.closer.setAccessibleName(tr("Close: {panel}", panel=title))
        self.closer.clicked.connect(self.close)
        self.toggleViewAction().triggered.connect(self._request_preferred_height)
        self._outside: QWidget | None = None
        self._coming = self._had_height = False
        application = QApplication.instance()
        if isinstance(application, QApplication):
            application.focusChanged.connect(self._follow_keys)
        self.hide()

    def sizeHint(self) -> QSize:  # noqa: N802  (Qt's name)
        """A few rows below the photo, so that most of the room remains for the photo; otherwise what it needs."""
        below = self.area == Qt.DockWidgetArea.BottomDockWidgetArea
        return QSize(1000, max(330, self._whole_height())) if below else super().sizeHint()

    def setWidget(self, widget: QWidget) -> None:  # noqa: N802
        """Show this widget, in a scroll area."""
        room = _Room(widget)
        room.content_grew.connect(self._request_height_soon)
        # The outer widget first: a widget is styled again, with all its children, when it gets a new parent, so
        # filling it before takes twice the time.
        super().setWidget(room)
        room.setWidget(widget)
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
        """Ask for enough height to show all of the panel."""
        super().showEvent(event)
        if self._outside is None:
            self._note_keys(QApplication.focusWidget())
        self._request_height_soon()

    def _request_height_soon(self, preferred: int = 0, times: int = _TIMES) -> None:
        if times:
            QTimer.singleShot(0, self, lambda: self._request_height(preferred, times))

    def _request_preferred_height(self) -> None:
        """Ask for the preferred height, once: later the height is the user's choice."""
        if self.preferred_height and not self._had_height:
            self._had_height = True
            self._request_height_soon(self.preferred_height)

    def _request_height(self, preferred: int, times: int) -> None:
        window = self.window()
        middle = window.centralWidget() if isinstance(window, QMainWindow) else None
        if not isinstance(window, QMainWindow) or middle is None or not self.isVisible():
            return
        room = middle.height() + self.height() - round(_PHOTO_SHARE * window.height())
        wanted = max(self._whole_height(), min(preferred, room))
        if self.height() < wanted:
            window.resizeDocks([self], [wanted], Qt.Orientation.Vertical)
            self._request_height_soon(preferred, times - 1)

    def _whole_height(self) -> int:
        room = self.widget()
        if not isinstance(room, _Room):
            return 0
        return room.whole() + max(0, self.minimumSizeHint().height() - room.minimumSizeHint().height())

    def open(self) -> None:
        """Show the panel in front of the other tabs of its area."""
        self._note_keys(QApplication.focusWidget())
        # The panel that goes behind this one passes its focus to any widget.
        self._coming = True
        self._request_preferred_height()
        self.show()
        self.raise_()

    def closeEvent(self, event: QCloseEvent) -> None:  # noqa: N802  (Qt's name)
        """Return the focus, before Qt passes it to any widget."""
        inside, outside = self._has(QApplication.focusWidget()), self._outside
        super().closeEvent(event)
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
        if where.window() is self.window():
            self._outside = where

    def _has(self, widget: QWidget | None) -> bool:
        return widget is not None and (widget is self or self.isAncestorOf(widget))

    def _restore_focus(self, outside: QWidget | None) -> None:
        window = self.window()
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


def _in_a_panel(widget: QWidget | None) -> bool:
    while widget is not None and not isinstance(widget, PanelDock):
        widget = widget.parentWidget()
    return widget is not None
