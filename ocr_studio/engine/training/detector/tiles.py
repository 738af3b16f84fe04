"""Photos → tiles for detector training, reproducible for a seed, also after resuming."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final, TypeAlias

import cv2
import numpy as np
from numpy.typing import NDArray

from ocr_studio.core.geometry import ribbons
from ocr_studio.core.images.pixel_formats import encode_image
from ocr_studio.engine.training.batches import Mixture
from ocr_studio.engine.training.detector import dbnet_targets
from ocr_studio.engine.training.detector.dbnet_targets import LineTargets

Photo: TypeAlias = NDArray[np.uint8]
Floats: TypeAlias = NDArray[np.floating[Any]]
Box: TypeAlias = tuple[float, float, float, float]
Random: TypeAlias = np.random.Generator

# Pixels: the longest words fit, and a step with a few tiles takes half a second and half a gigabyte.
SIDE: Final = 384
# Augmentation at full strength, as photos of boards differ in size, slope and light.
_SCALE: Final = 0.3  # natural logarithm
_ROTATION: Final = 6.0  # degrees
_CONTRAST: Final = 0.3  # share
_BRIGHTNESS: Final = 30.0  # levels
_TINT: Final = 8.0  # levels
_NOISE: Final = 6.0  # levels
# Share of tiles that show a line; the others show anything, so that drawings and frames are learned as negatives.
_ON_LINE: Final = 0.7
# Photos are kept as JPEG to save memory; this quality has no visible loss.
_QUALITY: Final = 95


@dataclass(frozen=True, slots=True, eq=False)
class ResizedPhoto:
    """A photo at the detector's input size.

    Attributes:
        name: Name for the user.
        jpeg: The image.
        width: In pixels.
        height: In pixels.
        targets: Its lines, in these pixels.
        hidden: The held-out part, (left, top, right, bottom).
    """

    name: str
    jpeg: NDArray[np.uint8]
    width: int
    height: int
    targets: LineTargets
    hidden: Box | None = None

    @classmethod
    def of(
        cls, name: str, photo: Photo, targets: LineTargets, *, scale: float, hidden: Box | None = None
    ) -> ResizedPhoto:
        """Create it from a photo, (H, W, 3) uint8 RGB, with lines and held-out part in its pixels, resized by
        ``scale``.
        """
        size = max(1, round(photo.shape[1] * scale)), max(1, round(photo.shape[0] * scale))
        small = cv2.resize(photo, size, interpolation=cv2.INTER_AREA if scale < 1 else cv2.INTER_LINEAR)
        jpeg = np.frombuffer(encode_image(np.asarray(small, np.uint8), ".jpg", quality=_QUALITY), np.uint8)
        left, top, right, bottom = (edge * scale for edge in hidden or (0, 0, 0, 0))
        box = (left, top, right, bottom) if hidden else None
        return cls(name, jpeg, *size, targets.scaled(scale), box)

    @property
    def tile_count(self) -> int:
        """Number of tiles that cover it."""
        return math.ceil(self.width * self.height / SIDE**2)

    def decode(self) -> Photo:
        """The image, (h, w, 3) uint8 RGB."""
        return np.asarray(cv2.imdecode(self.jpeg, cv2.IMREAD_COLOR_RGB), np.uint8)


@dataclass(frozen=True, slots=True, eq=False)
class Tiles:
    """The input of one training step, (B, 384, 384, …).

    Attributes:
        pixels: (…, 3) float32, −1 to 1.
        cores: (…, 1) float32, target probability of text, 0..1.
        known: (…, 1) float32, 1 where the target is known.
    """

    pixels: Floats
    cores: Floats
    known: Floats

    @classmethod
    def concatenate(cls, tiles: Sequence[Tiles]) -> Tiles:
        """Concatenate tiles, at least one."""
        return cls(*(np.concatenate([getattr(each, part) for each in tiles]) for part in ("pixels", "cores", "known")))

    def select(self, chosen: NDArray[np.intp]) -> Tiles:
        """Return some of them as float32."""
        return Tiles(*(np.asarray(every[chosen], np.float32) for every in (self.pixels, self.cores, self.known)))


class TileBatches:
    """The batches of a run, by step number, without state."""

    def __init__(self, photos: Sequence[ResizedPhoto], general: Tiles | None, mixture: Mixture) -> None:
        """Prepare the batches.

        Args:
            photos: At least one.
            general: General tiles for rehearsal.
            mixture: Composition of the batches.
        """
        self._photos, self._general, self._mixture = list(photos), general, mixture
        self._own = mixture.own() if general else mixture.batch
        tile_counts = np.array([photo.tile_count for photo in photos], np.float64)
        self._shares = tile_counts / tile_counts.sum()
        self.per_epoch = math.ceil(tile_counts.sum() / self._own)

    def at(self, step: int) -> Tiles:
        """Return the batch of a step, counted from 0."""
        rng = np.random.default_rng((self._mixture.seed, 3, step))
        chosen = rng.choice(len(self._photos), size=self._own, p=self._shares)
        tiles = [random_tile(self._photos[index], rng, strength=self._mixture.augmentation) for index in chosen]
        if self._general is not None and self._own < self._mixture.batch:
            count = len(self._general.pixels)
            tiles.append(self._general.select(rng.integers(count, size=self._mixture.batch - self._own)))
        return Tiles.concatenate(tiles)


def random_tile(photo: ResizedPhoto, rng: Random, *, strength: float, hidden: bool = False) -> Tiles:
    """Return one tile of a photo, (1, 384, 384, …), augmented with a strength from 0 (none) to 1.

    hidden: whether to show the held-out part instead of the rest.
    """
    matrix = choose_view(photo, rng, strength=strength, hidden=hidden)
    cores, known = dbnet_targets.draw_targets(photo.targets, matrix, (SIDE, SIDE))
    known &= visible_mask(photo, matrix, hidden=hidden)
    return Tiles(draw_pixels(photo.decode(), matrix, rng, strength=strength)[None], _to_map(cores), _to_map(known))


def choose_view(
    photo: ResizedPhoto, rng: Random, *, strength: float, hidden: bool = False, rotation: float = 0.0
) -> Floats:
    """Choose what a tile shows.

    Args:
        photo: The photo.
        rng: Random numbers.
        strength: Of the augmentation, 0 to 1.
        hidden: Whether to show the held-out part instead of the rest.
        rotation: Degrees by which it is rotated besides.

    Returns:
        (2, 3), from the photo's pixels to the tile's.
    """
    size = math.exp(strength * _SCALE * rng.uniform(-1, 1))
    rotation += strength * _ROTATION * float(np.clip(rng.normal(0, 0.5), -1, 1))
    transform = np.asarray(cv2.getRotationMatrix2D((0.0, 0.0), rotation, size))
    middle = transform[:, :2] @ _choose_center(photo, rng, hidden=hidden)
    return np.hstack([transform[:, :2], (SIDE / 2 - middle)[:, None]])


def draw_pixels(image: Photo, matrix: Floats, rng: Random, *, strength: float) -> NDArray[np.float32]:
    """Draw a tile of an image, (384, 384, 3) float32 from −1 to 1, with other light; matrix as of ``choose_view``."""
    # OpenCV counts from pixel centres.
    shifted = matrix[:, 2] + matrix[:, :2] @ (0.5, 0.5) - 0.5
    tile = cv2.warpAffine(
        image, np.column_stack([matrix[:, :2], shifted]), (SIDE, SIDE), borderMode=cv2.BORDER_REPLICATE
    )
    return _change_lighting(np.asarray(tile, np.float32), strength, rng) / np.float32(127.5) - 1


def _choose_center(photo: ResizedPhoto, rng: Random, *, hidden: bool) -> Floats:
    """Choose the centre of a tile: at a line or anywhere in the wanted part, hardly beyond the photo."""
    lines = photo.targets.lines
    size = np.array([photo.width, photo.height])
    border = np.minimum(SIDE / 2, size / 2)
    place = size / 2
    for _ in range(50):
        if len(lines) and rng.random() < _ON_LINE:
            line = lines[rng.integers(len(lines))]
            place = ribbons.map_to_ribbon(line, rng.uniform(0, 1, (1, 2)))[0] + rng.uniform(-0.3, 0.3, 2) * SIDE
        else:
            place = rng.uniform(0, 1, 2) * size
        if photo.hidden is None or _is_inside(photo.hidden, place) == hidden:
            break
    return np.clip(place, border, size - border)


def _is_inside(box: Box, place: Floats) -> bool:
    left, top, right, bottom = box
    return bool(left <= place[0] <= right and top <= place[1] <= bottom)


def visible_mask(photo: ResizedPhoto, matrix: Floats, *, hidden: bool) -> NDArray[np.uint8]:
    """Return which pixels of a tile show the photo's held-out part, or else the rest, (384, 384), 0 or 1."""
    whole = _box_mask((0.0, 0.0, photo.width, photo.height), matrix)
    if photo.hidden is None:
        return whole
    part = _box_mask(photo.hidden, matrix)
    return whole & (part if hidden else 1 - part)


