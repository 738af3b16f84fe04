"""Pages as files of other programs hold them: blocks of lines of words, in pixels of the photo as its file has it.

Writers of formats get these instead of pages, and readers return them, so that each format is a small module of its
own: it knows nothing of frames, kept reading orders or how a correction is stored.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Final

import cv2
import numpy as np

from ocr_studio.core.geometry import photo_frame
from ocr_studio.core.geometry import quads as geometry
from ocr_studio.core.page import Alternative, Mark, Page, Point, Quad, TextSource, Word
from ocr_studio.core.reading_order import page_order
from ocr_studio.core.reading_order.baselines import fit_baseline

# More words than this no photo has; more in a file are no labels of one.
MAX_WORDS: Final = 20_000
# Pixels: nothing is further away from a photo.
MAX_PLACE: Final = 1_000_000.0
# Share of an edge by which corners may miss a rectangle.
_STRAIGHT: Final = 0.02


@dataclass(frozen=True, slots=True)
class ExchangeWord:
    """A word, or a whole line where a file has no words.

    Attributes:
        quad: Its box; None for text without a box.
        text: What is written; "" if that is not known.
        confidence: Of the recognizer, 0..1, or None.
        alternatives: What else the recognizer held possible, best first; the first one may be ``text`` itself.
        checked: Whether a person wrote or confirmed the text.
        mark: Whether the word is set aside.
        id: Its id in the file; "" for none.
        ignored_text: What is written there if the word is set aside, as far as a person has told it; it counts nowhere.
    """

    quad: Quad | None
    text: str = ""
    confidence: float | None = None
    alternatives: tuple[Alternative, ...] = ()
    checked: bool = False
    mark: Mark | None = None
    id: str = ""
    ignored_text: str = ""


@dataclass(frozen=True, slots=True)
class ExchangeLine:
    """A line of words, in reading order. baseline: its points from the left, at least two; () if unknown."""

    words: tuple[ExchangeWord, ...]
    baseline: tuple[Point, ...] = ()

    @property
    def text(self) -> str:
        """The texts of its words, with spaces between them."""
        return " ".join(word.text for word in self.words if word.text)


@dataclass(frozen=True, slots=True)
class ExchangePage:
    """A page.

    Attributes:
        image: Path or name of the photo, "/" between parts; without a suffix if the file doesn't tell it.
        width: Width of the photo in pixels, or in the unit of the boxes (1 for shares); 0 if unknown.
        height: Its height.
        blocks: Blocks of lines, in reading order.
        writer: Who wrote on the photo.
        tags: Its tags.
        note: Its note.
        ordered: Whether the file says in which order the words are read; otherwise they are in any order.
        notices: What was odd in the file and how it was read, for the user.
    """

    image: str
    width: float
    height: float
    blocks: tuple[tuple[ExchangeLine, ...], ...] = ()
    writer: str | None = None
    tags: tuple[str, ...] = ()
    note: str = ""
    ordered: bool = True
    notices: tuple[str, ...] = field(default=(), compare=False)

    @classmethod
    def from_page(cls, page: Page) -> ExchangePage:
        """Take what other programs can be told of a page."""
        width, height = page.file_size
        blocks = tuple(tuple(_convert_line(page, line) for line in block) for block in page_order.find_blocks(page))
        facts = page.facts
        return cls(page.image, width, height, blocks, facts.writer, facts.tags, facts.note)

    @classmethod
    def of_words(
        cls, image: str, size: tuple[float, float], words: Iterable[ExchangeWord], *, notices: Sequence[str] = ()
    ) -> ExchangePage:
        """Make a page of words whose order a file doesn't tell."""
        line = ExchangeLine(tuple(words))
        return cls(image, *size, ((line,),) if line.words else (), ordered=False, notices=tuple(notices))

    @property
    def lines(self) -> tuple[ExchangeLine, ...]:
        """All lines, in reading order."""
        return tuple(line for block in self.blocks for line in block)

    @property
    def words(self) -> tuple[ExchangeWord, ...]:
        """All words, in reading order."""
        return tuple(word for line in self.lines for word in line.words)

    def boxed_words(self) -> Iterator[tuple[ExchangeWord, Quad]]:
        """Iterate over the words that have a box, with their boxes."""
        return ((word, word.quad) for word in self.words if word.quad is not None)


