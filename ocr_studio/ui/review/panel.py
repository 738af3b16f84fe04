"""Panel of the review queue: a card, the recognized text, and the field where it is corrected."""

from __future__ import annotations

from collections.abc import Callable
from html import escape

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtGui import QHideEvent, QResizeEvent, QShowEvent
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from ocr_studio.core.page import Transcription
from ocr_studio.core.review import doubtful_letters
from ocr_studio.core.review.queue import QueueOrder
from ocr_studio.core.translation import later, tr, tr_n
from ocr_studio.core.units import percent
from ocr_studio.jobs.review.review_queue import CardFailed, CardMade
from ocr_studio.ui.canvas.go_to_word import MistakePlaces
from ocr_studio.ui.document.document import Document
from ocr_studio.ui.review.card_view import CardView
from ocr_studio.ui.review.controller import Reviewing, ReviewStage
from ocr_studio.ui.review.next_words import MOST, ReviewStrip
from ocr_studio.ui.review.panel_parts import ReviewDrafts, summary_of
from ocr_studio.ui.review.word_focus import WordFocus
from ocr_studio.ui.review.word_line import ReviewLine
from ocr_studio.ui.style import box_colours, labels
from ocr_studio.ui.widgets.elided_label import ElidedLabel, KeyHints
from ocr_studio.ui.widgets.form_fields import ComboBox
from ocr_studio.ui.widgets.panel_keys import REVIEW_KEYS
from ocr_studio.ui.widgets.plain_label import PlainLabel, RichLabel
from ocr_studio.ui.widgets.side_panel import SidePanel
from ocr_studio.ui.words.choice_buttons import ChoiceButtons
from ocr_studio.ui.words.suggestions import Prompter

ORDERS = {
    QueueOrder.LEAST_SURE: later("Least confident first"),
    QueueOrder.PAGE: later("Photo by photo"),
    QueueOrder.WRITER: later("Writer by writer"),
    QueueOrder.CLOSE: later("Closest alternatives first"),
    QueueOrder.DIFFERING: later("Model differences first"),
}
_KEYS = later(
    "Enter: confirm, next word   Ctrl+2 … Ctrl+9: confirm 2 … 9 words   PgDown: confirm all visible   Shift+Enter: back"
    "   F2: uncertain characters   F7: no text   F8: unreadable   F9: ignore   F10: rotate   Tab: skip"
    "   F5: show on photo"
)
# Milliseconds after hiding before photos and cards are released.
_AWAY_MS = 20_000
# Milliseconds after a card is shown before the next one is decoded.
_SOON_MS = 30
_MOST_READ = 120  # characters of the recognized text beside the field
_LINE_SIZE = 20  # font size of the field, in pixels
_ROOMY = 340  # screen pixels: the height from which everything is shown
_TALL = 560  # screen pixels: the height from which the next words have two rows
# Screen pixels: the width from which all alternatives are in one row; otherwise how many.
_ONE_ROW, _ACROSS = 720, 4


