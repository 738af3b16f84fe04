"""Screenshots of the window, for the README and for checking its appearance."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QObject, QTimer
from PySide6.QtWidgets import QApplication, QWidget

from ocr_studio.core.errors import StudioError
from ocr_studio.core.formats import marked_pictures
from ocr_studio.core.formats.output_folder import OutputFile
from ocr_studio.ui.widgets import image_convert

# Milliseconds: thumbnails, the last repaint and scrolling are done a moment after everything is read.
_SETTLE_MS = 800


class Screenshot(QObject):
    """Waits until the window is ready, writes the image and ends the program.

    ``trouble`` is why the image could not be written; None if it was.
    """

    def __init__(self, window: QWidget, file: OutputFile, *, ready: Callable[[], bool]) -> None:
        """Start waiting.

        Args:
            window: The window.
            file: Where to write the image.
            ready: Polled; the screenshot is taken when it has been true for a while.
        """
        super().__init__(window)
        closed = StudioError("the window was closed before the screenshot was taken", file=file.path)
        self.trouble: StudioError | None = closed
        self._window, self._file, self._ready = window, file, ready
        self._quiet_ms = 0
        self._clock = QTimer(self, interval=100)
        self._clock.timeout.connect(self._check_ready)
        self._clock.start()

    def _check_ready(self) -> None:
        self._quiet_ms = self._quiet_ms + self._clock.interval() if self._ready() else 0
        if self._quiet_ms >= _SETTLE_MS:
            self._clock.stop()
            self._save_image()

    def _save_image(self) -> None:
        picture = self._window.grab().toImage()
        try:
            self._file.write(marked_pictures.encode_marked(image_convert.array(picture)))
            self.trouble = None
        except StudioError as error:
            self.trouble = error
        self._window.close()
        QApplication.quit()
