"""The strip of alternatives for the current word, each with the key that chooses it."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import (
    QBoxLayout,
    QHBoxLayout,
    QPushButton,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)

from ocr_studio.core.page import Word
from ocr_studio.core.translation import tr
from ocr_studio.core.units import percent
from ocr_studio.ui.document import commands
from ocr_studio.ui.document.document import Document
from ocr_studio.ui.style import labels
from ocr_studio.ui.widgets.plain_label import PlainLabel
from ocr_studio.ui.words.choice_keys import ChoiceKeys

# Pixels before scaling: around the row, between its buttons, and inside each of them.
_MARGIN, _SPACING, _PADDING = 12, 6, 20
_ROOMY = 380
# Characters of an alternative that are shown at most.
_MOST = 400
# Share of the longest alternative that has to be visible.
_ENOUGH = 0.8


class Alternatives(QWidget):
    """Numbered buttons with the alternatives that the recognizer considered."""

    def __init__(self, document: Document) -> None:
        super().__init__()
        self._document = document
        self._keys = ChoiceKeys(self)
        self._state: tuple[Word | None, bool, int, bool] | None = None
        self.setAccessibleName(tr("Alternatives for the current word"))
        self._title = PlainLabel()
        self._title.setProperty("quiet", True)
        self._buttons = [self._button(index) for index in range(commands.CHOICES)]
        row = self._row = QHBoxLayout()
        row.setSpacing(_SPACING)
        for button in self._buttons:
            row.addWidget(button, 1)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(_MARGIN, 8, _MARGIN, _MARGIN)
        layout.setSpacing(6)
        layout.addWidget(self._title)
        layout.addLayout(row)
        document.selection_changed.connect(self._show)
        document.changed.connect(self._show)
        document.opened.connect(self._show)
        self._keys.changed.connect(self._show)
        self._show()

    @property
    def title(self) -> str:
        """The text above the buttons, which says how to choose."""
        return self._title.text()

    def choices(self) -> list[str]:
        """Return the texts of the buttons."""
        return [button.text() for button in self._buttons]

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802  (Qt's name)
        """Show as much of each alternative as fits."""
        super().resizeEvent(event)
        self._show()

    def _button(self, index: int) -> QPushButton:
        button = QPushButton()
        button.setProperty("reading", True)
        # A click leaves the focus where it is, so that keys go on acting on the word.
        button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        # No minimum width, so that long alternatives don't push the photo aside.
        button.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        button.clicked.connect(lambda: commands.choose(self._document, index))
        return button

    def _show(self) -> None:
        word = self._document.word(self._document.current)
        state = word, self._keys.writing, self.width(), self._document.writable
        if state == self._state:
            return
        self._state = state
        readings = word.machine.alternatives[: commands.CHOICES] if word and word.machine else ()
        texts = [labels.shortened(each.text, _MOST) for each in readings]
        self._title.setText(_title(word, len(readings), self._keys.writing))
        shared = commands.CHOICES if self.width() >= _ROOMY else max(1, len(readings))
        room = (self.width() - 2 * _MARGIN - (shared - 1) * _SPACING) // shared - _PADDING
        longest = max(map(self.fontMetrics().horizontalAdvance, texts), default=0)
        # Side by side, only the beginnings of long alternatives would be visible, which are often the same.
        metrics = self._buttons[0].fontMetrics()
        beside = labels.elided_apart(metrics, texts, room - labels.choice_key_width(metrics, writing=False))
        lines = room < _ENOUGH * longest or len(set(beside)) < len(set(texts))
        if lines:
            room = self.width() - 2 * _MARGIN - _PADDING
        ways = QBoxLayout.Direction
        self._row.setDirection(ways.TopToBottom if lines else ways.LeftToRight)
        # The title names the keys, too, so the alternatives get the room if there is not enough for both.
        named = [labels.choice(index, text, writing=True) for index, text in enumerate(texts)]
        roomy = all(self.fontMetrics().horizontalAdvance(each) <= room for each in named)
        writing = self._keys.writing and roomy
        shown = labels.elided_apart(metrics, texts, room - labels.choice_key_width(metrics, writing=writing))
        for index, button in enumerate(self._buttons):
            key = labels.choice_key(index, writing=self._keys.writing)
            known = index < len(readings)
            # In a narrow window, empty buttons are hidden.
            button.setVisible(known or (self.width() >= _ROOMY and not lines))
            button.setEnabled(known and self._document.writable)
            reading = readings[index] if known else None
            text = texts[index] if reading else "–"
            button.setText(labels.label(labels.choice(index, shown[index] if reading else text, writing=writing)))
            button.setAccessibleName(
                tr("Alternative {number}: {text}", number=index + 1, text=text)
                if reading
                else tr("No alternative {number}", number=index + 1)
            )
            sure = f"{percent(reading.confidence)} ({key})" if reading else ""
            button.setToolTip(labels.tooltip(f"{text}   {sure}") if sure else "")
            chosen = bool(word and reading and word.text == reading.text)
            if button.property("chosen") is not chosen:
                button.setProperty("chosen", chosen)
                button.style().unpolish(button)
                button.style().polish(button)


def _title(word: Word | None, readings: int, writing: bool) -> str:
    if word is None:
        return tr("Alternatives for the selected word")
    if not word.has_box:
        return tr("This word has no box. Draw one on the photo.")
    if not readings:
        return tr("No alternatives; draw the box tighter or press R to read it again")
    return tr("Which is right? Press {keys}", keys=labels.choice_keys(readings, writing=writing))