def _convert_line(page: Page, line: Sequence[Word]) -> ExchangeLine:
    words = tuple(_convert_word(page, word) for word in line)
    found = fit_baseline([word for word in line if word.has_box])
    if found is None:
        return ExchangeLine(words)
    # A degenerate quad carries the two points through the frame.
    ends = photo_frame.quad_in_file(page, Quad((found.start, found.end, found.end, found.start))).corners
    return ExchangeLine(words, (ends[0], ends[1]))


def _convert_word(page: Page, word: Word) -> ExchangeWord:
    machine = word.machine
    return ExchangeWord(
        photo_frame.quad_in_file(page, word.quad) if word.has_box else None,
        word.text,
        machine.confidence if machine else None,
        machine.alternatives if machine else (),
        word.checked,
        word.mark,
        word.id,
        _find_ignored_text(word),
    )


def _find_ignored_text(word: Word) -> str:
    told = word.human or word.machine if word.mark else None
    return told.text if told and told.source is not TextSource.MODEL else ""


def is_upright(quad: Quad) -> bool:
    """Whether a box is an upright rectangle, read from its top left."""
    left, top, right, bottom = quad.bounds()
    return quad.corners == ((left, top), (right, top), (right, bottom), (left, bottom))


def is_rectangle(quad: Quad) -> bool:
    """Whether a box is a rectangle, turned or not, but for a small share of its size."""
    a, b, c, d = quad.corners
    width, height = geometry.measure_size(quad)
    diagonals = math.dist(a, c), math.dist(b, d)
    middles = math.dist(((a[0] + c[0]) / 2, (a[1] + c[1]) / 2), ((b[0] + d[0]) / 2, (b[1] + d[1]) / 2))
    allowed = _STRAIGHT * max(1.0, min(width, height))
    return abs(diagonals[0] - diagonals[1]) <= allowed and middles <= allowed


def fit_quad(points: Sequence[Point], *, exact: bool = False) -> Quad | None:
    """Fit a box to the outline of a word or line: four corners, clockwise, as they are, otherwise a turned rectangle.

    Args:
        points: Two opposite corners of an upright box, or the points of an outline, in pixels.
        exact: Take four corners as they are, in whatever order, as this program has written them.

    Returns:
        The box, beginning where upright text would begin unless four corners are given clockwise; None if it has no
        extent or is no box (too far away, too few points).
    """
    outline = np.asarray(points, dtype=np.float64).reshape(-1, 2)
    if len(outline) > 1 and np.array_equal(outline[0], outline[-1]):  # closed
        outline = outline[:-1]
    if len(outline) < 2 or not np.isfinite(outline).all() or np.abs(outline).max() > MAX_PLACE:
        return None
    if len(outline) == 2:
        (left, top), (right, bottom) = outline.min(axis=0), outline.max(axis=0)
        quad = Quad.from_box(float(left), float(top), float(right), float(bottom))
    elif len(outline) == 4:
        quad = Quad.from_array(outline if exact or _is_clockwise(outline) else geometry.order_corners(outline))
    else:
        corners = cv2.boxPoints(cv2.minAreaRect(outline.astype(np.float32)))
        quad = Quad.from_array(geometry.order_corners(corners))
    return quad if geometry.measure_area(quad) > 0 else None


def _is_clockwise(corners: geometry.Floats) -> bool:
    """Whether four corners are told clockwise, one beside the other; the other way round, writing would be mirrored."""
    (x, y), (u, v) = corners[2] - corners[0], corners[3] - corners[1]
    return bool(x * v - y * u > 0)
