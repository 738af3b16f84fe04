"""Pages of PDF files whose own text takes the place of reading."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import TypeAlias

from ocr_studio.core.editing import imported_words, photo_frames
from ocr_studio.core.formats.exchange import ExchangePage
from ocr_studio.core.formats.pdf import own_text
from ocr_studio.core.images import photo_stream
from ocr_studio.core.page import Page, PageFacts, apply, now
from ocr_studio.core.translation import message

FindText: TypeAlias = Callable[[Path], tuple[ExchangePage, str] | None]


def find_text(photo: Path) -> tuple[ExchangePage, str] | None:
    """Return the text that a photo has of its own if it is a page of a PDF, and its content id; None to read it.

    Raises PhotoError.
    """
    with photo_stream.checking_changes(photo):
        found = own_text.read_photo(photo)
        return None if found is None else (found, photo_stream.compute_content_id(photo))


def make_page(
    photo: Path, labels: ExchangePage, page_id: str, facts_of: Callable[[Path, str], PageFacts], *, unit: str
) -> Page:
    """Make the page of a photo from the text that it has of its own.

    Nobody has measured how sure its words are, so they have no confidence: the text may be typeset, or what another
    program has read.

    Args:
        photo: The photo.
        labels: The text.
        page_id: The content id of the photo.
        facts_of: Returns what is known of the photo, among others how it is turned.
        unit: What each box is to hold, as in the settings: a word or a line.
    """
    empty = Page(page_id, photo.name, round(labels.width), round(labels.height))
    if unit == "lines":
        labels = own_text.join_lines(labels)
    edit = imported_words.replace_words(empty, labels, message("Use text of the PDF"))
    page = replace(apply(empty, edit), read_at=now())
    return photo_frames.follow_frame(page, facts_of(photo, page_id).frame)
