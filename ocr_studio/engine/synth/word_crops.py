"""Crops of synthetic words, as a detector would crop them from photos, with their texts."""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Final, TypeAlias

import numpy as np
from numpy.typing import NDArray

from ocr_studio.core.translation import tr
from ocr_studio.engine.synth.handwriting.marker import Pen
from ocr_studio.engine.synth.handwriting.rendered_text import Boxes, Random, SourceSplit, Writer
from ocr_studio.engine.synth.photo import word_photo
from ocr_studio.engine.synth.photo.board_surface import Surface
from ocr_studio.engine.synth.photo.word_photo import WordPhotoOptions
from ocr_studio.engine.synth.sources import SHARES, Kind, NoSources, Sources, Stock

Crop: TypeAlias = NDArray[np.uint8]

_LARGEST: Final = 64.0  # maximum capital height in pixels
# Attempts to find a text for a writer.
_TRIES: Final = 12


@dataclass(frozen=True, slots=True)
class WordOptions:
    """Options of the words.

    Attributes:
        shares: Shares of the kinds of handwriting; kinds without sources are left out.
        letters: Allowed characters; None for all.
        lines: Share of crops with several words.
        smallest: Minimum capital height in pixels.
        harm: Photo degradation, from 0 (none) to 1 (typical).
        grounds: Shares of the backgrounds; None for the defaults.
    """

    shares: Mapping[Kind, float] = field(default_factory=lambda: SHARES)
    letters: frozenset[str] | None = None
    lines: float = 0.0
    smallest: float = 13.0
    harm: float = 1.0
    grounds: Mapping[Surface, float] | None = None


@dataclass(frozen=True, slots=True, eq=False)
class SynthCrop:
    """A crop and its text.

    Attributes:
        crop: (h, w, 3) uint8 RGB.
        letters: (n, 4, 2) float32, a box for each character except spaces, pixels of the crop, clockwise from the
            letter's top left, clipped to the crop.
        exact: Whether the boxes are measured; otherwise they are estimates.
        writer: Name of the writer or font.
    """

    crop: Crop
    text: str
    writer: str
    kind: Kind
    letters: Boxes
    exact: bool
    split: SourceSplit


class WordMaker:
    """Generates words of one split, reproducible for the same sources, options and seed, in any order."""

    def __init__(
        self,
        sources: Sources | Stock,
        split: SourceSplit = SourceSplit.TRAIN,
        *,
        options: WordOptions | None = None,
        seed: int = 0,
    ) -> None:
        """Read the sources, or use a stock, whose split then applies.

        Raises the errors of ``Stock.open``, ``Stock.kinds`` and ``Backgrounds.check``.
        """
        self.stock = sources if isinstance(sources, Stock) else Stock.open(sources, split)
        split = self.stock.split
        self._options = options or WordOptions()
        asked = self._options.grounds
        self._grounds = self.stock.grounds if asked is None else self.stock.grounds.asked(asked)
        shares = self.stock.kinds(self._options.shares)
        self._kinds, self._heights = tuple(shares), np.cumsum(list(shares.values()))
        self._seed = (seed, list(SourceSplit).index(split))

    def at(self, index: int) -> SynthCrop:
        """Return the word of an index."""
        rng = np.random.default_rng((*self._seed, index))
        kind, writer, text = self._choose_text(rng)
        options, printed = self._options, kind is Kind.PRINT
        size = float(np.exp(rng.uniform(math.log(options.smallest), math.log(_LARGEST))))
        pen = Pen.sample(rng)
        writing = writer.write(text, size, rng, pen=None if printed and rng.random() < 0.6 else pen)
        photo_options = WordPhotoOptions(size, pen, self._grounds, options.harm, printed)
        crop, letters = word_photo.take_word_photo(writing, photo_options, rng)
        return SynthCrop(crop, text, writer.name, kind, letters, writing.exact, self.stock.split)

    def stream(self) -> Iterator[SynthCrop]:
        """Yield words endlessly."""
        return map(self.at, itertools.count())

    def _choose_text(self, rng: Random) -> tuple[Kind, Writer, str]:
        """Choose kind, writer and text. Raises NoSources if no writer has the requested characters."""
        for _ in range(_TRIES):
            kind = self._kinds[min(len(self._kinds) - 1, int(np.searchsorted(self._heights, rng.random())))]
            writer = self.stock.writer(kind, rng)
            count = int(rng.integers(2, 5)) if rng.random() < self._options.lines else 1
            words = [self._choose_word(kind, writer, rng) for _ in range(count)]
            if all(words):
                return kind, writer, " ".join(words)
        raise NoSources(
            tr("no writer or font has the requested characters"),
            remedy=tr("Add fonts that have them, or request other characters."),
        )

    def _choose_word(self, kind: Kind, writer: Writer, rng: Random) -> str:
        """Choose a word that the writer can write with the allowed characters; empty if none is found."""
        texts, allowed = self.stock.texts, self._options.letters
        for _ in range(_TRIES):
            if kind is Kind.STROKES:
                text = texts.add_punctuation(writer.recorded_words[int(rng.integers(len(writer.recorded_words)))], rng)
            else:
                text = texts.one(rng)
            if (allowed is None or allowed.issuperset(text)) and writer.can_write(text):
                return text
        return ""
