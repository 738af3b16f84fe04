"""Letters of a reading that may be wrong: those in which the alternatives differ."""

from __future__ import annotations

from difflib import SequenceMatcher
from typing import Final

from ocr_studio.core.page import Transcription

# From this doubt on a letter deserves a look: other readings with a seventh of all the evidence have another one there.
DOUBTFUL: Final = 0.15
# Letters: longer texts are not compared, which could take as long as their third power.
_LONGEST: Final = 200


def rate_doubts(reading: Transcription) -> tuple[float, ...]:
    """Rate the doubt 0..1 of each letter of ``reading.text``: the share of all alternatives without this letter there.

    Readings count by their confidence. A letter that others have between two of ours casts its doubt on the one before
    it, or on the first. Where there are no other readings nothing is doubted.
    """
    found = [0.0] * len(reading.text)
    whole = sum(each.confidence for each in reading.alternatives)
    if whole <= 0 or len(reading.text) > _LONGEST:
        return tuple(found)
    for other in reading.alternatives:
        if other.text != reading.text and len(other.text) <= _LONGEST:
            for place in _find_differing(reading.text, other.text):
                found[place] += other.confidence / whole
    return tuple(min(1.0, each) for each in found)


def find_doubtful_letters(reading: Transcription) -> tuple[int, ...]:
    """Find the letters of ``reading.text`` that deserve a look."""
    return tuple(place for place, doubt in enumerate(rate_doubts(reading)) if doubt >= DOUBTFUL)


def _find_differing(text: str, other: str) -> set[int]:
    """Find the letters of a text that another text lacks, or behind which it has more."""
    found: set[int] = set()
    for what, start, end, _, _ in SequenceMatcher(None, text, other, autojunk=False).get_opcodes():
        if what == "insert":
            found |= {max(0, start - 1)} if text else set()
        elif what != "equal":
            found |= set(range(start, end))
    return found
