"""Pieces of ground for single words: cut from photos of empty boards, and from grounds that we make."""

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
from ocr_studio.core.images import photo_file
from ocr_studio.core.translation import later, tr, tr_n
from ocr_studio.engine.synth.handwriting.rendered_text import Split
from ocr_studio.engine.synth.photo import board_surface
from ocr_studio.engine.synth.photo.board_surface import Ground

Picture: TypeAlias = NDArray[np.uint8]
Random: TypeAlias = np.random.Generator

# Photos are kept no larger than this: a word takes little of them.
_SIDE: Final = 960
# A stripe with less than this left of its shorter side then shows no surface.
_NARROW: Final = 16
# Each process that draws holds all of them, up to 2 MB each.
_MOST_PHOTOS: Final = 200
# Grounds we make are made once, so many of each kind and so large.
_MADE: Final = 24
_SIZE: Final = (800, 600)
_SHARES: Final[Mapping[Ground, float]] = MappingProxyType(
    {Ground.WHITEBOARD: 0.62, Ground.PAPER: 0.18, Ground.BLACKBOARD: 0.12, Ground.GLASS: 0.08}
)
_REMEDY: Final = later("Choose a folder with photos (JPEG or PNG) of empty boards, walls or paper.")


class BadBackgrounds(StudioError):
    """A folder of backgrounds cannot be used."""


class NoPhotos(StudioError):
    """Nothing but photos of boards is to be written on, and there are none."""


@dataclass(frozen=True, slots=True, eq=False)
class Grounds:
    """What words are written on. photos: of empty boards, any size; real: which share of grounds is cut from them.
    shares: of those that we make, any scale."""

    photos: tuple[Picture, ...] = ()
    real: float = 0.5
    shares: Mapping[Ground, float] = field(default_factory=lambda: _SHARES)

    def asked(self, shares: Mapping[Ground, float]) -> Grounds:
        """The same photos, but each kind of ground as often as that; without photos these are left out.
        Raises as ``check``."""
        self.check(shares)
        made: Mapping[Ground, float] = {
            kind: share for kind, share in shares.items() if kind is not Ground.REAL and share > 0
        }
        real = shares.get(Ground.REAL, 0.0) if self.photos else 0.0
        total = real + sum(made.values())
        return replace(self, real=real / total, shares=made or _SHARES) if total else replace(self, real=0.0)

    def check(self, shares: Mapping[Ground, float]) -> None:
        """Whether there is something to write on where each kind of ground is asked for so often. Raises NoPhotos."""
        if not self.photos and {kind for kind, share in shares.items() if share > 0} == {Ground.REAL}:
            raise NoPhotos(
                tr("there is nothing to write on: no photos of boards are given"),
                remedy=tr("Give a folder of photos of empty boards, or let made-up grounds come as well."),
            )

    def piece(self, width: int, height: int, rng: Random) -> tuple[Picture, Ground]:
        """Some ground, (height, width, 3) uint8 RGB, that may be written over, and its kind."""
        if self.photos and rng.random() < self.real:
            photo = self.photos[int(rng.integers(len(self.photos)))]
            return _cut(photo, width, height, float(np.exp(rng.uniform(-0.4, 0.5))), rng), Ground.REAL
        heights = list(itertools.accumulate(self.shares.values()))
        kind = list(self.shares)[bisect.bisect_left(heights, rng.random() * 0.999 * heights[-1])]
        large = _made(kind, int(rng.integers(_MADE)))
        return _cut(large, width, height, float(np.exp(rng.uniform(-0.3, 0.3))), rng), kind


def load(folder: Path, split: Split) -> tuple[tuple[Picture, ...], tuple[StudioError, ...]]:
    """The photos of a folder that belong to a split, by their contents, made smaller where they are large; and what is
    wrong with those that cannot be opened, or are stripes. Of very many some from all over the
    folder are taken, which is said there as well. Raises BadBackgrounds for a folder without photos, or of which none
    can be used.
    """
    try:
        found = photo_file.photos_in(folder)
        if not found:
            raise FileNotFoundError
    except (OSError, photo_file.PhotoError) as error:
        raise BadBackgrounds(
            tr("there are no photos of empty boards in this folder"),
            file=folder,
            remedy=tr(_REMEDY),
        ) from error
    # By name, neighbours were mostly taken at the same board.
    many = min(len(found), _MOST_PHOTOS)
    chosen = [found[at * len(found) // many] for at in range(many)]
    photos: list[Picture] = []
    refused: list[StudioError] = []
    if left := len(found) - len(chosen):
        refused.append(_left_out(folder, left))
    for path in chosen:
        try:
            if Split.of(photo_file.content_id(path).encode()) is split:
                photos.append(_opened(path))
        except photo_file.PhotoError as error:
            refused.append(error)
    if not photos:
        troubles = list(itertools.takewhile(bool, map(_trouble, chosen)))
        if len(troubles) == len(chosen):
            raise BadBackgrounds(
                tr("none of the photos in this folder can be used ({reason})", reason=troubles[-1]),
                file=folder,
                remedy=tr(_REMEDY),
            )
    return tuple(photos), tuple(refused)


def _trouble(path: Path) -> str:
    """Why a photo is of no use, of whatever split it is; empty where it is."""
    try:
        _opened(path)
    except photo_file.PhotoError as error:
        return error.what
    return ""


def _opened(path: Path) -> Picture:
    """A photo, made smaller where it is large. Raises PhotoError, also for one that is a stripe."""
    photo = photo_file.open_photo(path)
    tall, wide = photo.shape[:2]
    if min(tall, wide) * min(1.0, _SIDE / max(tall, wide)) < _NARROW:
        raise photo_file.PhotoError(
            tr("it is too narrow: {size} pixels", size=f"{wide} × {tall}"), file=path, remedy=tr(_REMEDY)
        )
    return _shrunk(photo)


def _left_out(folder: Path, count: int) -> BadBackgrounds:
    return BadBackgrounds(
        tr_n(
            "{count} photo of the folder is left out: there are {most} others",
            "{count} photos of the folder are left out: there are {most} others",
            count,
            most=_MOST_PHOTOS,
        ),
        file=folder,
    )


def _shrunk(photo: Picture) -> Picture:
    grow = _SIDE / max(photo.shape[:2])
    if grow >= 1:
        return photo
    return np.asarray(cv2.resize(photo, None, fx=grow, fy=grow, interpolation=cv2.INTER_AREA), np.uint8)


@lru_cache(maxsize=_MADE * len(_SHARES))
def _made(kind: Ground, number: int) -> Picture:
    return board_surface.surface(kind, *_SIZE, np.random.default_rng((*kind.encode(), number)))


def _cut(photo: Picture, width: int, height: int, zoom: float, rng: Random) -> Picture:
    """A piece of a photo, enlarged; the photo is mirrored at its sides where it is too small."""
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


def rule(ground: Picture, pitch: float, level: float, rng: Random) -> None:
    """Rule a piece of paper, in place: lines or squares, so many pixels apart, one of them at a height of the piece."""
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
