"""What all panels are that a person opens and closes: the window places them without knowing one from another."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtWidgets import QDockWidget, QToolButton, QWidget

from ocr_studio.core.translation import tr
from ocr_studio.ui import theme


class PanelDock(QDockWidget):
    """A panel beside or below the photo, closed at the start.

    area: where it stands until a person moves it; panels of one area share it as tabs. closer: the button that closes
    it, for the panel to put into its head, as the theme draws none. own_keys: keys that mean something in it only, and
    what they do, for the list of all keys.
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
        self.hide()

    def sizeHint(self) -> QSize:  # noqa: N802  (Qt's name)
        """Below the photo a few rows, so that the photo keeps most of the room; beside it what the panel needs."""
        below = self.area == Qt.DockWidgetArea.BottomDockWidgetArea
        return QSize(1000, 330) if below else super().sizeHint()

    def open(self) -> None:
        """A person wants to see it: it comes, before others of its area."""
        self.show()
        self.raise_()

    def finish_editing(self) -> None:
        """Keep what is being written, before something is done to the photo. A panel to write in does so."""

    def retint(self) -> None:
        """Take over the colours of another theme. A panel with colours of its own does more."""
        self.closer.setIcon(theme.icon("mdi6.close"))
