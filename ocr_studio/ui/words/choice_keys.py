"""Which keys choose an alternative of the current word, depending on the keyboard focus."""

from __future__ import annotations

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QApplication, QGraphicsView, QWidget

from ocr_studio.ui.words.word_editor import WordEditor
from ocr_studio.ui.words.word_table import WordTable


class ChoiceKeys(QObject):
    """The keys of the widget that last had the focus and whose keys choose an alternative.

    Digits choose on the photo, Alt and digits in the table of words and where the text of a word is typed.

    Signals: ``changed()`` other keys choose.
    """

    changed = Signal()

    def __init__(self, parent: QObject, own: QWidget | None = None) -> None:
        """Start with the keys of the photo; ``own`` is a widget that has keys and alternatives of its own."""
        super().__init__(parent)
        self._own, self._state = own, (False, False)
        application = QApplication.instance()
        if isinstance(application, QApplication):
            application.focusChanged.connect(self._follow_focus)

    @property
    def writing(self) -> bool:
        """Whether digits are text, so that they choose with Alt only."""
        return self._state[0]

    @property
    def is_own(self) -> bool:
        """Whether it is the widget with keys of its own."""
        return self._state[1]

    def _follow_focus(self, _left: QWidget | None, entered: QWidget | None) -> None:
        writing, own = isinstance(entered, (WordEditor, WordTable)), entered is not None and entered is self._own
        if (writing or own or isinstance(entered, QGraphicsView)) and (writing, own) != self._state:
            self._state = writing, own
            self.changed.emit()
