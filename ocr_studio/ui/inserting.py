"""Special characters into whatever line is being written in."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QObject, QPoint
from PySide6.QtWidgets import QApplication, QLineEdit, QPlainTextEdit

from ocr_studio.core import paths
from ocr_studio.core.errors import StudioError
from ocr_studio.core.language import characters
from ocr_studio.core.models import registry as models
from ocr_studio.core.settings import Settings
from ocr_studio.ui.canvas.photo_view import PhotoView
from ocr_studio.ui.text.special_characters import CharactersPopup


class Inserting(QObject):
    """Shows the palette at the line with the keys; where there is none, the current word is opened for writing.

    settings: asked for them as they are; they say which model's alphabet it is.
    """

    def __init__(self, view: PhotoView, settings: Callable[[], Settings]) -> None:
        super().__init__(view)
        self._view, self._settings = view, settings

    def show(self) -> CharactersPopup | None:
        """Show the palette; None where there is nothing to write in."""
        line = self._line()
        if line is None:
            return None
        # Its child: an editor in a table is closed by Qt as soon as the keys go to anybody else.
        popup = CharactersPopup(characters.groups(self._alphabet()), characters.last_used(paths.config_dir()), line)
        popup.chosen.connect(lambda character: self._insert(line, character))
        cursor = line.cursorRect()
        popup.show_at(line.mapToGlobal(QPoint(cursor.left(), line.rect().bottom() + 4)))
        return popup

    def _line(self) -> QLineEdit | QPlainTextEdit | None:
        line = QApplication.focusWidget()
        if isinstance(line, QLineEdit | QPlainTextEdit) and not line.isReadOnly() and line.isEnabled():
            return line
        self._view.edit_current()
        if self._view.editing.word_id is None:
            return None
        editor = self._view.editing.panel.editor
        editor.end(False)
        return editor

    @staticmethod
    def _insert(line: QLineEdit | QPlainTextEdit, character: str) -> None:
        characters.use(paths.config_dir(), character)
        line.setFocus()
        if isinstance(line, QLineEdit):
            line.insert(character)
        else:
            line.insertPlainText(character)

    def _alphabet(self) -> tuple[str, ...]:
        try:
            settings = self._settings()
            model = models.in_use(settings.model, alphabet=settings.alphabet)
        except StudioError:
            return characters.latin()
        return model.card.alphabet if model.card is not None and model.card.alphabet else characters.latin()
