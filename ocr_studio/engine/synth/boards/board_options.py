"""Options of whole boards, and the choice of writers, pens and colours."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from types import MappingProxyType
from typing import Final, TypeAlias

import numpy as np

from ocr_studio.core.synth import options as synth_options
from ocr_studio.engine.synth.boards.board_area import BoardWriter
from ocr_studio.engine.synth.boards.layout import BoardWriters
from ocr_studio.engine.synth.handwriting.marker import Colour, Pen
from ocr_studio.engine.synth.handwriting.procedural_writer import ProceduralWriter
from ocr_studio.engine.synth.handwriting.rendered_text import Writer
from ocr_studio.engine.synth.photo.board_surface import Surface
from ocr_studio.engine.synth.sources import SHARES, Kind, Stock
from ocr_studio.engine.synth.text import language_phrases
from ocr_studio.engine.synth.text.contents import BoardContents, Theme
from ocr_studio.engine.synth.text.phrases import choose

Random: TypeAlias = np.random.Generator

GROUNDS: Final[Mapping[Surface, float]] = MappingProxyType(
    {Surface(name): share for name, share in synth_options.GROUNDS.items()}
)
_INKS: Final[tuple[Colour, ...]] = (
    (28, 28, 34), (28, 28, 34), (46, 46, 56), (22, 48, 150), (30, 70, 180), (44, 60, 120), (190, 36, 44), (205, 60, 50),
    (14, 118, 72), (20, 140, 110), (112, 44, 140), (226, 98, 24), (200, 40, 120), (20, 130, 160), (110, 70, 40),
)  # fmt: skip
_TEST_LETTERS: Final = "aeR13"
_BLACK: Final[Colour] = (24, 24, 26)
_CHALKS: Final[tuple[Colour, ...]] = (
    (236, 236, 230), (236, 236, 230), (225, 228, 222), (240, 228, 140), (240, 170, 180), (150, 205, 240),
    (180, 230, 170),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class BoardOptions:
    """Options of whole boards.

    Attributes:
        long_side: Range of a photo's longer side in pixels; 1280 is 1.2 megapixels, 4000 is 12.
        words: Approximate range of the number of words.
        capitals: Range of the height of capitals, as a share of the longer side.
        framed: Share of photos that show edges of the board.
        turned: Share rotated by 90° or 180°.
        ghosts: Share with traces of wiped writing.
        pages: Share of printed pages.
        cut: Share on which writing may extend beyond the photo.
        empty: Share without words, but with drawings.
        tilt: Perspective, from 0 (straight on) to 1 (typical photos).
        harm: Photo degradation, likewise.
        grounds: Shares of the backgrounds.
        writers: Shares of the kinds of handwriting.
    """

    long_side: tuple[int, int] = (1280, 1280)
    words: tuple[int, int] = (12, 120)
    capitals: tuple[float, float] = (0.008, 0.034)
    framed: float = 0.5
    cut: float = 0.12
    turned: float = 0.05
    ghosts: float = 0.25
    pages: float = 0.08
    empty: float = 0.0
    tilt: float = 1.0
    harm: float = 1.0
    grounds: Mapping[Surface, float] = field(default_factory=lambda: GROUNDS)
    writers: Mapping[Kind, float] = field(default_factory=lambda: SHARES)

    def ground(self, rng: Random, *, real: bool) -> Surface:
        """Choose a background. real: whether there are photos of real boards, else another kind must be selected, too
        (``Backgrounds.check``).
        """
        shares = {ground: share for ground, share in self.grounds.items() if real or ground is not Surface.REAL}
        total = sum(shares.values())
        return list(shares)[int(rng.choice(len(shares), p=[share / total for share in shares.values()]))]

    def count(self, rng: Random) -> int:
        """Choose the number of words; sparse boards are rarer than crowded ones."""
        low, high = self.words
        return round(low + (high - low) * float(rng.beta(1.5, 1.5)))


@dataclass(frozen=True, slots=True)
class BoardSetting:
    """Conditions of writing. capital: height in pixels; page: whether it is a printed page."""

    ground: Surface
    capital: float
    page: bool = False


def choose_writers(stock: Stock, options: BoardOptions, setting: BoardSetting, rng: Random) -> BoardWriters:
    """Choose the writers of a board."""
    ground, capital, page = setting.ground, setting.capital, setting.page
    shares = stock.kinds(options.writers)
    kinds = {Kind.PRINT: 1.0} if page else shares
    colours = (_BLACK,) if page else _choose_colours(ground, rng)
    strength = float(1 - 0.55 * rng.beta(1.2, 3)) if ground in {Surface.WHITEBOARD, Surface.REAL} else 1.0
    scribes: list[BoardWriter] = []
    for number in range(int(rng.choice([1, 1, 1, 2, 3]))):
        kind = list(kinds)[int(rng.choice(len(kinds), p=list(kinds.values())))]
        size = capital * (1 if number == 0 else float(rng.uniform(0.8, 1.3)))
        scribe = _make_writer(_choose_of_kind(stock, kind, shares, rng), kind, size, rng)
        scribes.append(replace(scribe, colour=colours[min(number, len(colours) - 1)], strength=strength))
    first = scribes[0]
    big = replace(first.larger(float(rng.uniform(1.0, 1.6))), colour=choose(colours, rng))
    drawing = replace(first, colour=choose(colours, rng))
    contents = tuple(_choose_contents(stock, scribe.writer) for scribe in scribes)
    has_print = Kind.PRINT in shares
    printed = (
        _make_writer(_choose_of_kind(stock, Kind.PRINT, shares, rng), Kind.PRINT, capital, rng) if has_print else None
    )
    if page:  # rules of pages are fine
        drawing = replace(drawing, pen=replace(drawing.pen, width=float(rng.uniform(0.04, 0.12))))
    return BoardWriters(tuple(scribes), big, drawing, printed, contents, choose(list(Theme), rng), colours, page)


def _make_writer(writers: Sequence[Writer], kind: Kind, size: float, rng: Random) -> BoardWriter:
    """Create a writer from the main one and those who write what it cannot."""
    printed = kind is Kind.PRINT
    return BoardWriter(
        writers[0],
        tuple(writers[1:]),
        size,
        Pen.sample(rng),
        _BLACK,
        space=float(rng.uniform(0.42, 0.62) if printed else np.clip(rng.lognormal(math.log(0.62), 0.25), 0.38, 1.3)),
        pitch=float(rng.uniform(1.5, 2.1) if printed else rng.uniform(1.3, 2.1)),
        jitter=0.0 if printed else float(rng.uniform(0.5, 1.6)),
        seed=int(rng.integers(2**31)) if kind in {Kind.PRINT, Kind.HANDWRITING} else None,
    )


def _choose_of_kind(stock: Stock, kind: Kind, shares: Mapping[Kind, float], rng: Random) -> list[Writer]:
    """Choose a writer of a kind, and, among the selected kinds, those who write what it cannot."""
    writers = [_choose_with_letters(stock, kind, rng)]
    if kind is Kind.STROKES and Kind.COMPOSED in shares:
        writers.append(stock.writer(Kind.COMPOSED, rng))
    if Kind.MADE in shares:
        writers.append(ProceduralWriter.sample(rng, stock.split))
    return writers


def _choose_with_letters(stock: Stock, kind: Kind, rng: Random) -> Writer:
    """Choose a writer of a kind, preferring those with single letters over those with whole words only: two
    handwritings in one line look unnatural.
    """
    writer = stock.writer(kind, rng)
    for _ in range(6 if kind is Kind.STROKES else 0):
        if all(writer.can_write(letter) for letter in _TEST_LETTERS):
            break
        writer = stock.writer(kind, rng)
    return writer


def _choose_colours(ground: Surface, rng: Random) -> tuple[Colour, ...]:
    """Choose one or a few colours; fresh and old markers differ slightly."""
    light = ground is Surface.BLACKBOARD or (ground is Surface.GLASS and rng.random() < 0.6)
    inks = _CHALKS if light else _INKS
    count = int(rng.choice([1, 1, 1, 2, 2, 3, 4]))
    chosen = [choose(inks, rng) for _ in range(count)]
    moved = np.clip(np.array(chosen) + rng.normal(0, 9, (count, 3)), 4, 250).astype(int)
    return tuple((int(red), int(green), int(blue)) for red, green, blue in moved)


def _choose_contents(stock: Stock, writer: Writer) -> BoardContents:
    """Choose the words; for writers with enough recorded words mostly those."""
    known = [word for word in writer.recorded_words if len(word) > 1] if stock.has_enough_words(writer) else []
    words = stock.texts.words

    def word(rng: Random) -> str:
        if known and rng.random() < 0.97:
            return choose(known, rng)
        return words.word(rng) if words.words else "abc"

    codes = words.languages
    speeches = [language_phrases.phrases_of(code) for code in codes] or [
        language_phrases.compose_phrases(words) if words.words else language_phrases.phrases_of("en")
    ]
    return BoardContents(word, stock.texts.one, speeches, own=bool(known), capitals=words.capitals)
