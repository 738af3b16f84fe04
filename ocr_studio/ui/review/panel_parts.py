"""The row of other texts that a word in the review queue may have, each with the key that chooses it."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QSizePolicy, QWidget

from ocr_studio.core.translation import tr
from ocr_studio.ui.review.word_line import ReviewLine
from ocr_studio.ui.style import labels


class ReviewChoices(QWidget):
    """As many buttons as the line offers texts. Signals: ``chosen(index)``."""

    chosen = Signal(int)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(6)
        self.buttons = [self._button(index) for index in range(ReviewLine.most_choices)]
        for button in self.buttons:
            row.addWidget(button, 1)
        # Cards keep their size where nothing is offered.
        policy = self.sizePolicy()
        policy.setRetainSizeWhenHidden(True)
        self.setSizePolicy(policy)
        self.setMinimumHeight(self.buttons[0].sizeHint().height())

    def show_choices(self, line: ReviewLine) -> None:
        """Show what may be chosen in the line just now."""
        readings = line.readings
        for index, button in enumerate(self.buttons):
            known = index < len(readings)
            button.setVisible(known)
            if known:
                shown = labels.choice(index, readings[index], writing=not line.takes_digits)
                button.setText(labels.label(shown))
                button.setToolTip(labels.tooltip(labels.shown(readings[index])))
                button.setAccessibleName(
                    tr("Reading {number}: {text}", number=index + 1, text=labels.shortened(readings[index]))
                )
                chosen = line.text() == readings[index]
                if button.property("chosen") != chosen:
                    button.setProperty("chosen", chosen)
                    button.style().unpolish(button)
                    button.style().polish(button)

    def _button(self, index: int) -> QPushButton:
        button = QPushButton()
        button.setProperty("reading", True)
        # Or brackets of texts would stand at their other end where the window is read from right to left.
        button.setLayoutDirection(Qt.LayoutDirection.LeftToRight)
        button.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        button.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        button.clicked.connect(lambda: self.chosen.emit(index))
        return button
