"""Spell checking: which words are unknown, and which known words are near them.

Known are the words of the chosen languages (``lexicon.load_lexicon``) and those of the project. Word lists made from
real texts contain frequent typos, so a rare word does not count as known if a far more frequent one is only one letter
away. Numbers, codes, addresses and abbreviations are not checked.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from math import log10
from typing import Any, Final, TypeAlias

import numpy as np
from numpy.typing import NDArray

from ocr_studio.core.language import lexicon, typed_words
from ocr_studio.core.language.lexicon import Hashes, Lexicon

Shares: TypeAlias = NDArray[np.float32]

# One in so many words written: rarer ones may be slips that many people make (“recieve” is one of 1.8 million).
_RARE: Final = 2e-6
# How many times as frequent the word one letter off must be; short words have more neighbours by chance.
_SLIP: Final = 50.0
_SHORT_SLIP: Final = 10_000.0
_SHORT: Final = 4
# Languages that write two words as one, and the shortest and rarest words that they are taken to be made of.
_JOINING: Final = frozenset({"de", "nl", "da", "sv", "nb", "is", "fi", "hu"})
_PART: Final = 4
_PART_SHARE: Final = 1e-6
# Longer ones are taken to be no word: each way to cut them would be looked up.
_LONGEST_JOINED: Final = 80
# Written so, it is a code, an address, a path or a formula.
_CODE: Final = re.compile(r"[\d@\\/<>=(){}\[\]#$%^|~+*_€£]|\w[.:]\w")
# Capitals up to this many are an abbreviation.
_CAPITALS: Final = 5
# Both of two words that were run together must be as usual as this, or any word would be taken apart.
_PARTED: Final = 2e-5
# A space left out is a little less likely than a wrong letter: in handwriting it is rather the recognizer's slip.
_SPACE_LEFT_OUT: Final = 1.2
_ALONE: Final = ("a", "i")
# Letters changed, added, left out or changed places: so many at most; and what each weighs beside a power of ten of
# frequency: a slip of two letters is a hundred times less likely than one of one.
_MOST_EDITS: Final = 2
_WEIGHT: Final = 2.0
# A reading that the recognizer held possible is so much more likely.
_HELD: Final = 1.5
# Longer words are compared no further: a person has run words together.
_LONGEST: Final = 24
# Letters of a text: where a box holds more than a few lines, only its beginning is looked at.
_LOOKED_AT: Final = 300
# How frequent a word of the project is taken to be: a usual one.
_OWN_SHARE: Final = 1e-5
_MASK: Final = (1 << 64) - 1


@dataclass(frozen=True, slots=True)
class UnknownWord:
    """An unknown word inside a text. start, end: letters, end excluded."""

    start: int
    end: int
    word: str


@dataclass(frozen=True, slots=True)
class OwnWords:
    """The words of a project. folded: for lookups; lexicon: the same, to find near words."""

    folded: frozenset[str] = frozenset()
    lexicon: Lexicon = field(default_factory=lambda: Lexicon.of({}))

    @classmethod
    def of(cls, typed: Mapping[str, int]) -> OwnWords:
        """Build from the typed words with their counts. Takes a while with many thousands."""
        return cls(frozenset(map(_fold_word, typed)), lexicon.build_lexicon(typed))


@dataclass(slots=True)
class Speller:
    """Knows the words of some languages and of a project.

    May be used from one thread at a time.

    Attributes:
        languages: Codes as in ``lexicon.load_lexicon``; without any, every word counts as known.
        own: The words of the project.
        more: A few further words, as they are written.
    """

    languages: tuple[str, ...]
    lexicon: Lexicon
    own: OwnWords = field(default_factory=OwnWords)
    more: frozenset[str] = frozenset()
    _more: frozenset[str] = field(init=False)
    _known: dict[str, bool] = field(init=False, default_factory=dict)
    _signs: NDArray[np.uint64] = field(init=False)

    def __post_init__(self) -> None:
        self._more = frozenset(map(_fold_word, self.more))
        self._signs = _list_letters(self.lexicon)

    def with_more(self, more: frozenset[str]) -> Speller:
        """Return a speller with other further words, which reuses all else. The old one must not be used any more."""
        fresh = Speller(self.languages, self.lexicon, self.own, more)
        for word in fresh._more ^ self._more:
            self._known.pop(word, None)
        fresh._known = self._known
        return fresh

    def doubts(self, text: str) -> tuple[UnknownWord, ...]:
        """Find the unknown words of a text."""
        if not self.languages:
            return ()
        return tuple(doubt for doubt in _find_plain_words(text) if not self._is_known(_fold_word(doubt.word)))

    def look_at(self, texts: Iterable[str]) -> None:
        """Look up many texts at once, so that ``doubts`` is fast."""
        words = {_fold_word(doubt.word) for text in texts for doubt in _find_plain_words(text)}
        self._look_up([word for word in words if word not in self._known])

    def suggestions(self, word: str, *, held: Sequence[str] = (), most: int = 6) -> tuple[str, ...]:
        """Suggest known words near this one, the most likely first, in its case.

        held: what the recognizer held possible for the whole text, the best first; those that are known are likelier.
        """
        folded = _fold_word(word)
        scores: dict[str, float] = {}
        for found, (edits, share) in self._near(folded).items():
            scores[found] = log10(share) - _WEIGHT * edits
        for text in held:
            for doubt in _find_plain_words(text):
                other = _fold_word(doubt.word)
                if other != folded and self._is_known(other):
                    least = log10(max(self._share(other), 1e-8)) - _WEIGHT
                    scores[other] = max(scores.get(other, least), least) + _HELD
        scores.pop(folded, None)
        for text in (word, *held):
            for two, share in self._parted(_fold_word(text)):
                scores.setdefault(two, log10(share) - _WEIGHT * _SPACE_LEFT_OUT)
        best = sorted(scores, key=lambda each: (-scores[each], each))
        return tuple(dict.fromkeys(_copy_case(word, each) for each in best[:most]))

    def _is_known(self, folded: str) -> bool:
        if folded not in self._known:
            self._look_up([folded])
        return self._known[folded]

    def _look_up(self, words: Sequence[str]) -> None:
        shares = self.lexicon.look_up(_hash_words(words))[1]
        for word, share in zip(words, shares.tolist(), strict=True):
            self._known[word] = self._is_own(word) or self._is_usual(word, share)

    def _is_own(self, folded: str) -> bool:
        return folded in self._more or folded in self.own.folded

    def _is_usual(self, word: str, share: float) -> bool:
        if share >= _RARE:
            return True
        if share > 0:
            near = float(self.lexicon.look_up(_list_near_spellings(word, self._signs))[1].max(initial=0.0))
            return near < share * (_SHORT_SLIP if len(word) <= _SHORT else _SLIP)
        bare = word[:-2] if word.endswith("'s") else ""
        return (bool(bare) and self._is_known(bare)) or self._is_joined(word)

    def _is_joined(self, word: str) -> bool:
        if not 2 * _PART <= len(word) <= _LONGEST_JOINED or not _JOINING.intersection(self.languages):
            return False
        cuts = range(_PART, len(word) - _PART + 1)
        firsts, lasts = [word[:cut] for cut in cuts], [word[cut:] for cut in cuts]
        first = self.lexicon.look_up(_hash_words(firsts))[1]
        # Words are joined by an “s”, too: Arbeitszimmer.
        with_s = self.lexicon.look_up(_hash_words([each.removesuffix("s") for each in firsts]))[1]
        last = self.lexicon.look_up(_hash_words(lasts))[1]
        return bool(((np.maximum(first, with_s) >= _PART_SHARE) & (last >= _PART_SHARE)).any())

    def _parted(self, folded: str) -> list[tuple[str, float]]:
        """Find two common words that may have been run together: “abook”. English has two of one letter."""
        if not folded.isalpha() or len(folded) > _LONGEST:
            return []
        cuts = [cut for cut in range(1, len(folded)) if min(cut, len(folded) - cut) > 1 or folded[:cut] in _ALONE]
        firsts, lasts = [folded[:cut] for cut in cuts], [folded[cut:] for cut in cuts]
        shares = np.minimum(*(self.lexicon.look_up(_hash_words(part))[1] for part in (firsts, lasts)))
        best = int(shares.argmax()) if cuts else 0
        found = float(shares[best]) if cuts else 0.0
        return [(f"{firsts[best]} {lasts[best]}", found)] if found >= _PARTED else []

    def _share(self, folded: str) -> float:
        """Return the frequency of a word; words of the project count as common."""
        share = float(self.lexicon.look_up(_hash_words([folded]))[1][0])
        return max(share, _OWN_SHARE) if self._is_own(folded) else share

    def _near(self, word: str) -> dict[str, tuple[int, float]]:
        """Find known words → number of typos and frequency. Typos in the first letters are found, too."""
        from rapidfuzz.distance import OSA

        if len(word) > _LONGEST:
            return {}
        found = {
            each: (edits, share)
            for each, (edits, share) in _find_near_words(word, self.lexicon, self._signs).items()
            if share >= _RARE or self._is_known(each)
        }
        for own, (edits, _) in _find_near_words(word, self.own.lexicon, _list_letters(self.own.lexicon)).items():
            found[own] = edits, self._share(own)
        for own in self._more:
            # Two letters that changed places are one slip.
            if (edits := OSA.distance(own, word)) <= _MOST_EDITS:
                found[own] = edits, self._share(own)
        return found


def _list_letters(lexicon: Lexicon) -> NDArray[np.uint64]:
    """List the letters that may replace a wrong one, without the rarest."""
    return np.array(sorted(ord(sign) for sign, share in lexicon.letters.items() if share > 1e-5), np.uint64)


def _find_plain_words(text: str) -> list[UnknownWord]:
    """Find the plain words of a text: letters only, and not part of a code, an address or an abbreviation."""
    found: list[UnknownWord] = []
    for piece in re.finditer(r"\S+", text[:_LOOKED_AT]):
        token = piece.group()
        if _CODE.search(token):
            continue
        start = 0
        for run in typed_words.find_runs(token):
            start = token.index(run, start)
            if _is_word(run):
                found.append(UnknownWord(piece.start() + start, piece.start() + start + len(run), run))
            start += len(run)
    return found


def _is_word(run: str) -> bool:
    letters = run.replace("'", "").replace("’", "").replace("ʼ", "")
    if len(letters) < 2 or not letters.isalpha() or not _is_latin(letters):
        return False
    if letters.isupper():
        return len(letters) > _CAPITALS
    # camelCase and the like are names of things in programs.
    return letters[1:].islower()


def _is_latin(letters: str) -> bool:
    return all(sign < "\u0250" or "\u1e00" <= sign < "\u1f00" for sign in letters)


def _fold_word(word: str) -> str:
    return "".join(map(lexicon.fold_character, word))


def _copy_case(pattern: str, word: str) -> str:
    if len(pattern) > 1 and pattern.isupper():
        return word.upper()
    return word[:1].upper() + word[1:] if pattern[:1].isupper() else word


def _hash_words(words: Sequence[str]) -> Hashes:
    return np.fromiter((lexicon.hash_letters(word) for word in words), np.uint64, len(words))


def _list_near_spellings(word: str, signs: NDArray[np.uint64]) -> Hashes:
    """Hash all spellings that are one typo away: a letter left out, changed, added, or two swapped.

    A hash is a polynomial of the letters, so each is put together from those of what stands before and behind.
    """
    step, codes = int(lexicon.STEP), [ord(letter) for letter in word]
    size = len(codes)
    powers, before, behind = [1], [int(lexicon.SEED)], [0]
    for code in codes:
        powers.append(powers[-1] * step & _MASK)
        before.append((before[-1] * step + code) & _MASK)
    for place, code in enumerate(reversed(codes)):
        behind.append((code * powers[place] + behind[-1]) & _MASK)
    behind.reverse()  # behind[i]: of the letters from i on
    few: list[int] = []
    many: list[NDArray[np.uint64]] = []
    for place in range(size + 1):
        head = before[place] * step & _MASK
        inserted = (head * powers[size - place] + behind[place]) & _MASK
        many.append(signs * np.uint64(powers[size - place]) + np.uint64(inserted))
        if place < size:
            # Not the last letter, unless it stands twice: “recognizer” is no slip of “recognize”.
            if place < size - 1 or codes[-1:] == codes[-2:-1]:
                few.append((before[place] * powers[size - place - 1] + behind[place + 1]) & _MASK)
            changed = (head * powers[size - place - 1] + behind[place + 1]) & _MASK
            many.append(signs * np.uint64(powers[size - place - 1]) + np.uint64(changed))
        if place < size - 1 and codes[place] != codes[place + 1]:
            turned = ((head + codes[place + 1]) * step + codes[place]) & _MASK
            few.append((turned * powers[size - place - 2] + behind[place + 2]) & _MASK)
    # A letter changed to itself is the word itself: no neighbour of its own.
    every = np.concatenate([np.array(few, np.uint64), *many])
    return np.asarray(every[every != np.uint64(before[size])])


@dataclass(slots=True)
class _Front:
    """Beginnings of words, with the least number of typos to reach each."""

    edits: dict[str, int] = field(default_factory=dict)

    def add(self, beginning: str, edits: int) -> None:
        if edits <= _MOST_EDITS and self.edits.get(beginning, _MOST_EDITS + 1) > edits:
            self.edits[beginning] = edits


def _find_near_words(word: str, lexicon: Lexicon, signs: NDArray[Any]) -> dict[str, tuple[int, float]]:
    """Find the words of a lexicon within some typos of a word, by extending beginnings that words still have."""
    most = _MOST_EDITS if len(word) > 3 else 1
    letters = [chr(int(code)) for code in signs]
    fronts = [_Front() for _ in range(len(word) + 2)]
    fronts[0].add("", 0)
    for place in range(len(word) + 1):
        here = fronts[place]
        _grow_front(here, letters, lexicon, most)
        if place == len(word):
            break
        grown: dict[str, int] = {}
        for beginning, edits in here.edits.items():
            if edits < most:
                fronts[place + 1].add(beginning, edits + 1)
                for letter in letters:
                    grown[beginning + letter] = min(grown.get(beginning + letter, 9), edits + 1)
                if place + 1 < len(word) and word[place] != word[place + 1]:
                    fronts[place + 2].add(beginning + word[place + 1] + word[place], edits + 1)
            same = beginning + word[place]
            grown[same] = min(grown.get(same, 9), edits)
        for beginning in _find_continuations(grown, lexicon):
            fronts[place + 1].add(beginning, grown[beginning])
    ends = [each for each in fronts[len(word)].edits if each]
    shares = lexicon.look_up(_hash_words(ends))[1].tolist()
    return {each: (fronts[len(word)].edits[each], share) for each, share in zip(ends, shares, strict=True) if share > 0}


def _grow_front(front: _Front, letters: Sequence[str], lexicon: Lexicon, most: int) -> None:
    """Add letters that the word lacks: beginnings grow without advancing in the word."""
    fresh = dict(front.edits)
    while fresh := {each: edits for each, edits in fresh.items() if edits < most}:
        grown = {each + letter: edits + 1 for each, edits in fresh.items() for letter in letters}
        better = {each: edits for each, edits in grown.items() if front.edits.get(each, 9) > edits}
        fresh = {each: better[each] for each in _find_continuations(better, lexicon)}
        for each, edits in fresh.items():
            front.add(each, edits)


def _find_continuations(beginnings: Collection[str], lexicon: Lexicon) -> list[str]:
    """Select the beginnings that words of the lexicon have."""
    every = list(beginnings)
    begin = lexicon.look_up(_hash_words(every))[0]
    return [each for each, share in zip(every, begin.tolist(), strict=True) if share > 0]
