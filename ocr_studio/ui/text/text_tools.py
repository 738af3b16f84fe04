"""Creates the text tools: spelling, reading order, special characters and the text panel."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QObject

from ocr_studio.ui.canvas.photo_view import PhotoView
from ocr_studio.ui.document.document import Document
from ocr_studio.ui.document.index_service import IndexService
from ocr_studio.ui.document.open_photos import Opening
from ocr_studio.ui.job_thread import JobThread
from ocr_studio.ui.text.reading_order_overlay import OrderShown
from ocr_studio.ui.text.special_characters import Inserting
from ocr_studio.ui.text.spelling_navigation import SpellingHelp
from ocr_studio.ui.text.text_panel import TextPanel
from ocr_studio.ui.words.spell_checker import Spelling
from ocr_studio.ui.words.suggestions import Prompter
from ocr_studio.ui.words.word_table import WordTable


class TextSide(QObject):
    """Creates the text tools and connects them."""

    def __init__(
        self,
        document: Document,
        opening: Opening,
        index_service: IndexService,
        *,
        canvas: tuple[PhotoView, WordTable],
        lane: JobThread,
        key_of: Callable[[str], str],
    ) -> None:
        """Create the tools.

        Args:
            document: The open photo.
            opening: The open project and its settings.
            index_service: The search index, which contains the words of the project.
            canvas: The views in which words are shown and edited.
            lane: The thread for short jobs.
            key_of: See ``ActionSet.key``.
        """
        super().__init__(document)
        view, table = canvas
        spelling = Spelling(
            document,
            lane,
            index_service,
            project=lambda: opening.project,
            languages=lambda: opening.settings.languages,
            retry_saver=opening.retry_saver,
        )
        self.spelling = SpellingHelp(document, spelling, view, table)
        self.order = OrderShown(document, view)
        self.characters = Inserting(view, lambda: opening.settings)
        self.prompter = Prompter(document, lane, lambda: index_service.index, lambda: spelling.lexicon)
        self.panel = TextPanel(document, view, spelling, self.prompter, key_of=key_of)
        opening.leaving.connect(self.panel.finish_editing)
        self.order.changed.connect(self.panel.changed)
        spelling.changed.connect(self.panel.changed)
