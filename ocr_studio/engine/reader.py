"""Photo → words: find the lines, read each once, cut it into words. What ``jobs`` calls."""

from __future__ import annotations

import copy
import math
from collections import Counter, deque
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from typing import TypeAlias

import cv2
import numpy as np
from numpy.typing import ArrayLike, NDArray

from ocr_studio.core import geometry, language, models
from ocr_studio.core.charset import BLANK
from ocr_studio.core.page import Quad, Transcription, Word, new_id
from ocr_studio.core.pyramid import Pyramid
from ocr_studio.core.settings import Finding, ReaderOptions
from ocr_studio.engine import lines as line_cutting
from ocr_studio.engine import runtime
from ocr_studio.engine.detector import Detector, DetectorOptions
from ocr_studio.engine.nets.recognizer import HEIGHT, STEP
from ocr_studio.engine.recognizer import Recognizer, Steps

Photo: TypeAlias = NDArray[np.uint8]
Quads: TypeAlias = NDArray[np.float32]

# Pixels across, at the net's height, that are read before the words are handed on: a few long lines, so that the first
# words come early, and still enough for the net to work at full speed.
_FIRST, _THEN = 2048, 4096
# From this height for its width on, writing may stand turned by 90°; from this width for its height on, what stands
# upside down is clearly not to be read.
_TALL, _LONG = 1.5, 2.5
# A long line less legible than this may stand upside down: of board lines the right way up one in thirty is, of those
# upside down nineteen in twenty. That is what it does if it is so much more legible then.
_ILLEGIBLE, _CLEARLY = 0.6, 0.1


@dataclass(frozen=True, slots=True)
class Line:
    """A line on its way: which quad, from the text's own top left; its picture, turned level, at the net's height; and
    what the net saw along it."""

    quad: Quads
    crop: Photo
    steps: Steps

    @property
    def legibility(self) -> float:
        """How sure the net is of the letters it sees, more letters being better evidence: 0 for none, below 1."""
        best = self.steps.probabilities.argmax(axis=1)
        letters = self.steps.probabilities.max(axis=1)[best != BLANK]
        return float((letters**2).sum() / (len(letters) + 1)) if len(letters) else 0.0

    def on_photo(self, places: ArrayLike) -> NDArray[np.float64]:
        """Places in the crop, (N, 2) pixels, as places on the photo, (N, 2)."""
        height, width = self.crop.shape[:2]
        x, y = (np.asarray(places, np.float64) / (width, height)).T[:, :, None]
        a, b, c, d = self.quad.astype(np.float64)
        return np.asarray(a * (1 - x) * (1 - y) + b * x * (1 - y) + c * x * y + d * (1 - x) * y)


@dataclass(slots=True)
class _Turns:
    """How the lines of one photo stand, in quarter turns that bring their quads' first corner to the text's top left.

    votes: for each turn, the pixels across, at the net's height, of lines that read well so.
    """

    votes: Counter[int] = field(default_factory=Counter)

    @property
    def usual(self) -> int:
        """How most of the writing seen so far stands; 0 before anything is known."""
        turn, most = self.votes.most_common(1)[0] if self.votes else (0, 0)
        return turn if 2 * most > self.votes.total() else 0

    def count(self, line: Line, turn: int) -> None:
        """Let a line vote if it is sure of itself."""
        width = line.crop.shape[1]
        if width >= _LONG * HEIGHT and line.legibility >= _ILLEGIBLE:
            self.votes[turn] += width


