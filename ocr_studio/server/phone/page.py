"""The page that the phone shows: one file, with the texts in the language of the window."""

from __future__ import annotations

from typing import Final

from ocr_studio.core.translation import later, tr
from ocr_studio.core.units import size
from ocr_studio.server.web_page import WebPage, load_web_page

# Of a photo: one of 200 megapixels as the phones that can take one store it, with room.
MOST_BYTES: Final = 64 << 20

_TEXTS: Final = {
    "title": later("Send photos to OCR Studio"),
    "into": later("They are saved in the folder “{folder}” on the computer."),
    "one_minute": later("One more minute"),
    "minutes": later("{minutes} more minutes"),
    "take": later("Take a photo"),
    "choose": later("Choose photos"),
    "state_queued": later("Waiting"),
    "state_sending": later("Sending"),
    "state_reading": later("Saved; being read"),
    "state_read": later("Read"),
    "state_failed": later("Saved, but not read"),
    "state_refused": later("Not sent"),
    "again": later("Try again"),
    "too_large": later("The photo is larger than {size}. Send a smaller copy."),
    "sum": later("{read} of {total} read"),
    "no_text": later("No text found."),
    "offline": later(
        "No connection to the computer. Check that both are on the same network, and that the computer still shows"
        " “Add photos from phone”."
    ),
    "expired": later("Time is up. Show a new code on the computer, and scan it."),
    "failed": later("An unexpected error occurred on the computer."),
    "no_code": later("Scan the code that OCR Studio shows on the computer."),
}


def load_page() -> WebPage:
    """Load the page with its texts in the current language. Raises ResourceMissing."""
    limits = {"bytes": MOST_BYTES, "size": size(MOST_BYTES)}
    return load_web_page("phone.html", texts={key: tr(text) for key, text in _TEXTS.items()}, limits=limits)
