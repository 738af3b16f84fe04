"""Reads the lines of a photo in any orientation: crops, and the network's output on them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import TypeAlias

import numpy as np
from numpy.typing import ArrayLike, NDArray

from ocr_studio.core.geometry import quads as geometry
from ocr_studio.core.geometry import ribbons
from ocr_studio.core.images import word_crops
from ocr_studio.core.images.pyramid import Pyramid
from ocr_studio.core.language.charset import BLANK
from ocr_studio.core.settings import DetectionOptions
from ocr_studio.engine.nets.plans import HEIGHT, STEP
from ocr_studio.engine.recognition import word_segmentation
from ocr_studio.engine.recognition.ink_mask import Box
from ocr_studio.engine.recognition.recognizer import FrameProbabilities, Recognizer

Photo: TypeAlias = NDArray[np.uint8]
Quads: TypeAlias = NDArray[np.float32]

# From this ratio of height to width, text may be rotated by 90°; from this length, upside-down text is detectable.
_TALL_RATIO, _LONG_RATIO = 1.5, 2.5
# Of upright board lines one in thirty has a legibility below this, of upside-down ones nineteen in twenty (measured).
# Another orientation is chosen if it is this much more legible.
_ILLEGIBLE, _MARGIN = 0.6, 0.1
# A line with less curvature than this share of its height is treated as straight.
_MAX_SAG = 0.05


@dataclass(frozen=True, slots=True)
class ReadWord:
    """A word with the output of a network that reads single words.

    Attributes:
        box: (left, top, right, bottom) in pixels of its line's crop.
        crop: (48, w, 3) uint8, levelled.
        steps: Network output along the word's crop.
    """

    box: Box
    crop: Photo
    steps: FrameProbabilities


@dataclass(frozen=True)  # no slots: legibility is cached
class Line:
    """A line with the network's output.

    Attributes:
        quad: (6, 2) float32 as from ``Detector.find``, from the text's own top left.
        crop: (48, w, 3) uint8, levelled.
        words: If the network reads single words, those of this line from left to right; ``steps`` are theirs in turn.
            Otherwise None.
    """

    quad: Quads
    crop: Photo
    steps: FrameProbabilities
    words: tuple[ReadWord, ...] | None = None

    @cached_property
    def legibility(self) -> float:
        """The network's certainty about the letters, higher with more letters: 0 for none, below 1."""
        best = self.steps.probabilities.argmax(axis=1)
        letters = self.steps.probabilities.max(axis=1)[best != BLANK]
        return float((letters**2).sum() / (len(letters) + 1)) if len(letters) else 0.0

    def on_photo(self, places: ArrayLike) -> NDArray[np.float64]:
        """Map places in the crop, (N, 2) pixels, to the photo."""
        height, width = self.crop.shape[:2]
        return np.asarray(ribbons.map_to_ribbon(self.quad, np.asarray(places) / (width, height)))

    def to_crop(self, corners: NDArray[np.floating]) -> NDArray[np.float32]:
        """Map quads on the photo, (N, 4, 2), to pixels of the crop."""
        height, width = self.crop.shape[:2]
        shares = ribbons.find_on_ribbon(self.quad, corners.reshape(-1, 2))
        return np.asarray(shares * (width, height)).reshape(-1, 4, 2)


