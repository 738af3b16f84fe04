"""The page for browsers: its texts, in the language of the program."""

from __future__ import annotations

from typing import Final

from ocr_studio.core.formats import FORMATS
from ocr_studio.core.translation import later, tr
from ocr_studio.core.units import size
from ocr_studio.server.api.answers import AnswerFormat
from ocr_studio.server.api.options import ServiceLimits
from ocr_studio.server.web_page import WebPage, load_web_page

_TEXTS: Final = {
    "title": later("Read photos with OCR Studio"),
    "drop": later("Drop photos here"),
    "paste": later("or paste one with Ctrl+V"),
    "choose": later("Choose photos"),
    "take": later("Take a photo"),
    "more": later("Add photos"),
    "accepted": later("JPEG, PNG, WebP, HEIC, TIFF or PDF, up to {size}."),
    "not_kept": later("Photos are read on the computer where OCR Studio runs. They are not saved there."),
    "kept": later("Photos and their text are saved on the computer where OCR Studio runs, in “{folder}”."),
    "photos": later("Photos"),
    "photo": later("Photo {name}"),
    "state_waiting": later("Waiting"),
    "state_reading": later("Reading…"),
    "state_read": later("Read"),
    "state_failed": later("Failed"),
    "reading": later("Reading {name}…"),
    "busy": later("Other photos are being read. {name} is waiting."),
    "text": later("Text"),
    "summary": later("Words: {words}. Uncertain: {doubtful}."),
    "no_text": later("No text found."),
    "next_doubtful": later("Next uncertain word"),
    "word": later("Word {number} of {total}"),
    "doubtful": later("uncertain"),
    "select": later("Select a word to correct it."),
    "keys": later("Enter: next word. Shift+Enter: previous word. Esc: undo changes to the word."),
    "format": later("Format"),
    "download": later("Download"),
    "downloaded": later("{name} was downloaded."),
    "copy": later("Copy text"),
    "copied": later("The text was copied."),
    "remove": later("Remove photo"),
    "again": later("Try again"),
    "too_large": later("{name} is larger than {size}. Send a smaller copy."),
    "offline": later("No connection to OCR Studio. Check that it is still running, then try again."),
    "failed": later("An unexpected error occurred on the computer."),
    "token": later("Token"),
    "token_hint": later("Open the whole address that was shown when the service was started, or enter the token."),
    "continue": later("Continue"),
}


def load_page(limits: ServiceLimits, *, kept_in: str = "") -> WebPage:
    """Load the page with its texts in the current language.

    Args:
        limits: What may be sent.
        kept_in: Name of the folder in which photos are saved; "" if they are not.

    Raises:
        ResourceMissing: Its file is missing.
    """
    options = {
        "bytes": limits.body,
        "size": size(limits.body),
        "folder": kept_in,
        "formats": [[kind.value, tr(FORMATS[kind.value].title), FORMATS[kind.value].suffix] for kind in _listed()],
    }
    return load_web_page("service.html", texts={key: tr(text) for key, text in _TEXTS.items()}, options=options)


def _listed() -> list[AnswerFormat]:
    """List the formats, the most used first."""
    first = [AnswerFormat.TEXT, AnswerFormat.PDF, AnswerFormat.MARKDOWN]
    return first + [kind for kind in AnswerFormat if kind not in first]
