"""Opens a part of the screen as a photo, so that its text is read."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from PySide6.QtCore import QObject, Qt, QTimer, Signal
from PySide6.QtGui import QCursor, QGuiApplication, QImage, QPixmap, QScreen
from PySide6.QtWidgets import QApplication, QWidget
from shiboken6 import isValid

from ocr_studio.core.translation import tr
from ocr_studio.ui.capture.region_picker import RegionPicker
from ocr_studio.ui.capture.screenshot_portal import ScreenshotPortal
from ocr_studio.ui.document.open_photos import Opening
from ocr_studio.ui.job_thread import Trouble
from ocr_studio.ui.widgets import image_convert

# Milliseconds that a desktop needs at most to take hidden windows off the screen, effects included.
HIDE_WINDOWS: Final = 350


class ScreenReading(QObject):
    """Hides the window, lets the user pick a region of the screen, and opens it.

    Signals:
        failed(Trouble): the screen can't be captured.
    """

    failed = Signal(object)

    def __init__(self, opening: Opening, window: QWidget) -> None:
        super().__init__(window)
        self._opening, self._window = opening, window
        self._hidden: list[QWidget] = []
        self._pickers: list[RegionPicker] = []
        self._portal = ScreenshotPortal(self)
        self._portal.taken.connect(self._open_file)
        self._portal.cancelled.connect(self._restore)
        self._portal.refused.connect(self._refuse)

    def pick(self) -> None:
        """Let the user pick a region, unless this is going on already."""
        if self._hidden:
            return
        # Not only the main window: panels may have windows of their own. Tooltips and menus go by themselves.
        kinds = (Qt.WindowType.Window, Qt.WindowType.Dialog, Qt.WindowType.Tool)
        self._hidden = [
            each for each in QApplication.topLevelWidgets() if each.isVisible() and each.windowType() in kinds
        ]
        for each in self._hidden:
            each.hide()
        QTimer.singleShot(HIDE_WINDOWS, self, self._show_pickers)

    def _show_pickers(self) -> None:
        pictures = [(screen, grab_screen(screen)) for screen in QGuiApplication.screens()]
        # Wayland gives programs no picture of the screen, or an empty one. The desktop has a tool of its own.
        if any(picture.isNull() for _, picture in pictures) or QGuiApplication.platformName().startswith("wayland"):
            self._portal.ask()
            return
        for screen, picture in pictures:
            picker = RegionPicker(screen, picture)
            picker.picked.connect(self._open)
            picker.cancelled.connect(self._restore)
            self._pickers.append(picker)
            picker.show()
        for picker in self._pickers:
            picker.raise_()
            picker.activateWindow()
        under = (each for each in self._pickers if each.geometry().contains(QCursor.pos()))
        next(under, self._pickers[0]).grabKeyboard()  # the one that Enter takes

    def _refuse(self) -> None:
        self._restore()
        self.failed.emit(
            Trouble(
                tr(
                    "This desktop doesn’t let OCR Studio see the screen. Take a screenshot with the desktop’s own"
                    " tool, copy it, and choose Paste image."
                )
            )
        )

    def _open_file(self, path: Path) -> None:
        picture = QImage(str(path))
        if picture.isNull():
            self._refuse()
        else:
            self._open(picture)

    def _open(self, picture: QImage) -> None:
        self._restore()
        self._opening.open_images([image_convert.array(picture)], word="Screen")

    def _restore(self) -> None:
        """Show the windows again."""
        for picker in self._pickers:
            picker.releaseKeyboard()
            picker.close()
        self._pickers.clear()
        for each in self._hidden:
            if isValid(each):
                each.show()
        self._hidden.clear()
        self._window.activateWindow()


def grab_screen(screen: QScreen) -> QPixmap:
    """Return a picture of a whole screen; a null one if the desktop gives none."""
    return screen.grabWindow(0)
