"""Training and evaluation data of a detector, prepared from photos."""

from __future__ import annotations

import hashlib
import itertools
import logging
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Final, TypeAlias

import numpy as np
from numpy.typing import NDArray

from ocr_studio.core.errors import StudioError
from ocr_studio.core.training.detector_events import CheckedPhoto, DetectorData
from ocr_studio.core.training.events import Recipe, TrainingPreparing
from ocr_studio.core.translation import tr
from ocr_studio.engine.detection.detector import Detector, Photo
from ocr_studio.engine.synth.boards.board_options import BoardOptions
from ocr_studio.engine.synth.boards.whole_boards import BoardMaker, SynthBoard
from ocr_studio.engine.synth.sources import Kind
from ocr_studio.engine.training import rehearsal
from ocr_studio.engine.training.detector.dbnet_targets import LinePlaces
from ocr_studio.engine.training.detector.evaluation import MOST_PHOTOS, ExamPhoto
from ocr_studio.engine.training.detector.tiles import Box, SizedPhoto, Tiles, piece_of

Floats: TypeAlias = NDArray[np.floating[Any]]

# Number of general boards for rehearsal, tiles of each, and boards to measure forgetting.
_REPEATED: Final = 24
_PIECES: Final = 4
_KEPT: Final = 8
# With synthetic handwriting, and with more print than usual, to be easily legible: what is only found by chance would
# seem to be forgotten by chance. Every eighth board has drawings only.
_GENERAL: Final = BoardOptions(
    words=(50, 130), capitals=(0.015, 0.034), tilt=0.7, harm=0.6, ghosts=0.1, writers={Kind.MADE: 0.8, Kind.PRINT: 0.2}
)
_NO_WRITING: Final = 8
# Held-out tiles for the loss.
_EXAMINED: Final = 12
# If no photo can be held out, about this share of the lines of each is, within these limits.
_HIDDEN, _LEAST_HIDDEN, _MOST_HIDDEN = 0.25, 0.1, 0.4
_FEWEST_LINES: Final = 4

log = logging.getLogger(__name__)


class NoLines(StudioError):
    """There are no lines to learn from."""


@dataclass
class DetectorLessons:
    """The prepared data of a run.

    Attributes:
        train: Photos for training.
        held_out: Photos for evaluation.
        hidden: Whether the latter are the held-out parts of the former.
        general: Tiles of general boards with the network's original output.
        keep: General boards to measure forgetting.
    """

    train: list[SizedPhoto] = field(default_factory=list)
    held_out: list[SizedPhoto] = field(default_factory=list)
    keep: list[SizedPhoto] = field(default_factory=list)
    general: Tiles | None = None
    hidden: bool = False
    exam: Tiles | None = None
    _sources: list[tuple[CheckedPhoto, Box | None]] = field(default_factory=list)
    _repeated: list[str] = field(default_factory=list)

    def prepare(self, data: DetectorData, detector: Detector, recipe: Recipe) -> Iterator[TrainingPreparing]:
        """Load the photos and generate the boards. detector: before training. Raises NoLines."""
        outside = {photo.held_out for photo in data.photos}
        self.hidden = len(outside) < 2
        for number, photo in enumerate(data.photos):
            yield TrainingPreparing(tr("Opening the photos"), number, len(data.photos))
            self._add(photo, detector)
        if not sum(len(photo.places.lines) for photo in self.train):
            raise NoLines(tr("there are no lines to learn from"), remedy=tr("Check all boxes of a photo first."))
        rng = np.random.default_rng((recipe.seed, 4))
        if any(len(photo.places.lines) for photo in self.held_out):
            chosen = [self.held_out[index % len(self.held_out)] for index in range(_EXAMINED)]
            self.exam = Tiles.joined([piece_of(photo, rng, strength=0.0, hidden=self.hidden) for photo in chosen])
        yield from self._repeat(data.general, detector, recipe)
        for number, board in enumerate(_boards_to_keep(recipe.seed)):
            repeated = len(self._repeated)
            yield TrainingPreparing(tr("Generating general boards"), repeated + number, repeated + _KEPT)
            self.keep.append(_sized(board, detector))

    def compared(self) -> Iterator[ExamPhoto]:
        """Yield the photos for the comparison at full size; those that can no longer be opened are left out."""
        for photo, box in self._sources:
            image = _opened(photo)
            if image is not None:
                yield ExamPhoto(photo.name, image, photo.words, box)

    def kept(self, *, seed: int) -> Iterator[ExamPhoto]:
        """Yield the general boards for evaluation at full size."""
        for board in _boards_to_keep(seed):
            yield ExamPhoto(_name(board), board.image, board.labelled)

    @property
    def to_compare(self) -> int:
        """Return the number of photos and boards for the comparison."""
        return len(self._sources) + _KEPT

    def fingerprint(self) -> str:
        """Return the identity of photos, boxes and split."""
        found = hashlib.sha256("".join(self._repeated).encode())
        for part in (self.train, self.held_out):
            found.update(b"part")
            for photo in part:
                found.update(photo.jpeg.tobytes())
                found.update(np.round(photo.places.lines, 2).tobytes())
                found.update(np.round(photo.places.unclear, 2).tobytes())
        return found.hexdigest()

    def _add(self, photo: CheckedPhoto, detector: Detector) -> None:
        image = _opened(photo)
        if image is None:
            return
        places = LinePlaces.of(photo.words)
        box = hidden_part(places.lines, width=image.shape[1], height=image.shape[0]) if self.hidden else None
        sized = _as_looked_at(photo, image, places, detector, hidden=box)
        if self.hidden or not photo.held_out:
            self.train.append(sized)
        if (box is not None or (photo.held_out and not self.hidden)) and len(self.held_out) < MOST_PHOTOS:
            self.held_out.append(sized)
            self._sources.append((photo, box))

    def _repeat(self, more: Sequence[CheckedPhoto], detector: Detector, recipe: Recipe) -> Iterator[TrainingPreparing]:
        """Return tiles of boards and other photos with the network's output on them as the target."""
        if recipe.replay <= 0:
            return
        rng = np.random.default_rng((recipe.seed, 5))
        boards = general_boards(range(_KEPT, _KEPT + _REPEATED), seed=recipe.seed)
        others = ((photo, _opened(photo)) for photo in more)
        photos = itertools.chain(
            (_sized(board, detector) for board in boards),
            (
                _as_looked_at(photo, image, LinePlaces.of(photo.words), detector)
                for photo, image in others
                if image is not None
            ),
        )
        pieces: list[Tiles] = []
        for number, photo in enumerate(photos):
            yield TrainingPreparing(tr("Generating general boards"), number, _REPEATED + len(more) + _KEPT)
            self._repeated.append(hashlib.sha256(photo.jpeg.tobytes()).hexdigest())
            tiles = Tiles.joined([piece_of(photo, rng, strength=1.0) for _ in range(_PIECES)])
            seen = detector.maps(tiles.pixels)
            # Half as much memory.
            pieces.append(Tiles(*(np.asarray(part, np.float16) for part in (tiles.pixels, seen, np.ones_like(seen)))))
        self.general = Tiles.joined(pieces)


