"""How things are called on the screen."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from html import escape
from typing import Final

from PySide6 import QtGui
from PySide6.QtCore import Qt
from PySide6.QtGui import QFontMetrics, QFontMetricsF, QKeySequence
from PySide6.QtWidgets import QApplication

from ocr_studio.core.page import WordState
from ocr_studio.core.translation import later, tr

# Letters: longer texts from files are cut before Qt lays them out, which takes seconds for a million of them.
_MOST: Final = 1_000  # more than any screen is wide
_MOST_ON_BUTTON: Final = 200

STATES = {
    # Translators: A word’s state: no model has read it, nobody has written it.
    WordState.UNREAD: later("Not read"),
    # Translators: A state, or a column’s title: what was read.
    WordState.READ: later("Read"),
    # Translators: A word’s state.
    WordState.ACCEPTED: later("Checked"),
    # Translators: A word’s state.
    WordState.CORRECTED: later("Corrected"),
    # Translators: A word’s state: unreadable, or not to count.
    WordState.MARKED: later("Set aside"),
}


@dataclass(frozen=True, slots=True)
class OfUnit:
    """A text about words, and the same about lines, each made by ``later``; one text where it speaks of neither."""

    words: str
    lines: str = ""

    def said(self, unit: str) -> str:
        """The one that is meant, in the language chosen. unit: "words" or "lines"."""
        return tr(self.lines or self.words if unit == "lines" else self.words)


def choice(index: int, text: str, *, writing: bool = False) -> str:
    """A reading to choose, with the key that chooses it; index: 0 for the best; writing: digits are text just now."""
    return f"{choice_key(index, writing=writing)}  {shown(text)}"


def choice_key(index: int, *, writing: bool) -> str:
    """The key that chooses a reading."""
    return key(f"Alt+{index + 1}") if writing else str(index + 1)


def agreeing_key(count: int) -> str:
    """The key by which so many words of the review queue are right."""
    return key(f"Ctrl+{count}")


def key(portable: str) -> str:
    """A key as this system writes it. portable: in Qt's notation for all systems, "Ctrl+O"."""
    return QKeySequence(portable).toString(QKeySequence.SequenceFormat.NativeText)


def file_name(name: str) -> str:
    """A file's name in one line: what cannot be shown, such as a line break, is shown as its escape."""
    return "".join(each if each.isprintable() else each.encode("unicode_escape").decode() for each in name)


def label(text: str) -> str:
    """A text that is not ours, for a button or a menu: in one line, and an ampersand in it underlines nothing."""
    return shortened(text, _MOST_ON_BUTTON).replace("\t", " ").replace("\n", " ").replace("&", "&&")


def title(text: str) -> str:
    """A text for a window's title; Qt would put a mark in the place of ``[*]``."""
    return shortened(text, _MOST_ON_BUTTON).replace("[*]", "[*][*]")


def tooltip(text: str) -> str:
    """A text as a tooltip that shows just that: what looks like HTML to Qt is not taken for it."""
    text = shortened(text)
    return QtGui.Qt.convertFromPlainText(text) if QtGui.Qt.mightBeRichText(text) else text


def shortened(text: str, most: int = _MOST) -> str:
    """A text, or the beginning of one of more letters than that."""
    return text if len(text) <= most else f"{text[: most - 1]}…"


def elided(
    metrics: QFontMetrics | QFontMetricsF,
    text: str,
    width: float,
    mode: Qt.TextElideMode = Qt.TextElideMode.ElideRight,
) -> str:
    """As much of a text as has room in so many pixels, however long it is."""
    if len(text) > _MOST:
        half = _MOST // 2
        text = f"{text[:half]}…{text[-half:]}" if mode == Qt.TextElideMode.ElideMiddle else text[:_MOST] + "…"
    return metrics.elidedText(text, mode, int(width))


def shown(text: str) -> str:
    """A text, or in its place that nothing is written."""
    # Translators: In place of a text that is empty.
    return text or tr("(nothing)")


def with_few(said: str, more: Sequence[str], *, most: int) -> str:
    """A text with further lines below it, so many at most; the others are counted."""
    rest = [tr("… and {count} more", count=len(more) - most)] if len(more) > most else []
    return "\n".join((said, *more[:most], *rest))


def table_row(title: str, figures: Iterable[str], *, colour: str = "") -> str:
    """A row of an HTML table: what it is about where lines begin, its figures behind; Qt turns no table round."""
    cells = [f"<td>{escape(title)}&nbsp;&nbsp;</td>"]
    cells += [f"<td align=right>&nbsp;&nbsp;{escape(figure)}</td>" for figure in figures]
    if QApplication.isRightToLeft():
        cells = [cell.replace("<td>", "<td align=right>&nbsp;&nbsp;") for cell in reversed(cells)]
    style = f" style='color: {colour}'" if colour else ""
    return f"<tr{style}>{''.join(cells)}</tr>"


def sentence_case(text: str) -> str:
    """A text with a capital at its beginning; the rest stays as it is, as nouns have capitals in some languages."""
    return text[:1].upper() + text[1:]