class ReviewPanel(SidePanel):
    """Goes from word to word with the keyboard alone.

    Signals:
        left(): the user goes to the photo, which then gets the keyboard focus.
    """

    own_keys = REVIEW_KEYS
    task = "review"
    lasting = reopens = True
    left = Signal()

    def __init__(
        self,
        reviewing: Reviewing,
        document: Document,
        prompter: Prompter,
        places: MistakePlaces,
        *,
        name_with_key: Callable[[str], str],
    ) -> None:
        """Create the panel, hidden. name_with_key: see ``ActionSet``."""
        super().__init__(tr("Review queue"), "review", tab_title=tr("Review"))
        self.reviewing, self._prompter, self._places = reviewing, prompter, places
        self.word_focus = WordFocus(reviewing, document, places)
        self._name_with_key = name_with_key
        self.status = ElidedLabel()
        self.apart = ElidedLabel(tr("The photo shows another word. F5 shows this one."))
        self.apart.setProperty("quiet", True)
        self.pace = PlainLabel()
        self.pace.setProperty("quiet", True)
        self.offer = ElidedLabel()
        font = self.offer.font()
        font.setBold(True)
        self.offer.setFont(font)
        self.offer.hide()
        self.order = ComboBox(
            [(key, tr(title)) for key, title in ORDERS.items()], QueueOrder.LEAST_SURE, tr("Queue order")
        )
        self.order.activated.connect(lambda: self.begin(QueueOrder(self.order.currentData())))
        self.order.setFocusPolicy(Qt.FocusPolicy.ClickFocus)
        self.card = CardView()
        self.read = RichLabel()
        self.read.setAccessibleName(tr("Recognized text"))
        self.line = ReviewLine()
        font = self.line.font()
        font.setPixelSize(_LINE_SIZE)
        self.line.setFont(font)
        self.line.rest_of = lambda typed: prompter.rest(reviewing.word, typed)
        self.offered = ChoiceButtons(self.line.most_choices, one_row=_ONE_ROW, across=_ACROSS, with_alt=False)
        self.choices = self.offered.buttons
        self.strip = ReviewStrip()
        self.drafts = ReviewDrafts(self.line, reviewing)
        self._away = QTimer(self, singleShot=True, interval=_AWAY_MS)
        self._soon = QTimer(self, singleShot=True, interval=_SOON_MS)
        self.keys = KeyHints(tr(_KEYS))
        self.keys.setProperty("quiet", True)
        self._lay_out()
        self._connect()
        self.retint()
        self._show()

    def begin(self, order: QueueOrder | None = None) -> None:
        """Open and resume where the user stopped; with an order, or without a session to resume, start over."""
        self.open()
        self._start(order)
        self.line.setFocus()

    def begin_from_tab(self) -> None:
        """Begin, or resume where the user stopped."""
        self.begin()

    def reopen(self) -> None:
        """Show the queue after a restart. The photo follows the cards once the user works in the panel."""
        super().reopen()
        self._start()

    def _start(self, order: QueueOrder | None = None) -> None:
        if order is None and self.reviewing.is_under_way:
            self.reviewing.resume()
            self.reviewing.look_again()
        else:
            self._prompter.begin()
            self.reviewing.start(order)
        self.order.setCurrentIndex(self.order.findData(self.reviewing.order))
        self.card.tell_size()

    def show_offer(self, text: str) -> None:
        """Show the message about words similar to the last correction; an empty text hides it."""
        self.offer.setText(text)
        self._show_apart()

    def showEvent(self, event: QShowEvent) -> None:  # noqa: N802
        """Take the focus, and make cards again if they were released."""
        super().showEvent(event)
        self.drafts.guard(self.main_window)
        self._away.stop()
        self.word_focus.active = not self.reopening
        if self.reviewing.is_under_way:
            self.reviewing.resume()
        if not self.reopening:
            self.line.setFocus()

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802
        """In a low window, leave out the next words and the keys, so that word and field are in sight."""
        super().resizeEvent(event)
        roomy = event.size().height() >= _ROOMY
        self.strip.set_rows(2 if event.size().height() >= _TALL else 1)
        if roomy == self.strip.isHidden():
            self.strip.setVisible(roomy)
            self.keys.setVisible(roomy)
            self._show_strip()

    def hideEvent(self, event: QHideEvent) -> None:  # noqa: N802
        """Release cards later, as the panel may only be behind another one for a moment."""
        super().hideEvent(event)
        self._away.start()
        self.word_focus.active = False

    def retint(self) -> None:
        """Update colours after a theme change."""
        super().retint()
        self.card.update()
        self._show_reading()

    def _connect(self) -> None:
        reviewing, line = self.reviewing, self.line
        reviewing.changed.connect(self._show)
        reviewing.card_loaded.connect(self._show_card)
        reviewing.looked.connect(self._show_looked)
        reviewing.counted.connect(self._show_counts)
        reviewing.counted.connect(self._show_strip)
        reviewing.message.connect(self.keys.setText)
        reviewing.failed.connect(lambda trouble: self.keys.setText(trouble.message))
        self.card.resized.connect(reviewing.set_size)
        line.accepted.connect(self._accept)
        line.accepted_here.connect(self._accept)
        line.stepped.connect(lambda step, _: reviewing.pass_by() if step > 0 else reviewing.back())
        line.cancelled.connect(self._cancel)
        line.refused.connect(self.keys.setText)
        line.previous_wanted.connect(reviewing.back)
        line.no_text.connect(lambda: reviewing.answer(""))
        line.marked.connect(reviewing.set_aside)
        line.rotation_wanted.connect(reviewing.turn)
        line.place_wanted.connect(self._show_place)
        line.undo_wanted.connect(reviewing.take_back)
        line.redo_wanted.connect(reviewing.do_again)
        line.alternative_taken.connect(self._accept)
        line.words_confirmed.connect(self._agree)
        self.offered.chosen.connect(line.take)
        self._prompter.changed.connect(self._update_texts)
        reviewing.next_card_loaded.connect(self._show_strip)
        line.typed.connect(self._show_choices)
        line.typed.connect(self.word_focus.stays_here)
        line.focused.connect(self.word_focus.activate)
        reviewing.settled.connect(lambda _: self.word_focus.activate())
        self.word_focus.changed.connect(self._show_apart)
        self._away.timeout.connect(reviewing.stop)
        self._soon.timeout.connect(lambda: list(map(self.card.prepare, reviewing.ahead(1))))

    def _lay_out(self) -> None:
        head = QHBoxLayout()
        head.setContentsMargins(12, 4, 12, 4)
        head.setSpacing(10)
        head.addWidget(self.status, 1)
        head.addWidget(self.order)
        head.addWidget(self.closer)
        answer = QHBoxLayout()
        answer.setContentsMargins(12, 0, 12, 0)
        answer.setSpacing(6)
        self.read.setMinimumWidth(150)
        answer.addWidget(self.read)
        answer.addWidget(self.line, 2)
        whole = QWidget()
        layout = QVBoxLayout(whole)
        layout.setContentsMargins(0, 0, 0, 8)
        layout.setSpacing(6)
        layout.addLayout(head)
        layout.addWidget(self.card, 1)
        below = _inset(self.apart)
        below.setSpacing(10)
        below.addWidget(self.offer)
        below.addWidget(self.pace)
        layout.addLayout(below)
        layout.addLayout(answer)
        layout.addLayout(_inset(self.offered))
        layout.addLayout(_inset(self.strip))
        layout.addLayout(_inset(self.keys))
        self.setWidget(whole)

    # ---------------------------------------------------------------------------------------------------- user input

    def _accept(self, text: str) -> None:
        if self.reviewing.stage is ReviewStage.GOING:
            self.reviewing.answer(text)
        elif self.reviewing.stage is ReviewStage.DONE and self.reviewing.came_since:
            self.reviewing.resume()
        elif self.reviewing.stage is ReviewStage.DONE:
            self.close()

    def _agree(self, count: int) -> None:
        """Confirm ``count`` words, starting with the current one; 0 for all visible words."""
        reviewing = self.reviewing
        cards = self.strip.shown
        behind = [(card.place, card.word) for card in (cards[: count - 1] if count else cards)]
        here, word = reviewing.session.current if reviewing.session else None, reviewing.word
        if here is None or word is None or not self.card.has_card:
            return
        if word.checked or self.line.isModified():
            # A typed correction is a step of its own, so that it can be undone alone and applied everywhere.
            reviewing.answer(self.line.text())
            if reviewing.word is word:
                return
        else:
            behind.insert(0, (here.key, word))
        reviewing.agree(behind)

    def _update_texts(self) -> None:
        self.line.show_texts(self._prompter.texts(self.reviewing.word, most=self.line.most_choices))
        self._show_choices()

    def _cancel(self) -> None:
        if self.line.isModified() and self.reviewing.word is not None:
            self.drafts.drop()
            self._show_word()
        else:
            self.close()

    def _show_place(self) -> None:
        photo, word = self.reviewing.photo, self.reviewing.word
        if photo is not None and word is not None:
            self.left.emit()
            self._places.go_to_word(photo, word.id)

    # -------------------------------------------------------------------------------------------------- display

    def _show(self) -> None:
        going = self.reviewing.stage is ReviewStage.GOING
        for widget in (self.read, self.offered):
            widget.setEnabled(going)
        self.line.setReadOnly(not going)
        self._show_word()
        self.keys.setText(tr(_KEYS) if going else "")
        self._show_counts()
        self._show_reading()
        self._show_choices()
        self._show_card()
        self._show_strip()

    def _show_word(self) -> None:
        word = self.reviewing.word
        self.line.show_word(word, self._prompter.texts(word, most=self.line.most_choices))
        self.drafts.take_up()

    def _show_counts(self) -> None:
        session, page = self.reviewing.session, self.reviewing.page
        if session is None or page is None:
            self.status.setText(tr("Unchecked words"))
            self.pace.clear()
            return
        name = labels.file_name(page.image)
        said = tr("Word {number} of {total}   {photo}", number=session.number, total=session.total, photo=name)
        self.status.setText(said)
        self.status.set_least(said.removesuffix(name).rstrip())
        pace, left = session.pace, session.minutes_left
        if pace is None or left is None:
            self.pace.clear()
        else:
            left_said = tr_n("about {count} minute left", "about {count} minutes left", max(1, round(left)))
            words = round(pace)
            self.pace.setText(
                tr_n("{count} word per minute, {left}", "{count} words per minute, {left}", words, left=left_said)
            )

    def _show_looked(self, done: int, total: int) -> None:
        self.card.show_text(
            tr_n(
                "Searching for unchecked words: {done} of {count} photo",
                "Searching for unchecked words: {done} of {count} photos",
                total,
                done=done,
            )
        )

    def _show_card(self) -> None:
        reviewing = self.reviewing
        card = reviewing.card
        if reviewing.stage is ReviewStage.DONE:
            self.card.show_text(summary_of(reviewing, action=self._name_with_key("review")))
        elif reviewing.stage is ReviewStage.IDLE:
            self.card.show_text(tr("Choose Check → Review queue to review the unchecked words in this folder."))
        elif reviewing.word is None:
            self.card.show_text(tr("Searching for unchecked words…"))
        elif isinstance(card, CardMade):
            self.card.show_card(card, reviewing.word.machine)
        elif isinstance(card, CardFailed):
            self.card.show_text(tr("Can’t show this word: {why}", why=card.error))
        else:
            self.card.show_text(tr("Opening the photo…"))

    def _show_apart(self) -> None:
        """Say what matters most below the card; one line stays there, so that the card keeps its size."""
        apart, offer = self.word_focus.apart, bool(self.offer.text())
        self.apart.setText(tr("The photo shows another word. F5 shows this one.") if apart else "")
        self.apart.setVisible(not offer)
        self.offer.setVisible(offer)
        self.pace.setVisible(not apart and not offer)

    def _show_reading(self) -> None:
        word = self.reviewing.word
        reading = word.machine if word else None
        if reading is None:
            self.read.setText(tr("Not read yet") if word else "")
            return
        sure = percent(reading.confidence) if reading.confidence is not None else ""
        self.read.setText(tr("Read: {text} {sure}", text=_marked(reading), sure=sure))

    def _show_choices(self) -> None:
        line = self.line
        self.offered.show_choices(line.readings, current=line.text(), writing=not line.takes_digits)

    def _show_strip(self) -> None:
        cards = [] if self.strip.isHidden() else self.reviewing.ahead(MOST)  # none is confirmed that is not seen
        self.strip.show_cards(cards)
        if cards:
            self._soon.start()


def _inset(part: QWidget) -> QHBoxLayout:
    row = QHBoxLayout()
    row.setContentsMargins(12, 0, 12, 0)
    row.addWidget(part)
    return row


def _marked(reading: Transcription) -> str:
    """A recognized text as HTML, its uncertain characters coloured and underlined."""
    doubtful = frozenset(doubtful_letters.find_doubtful_letters(reading))
    doubt = box_colours.current().styles[box_colours.Look.DOUBTFUL].colour.name()
    text = labels.shortened(reading.text, _MOST_READ)
    letters = [
        f'<span style="color:{doubt}; text-decoration:underline">{escape(letter)}</span>'
        if place in doubtful
        else escape(letter)
        for place, letter in enumerate(text)
    ]
    return f"<b>{''.join(letters) or escape(labels.shown(''))}</b>"
