"""Files and images dropped anywhere on the window: always copied, and opened."""

from __future__ import annotations

from typing import cast

from PySide6.QtCore import QCoreApplication, QEvent, QObject, QRectF, Qt
from PySide6.QtGui import QColor, QDragEnterEvent, QDragMoveEvent, QDropEvent, QPainter, QPaintEvent, QPen, QWindow
from PySide6.QtWidgets import QApplication, QWidget

from ocr_studio.core.translation import tr, tr_n
from ocr_studio.ui.document import dropped_data
from ocr_studio.ui.document.open_photos import Opening
from ocr_studio.ui.style import theme

# Pixels: the frame of the highlight, its distance from the edge, and its round corners.
_FRAME, _EDGE, _ROUND = 3, 12, 14
_VEIL = 225  # of 255, how much the highlight covers


class DropHighlight(QWidget):
    """Covers a part of the window while something that can be opened is dragged over the window."""

    def __init__(self, over: QWidget) -> None:
        super().__init__(over)
        self._over = over
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.text = ""
        self.hide()

    def show_drop(self, files: int) -> None:
        """Show the highlight for this number of files."""
        self.text = (
            tr_n("Drop to open {count} file", "Drop to open {count} files", files) if files else tr("Drop to open")
        )
        self.setGeometry(self._over.rect())
        self.raise_()
        self.show()
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802  (Qt's name)
        """Paint a veil, a frame and the text."""
        colours = theme.colours()
        veil, accent = QColor(colours.selection), QColor(colours.accent)
        veil.setAlpha(_VEIL)
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setBrush(veil)
        painter.setPen(QPen(accent, _FRAME, Qt.PenStyle.DashLine))
        painter.drawRoundedRect(QRectF(self.rect()).adjusted(_EDGE, _EDGE, -_EDGE, -_EDGE), _ROUND, _ROUND)
        font = self.font()
        font.setPointSizeF(font.pointSizeF() * 1.6)
        font.setWeight(font.Weight.DemiBold)
        painter.setFont(font)
        painter.setPen(QColor(colours.text))
        painter.drawText(self.rect(), Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextWordWrap, self.text)
        painter.end()


class DropTarget(QObject):
    """Takes what other programs drop on the window, before any field under the mouse does.

    A drop is always answered by Copy: the program that offers a file to be moved would delete it. So the fields that
    take text are not offered a Move either.
    """

    def __init__(self, window: QWidget, opening: Opening, highlight: DropHighlight) -> None:
        """Take drops on this window.

        Args:
            window: The window.
            opening: Opens what is dropped.
            highlight: Shows that it can be dropped.
        """
        super().__init__(window)
        self._window, self._opening, self.highlight = window, opening, highlight
        self._handle: QWindow | None = None
        self._passing = False  # an event is being passed on
        window.setAcceptDrops(True)
        window.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802  (Qt's name)
        """Take files and images from the system's window, so before its fields; web addresses where no field does."""
        if isinstance(event, QDropEvent):
            return self._take(event, at_end=watched is self._window)
        if event.type() == QEvent.Type.DragLeave and watched is self._handle:
            self.highlight.hide()
        elif event.type() in (QEvent.Type.Show, QEvent.Type.WinIdChange) and watched is self._window:
            self._watch_handle()
        return False

    def _watch_handle(self) -> None:
        handle = cast("QWindow | None", self._window.windowHandle())
        if handle is not None and handle is not self._handle:
            self._handle = handle
            handle.installEventFilter(self)

    def _take(self, event: QDropEvent, *, at_end: bool) -> bool:
        """Handle a drag or a drop; ``at_end``: no field has taken it. Returns whether that is all."""
        if event.source() is not None or (self._passing and not at_end):  # the rows of a table, or passed on
            return False
        if QApplication.activeModalWidget() is not None:
            event.ignore()
            return True
        data = event.mimeData()
        if not (Opening.takes(data) if at_end else dropped_data.has_files_or_images(data)):
            return not at_end and self._pass_on(event)
        event.setDropAction(Qt.DropAction.CopyAction)
        event.accept()
        if event.type() == QEvent.Type.Drop:
            self.highlight.hide()
            self._opening.open_mime(data, word="Dropped")
        elif event.type() == QEvent.Type.DragEnter:
            self.highlight.show_drop(len(dropped_data.files_in(data)))
        return True

    def _pass_on(self, event: QDropEvent) -> bool:
        """Let the field under the mouse take what can be moved as a copy. Returns whether there was need to."""
        actions, handle = event.possibleActions(), self._handle
        if handle is None or not actions & Qt.DropAction.MoveAction:
            return False
        others = actions & ~Qt.DropAction.MoveAction
        actions = others if others != Qt.DropAction.IgnoreAction else Qt.DropAction.CopyAction
        given = actions, event.mimeData(), event.buttons(), event.modifiers()
        if event.type() == QEvent.Type.DragEnter:
            copy: QDropEvent = QDragEnterEvent(event.position().toPoint(), *given)
        elif event.type() == QEvent.Type.DragMove:
            copy = QDragMoveEvent(event.position().toPoint(), *given)
        else:
            copy = QDropEvent(event.position(), *given)
        self._passing = True
        QCoreApplication.sendEvent(handle, copy)
        self._passing = False
        event.setDropAction(copy.dropAction())
        event.setAccepted(copy.isAccepted())
        return True
