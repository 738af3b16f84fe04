"""Before something is learned: how much there is to learn from, in words, and the button that begins."""

from __future__ import annotations

from dataclasses import dataclass
from html import escape

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QScrollArea

from ocr_studio.core.training.preflight import LEAST, PLENTY, TELLING
from ocr_studio.core.translation import later, later_n, tr, tr_n
from ocr_studio.ui.training.side_column import Meter, TrainerColumn, button, say, set_primary
from ocr_studio.ui.widgets.plain_label import RichLabel

LEARN_WORDS = later("Learn from my corrections")
LEARN_BOXES = later("Learn from my boxes")
_CHECKED = {
    "word": later_n("{count} word checked", "{count} words checked"),
    "line": later_n("{count} line checked", "{count} lines checked"),
}
_LACKING = {
    "word": later_n(
        "{count} more word, and it can start. About {plenty} make a clear difference.",
        "{count} more words, and it can start. About {plenty} make a clear difference.",
    ),
    "line": later_n(
        "{count} more line, and it can start. About {plenty} make a clear difference.",
        "{count} more lines, and it can start. About {plenty} make a clear difference.",
    ),
}
# Photos with every word checked. One is enough to begin with, as part of it can be held out; from three on whole
# photos can be.
LEAST_PHOTOS, TELLING_PHOTOS, PLENTY_PHOTOS = 1, 3, 10

HOW_WORDS = (
    later("Correct words on your photos, or press Return where a word is right. Both count."),
    later("Press “{button}”. It takes about a minute, and you can go on correcting."),
    later(
        "See on words it had not seen whether it reads better, and keep the result or not. Nothing is lost either way."
    ),
)
HOW_BOXES = (
    later(
        "Go through all words of a photo: draw boxes that are missing, mend those that are wrong, delete those of"
        " nothing."
    ),
    later(
        "Press Return on each, or choose Words → Accept all words of this photo. The photo is then marked “Reviewed”."
    ),
    later("Press “{button}”, and see on writing it had not seen whether it finds more."),
)


@dataclass(frozen=True, slots=True)
class Outlook:
    """What can be said of so many corrections. ready: whether learning can begin."""

    headline: str
    text: str
    ready: bool


def of_words(words: int, unit: str = "word") -> Outlook:
    """How far so many checked words (or lines) reach, and how many more help."""
    checked = tr_n(*_CHECKED[unit], words) if words else tr("nothing checked")
    if words < LEAST:
        text = tr_n(*_LACKING[unit], LEAST - words, plenty=PLENTY)
        return Outlook(tr("Too few yet: {checked}", checked=checked), text, False)
    if words < TELLING:
        text = tr(
            "It can start, but so few hardly show whether it helped: {more} more would show more,"
            " and about {plenty} make a clear difference.",
            more=TELLING - words,
            plenty=PLENTY,
        )
        return Outlook(checked, text, True)
    if words < PLENTY:
        text = tr("Enough to start. {more} more would make a clearer difference.", more=PLENTY - words)
        return Outlook(checked, text, True)
    return Outlook(checked, tr("Plenty. Every further photo of the same hand still helps."), True)


def of_photos(photos: int) -> Outlook:
    """How far so many photos with every word checked reach."""
    if photos < LEAST_PHOTOS:
        text = tr("A photo counts once each of its words is checked: what has no box is then known to be no writing.")
        return Outlook(tr("No photo is reviewed yet"), text, False)
    reviewed = tr_n("{count} photo reviewed", "{count} photos reviewed", photos)
    if photos < TELLING_PHOTOS:
        text = tr_n(
            "It can start; part of each photo is held out to measure by. {count} more photo would show more.",
            "It can start; part of each photo is held out to measure by. {count} more photos would show more.",
            TELLING_PHOTOS - photos,
        )
        return Outlook(reviewed, text, True)
    return Outlook(reviewed, tr("Enough to start. Photos of other boards and other light help most."), True)


def no_boards() -> Outlook:
    """A dataset that was drawn, and holds nothing but words."""
    text = tr("Finding is learned from whole boards. Read → Make synthetic boards draws these, too.")
    return Outlook(tr("This dataset holds single words only"), text, False)


def none_usable() -> Outlook:
    """Some are checked, and none of them can be taken."""
    why = tr("Why is said beside each word; a click goes to its place on the photo.")
    return Outlook(tr("None of them can be learned from"), why, False)


class OutsetColumn(TrainerColumn):
    """Headline, meter, what to expect, and the buttons.

    Signals: ``start()``, ``look()`` to look anew, ``unfolded(bool)`` the fold with everything that can be chosen.
    """

    start = Signal()
    look = Signal()
    unfolded = Signal(bool)

    def __init__(self, title: str, meter: Meter) -> None:
        super().__init__()
        self.meter = meter
        self.add(meter)
        self.text = self.add_text()
        self.begin = button(title, tr("Begin; you can go on correcting meanwhile"), self.start.emit, primary=True)
        self.advanced = button(
            tr("Advanced"), tr("Choose how it learns; mostly there is no need to"), lambda: None, flat=True
        )
        self.advanced.setCheckable(True)
        self.advanced.toggled.connect(self.unfolded)
        self.add_buttons(self.begin, self.advanced)
        self.stale = self.add_text(quiet=True)
        self.again = button(tr("Look again"), tr("Take up what you have corrected since"), self.look.emit)
        self.add_buttons(self.again)
        self.facts = self.add_text(quiet=True)
        say(self.stale, "")
        say(self.facts, "")
        self.again.hide()

    def show_outlook(self, found: Outlook, value: int) -> None:
        """Show how far it reaches. value: for the meter."""
        self.headline.setText(found.headline)
        say(self.text, found.text)
        self.meter.show_value(value)
        self.begin.setEnabled(found.ready)
        set_primary(self.begin, found.ready)

    def show_stale(self, text: str) -> None:
        """What has changed since it was looked; nothing if nothing has."""
        say(self.stale, text)
        self.again.setVisible(bool(text))

    def say_waiting(self, text: str) -> None:
        """It is being looked, or cannot be."""
        self.headline.setText(text)
        say(self.text, "")
        self.begin.setEnabled(False)

    def say_failed(self, text: str) -> None:
        """It could not be looked; the person may have it tried once more."""
        self.say_waiting(text)
        self.again.show()


def how(steps: tuple[str, ...], title: str) -> QScrollArea:
    """What to do, step by step, for where there is nothing to show yet. title: of the button that begins."""
    texts = [escape(tr(step, button=tr(title)), quote=False) for step in steps]
    rows = "".join(
        f"<tr><td style='padding: 5px 14px 5px 0'><b>{number}</b></td><td style='padding: 5px 0'>{text}</td></tr>"
        for number, text in enumerate(texts, start=1)
    )
    label = RichLabel(f"<table cellspacing=0>{rows}</table>")
    label.setWordWrap(True)
    label.setAlignment(Qt.AlignmentFlag.AlignTop | Qt.AlignmentFlag.AlignLeft)
    label.setContentsMargins(24, 12, 24, 8)
    label.setMinimumWidth(200)
    # What wraps asks for the height of its narrowest way, and the photo would have to give it.
    scroll = QScrollArea(widgetResizable=True)
    scroll.setFrameShape(QScrollArea.Shape.NoFrame)
    scroll.setWidget(label)
    return scroll
