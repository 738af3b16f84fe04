"""The panel with the text of the photo and the note about it."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QSplitter, QVBoxLayout, QWidget

from ocr_studio.core.translation import tr
from ocr_studio.ui.canvas.photo_view import PhotoView
from ocr_studio.ui.document import commands
from ocr_studio.ui.document.document import Document
from ocr_studio.ui.style import labels
from ocr_studio.ui.text.note_editor import NoteEditor
from ocr_studio.ui.text.page_text_editor import PageTextEditor
from ocr_studio.ui.widgets.elided_label import ElidedLabel
from ocr_studio.ui.widgets.panel_keys import TEXT_KEYS
from ocr_studio.ui.widgets.plain_label import PlainLabel
from ocr_studio.ui.widgets.side_panel import SidePanel
from ocr_studio.ui.words.choice_buttons import ChoiceButtons
from ocr_studio.ui.words.choice_keys import ChoiceKeys
from ocr_studio.ui.words.spell_checker import Spelling
from ocr_studio.ui.words.suggestions import Prompter

# Screen pixels: the width from which all likely texts of a word are in one row; otherwise how many.
_ONE_ROW, _ACROSS = 640, 3


class TextPanel(SidePanel):
    """The text of the photo, to be edited line by line; below it the note."""

    lasting = reopens = True
    own_keys = TEXT_KEYS

    def __init__(
        self,
        document: Document,
        view: PhotoView,
        spelling: Spelling,
        prompter: Prompter,
        *,
        key_of: Callable[[str], str],
    ) -> None:
        super().__init__(tr("Text"), "text")
        self._document, self._view = document, view
        self.text = PageTextEditor(document, spelling, prompter, key_of=key_of)
        self.note = NoteEditor(document)
        self.text.edit_wanted.connect(self._edit)
        self.text.left.connect(view.setFocus)
        hint = PlainLabel(tr("Type to correct the text. Tab goes to the next uncertain word."))
        hint.setProperty("quiet", True)
        hint.setWordWrap(True)
        head = QHBoxLayout()
        head.addWidget(hint, 1)
        head.addWidget(self.closer)
        self.question = ElidedLabel()
        self.question.setProperty("quiet", True)
        self.choices = ChoiceButtons(commands.CHOICES, one_row=_ONE_ROW, across=_ACROSS)
        self.choices.chosen.connect(self._choose)
        self._keys, self._aside = ChoiceKeys(self, own=self.text), False
        for changed in (self.text.choices.changed, self._keys.changed):
            changed.connect(self._show_choices)
        self.visibilityChanged.connect(lambda _: self._show_choices())
        writing = QWidget()
        column = QVBoxLayout(writing)
        column.setContentsMargins(0, 0, 0, 6)
        column.setSpacing(6)
        column.addWidget(self.text, 1)
        column.addWidget(self.question)
        column.addWidget(self.choices)
        parts = QSplitter(Qt.Orientation.Vertical)
        parts.setChildrenCollapsible(False)
        parts.addWidget(writing)
        parts.addWidget(self.note)
        parts.setStretchFactor(0, 3)
        parts.setStretchFactor(1, 1)
        self.text.setMinimumHeight(60)
        self.note.setMinimumHeight(44)
        whole = QWidget()
        layout = QVBoxLayout(whole)
        layout.setContentsMargins(12, 8, 12, 12)
        layout.setSpacing(6)
        layout.addLayout(head)
        layout.addWidget(parts, 1)
        self.setWidget(whole)
        self.retint()

    def finish_editing(self) -> None:
        """Save what is being typed."""
        self.text.finish()
        self.note.finish()

    def edit(self) -> None:
        """Open the panel and go to the text."""
        self.open()
        self.text.setFocus()

    def write_note(self) -> None:
        """Open the panel and start editing the note."""
        self.open()
        self.note.setFocus()

    def put_choices_aside(self, aside: bool) -> None:
        """Show likely texts only while the text is edited, as another panel shows alternatives of its own."""
        self._aside = aside
        self._show_choices()

    def _show_choices(self) -> None:
        """Show what the digits choose for the current word, in the text or else on the photo, and the keys for it."""
        if not self.isVisible():
            return
        word = self._document.word(self._document.current)
        if self._keys.is_own:
            texts, writing = self.text.choices.texts, not self.text.choices.takes_digits
        else:
            readings = word.machine.alternatives if word and word.machine and not self._aside else ()
            texts, writing = tuple(each.text for each in readings[: commands.CHOICES]), self._keys.writing
        self.choices.show_choices(texts, current=word.text if word else "", writing=writing)
        self.choices.setEnabled(self._document.writable)
        keys = labels.choice_keys(len(texts), writing=writing)
        self.question.setText(tr("Which is right? Press {keys}", keys=keys) if texts else "")

    def _choose(self, index: int) -> None:
        if self._keys.is_own:
            self.text.choose(index)
            self.text.setFocus()
        else:
            commands.choose(self._document, index)

    def _edit(self) -> None:
        if self._document.current:
            self._view.setFocus()
            self._view.edit_current()
