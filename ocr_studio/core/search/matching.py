"""Fuzzy search for words, on one photo or all: tolerates typos and misreadings.

What is found, and what comes first:

- A word is as near as the letters that differ cost (``confusable``: little for those of the same shape, more for those
  that differ by a stroke and for two swapped, 1 for others and for one too many or too few); no more may differ than
  ``allowed_cost`` says. Its score is 1 / (1 + cost). Case, accents, and punctuation around words do not count.
- The beginning of a word counts as the word being typed, or one with a star at its end, for 0.9 of that; from four
  letters on also with slips.
- A letter alone that others may stand for, as "ss" for "ß", is found inside words, too.
- What the recognizer held for its second, third … choice is found where nobody has checked the word, and comes behind
  all that was found otherwise, the sooner the surer it was. A choice is a guess already, so in it only letters of the
  same shape may differ, and one or two letters are found only where they were held for at least as likely as 1 in 20.
- Several words must all be on a photo; their score is the mean, less the further apart they are.
- "In quotes" means just so: no slips, and several words one after the other on a line.
- What a person wrote stands for what the machine had read there. Words that were set aside are not found.

Of the same score, a word alone comes before one among others, then what a person wrote comes first, then what the
recognizer was surer of, then by photo.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from ocr_studio.core.page import Quad
from ocr_studio.core.search import confusable, folding
from ocr_studio.core.search.index_arrays import IndexArrays
from ocr_studio.core.search.index_file import HUMAN
from ocr_studio.core.search.vocabulary import Vocabulary

Floats = NDArray[np.floating[Any]]

# Letters of a query; of more nothing is looked for, as a page that was copied by mistake has a thousand words.
LONGEST: Final = 400

_BEGINNING: Final = 0.9
# The least score of what counts is 0.9 / (1 + 2); choices stay below.
CHOICE: Final = 0.25
# One letter in five may be wrong, and never more than two.
_PER_LETTER: Final = 0.2
_MOST: Final = 2.0
# Every other scribble might be "i" or "of": of words shorter than this only choices as likely as one in twenty count.
_LONG: Final = 3
_LIKELY: Final = 0.05
# A beginning of fewer letters than this fits too much to allow for slips as well.
_SLIPS_FROM: Final = 4
_WORDS: Final = re.compile(r'["“”„«»]([^"“”„«»]*)(["“”„«»]?)|([^\s"“”„«»]+)')


class MatchedSide(StrEnum):
    """The matched text: the user's, the recognizer's, or an alternative."""

    HUMAN = "human"
    MACHINE = "machine"
    CHOICE = "choice"


@dataclass(frozen=True, slots=True)
class FoundWord:
    """A word that was found.

    Attributes:
        text: The word's text.
        matched: The matched text; it differs from ``text`` if an alternative matched.
        rank: 2 for the second choice, 3 for the third …; 1 for the text itself.
        quad: Pixels of the upright photo.
    """

    word_id: str
    quad: Quad
    text: str
    matched: str
    side: MatchedSide
    rank: int
    score: float


@dataclass(frozen=True, slots=True)
class Hit:
    """A place on a photo that matches the whole query.

    Attributes:
        words: One for each word of the query, in its order.
        score: 0..1; hits are sorted by descending score.
    """

    page_id: str
    image: str
    words: tuple[FoundWord, ...]
    score: float

    @property
    def text(self) -> str:
        """The found words, joined by spaces."""
        return " ".join(word.matched for word in self.words)

    @property
    def side(self) -> MatchedSide:
        """CHOICE if any of its words is one, HUMAN if the user wrote all of them."""
        sides = {word.side for word in self.words}
        return next((side for side in (MatchedSide.CHOICE, MatchedSide.MACHINE) if side in sides), MatchedSide.HUMAN)


@dataclass(frozen=True, slots=True)
class SearchTerm:
    """A word of a query, folded.

    Attributes:
        exact: Typos are not tolerated.
        open: The word may be incomplete: it is being typed, or ends with a star.
        phrase: Number of the quotes around it; 0 for none.
        inside: It may be anywhere inside a word.
    """

    text: str
    exact: bool = False
    open: bool = False
    phrase: int = 0
    inside: bool = False


@dataclass(frozen=True, slots=True)
class TermMatches:
    """Words that match a term.

    Attributes:
        entries: (N,) Places in the index's table.
        scores: (N,)
        choices: (N,) Places among the alternatives, or -1.
    """

    entries: NDArray[np.intp]
    scores: Floats
    choices: NDArray[np.intp]

    def on(self, kept: NDArray[np.intp]) -> TermMatches:
        """Select the matches at these places."""
        return TermMatches(self.entries[kept], self.scores[kept], self.choices[kept])


def parse_query(query: str, *, typing: bool = False) -> tuple[SearchTerm, ...]:
    """Parse a query.

    A word that ends with a star may be incomplete; in quotes, and alone, a star is a character like any other.

    Args:
        query: The words, some of them in quotes.
        typing: The last word may be incomplete, unless a space or a quote follows.
    """
    terms: list[SearchTerm] = []
    for number, found in enumerate(_WORDS.finditer(query), start=1):
        quoted, closed, plain = found.groups()
        unfinished = typing and found.end() == len(query) and not closed
        if plain is not None:
            # One letter that is folded to several, as "ß" is, begins hardly any word.
            begun = plain.rstrip("*") or plain
            terms += [
                SearchTerm(text, open=unfinished or begun != plain, inside=len(plain) == 1 < len(text))
                for text in [folding.fold_word(begun)]
                if text
            ]
            continue
        inside = [text for each in quoted.split() if (text := folding.fold_word(each))]
        going_on = unfinished and not quoted.endswith(" ")
        terms += [
            SearchTerm(text, exact=True, open=going_on and place == len(inside), phrase=number)
            for place, text in enumerate(inside, start=1)
        ]
    return tuple(terms)


def allowed_cost(letters: int) -> float:
    """Return the cost of typos allowed in a word: one letter in five, at most two.

    So a letter alone is just that letter, three letters may have one stroke wrong, five any one letter, six two
    strokes. In shorter words another letter makes another word ("node", "code"), more often than it is a slip.
    """
    return min(_PER_LETTER * letters, _MOST)


def score_texts(vocabulary: Vocabulary, term: SearchTerm) -> tuple[Floats, Floats]:
    """Score how well each text matches a term; 0 for no match. As a word's text and as an alternative; (texts,)
    each.
    """
    most = 0.0 if term.exact else allowed_cost(len(term.text))
    near = 0.0 if term.exact else confusable.SHAPE
    slips = term.open and not term.exact and len(term.text) >= _SLIPS_FROM
    whole, begun = vocabulary.near(term.text, most=most, rest=min(near, most), beginnings=slips)
    if term.open and not slips:
        begun = vocabulary.beginning(term.text)
    if term.inside:
        begun = vocabulary.having(term.text)
    counts, choice = np.zeros_like(whole), np.zeros_like(whole)
    some = np.flatnonzero(np.isfinite(whole) | np.isfinite(begun))
    whole, begun = whole[some], begun[some]
    counts[some] = np.maximum(1 / (1 + whole), _BEGINNING / (1 + begun))
    choice[some] = np.maximum(
        np.where(whole <= near, 1 / (1 + whole), 0), np.where(begun <= near, _BEGINNING / (1 + begun), 0)
    )
    return counts, choice


def find_rows(arrays: IndexArrays, term: SearchTerm, *, choices: bool = True, page: int | None = None) -> TermMatches:
    """Find all words that match a term, each once. page: number of the only page to search; None for all."""
    counts, choice = score_texts(arrays.vocabulary, term)
    entries = arrays.entries.all
    first, end = (0, len(entries)) if page is None else arrays.span(page)
    main = arrays.entries.of(counts > 0)
    if page is not None:
        main = main[(main >= first) & (main < end)]
    found = TermMatches(main, counts[entries["text"][main]], np.full(len(main), -1))
    if not choices:
        return found
    others = arrays.choices.all
    second = arrays.choices.of(choice > 0)
    words = others["word"][second].astype(np.intp)
    free = np.zeros(len(entries), np.bool_)
    free[first:end] = True
    free[main] = False
    kept = free[words]
    if len(term.text) < _LONG:
        kept &= others["confidence"][second] >= _LIKELY * 255
    second, words = second[kept], words[kept]
    # Those of one word follow each other, the surest first.
    once = np.diff(words, prepend=-1) != 0
    second, words = second[once], words[once]
    sure = others["confidence"][second] / 255
    return TermMatches(
        np.concatenate([main, words]),
        np.concatenate([found.scores, CHOICE * choice[others["text"][second]] * (0.5 + 0.5 * sure)]),
        np.concatenate([found.choices, second]),
    )


def rank_rows(arrays: IndexArrays, found: TermMatches, limit: int) -> TermMatches:
    """Return the best matches, best first; see above."""
    entries, choices = arrays.entries.all, arrays.choices.all

    def more(some: NDArray[np.intp]) -> NDArray[np.intp]:
        texts = entries["text"][found.entries[some]]
        other = found.choices[some] >= 0
        texts[other] = choices["text"][found.choices[some][other]]
        return np.asarray(arrays.vocabulary.sizes[texts], np.intp)

    keys: tuple[Callable[[NDArray[np.intp]], NDArray[Any]], ...] = (
        lambda some: -found.scores[some],
        more,
        lambda some: (entries["flags"][found.entries[some]] & HUMAN) == 0,
        lambda some: -np.nan_to_num(entries["confidence"][found.entries[some]], nan=0.0),
        lambda some: entries["page"][found.entries[some]],
        lambda some: found.entries[some],
    )
    best = _find_least(len(found.entries), keys, limit)
    order = best[np.lexsort([key(best) for key in reversed(keys)])]
    return found.on(order)


def _find_least(count: int, keys: Sequence[Callable[[NDArray[np.intp]], NDArray[Any]]], limit: int) -> NDArray[np.intp]:
    """Select the ``limit`` first elements by these keys, in any order, without sorting all the others."""
    chosen: list[NDArray[np.intp]] = []
    left = np.arange(count)
    for key in keys:
        if len(left) <= limit:
            break
        values = key(left)
        last = values.min()
        if np.count_nonzero(values == last) < limit:
            last = np.partition(values, limit - 1)[limit - 1]
        sure = values < last
        chosen.append(left[sure])
        limit -= int(np.count_nonzero(sure))
        left = left[values == last]
    return np.concatenate([*chosen, left[:limit]])
