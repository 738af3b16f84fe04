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
from ocr_studio.engine.synth.handwriting.procedural_writer import ProceduralWriter
from ocr_studio.engine.synth.handwriting.recorded_strokes import StrokesFile, StrokeWriter
from ocr_studio.engine.synth.handwriting.rendered_text import SourceSplit, Writer
from ocr_studio.engine.synth.photo import backgrounds as grounds
from ocr_studio.engine.synth.photo.backgrounds import Backgrounds
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

    split: SourceSplit
    people: tuple[StrokeWriter, ...]
    handwriting: tuple[Font, ...]
    prints: tuple[Font, ...]
    grounds: Backgrounds
    texts: BoardTexts
    refused: tuple[StudioError, ...] = ()
    _with_words: tuple[StrokeWriter, ...] = field(default=())
    _with_letters: tuple[StrokeWriter, ...] = field(default=())

    @classmethod
    def open(cls, sources: Sources, split: SourceSplit) -> Stock:
        """Read the sources of a split.

        Raises BadStrokes; BadFont and BadBackgrounds for a folder without usable files; BadWordList; NoWordCounts.
        """
        recorded = [_load_strokes(path) for path in sources.strokes]
        words = texts.load_word_list(sources.words) if sources.words else texts.load_vocabulary(sources.languages)
        people = recorded_strokes.group_by_writer(recorded, split)
        if sources.only_words:
            people = tuple(each.only(frozenset(words.words)) for each in people)
        also_bad: tuple[BadFont, ...] = ()
        handwriting, bad = _load_fonts(sources.handwriting, split, hand=True)
        if sources.prints is None:
            prints = tuple(_only_fonts(fonts.iter_usable(fonts.list_system_fonts(), split)))
        else:
            prints, also_bad = _load_fonts(sources.prints, split)
        photos, unusable = grounds.load_backgrounds(sources.backgrounds, split) if sources.backgrounds else ((), ())
        # Writers can have only words of a short list; half of it is enough, so that no word is too frequent.
        enough = min(_WORDS, max(1, len(words.words) // 2)) if sources.only_words else _WORDS
        return cls(
            split,
            people,
            handwriting,
            # Without system fonts there is one for training; held-out words do not share it.
            prints or ((fonts.builtin_font(),) if split is SourceSplit.TRAIN else ()),
            Backgrounds(photos),
            BoardTexts(words, only=sources.only_words),
            (*filter(None, (file.refused for file in recorded)), *bad, *also_bad, *unusable),
            tuple(each for each in people if len(each.recorded_words) >= enough),
            tuple(each for each in people if each.letters >= _LETTERS),
        )

    def kinds(self, shares: Mapping[Kind, float] = SHARES) -> dict[Kind, float]:
        """Return the shares of the available kinds, adding up to one. Raises NoSources if none of them is available."""
        available = {
            Kind.STROKES: bool(self._with_words),
            Kind.COMPOSED: bool(self._with_letters),
            Kind.HANDWRITING: bool(self.handwriting),
            Kind.PRINT: bool(self.prints),
            Kind.MADE: True,
        }
        kept = {kind: share for kind, share in shares.items() if share > 0 and available[kind]}
        if not kept:
            raise NoSources(
                tr("none of the selected kinds of handwriting is available"),
                remedy=tr("Add pen strokes or fonts, or include synthetic handwriting."),
            )
        total = sum(kept.values())
        return {kind: share / total for kind, share in kept.items()}

    def has_enough_words(self, writer: Writer) -> bool:
        """Whether a writer has enough recorded words to use only these."""
        return any(writer is each for each in self._with_words)

    def writer(self, kind: Kind, rng: Random) -> Writer:
        """Choose a writer of an available kind (``kinds``)."""
        if kind is Kind.MADE:
            return ProceduralWriter.sample(rng, self.split)
        writers = self._of_kind(kind)
        return writers[int(rng.integers(len(writers)))]

    def writers(self, kinds: Iterable[Kind]) -> Iterator[Writer]:
        """Yield all writers of some kinds; generated ones, which have the same letters, are represented by one, which
        comes first.
        """
        requested = set(kinds)
        if Kind.MADE in requested:
            yield ProceduralWriter.sample(np.random.default_rng(0), self.split)
        for kind in sorted(requested - {Kind.MADE}):
            yield from self._of_kind(kind)

    def _of_kind(self, kind: Kind) -> Sequence[Writer]:
        of_kind: Mapping[Kind, Sequence[Writer]] = {
            Kind.STROKES: self._with_words,
            Kind.COMPOSED: self._with_letters,
            Kind.HANDWRITING: self.handwriting,
            Kind.PRINT: self.prints,
        }
        return of_kind[kind]


# Files in use, shared by the splits and released with the last of them, as they are large.
_OPEN_FILES: Final[WeakValueDictionary[Path, StrokesFile]] = WeakValueDictionary()


def _load_strokes(path: Path) -> StrokesFile:
    if (file := _OPEN_FILES.get(path)) is None:
        file = _OPEN_FILES[path] = recorded_strokes.load_strokes(path)
    return file


def _load_fonts(
    folders: Sequence[Path], split: SourceSplit, *, hand: bool = False
) -> tuple[tuple[Font, ...], tuple[BadFont, ...]]:
    """Return the fonts of a split, and the errors of all fonts. Raises BadFont for a folder without usable fonts."""
    good: list[Font] = []
    bad: list[BadFont] = []
    for folder in folders:
        found = list(fonts.iter_usable(fonts.list_font_files(folder), hand=hand))
        usable, unusable = list(_only_fonts(found)), [each for each in found if isinstance(each, BadFont)]
        if not usable:
            raise BadFont(
                describe_unusable(unusable) if unusable else tr("there are no fonts in this folder"),
                file=folder,
                remedy=tr("Choose a folder that contains font files (TTF, OTF or WOFF)."),
            )
        good += [each for each in usable if each.split is split]
        bad += unusable
    return tuple(good), tuple(bad)


def _only_fonts(found: Iterable[Font | BadFont]) -> Iterator[Font]:
    return (each for each in found if isinstance(each, Font))


def describe_unusable(unusable: Sequence[StudioError]) -> str:
    """Return a message with the number of unusable files of a folder, naming the first ones. unusable: at least one
    error, each with its file.
    """
    named = [f"{Path(each.file or '').name} ({each.what})" for each in unusable[:_NAMED]]
    if len(unusable) > _NAMED:
        named.append("…")
    return tr_n(
        "{count} file in this folder can’t be used: {names}",
        "{count} files in this folder can’t be used: {names}",
        len(unusable),
        names=", ".join(named),
    )
