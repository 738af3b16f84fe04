"""What comes of reading photos whose words are known: figures, and every mistake by its kind and place."""

from __future__ import annotations

import statistics
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from ocr_studio.core.evaluation.metrics import LIES_IN, Comparison, Labelled, PhotoScore
from ocr_studio.core.page import PhotoFrame


class MistakeKind(StrEnum):
    """What went wrong.

    MISSED: a word was not found. FALSE: one was found where none is. MISREAD: found in its place, but read otherwise.
    SPLIT: found in pieces. MERGED: found as one with others. MISPLACED: found, but the box has less than half in common
    with the word's own place (IoU).
    """

    MISSED = "missed"
    FALSE = "false"
    MISREAD = "misread"
    SPLIT = "split"
    MERGED = "merged"
    MISPLACED = "misplaced"


Box = tuple[float, float, float, float]


@dataclass(frozen=True, slots=True)
class Mistake:
    """One mistake. wanted: the true words it is about; read: what was found there. Either may be empty, not both."""

    kind: MistakeKind
    wanted: tuple[Labelled, ...]
    read: tuple[Labelled, ...]

    @property
    def wanted_text(self) -> str:
        """What stands there."""
        return " ".join(word.text for word in self.wanted)

    @property
    def read_text(self) -> str:
        """What was read there."""
        return " ".join(word.text for word in self.read)

    @property
    def bounds(self) -> Box:
        """(left, top, right, bottom) of the upright rectangle around all of it, pixels of the upright photo."""
        corners = np.array([word.quad.corners for word in (*self.wanted, *self.read)]).reshape(-1, 2)
        left, top, right, bottom = np.concatenate([corners.min(axis=0), corners.max(axis=0)]).tolist()
        return left, top, right, bottom


@dataclass(frozen=True, slots=True)
class PhotoResult:
    """How one photo was read.

    image, whole: as in TruePage. photo: where it was found. width, height: pixels of the upright photo. seconds: of
    reading, opening the file left out. pictures: a JPEG of each mistake's place, most often on disk. writer: who wrote
    on it, where known. frame: how the photo is turned.
    """

    image: str
    photo: Path
    width: int
    height: int
    whole: bool
    score: PhotoScore
    seconds: float
    mistakes: tuple[Mistake, ...]
    pictures: Sequence[bytes]
    writer: str | None = None
    frame: PhotoFrame | None = None


@dataclass(frozen=True, slots=True)
class Evaluation:
    """The result for all photos. data: what was evaluated; model: its name; failed: one line for each photo that
    could not be evaluated; left_out: number of pages without checked words; unit: what was read, see
    ``settings.UNITS``. Truth that stands in words and a reading in lines seldom have a box in common.
    """

    data: str
    model: str
    photos: tuple[PhotoResult, ...]
    failed: tuple[str, ...] = ()
    left_out: int = 0
    unit: str = "words"

    @property
    def reader(self) -> str:
        """The model, and the unit if it isn't words."""
        return (self.model or "an unknown model") + (f" in {self.unit}" if self.unit != "words" else "")

    @property
    def score(self) -> PhotoScore:
        """All photos added up, so that each word counts the same."""
        return sum((photo.score for photo in self.photos), PhotoScore())

    @property
    def writers(self) -> dict[str, tuple[PhotoResult, ...]]:
        """The photos of each writer who is known, sorted by name."""
        names = sorted({photo.writer for photo in self.photos if photo.writer}, key=str.casefold)
        return {name: tuple(photo for photo in self.photos if photo.writer == name) for name in names}

    @property
    def seconds(self) -> float | None:
        """Of the photo in the middle, when they are put in order; None where there is none."""
        return statistics.median([photo.seconds for photo in self.photos]) if self.photos else None

    @property
    def kinds(self) -> dict[MistakeKind, int]:
        """How many mistakes there are of each kind."""
        counted = Counter(mistake.kind for photo in self.photos for mistake in photo.mistakes)
        return {kind: counted[kind] for kind in MistakeKind}


def mistakes(compared: Comparison) -> tuple[Mistake, ...]:
    """Every mistake on one photo, from top to bottom. A word is part of one mistake at most."""
    return _Sorting(compared).mistakes()


class _Sorting:
    """Puts each word where it belongs, the plainest cases first."""

    def __init__(self, compared: Comparison) -> None:
        self._compared = compared
        self._wanted, self._found = set(range(len(compared.wanted))), set(range(len(compared.found)))
        self._mistakes: list[Mistake] = []

    def mistakes(self) -> tuple[Mistake, ...]:
        compared = self._compared
        for row, column in compared.places:
            if compared.wanted[row].text == compared.found[column].text:
                self._use([row], [column])
        self._add_merged_and_split()
        for row, column in compared.places:
            self._pair(MistakeKind.MISREAD, row, column)
        self._add_misplaced()
        for row in sorted(self._wanted):
            self._add(MistakeKind.MISSED, [row], [])
        for column in sorted(self._found):
            self._add(MistakeKind.FALSE, [], [column])
        return tuple(sorted(self._mistakes, key=lambda mistake: (mistake.bounds[1], mistake.bounds[0])))

    def _add_merged_and_split(self) -> None:
        touching = self._compared.touching
        inside = np.flatnonzero(touching.cover_a > LIES_IN)
        for column, rows in _groups(touching.columns[inside], touching.rows[inside]):
            if column in self._found and len(wanted := self._wanted.intersection(rows)) > 1:
                self._add(MistakeKind.MERGED, wanted, [column])
        inside = np.flatnonzero(touching.cover_b > LIES_IN)
        for row, columns in _groups(touching.rows[inside], touching.columns[inside]):
            if row in self._wanted and len(found := self._found.intersection(columns)) > 1:
                self._add(MistakeKind.SPLIT, [row], found)

    def _add_misplaced(self) -> None:
        touching = self._compared.touching
        near = np.maximum(touching.cover_a, touching.cover_b)
        nearest_first = np.argsort(-near, kind="stable")
        for index in nearest_first[near[nearest_first] > LIES_IN]:
            self._pair(MistakeKind.MISPLACED, int(touching.rows[index]), int(touching.columns[index]))

    def _pair(self, kind: MistakeKind, row: int, column: int) -> None:
        if row in self._wanted and column in self._found:
            self._add(kind, [row], [column])

    def _add(self, kind: MistakeKind, rows: Collection[int], columns: Collection[int]) -> None:
        self._use(rows, columns)
        wanted = _from_left(self._compared.wanted[row] for row in rows)
        self._mistakes.append(Mistake(kind, wanted, _from_left(self._compared.found[column] for column in columns)))

    def _use(self, rows: Collection[int], columns: Collection[int]) -> None:
        self._wanted.difference_update(rows)
        self._found.difference_update(columns)


def _groups(keys: NDArray[np.intp], values: NDArray[np.intp]) -> Sequence[tuple[int, list[int]]]:
    groups: defaultdict[int, list[int]] = defaultdict(list)
    for key, value in zip(keys.tolist(), values.tolist(), strict=True):
        groups[key].append(value)
    return sorted(groups.items())


def _from_left(words: Iterable[Labelled]) -> tuple[Labelled, ...]:
    """In the order in which they are read: along the writing of the largest of them."""
    found = list(words)
    if len(found) < 2:
        return tuple(found)
    corners = np.array([word.quad.corners for word in found])
    along = (corners[:, 1] - corners[:, 0]).sum(axis=0)
    places = corners.mean(axis=1) @ along
    return tuple(found[index] for index in np.argsort(places, kind="stable"))
