"""How things are called on the screen."""

from __future__ import annotations

import re

from ocr_studio.core.page import WordState

STATES = {
    WordState.UNREAD: "Not read",
    WordState.READ: "Read",
    WordState.ACCEPTED: "Checked",
    WordState.CORRECTED: "Corrected",
    WordState.MARKED: "Set aside",
}


_WORD = re.compile(r"\b([Ww])ord(?=s?\b)")

# In the place of a text where nothing is written.
NOTHING = "(nothing)"


def choice(index: int, text: str, *, writing: bool = False) -> str:
    """A reading to choose, with the key that chooses it; index: 0 for the best; writing: digits are text just now."""
    return f"{choice_key(index, writing=writing)}  {text or NOTHING}"


def choice_key(index: int, *, writing: bool) -> str:
    """The key that chooses a reading."""
    return f"Alt+{index + 1}" if writing else str(index + 1)


def file_name(name: str) -> str:
    """A file's name in one line: what cannot be shown, such as a line break, is shown as its escape."""
    return "".join(each if each.isprintable() else each.encode("unicode_escape").decode() for each in name)


def label(text: str) -> str:
    """A text that is not ours, for a button or a menu: an ampersand in it underlines nothing."""
    return text.replace("&", "&&")


def of_unit(text: str, unit: str) -> str:
    """A text of ours about words, or the same about lines. unit: "words" or "lines"."""
    return _WORD.sub(lambda found: f"{'L' if found[1] == 'W' else 'l'}ine", text) if unit == "lines" else text


def counted(count: int, noun: str) -> str:
    """A number of things, "1 word", "3 words"."""
    return f"{count} {noun}{'' if count == 1 else 's'}"
