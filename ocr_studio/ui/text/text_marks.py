"""How words look in the text editor: selected, uncertain, misspelt, without a box."""

from __future__ import annotations

from collections.abc import Iterator

from PySide6.QtGui import QColor, QTextCharFormat

from ocr_studio.core.page import Word
from ocr_studio.core.translation import tr
from ocr_studio.core.units import percent
from ocr_studio.ui.style import box_colours, theme
from ocr_studio.ui.style.box_colours import Look
from ocr_studio.ui.words.spell_checker import Spelling

_Underline = QTextCharFormat.UnderlineStyle
_LINES = {Look.UNSURE: _Underline.DashUnderline, Look.DOUBTFUL: _Underline.DotLine}


def needs_a_look(word: Word, spelling: Spelling) -> bool:
    """Whether an unchecked word was read with some doubt, or may be misspelt."""
    return box_colours.look_of(word) in _LINES or bool(spelling.doubts(word))


def word_format(word: Word) -> QTextCharFormat | None:
    """Return the format of a whole word, or None if it is plain."""
    made = QTextCharFormat()
    look = box_colours.look_of(word)
    if not word.has_box:
        made.setBackground(QColor(theme.colours().hover))
        made.setForeground(QColor(theme.colours().quiet))
    elif look in _LINES:
        made.setUnderlineStyle(_LINES[look])
        made.setUnderlineColor(box_colours.current().styles[look].colour)
    else:
        return None
    return made


def selected_format() -> QTextCharFormat:
    """Return the format of words that are selected on the photo."""
    made = QTextCharFormat()
    made.setBackground(QColor(theme.colours().selection))
    return made


def misspelt_format() -> QTextCharFormat:
    """Return the format of possible typos."""
    made = QTextCharFormat()
    made.setUnderlineStyle(_Underline.WaveUnderline)
    made.setUnderlineColor(QColor(theme.colours().error))
    return made


def find_misspelt(word: Word, spelling: Spelling) -> Iterator[tuple[int, int]]:
    """Yield the ranges of possible typos in a word."""
    for doubt in spelling.doubts(word):
        yield doubt.start, doubt.end


def describe(word: Word, spelling: Spelling) -> str:
    """Return why a word is marked, for its tooltip; empty for a plain one."""
    if not word.has_box:
        return tr("This word has no box on the photo. To give it one, select it and draw a box.")
    if word.checked:
        return ""
    found = []
    if box_colours.look_of(word) in _LINES and word.machine and word.machine.confidence is not None:
        found.append(tr("Read with a confidence of {percent}.", percent=percent(word.machine.confidence)))
    if spelling.doubts(word):
        found.append(tr("Not in the dictionary. Press Shift+F7 for suggestions."))
    return " ".join(found)
