"""Sources of synthetic handwriting: files of strokes, folders of fonts and backgrounds, word lists."""

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
from ocr_studio.engine.synth.handwriting.rendered_text import TextSplit, Writer
from ocr_studio.engine.synth.photo import backgrounds as grounds
from ocr_studio.engine.synth.photo.backgrounds import Grounds
from ocr_studio.engine.synth.text import texts
from ocr_studio.engine.synth.text.board_texts import BoardTexts

Random: TypeAlias = np.random.Generator


class Kind(StrEnum):
    """Kind of handwriting."""

    STROKES = "strokes"  # recorded words
    COMPOSED = "composed"  # composed of a writer's recorded letters
    HANDWRITING = "handwriting"  # handwriting fonts
    PRINT = "print"  # fonts for print
    MADE = "made"  # synthetic handwriting


SHARES: Final[Mapping[Kind, float]] = MappingProxyType({Kind(name): share for name, share in WRITING.items()})
# Writers with fewer letters cannot compose words.
_LETTERS: Final = 40
# Writers with fewer whole words would repeat them all the time.
_WORDS: Final = 12
# Number of unusable files that are named.
_NAMED: Final = 5


class NoSources(StudioError):
    """There is no source of handwriting."""


@dataclass(frozen=True, slots=True)
class Sources:
    """Files and folders of the user; all are optional, as there are synthetic handwriting and backgrounds.

    Attributes:
        strokes: Files of pen strokes.
        handwriting: Folders of handwriting fonts.
        prints: Folders of fonts for print; None for those of the system.
        backgrounds: Folder of photos of empty boards.
        words: Text file of words, used instead of ``languages``.
        languages: Languages of the words.
        only_words: Whether words are written as they are and nothing else is added.
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
    """The sources of one split. refused: words, fonts and photos that cannot be used, and why."""

    split: TextSplit
    people: tuple[StrokeWriter, ...]
    handwriting: tuple[Font, ...]
    prints: tuple[Font, ...]
    grounds: Grounds
    texts: BoardTexts
    refused: tuple[StudioError, ...] = ()
    _wordy: tuple[StrokeWriter, ...] = field(default=())
    _lettered: tuple[StrokeWriter, ...] = field(default=())

    @classmethod
    def open(cls, sources: Sources, split: TextSplit) -> Stock:
        """Read the sources of a split.

        Raises BadStrokes; BadFont and BadBackgrounds for a folder without usable files; BadWordList; NoWordCounts.
        """
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
        # Writers can have only words of a short list; half of it is enough, so that no word is too frequent.
        enough = min(_WORDS, max(1, len(words.words) // 2)) if sources.only_words else _WORDS
        return cls(
            split,
            people,
            handwriting,
            # Without system fonts there is one for training; held-out words do not share it.
            prints or ((fonts.carried(),) if split is TextSplit.TRAIN else ()),
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
        """Return the shares of the available kinds, adding up to one. Raises NoSources if none of them is available."""
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
                tr("none of the selected kinds of handwriting is available"),
                remedy=tr("Add pen strokes or fonts, or include synthetic handwriting."),
            )
        total = sum(kept.values())
        return {kind: share / total for kind, share in kept.items()}

    def left_words_enough(self, writer: Writer) -> bool:
        """Whether a writer has enough recorded words to use only these."""
        return any(writer is each for each in self._wordy)

    def writer(self, kind: Kind, rng: Random) -> Writer:
        """Choose a writer of an available kind (``kinds``)."""
        if kind is Kind.MADE:
            return MadeHand.any(rng, self.split)
        writers = self._of_kind(kind)
        return writers[int(rng.integers(len(writers)))]

    def writers(self, kinds: Iterable[Kind]) -> Iterator[Writer]:
        """Yield all writers of some kinds; generated ones, which have the same letters, are represented by one, which
        comes first.
        """
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


# Files in use, shared by the splits and released with the last of them, as they are large.
_HELD: Final[WeakValueDictionary[Path, StrokesFile]] = WeakValueDictionary()


def _strokes(path: Path) -> StrokesFile:
    if (file := _HELD.get(path)) is None:
        file = _HELD[path] = recorded_strokes.load(path)
    return file


def _fonts(
    folders: Sequence[Path], split: TextSplit, *, hand: bool = False
) -> tuple[tuple[Font, ...], tuple[BadFont, ...]]:
    """Return the fonts of a split, and the errors of all fonts. Raises BadFont for a folder without usable fonts."""
    good: list[Font] = []
    bad: list[BadFont] = []
    for folder in folders:
        found = list(fonts.usable(fonts.files_in(folder), hand=hand))
        usable, spoilt = list(_good(found)), [each for each in found if isinstance(each, BadFont)]
        if not usable:
            raise BadFont(
                left_out(spoilt) if spoilt else tr("there are no fonts in this folder"),
                file=folder,
                remedy=tr("Choose a folder that contains font files (TTF, OTF or WOFF)."),
            )
        good += [each for each in usable if each.split is split]
        bad += spoilt
    return tuple(good), tuple(bad)


def _good(found: Iterable[Font | BadFont]) -> Iterator[Font]:
    return (each for each in found if isinstance(each, Font))


def left_out(spoilt: Sequence[StudioError]) -> str:
    """Return a message with the number of unusable files of a folder, naming the first ones. spoilt: at least one
    error, each with its file.
    """
    named = [f"{Path(each.file or '').name} ({each.what})" for each in spoilt[:_NAMED]]
    if len(spoilt) > _NAMED:
        named.append("…")
    return tr_n(
        "{count} file in this folder can’t be used: {names}",
        "{count} files in this folder can’t be used: {names}",
        len(spoilt),
        names=", ".join(named),
    )