class Reader:
    """Finds and reads the words of photos. Belongs to the thread that made it; ready to read once made.

    options: alphabet, GPU memory, model. detector, recognizer: others than those that come with the program. Raises
    NoSuchModel, and PretrainedError where the weights are missing.
    """

    def __init__(
        self, options: ReaderOptions, *, detector: Detector | None = None, recognizer: Recognizer | None = None
    ) -> None:
        models.chosen(options.model)
        runtime.configure(options)
        self._detector = detector or Detector(options=DetectorOptions.of(options.finding))
        self._recognizer = recognizer or Recognizer.pretrained("all" if options.alphabet == "all" else "latin")
        self._detector.find(np.zeros((32, 32, 3), np.uint8))  # traced here, not while somebody waits for a photo
        self.marks = line_cutting.Marks.of(self._recognizer.charset.characters, gap=options.finding.gap)
        self._unit = options.unit
        self.name = self._recognizer.name
        self._languages = language.lexicon(options.languages) if options.language_strength > 0 else None
        self._strength = options.language_strength
        self.learn({})

    def learn(self, typed: Mapping[str, int]) -> None:
        """From now on count with the words that a person has typed, too: word → how often, in place of those before."""
        known = [] if self._languages is None else [self._languages, language.vocabulary(typed)]
        self._recognizer.know(known, strength=self._strength)

    def tuned_to(self, finding: Finding, recognizer: Recognizer) -> Reader:
        """One that finds writing in another way and has it read by another recognizer of this alphabet."""
        other = copy.copy(self)
        other._detector = self._detector.tuned_to(finding)
        other._recognizer = recognizer
        other.marks = replace(self.marks, gap=finding.gap)
        return other

    @property
    def detector(self) -> Detector:
        """What finds the lines."""
        return self._detector

    @property
    def recognizer(self) -> Recognizer:
        """What reads them."""
        return self._recognizer

    def find(self, image: Photo) -> Quads:
        """Where lines are written, from top to bottom; see ``Detector.find``."""
        return self._detector.find(image)

    def read_lines(self, image: Photo, lines: Quads) -> Iterator[tuple[int, list[Word]]]:
        """The words of lines that were found, a batch of lines at a time: (lines done in this batch, their words).

        image: (H, W, 3) uint8 RGB. lines: (N, 4, 2), as ``find`` gives them. Quads of words follow their line's slope.
        """
        for seen in _ahead(self._looking(image), _batches(lines)):
            yield len(seen), self._words(seen, image.shape[1], image.shape[0])

    def read_quads(self, image: Photo, quads: Sequence[Quad]) -> Iterator[list[Transcription]]:
        """What is written in each quad, in their order, a batch at a time; one transcription each, spaces included."""
        corners = np.array([quad.corners for quad in quads], dtype=np.float32).reshape(-1, 4, 2)
        for seen in _ahead(self._looking(image), _batches(corners)):
            widths = [line.crop.shape[1] for line in seen]
            yield self._recognizer.transcribe([line.steps for line in seen], widths=widths)

    def seen(self, image: Photo, lines: Quads) -> list[Line]:
        """What the net sees along each line, (N, 4, 2) as ``find`` gives them, before it is cut into words."""
        return self._looking(image)(lines)

    def _looking(self, image: Photo) -> Callable[[Quads], list[Line]]:
        """What looks at batches of lines of one photo, one batch after the other."""
        photo, turns = Pyramid(image), _Turns()

        def look(quads: Quads) -> list[Line]:
            ways = [_ways_to_read(quad, turns.usual) for quad in quads]
            tried = self._tried(photo, quads, ways)
            again: list[list[int]] = [[] for _ in quads]
            for index, best in enumerate(map(_best, tried)):
                level = quad_is_long(quads[index])
                if level and tried[index][best].legibility < _ILLEGIBLE:
                    again[index] = [(best + 2) % 4]
            tried = _joined(tried, self._tried(photo, quads, again))
            for choices in tried:
                turns.count(choices[_best(choices)], _best(choices))
            late = [[turns.usual] if not quad_is_long(quad) and way == [0] != [turns.usual] else [] for quad, way in zip(quads, ways)]
            return [choices[_best(choices)] for choices in tried]

        return look

    def _words(self, lines: Sequence[_Line], width: int, height: int) -> list[Word]:
        pieces: list[tuple[_Line, line_cutting.Stretch]] = []
        for line in lines:
            seen = line.steps
            cut = line_cutting.words_of(line.crop, seen.probabilities, span=seen.span, marks=self.marks)
            pieces.extend((line, stretch) for stretch in cut)
        parts = [self._part(line.steps, stretch) for line, stretch in pieces]
        words: list[Word] = []
        for (line, stretch), read in zip(pieces, self._recognizer.transcribe(parts), strict=True):
            corners = np.clip(_on_photo(line, stretch.box), 0, (width, height))
            quad = Quad.from_array(corners)
            if read.text and cv2.contourArea(corners.astype(np.float32)) >= 1:
                words.append(Word(new_id(), quad, machine=_letters_in_box(read, line.steps.span, stretch)))
        return words

    def _part(self, steps: Steps, stretch: line_cutting.Stretch) -> Steps:
        part = steps.part(stretch.first, stretch.last)
        return replace(part, probabilities=line_cutting.without_spaces(part.probabilities, self.marks.space))


