"""How things are called on the screen."""

from __future__ import annotations

from ocr_studio.core.page import WordState

STATES = {
    WordState.UNREAD: "Not read",
    WordState.READ: "Read",
    WordState.ACCEPTED: "Checked",
    WordState.CORRECTED: "Corrected",
}


def choice(index: int, text: str) -> str:
    """A reading to choose, with the digit that chooses it; index: 0 for the best."""
    return f"{index + 1}  {text or '(nothing)'}"


def label(text: str) -> str:
    """A text that is not ours, for a button or a menu: an ampersand in it underlines nothing."""
    return text.replace("&", "&&")


def counted(count: int, noun: str) -> str:
    """A number of things, "1 word", "3 words"."""
    return f"{count} {noun}{'' if count == 1 else 's'}"
