"""Backgrounds of single words, cut from photos of empty boards and generated surfaces."""

from __future__ import annotations

import bisect
import itertools
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import lru_cache
from pathlib import Path
from types import MappingProxyType
from typing import Final, TypeAlias

import cv2
import numpy as np
from numpy.typing import NDArray

from ocr_studio.core.errors import StudioError
from ocr_studio.core.images import photo_file, photo_listing
from ocr_studio.core.translation import later, tr, tr_n
from ocr_studio.engine.synth.handwriting.rendered_text import SourceSplit
from ocr_studio.engine.synth.photo import board_surface
from ocr_studio.engine.synth.photo.board_surface import Surface

Picture: TypeAlias = NDArray[np.uint8]
Random: TypeAlias = np.random.Generator

# Maximum size of photos in memory; a word takes little of them.
_SIDE: Final = 960
# Strips with less than this left of their shorter side then show no surface.
_NARROW: Final = 16
# Each process holds all of them, up to 2 MB each.
_MOST_PHOTOS: Final = 200
# Generated surfaces are created once: number of each kind, and size.
_MADE: Final = 24
_SIZE: Final = (800, 600)
_SHARES: Final[Mapping[Surface, float]] = MappingProxyType(
    {Surface.WHITEBOARD: 0.62, Surface.PAPER: 0.18, Surface.BLACKBOARD: 0.12, Surface.GLASS: 0.08}
)
_REMEDY: Final = later("Choose a folder with photos (JPEG or PNG) of empty boards, walls or paper.")


class BadBackgrounds(StudioError):
    """A folder of backgrounds cannot be used."""


class NoBackgroundPhotos(StudioError):
    """Only photos of boards are selected as backgrounds, and there are none."""


@dataclass(frozen=True, slots=True, eq=False)
class Backgrounds:
    """Backgrounds of words.

    Attributes:
        photos: Photos of empty boards, of any size.
        real: Share cut from them.
        shares: Shares of generated surfaces, on any scale.
    """

    photos: tuple[Picture, ...] = ()
    real: float = 0.5
    shares: Mapping[Surface, float] = field(default_factory=lambda: _SHARES)

    def asked(self, shares: Mapping[Surface, float]) -> Backgrounds:
        """Return the same photos with other shares; without photos their share is dropped. Raises as ``check``."""
        self.check(shares)
        made: Mapping[Surface, float] = {
            kind: share for kind, share in shares.items() if kind is not Surface.REAL and share > 0
        }
        real = shares.get(Surface.REAL, 0.0) if self.photos else 0.0
        total = real + sum(made.values())
        return replace(self, real=real / total, shares=made or _SHARES) if total else replace(self, real=0.0)

    def check(self, shares: Mapping[Surface, float]) -> None:
        """Raise NoBackgroundPhotos if these shares select no available background."""
        if not self.photos and {kind for kind, share in shares.items() if share > 0} == {Surface.REAL}:
            raise NoBackgroundPhotos(
                tr("no photos of empty boards are specified"),
                remedy=tr("Choose a folder of photos of empty boards, or include synthetic backgrounds."),
            )

    def piece(self, width: int, height: int, rng: Random) -> tuple[Picture, Surface]:
        """Return a background, (height, width, 3) uint8 RGB, that may be modified, and its kind."""
        if self.photos and rng.random() < self.real:
            photo = self.photos[int(rng.integers(len(self.photos)))]
            return _crop(photo, width, height, float(np.exp(rng.uniform(-0.4, 0.5))), rng), Surface.REAL
        heights = list(itertools.accumulate(self.shares.values()))
        kind = list(self.shares)[bisect.bisect_left(heights, rng.random() * 0.999 * heights[-1])]
        large = _cached_surface(kind, int(rng.integers(_MADE)))
        return _crop(large, width, height, float(np.exp(rng.uniform(-0.3, 0.3))), rng), kind


