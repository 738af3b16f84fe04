"""Texts for display: names of states and keys, and texts from files made safe for labels, titles and tooltips."""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from difflib import SequenceMatcher
from html import escape
from typing import Final

from PySide6 import QtGui
from PySide6.QtCore import QDate, QLocale, Qt
from PySide6.QtGui import QFontMetrics, QFontMetricsF, QKeySequence
from PySide6.QtWidgets import QApplication

from ocr_studio.core.page import Word, WordState
from ocr_studio.core.translation import later, tr

# Characters: longer texts from files are cut before Qt lays them out, which takes seconds for a million characters.
_MOST: Final = 1_000  # more than any screen is wide
_MOST_ON_BUTTON: Final = 200
# Paths and alphabets have no spaces for line breaks.
_LONG: Final = re.compile(r"[^\s/]{30}|/")
# Characters that are shown before the first difference of texts that are too long.
_BEFORE_DIFFERENCE: Final = 3
# Characters that are shown around each difference, where there is room.
_MOST_AROUND: Final = 4
# Characters of texts that are compared letter by letter.
_MOST_COMPARED: Final = 200

STATES = {
    # Translators: A word’s state: neither read by a model nor typed by the user.
    WordState.UNREAD: later("Not read"),
    # Translators: A state, or a column’s title: what was read.
    WordState.READ: later("Read"),
    # Translators: A word’s state.
    WordState.ACCEPTED: later("Checked"),
    # Translators: A word’s state.
    WordState.CORRECTED: later("Corrected"),
    # Translators: A word’s state: unreadable or ignored.
    WordState.MARKED: later("Excluded"),
}


def state(word: Word) -> str:
    """Return the name of a word's state."""
    # Translators: A word’s state: text that the user typed, and that nobody has found on the photo.
    return tr(STATES[word.state]) if word.has_box else tr("No box")


@dataclass(frozen=True, slots=True)
class OfUnit:
    """A text about words and the same about lines, each made by ``later``; or one text for both."""

    words: str
    lines: str = ""

    def text_for(self, unit: str) -> str:
        """Return the translated text for a unit, "words" or "lines"."""
        return tr(self.lines or self.words if unit == "lines" else self.words)


def choice(index: int, text: str, *, writing: bool = False) -> str:
    """Return the label of an alternative, with the key that chooses it; while ``writing``, digits alone are text."""
    return f"{choice_key(index, writing=writing)}  {shown(text)}"


def choice_key_width(metrics: QFontMetrics | QFontMetricsF, *, writing: bool) -> int:
    """Return how many pixels of the label of an alternative are in front of its text."""
    return round(metrics.horizontalAdvance(choice(0, "–", writing=writing)) - metrics.horizontalAdvance("–"))


def choice_key(index: int, *, writing: bool) -> str:
    """Return the key that chooses an alternative."""
    return key(f"Alt+{index + 1}") if writing else str(index + 1)


def choice_keys(count: int, *, writing: bool) -> str:
    """Return the keys that choose this number of alternatives, as in the help: "1 … 5"."""
    return " … ".join(choice_key(index, writing=writing) for index in sorted({0, count - 1}))


def agreeing_key(count: int) -> str:
    """Return the key that confirms this number of words in the review queue."""
    return key(f"Ctrl+{count}")


def key(portable: str) -> str:
    """Return a key as this system names it, from Qt's portable notation such as "Ctrl+O"."""
    return QKeySequence(portable).toString(QKeySequence.SequenceFormat.NativeText)


def file_name(name: str) -> str:
    """Return a file name in one line; unprintable characters such as line breaks are escaped."""
    return "".join(each if each.isprintable() else each.encode("unicode_escape").decode() for each in name)


def label(text: str) -> str:
    """Return a text from elsewhere for a button or menu: in one line, with ampersands escaped."""
    return shortened(text, _MOST_ON_BUTTON).replace("\t", " ").replace("\n", " ").replace("&", "&&")


def day(moment: datetime | None) -> str:
    """Return the day of a moment as people say it; empty if it is not known."""
    if moment is None:
        return ""
    then = moment.astimezone().date()
    days = (datetime.now(UTC).astimezone().date() - then).days
    if days == 0:
        return tr("Today")
    return (
        tr("Yesterday")
        if days == 1
        else QLocale().toString(QDate(then.year, then.month, then.day), QLocale.FormatType.ShortFormat)
    )


def title(text: str) -> str:
    """Return a text for a window title, with ``[*]`` escaped, which Qt would replace."""
    return shortened(text, _MOST_ON_BUTTON).replace("[*]", "[*][*]")