def _box_mask(box: Box, matrix: Floats) -> NDArray[np.uint8]:
    left, top, right, bottom = box
    corners = np.array([(left, top), (right, top), (right, bottom), (left, bottom)])
    points = corners @ matrix[:, :2].T + matrix[:, 2] - 0.5
    filled = np.zeros((SIDE, SIDE), np.uint8)
    cv2.fillPoly(filled, [np.round(points * 16).astype(np.int32)], (1,), shift=4)
    return filled


def _change_lighting(tile: NDArray[np.float32], strength: float, rng: Random) -> NDArray[np.float32]:
    """Change contrast, brightness and tint, and add noise."""
    middle = np.float32(tile.mean())
    contrast = 1 + strength * _CONTRAST * rng.uniform(-1, 1)
    shift = middle + strength * (_BRIGHTNESS * rng.uniform(-1, 1) + _TINT * rng.uniform(-1, 1, 3))
    varied = (tile - middle) * np.float32(contrast) + shift.astype(np.float32)
    if rng.random() < 0.5:
        varied += rng.standard_normal(varied.shape, np.float32) * np.float32(strength * _NOISE * rng.random())
    return np.clip(varied, 0.0, 255.0, out=varied)


def _to_map(mask: NDArray[np.uint8]) -> NDArray[np.float32]:
    return mask.astype(np.float32)[None, ..., None]
