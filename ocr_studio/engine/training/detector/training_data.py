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
from ocr_studio.engine.training.detector.dbnet_targets import LineTargets
from ocr_studio.engine.training.detector.evaluation import MOST_PHOTOS, EvaluationPhoto
from ocr_studio.engine.training.detector.tiles import Box, ResizedPhoto, Tiles, random_tile

Floats: TypeAlias = NDArray[np.floating[Any]]

# Number of general boards for rehearsal, tiles of each, and boards to measure forgetting.
_REHEARSED_BOARDS: Final = 24
_TILES_PER_BOARD: Final = 4
_MEASURED_BOARDS: Final = 8
# With synthetic handwriting, and with more print than usual, to be easily legible: what is only found by chance would
# seem to be forgotten by chance. Every eighth board has drawings only.
_BOARD_OPTIONS: Final = BoardOptions(
    words=(50, 130), capitals=(0.015, 0.034), tilt=0.7, harm=0.6, ghosts=0.1, writers={Kind.MADE: 0.8, Kind.PRINT: 0.2}
)
_DRAWING_EVERY: Final = 8
# Held-out tiles for the loss.
_VALIDATION_TILES: Final = 12
# If no photo can be held out, about this share of the lines of each is, within these limits.
_HIDDEN, _LEAST_HIDDEN, _MOST_HIDDEN = 0.25, 0.1, 0.4
_MIN_LINES: Final = 4

log = logging.getLogger(__name__)


class NoLines(StudioError):
    """There are no lines to learn from."""


@dataclass
class DetectorExamples:
    """The prepared data of a run.

    Attributes:
        train: Photos for training.
        held_out: Photos for evaluation.
        hidden: Whether the latter are the held-out parts of the former.
        general: Tiles of general boards with the network's original output.
        keep: General boards to measure forgetting.
    """

    train: list[ResizedPhoto] = field(default_factory=list)
    held_out: list[ResizedPhoto] = field(default_factory=list)
    keep: list[ResizedPhoto] = field(default_factory=list)
    general: Tiles | None = None
    hidden: bool = False
    validation_tiles: Tiles | None = None
    _held_out_photos: list[tuple[CheckedPhoto, Box | None]] = field(default_factory=list)
    _rehearsed: list[str] = field(default_factory=list)

    def prepare(self, data: DetectorData, detector: Detector, recipe: Recipe) -> Iterator[TrainingPreparing]:
        """Load the photos and generate the boards. detector: before training. Raises NoLines."""
        held_out_flags = {photo.held_out for photo in data.photos}
        self.hidden = len(held_out_flags) < 2
        for number, photo in enumerate(data.photos):
            yield TrainingPreparing(tr("Opening the photos"), number, len(data.photos))
            self._add_photo(photo, detector)
        if not sum(len(photo.targets.lines) for photo in self.train):
            raise NoLines(tr("there are no lines to learn from"), remedy=tr("Check every word of a photo first."))
        rng = np.random.default_rng((recipe.seed, 4))
        if any(len(photo.targets.lines) for photo in self.held_out):
            chosen = [self.held_out[index % len(self.held_out)] for index in range(_VALIDATION_TILES)]
            self.validation_tiles = Tiles.concatenate(
                [random_tile(photo, rng, strength=0.0, hidden=self.hidden) for photo in chosen]
            )
        yield from self._prepare_rehearsal(data.general, detector, recipe)
        for number, board in enumerate(_measured_boards(recipe.seed)):
            repeated = len(self._rehearsed)
            yield TrainingPreparing(tr("Generating general boards"), repeated + number, repeated + _MEASURED_BOARDS)
            self.keep.append(_resize_board(board, detector))

    def iter_held_out(self) -> Iterator[EvaluationPhoto]:
        """Yield the photos for the comparison at full size; those that can no longer be opened are left out."""
        for photo, box in self._held_out_photos:
            image = _open_photo(photo)
            if image is not None:
                yield EvaluationPhoto(photo.name, image, photo.words, box)

    def iter_general(self, *, seed: int) -> Iterator[EvaluationPhoto]:
        """Yield the general boards for evaluation at full size."""
        for board in _measured_boards(seed):
            yield EvaluationPhoto(_board_name(board), board.image, board.labelled)

    @property
    def comparison_count(self) -> int:
        """Return the number of photos and boards for the comparison."""
        return len(self._held_out_photos) + _MEASURED_BOARDS

    def fingerprint(self) -> str:
        """Return the identity of photos, boxes and split."""
        digest = hashlib.sha256("".join(self._rehearsed).encode())
        for part in (self.train, self.held_out):
            digest.update(b"part")
            for photo in part:
                digest.update(photo.jpeg.tobytes())
                digest.update(np.round(photo.targets.lines, 2).tobytes())
                digest.update(np.round(photo.targets.unclear, 2).tobytes())
        return digest.hexdigest()

    def _add_photo(self, photo: CheckedPhoto, detector: Detector) -> None:
        image = _open_photo(photo)
        if image is None:
            return
        targets = LineTargets.of(photo.words, single=detector.finds_words)
        box = choose_held_out_part(targets.lines, width=image.shape[1], height=image.shape[0]) if self.hidden else None
        sized = _resize_photo(photo, image, targets, detector, hidden=box)
        if self.hidden or not photo.held_out:
            self.train.append(sized)
        if (box is not None or (photo.held_out and not self.hidden)) and len(self.held_out) < MOST_PHOTOS:
            self.held_out.append(sized)
            self._held_out_photos.append((photo, box))

    def _prepare_rehearsal(
        self, more: Sequence[CheckedPhoto], detector: Detector, recipe: Recipe
    ) -> Iterator[TrainingPreparing]:
        """Prepare tiles of boards and other photos with the network's output on them as the target."""
        if recipe.replay <= 0:
            return
        rng = np.random.default_rng((recipe.seed, 5))
        boards = generate_boards(range(_MEASURED_BOARDS, _MEASURED_BOARDS + _REHEARSED_BOARDS), seed=recipe.seed)
        others = ((photo, _open_photo(photo)) for photo in more)
        photos = itertools.chain(
            (_resize_board(board, detector) for board in boards),
            (
                _resize_photo(photo, image, LineTargets.of(photo.words, single=detector.finds_words), detector)
                for photo, image in others
                if image is not None
            ),
        )
        tiles_by_photo: list[Tiles] = []
        for number, photo in enumerate(photos):
            yield TrainingPreparing(
                tr("Generating general boards"), number, _REHEARSED_BOARDS + len(more) + _MEASURED_BOARDS
            )
            self._rehearsed.append(hashlib.sha256(photo.jpeg.tobytes()).hexdigest())
            tiles = Tiles.concatenate([random_tile(photo, rng, strength=1.0) for _ in range(_TILES_PER_BOARD)])
            seen = detector.run_batch(tiles.pixels)
            # Half as much memory.
            tiles_by_photo.append(
                Tiles(*(np.asarray(part, np.float16) for part in (tiles.pixels, seen, np.ones_like(seen))))
            )
        self.general = Tiles.concatenate(tiles_by_photo)


