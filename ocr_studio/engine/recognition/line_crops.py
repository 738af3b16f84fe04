"""What the recognizer sees along the lines of a photo, whichever way they stand."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import TypeAlias

import numpy as np
from numpy.typing import ArrayLike, NDArray

from ocr_studio.core.geometry import quads as geometry
from ocr_studio.core.images import word_crops
from ocr_studio.core.images.pyramid import Pyramid
from ocr_studio.core.language.charset import BLANK
from ocr_studio.core.settings import Finding
from ocr_studio.engine.nets.recognizer import HEIGHT, STEP
from ocr_studio.engine.recognition import word_segmentation as line_cutting
from ocr_studio.engine.recognition.ink_mask import Box
from ocr_studio.engine.recognition.recognizer import Recognizer, Steps

Photo: TypeAlias = NDArray[np.uint8]
Quads: TypeAlias = NDArray[np.float32]

# From this height for its width on, writing may stand turned by 90°; only of a line this long for its height can be
# said that it stands upside down.
_TALL, _LONG = 1.5, 2.5
# Of board lines the right way up one in thirty is less legible than this, of those upside down nineteen in twenty
# (measured). A line stands otherwise than most if it is so much more legible then.
_ILLEGIBLE, _CLEARLY = 0.6, 0.1
# A line whose middle is off by less than this share of its height is read as a straight one.
_STRAIGHT = 0.05


@dataclass(frozen=True, slots=True)
class SeenWord:
    """A word as a net saw it that reads single words. box: (left, top, right, bottom) pixels of its line's crop. crop:
    (48, w, 3) uint8, turned level. steps: along the word's crop."""

    box: Box
    crop: Photo
    steps: Steps


@dataclass(frozen=True)  # no slots: legibility is kept once computed
class Line:
    """A line as the net saw it. quad: (6, 2) float32, as ``Detector.find`` gives them, from the text's own top left.
    crop: (48, w, 3) uint8, turned level. words: where the net reads single words, those of this line from left to
    right, of which ``steps`` are the steps, one word's after the other's; otherwise None."""

    quad: Quads
    crop: Photo
    steps: Steps
    words: tuple[SeenWord, ...] | None = None

    @cached_property
    def legibility(self) -> float:
        """How sure the net is of the letters it sees, more letters being better evidence: 0 for none, below 1."""
        best = self.steps.probabilities.argmax(axis=1)
        letters = self.steps.probabilities.max(axis=1)[best != BLANK]
        return float((letters**2).sum() / (len(letters) + 1)) if len(letters) else 0.0

    def on_photo(self, places: ArrayLike) -> NDArray[np.float64]:
        """Places in the crop, (N, 2) pixels, as places on the photo, (N, 2)."""
        height, width = self.crop.shape[:2]
        return np.asarray(geometry.on_ribbon(self.quad, np.asarray(places) / (width, height)))


