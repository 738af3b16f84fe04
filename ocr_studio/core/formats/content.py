"""What a page holds besides upright boxes, and how the report of an export says that a format has no place for it."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from typing import Final

from ocr_studio.core.translation import later_n, tr, tr_n


class Content(StrEnum):
    """What a page holds besides upright boxes with texts, and a format may have no place for."""

    SLANT = "slant"  # boxes that are not upright rectangles
    SHAPE = "shape"  # boxes that are no rectangles at all
    ORDER = "order"  # lines and their order
    CONFIDENCE = "confidence"
    ALTERNATIVES = "alternatives"
    CHECKED = "checked"  # whether a user has checked the word
    MARKS = "marks"  # words marked as unreadable or ignored
    UNREAD = "unread"  # boxes without a text
    UNBOXED = "unboxed"  # text without a box
    TEXT = "text"  # the texts themselves
    WRITER = "writer"
    TAGS = "tags"
    NOTE = "note"


EVERYTHING: Final = frozenset(Content)

# What the report of an export says of what is lost.
_LOSSES: Final = {
    Content.SLANT: later_n("the slant of {count} box", "the slant of {count} boxes"),
    Content.SHAPE: later_n("the exact shape of {count} box", "the exact shape of {count} boxes"),
    Content.ORDER: later_n("the order of {count} line", "the order of {count} lines"),
    Content.CONFIDENCE: later_n("the confidence of {count} word", "the confidence of {count} words"),
    Content.ALTERNATIVES: later_n("the alternatives of {count} word", "the alternatives of {count} words"),
    Content.CHECKED: later_n("whether {count} word is checked", "which of {count} words are checked"),
    Content.MARKS: later_n("{count} marked word", "{count} marked words"),
    Content.UNREAD: later_n("{count} box without text", "{count} boxes without text"),
    Content.UNBOXED: later_n("{count} text without a box", "{count} texts without a box"),
    Content.TEXT: later_n("the text of {count} word", "the texts of {count} words"),
    Content.WRITER: later_n("the writer of {count} photo", "the writers of {count} photos"),
    Content.TAGS: later_n("the tags of {count} photo", "the tags of {count} photos"),
    Content.NOTE: later_n("the note of {count} photo", "the notes of {count} photos"),
}


def describe_losses(title: str, counts: Mapping[Content, int]) -> str:
    """Say in a sentence what a format has no place for.

    Args:
        title: Title of the format, a text for ``tr``.
        counts: What is lost, as ``losses.count_losses`` counts it.
    """
    found = ", ".join(tr_n(*_LOSSES[what], counts[what]) for what in Content if counts.get(what))
    return tr("{format} can’t hold: {losses}", format=tr(title), losses=found)
