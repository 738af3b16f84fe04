"""A photo with known words, drawn here, and the mouse and keys of a person at it."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QMouseEvent
from PySide6.QtWidgets import QApplication

from ocr_studio.core.page import Alternative, Page, Point, Quad, TextSource, Transcription, Word
from ocr_studio.ui.canvas.photo_view import PhotoView
from ocr_studio.ui.document.document import Document

WIDTH, HEIGHT = 800, 600
NONE = Qt.KeyboardModifier.NoModifier
# Three words in a line, one below, and a small one inside the big one.
BOXES = {
    "one": (60, 60, 220, 110),
    "two": (260, 60, 420, 110),
    "three": (460, 60, 620, 110),
    "big": (60, 300, 460, 500),
    "small": (100, 350, 200, 400),
}
TEXTS = {"one": "retum", "two": "white", "three": "board", "big": "whiteboard", "small": "tiny"}


def machine(text: str, confidence: float = 0.7) -> Transcription:
    """A reading with two alternatives."""
    alternatives = (Alternative(text, confidence), Alternative(text.upper(), 0.2), Alternative("other", 0.1))
    return Transcription(text, TextSource.MODEL, confidence, alternatives=alternatives)


def drawn_page() -> tuple[Page, NDArray[np.uint8]]:
    """The page and its photo."""
    image = np.full((HEIGHT, WIDTH, 3), 240, np.uint8)
    words: dict[str, Word] = {}
    for name, (left, top, right, bottom) in BOXES.items():
        cv2.putText(image, TEXTS[name], (left + 4, bottom - 8), cv2.FONT_HERSHEY_SIMPLEX, 1.2, (20, 30, 140), 3)
        words[name] = Word(name, Quad.from_box(left, top, right, bottom), machine=machine(TEXTS[name]))
    return Page("0" * 32, "board.png", WIDTH, HEIGHT, words), image


def place(view: PhotoView, point: Point) -> QPoint:
    """A point of the photo as a place of the viewport."""
    return view.viewportTransform().map(QPointF(*point)).toPoint()


def middle(name: str) -> Point:
    """The middle of one of the words as drawn."""
    left, top, right, bottom = BOXES[name]
    return (left + right) / 2, (top + bottom) / 2


class Hand:
    """Real mouse events for a view, at points of the photo."""

    def __init__(self, view: PhotoView) -> None:
        self._view = view
        self._held = Qt.MouseButton.NoButton

    def press(
        self, at: Point, held: Qt.KeyboardModifier = NONE, button: Qt.MouseButton = Qt.MouseButton.LeftButton
    ) -> None:
        """Press a button."""
        self._held = button
        self._send(QMouseEvent.Type.MouseButtonPress, place(self._view, at), button, button, held)

    def move(self, at: Point, held: Qt.KeyboardModifier = NONE) -> None:
        """Move, with the button held if it is."""
        self.move_on_screen(place(self._view, at), held)

    def move_on_screen(self, at: QPoint, held: Qt.KeyboardModifier = NONE) -> None:
        """Move to a place of the viewport."""
        self._send(QMouseEvent.Type.MouseMove, at, Qt.MouseButton.NoButton, self._held, held)

    def release(self, at: Point, held: Qt.KeyboardModifier = NONE) -> None:
        """Let go."""
        button, self._held = self._held, Qt.MouseButton.NoButton
        self._send(QMouseEvent.Type.MouseButtonRelease, place(self._view, at), button, self._held, held)

    def click(
        self, at: Point, held: Qt.KeyboardModifier = NONE, button: Qt.MouseButton = Qt.MouseButton.LeftButton
    ) -> None:
        """Press and let go."""
        self.press(at, held, button)
        self.release(at, held)

    def double_click(self, at: Point) -> None:
        """Twice in a row."""
        self.click(at)
        self._held = Qt.MouseButton.LeftButton
        spot = place(self._view, at)
        self._send(QMouseEvent.Type.MouseButtonDblClick, spot, self._held, self._held, NONE)
        self.release(at)

    def drag(self, start: Point, end: Point, held: Qt.KeyboardModifier = NONE) -> None:
        """From one point to another, in three steps."""
        self.press(start, held)
        for share in (0.3, 0.7, 1.0):
            self.move((start[0] + (end[0] - start[0]) * share, start[1] + (end[1] - start[1]) * share), held)
        self.release(end, held)

    def _send(
        self,
        kind: QMouseEvent.Type,
        at: QPoint,
        button: Qt.MouseButton,
        buttons: Qt.MouseButton,
        held: Qt.KeyboardModifier,
    ) -> None:
        viewport = self._view.viewport()
        there = QPointF(viewport.mapToGlobal(at))
        QApplication.sendEvent(viewport, QMouseEvent(kind, QPointF(at), there, button, buttons, held))


def document_of(view: PhotoView) -> Document:
    """The document of a view that shows the photo as it is."""
    assert isinstance(view.document, Document)
    return view.document