def tooltip(text: str) -> str:
    """Return a text for a tooltip, escaped if Qt would interpret it as HTML."""
    text = shortened(text)
    return QtGui.Qt.convertFromPlainText(text) if QtGui.Qt.mightBeRichText(text) else text


def shortened(text: str, most: int = _MOST) -> str:
    """Return a text, cut to this number of characters."""
    return text if len(text) <= most else f"{text[: most - 1]}…"


def elided(
    metrics: QFontMetrics | QFontMetricsF,
    text: str,
    width: float,
    mode: Qt.TextElideMode = Qt.TextElideMode.ElideRight,
) -> str:
    """Return a text elided to a width in pixels; fast even for extremely long texts."""
    if len(text) > _MOST:
        half = _MOST // 2
        beginning, end = f"{text[:_MOST]}…", f"…{text[-_MOST:]}"
        modes = Qt.TextElideMode
        text = {modes.ElideMiddle: f"{text[:half]}…{text[-half:]}", modes.ElideLeft: end}.get(mode, beginning)
    # Qt's answer is empty where there is no room at all.
    return metrics.elidedText(text, mode, int(width)) or ("…" if text else "")


def elided_apart(metrics: QFontMetrics | QFontMetricsF, texts: Sequence[str], width: float) -> list[str]:
    """Return texts elided to a width in pixels so that they differ.

    At the end, else in the middle, else at the beginning, else around the first difference, else wherever they are
    alike.
    """
    beginnings = (text[:_MOST] for text in texts)
    alike = itertools.takewhile(lambda letters: len(set(letters)) == 1, zip(*beginnings, strict=False))
    start = max(0, sum(1 for _ in alike) - _BEFORE_DIFFERENCE)
    fit = [metrics.horizontalAdvance(text[:_MOST]) <= width and len(text) <= _MOST for text in texts]
    modes = Qt.TextElideMode
    ways = [
        [elided(metrics, text, width, mode) for text in texts]
        for mode in (modes.ElideRight, modes.ElideMiddle, modes.ElideLeft)
    ]
    ways.append(
        [text if fits else elided(metrics, f"…{text[start:]}", width) for text, fits in zip(texts, fit, strict=True)]
    )
    if max(len(set(found)) for found in ways) < len(set(texts)):
        short = [text[:_MOST_COMPARED] for text in texts]
        ways += [
            [elided(metrics, _find_differences(text, short, around), width) for text in short]
            for around in range(_MOST_AROUND, -1, -1)
        ]
    return max(ways, key=lambda found: len(set(found)))


def _find_differences(text: str, others: Iterable[str], around: int) -> str:
    """Return the letters in which a text differs from others, and so many around each; what is alike becomes "…"."""
    kept: set[int] = set()
    for other in others:
        for what, start, end, _, _ in SequenceMatcher(None, text, other, autojunk=False).get_opcodes():
            kept.update(range(start - around, max(end, start + 1) + around) if what != "equal" else ())
    parts = itertools.groupby(enumerate(text), key=lambda letter: letter[0] in kept)
    return "".join("".join(letter for _, letter in part) if differs else "…" for differs, part in parts)


def shown(text: str) -> str:
    """Return a text, or a placeholder for an empty one."""
    # Translators: In place of a text that is empty.
    return text or tr("(nothing)")


def quoted(text: str) -> str:
    """Return a text in the quotation marks of the language."""
    return tr("“{text}”", text=text)


def foldable(text: str) -> str:
    """Return a text with zero-width spaces, so that a label can wrap long paths."""
    return _LONG.sub(lambda found: f"{found[0]}\u200b", text)


def with_few(said: str, more: Sequence[str], *, most: int) -> str:
    """Return a text with further lines below it, at most ``most``; the others are counted."""
    rest = [tr("… and {count} more", count=len(more) - most)] if len(more) > most else []
    return "\n".join((said, *more[:most], *rest))


def table_row(title: str, figures: Iterable[str], *, colour: str = "") -> str:
    """Return a row of an HTML table: a title, then figures; mirrored in right-to-left layouts, as Qt does not do it."""
    cells = [f"<td>{escape(title)}&nbsp;&nbsp;</td>"]
    cells += [f"<td align=right>&nbsp;&nbsp;{escape(figure)}</td>" for figure in figures]
    if QApplication.isRightToLeft():
        cells = [cell.replace("<td>", "<td align=right>&nbsp;&nbsp;") for cell in reversed(cells)]
    style = f" style='color: {colour}'" if colour else ""
    return f"<tr{style}>{''.join(cells)}</tr>"


def sentence_case(text: str) -> str:
    """Return a text with its first letter capitalized; the rest stays, as some languages capitalize nouns."""
    return text[:1].upper() + text[1:]