class LineReader:
    """Reads the lines of one photo in batches and learns the usual orientation of its text.

    An orientation is the corner (0 to 3) of the quad that is the text's top left.
    """

    def __init__(
        self, image: Photo, recognizer: Recognizer, *, gap: float = DetectionOptions().space_width, words: bool = False
    ) -> None:
        """Create the line reader.

        Args:
            image: (H, W, 3) uint8 RGB.
            recognizer: The recognizer.
            gap: For recognizers of single words, see ``word_segmentation.SpaceClasses``.
            words: Whether quads hold single words, so that only those too wide for one are split at gaps.
        """
        self._photo, self._recognizer = Pyramid(image), recognizer
        self._gap, self._single = gap, words
        self._votes: Counter[int] = Counter()

    def read(self, quads: Quads) -> list[Line]:
        """Read lines, (N, 6, 2) as from ``Detector.find``, in the orientation in which most can be read."""
        tried: list[dict[int, Line]] = [{} for _ in quads]
        self._read_orientations(quads, [self._likely_orientations(quad) for quad in quads], tried)
        self._read_orientations(
            quads, [self._opposite_orientation(quad, known) for quad, known in zip(quads, tried, strict=True)], tried
        )
        for known in tried:
            self._count_vote(known)
        # Lines too short to tell were read in the orientation assumed so far.
        self._read_orientations(
            quads, [[self._usual_orientation] if _side_ratio(quad)[1] < _LONG_RATIO else [] for quad in quads], tried
        )
        return [known[self._best(known)] for known in tried]

    @property
    def _usual_orientation(self) -> int:
        """Return the usual orientation so far."""
        turn, most = self._votes.most_common(1)[0] if self._votes else (0, 0)
        return turn if 2 * most > self._votes.total() else 0

    def _likely_orientations(self, quad: Quads) -> list[int]:
        """Return the orientations that a quad's shape allows."""
        orientation, (tall, long) = self._usual_orientation, _side_ratio(quad)
        if tall:
            return [orientation] if orientation % 2 else [orientation, 1, 3]
        return [0] if long >= _LONG_RATIO and orientation % 2 else [orientation]

    def _opposite_orientation(self, quad: Quads, known: dict[int, Line]) -> list[int]:
        """Return the opposite orientation if the line is long and illegible."""
        best = self._best(known)
        doubtful = _side_ratio(quad)[1] >= _LONG_RATIO and known[best].legibility < _ILLEGIBLE
        return [(best + 2) % 4] if doubtful else []

    def _best(self, known: dict[int, Line]) -> int:
        return max(known, key=lambda turn: known[turn].legibility + _MARGIN * (turn == self._usual_orientation))

    def _count_vote(self, known: dict[int, Line]) -> None:
        """Let a clearly legible line vote on the photo's orientation."""
        turn = self._best(known)
        width = known[turn].crop.shape[1]
        if width >= _LONG_RATIO * HEIGHT and known[turn].legibility >= _ILLEGIBLE:
            self._votes[turn] += width

    def _read_orientations(
        self, quads: Quads, turns: Sequence[Sequence[int]], tried: Sequence[dict[int, Line]]
    ) -> None:
        """Read quads in these orientations, all together, unless already done."""
        new = [(index, turn) for index, chosen in enumerate(turns) for turn in chosen if turn not in tried[index]]
        turned = [_rotate_line(quads[index], turn) for index, turn in new]
        crops = [_crop_line(self._photo, quad) for quad in turned]
        for (index, turn), line in zip(new, self._run_network(turned, crops), strict=True):
            tried[index][turn] = line

    def _run_network(self, quads: Sequence[Quads], crops: Sequence[Photo]) -> list[Line]:
        """Run the network on lines, whole or word by word, in their order."""
        if self._recognizer.widest_word is None:
            return list(map(Line, quads, crops, self._recognizer.run(crops)))
        places = [
            (Line(quad, crop, _NO_OUTPUT), self._find_words(crop, self._recognizer.widest_word))
            for quad, crop in zip(quads, crops, strict=True)
        ]
        words = [self._crop_word(line, box) for line, boxes in places for box in boxes]
        seen = iter(map(ReadWord, (box for _, boxes in places for box in boxes), words, self._recognizer.run(words)))
        return [_line_from_words(line, tuple(next(seen) for _ in boxes)) for line, boxes in places]

    def _find_words(self, crop: Photo, widest: float) -> Sequence[Box]:
        """Find the words in a line's crop for a network that reads single words."""
        height, width = crop.shape[:2]
        whole = (0.0, 0.0, float(width), float(height))
        found = () if self._single and width <= widest * height else word_segmentation.split_by_ink(crop, gap=self._gap)
        # A box that was drawn around one word is kept.
        return (whole,) if len(found) < 1 + self._single else found

    def _crop_word(self, line: Line, box: Box) -> Photo:
        """Crop a word, levelled."""
        left, top, right, bottom = box
        corners = line.on_photo([(left, top), (right, top), (right, bottom), (left, bottom)])
        return word_crops.extract_crop(self._photo, corners, height=HEIGHT, step=1)


_NO_OUTPUT = FrameProbabilities(np.zeros((0, 1), np.float32), 1.0)


def _line_from_words(line: Line, words: tuple[ReadWord, ...]) -> Line:
    """Create a line from its words, at least one."""
    along = np.concatenate([word.steps.probabilities for word in words])
    return replace(line, steps=FrameProbabilities(along, line.crop.shape[1] / len(along)), words=words)


def _side_ratio(quad: Quads) -> tuple[bool, float]:
    """Return whether a quad is tall, and the ratio of its sides."""
    width, height = geometry.measure_sizes(quad[:4])[0]
    return bool(height >= _TALL_RATIO * width), float(max(width, height) / max(min(width, height), 1e-6))


def _rotate_line(quad: Quads, turn: int) -> Quads:
    """Start a line, (6, 2), at another corner. Across its length the curvature is dropped."""
    corners = np.roll(quad[:4], -turn, axis=0)
    if turn % 2:
        return np.asarray(ribbons.straight_ribbons(corners[None])[0], np.float32)
    middles = quad[4:] if turn == 0 else quad[:3:-1]
    return np.asarray(np.vstack([corners, middles]), np.float32)


def _crop_line(photo: Pyramid, quad: Quads) -> Photo:
    """Crop a line, (6, 2), levelled, at the recognizer's height: (48, w, 3), w a multiple of a step."""
    if (
        np.abs(quad - ribbons.straight_ribbons(quad[None, :4])[0]).max()
        < _MAX_SAG * geometry.measure_sizes(quad[:4])[0, 1]
    ):
        return word_crops.extract_crop(photo, quad[:4], height=HEIGHT, step=STEP)
    return photo.straighten(quad, word_crops.compute_crop_size(quad[:4], height=HEIGHT, step=STEP))
