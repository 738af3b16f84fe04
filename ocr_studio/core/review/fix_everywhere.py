"""Words that were probably misread in the same way as a word that was just corrected."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Final

from ocr_studio.core.editing.changes import Change
from ocr_studio.core.page import Quad, Transcription, Word
from ocr_studio.core.project.undo_log import Step
from ocr_studio.core.review.queue import Place
from ocr_studio.core.search.misreadings import ConfusionModel
from ocr_studio.core.units import percent

# A likelihood from which on a word is offered, and from which on it is ticked.
OFFERED, TICKED = 0.3, 0.5
# What the ink adds to the odds, times the third power of its likeness: about nothing up to what any two words have in
# common, then fast. Fitted together with what readings add (``misreadings``).
_INK: Final = 7.44


@dataclass(frozen=True, slots=True)
class Correction:
    """The latest correction. misread: the recognized text; right: the corrected text."""

    place: Place
    misread: str
    right: str


@dataclass(frozen=True, slots=True)
class LookAlike:
    """A word that is probably the same. text: its recognized text; image: its photo; quad: its box."""

    place: Place
    image: str
    quad: Quad
    text: str
    likelihood: float


def find_correction(step: Step) -> Correction | None:
    """Return the correction that a step makes: one word whose recognized text was replaced; otherwise None."""
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


def select_candidates(words: Sequence[Word], corrected: Correction, read: Transcription) -> dict[str, float]:
    """Select the words that may be the corrected one, with the log odds before comparing their pictures.

    read: what the machine had read of the corrected word. What is checked, or reads as was written, is no mistake.
    """
    others = [word for word in words if not word.checked and word.text != corrected.right]
    readings = [each.machine for each in others if each.machine is not None]
    if not readings:
        return {}
    odds = ConfusionModel(corrected.right, read).odds(readings).tolist()
    asked = zip((each for each in others if each.machine is not None), odds, strict=True)
    return {word.id: likely for word, likely in asked if estimate_likelihood(likely, 1.0) >= OFFERED}


def estimate_likelihood(odds: float, likeness: float) -> float:
    """Estimate how likely a word is the corrected one, 0..1.

    odds: natural logarithm, by what was read; likeness: of its ink to that of the corrected word,
    ``word_appearance.compute_likeness``.
    """
    return 1 / (1 + math.exp(-max(-30.0, min(30.0, odds + _INK * likeness**3))))


def select_offers(found: Iterable[LookAlike]) -> tuple[LookAlike, ...]:
    """Select the words to offer, most likely first; none if none is likely enough to be ticked."""
    ordered = tuple(sorted(found, key=lambda each: -each.likelihood))
    return ordered if ordered and ordered[0].likelihood >= TICKED else ()


def update_offer(offer: LookAlike, word: Word | None) -> LookAlike | None:
    """Return an offer with the box that its word has now; None if the word was checked or is read differently."""
    if word is None or word.checked or word.text != offer.text:
        return None
    return replace(offer, quad=word.quad)


def make_changes(offers: Iterable[LookAlike], text: str) -> list[Change]:
    """Write this text into the words offered; the likely ones are selected at first."""
    return [
        Change(
            page_id=each.place[0],
            image=each.image,
            word_id=each.place[1],
            quad=each.quad,
            before=each.text,
            after=text,
            reason=percent(each.likelihood),
            selected=each.likelihood >= TICKED,
        )
        for each in offers
    ]