def choose_held_out_part(lines: Floats, *, width: int, height: int) -> Box | None:
    """Choose the held-out part of a photo: about a quarter of its lines, below or right of the others, where few or no
    lines are cut. None if there are too few.

    lines: (N, 6, 2), as from ``Detector.find``.
    """
    if len(lines) < _MIN_LINES:
        return None
    low, high = lines.min(axis=1), lines.max(axis=1)
    best: tuple[float, Box] | None = None
    for axis, side in ((1, height), (0, width)):
        for edge in np.unique(np.concatenate([low[:, axis], high[:, axis]])):
            share = float((low[:, axis] >= edge).mean())
            if not _LEAST_HIDDEN <= share <= _MOST_HIDDEN or edge >= side:
                continue
            cut_lines = int(((low[:, axis] < edge) & (high[:, axis] > edge)).sum())
            box = (0.0, float(edge), float(width), float(height)) if axis else (float(edge), 0.0, width, height)
            cost = cut_lines + abs(share - _HIDDEN)
            if best is None or cost < best[0]:
                best = (cost, box)
    return best and best[1]


def _open_photo(photo: CheckedPhoto) -> Photo | None:
    try:
        return photo.open()
    except StudioError as error:
        log.warning("%s: left out: %s", photo.name, error)
        return None


def generate_boards(numbers: Iterable[int], *, seed: int) -> Iterator[SynthBoard]:
    """Generate boards of these numbers, using only what comes with the program and the system."""
    stock = rehearsal.open_stock(("en",))
    written, drawn = (BoardMaker(stock, replace(_BOARD_OPTIONS, empty=share), seed=seed) for share in (0.0, 1.0))
    for number in numbers:
        yield (written if (number + 1) % _DRAWING_EVERY else drawn).at(number)


def _measured_boards(seed: int) -> Iterator[SynthBoard]:
    return generate_boards(range(_MEASURED_BOARDS), seed=seed)


def _resize_photo(
    photo: CheckedPhoto, image: Photo, targets: LineTargets, detector: Detector, *, hidden: Box | None = None
) -> ResizedPhoto:
    """Resize a photo to the size of the detector's last pass."""
    return ResizedPhoto.of(photo.name, image, targets, scale=detector.compute_map(image)[1], hidden=hidden)


def _resize_board(board: SynthBoard, detector: Detector) -> ResizedPhoto:
    """Resize a board. Its letters are large enough for the first pass (all 32 of a seed), so the second is skipped."""
    scale = detector.options.scale(*board.image.shape[:2])
    targets = LineTargets.of(board.labelled, single=detector.finds_words)
    return ResizedPhoto.of(_board_name(board), board.image, targets, scale=scale)


def _board_name(board: SynthBoard) -> str:
    return f"board {board.index}"
