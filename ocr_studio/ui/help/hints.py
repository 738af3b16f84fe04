"""Three hints for new users, each shown once, when it is useful."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace

from PySide6.QtCore import QObject, QTimer, Signal
from PySide6.QtWidgets import QApplication, QWidget

from ocr_studio.core.page import Word
from ocr_studio.core.settings import Settings
from ocr_studio.core.translation import tr, tr_n
from ocr_studio.ui.document.document import Document
from ocr_studio.ui.document.open_photos import Opening
from ocr_studio.ui.document.undo_history import DocumentChange
from ocr_studio.ui.help.hint_card import HintCard
from ocr_studio.ui.menus.action_set import ActionSet
from ocr_studio.ui.reading.controller import ReadingController
from ocr_studio.ui.text.page_text_editor import PageTextEditor

CORRECTING, KEYS, LEARNING = "correcting", "keys", "learning"
# From this number of corrections on, training is worth a try.
_ENOUGH = 10


class Hints(QObject):
    """Shows hints: how to correct, on the first photo with words; useful keys, after the first correction; and
    training, once ten words of the opened photos are corrected. Not in sessions that save nothing, such as screenshots
    of the window.

    Signals: ``changed()`` a hint was shown or closed.
    """

    changed = Signal()

    def __init__(
        self,
        document: Document,
        opening: Opening,
        reading: ReadingController,
        view: QWidget,
        *,
        actions: ActionSet,
        change_settings: Callable[[Settings], object],
    ) -> None:
        """Show nothing yet; hints are shown over the ``view``."""
        super().__init__(view)
        self._document, self._opening, self._reading = document, opening, reading
        self._actions, self._change_settings = actions, change_settings
        self._corrected: set[tuple[str, str]] = set()
        self.card = HintCard(view)
        self.card.closed.connect(self.close)
        if opening.saves_state:
            # After the photo is on the screen, as showing a hint writes to the disk.
            soon = QTimer(self, singleShot=True, interval=0)
            soon.timeout.connect(self._on_page_opened)
            document.opened.connect(soon.start)
            document.changed.connect(self._on_words_changed)
            reading.stopped.connect(self._on_page_opened)

    @property
    def shown(self) -> bool:
        """Whether there is a hint to close."""
        return not self.card.isHidden()

    def close(self) -> None:
        """Close the hint."""
        self.card.hide()
        self.changed.emit()

    def _on_page_opened(self) -> None:
        page = self._document.page
        if page is None:
            self.close()
        elif page.words and not self._reading.busy:
            self._count(page.id, page.words.values())
            if self._document.writable:
                self._show(
                    CORRECTING,
                    tr(
                        "Is a word wrong? Double-click it on the photo, or select it and press {key}. In the list of"
                        " words, just start typing.",
                        key=self._actions.key("edit_text"),
                    ),
                )

    def _on_words_changed(self, change: DocumentChange) -> None:
        page = self._document.page
        if page is None or not change.words:
            return
        words = [page.words[key] for key in change.words if key in page.words]
        if not self._count(page.id, words):
            return
        if len(self._corrected) >= _ENOUGH:
            self._show(
                LEARNING,
                tr_n(
                    "You have corrected {count} word on the photos you opened. Train on it to read this handwriting"
                    " better.",
                    "You have corrected {count} words on the photos you opened. Train on them to read this handwriting"
                    " better.",
                    len(self._corrected),
                ),
                offer=(tr("Train model"), self._actions["learn"].trigger),
            )
        else:
            self._show(KEYS, self._name_keys())

    def _name_keys(self) -> str:
        """Say which keys go from word to word where the user has corrected one."""
        if isinstance(QApplication.focusWidget(), PageTextEditor):
            return tr(
                "Press Tab to go to the next uncertain word, or Ctrl+Enter to confirm a word first. Enter starts a new"
                " line. To use an alternative, click it below the text."
            )
        return tr(
            "Press {accept} to confirm a word and go to the next one, or {next} to skip it. To use an alternative,"
            " click it below the list of words.",
            accept=self._actions.key("accept_next"),
            next=self._actions.key("next_word"),
        )

    def _count(self, page_id: str, words: Iterable[Word]) -> bool:
        """Remember which of these words the user has corrected. Returns whether there are any."""
        found = {(page_id, word.id) for word in words if _is_corrected(word)}
        self._corrected |= found
        return bool(found)

    def _show(self, name: str, text: str, *, offer: tuple[str, Callable[[], object]] | None = None) -> None:
        now = self._opening.settings
        if name in now.hints_seen:
            return
        # Saved first, so that it is not shown twice.
        self._change_settings(replace(now, hints_seen=(*now.hints_seen, name)))
        self.card.show_text(text, key=self._actions.key("close_hint"), offer=offer)
        self.changed.emit()


def _is_corrected(word: Word) -> bool:
    return bool(word.human and word.machine and word.human.text != word.machine.text)
