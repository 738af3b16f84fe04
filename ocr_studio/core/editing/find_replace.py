"""Replacement of words that were found."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Final

import numpy as np

from ocr_studio.core import plain_text
from ocr_studio.core.editing.changes import Change
from ocr_studio.core.search import folding, matching
from ocr_studio.core.search.matching import Hit, MatchedSide, SearchTerm
from ocr_studio.core.search.vocabulary import Vocabulary

# A word, and the punctuation around it, which stays.
_WORD: Final = re.compile(r"(\W*)(.*?)(\W*)", re.DOTALL)


def parse_single_term(query: str) -> SearchTerm | None:
    """Parse a query of one word; None for several."""
    terms = matching.parse_query(query)
    return terms[0] if len(terms) == 1 else None


def list_replacements(hits: Iterable[Hit], term: SearchTerm, by: str) -> list[Change]:
    """List what each hit becomes; without alternatives, unchanged texts and texts that would be too long."""
    found: list[Change] = []
    for hit in hits:
        word = hit.words[0]
        if len(hit.words) > 1 or word.side is MatchedSide.CHOICE:
            continue
        before, checked = word.text, word.side is MatchedSide.HUMAN
        after = replace_word(before, term, by)
        if after != before and not plain_text.outgrows(after, before):
            place = hit.page_id, hit.image, word.word_id, word.quad
            found.append(Change(*place, before, after, selected=not checked, checked=checked))
    return found


def replace_word(text: str, term: SearchTerm, by: str) -> str:
    """Replace the word of a text that is nearest to the term; punctuation stays, and other parts of a compound word."""
    pieces = re.split(r"(\s+)", text)
    words = [place for place in range(0, len(pieces), 2) if pieces[place]]
    nearest = _find_nearest([pieces[place] for place in words], term)
    if nearest is None:
        return text
    place = words[nearest]
    before, core, behind = _split_punctuation(pieces[place])
    if folding.fold_text(core) != term.text:
        parts = re.split(r"([\W_]+)", core)
        inner = [number for number in range(0, len(parts), 2) if parts[number]]
        part = _find_nearest([parts[number] for number in inner], term) if len(inner) > 1 else None
        if part is not None and _measure_distance(parts[inner[part]], term) < _measure_distance(core, term):
            parts[inner[part]] = by
            core, by = "".join(parts), "".join(parts)
    pieces[place] = f"{before}{by}{behind}"
    return "".join(pieces).strip()


def _split_punctuation(word: str) -> tuple[str, str, str]:
    found = _WORD.fullmatch(word)
    before, core, behind = found.groups() if found else ("", word, "")
    return (before, core, behind) if core else ("", word, "")


def _find_nearest(words: list[str], term: SearchTerm) -> int | None:
    if not words:
        return None
    vocabulary = Vocabulary()
    vocabulary.add("\n".join(" ".join(folding.tokenize(word)) for word in words), len(words) - 1)
    near, _ = vocabulary.near(term.text, most=0.0 if term.exact else matching.allowed_cost(len(term.text)))
    best = int(np.argmin(near))
    return best if np.isfinite(near[best]) else None


def _measure_distance(word: str, term: SearchTerm) -> float:
    vocabulary = Vocabulary()
    vocabulary.add(folding.fold_word(word), 0)
    return float(vocabulary.near(term.text, most=matching.allowed_cost(len(term.text)))[0][0])
