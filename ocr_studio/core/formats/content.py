"""What a page holds besides upright boxes, as a format may have a place for it or not."""

from __future__ import annotations

from enum import StrEnum
from typing import Final


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
