"""How well a query matches a title: word starts, initials, letters in order, typos; or synonyms and descriptions."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

_WORD: Final = re.compile(r"\w+")
# The worse kinds of fit cost more than any number of better ones.
_WHOLE, _BEGINS, _INITIALS, _INSIDE, _SCATTERED, _SLIP = 0.0, 1.0, 2.0, 4.0, 8.0, 12.0
# From so many letters on, one slip or two may be meant.
_ONE_SLIP, _TWO_SLIPS = 4, 7
# Whole words among the synonyms count as much as whole words of the title.
_SYNONYM_BEGINS, _DESCRIBED = 1.5, 30.0
# Texts, so that typing another letter folds none again.
_MOST_KEPT: Final = 2048


@dataclass(frozen=True, slots=True)
class TitleMatch:
    """cost: 0 fits best. places: of the title's letters that were typed, where that can be said."""

    cost: float
    places: tuple[int, ...] = ()


def match_title(typed: str, title: str, *, scattered: bool = True, slips: bool = True) -> TitleMatch | None:
    """How well this fits, or None if it does not. Nothing typed fits everything.

    Each word that is typed must fit; their order does not matter. scattered: whether letters in their order are enough;
    among words of whole sentences they are there by chance. slips: whether slips of the finger are forgiven.
    """
    letters, origins = _fold_text(title)
    words = _words_of(letters)
    cost, places = 0.0, set[int]()
    for token in _fold_text(typed)[0].split():
        found = _fit_token(token, letters, words)
        if found is None and scattered:
            found = _fit_scattered(token, letters, words)
        if found is None and slips:
            found = _fit_with_typos(token, words)
        if found is None:
            return None
        cost += found.cost
        places.update(origins[place] for place in found.places)
    return TitleMatch(cost, tuple(sorted(places)))


def match_entry(typed: str, title: str, *, synonyms: str = "", description: str = "") -> TitleMatch | None:
    """Match a query against an entry: by its title first, then by its synonyms, far behind by its description.

    Args:
        typed: The query. Each of its words must match one of the three texts; an empty query matches everything.
        title: What the entry is called.
        synonyms: Other words for it. They match from their beginning, or with a typo.
        description: What it does, matched by beginnings of words only.

    Returns:
        The match; its cost is below 1 if the title begins with the query.
    """
    letters, origins = _fold_text(title)
    query = _fold_text(typed)[0].strip()
    if letters.startswith(query):
        return TitleMatch(0.0, tuple(origins[: len(query)]))
    others, said = (_words_of(_fold_text(text)[0]) for text in (synonyms, description))
    cost, places = 1.0, set[int]()
    for token in query.split():
        matches = [match_title(token, title), _fit_synonym(token, others)]
        if any(word.startswith(token) for _, word in said):
            matches.append(TitleMatch(_DESCRIBED))
        found = min((match for match in matches if match), key=lambda match: match.cost, default=None)
        if found is None:
            return None
        cost += found.cost
        places.update(found.places)
    return TitleMatch(cost, tuple(sorted(places)))


def _fit_synonym(token: str, words: list[tuple[int, str]]) -> TitleMatch | None:
    if any(word == token for _, word in words):
        return TitleMatch(_WHOLE)
    if any(word.startswith(token) for _, word in words):
        return TitleMatch(_SYNONYM_BEGINS)
    typo = _fit_with_typos(token, words)
    return typo and TitleMatch(typo.cost)


@lru_cache(maxsize=_MOST_KEPT)
def _words_of(letters: str) -> list[tuple[int, str]]:
    return [(found.start(), found.group()) for found in _WORD.finditer(letters)]


@lru_cache(maxsize=_MOST_KEPT)
def _fold_text(text: str) -> tuple[str, list[int]]:
    """A text without case and accents, and for each of its letters where it comes from."""
    letters: list[str] = []
    origins: list[int] = []
    for place, letter in enumerate(text):
        for part in unicodedata.normalize("NFKD", letter).casefold():
            if not unicodedata.combining(part):
                letters.append(part)
                origins.append(place)
    return "".join(letters), origins


def _fit_token(token: str, letters: str, words: list[tuple[int, str]]) -> TitleMatch | None:
    # The first word says most of what a thing is.
    begun = [
        TitleMatch(
            (_WHOLE if word == token else _BEGINS) + min(number, 9) / 100, tuple(range(start, start + len(token)))
        )
        for number, (start, word) in enumerate(words)
        if word.startswith(token)
    ]
    if begun:
        return min(begun, key=lambda found: found.cost)
    initials = "".join(word[0] for _, word in words)
    place = initials.find(token) if len(token) > 1 else -1
    if place >= 0:
        return TitleMatch(_INITIALS, tuple(words[place + number][0] for number in range(len(token))))
    place = letters.find(token)
    if place >= 0:
        return TitleMatch(_INSIDE, tuple(range(place, place + len(token))))
    return None


def _fit_scattered(token: str, letters: str, words: list[tuple[int, str]]) -> TitleMatch | None:
    """All letters in their order, from the beginning of a word on, and close together."""
    for start, _ in words if len(token) > 1 else ():
        places: list[int] = []
        after = start
        for letter in token:
            after = letters.find(letter, after) + 1
            if not after:
                break
            places.append(after - 1)
        else:
            width = places[-1] - places[0] + 1
            if places[0] == start and width <= 3 * len(token):
                return TitleMatch(_SCATTERED + width / len(token) / 10, tuple(places))
    return None


def _fit_with_typos(token: str, words: list[tuple[int, str]]) -> TitleMatch | None:
    """The beginning of a word, but for a letter too many, missing, wrong, or in its neighbour's place."""
    from rapidfuzz.distance import OSA

    allowed = 0 if len(token) < _ONE_SLIP else 1 if len(token) < _TWO_SLIPS else 2
    best: TitleMatch | None = None
    for start, word in words if allowed else ():
        for length in range(max(1, len(token) - 1), len(token) + 2):
            slips = OSA.distance(token, word[:length])
            if slips <= allowed and (best is None or _SLIP + slips < best.cost):
                best = TitleMatch(_SLIP + slips, tuple(range(start, start + min(length, len(word)))))
    return best
