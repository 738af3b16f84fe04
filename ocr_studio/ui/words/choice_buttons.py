"""Buttons for the likely texts of a word, each with the key that chooses it."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QGridLayout, QPushButton, QSizePolicy, QWidget

from ocr_studio.core.translation import tr
from ocr_studio.ui.style import labels, theme

# Pixels: between buttons, and inside each of them.
_GAP, _EDGES = 6, 20


class ChoiceButtons(QWidget):
    """A button for each text, in a row where there is room.

    Signals:
        chosen(index): the user has clicked this text.
    """

    chosen = Signal(int)

    def __init__(self, count: int, *, one_row: int, across: int) -> None:
        """Show nothing yet.

        Args:
            count: How many buttons there are.
            one_row: Width in pixels from which all are in one row.
            across: How many are in a row otherwise.
        """
        super().__init__()
        self._one_row, self._most_across = one_row, across
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setSpacing(_GAP)
        self._across = 0
        self._texts: tuple[str, ...] = ()
        self._current, self._writing = "", False
        self.buttons = [self._button(index) for index in range(count)]
        # Retain the space when hidden, so that what is above keeps its size.
        policy = self.sizePolicy()
        policy.setRetainSizeWhenHidden(True)
        self.setSizePolicy(policy)
        self._arrange(count)

    def minimumSizeHint(self) -> QSize:  # noqa: N802  (Qt's name)
        """As high as all rows, also those that are empty, so that what is above keeps its size from word to word."""
        rows, high = -(-len(self.buttons) // self._across), self.buttons[0].sizeHint().height()
        return QSize(0, rows * high + (rows - 1) * _GAP)

    def sizeHint(self) -> QSize:  # noqa: N802
        """See ``minimumSizeHint``."""
        return self.minimumSizeHint()

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802
        """Use several rows in a narrow panel, and show as much of each text as fits."""
        super().resizeEvent(event)
        self._arrange(len(self.buttons) if event.size().width() >= self._one_row else self._most_across)
        self._show()

    def show_choices(self, texts: Sequence[str], *, current: str, writing: bool) -> None:
        """Show texts.

        Args:
            texts: The texts, the most likely first.
            current: The text that the word has now.
            writing: Whether digits are text at the moment, so that they choose with Alt only.
        """
        self._texts, self._current, self._writing = tuple(texts[: len(self.buttons)]), current, writing
        self._show()

    def _show(self) -> None:
        metrics = self.buttons[0].fontMetrics()
        room = (self.width() - (self._across - 1) * _GAP) // self._across - _EDGES
        keys = labels.choice_key_width(metrics, writing=self._writing)
        texts = labels.elided_apart(metrics, self._texts, room - keys)
        for index, button in enumerate(self.buttons):
            known = index < len(self._texts)
            button.setVisible(known)
            if known:
                whole = self._texts[index]
                button.setText(labels.label(labels.choice(index, texts[index], writing=self._writing)))
                button.setToolTip(labels.tooltip(labels.shown(whole)))
                button.setAccessibleName(
                    tr("Alternative {number}: {text}", number=index + 1, text=labels.shortened(whole))
                )
                theme.set_state(button, "chosen", self._current == whole)

    def _arrange(self, across: int) -> None:
        if across == self._across:
            return
        self._across = across
        for index, button in enumerate(self.buttons):
            self._grid.addWidget(button, index // across, index % across)
        for column in range(len(self.buttons)):
            self._grid.setColumnStretch(column, 1 if column < across else 0)
        self.updateGeometry()

    def _button(self, index: int) -> QPushButton:
        button = QPushButton()
        button.setProperty("reading", True)
        # Otherwise brackets would be mirrored in right-to-left windows.
        button.setLayoutDirection(Qt.LayoutDirection.LeftToRight)
        button.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        button.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        button.clicked.connect(lambda: self.chosen.emit(index))
        return button
