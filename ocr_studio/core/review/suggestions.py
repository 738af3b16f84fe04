"""Suggestions for a word: the recognizer's alternatives, and likely corrections.

A person who corrects photos sees the same slips again and again: a stroke beside the word was read as a sign at its
edge, small letters as capitals, and words that stand on these photos more than once are misread each time anew. So
beside the readings there are: the reading without the signs at its edges, in another case, and what the person has
written in this project that looks like it.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from ocr_studio.core.page import Transcription
from ocr_studio.core.search import confusable, folding
from ocr_studio.core.search.vocabulary import Vocabulary

# How likely, beside a reading, what is made of it is; the exact figures matter little, as only the order is shown: on
# words of 32 writers from 1/20 to 1/5 the same share of wrong words has the right text among the first seven.
_OTHER_CASE: Final = 0.1
_NO_EDGES: Final = 0.15
_NEITHER: Final = 0.05
# Of a text of the project that is just as far from the reading as it may be, nothing; of one that looks the same, half.
_WRITTEN: Final = 0.5
# So much of a word may be misread for it to be that word still, in letters: a third, and one in any case.
_FAR: Final = 3
# Of how many readings edges are taken off, and how many of the person's texts are among the guesses.
_READINGS, _OWN = 2, 3
_LEADING: Final = re.compile(r"^[\W_]+")
_NO_SPACE: Final = "\u00a0"  # to a vocabulary a letter as any other, so that texts of several words stay whole
# More are not kept: the looking through would be felt. Nor are longer ones, in letters, which no person types again.
_MOST_TEXTS: Final = 20_000
LONGEST: Final = 200


@dataclass(slots=True)
class WrittenTexts:
    """The texts that the user has written or confirmed, with their counts."""

    counts: Counter[str] = field(default_factory=Counter)
    _texts: list[str] = field(default_factory=list)
    _vocabulary: Vocabulary = field(default_factory=Vocabulary)

    def add(self, texts: Mapping[str, int]) -> None:
        """Add texts with their counts."""
        room = _MOST_TEXTS - len(self._texts)
        fresh = [text for text in texts if 0 < len(text) <= LONGEST and text not in self.counts][:room]
        self.counts.update({text: many for text, many in texts.items() if text in self.counts})
        self.counts.update({text: texts[text] for text in fresh})
        if fresh:
            lines = "".join(_keep_letters(text) + "\n" for text in fresh)
            self._vocabulary.add(lines, self._vocabulary.last + len(fresh))
            self._texts += fresh

    def near(self, read: str) -> list[tuple[str, float]]:
        """Return similar texts with their relative distance, 0..1, nearest first."""
        if len(read) > LONGEST:
            return []
        letters = _keep_letters(read)
        most = max(1.0, len(letters) / _FAR)
        apart, _ = self._vocabulary.near(letters, most=most)
        found = [(self._texts[number], float(apart[number]) / most) for number in (apart < most).nonzero()[0]]
        return sorted(found, key=lambda each: (each[1], -self.counts[each[0]], each[0]))

    def beginning(self, typed: str) -> list[str]:
        """Return the texts that continue the typed characters, most frequent first."""
        found = [text for text in self._texts if text.startswith(typed) and len(text) > len(typed)]
        return sorted(found, key=lambda text: -self.counts[text])


def suggest_texts(reading: Transcription, written: WrittenTexts, *, most: int) -> tuple[str, ...]:
    """Suggest texts, most likely first: ``reading.text`` itself, then others; "" means no text, see ``Word``."""
    likely: dict[str, float] = {each.text: each.confidence for each in reading.alternatives}
    own = reading.confidence or max(likely.values(), default=0.0)

    def note(texts: Iterable[str], share: float) -> None:
        for text in texts:
            likely[text] = max(likely.get(text, 0.0), share)

    for text in [each.text for each in reading.alternatives[:_READINGS]] or [reading.text]:
        note(_drop_edges(text), _NO_EDGES * likely.get(text, own))
    note(_change_case(reading.text), _OTHER_CASE * own)
    note((other for text in _drop_edges(reading.text) for other in _change_case(text)), _NEITHER * own)
    for text, apart in written.near(reading.text)[:_OWN]:
        note([text], _WRITTEN * own * (1.0 - apart))
    likely.pop(reading.text, None)
    return (reading.text, *sorted(likely, key=lambda text: -likely[text]))[:most]


def may_begin_with_digit(texts: Iterable[str]) -> bool:
    """Whether the right text may begin with a digit, as one of these does or is easily confused with one that does."""
    return any(map(_may_be_number, texts))


def _may_be_number(text: str) -> bool:
    first = text[:1].lower()
    like = any(first in shape and any(map(str.isdigit, shape)) for shape in confusable.list_shape_groups())
    return first.isdigit() or (like and any(map(str.isdigit, text)))


def _keep_letters(text: str) -> str:
    return folding.fold_text(text).replace(" ", _NO_SPACE).replace("\n", _NO_SPACE)


def _drop_edges(text: str) -> Sequence[str]:
    bare = _LEADING.sub("", text)
    found = (bare, _drop_end(text), _drop_end(bare))
    return [each for each in dict.fromkeys(found) if each and each != text]


def _drop_end(text: str) -> str:
    # Turned round, as a search for what reaches to the end begins anew at every sign.
    return _LEADING.sub("", text[::-1])[::-1]


def _change_case(text: str) -> Sequence[str]:
    found = (text.lower(), text.upper(), text[:1].upper() + text[1:].lower())
    return [each for each in dict.fromkeys(found) if each != text]