class Looking:
    """Looks at the lines of one photo, a batch after the other, and learns meanwhile how its writing stands.

    A line's turn is the corner of its quad, 0 to 3, that is the text's top left.
    """

    def __init__(
        self, image: Photo, recognizer: Recognizer, *, gap: float = Finding().gap, words: bool = False
    ) -> None:
        """image: (H, W, 3) uint8 RGB. For recognizers that read single words: gap, see ``word_segmentation.Marks``;
        words: whether quads hold one each, so that only what is too wide for one is looked at for gaps.
        """
        self._photo, self._recognizer = Pyramid(image), recognizer
        self._gap, self._single = gap, words
        self._votes: Counter[int] = Counter()

    def look(self, quads: Quads) -> list[Line]:
        """Lines, (N, 6, 2) as ``Detector.find`` gives them, as the net sees them, turned so that most can be read."""
        tried: list[dict[int, Line]] = [{} for _ in quads]
        self._try(quads, [self._ways(quad) for quad in quads], tried)
        self._try(quads, [self._doubts(quad, known) for quad, known in zip(quads, tried, strict=True)], tried)
        for known in tried:
            self._count(known)
        # What is too short to tell was looked at as the rest was thought to stand so far.
        self._try(quads, [[self._usual] if _sides(quad)[1] < _LONG else [] for quad in quads], tried)
        return [known[self._best(known)] for known in tried]

    @property
    def _usual(self) -> int:
        """How most of the writing seen so far stands."""
        turn, most = self._votes.most_common(1)[0] if self._votes else (0, 0)
        return turn if 2 * most > self._votes.total() else 0

    def _ways(self, quad: Quads) -> list[int]:
        """The turns a quad's shape allows."""
        usual, (tall, long) = self._usual, _sides(quad)
        if tall:
            return [usual] if usual % 2 else [usual, 1, 3]
        return [0] if long >= _LONG and usual % 2 else [usual]

    def _doubts(self, quad: Quads, known: dict[int, Line]) -> list[int]:
        """The opposite turn, where a line is long and cannot be read."""
        best = self._best(known)
        doubtful = _sides(quad)[1] >= _LONG and known[best].legibility < _ILLEGIBLE
        return [(best + 2) % 4] if doubtful else []

    def _best(self, known: dict[int, Line]) -> int:
        return max(known, key=lambda turn: known[turn].legibility + _CLEARLY * (turn == self._usual))

    def _count(self, known: dict[int, Line]) -> None:
        """Let a line that is sure of itself vote on how the photo's writing stands."""
        turn = self._best(known)
        width = known[turn].crop.shape[1]
        if width >= _LONG * HEIGHT and known[turn].legibility >= _ILLEGIBLE:
            self._votes[turn] += width

    def _try(self, quads: Quads, turns: Sequence[Sequence[int]], tried: Sequence[dict[int, Line]]) -> None:
        """Look at quads turned in these ways, all together, unless it was done before."""
        new = [(index, turn) for index, chosen in enumerate(turns) for turn in chosen if turn not in tried[index]]
        turned = [_turned(quads[index], turn) for index, turn in new]
        crops = [_levelled(self._photo, quad) for quad in turned]
        for (index, turn), line in zip(new, self._seen(turned, crops), strict=True):
            tried[index][turn] = line

    def _seen(self, quads: Sequence[Quads], crops: Sequence[Photo]) -> list[Line]:
        """Lines as the net sees them, whole or word by word, in their order. quads, crops: of each line."""
        if self._recognizer.widest_word is None:
            return list(map(Line, quads, crops, self._recognizer.steps(crops)))
        places = [
            (Line(quad, crop, _NOTHING), self._boxes(crop, self._recognizer.widest_word))
            for quad, crop in zip(quads, crops, strict=True)
        ]
        words = [self._word(line, box) for line, boxes in places for box in boxes]
        seen = iter(map(SeenWord, (box for _, boxes in places for box in boxes), words, self._recognizer.steps(words)))
        return [_word_by_word(line, tuple(next(seen) for _ in boxes)) for line, boxes in places]

    def _boxes(self, crop: Photo, widest: float) -> Sequence[Box]:
        """Where in a line's crop words are that a net is to read one by one."""
        height, width = crop.shape[:2]
        whole = (0.0, 0.0, float(width), float(height))
        found = () if self._single and width <= widest * height else line_cutting.by_ink(crop, gap=self._gap)
        # (a box that somebody else has drawn round one word stays as it is)
        return (whole,) if len(found) < 1 + self._single else found

    def _word(self, line: Line, box: Box) -> Photo:
        """The picture of a word, turned level."""
        left, top, right, bottom = box
        corners = line.on_photo([(left, top), (right, top), (right, bottom), (left, bottom)])
        return word_crops.level(self._photo, corners, height=HEIGHT, step=1)


_NOTHING = Steps(np.zeros((0, 1), np.float32), 1.0)


def _word_by_word(line: Line, words: tuple[SeenWord, ...]) -> Line:
    """A line whose words, one or more, a net has seen one by one."""
    along = np.concatenate([word.steps.probabilities for word in words])
    return replace(line, steps=Steps(along, line.crop.shape[1] / len(along)), words=words)


def _sides(quad: Quads) -> tuple[bool, float]:
    """Whether a quad is tall, and how many times its shorter side fits into its longer one."""
    width, height = geometry.sizes(quad[:4])[0]
    return bool(height >= _TALL * width), float(max(width, height) / max(min(width, height), 1e-6))


def _turned(quad: Quads, turn: int) -> Quads:
    """The same line, (6, 2), its text beginning at another corner. Read across its length, a bend means nothing."""
    corners = np.roll(quad[:4], -turn, axis=0)
    if turn % 2:
        return np.asarray(ribbons(corners[None])[0], np.float32)
    middles = quad[4:] if turn == 0 else quad[:3:-1]
    return np.asarray(np.vstack([corners, middles]), np.float32)


def ribbons(corners: Quads) -> Quads:
    """Quads, (N, 4, 2), as straight lines, (N, 6, 2)."""
    middles = np.stack([corners[:, :2].mean(axis=1), corners[:, 2:].mean(axis=1)], axis=1)
    return np.asarray(np.concatenate([corners, middles], axis=1), dtype=np.float32)


def _levelled(photo: Pyramid, quad: Quads) -> Photo:
    """The piece inside a line, (6, 2), turned level, at the recognizer's height: (48, w, 3), w in whole steps."""
    if np.abs(quad - ribbons(quad[None, :4])[0]).max() < _STRAIGHT * geometry.sizes(quad[:4])[0, 1]:
        return word_crops.level(photo, quad[:4], height=HEIGHT, step=STEP)
    return photo.straighten(quad, word_crops.size(quad[:4], height=HEIGHT, step=STEP))
