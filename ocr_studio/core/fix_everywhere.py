"""A word was corrected: which others are likely the same word, misread as well."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from ocr_studio.core import edits, metrics
from ocr_studio.core.history import Step
from ocr_studio.core.page import Edit, Page, Word
from ocr_studio.core.review_queue import Place
from ocr_studio.core.translation import tr, tr_n

# A likelihood from which on a word is offered, and from which on it is ticked.
OFFERED, TICKED = 0.2, 0.5
# Texts that share less than this are not of one word, however they were misread.
_ALIKE: Final = 0.5
# Of 3,700 pairs of one word by one hand, and as many of words that share half of their letters, as 120 people wrote
# them with an electronic pen (UNIPEN, https://doi.org/10.1109/ICPR.1994.576870), this logistic curve tells most apart.
_STEEP, _EVEN = 15.0, 0.73
# What was misread once was meant likewise where it was read the same: the odds of three to one, without looking.
_SAME_READING: Final = math.log(3.0)
# So much is always held possible of a reading.
_POSSIBLE: Final = 0.05


@dataclass(frozen=True, slots=True)
class Correction:
    """What a person has just done. misread: what the machine had read there; right: what the person wrote."""

    place: Place
    misread: str
    right: str


@dataclass(frozen=True, slots=True)
class LookAlike:
    """A word that is likely the same. text: what it is read as; picture: PNG of it; image: its photo."""

    place: Place
    image: str
    text: str
    likelihood: float
    picture: bytes


def correction(step: Step) -> Correction | None:
    """The correction that a step is: one word of which a machine's reading was replaced by another text; else None."""
    if len(step.edits) != 1:
        return None
    [(page_id, edit)] = step.edits.items()
    if len(edit.changes) != 1:
        return None
    [(word_id, (before, after))] = edit.changes.items()
    if before is None or after is None or before.machine is None or after.human is None or after.mark:
        return None
    misread, right = before.machine.text, after.human.text
    if not right or right in (misread, before.text) or before.quad != after.quad:
        return None
    return Correction((page_id, word_id), misread, right)


def may_be(word: Word, corrected: Correction) -> bool:
    """Whether a word may be the corrected one by what was read, without looking at it."""
    read = word.machine
    if read is None or word.checked or word.text == corrected.right:
        return False
    if read.text == corrected.misread or any(each.text == corrected.right for each in read.alternatives):
        return True
    return max(metrics.similarity(read.text, each) for each in (corrected.misread, corrected.right)) >= _ALIKE


def likelihood(word: Word, corrected: Correction, likeness: float) -> float:
    """How likely a word is the corrected one, 0..1: what the recognizer held of it, and how it looks.

    likeness: of its ink to that of the corrected word, ``ink_looks.likeness``.
    """
    odds = _STEEP * (likeness - _EVEN) + _reading_odds(word, corrected)
    return 1 / (1 + math.exp(-max(-30.0, min(30.0, odds))))


def offer(found: Iterable[LookAlike]) -> tuple[LookAlike, ...]:
    """What a person is asked about, likely ones first; nothing where none is likely enough to be ticked."""
    ordered = tuple(sorted(found, key=lambda each: -each.likelihood))
    return ordered if ordered and ordered[0].likelihood >= TICKED else ()


def step(pages: Iterable[tuple[Page, Iterable[str]]], text: str) -> Step:
    """This text is written into words of pages, as one step; words that are checked by now stay as they are."""
    found: dict[str, Edit] = {}
    count = 0
    for page, ids in pages:
        changes: dict[str, tuple[Word | None, Word | None]] = {}
        for word_id in ids:
            word = page.words.get(word_id)
            if word is not None and not word.checked:
                changes |= edits.write(page, word_id, text).changes
        count += len(changes)
        found[page.id] = Edit(tr("Write “{text}”", text=text), changes)
    return Step(tr_n("Write “{text}” in {count} place", "Write “{text}” in {count} places", count, text=text), found)


def _reading_odds(word: Word, corrected: Correction) -> float:
    """Natural logarithm of the odds that the corrected text stands there rather than what was read."""
    read = word.machine
    if read is None:
        return 0.0
    if read.text == corrected.misread:
        return _SAME_READING
    whole = sum(each.confidence for each in read.alternatives) or 1.0
    held = {each.text: each.confidence / whole for each in reversed(read.alternatives)}
    own = held.get(read.text, read.confidence or 0.0)
    return math.log((held.get(corrected.right, 0.0) + _POSSIBLE) / (own + _POSSIBLE))
