"""Photo → words: find the lines, read each once, cut it into words. What ``jobs`` calls."""

from __future__ import annotations

import copy
import math
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, replace
from typing import TypeAlias

import cv2
import numpy as np
from numpy.typing import NDArray

from ocr_studio.core import geometry, models
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
# From this height for its width on, writing may stand turned by 90°.
_TALL = 1.5


@dataclass(frozen=True, slots=True)
class _Line:
    """A line on its way: which quad, how it is turned, its picture at the net's height, and what the net saw."""

    quad: Quads
    crop: Photo
    steps: Steps


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
        self._marks = line_cutting.Marks.of(self._recognizer.charset.characters, gap=options.finding.gap)
        self.name = self._recognizer.name

    def tuned_to(self, finding: Finding, recognizer: Recognizer) -> Reader:
        """One that finds writing in another way and has it read by another recognizer of this alphabet."""
        other = copy.copy(self)
        other._detector = self._detector.tuned_to(finding)
        other._recognizer = recognizer
        other._marks = replace(self._marks, gap=finding.gap)
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
        photo = Pyramid(image)
        for seen in _ahead(lambda batch: self._seen(photo, batch), _batches(lines)):
            yield len(seen), self._words(seen, image.shape[1], image.shape[0])

    def read_quads(self, image: Photo, quads: Sequence[Quad]) -> Iterator[list[Transcription]]:
        """What is written in each quad, in their order, a batch at a time; one transcription each, spaces included."""
        photo = Pyramid(image)
        corners = np.array([quad.corners for quad in quads], dtype=np.float32).reshape(-1, 4, 2)
        for seen in _ahead(lambda batch: self._seen(photo, batch), _batches(corners)):
            widths = [line.crop.shape[1] for line in seen]
            yield self._recognizer.transcribe([line.steps for line in seen], widths=widths)

    def _seen(self, photo: Pyramid, quads: Quads) -> list[_Line]:
        """Each quad as the net sees it; a tall one turned the way in which most can be read."""
        turned = [version for quad in quads for version in _ways_to_read(quad)]
        crops = [_levelled(photo, quad) for quad in turned]
        seen = [_Line(*parts) for parts in zip(turned, crops, self._recognizer.steps(crops), strict=True)]
        lines: list[_Line] = []
        for quad in quads:
            versions, seen = seen[: len(_ways_to_read(quad))], seen[len(_ways_to_read(quad)) :]
            lines.append(max(versions, key=_legibility))
        return lines

    def _words(self, lines: Sequence[_Line], width: int, height: int) -> list[Word]:
        pieces: list[tuple[_Line, line_cutting.Stretch]] = []
        for line in lines:
            seen = line.steps
            cut = line_cutting.words_of(line.crop, seen.probabilities, span=seen.span, marks=self._marks)
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
        return replace(part, probabilities=line_cutting.without_spaces(part.probabilities, self._marks.space))


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