def load_backgrounds(folder: Path, split: SourceSplit) -> tuple[tuple[Picture, ...], tuple[StudioError, ...]]:
    """Load the photos of a folder that belong to a split, shrunk if large, and the errors of those that cannot be used.

    The split depends on the contents. Of very many photos some from all over the folder are used, which is reported,
    too. Raises BadBackgrounds for a folder without usable photos.
    """
    try:
        found = photo_listing.list_photos(folder)
        if not found:
            raise FileNotFoundError
    except (OSError, photo_file.PhotoError) as error:
        raise BadBackgrounds(
            tr("there are no photos of empty boards in this folder"), file=folder, remedy=tr(_REMEDY)
        ) from error
    # Sorted by name, neighbours mostly show the same board.
    many = min(len(found), _MOST_PHOTOS)
    chosen = [found[at * len(found) // many] for at in range(many)]
    photos: list[Picture] = []
    refused: list[StudioError] = []
    if left := len(found) - len(chosen):
        refused.append(_left_out(folder, left))
    for path in chosen:
        try:
            if SourceSplit.of(photo_file.compute_content_id(path).encode()) is split:
                photos.append(_open_photo(path))
        except photo_file.PhotoError as error:
            refused.append(error)
    if not photos:
        troubles = list(itertools.takewhile(bool, map(_find_trouble, chosen)))
        if len(troubles) == len(chosen):
            raise BadBackgrounds(
                tr("none of the photos in this folder can be used ({reason})", reason=troubles[-1]),
                file=folder,
                remedy=tr(_REMEDY),
            )
    return tuple(photos), tuple(refused)


def _find_trouble(path: Path) -> str:
    """Return why a photo cannot be used; empty if it can."""
    try:
        _open_photo(path)
    except photo_file.PhotoError as error:
        return error.what
    return ""


def _open_photo(path: Path) -> Picture:
    """Load a photo, shrunk if large. Raises PhotoError, also for a strip."""
    photo = photo_file.open_photo(path)
    tall, wide = photo.shape[:2]
    if min(tall, wide) * min(1.0, _SIDE / max(tall, wide)) < _NARROW:
        raise photo_file.PhotoError(
            tr("it is too narrow: {size} pixels", size=f"{wide} × {tall}"), file=path, remedy=tr(_REMEDY)
        )
    return _shrink(photo)


def _left_out(folder: Path, count: int) -> BadBackgrounds:
    return BadBackgrounds(
        tr_n(
            "{count} photo in this folder was left out: at most {most} are used",
            "{count} photos in this folder were left out: at most {most} are used",
            count,
            most=_MOST_PHOTOS,
        ),
        file=folder,
    )


def _shrink(photo: Picture) -> Picture:
    grow = _SIDE / max(photo.shape[:2])
    if grow >= 1:
        return photo
    return np.asarray(cv2.resize(photo, None, fx=grow, fy=grow, interpolation=cv2.INTER_AREA), np.uint8)


@lru_cache(maxsize=_MADE * len(_SHARES))
def _cached_surface(kind: Surface, number: int) -> Picture:
    return board_surface.make_surface(kind, *_SIZE, np.random.default_rng((*kind.encode(), number)))


def _crop(photo: Picture, width: int, height: int, zoom: float, rng: Random) -> Picture:
    """Return an enlarged part of a photo, which is mirrored at its sides if it is too small."""
    wide, tall = max(2, round(width / zoom)), max(2, round(height / zoom))
    right, down = max(0, wide - photo.shape[1]), max(0, tall - photo.shape[0])
    if right or down:
        top, left = 0, 0
        piece = cv2.copyMakeBorder(photo, 0, down, 0, right, cv2.BORDER_REFLECT)[:tall, :wide]
    else:
        top, left = (int(rng.integers(0, room + 1)) for room in (photo.shape[0] - tall, photo.shape[1] - wide))
        piece = photo[top : top + tall, left : left + wide]
    cut = cv2.resize(piece, (width, height), interpolation=cv2.INTER_LINEAR)
    return np.asarray(cv2.flip(cut, 1) if rng.random() < 0.5 else cut, np.uint8)


def draw_rules(ground: Picture, pitch: float, level: float, rng: Random) -> None:
    """Draw rules onto paper, in place: lines or squares with this distance in pixels, one of them at the given
    height.
    """
    colour = [160, 185, int(rng.integers(205, 235))] if rng.random() < 0.6 else [int(rng.integers(150, 205))] * 3
    thick = 1 if pitch < 60 else 2
    tall, wide = ground.shape[:2]
    lean = rng.normal(0, 0.01) * wide
    for y in _steps(level, pitch, tall):
        cv2.line(ground, (0, round(16 * y)), (16 * wide, round(16 * (y + lean))), colour, thick, cv2.LINE_AA, 4)
    if rng.random() < 0.5:
        for x in _steps(rng.random() * pitch, pitch, wide):
            cv2.line(ground, (round(16 * x), 0), (round(16 * (x - lean)), 16 * tall), colour, thick, cv2.LINE_AA, 4)


def _steps(start: float, pitch: float, end: float) -> Sequence[float]:
    return [float(value) for value in np.arange(start % pitch, end, pitch)]
