"""Evaluation of detectors: quickly by lines during training, and by words as users see them at the end."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any, Final, TypeAlias

import numpy as np
from numpy.typing import NDArray

from ocr_studio.core.evaluation import metrics
from ocr_studio.core.evaluation.metrics import Labelled, Score
from ocr_studio.core.geometry import quads as geometry
from ocr_studio.core.training.detector_events import DetectorComparison, PlacedWord
from ocr_studio.core.training.events import Interval
from ocr_studio.engine.detection.detector import Detector
from ocr_studio.engine.reader import Reader
from ocr_studio.engine.training.detector.dbnet_targets import LineTargets
from ocr_studio.engine.training.detector.tiles import Box, ResizedPhoto

Photo: TypeAlias = NDArray[np.uint8]
Floats: TypeAlias = NDArray[np.floating[Any]]

# A line is found if this share of it is covered by detections, several of which may cover one line. A detection this
# many times as high contains several lines. A detection is correct if this share of it is text.
_MIN_COVERED: Final = 0.75
_MAX_HEIGHT_RATIO: Final = 2.2
_MIN_TEXT: Final = 0.4
# Maximum number of held-out photos: detection takes a part of a second each time, reading a second, twice.
MOST_PHOTOS: Final = 12
# Bootstrap samples; the bounds of an interval are accurate to about a twentieth of its width.
_SAMPLES: Final = 2000


@dataclass(frozen=True, slots=True)
class LineScore:
    """Counts over photos: lines found, all lines, correct detections, all detections."""

    found: int = 0
    wanted: int = 0
    right: int = 0
    detected: int = 0

    def __add__(self, other: LineScore) -> LineScore:
        return LineScore(
            self.found + other.found,
            self.wanted + other.wanted,
            self.right + other.right,
            self.detected + other.detected,
        )

    @property
    def f(self) -> float | None:
        """F1 score, the harmonic mean of recall and precision, 0..1; None without lines."""
        if not self.wanted:
            return None
        recall, precision = self.found / self.wanted, self.right / max(self.detected, 1)
        return 2 * recall * precision / max(recall + precision, 1e-9)


def score_detector(detector: Detector, photos: Iterable[ResizedPhoto], *, hidden: bool) -> LineScore:
    """Evaluate a detector by lines. ``hidden`` restricts it to the held-out parts of the photos."""
    score = LineScore()
    for photo in photos:
        box = photo.hidden if hidden else None
        score += score_lines(detector.find(photo.decode()), photo.targets, inside=box)
    return score


def count_lines(photos: Iterable[ResizedPhoto], *, hidden: bool) -> int:
    """Return the number of lines that ``score_detector`` counts."""
    nothing = np.zeros((0, 6, 2), np.float32)
    return sum(score_lines(nothing, photo.targets, inside=photo.hidden if hidden else None).wanted for photo in photos)


def score_lines(found: Floats, targets: LineTargets, *, inside: Box | None = None) -> LineScore:
    """Score detections on one photo.

    Args:
        found: (M, 6, 2), as from ``Detector.find``.
        targets: The true lines.
        inside: Area that counts; lines and detections with their middle elsewhere are ignored.
    """
    true, detections, unclear = targets.lines[:, :4], found[:, :4], targets.unclear
    if inside is not None:
        true, detections = true[_centers_inside(inside, true)], detections[_centers_inside(inside, detections)]
    if len(unclear) and len(detections):
        detections = detections[geometry.compute_cover_matrix(detections, unclear).sum(axis=1) < 0.5]
    if not len(true) or not len(detections):
        return LineScore(wanted=len(true), detected=len(detections))
    heights, high = (np.sort(geometry.measure_sizes(quads), axis=1)[:, 0] for quads in (true, detections))
    covered = geometry.compute_cover_matrix(true, detections) * (high[None, :] < _MAX_HEIGHT_RATIO * heights[:, None])
    writing = geometry.compute_cover_matrix(detections, true).sum(axis=1)
    return LineScore(
        int((covered.sum(axis=1) >= _MIN_COVERED).sum()), len(true), int((writing >= _MIN_TEXT).sum()), len(detections)
    )


@dataclass(frozen=True, slots=True)
class EvaluationPhoto:
    """A photo for the comparison, with all its words; only those ``inside`` an area count."""

    name: str
    image: Photo
    words: tuple[Labelled, ...]
    inside: Box | None = None


@dataclass
class DetectorComparer:
    """Compares two readers with different detectors, photo by photo.

    Attributes:
        gained: Words that only the second one found.
        lost: Words that only the first one found.
    """

    before: Reader
    after: Reader
    _rows: list[NDArray[np.int64]] = field(default_factory=list)
    gained: list[PlacedWord] = field(default_factory=list)
    lost: list[PlacedWord] = field(default_factory=list)

    def add(self, photo: EvaluationPhoto) -> None:
        """Find the words of one more photo with both."""
        sides = [_compare_words(reader, photo) for reader in (self.before, self.after)]
        wanted = sides[0].wanted
        hits = [{index for index, _ in side.places} for side in sides]
        rows = np.zeros((max(len(wanted), 1), 5), np.int64)  # all; correct and found before, and after
        rows[: len(wanted), 0] = 1
        for column, side, found in ((1, sides[0], hits[0]), (3, sides[1], hits[1])):
            rows[sorted(found), column : column + 2] += 1
            for word in _false_detections(side):
                rows[_nearest_word(word, wanted), column + 1] += 1
        self._rows.append(rows)
        for new, old, places in ((hits[1], hits[0], self.gained), (hits[0], hits[1], self.lost)):
            places += [PlacedWord(photo.name, wanted[index].quad, wanted[index].text) for index in sorted(new - old)]

    def result(self) -> tuple[Score, Score, Interval]:
        """Return the scores before and after, and the change of F1 with its confidence interval."""
        rows = np.concatenate(self._rows) if self._rows else np.zeros((0, 5), np.int64)
        wanted, *counts = (int(count) for count in rows.sum(axis=0))
        before, after = Score(counts[0], counts[1], wanted), Score(counts[2], counts[3], wanted)
        return before, after, _interval(rows)


def summarize(held_out: DetectorComparer, keep: DetectorComparer, *, unit: str) -> DetectorComparison:
    """Return the comparison. unit: what a box holds, "words" or "lines"."""
    before, after, change = held_out.result()
    return DetectorComparison(before, after, change, *keep.result(), tuple(held_out.gained), tuple(held_out.lost), unit)


def _compare_words(reader: Reader, photo: EvaluationPhoto) -> metrics.Comparison:
    lines = reader.find(photo.image)
    found = {
        word.id: Labelled(word.quad, word.text) for _, words in reader.read_lines(photo.image, lines) for word in words
    }
    return metrics.compare(_words_inside(photo.words, photo.inside), _words_inside([*found.values()], photo.inside))


def _words_inside(words: Sequence[Labelled], inside: Box | None) -> list[Labelled]:
    if inside is None or not words:
        return list(words)
    kept = _centers_inside(inside, np.array([word.quad.corners for word in words]))
    return [word for word, counts in zip(words, kept, strict=True) if counts]


def _centers_inside(box: Box, quads: Floats) -> NDArray[np.bool_]:
    """Return which quads, (N, 4, 2), have their middle in a box, (N,)."""
    left, top, right, bottom = box
    middles = quads.reshape(-1, 4, 2).mean(axis=1)
    return np.asarray((middles >= (left, top)).all(axis=1) & (middles <= (right, bottom)).all(axis=1))


def _false_detections(side: metrics.Comparison) -> list[Labelled]:
    right = {index for _, index in side.places}
    return [word for index, word in enumerate(side.found) if index not in right]


def _nearest_word(word: Labelled, wanted: Sequence[Labelled]) -> int:
    """Return the true word nearest to a false detection: they are resampled together, as one fault may cause both."""
    if not wanted:
        return 0
    middles = np.array([each.quad.corners for each in wanted]).mean(axis=1)
    return int(np.linalg.norm(middles - geometry.find_centre(word.quad), axis=1).argmin())


def _interval(rows: NDArray[np.int64]) -> Interval:
    """Return the confidence interval of the change of F1 by bootstrap over the words, with a fixed seed."""
    if not len(rows):
        return Interval(0.0, 0.0)
    rng = np.random.default_rng(0)
    # Counts instead of indices take less memory with thousands of words.
    drawn = rng.multinomial(len(rows), np.full(len(rows), 1 / len(rows)), size=_SAMPLES)
    wanted, right, found, right_after, found_after = (drawn @ rows).T
    change = 2 * right_after / np.maximum(found_after + wanted, 1) - 2 * right / np.maximum(found + wanted, 1)
    low, high = np.quantile(change, (0.025, 0.975))
    return Interval(float(low), float(high))