def hidden_part(lines: Floats, *, width: int, height: int) -> Box | None:
    """Choose the held-out part of a photo: about a quarter of its lines, below or right of the others, where few or no
    lines are cut. None if there are too few.

    lines: (N, 6, 2), as from ``Detector.find``.
    """
    if len(lines) < _FEWEST_LINES:
        return None
    low, high = lines.min(axis=1), lines.max(axis=1)
    best: tuple[float, Box] | None = None
    for axis, side in ((1, height), (0, width)):
        for edge in np.unique(np.concatenate([low[:, axis], high[:, axis]])):
            share = float((low[:, axis] >= edge).mean())
            if not _LEAST_HIDDEN <= share <= _MOST_HIDDEN or edge >= side:
                continue
            torn = int(((low[:, axis] < edge) & (high[:, axis] > edge)).sum())
            box = (0.0, float(edge), float(width), float(height)) if axis else (float(edge), 0.0, width, height)
            cost = torn + abs(share - _HIDDEN)
            if best is None or cost < best[0]:
                best = (cost, box)
    return best and best[1]


def _opened(photo: CheckedPhoto) -> Photo | None:
    try:
        return photo.open()
    except StudioError as error:
        log.warning("%s: left out: %s", photo.name, error)
        return None


def general_boards(numbers: Iterable[int], *, seed: int) -> Iterator[SynthBoard]:
    """Generate boards of these numbers, using only what comes with the program and the system."""
    stock = rehearsal.load_rehearsal(("en",))
    written, drawn = (BoardMaker(stock, replace(_GENERAL, empty=share), seed=seed) for share in (0.0, 1.0))
    for number in numbers:
        yield (written if (number + 1) % _NO_WRITING else drawn).at(number)


def _boards_to_keep(seed: int) -> Iterator[SynthBoard]:
    return general_boards(range(_KEPT), seed=seed)


def _as_looked_at(
    photo: CheckedPhoto, image: Photo, places: LinePlaces, detector: Detector, *, hidden: Box | None = None
) -> SizedPhoto:
    """Resize a photo to the size of the detector's last pass."""
    return SizedPhoto.of(photo.name, image, places, scale=detector.look(image)[1], hidden=hidden)


def _sized(board: SynthBoard, detector: Detector) -> SizedPhoto:
    """Resize a board. Its letters are large enough for the first pass (all 32 of a seed), so the second is skipped."""
    scale = detector.options.scale(*board.image.shape[:2])
    return SizedPhoto.of(_name(board), board.image, LinePlaces.of(board.labelled), scale=scale)


def _name(board: SynthBoard) -> str:
    return f"board {board.index}"