def _levelled(photo: Pyramid, quad: Quads) -> Photo:
    """The piece inside a quad, (4, 2), turned level, at the recognizer's height: (48, w, 3), w in whole steps."""
    width, height = geometry.sizes(quad)[0]
    return photo.warp(quad, (STEP * max(1, math.ceil(HEIGHT * width / max(height, 1.0) / STEP)), HEIGHT))


def _batches(quads: Quads) -> Iterator[Quads]:
    """Quads in their order, so many at a time that the first words come early and the net is well used."""
    sizes = geometry.sizes(quads)
    across = np.cumsum(HEIGHT * np.maximum(sizes[:, 0] / np.maximum(sizes[:, 1], 1.0), 1.0))
    start, limit = 0, float(_FIRST)
    while start < len(quads):
        end = max(start + 1, int(np.searchsorted(across, limit)))
        yield quads[start:end]
        start, limit = end, float(across[end - 1]) + _THEN


def _ahead(work: Callable[[Quads], list[_Line]], batches: Iterator[Quads]) -> Iterator[list[_Line]]:
    """What the work makes of each batch, in order; while one is being used, the next is made in another thread."""
    with ThreadPoolExecutor(1, "reader") as thread:
        waiting: deque[Future[list[_Line]]] = deque()
        for batch in batches:
            waiting.append(thread.submit(work, batch))
            if len(waiting) > 1:
                yield waiting.popleft().result()
        while waiting:
            yield waiting.popleft().result()


def _ways_to_read(quad: Quads) -> list[Quads]:
    """A quad as it is and, if it is tall, also read upwards and downwards: the top edge begins at another corner."""
    width, height = geometry.sizes(quad)[0]
    return [quad, np.roll(quad, 1, axis=0), np.roll(quad, -1, axis=0)] if height >= _TALL * width else [quad]


def _legibility(line: _Line) -> float:
    """How sure the net is of the letters it sees, more letters being better evidence: 0 for none."""
    best = line.steps.probabilities.argmax(axis=1)
    letters = line.steps.probabilities.max(axis=1)[best != BLANK]
    return float((letters**2).sum() / (len(letters) + 1)) if len(letters) else 0.0


def _on_photo(line: _Line, box: line_cutting.Box) -> NDArray[np.float64]:
    """A box in a line's crop as corners on the photo, (4, 2)."""
    height, width = line.crop.shape[:2]
    left, right, top, bottom = box[0] / width, box[2] / width, box[1] / height, box[3] / height
    x = np.array([left, right, right, left])[:, None]
    y = np.array([top, top, bottom, bottom])[:, None]
    a, b, c, d = line.quad.astype(np.float64)
    return np.asarray(a * (1 - x) * (1 - y) + b * x * (1 - y) + c * x * y + d * (1 - x) * y)


def _letters_in_box(read: Transcription, span: float, stretch: line_cutting.Stretch) -> Transcription:
    """Letter positions as shares of the word's box instead of its steps."""
    start, width = stretch.first * span, (stretch.last - stretch.first) * span
    left, right = stretch.box[0], stretch.box[2]
    places = (start + np.array(read.letters) * width - left) / max(right - left, 1e-6)
    return replace(read, letters=tuple(round(float(place), 4) for place in places.clip(0.0, 1.0)))
