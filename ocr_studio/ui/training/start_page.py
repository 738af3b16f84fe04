"""The start page of a training: how much training data there is, and the start button."""

from __future__ import annotations

from dataclasses import dataclass
from html import escape

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QScrollArea, QWidget

from ocr_studio.core.training.preflight import LEAST, PLENTY, TELLING
from ocr_studio.core.translation import later, later_n, tr, tr_n
from ocr_studio.ui.style import theme
from ocr_studio.ui.training.side_column import Meter, TrainerColumn, button, say
from ocr_studio.ui.widgets.plain_label import RichLabel

LEARN_WORDS = later("Train recognizer")
LEARN_BOXES = later("Train detector")
_CHECKED = {
    "word": later_n("{count} word checked", "{count} words checked"),
    "line": later_n("{count} line checked", "{count} lines checked"),
}
_LACKING = {
    "word": later_n(
        "Check {count} more word to start. About {plenty} words are needed for a clear result.",
        "Check {count} more words to start. About {plenty} words are needed for a clear result.",
    ),
    "line": later_n(
        "Check {count} more line to start. About {plenty} lines are needed for a clear result.",
        "Check {count} more lines to start. About {plenty} lines are needed for a clear result.",
    ),
}
_COULD_START = {
    "word": later(
        "You can start. With {more} more, the comparison will be more reliable. About {plenty} words are needed for a"
        " clear result."
    ),
    "line": later(
        "You can start. With {more} more, the comparison will be more reliable. About {plenty} lines are needed for a"
        " clear result."
    ),
}
# Photos with every word checked. One is enough, as part of it can be held out; from three on, whole photos are.
LEAST_PHOTOS, TELLING_PHOTOS, PLENTY_PHOTOS = 1, 3, 10

HOW_WORDS = (
    later("Correct words on your photos, or confirm those that are right. Both count."),
    later("Click “{button}”. You can keep correcting in the meantime; the panel shows the time left."),
    later("Compare the new model with the previous one on held-out words, then keep or discard it."),
)
HOW_BOXES = (
    later("Go through all words of a photo: draw missing boxes, correct wrong ones, and delete boxes without a word."),
    later("Confirm each word, or choose Words → Confirm all words of this photo. The photo is then marked “Checked”."),
    later("Click “{button}”, then compare the new model with the previous one on held-out words."),
)


@dataclass(frozen=True, slots=True)
class Outlook:
    """What to expect of a number of corrections. ready: whether training can start."""

    headline: str
    text: str
    ready: bool


def of_words(words: int, unit: str = "word") -> Outlook:
    """What to expect of a number of checked words. unit: "word" or "line"."""
    checked = tr_n(*_CHECKED[unit], words) if words else tr("nothing checked")
    if words < LEAST:
        text = tr_n(*_LACKING[unit], LEAST - words, plenty=PLENTY)
        return Outlook(tr("Not enough yet: {checked}", checked=checked), text, False)
    if words < TELLING:
        text = tr(_COULD_START[unit], more=TELLING - words, plenty=PLENTY)
        return Outlook(checked, text, True)
    if words < PLENTY:
        text = tr("Enough to start. {more} more would give a clearer result.", more=PLENTY - words)
        return Outlook(checked, text, True)
    return Outlook(checked, tr("Plenty. More photos of the same handwriting still help."), True)


def of_photos(photos: int) -> Outlook:
    """What to expect of a number of photos with every word checked."""
    if photos < LEAST_PHOTOS:
        text = tr(
            "A photo counts once all of its words are checked. Everything outside the boxes is treated as background."
        )
        return Outlook(tr("No photos with every word checked yet"), text, False)
    reviewed = tr_n("{count} photo with every word checked", "{count} photos with every word checked", photos)
    if photos < TELLING_PHOTOS:
        text = tr_n(
            "You can start; part of each photo is held out. {count} more photo would give a clearer result.",
            "You can start; part of each photo is held out. {count} more photos would give a clearer result.",
            TELLING_PHOTOS - photos,
        )
        return Outlook(reviewed, text, True)
    return Outlook(reviewed, tr("Enough to start. Photos of other boards and in other light help most."), True)


def no_boards() -> Outlook:
    """The text for a synthetic dataset without boards."""
    text = tr("The detector learns from whole boards. Generate some with Read → Generate synthetic boards.")
    return Outlook(tr("This dataset contains single words only"), text, False)


def none_usable() -> Outlook:
    """The text for checked words of which none can be used."""
    why = tr("The reason is shown beside each word. Click a word to see it on its photo.")
    return Outlook(tr("None of the checked words can be used"), why, False)


class StartColumn(TrainerColumn):
    """Headline, meter, what to expect, and the buttons.

    Signals: ``start()``; ``look()``: collect the training data again; ``unfolded(bool)``: show the settings.
    """

    start = Signal()
    look = Signal()
    unfolded = Signal(bool)

    def __init__(self, title: str, meter: Meter, *, choice: QWidget | None = None) -> None:
        """Show nothing to expect yet.

        Args:
            title: Of the start button.
            meter: Shows how much there is.
            choice: What to train for, shown above the button.
        """
        super().__init__()
        self.meter = meter
        self.add(meter)
        self.text = self.add_text()
        if choice is not None:
            self.add(choice)
        self.begin = button(
            title, tr("Start training; you can keep correcting in the meantime"), self.start.emit, primary=True
        )
        self.advanced = button(
            tr("Advanced"), tr("Change training settings; the defaults usually work well"), lambda: None, flat=True
        )
        self.advanced.setCheckable(True)
        self.advanced.toggled.connect(self.unfolded)
        self.add_buttons(self.begin, self.advanced)
        self.stale = self.add_text(quiet=True)
        self.again = button(tr("Refresh"), tr("Include your latest corrections"), self.look.emit)
        self.add_buttons(self.again)
        self.facts = self.add_text(quiet=True)
        say(self.stale, "")
        say(self.facts, "")
        self.again.hide()

    def show_outlook(self, found: Outlook, value: int) -> None:
        """Show what to expect. value: for the meter."""
        self.headline.setText(found.headline)
        say(self.text, found.text)
        self.meter.show_value(value)
        self.begin.setEnabled(found.ready)
        theme.set_state(self.begin, "primary", found.ready)

    def show_stale(self, text: str) -> None:
        """Show what has changed since the data were collected; an empty text hides it."""
        say(self.stale, text)
        self.again.setVisible(bool(text))

    def say_waiting(self, text: str) -> None:
        """Show a headline while no training can start."""
        self.headline.setText(text)
        say(self.text, "")
        self.begin.setEnabled(False)

    def say_failed(self, text: str) -> None:
        """Show that collecting the data failed, with a button to retry."""
        self.say_waiting(text)
        self.again.show()


def how(steps: tuple[str, ...], title: str) -> QScrollArea:
    """The instructions shown while there are no training data. title: of the start button."""
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
    # A wrapping label asks for the height at its least width, which would shrink the photo.
    scroll = QScrollArea(widgetResizable=True)
    scroll.setFrameShape(QScrollArea.Shape.NoFrame)
    scroll.setWidget(label)
    return scroll
