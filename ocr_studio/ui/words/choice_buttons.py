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
# Letters of a text for which a button has room beside its key, however narrow the panel is.
_LEAST_LETTERS = 9


class ChoiceButtons(QWidget):
    """A button for each text, in a row where there is room.

    Where texts are too long for that, they share the rows that are there for the largest number of them.

    Signals:
        chosen(index): the user has clicked this text.
    """

    chosen = Signal(int)

    def __init__(self, count: int, *, one_row: int, across: int, with_alt: bool = True) -> None:
        """Show nothing yet.

        Args:
            count: How many buttons there are.
            one_row: Width in pixels from which all are in one row.
            across: How many are in a row otherwise.
            with_alt: Whether digits are mostly text there, so that the keys have Alt, and need more room.
        """
        super().__init__()
        self._one_row, self._most_across, self._with_alt = one_row, across, with_alt
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setSpacing(_GAP)
        self._grid.setAlignment(Qt.AlignmentFlag.AlignTop)
        self._across = self._across_by_width = 0
        self._texts: tuple[str, ...] = ()
        self._current, self._writing = "", False
        self.buttons = [self._button(index) for index in range(count)]
        # Retain the space when hidden, so that what is above keeps its size.
        policy = self.sizePolicy()
        policy.setRetainSizeWhenHidden(True)
        self.setSizePolicy(policy)
        self._across_by_width = count
        self._arrange(count)

    def minimumSizeHint(self) -> QSize:  # noqa: N802  (Qt's name)
        """As high as all rows, also those that are empty, so that what is above keeps its size from word to word."""
        rows, high = self._rows, self.buttons[0].sizeHint().height()
        return QSize(0, rows * high + (rows - 1) * _GAP)

    def sizeHint(self) -> QSize:  # noqa: N802
        """See ``minimumSizeHint``."""
        return self.minimumSizeHint()

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802
        """Use several rows in a narrow panel, and show as much of each text as fits."""
        super().resizeEvent(event)
        across = min(self._most_across, self._find_most_across())
        if self.width() >= self._one_row:
            across = len(self.buttons)
        if across != self._across_by_width:
            self._across_by_width = across
            self.updateGeometry()
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

    @property
    def _rows(self) -> int:
        """How many rows there is space for."""
        return -(-len(self.buttons) // self._across_by_width)

    def _find_most_across(self) -> int:
        """Return how many buttons fit in a row with their keys and some letters."""
        metrics = self.buttons[0].fontMetrics()
        letters = metrics.horizontalAdvance("n" * _LEAST_LETTERS)
        least = labels.choice_key_width(metrics, writing=self._with_alt) + letters + _EDGES
        return max(1, (self.width() + _GAP) // (least + _GAP))

    def _room(self, across: int) -> int:
        """Return how many pixels the text of a button has in rows of this many."""
        return (self.width() - (across - 1) * _GAP) // across - _EDGES

    def _find_across(self) -> int:
        """Return how many are in a row: as many as fit; fewer in the rows that are there, if texts are long."""
        metrics, count = self.buttons[0].fontMetrics(), len(self._texts)
        named = [labels.choice(index, text, writing=self._writing) for index, text in enumerate(self._texts)]
        longest = max((metrics.horizontalAdvance(labels.shortened(each)) for each in named), default=0)
        fewer = (-(-count // rows) for rows in range(1, self._rows + 1)) if count else ()
        most = max(self._most_across, self._across_by_width)
        ways = [most, self._across_by_width, *(across for across in fewer if across < self._across_by_width)]
        return next((across for across in ways if longest <= self._room(across)), ways[-1])

    def _show(self) -> None:
        self._arrange(self._find_across())
        metrics = self.buttons[0].fontMetrics()
        keys = labels.choice_key_width(metrics, writing=self._writing)
        texts = labels.elided_apart(metrics, self._texts, self._room(self._across) - keys)
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

    def _button(self, index: int) -> QPushButton:
        button = QPushButton()
        button.setProperty("reading", True)
        # Otherwise brackets would be mirrored in right-to-left windows.
        button.setLayoutDirection(Qt.LayoutDirection.LeftToRight)
        button.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        button.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        button.clicked.connect(lambda: self.chosen.emit(index))
        return button
