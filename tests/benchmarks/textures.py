"""Pictures without writing, on which a detector must find none: leaves, tiles, stripes, branches, lamps.

Dead leaves (Lee, Mumford & Huang 2001, "Occlusion models for natural images") have the edges and sizes of natural
images; each leaf is filled with a colour, stripes, noise or a piece of a photo, if there are photos. ``hard_tiles``
keeps those views in which a detector wrongly sees words and the published one sees nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Final, TypeAlias

import cv2
import numpy as np
from numpy.typing import NDArray

from ocr_studio.engine.training.detector.tiles import SIDE

Photo: TypeAlias = NDArray[np.uint8]
Map: TypeAlias = NDArray[np.float32]
Finds: TypeAlias = Callable[[NDArray[np.float32]], Map]  # (B, 384, 384, 3), −1 to 1 → (B, 384, 384, 1)

# Where the published net sees less than this, near as well, there is no writing.
_NOTHING: Final = 0.1
_NEAR: Final = 25  # pixels
# A view is hard if a detector is this sure of a word where there is none.
_SEEN: Final = 0.4
_AT_ONCE: Final = 8
_MOST_TRIES: Final = 50  # for each tile


def draw_texture(rng: np.random.Generator, photos: Sequence[Photo], *, side: int = SIDE) -> Photo:
    """Draw a picture without writing, (side, side, 3): a view of a photo, or dead leaves."""
    if photos and rng.random() < 0.4:
        picture = _view(photos[int(rng.integers(len(photos)))], rng, side)
    else:
        picture = _leaves(rng, photos, side)
    if rng.random() < 0.4:  # out of focus, or moved
        picture = np.asarray(cv2.GaussianBlur(picture, (0, 0), rng.uniform(0.4, 2.5)), np.uint8)
    return _recoloured(picture, rng)


def hard_tiles(
    many: int, photos: Sequence[Photo], detector: Finds, published: Finds, *, seed: int
) -> Iterator[tuple[Photo, NDArray[np.bool_]]]:
    """Yield so many tiles, (384, 384, 3), in which the detector sees words, and where there are surely none."""
    rng, found = np.random.default_rng((seed, 11)), 0
    for _ in range(_MOST_TRIES * many // _AT_ONCE):
        if found >= many:
            return
        tiles = [draw_texture(rng, photos) for _ in range(_AT_ONCE)]
        pixels = np.stack(tiles).astype(np.float32) / np.float32(127.5) - np.float32(1)
        empty = _nothing_near(published(pixels))
        wrong = np.where(empty, detector(pixels), 0)
        for tile, known, seen in zip(tiles, empty, wrong.reshape(_AT_ONCE, -1).max(axis=1), strict=True):
            if seen > _SEEN and found < many:
                found += 1
                yield tile, known


def _nothing_near(seen: Map) -> NDArray[np.bool_]:
    """Where the published net sees no writing, nor near: (B, h, w, 1) of its map."""
    kernel = np.ones((2 * _NEAR + 1, 2 * _NEAR + 1), np.uint8)
    return np.stack([cv2.dilate(each[..., 0], kernel) < _NOTHING for each in seen])[..., None]


def _leaves(rng: np.random.Generator, photos: Sequence[Photo], side: int) -> Photo:
    picture = np.full((side, side, 3), rng.uniform(0, 255, 3), np.uint8)
    smallest = rng.uniform(2, 12)
    for _ in range(int(rng.integers(40, 500))):
        # Sizes fall as a power law, as in natural images.
        size = min(smallest / np.sqrt(1 - rng.random() * 0.999), side)
        long = size * float(np.exp(rng.uniform(0, 2.2))) if rng.random() < 0.4 else size
        place, turn = rng.integers(-8, side, 2), rng.uniform(0, 180)
        edge = int(np.ceil(np.hypot(size, long))) + 6
        mask = np.zeros((edge, edge), np.uint8)
        box = ((edge / 2, edge / 2), (size, long), turn)
        if rng.random() < 0.5:
            cv2.ellipse(mask, box, 255, -1 if rng.random() < 0.8 else 2, cv2.LINE_AA)
        else:
            cv2.fillPoly(mask, [np.round(cv2.boxPoints(box)).astype(np.int32)], 255, cv2.LINE_AA)
        left, top = np.maximum(place - edge // 2, 0)
        right, bottom = np.maximum(np.minimum(place + edge // 2, side), (left, top))
        mask = mask[top - place[1] + edge // 2 :, left - place[0] + edge // 2 :][: bottom - top, : right - left]
        filling = _filling(rng, photos, max(edge, 16))
        if filling.ndim == 3:
            filling = filling[: mask.shape[0], : mask.shape[1]]
        under = picture[top : top + mask.shape[0], left : left + mask.shape[1]]
        share = mask[..., None].astype(np.float32) / 255
        under[:] = (under + share * (filling - under)).astype(np.uint8)
    return picture


def _filling(rng: np.random.Generator, photos: Sequence[Photo], side: int) -> NDArray[np.float32]:
    """A colour, stripes, noise or a piece of a photo: (side, side, 3), or (3,)."""
    kind, colour = rng.random(), rng.uniform(0, 255, 3).astype(np.float32)
    if kind < 0.6:
        return colour
    if kind < 0.75:
        angle, length = rng.uniform(0, np.pi), rng.uniform(4, 40)
        y, x = np.mgrid[:side, :side].astype(np.float32)
        wave = np.sin((x * np.cos(angle) + y * np.sin(angle)) * np.float32(2 * np.pi / length))
        stripes = (wave > rng.uniform(-0.8, 0.8)).astype(np.float32)[..., None]
        return np.asarray(colour + stripes * (rng.uniform(0, 255, 3).astype(np.float32) - colour), np.float32)
    if kind < 0.85 or not photos:
        coarse = rng.normal(0, 60, (int(rng.integers(4, max(5, side // 3))),) * 2).astype(np.float32)
        noise = cv2.resize(coarse, (side, side), interpolation=cv2.INTER_CUBIC)[..., None]
        return np.asarray(np.clip(colour + noise, 0, 255), np.float32)
    return _view(photos[int(rng.integers(len(photos)))], rng, side).astype(np.float32)


def _view(photo: Photo, rng: np.random.Generator, side: int) -> Photo:
    """A turned, scaled and mirrored view of a photo."""
    height, width = photo.shape[:2]
    scale = float(np.exp(rng.uniform(np.log(0.4), np.log(2.5))))
    x, y = rng.uniform(0, 1, 2) * (width, height)  # comes into the middle
    matrix = np.asarray(cv2.getRotationMatrix2D((float(x), float(y)), rng.normal(0, 8), scale), np.float64)
    matrix[:, 2] += side / 2 - np.array([x, y])
    view = cv2.warpAffine(photo, matrix, (side, side), flags=cv2.INTER_AREA, borderMode=cv2.BORDER_REFLECT)
    return np.asarray(view[:, ::-1] if rng.random() < 0.5 else view, np.uint8)


def _recoloured(picture: Photo, rng: np.random.Generator) -> Photo:
    """Other colours, light and contrast."""
    levels = picture[..., rng.permutation(3)].astype(np.float32)
    if rng.random() < 0.3:
        levels = 255 - levels
    dark, light = sorted(rng.uniform(0, 255, 2))
    if light - dark > 60 and rng.random() < 0.5:
        levels = dark + levels * np.float32((light - dark) / 255)
    return np.clip(levels + rng.normal(0, rng.uniform(0, 6), levels.shape), 0, 255).astype(np.uint8)
