"""Completion of a text that is being typed for a word.

Each source says one thing or nothing, the first that does counts: what the person has written before in this project,
the words of the languages (by how usual they are, and by how far they are from what was read), the other readings, and
last what was read itself, behind the letters that have been typed.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from ocr_studio.core.language import lexicon as language
from ocr_studio.core.language.lexicon import Lexicon
from ocr_studio.core.review import suggestions
from ocr_studio.core.review.suggestions import WrittenTexts
from ocr_studio.core.search import confusable, edit_distance

Distances = NDArray[Any]  # float32

# A wrong letter is as likely as a word a hundred times rarer; see ``spelling``, which weighs alike.
_WEIGHT: Final = 2.0
# So many beginnings of words are followed at a time, up to words of so many letters.
_FOLLOWED, _LONGEST = 24, 24
# Letters rarer than this go on no word.
_RARE: Final = 1e-5
# Of one letter alone, what was written before must look like what was read, within this share of its length.
_LIKE: Final = 0.5
_LETTERS: Final = re.compile(r"[^\W\d_]+$")


@dataclass(frozen=True, slots=True)
class TypedBeginning:
    """The typed characters, and the recognized text. guesses: suggestions, the most likely first."""

    typed: str
    read: str
    guesses: Sequence[str] = ()


def complete_text(begun: TypedBeginning, written: WrittenTexts, lexicon: Lexicon) -> str:
    """The rest of the text after the typed characters; "" if unknown."""
    if not begun.typed.strip() or max(len(begun.typed), len(begun.read)) > suggestions.LONGEST:
        return ""
    return (
        _complete_from_written(begun, written)
        or _complete_word(begun, lexicon)
        or _complete_from_guess(begun)
        or _complete_from_read(begun)
    )


def _complete_from_written(begun: TypedBeginning, written: WrittenTexts) -> str:
    found = written.beginning(begun.typed)
    apart = {
        text: _measure_difference(text, begun.read)[-1] / max(len(text), len(begun.read)) for text in found[:_FOLLOWED]
    }
    best = min(apart, key=lambda text: apart[text], default="")
    return best[len(begun.typed) :] if best and (len(begun.typed) > 1 or apart[best] < _LIKE) else ""


def _complete_from_guess(begun: TypedBeginning) -> str:
    typed = begun.typed
    return next((text[len(typed) :] for text in begun.guesses if text.startswith(typed) and text != typed), "")


def _complete_from_read(begun: TypedBeginning) -> str:
    """Complete from the recognized text, as long as the typed letters may stand for its beginning."""
    apart = _measure_difference(begun.typed, begun.read)
    place = int(apart.argmin())
    return begun.read[place:] if apart[place] <= max(1.0, len(begun.typed) / 2) else ""


def _complete_word(begun: TypedBeginning, lexicon: Lexicon) -> str:
    """Complete the word being typed from the words of the languages."""
    ending = _LETTERS.search(begun.typed)
    if ending is None or not len(lexicon.keys):
        return ""
    typed, before = ending.group(), begun.typed[: ending.start()]
    # What was read of this word: behind what the words before it stand for. Where it ends nobody knows: within misread
    # words there are signs and spaces, too.
    behind = begun.read[int(_measure_difference(before, begun.read).argmin()) :]
    folded = "".join(map(language.fold_character, typed))
    found = _Search("".join(map(language.fold_character, behind)), lexicon).best(folded)
    missing = found[len(folded) :]
    return missing.upper() if len(typed) > 1 and typed.isupper() else missing


class _Search:
    """Beam search for the most likely word that begins with some letters, by frequency and distance from what was read.

    Beginnings of words grow letter by letter, and only the most likely are kept.
    """

    def __init__(self, read: str, lexicon: Lexicon) -> None:
        self._read, self._lexicon = read, lexicon
        # Where nothing was read, words may be as long as they are.
        self._weight = _WEIGHT if read else 0.0
        self._letters = [letter for letter, share in lexicon.letters.items() if share > _RARE]
        self._codes = np.array([ord(letter) for letter in self._letters], np.uint64)
        costs = [_find_costs(letter, read) for letter in self._letters]
        self._costs = np.array(costs, np.float32).reshape(len(costs), len(read))

    def best(self, begun: str) -> str:
        """Return the whole word, folded; empty if no word continues so."""
        texts, keys = [begun], np.array([language.hash_letters(begun)], np.uint64)
        rows = _measure_difference(begun, self._read)[None]
        best, word = -np.inf, ""
        while texts and len(texts[0]) < _LONGEST and self._letters:
            grown = keys[:, None] * language.STEP + self._codes
            begin, whole = (shares.reshape(grown.shape) for shares in self._lexicon.look_up(grown.ravel()))
            which, letter = np.nonzero(begin > 0)
            if not len(which):
                break
            after = _next_rows(rows[which], self._costs[letter])
            shares = np.log10(np.maximum(whole[which, letter], np.float32(1e-30)))
            ends = shares - self._weight * after[:, -1]
            top = int(ends.argmax())
            if ends[top] > best:
                best, word = float(ends[top]), texts[which[top]] + self._letters[letter[top]]
            # No word that begins so can be more usual, or nearer, than this.
            hopes = np.log10(begin[which, letter]) - self._weight * after.min(axis=1)
            kept = [each for each in np.argsort(-hopes)[:_FOLLOWED].tolist() if hopes[each] > best]
            texts = [texts[which[each]] + self._letters[letter[each]] for each in kept]
            keys, rows = grown[which[kept], letter[kept]], after[kept]
        return word


def _measure_difference(text: str, read: str) -> Distances:
    """Measure the distance of a text from each beginning of what was read, the empty one first: (len(read) + 1,)."""
    # Not rapidfuzz: confusable characters cost less than others, and the whole last row of the table is needed.
    row = np.arange(len(read) + 1, dtype=np.float32)[None]
    for letter in text:
        row = _next_rows(row, _find_costs(letter, read)[None], missed=1.0 if letter.isalnum() else edit_distance.SIGN)
    return np.asarray(row[0])


def _next_rows(rows: Distances, costs: Distances, *, missed: float = 1.0) -> Distances:
    """The next row of the table of distances, for many texts: (N, R + 1). costs: (N, R) of their letters, in place of
    each letter that was read; missed: where they were not read at all.
    """
    after = rows + np.float32(missed)
    after[:, 1:] = np.minimum(after[:, 1:], rows[:, :-1] + costs)
    for place in range(1, after.shape[1]):
        np.minimum(after[:, place], after[:, place - 1] + 1, out=after[:, place])
    return after


def _find_costs(letter: str, read: str) -> Distances:
    """Return the cost of this letter for each letter of the recognized text; case is ignored."""
    small = letter.lower()
    alike = confusable.find_substitution_costs(small)
    return np.array(
        [0.0 if other == small else alike.get(other, 1.0) for other in read.lower()[: len(read)]], np.float32
    )
