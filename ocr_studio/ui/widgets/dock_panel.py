"""What all panels are that a person opens and closes: the window places them without knowing one from another."""

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

# Screen pixels: in a low window so much of a panel stays in sight, and the rest is scrolled to.
_LEAST_HEIGHT: Final = 130
# Qt gives a panel only a part of what is asked for, and each time some more.
_TIMES: Final = 6


class _Room(QScrollArea):
    """As wide as what is in it must be; but never so high that the window would have to grow.

    Signal: ``outgrown()`` all of it was in sight, and there is no room for all of it any more.
    """

    outgrown = Signal()

    def __init__(self, inside: QWidget) -> None:
        super().__init__()
        self._inside, self._had = inside, 0
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)

    def whole(self) -> int:
        """How high it must be for all to be in sight, at its width."""
        layout = self._inside.layout()
        if layout is not None and layout.hasHeightForWidth():
            return layout.totalMinimumHeightForWidth(self.viewport().width())
        return self._inside.minimumSizeHint().height()

    def sizeHint(self) -> QSize:  # noqa: N802  (Qt's name)
        """All of it."""
        return self._inside.sizeHint()

    def minimumSizeHint(self) -> QSize:  # noqa: N802
        """All of its width, with a scroll bar if there is one."""
        least, bar = self._inside.minimumSizeHint(), self.verticalScrollBar()
        beside = bar.sizeHint().width() if bar.isVisible() else 0
        return QSize(least.width() + beside, min(least.height(), _LEAST_HEIGHT))

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802
        """What is in it fills it."""
        super().resizeEvent(event)
        self._fit()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802
        """What is in it may need more room than before."""
        if event.type() == QEvent.Type.LayoutRequest:
            self._fit()
            self.updateGeometry()
        return super().eventFilter(watched, event)

    def _fit(self) -> None:
        # Not left to Qt, which would give texts that wrap, and all that stands with them, as much as they would like.
        seen, whole = self.viewport().size(), self.whole()
        self._inside.resize(seen.width(), max(seen.height(), whole))
        if self._had <= seen.height() < whole:
            self.outgrown.emit()
        self._had = whole


class PanelDock(QDockWidget):
    """A panel beside or below the photo, closed at the start.

    area: where it stands until a person moves it; panels of one area share it as tabs. closer: the button that closes
    it, for the panel to put into its head, as the theme draws none. own_keys: keys that mean something in it only, and
    what they do, for the list of all keys.
    Who closes it has the keys again where they were before it came: in the list of words, or else on the photo.
    Signals: ``changed()`` other things can be done now, so the actions look again which.
    """

    area = Qt.DockWidgetArea.BottomDockWidgetArea
    own_keys: tuple[tuple[str, str], ...] = ()
    changed = Signal()

    def __init__(self, title: str, name: str, parent: QWidget | None = None) -> None:
        """name: by which its place is remembered between starts."""
        super().__init__(title, parent)
        self.setObjectName(name)
        features = QDockWidget.DockWidgetFeature
        self.setFeatures(features.DockWidgetMovable | features.DockWidgetClosable)
        self.closer = QToolButton()
        self.closer.setToolTip(tr("Close; it comes back by the menu View"))
        self.closer.setAccessibleName(tr("Close: {panel}", panel=title))
        self.closer.clicked.connect(self.close)
        self._outside: QWidget | None = None
        self._coming = False
        application = QApplication.instance()
        if isinstance(application, QApplication):
            application.focusChanged.connect(self._follow_keys)
        self.hide()

    def sizeHint(self) -> QSize:  # noqa: N802  (Qt's name)
        """Below the photo a few rows, so that the photo keeps most of the room; beside it what the panel needs."""
        below = self.area == Qt.DockWidgetArea.BottomDockWidgetArea
        return QSize(1000, max(330, self._whole_height())) if below else super().sizeHint()

    def setWidget(self, widget: QWidget) -> None:  # noqa: N802
        """Show this; where there is no room for all of it, a part."""
        room = _Room(widget)
        room.outgrown.connect(self._take_room_soon)
        # From without to within, here and where a panel is laid out: whatever is put into another is styled once more,
        # with all that is in it, so that to fill first and put in place then took twice the time.
        super().setWidget(room)
        room.setWidget(widget)

    def showEvent(self, event: QShowEvent) -> None:  # noqa: N802
        """Whoever comes to see it sees all of it, if the photo can spare that."""
        super().showEvent(event)
        if self._outside is None:
            self._note_keys(QApplication.focusWidget())
        self._take_room_soon()

    def _take_room_soon(self, times: int = _TIMES) -> None:
        if times:
            QTimer.singleShot(0, self, lambda: self._take_room(times))

    def _take_room(self, times: int) -> None:
        window, whole = self.window(), self._whole_height()
        if isinstance(window, QMainWindow) and self.isVisible() and self.height() < whole:
            window.resizeDocks([self], [whole], Qt.Orientation.Vertical)
            self._take_room_soon(times - 1)

    def _whole_height(self) -> int:
        room = self.widget()
        if not isinstance(room, _Room):
            return 0
        return room.whole() + max(0, self.minimumSizeHint().height() - room.minimumSizeHint().height())

    def open(self) -> None:
        """A person wants to see it: it comes, before others of its area."""
        self._note_keys(QApplication.focusWidget())
        # What goes behind it gives its keys to anything that is there.
        self._coming = True
        self.show()
        self.raise_()

    def closeEvent(self, event: QCloseEvent) -> None:  # noqa: N802  (Qt's name)
        """Give the keys back, before Qt gives them to anything that is there."""
        inside, outside = self._has(QApplication.focusWidget()), self._outside
        super().closeEvent(event)
        self._coming, self._outside = False, None
        if not inside:
            return
        if outside is None or not isValid(outside) or outside.isVisible():
            self._give_keys(outside)
        else:
            # What stands behind this panel as a tab is seen a moment later.
            QTimer.singleShot(0, self, lambda: self._give_keys(outside))

    def _follow_keys(self, _left: QWidget | None, entered: QWidget | None) -> None:
        if self._has(entered):
            self._coming = False
        elif self.isVisible() and not self._coming and not _in_a_panel(entered):
            # From one panel to another a person goes only for a while, and comes back.
            self._note_keys(entered)

    def _note_keys(self, where: QWidget | None) -> None:
        # Bars have the keys for a moment only, and the one of tabs may be gone.
        if where is None or self._has(where) or isinstance(where, QTabBar | QMenuBar):
            return
        if where.window() is self.window():
            self._outside = where

    def _has(self, widget: QWidget | None) -> bool:
        return widget is not None and (widget is self or self.isAncestorOf(widget))

    def _give_keys(self, outside: QWidget | None) -> None:
        window = self.window()
        centre = window.centralWidget() if isinstance(window, QMainWindow) else None
        if outside is not None and isValid(outside) and outside.isVisible():
            outside.setFocus()
        elif centre is not None:
            centre.setFocus()

    def finish_editing(self) -> None:
        """Keep what is being written, before something is done to the photo. A panel to write in does so."""

    def retint(self) -> None:
        """Take over the colours of another theme. A panel with colours of its own does more."""
        self.closer.setIcon(theme.icon("mdi6.close"))


def _in_a_panel(widget: QWidget | None) -> bool:
    while widget is not None and not isinstance(widget, PanelDock):
        widget = widget.parentWidget()
    return widget is not None
