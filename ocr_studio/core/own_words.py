"""The words that a person has added to those of a project: ``words.json`` in its folder."""

from __future__ import annotations

from typing import Final

from ocr_studio.core import state_file, write_errors
from ocr_studio.core.errors import StudioError
from ocr_studio.core.files.safe_folder import SafeFolder
from ocr_studio.core.plain_text import one_line
from ocr_studio.core.translation import tr

FILE: Final = "words.json"
_MOST: Final = 50_000
_LONGEST: Final = 100
_MOST_BYTES: Final = 32 << 20  # as many words in letters that JSON writes with six characters each


class WordsNotSaved(StudioError):
    """The project's words could not be written; the earlier file is as it was."""


def load(folder: SafeFolder) -> frozenset[str]:
    """The words that were added. folder: the project's own."""
    found = state_file.read_in(folder, FILE, most=_MOST_BYTES).get("words")
    words = found[:_MOST] if isinstance(found, list) else []
    return frozenset(one_line(word) for word in words if isinstance(word, str) and 0 < len(word) <= _LONGEST)


def save(folder: SafeFolder, words: frozenset[str]) -> None:
    """Keep these words instead. Raises WordsNotSaved."""
    try:
        state_file.write_in(folder, FILE, {"format": 1, "words": sorted(words)})
    except OSError as error:
        raise WordsNotSaved(
            tr("the project’s words cannot be written: {reason}", reason=write_errors.reason(error)),
            file=folder.full(FILE),
            remedy=tr("Make room, or free the folder."),
        ) from error
