"""A note as a file: properties, and between two marks the part that this program writes; all else is the user's.

The marks are HTML comments: Obsidian, Logseq, Joplin and every other viewer of Markdown hide them, whereas ``%%`` hides
text in Obsidian alone. The first mark has a hash of what was written, so that a part that the user has edited is known.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from ocr_studio.core.formats.vault import front_matter
from ocr_studio.core.formats.vault.front_matter import Value

ID_KEY: Final = "ocr-studio-id"
_ID: Final = re.compile(r"[0-9a-f]{32}(?:#[0-9,-]{1,200})?")
_ID_LINE: Final = re.compile(rf"^{ID_KEY}:", re.MULTILINE)
_FENCE: Final = re.compile(r"^---[ \t]*\r?$", re.MULTILINE)
_HINT: Final = "OCR Studio replaces the text between these two comments; write above or below"
_BEGIN: Final = re.compile(r"^<!-- ocr-studio begin (?P<hash>[0-9a-f]{32})\b[^\r\n>]*-->", re.MULTILINE)
_END: Final = re.compile(r"^<!-- ocr-studio end -->", re.MULTILINE)
# Where a link leads is not the user's text: Obsidian changes it when a note or an image is moved.
# Without "]", so that the time for a note of nothing but "](" grows only with its length.
_TARGET: Final = re.compile(r"(?<!\\)\]\([^)\]\r\n]{0,5000}\)")
_BYTE_ORDER_MARK: Final = "\ufeff"


@dataclass(frozen=True, slots=True)
class NotePart:
    """What this program writes in a note.

    Attributes:
        properties: The values of the front matter besides the id.
        body: The text between the marks, its lines ending in ``\\n``.
    """

    properties: Mapping[str, Value]
    body: str


def read_id(beginning: str) -> str:
    """Return the id of a note of ours; "" for any other note. beginning: its text as far as the front matter."""
    front, _ = front_matter.split_note(beginning[_find_front(beginning) :])
    found = front_matter.read_value(front, ID_KEY)
    return found if isinstance(found, str) and _ID.fullmatch(found) else ""


def _find_front(text: str) -> int:
    """Find where the front matter with the id begins: where the note does, or below what the user wrote above it."""
    first = len(_BYTE_ORDER_MARK) if text.startswith(_BYTE_ORDER_MARK) else 0
    line = _ID_LINE.search(text)
    if line is None or front_matter.read_value(front_matter.split_note(text[first:])[0], ID_KEY) is not None:
        return first
    return max((found.start() for found in _FENCE.finditer(text, first, line.start())), default=first)


def is_edited(text: str) -> bool:
    """Whether the part between the marks was edited since it was written, or can't be found any more."""
    begins, ends = list(_BEGIN.finditer(text)), list(_END.finditer(text))
    if not len(begins) == len(ends) == 1 or begins[0].end() > ends[0].start():
        return True
    return _compute_hash(text[begins[0].end() : ends[0].start()]) != begins[0]["hash"]


def make_note(note_id: str, part: NotePart) -> str:
    """Make a new note."""
    values = {**part.properties, ID_KEY: note_id}
    return f"---\n{front_matter.update('', values)}---\n\n{_format_part(part.body)}\n"


def update_note(text: str, note_id: str, part: NotePart) -> str:
    """Replace what this program wrote in a note; everything outside of that stays byte for byte.

    Args:
        text: The note, as it is now, with front matter that has the id.
        note_id: Its id.
        part: What to write.
    """
    above, text = text[: _find_front(text)], text[_find_front(text) :]
    front, rest = front_matter.split_note(text)
    start = text.index("\n") + 1
    end = "\r\n" if text[:start].endswith("\r\n") else "\n"
    fence = text[start + len(front) : len(text) - len(rest)]
    values = {**part.properties, ID_KEY: note_id}
    updated = front_matter.update(front, values, kept=("title",), joined=("tags",), end=end)
    return above + text[:start] + updated + fence + _update_body(rest, part.body, end)


def _update_body(rest: str, body: str, end: str) -> str:
    ours = _format_part(body).replace("\n", end)
    begins = _BEGIN.search(rest)
    ends = _END.search(rest, begins.end()) if begins else None
    if begins and ends:
        return rest[: begins.start()] + ours + rest[ends.end() :]
    return f"{rest}{'' if not rest or rest.endswith(end) else end}{end}{ours}{end}"


def _format_part(body: str) -> str:
    body = f"\n\n{body.strip()}\n\n" if body.strip() else "\n"
    return f"<!-- ocr-studio begin {_compute_hash(body)}: {_HINT} -->{body}<!-- ocr-studio end -->"


def _compute_hash(body: str) -> str:
    """Compute the hash of a body, whatever its lines end in and where its links lead."""
    lines = (line.rstrip() for line in _TARGET.sub("]()", body).split("\n"))
    kept = "\n".join(lines).strip()
    return hashlib.blake2b(kept.encode("utf-8", errors="replace"), digest_size=16).hexdigest()
