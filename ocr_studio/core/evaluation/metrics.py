"""How well a photo was read: character and word errors, words found, words found and read, words of the whole photo."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, fields
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from ocr_studio.core.files.json_schema import Count
from ocr_studio.core.geometry import overlap
from ocr_studio.core.geometry.overlap import Floats, Overlap
from ocr_studio.core.page import Quad
from ocr_studio.core.plain_text import one_line

Pairs: TypeAlias = Sequence[tuple[str, str]]

# The usual bar of the ICDAR competitions: two boxes of one word overlap by half of what they cover together.
SAME_PLACE = 0.5
# A word counts as read where at least half of its characters are right: enough to recognise which word is meant.
SAME_TEXT = 0.5
# A found word is in the place of another word, or of unreadable writing, if more than half of it is.
LIES_IN = 0.5

# As in published figures: signs and letters beyond ASCII dropped, one token for each word that has any left.
_NOT_COUNTED = re.compile(r"[^a-z0-9]+")


@dataclass(frozen=True, slots=True)
class Labelled:
    """A word with its place: what truly stands on a photo, or what a program says stands there.

    ignore: a region of unreadable writing; words found there are not counted. In truth an empty text that is
    not ignored says that nothing is written there.
    """

    quad: Quad
    text: str
    ignore: bool = False


@dataclass(frozen=True, slots=True)
class Score:
    """Counts of one task, over one photo or, added up, over many."""

    right: Count = 0
    found: Count = 0
    wanted: Count = 0

    def __add__(self, other: Score) -> Score:
        return Score(self.right + other.right, self.found + other.found, self.wanted + other.wanted)

    @property
    def precision(self) -> float | None:
        """Share of found words that are correct, 0..1; None if nothing was found."""
        return self.right / self.found if self.found else None

    @property
    def recall(self) -> float | None:
        """Share of what is wanted that was found; None if nothing is wanted."""
        return self.right / self.wanted if self.wanted else None

    @property
    def f(self) -> float | None:
        """The harmonic mean of precision and recall; None if nothing is wanted and nothing was found."""
        both = self.found + self.wanted
        return 2 * self.right / both if both else None


@dataclass(frozen=True, slots=True)
class TextErrors:
    """How far read texts are from true ones, over pairs of words; added up, over many. Upper and lower case differ.

    pairs: how many; a word that was missed, or found where none is, makes a pair with nothing. wrong: pairs of two
    different texts. edits: letters to insert, delete or replace. shares: the sum over pairs of edits / letters of the
    longer text. words, letters: how many true ones there are.
    """

    pairs: int = 0
    wrong: int = 0
    edits: int = 0
    shares: float = 0.0
    words: int = 0
    letters: int = 0

    def __add__(self, other: TextErrors) -> TextErrors:
        return TextErrors(*(getattr(self, each.name) + getattr(other, each.name) for each in fields(TextErrors)))

    @classmethod
    def of(cls, pairs: Pairs) -> TextErrors:
        """pairs: (true, read), "" for none."""
        edits = edit_distances(pairs)
        longer = np.array([max(len(true), len(read), 1) for true, read in pairs])
        true = [text for text, _ in pairs if text]
        wrong, letters = int((edits > 0).sum()), sum(map(len, true))
        return cls(len(pairs), wrong, int(edits.sum()), float((edits / longer).sum()), len(true), letters)

    @property
    def cer(self) -> float | None:
        """Character error rate: edits / true letters; may exceed 1. None without a true letter."""
        return self.edits / self.letters if self.letters else None

    @property
    def wer(self) -> float | None:
        """Word error rate: words read wrongly, missed or found where none is / true words; may exceed 1. None without
        a true word.
        """
        return self.wrong / self.words if self.words else None

    @property
    def mean_distance(self) -> float | None:
        """Edits for each pair; None without one."""
        return self.edits / self.pairs if self.pairs else None

    @property
    def normalised_distance(self) -> float | None:
        """The mean over pairs of edits / letters of the longer text, 0..1; 1 minus it is ICDAR's “1-N.E.D.”. None
        without a pair.
        """
        return self.shares / self.pairs if self.pairs else None


@dataclass(frozen=True, slots=True)
class PhotoScore:
    """How well one photo, or several added up, was read.

    detection: words matched one to one at IoU ≥ 0.5. end_to_end: matched so and at least half of the text right, upper
    and lower case alike. strict: matched so and the text equal, letter by letter. keras_ocr: places and texts as in
    end_to_end, counted as ``keras_ocr.evaluation.score`` does: not one to one, and a word found in the right place but
    read wrongly is neither a false one nor a missed one. bag_of_words: ``tokens`` of the whole photo, wherever they
    stand, ignored regions included. text: errors of all words. text_found: of those matched by place alone.
    """

    detection: Score = Score()
    end_to_end: Score = Score()
    strict: Score = Score()
    keras_ocr: Score = Score()
    bag_of_words: Score = Score()
    text: TextErrors = TextErrors()
    text_found: TextErrors = TextErrors()

    def __add__(self, other: PhotoScore) -> PhotoScore:
        return PhotoScore(*(getattr(self, each.name) + getattr(other, each.name) for each in fields(PhotoScore)))


@dataclass(frozen=True, slots=True)
class Comparison:
    """What stands on a photo and what was found there, side by side.

    wanted, found: the words that count, their texts as ``one_line``. touching: their overlap, wanted a, found b.
    places: (wanted, found) of one place, one to one, those that overlap most first. whole: see ``compare``.
    bag: tokens. strays: how many of all the words found have the place (IoU) of no true word and no ignored region.
    """

    wanted: tuple[Labelled, ...]
    found: tuple[Labelled, ...]
    touching: Overlap
    places: tuple[tuple[int, int], ...]
    bag: Score
    strays: int


def edit_distances(pairs: Pairs) -> NDArray[np.int64]:
    """How many letters to insert, delete or replace turn each first text into the second (Levenshtein 1966), (K,)."""
    from rapidfuzz.distance import Levenshtein

    return np.array([Levenshtein.distance(*pair) for pair in pairs], dtype=np.int64)


def similarities(pairs: Pairs) -> Floats:
    """(K,): 1 for equal texts, 0 for nothing in common: 1 - edit distance / length of the longer one."""
    longer = np.array([max(len(a), len(b), 1) for a, b in pairs], dtype=np.float64)
    return 1.0 - edit_distances(pairs) / longer


def similarity(a: str, b: str) -> float:
    """``similarities`` of one pair."""
    return float(similarities([(a, b)])[0])


def cer(pairs: Pairs) -> float:
    """Character error rate of (true, read) texts, all pairs together; may exceed 1. 0 without a true letter."""
    return TextErrors.of(pairs).cer or 0.0


def matches(truth: Sequence[Quad], found: Sequence[Quad], *, least: float = SAME_PLACE) -> list[tuple[int, int]]:
    """Pairs (truth, found) of the same place, each index at most once, those that overlap most first.

    least: the IoU from which on two quads are in the same place.
    """
    touching = overlap.compute_overlap(_stack(truth), _stack(found))
    return _one_to_one(touching, touching.iou >= least)


def tokens(texts: Iterable[str]) -> Counter[str]:
    """The multiset of words, in lower case, letters and digits only: what stands on a photo, wherever it stands."""
    words = (_NOT_COUNTED.sub("", word) for text in texts for word in text.lower().split())
    return Counter(word for word in words if word)


def bag_of_words(truth: Iterable[str], found: Iterable[str]) -> Score:
    """Tokens that both texts have, as often as both have them."""
    wanted, got = tokens(truth), tokens(found)
    return Score((wanted & got).total(), got.total(), wanted.total())


def compare(truth: Sequence[Labelled], found: Sequence[Labelled], *, whole: bool = True) -> Comparison:
    """Put what stands on one photo and what a program found there side by side.

    Found words that lie in an ignored region count neither way, unless they are in the very place of a wanted word.
    whole: the truth contains all words of the photo. Otherwise it contains only the checked ones, and found words
    that overlap none of them are not counted.
    """
    truth, found = _plain(truth), _plain(found)
    regions = [word for word in truth if word.ignore]
    wanted = [word for word in truth if word.text and not word.ignore]
    same_place = _most(overlap.compute_overlap(_quads(found), _quads(wanted)), "iou") >= SAME_PLACE
    hidden = overlap.compute_overlap(_quads(found), _quads(regions))
    counts = same_place | (_most(hidden, "cover_a") <= LIES_IN)
    stray = ~same_place & (_most(hidden, "iou") < SAME_PLACE)
    if not whole:
        places = overlap.compute_overlap(_quads(found), _quads([word for word in truth if not word.ignore]))
        known = np.maximum(_most(places, "cover_a"), _most(places, "cover_b")) > LIES_IN
        counts, stray = counts & known, stray & known
    kept = [found[index] for index in np.flatnonzero(counts)]
    touching = overlap.compute_overlap(_quads(wanted), _quads(kept))
    bag = bag_of_words(*([word.text for word in words] for words in ((truth, found) if whole else (wanted, kept))))
    pairs = tuple(_one_to_one(touching, touching.iou >= SAME_PLACE))
    return Comparison(tuple(wanted), tuple(kept), touching, pairs, bag, int(stray.sum()))


def score(compared: Comparison) -> PhotoScore:
    """The figures of one photo."""
    wanted, found, touching = compared.wanted, compared.found, compared.touching
    near = np.flatnonzero(touching.iou >= SAME_PLACE)
    rows, columns = touching.rows[near], touching.columns[near]
    texts = [(wanted[i].text, found[j].text) for i, j in zip(rows, columns, strict=True)]
    alike = similarities([(true.lower(), read.lower()) for true, read in texts]) >= SAME_TEXT
    equal = np.array([true == read for true, read in texts], dtype=np.bool_)

    def one_to_one(good: NDArray[np.bool_]) -> Score:
        chosen = np.zeros(len(touching.rows), dtype=np.bool_)
        chosen[near] = good
        return Score(len(_one_to_one(touching, chosen)), len(found), len(wanted))

    read = len(set(rows[alike].tolist()))
    missed = len(wanted) - len(set(rows.tolist()))
    paired = [(wanted[i].text, found[j].text) for i, j in compared.places]
    taken_rows, taken_columns = {i for i, _ in compared.places}, {j for _, j in compared.places}
    alone = [(word.text, "") for i, word in enumerate(wanted) if i not in taken_rows]
    alone += [("", word.text) for j, word in enumerate(found) if j not in taken_columns]
    return PhotoScore(
        detection=Score(len(compared.places), len(found), len(wanted)),
        end_to_end=one_to_one(alike),
        strict=one_to_one(equal),
        keras_ocr=Score(read, read + compared.strays, read + missed),
        bag_of_words=compared.bag,
        text=TextErrors.of(paired + alone),
        text_found=TextErrors.of(paired),
    )


def score_photo(truth: Sequence[Labelled], found: Sequence[Labelled]) -> PhotoScore:
    """Score what a program found on one photo against all that stands there; see ``compare``."""
    return score(compare(truth, found))


def _one_to_one(touching: Overlap, good: NDArray[np.bool_]) -> list[tuple[int, int]]:
    """Pairs among the good ones, each index at most once, those that overlap most first."""
    chosen = np.flatnonzero(good)
    chosen = chosen[np.argsort(-touching.iou[chosen], kind="stable")]
    pairs: list[tuple[int, int]] = []
    used_rows: set[int] = set()
    used_columns: set[int] = set()
    for row, column in zip(touching.rows[chosen].tolist(), touching.columns[chosen].tolist(), strict=True):
        if row not in used_rows and column not in used_columns:
            used_rows.add(row)
            used_columns.add(column)
            pairs.append((row, column))
    return pairs


def _most(pairs: Overlap, measure: str) -> Floats:
    """For each quad of ``a`` the largest of a measure over all of ``b``, 0 where it touches none."""
    most = np.zeros(len(pairs.areas_a))
    np.maximum.at(most, pairs.rows, getattr(pairs, measure))
    return most


def _plain(words: Sequence[Labelled]) -> list[Labelled]:
    return [Labelled(word.quad, one_line(word.text), word.ignore) for word in words]


def _quads(words: Sequence[Labelled]) -> Floats:
    return _stack([word.quad for word in words])


def _stack(quads: Sequence[Quad]) -> Floats:
    return np.array([quad.corners for quad in quads], dtype=np.float64).reshape(-1, 4, 2)
