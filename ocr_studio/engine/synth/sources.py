"""Where synthetic writing comes from: files of strokes, folders of fonts and backgrounds, lists of words."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from types import MappingProxyType
from typing import Final, TypeAlias
from weakref import WeakValueDictionary

import numpy as np

from ocr_studio.core.errors import StudioError
from ocr_studio.core.synth.options import WRITING
from ocr_studio.core.translation import tr, tr_n
from ocr_studio.engine.synth.handwriting import fonts, recorded_strokes
from ocr_studio.engine.synth.handwriting.fonts import BadFont, Font
from ocr_studio.engine.synth.handwriting.procedural_writer import MadeHand
from ocr_studio.engine.synth.handwriting.recorded_strokes import StrokesFile, StrokeWriter
from ocr_studio.engine.synth.handwriting.rendered_text import Split, Writer
from ocr_studio.engine.synth.photo import backgrounds as grounds
from ocr_studio.engine.synth.photo.backgrounds import Grounds
from ocr_studio.engine.synth.text import texts
from ocr_studio.engine.synth.text.board_texts import BoardTexts

Random: TypeAlias = np.random.Generator


class Kind(StrEnum):
    """How a text came to be written."""

    STROKES = "strokes"  # a word as a person wrote it
    COMPOSED = "composed"  # put together from one person's letters
    HANDWRITING = "handwriting"  # a font
    PRINT = "print"  # a font, too
    MADE = "made"  # by a hand that we made up


SHARES: Final[Mapping[Kind, float]] = MappingProxyType({Kind(name): share for name, share in WRITING.items()})
# Of fewer letters nobody's words can be composed.
_LETTERS: Final = 40
# Of somebody who wrote fewer whole words every one would come again and again.
_WORDS: Final = 12
# Of files that are of no use so many are named.
_NAMED: Final = 5


class NoSources(StudioError):
    """There is nothing to write with."""


@dataclass(frozen=True, slots=True)
class Sources:
    """Files and folders that a person names; all of them may be missing: there is a hand of our own, and grounds.

    strokes: files of pen strokes. handwriting: folders of handwriting fonts. prints: folders of fonts for print; those
    of the system if None. backgrounds: a folder of photos of empty boards. words: a text file of words; else the words
    of ``languages``; only_words: nothing else is written in their place, nor with signs and capitals of our own.
    """

    strokes: tuple[Path, ...] = ()
    handwriting: tuple[Path, ...] = ()
    prints: tuple[Path, ...] | None = None
    backgrounds: Path | None = None
    words: Path | None = None
    languages: tuple[str, ...] = ("en",)
    only_words: bool = False


@dataclass(frozen=True, slots=True, eq=False)
class Stock:
    """All that is there of one split. refused: words, fonts and photos that are of no use, and why."""

    split: Split
    people: tuple[StrokeWriter, ...]
    handwriting: tuple[Font, ...]
    prints: tuple[Font, ...]
    grounds: Grounds
    texts: BoardTexts
    refused: tuple[StudioError, ...] = ()
    _wordy: tuple[StrokeWriter, ...] = field(default=())
    _lettered: tuple[StrokeWriter, ...] = field(default=())

    @classmethod
    def open(cls, sources: Sources, split: Split) -> Stock:
        """Read what a split needs. Raises BadStrokes, BadFont and BadBackgrounds for a folder with nothing in it that
        can be used, BadWordList, NoWordCounts."""
        recorded = [_strokes(path) for path in sources.strokes]
        words = texts.listed(sources.words) if sources.words else texts.texts(sources.languages)
        people = recorded_strokes.writers(recorded, split)
        if sources.only_words:
            people = tuple(each.only(frozenset(words.words)) for each in people)
        also_bad: tuple[BadFont, ...] = ()
        handwriting, bad = _fonts(sources.handwriting, split, hand=True)
        if sources.prints is None:
            prints = tuple(_good(fonts.usable(fonts.system_files(), split)))
        else:
            prints, also_bad = _fonts(sources.prints, split)
        photos, spoilt = grounds.load(sources.backgrounds, split) if sources.backgrounds else ((), ())
        # Of a short list nobody can have written so many; half of it, and none comes far more often than the others.
        enough = min(_WORDS, max(1, len(words.words) // 2)) if sources.only_words else _WORDS
        return cls(
            split,
            people,
            handwriting,
            # Where the system has no font at all there is one for training; none that held-out words share with it.
            prints or ((fonts.carried(),) if split is Split.TRAIN else ()),
            Grounds(photos),
            BoardTexts(words, only=sources.only_words),
            (
                *filter(None, (file.refused for file in recorded)),
                *bad,
                *also_bad,
                *spoilt,
            ),
            tuple(each for each in people if len(each.known) >= enough),
            tuple(each for each in people if each.letters >= _LETTERS),
        )

    def kinds(self, shares: Mapping[Kind, float] = SHARES) -> dict[Kind, float]:
        """Which share of writing each kind has here, one altogether. Raises NoSources if all that is asked for is
        missing."""
        there = {
            Kind.STROKES: bool(self._wordy),
            Kind.COMPOSED: bool(self._lettered),
            Kind.HANDWRITING: bool(self.handwriting),
            Kind.PRINT: bool(self.prints),
            Kind.MADE: True,
        }
        kept = {kind: share for kind, share in shares.items() if share > 0 and there[kind]}
        if not kept:
            raise NoSources(
                tr("there is nothing to write with of what is asked for"),
                remedy=tr("Add pen strokes or fonts, or let made-up hands write as well."),
            )
        total = sum(kept.values())
        return {kind: share / total for kind, share in kept.items()}

    def left_words_enough(self, writer: Writer) -> bool:
        """Whether somebody left so many whole words that these alone can be written."""
        return any(writer is each for each in self._wordy)

    def writer(self, kind: Kind, rng: Random) -> Writer:
        """Somebody or some font of a kind that there is (``kinds``)."""
        if kind is Kind.MADE:
            return MadeHand.any(rng, self.split)
        writers = self._of_kind(kind)
        return writers[int(rng.integers(len(writers)))]

    def writers(self, kinds: Iterable[Kind]) -> Iterator[Writer]:
        """All of some kinds; of the hands that are made up, which know the same letters, one, and that first."""
        asked = set(kinds)
        if Kind.MADE in asked:
            yield MadeHand.any(np.random.default_rng(0), self.split)
        for kind in sorted(asked - {Kind.MADE}):
            yield from self._of_kind(kind)

    def _of_kind(self, kind: Kind) -> Sequence[Writer]:
        of_kind: Mapping[Kind, Sequence[Writer]] = {
            Kind.STROKES: self._wordy,
            Kind.COMPOSED: self._lettered,
            Kind.HANDWRITING: self.handwriting,
            Kind.PRINT: self.prints,
        }
        return of_kind[kind]


# Of files that somebody has in use: splits share what was read, and it goes with the last of them, as it is large.
_HELD: Final[WeakValueDictionary[Path, StrokesFile]] = WeakValueDictionary()


def _strokes(path: Path) -> StrokesFile:
    if (file := _HELD.get(path)) is None:
        file = _HELD[path] = recorded_strokes.load(path)
    return file


def _fonts(
    folders: Sequence[Path], split: Split, *, hand: bool = False
) -> tuple[tuple[Font, ...], tuple[BadFont, ...]]:
    """The fonts of a split, and what is wrong with those of any split. Raises BadFont for a folder without any that
    can be used."""
    good: list[Font] = []
    bad: list[BadFont] = []
    for folder in folders:
        found = list(fonts.usable(fonts.files_in(folder), hand=hand))
        usable, spoilt = list(_good(found)), [each for each in found if isinstance(each, BadFont)]
        if not usable:
            raise BadFont(
                left_out(spoilt) if spoilt else tr("there is no font in this folder"),
                file=folder,
                remedy=tr("Choose a folder that holds font files (TTF, OTF or WOFF)."),
            )
        good += [each for each in usable if each.split is split]
        bad += spoilt
    return tuple(good), tuple(bad)


def _good(found: Iterable[Font | BadFont]) -> Iterator[Font]:
    return (each for each in found if isinstance(each, Font))


def left_out(spoilt: Sequence[StudioError]) -> str:
    """How many files of a folder are of no use, and the first of them with what is wrong. spoilt: at least one, each
    with its file."""
    named = [f"{Path(each.file or '').name} ({each.what})" for each in spoilt[:_NAMED]]
    if len(spoilt) > _NAMED:
        named.append("…")
    return tr_n(
        "{count} file in it is of no use: {names}",
        "{count} files in it are of no use: {names}",
        len(spoilt),
        names=", ".join(named),
    )
