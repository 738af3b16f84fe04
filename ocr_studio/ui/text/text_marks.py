"""How words look in the text editor: selected, uncertain, misspelt, without a box."""

from __future__ import annotations

from collections.abc import Iterator, Set
from typing import Final

from PySide6.QtGui import QColor, QTextCharFormat

from ocr_studio.core.editing.page_text import PageText
from ocr_studio.core.page import Page, Word
from ocr_studio.core.translation import tr
from ocr_studio.core.units import percent
from ocr_studio.ui.style import box_colours, theme
from ocr_studio.ui.style.box_colours import Look
from ocr_studio.ui.text.utf16 import Utf16
from ocr_studio.ui.words.spell_checker import Spelling

_Underline = QTextCharFormat.UnderlineStyle
_LINES = {Look.UNSURE: _Underline.DashUnderline, Look.DOUBTFUL: _Underline.DotLine}
# Seconds for a key, and for a click with the hand to the mouse and back (the keystroke-level model, Card, Moran and
# Newell 1980, https://doi.org/10.1145/358886.358895). To stop at a word costs a key; an error that is passed costs a
# click. So a stop pays from this chance of an error on, and confidences are calibrated: see ``card.TEMPERATURE``.
_KEY, _CLICK = 0.28, 1.3 + 2 * 0.4
_DOUBT: Final = _KEY / _CLICK


def needs_a_look(word: Word, spelling: Spelling) -> bool:
    """Whether an unchecked word is doubtful, or may be misspelt."""
    return is_doubtful(word) or bool(spelling.doubts(word))


def is_doubtful(word: Word) -> bool:
    """Whether an unchecked word was read with so much doubt that looking at it pays."""
    if box_colours.look_of(word) not in _LINES:
        return False
    confidence = word.machine.confidence if word.machine else None
    return confidence is None or 1 - confidence >= _DOUBT


def find_next(page: Page, places: PageText, beyond: int, step: int, spelling: Spelling) -> str | None:
    """Return the nearest word that needs a look after a position in UTF-16 units, or before it (step -1); or None."""
    every = list(zip(places.ids, places.starts, places.ends, strict=True))
    ahead = [key for key, start, end in every if (start >= beyond if step > 0 else end <= beyond)]
    return next((key for key in ahead[::step] if key in page.words and needs_a_look(page.words[key], spelling)), None)


def find_marks(
    page: Page, places: PageText, seen: tuple[int, int], *, selection: Set[str], spelling: Spelling
) -> Iterator[tuple[int, int, QTextCharFormat]]:
    """Yield ranges of the text and how they look, those that are drawn over others last.

    Args:
        page: The page.
        places: The places of its words in UTF-16 units.
        seen: The part of the text that is in sight.
        selection: The words that are selected on the photo.
        spelling: Finds possible typos.
    """
    every = zip(places.ids, places.starts, places.ends, strict=True)
    inside = [each for each in every if each[2] >= seen[0] and each[1] <= seen[1]]
    shown = [(page.words[key], start, end) for key, start, end in inside if key in page.words]
    for word, start, end in shown:
        if how := _word_format(word):
            yield start, end, how
    selected, misspelt = QTextCharFormat(), QTextCharFormat()
    selected.setBackground(QColor(theme.colours().selection))
    for word, start, end in shown:
        if word.id in selection:
            yield start, end, selected
    misspelt.setUnderlineStyle(_Underline.WaveUnderline)
    misspelt.setUnderlineColor(QColor(theme.colours().error))
    for word, start, end in shown:
        wide = Utf16(word.text)
        for doubt in spelling.doubts(word):
            yield start + wide.to_units(doubt.start), min(end, start + wide.to_units(doubt.end)), misspelt


def _word_format(word: Word) -> QTextCharFormat | None:
    made = QTextCharFormat()
    look = box_colours.look_of(word)
    if not word.has_box:
        made.setBackground(QColor(theme.colours().hover))
        made.setForeground(QColor(theme.colours().quiet))
    elif is_doubtful(word):
        made.setUnderlineStyle(_LINES[look])
        made.setUnderlineColor(box_colours.current().styles[look].colour)
    else:
        return None
    return made


def describe(word: Word, spelling: Spelling, *, key: str) -> str:
    """Return why a word is marked, for its tooltip; empty for a plain one.

    Args:
        word: The word.
        spelling: Finds possible typos.
        key: The key that shows suggestions, or "" if there is none.
    """
    if not word.has_box:
        return tr("This word has no box on the photo. To give it one, select it and draw a box.")
    if word.checked:
        return ""
    found = []
    if is_doubtful(word) and word.machine and word.machine.confidence is not None:
        found.append(tr("Read with a confidence of {percent}.", percent=percent(word.machine.confidence)))
    if spelling.doubts(word):
        found.append(tr("Not in the dictionary."))
        if key:
            found.append(tr("Press {key} for suggestions.", key=key))
    return " ".join(found)
