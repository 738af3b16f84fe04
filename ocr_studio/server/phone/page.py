"""The page that the phone shows: one file, with the texts in the language of the window."""

from __future__ import annotations

import base64
import hashlib
import json
import re
from dataclasses import dataclass
from typing import Final

from ocr_studio.core import resources
from ocr_studio.core.translation import language, later, tr

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
    "sum": later("{read} of {total} read"),
    "no_text": later("No text found."),
    "offline": later(
        "No connection to the computer. Check that both are on the same network, and that the computer still shows"
        " “Add photos from phone”."
    ),
    "expired": later("The time is over. Show a new code on the computer, and scan it."),
    "failed": later("An unexpected error occurred on the computer."),
    "no_code": later("Scan the code that OCR Studio shows on the computer."),
}
_DATA: Final = '<script type="application/json" id="texts">{}</script>'


@dataclass(frozen=True, slots=True)
class PhonePage:
    """The page. policy: the Content-Security-Policy that lets it run, and nothing else."""

    html: str
    policy: str


def load_page() -> PhonePage:
    """Load the page with its texts in the current language. Raises ResourceMissing."""
    template = resources.resource("web/phone.html").read_text(encoding="utf-8")
    texts = json.dumps({key: tr(text) for key, text in _TEXTS.items()}, ensure_ascii=False).replace("<", "\\u003c")
    html = template.replace(_DATA, _DATA.replace("{}", texts)).replace(
        '<html lang="en">', f'<html lang="{language()}">'
    )
    policy = (
        f"default-src 'none'; script-src {_hash(html, 'script')}; style-src {_hash(html, 'style')};"
        " img-src blob:; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
    )
    return PhonePage(html, policy)


def _hash(html: str, element: str) -> str:
    """Return the source expression for the content of the page's only script or style sheet."""
    content = re.search(rf"<{element}>(.*?)</{element}>", html, re.DOTALL)
    assert content is not None
    return f"'sha256-{base64.b64encode(hashlib.sha256(content[1].encode()).digest()).decode()}'"
