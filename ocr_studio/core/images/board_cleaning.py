"""Cleaning of boards: straightened, evenly lit, without glare, with stronger ink.

All of it is worked out on a reduced copy (what changes slowly over the board needs few pixels) and put on the photo of
any size by a few passes over whole pixels. A view only: the photo stays as it is.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

from ocr_studio.core.images.board_corners import straighten_board
from ocr_studio.core.images.pixel_formats import shrink_image
from ocr_studio.core.images.warping import Photo
from ocr_studio.core.page import BoardLook, Quad

# Pixels of the longer side on which light and glare are estimated.
_LOOKED_AT: Final = 320
# Shares of the longer side. Light is what is left of neighbourhoods this wide, more than half of which is ground
# wherever writing is not denser than ink itself; strokes are thinner than the second, spots of glare wider.
_LIGHT, _STROKE = 0.11, 0.016
# Below this brightness of 255 a ground is that of a blackboard: its writing is brighter than it.
_DARK: Final = 110.0
# How white the ground of a whiteboard becomes, if it was not whiter.
_WHITE: Final = 236.0
# A channel this high was most likely cut off by the camera: what was there is not known.
_BURNT: Final = 252
# Times the noise of the ground that still counts as ground: of normal noise 1 % is beyond.
_NOISE: Final = 2.5
# Full strength makes ink so many times as strong as it is.
_STRONGEST: Final = 4.0


@dataclass(frozen=True, slots=True)
class CleanedBoard:
    """The result of cleaning.

    Attributes:
        picture: (h, w, 3) uint8 RGB.
        matrix: (3, 3), pixels of the photo → pixels of the picture.
        burnt: Share of the picture, 0..1, that glare has washed out completely.
    """

    picture: Photo
    matrix: NDArray[np.float64]
    burnt: float = 0.0


def clean_board(image: Photo, look: BoardLook, quad: Quad | None = None) -> CleanedBoard:
    """Clean the board inside a quad on a photo, (H, W, 3) uint8 RGB; without one all of it, but not straightened."""
    matrix = np.eye(3)
    picture = image
    if look.straighten and quad is not None:
        picture, matrix = straighten_board(image, quad)
    burnt = measure_burnt_share(picture) if look.less_glare else 0.0
    if look.less_glare:
        picture = reduce_glare(picture, look.strength)
    if look.even_light:
        picture = even_out_light(picture, look.strength)
    if look.strong_ink:
        picture = strengthen_ink(picture, look.strength)
    return CleanedBoard(picture, matrix, burnt)


def even_out_light(image: Photo, strength: float = 0.5) -> Photo:
    """Even out the light: a whiteboard becomes evenly white, a blackboard evenly dark.

    image: (H, W, 3) uint8 RGB. strength: 0..1, from 0.5 on all of it. The light is the median of wide neighbourhoods,
    as most of a board is ground; on a whiteboard it is divided by, as light multiplies, on a blackboard subtracted, as
    dividing by little would show nothing but noise.
    """
    ground, share = _estimate_ground(image), min(1.0, 2 * strength)
    if is_dark_ground(ground):
        level = np.median(ground.reshape(-1, 3), axis=0)
        uneven = share * (ground - level)
        more, less = (_enlarge_image(np.clip(sign * uneven, 0, 255), image) for sign in (1, -1))
        return np.asarray(cv2.add(cv2.subtract(image, more), less), dtype=np.uint8)
    white = max(_WHITE, float(np.percentile(ground.mean(axis=2), 95)))
    divisor = np.clip(white * (np.maximum(ground, 1.0) / white) ** share, 1, 255)
    return np.asarray(cv2.divide(image, _enlarge_image(divisor, image), scale=white), dtype=np.uint8)


def reduce_glare(image: Photo, strength: float = 0.5) -> Photo:
    """Dim reflections to the brightness around them.

    image: (H, W, 3) uint8 RGB. strength: 0..1, from 0.5 on all of it. A reflection is brighter than the ground and
    wider than a stroke, so ink inside it gets its contrast back as far as the camera still saw any; where it did not
    (``measure_burnt_share``), plain ground remains. Nothing is made up.
    """
    small = shrink_image(image, side=_LOOKED_AT)
    ground, share = _estimate_ground(image), min(1.0, 2 * strength)
    wide = _round_up_to_odd(_STROKE * max(small.shape[:2]))
    shape = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (wide, wide))
    # Opening takes away what is bright and thin, chalk too; closing first what is dark and thin, so that ink inside a
    # reflection does not part it.
    broad = cv2.morphologyEx(cv2.morphologyEx(small, cv2.MORPH_CLOSE, shape), cv2.MORPH_OPEN, shape)
    broad = cv2.GaussianBlur(broad, (0, 0), wide / 2).astype(np.float32)
    # The median of a neighbourhood that lies in a large reflection is that reflection: the ground is what most of the
    # board is like.
    usual = np.median(ground.reshape(-1, 3), axis=0)
    ground = np.minimum(ground, usual * 1.25 + 8)
    excess = np.maximum(0.0, broad - ground) * share
    if is_dark_ground(ground):
        return np.asarray(cv2.subtract(image, _enlarge_image(np.clip(excess, 0, 255), image)), dtype=np.uint8)
    gain = 255.0 * np.maximum(ground, 1.0) / np.maximum(ground + excess, 1.0)
    return np.asarray(cv2.multiply(image, _enlarge_image(gain, image), scale=1 / 255.0), dtype=np.uint8)


def strengthen_ink(image: Photo, strength: float = 0.5) -> Photo:
    """Strengthen the ink in its own colours, and remove noise and smears from the ground.

    image: (H, W, 3) uint8 RGB. strength: 0..1. On a whiteboard each channel's share of the ground's brightness is
    raised to a power: what is ground stays, a colour becomes a fuller one of the same hue.
    """
    ground = _estimate_ground(image)
    times = _STRONGEST**strength
    if is_dark_ground(ground):
        shown = _enlarge_image(np.clip(ground, 0, 255), image)
        ink = cv2.subtract(image, shown)
        table = np.clip((np.arange(256) - _NOISE * _estimate_noise(image, ground)) * times, 0, 255).astype(np.uint8)
        return np.asarray(cv2.add(shown, cv2.LUT(ink, table)), dtype=np.uint8)
    shown = _enlarge_image(np.clip(ground, 1, 255), image)
    share = cv2.divide(image, shown, scale=255.0)
    quiet = min(0.2, _NOISE * _estimate_noise(image, ground) / max(1.0, float(np.median(ground))))
    shares = np.clip(np.arange(256) / 255.0 / (1.0 - quiet), 0.0, 1.0)
    table = np.round(255.0 * shares**times).astype(np.uint8)
    return np.asarray(cv2.multiply(cv2.LUT(share, table), shown, scale=1 / 255.0), dtype=np.uint8)


def measure_burnt_share(image: Photo) -> float:
    """Measure the share, 0..1, that reflections have washed out: white in all channels and brighter than the ground.

    A ground that is white all over (a scan, a lamp's own light) is not burnt out.
    """
    small = shrink_image(image, side=_LOOKED_AT)
    if float(np.median(small)) >= _BURNT:
        return 0.0
    return float((small.min(axis=2) >= _BURNT).mean())


def is_dark_ground(ground: NDArray[np.float32]) -> bool:
    """Whether the ground is that of a blackboard."""
    return float(np.median(ground.mean(axis=2))) < _DARK


def _estimate_ground(image: Photo) -> NDArray[np.float32]:
    """Estimate the brightness of the ground, (h, w, 3) float32, on the reduced copy."""
    small = shrink_image(image, side=_LOOKED_AT)
    wide = _round_up_to_odd(_LIGHT * max(small.shape[:2]))
    padded = cv2.copyMakeBorder(small, wide, wide, wide, wide, cv2.BORDER_REFLECT_101)
    ground = cv2.medianBlur(np.ascontiguousarray(padded), wide)[wide:-wide, wide:-wide]
    return np.asarray(cv2.GaussianBlur(ground, (0, 0), wide / 4), dtype=np.float32)


def _estimate_noise(image: Photo, ground: NDArray[np.float32]) -> float:
    """Estimate the noise of the ground in levels of 255: the median deviation from it."""
    off = np.abs(shrink_image(image, side=_LOOKED_AT).astype(np.float32) - ground)
    return 1.4826 * float(np.median(off))


def _enlarge_image(small: NDArray[np.floating], image: Photo) -> Photo:
    rounded = np.round(small).astype(np.uint8)
    size = (image.shape[1], image.shape[0])
    return np.asarray(cv2.resize(rounded, size, interpolation=cv2.INTER_LINEAR), dtype=np.uint8)


def _round_up_to_odd(pixels: float) -> int:
    # medianBlur of 8 bits takes odd sizes up to 255.
    return min(255, max(3, round(pixels) | 1))
