"""The panel with the text of the photo and the note about it."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QSplitter, QVBoxLayout, QWidget

from ocr_studio.core.translation import tr
from ocr_studio.ui.canvas.photo_view import PhotoView
from ocr_studio.ui.document.document import Document
from ocr_studio.ui.text.note_editor import NoteEditor
from ocr_studio.ui.text.page_text_editor import PageTextEditor
from ocr_studio.ui.widgets.dock_panel import PanelDock
from ocr_studio.ui.widgets.panel_keys import TEXT_KEYS
from ocr_studio.ui.widgets.plain_label import PlainLabel
from ocr_studio.ui.words.spell_checker import Spelling


class TextPanel(PanelDock):
    """The text of the photo, to be edited line by line; below it the note."""

    lasting = reopens = True
    own_keys = TEXT_KEYS

    def __init__(self, document: Document, view: PhotoView, spelling: Spelling) -> None:
        super().__init__(tr("Text"), "text")
        self._document, self._view = document, view
        self.text = PageTextEditor(document, spelling)
        self.note = NoteEditor(document)
        self.text.edit_wanted.connect(self._edit)
        self.text.left.connect(view.setFocus)
        hint = PlainLabel(tr("Type to correct the text. Tab goes to the next uncertain word."))
        hint.setProperty("quiet", True)
        hint.setWordWrap(True)
        head = QHBoxLayout()
        head.addWidget(hint, 1)
        head.addWidget(self.closer)
        parts = QSplitter(Qt.Orientation.Vertical)
        parts.setChildrenCollapsible(False)
        parts.addWidget(self.text)
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

    def _edit(self) -> None:
        if self._document.current:
            self._view.setFocus()
            self._view.edit_current()
