"""Panel of words that look like the one just corrected."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QEvent, QObject, Qt, Signal
from PySide6.QtGui import QKeyEvent, QPixmap
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from ocr_studio.core.translation import Message, message_n, tr, tr_n
from ocr_studio.ui.document.apply_choices import Applied
from ocr_studio.ui.document.document import Document
from ocr_studio.ui.review.fix_everywhere import FixingEverywhere
from ocr_studio.ui.widgets.panel_keys import FIX_KEYS
from ocr_studio.ui.widgets.plain_label import PlainLabel
from ocr_studio.ui.widgets.side_panel import SidePanel
from ocr_studio.ui.words.change_list import ChangeList, ListTexts
from ocr_studio.ui.words.word_pictures import WordPictures


class FixPanel(SidePanel):
    """Asks which of the words need the same correction.

    Signals:
        message(str): a message about the result.
    """

    own_keys = FIX_KEYS
    message = Signal(str)

    def __init__(
        self,
        fixing: FixingEverywhere,
        document: Document,
        pictures: WordPictures,
        *,
        name_with_key: Callable[[str], str],
    ) -> None:
        """Create the panel, hidden. name_with_key: see ``ActionSet``."""
        super().__init__(tr("Fix mistake everywhere"), "fix_everywhere", tab_title=tr("Fix"))
        self._fixing, self._pictures, self._name_with_key = fixing, pictures, name_with_key
        self._text = ""
        self.asked = PlainLabel()
        self.asked.setWordWrap(True)
        self.own = PlainLabel()
        self.own.setAccessibleName(tr("Corrected word"))
        self.list = ChangeList(
            document,
            pictures,
            ListTexts(
                tr("Words that look like the corrected word"),
                (tr("Current text"), tr("New text"), tr("Similarity")),
                button=lambda count: tr_n("Fix {count} word", "Fix {count} words", count) if count else tr("Fix"),
                step=self._step,
            ),
        )
        self.list.started.connect(self._discard)
        self.list.applied.connect(self._report_applied)
        self.list.tree.installEventFilter(self)
        pictures.loaded.connect(lambda _: self._show_own())
        self.list.hint.setText(tr("Space: select or deselect   Ctrl+A: select all   Enter: fix   Esc: cancel"))
        self.list.hint.show()
        self._lay_out()
        self.retint()
        fixing.offered.connect(self._on_offer)
        fixing.recounted.connect(self._on_recount)
        for counted in (fixing.offered, fixing.recounted):
            counted.connect(self.changed)

    @property
    def has_offer(self) -> bool:
        """Whether there are words to show."""
        return self._fixing.count > 0

    @property
    def offer(self) -> str:
        """A message about the words to fix; empty if there are none."""
        if not self.has_offer:
            return ""
        return tr_n(
            "{count} similar word, {selected} selected: choose {action} to fix it",
            "{count} similar words, {selected} selected: choose {action} to fix them",
            self._fixing.count,
            selected=self._fixing.selected,
            action=self._name_with_key("fix_everywhere"),
        )

    def begin(self) -> None:
        """Show the offered words."""
        changes, corrected = self._fixing.changes(), self._fixing.corrected
        if corrected is None or not changes:
            self._fixing.forget()
            return
        word = corrected.correction
        self.asked.setText(
            tr("Are these also “{text}”? The corrected word was read as “{read}”.", text=word.right, read=word.misread)
        )
        self._show_own()
        self.open()
        self.list.show_changes((), forget=True)  # the ticks of an earlier offer
        self.list.show_changes(changes)
        self.list.tree.select_first()
        self.list.setFocus()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802  (Qt's name)
        """Close the panel on Esc."""
        if isinstance(event, QKeyEvent) and event.type() == QEvent.Type.KeyPress and event.key() == Qt.Key.Key_Escape:
            self.close()
            return True
        return super().eventFilter(watched, event)

    def _lay_out(self) -> None:
        head = QHBoxLayout()
        head.setContentsMargins(12, 4, 12, 4)
        head.setSpacing(10)
        head.addWidget(self.own)
        head.addWidget(self.asked, 1)
        head.addWidget(self.closer)
        whole = QWidget()
        layout = QVBoxLayout(whole)
        layout.setContentsMargins(0, 0, 0, 8)
        layout.setSpacing(6)
        layout.addLayout(head)
        self.list.setContentsMargins(12, 0, 12, 0)
        self.list.row.add(self.list.apply, at_end=True)
        layout.addWidget(self.list, 1)
        self.setWidget(whole)

    def _discard(self) -> None:
        # Kept, as another word may be corrected while the changes are applied.
        self._text = self._fixing.corrected.correction.right if self._fixing.corrected else ""
        self._fixing.forget()
        self.close()

    def _step(self, words: int, _photos: int) -> Message:
        """The name of the step in the undo menu."""
        return message_n("Change {count} word to “{text}”", "Change {count} words to “{text}”", words, text=self._text)

    def _report_applied(self, applied: Applied) -> None:
        self.message.emit(" ".join((applied.summary, *applied.skipped[:1])))

    def _show_own(self) -> None:
        """Show the corrected word."""
        corrected = self._fixing.corrected
        if corrected is not None:
            place = corrected.correction.place[0], corrected.image, corrected.quad
            self.own.setPixmap(self._pictures.picture(*place, self.devicePixelRatioF()) or QPixmap())

    def _on_recount(self) -> None:
        if self.isVisible():
            self.list.show_changes(self._fixing.changes())

    def _on_offer(self) -> None:
        if not self._fixing.count and self.isVisible():
            self.close()
