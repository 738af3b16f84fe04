"""Where a word's text is cut when its box is, and how readings are put together when boxes are."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from ocr_studio.core.page import Alternative, Quad, Transcription, Word

# A half narrower than this share of the box is a slip of the hand.
_NARROWEST = 0.01


@dataclass(frozen=True, slots=True)
class CutPlace:
    """Where a word is split. fraction: along the box, 0..1. text, letter: before which letter of the word's text."""

    fraction: float
    text: str
    letter: int


def find_cut_place(word: Word, fraction: float | None, letter: int | None) -> CutPlace | None:
    """Find the place given by a fraction of the box or a letter of the text; None if there is nothing to split."""
    text, centres = word.text, _find_centres(word)
    if letter is not None:
        letter = _skip_combining(text, letter)
        if not text[:letter].strip() or not text[letter:].strip():
            return None
        before = len(text[:letter].rstrip()) - 1
        after = len(text) - len(text[letter:].lstrip())
        fraction = (centres[before] + centres[after]) / 2
    if fraction is None or not _NARROWEST <= fraction <= 1 - _NARROWEST:
        return None
    if letter is None:
        letter = _skip_combining(text, sum(centre < fraction for centre in centres))
    return CutPlace(fraction, text, letter)


def make_part(word: Word, place: CutPlace, *, last: bool) -> tuple[Transcription | None, Transcription | None]:
    """Return the recognizer's and the user's texts of the first or the last half of a word."""
    return _halve_side(word.machine, place, last=last), _halve_side(word.human, place, last=last)


def join_readings(parts: Sequence[tuple[Quad, Transcription]], whole: Quad) -> Transcription | None:
    """Join the readings of boxes in order with spaces; the lowest confidence counts."""
    parts = [(quad, reading) for quad, reading in parts if reading.text] or list(parts[:1])
    if not parts:
        return None
    if len(parts) == 1:
        quad, reading = parts[0]
        if quad == whole or not reading.letters:
            return reading
        return replace(reading, letters=tuple(_map_along(whole, quad, reading.letters)))
    text = " ".join(reading.text for _, reading in parts)
    known = [reading.confidence for _, reading in parts if reading.confidence is not None]
    sure = min(known, default=None)
    places: list[float] = []
    for quad, reading in parts:
        here = _map_along(whole, quad, reading.letters or _space_evenly(reading.text))
        places += [(places[-1] + here[0]) / 2, *here] if places else here
    alternatives = (Alternative(text, sure),) if sure is not None else ()
    letters = tuple(places) if len(places) == len(text) else ()
    return replace(parts[0][1], text=text, confidence=sure, alternatives=alternatives, letters=letters)


def _halve_side(side: Transcription | None, place: CutPlace, *, last: bool) -> Transcription | None:
    """Return one half of one text; None if no letter falls into it, as that doesn't mean an empty text."""
    if side is None:
        return None
    if not side.text:
        return side
    letter = _match_letter(place, side.text)
    text = _cut_text(side.text, letter, last=last)
    if not text:
        return None
    alternatives: dict[str, float] = {}
    for other in side.alternatives:
        reading = _cut_text(other.text, _match_letter(place, other.text), last=last)
        if reading:
            alternatives.setdefault(reading, other.confidence)
    return replace(
        side,
        text=text,
        alternatives=tuple(Alternative(*pair) for pair in alternatives.items()),
        letters=_halve_letters(side, letter, place.fraction, last=last),
    )


def _halve_letters(side: Transcription, letter: int, fraction: float, *, last: bool) -> tuple[float, ...]:
    if len(side.letters) != len(side.text):
        return ()
    start, width = (fraction, 1 - fraction) if last else (0.0, fraction)
    chosen = slice(letter, None) if last else slice(letter)
    text = side.text[chosen]
    spaces = len(text) - len(text.lstrip()), len(text.rstrip())
    return tuple(min(1.0, max(0.0, (centre - start) / width)) for centre in side.letters[chosen][slice(*spaces)])


def _cut_text(text: str, letter: int, *, last: bool) -> str:
    return (text[letter:] if last else text[:letter]).strip()


def _match_letter(place: CutPlace, other: str) -> int:
    """Find the letter of another text that corresponds to the split in the word's text."""
    text, letter = place.text, place.letter
    if other.startswith(text[:letter]) and letter:
        return letter
    if other.endswith(text[letter:]) and letter < len(text):
        return len(other) - (len(text) - letter)
    share = letter / len(text) if text else place.fraction
    return _skip_combining(other, round(share * len(other)))


def _skip_combining(text: str, letter: int) -> int:
    """Skip combining characters that belong to the letter before."""
    letter = min(len(text), max(0, letter))
    while 0 < letter < len(text) and unicodedata.combining(text[letter]):
        letter += 1
    return letter


def _find_centres(word: Word) -> list[float]:
    """Return the centres of the letters along the box, 0..1, ascending; the recognizer's if known."""
    text = word.text
    best = word.human or word.machine
    for side in (best, word.machine):
        if side and side.letters and len(side.letters) == len(side.text):
            places = np.maximum.accumulate(side.letters)
            return [float(x) for x in np.interp(_space_evenly(text), _space_evenly(side.text), places)] if text else []
    return _space_evenly(text)


def _space_evenly(text: str) -> list[float]:
    return [(index + 0.5) / len(text) for index in range(len(text))]


def _map_along(whole: Quad, quad: Quad, letters: Sequence[float]) -> list[float]:
    """Map positions along one box to positions along another, 0..1, on the lines through their middles."""
    (left, right), (start, end) = _find_axis(whole), _find_axis(quad)
    line = right - left
    points = start + np.asarray(letters)[:, None] * (end - start)  # (letters, 2)
    places = (points - left) @ line / max(float(line @ line), 1e-9)
    return [float(x) for x in np.clip(places, 0.0, 1.0)]


def _find_axis(quad: Quad) -> tuple[np.ndarray, np.ndarray]:
    a, b, c, d = np.asarray(quad.corners, dtype=np.float64)
    return (a + d) / 2, (b + c) / 2
