"""Level pictures of pieces of a photo: quads in perspective, and bent ribbons."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import TypeAlias

import cv2
import numpy as np
from numpy.typing import ArrayLike, NDArray

from ocr_studio.core.geometry import photo_frame, ribbons
from ocr_studio.core.geometry import quads as geometry
from ocr_studio.core.geometry.quads import Floats
from ocr_studio.core.page import PhotoFrame, Quad

Photo: TypeAlias = NDArray[np.uint8]

# OpenCV keeps pixel positions in 16 bits while it warps; beyond that it refuses.
WARP_LIMIT = 32_000
_TURNS = {1: cv2.ROTATE_90_CLOCKWISE, 2: cv2.ROTATE_180, 3: cv2.ROTATE_90_COUNTERCLOCKWISE}


def frame_photo(image: Photo, frame: PhotoFrame | None) -> Photo:
    """Turn and crop a photo, (H, W, 3) uint8, as a frame says; the same array without one.

    What a slant uncovers beside the photo gets the usual colour of its border. A smaller picture of the photo is turned
    and cropped in proportion.
    """
    if frame is None:
        return image
    frame = _scale_frame(frame, image)
    if frame.quarters:
        image = np.asarray(cv2.rotate(image, _TURNS[frame.quarters]), dtype=np.uint8)
    if frame.slant:
        border = np.concatenate([image[0], image[-1], image[:, 0], image[:, -1]])
        fill = tuple(np.median(border, axis=0).tolist())
        matrix = photo_frame.find_slant_matrix(frame)
        # OpenCV counts from pixel centres.
        matrix[:, 2] += matrix[:, :2].sum(axis=1) / 2 - 0.5
        image = np.asarray(
            cv2.warpAffine(
                image,
                matrix,
                frame.turned_size,
                flags=cv2.INTER_CUBIC,
                borderMode=cv2.BORDER_CONSTANT,
                borderValue=fill,
            ),
            dtype=np.uint8,
        )
    if frame.crop is not None:
        left, top, right, bottom = frame.crop
        image = np.ascontiguousarray(image[top:bottom, left:right])
    return image


def _scale_frame(frame: PhotoFrame, image: Photo) -> PhotoFrame:
    """The frame for a picture of the photo in another size."""
    height, width = image.shape[:2]
    if (width, height) == (frame.width, frame.height):
        return frame
    small = replace(frame, width=width, height=height, crop=None)
    if frame.crop is None:
        return small
    share = np.divide(small.turned_size, frame.turned_size)
    left, top = np.floor(frame.crop[:2] * share).astype(int).tolist()
    right, bottom = np.minimum(np.ceil(frame.crop[2:] * share), small.turned_size).astype(int).tolist()
    return replace(small, crop=(left, top, max(right, left + 1), max(bottom, top + 1)))


def crop_quad(image: Photo, quad: Quad, *, margin: float = 0.0) -> Photo:
    """Crop the writing inside a quad as a level picture.

    image: (H, W, 3) or (H, W) uint8; margin: widening on every side as a share of the quad's height. Returns (h, w, …)
    uint8, at least one pixel, at the photo's own resolution. Outside the photo its border goes on.
    """
    corners = geometry.widen_quad(quad, margin)
    return warp_piece(image, corners, geometry.measure_sizes(corners)[0])


def warp_piece(image: Photo, corners: Floats, target: ArrayLike) -> Photo:
    """Warp a four-cornered piece of a photo to a picture of ``target`` = (width, height) pixels.

    corners: (4, 2). The target is rounded and held between 1 pixel and twice the photo's sides together.
    """
    width, height = _clip_target(image, target)
    piece, placed = _cut_piece(image, corners)
    # The corners are pixel edges, OpenCV counts from pixel centres: hence the halves.
    box = np.array([(0, 0), (width, 0), (width, height), (0, height)], dtype=np.float32) - np.float32(0.5)
    matrix = cv2.getPerspectiveTransform(box, (placed - 0.5).astype(np.float32))
    if not np.isfinite(matrix).all():  # three corners on one line
        low, high = placed.min(axis=0), placed.max(axis=0)
        matrix = np.array(
            [[(high[0] - low[0]) / width, 0, low[0]], [0, (high[1] - low[1]) / height, low[1]], [0, 0, 1]]
        )
    flags = cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP
    warped = cv2.warpPerspective(piece, matrix, (width, height), flags=flags, borderMode=cv2.BORDER_REPLICATE)
    return np.asarray(warped, dtype=np.uint8)


def straighten_ribbon(image: Photo, ribbon: Floats, target: ArrayLike) -> Photo:
    """Straighten the piece inside a bent ribbon; beyond the photo its border is repeated.

    ribbon: (6, 2), as for ``ribbons.map_to_ribbon``; target: as for ``warp_piece``.
    """
    width, height = _clip_target(image, target)
    x, y = np.meshgrid((np.arange(width) + 0.5) / width, (np.arange(height) + 0.5) / height)
    piece, placed = _cut_piece(image, ribbons.map_to_ribbon(ribbon, np.stack([x.ravel(), y.ravel()], axis=1)))
    grid = (placed - 0.5).reshape(height, width, 2).astype(np.float32)
    level = cv2.remap(piece, grid[..., 0], grid[..., 1], cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
    return np.asarray(level, dtype=np.uint8)


def _clip_target(image: Photo, target: ArrayLike) -> tuple[int, int]:
    """Round and limit the size of a target picture to what is sensible and what OpenCV supports."""
    most = min(WARP_LIMIT, 2 * (image.shape[0] + image.shape[1]))
    width, height = (int(min(most, max(1, round(float(side))))) for side in np.asarray(target))
    return width, height


def _cut_piece(image: Photo, corners: Floats) -> tuple[Photo, Floats]:
    """Cut out the part of the photo around the corners, small enough for OpenCV, with the corners within it."""
    shape = np.array([image.shape[1], image.shape[0]])
    low = np.clip(np.floor(corners.min(axis=0)) - 2, 0, shape - 1).astype(int)
    high = np.clip(np.ceil(corners.max(axis=0)) + 2, low + 1, shape).astype(int)
    step = math.ceil(float((high - low).max()) / WARP_LIMIT)
    piece = image[low[1] : high[1] : step, low[0] : high[0] : step]
    return np.ascontiguousarray(piece), (corners - low) / step
