"""How things are called on the screen."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from html import escape

from PySide6.QtGui import QKeySequence
from PySide6.QtWidgets import QApplication

from ocr_studio.core.page import WordState
from ocr_studio.core.translation import later, tr

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
    """A text that is not ours, for a button or a menu: an ampersand in it underlines nothing."""
    return text.replace("&", "&&")


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
