"""Augmentation of crops: rotation, scaling, stroke width, blur and lighting as on other photos of the same
handwriting.
"""

from __future__ import annotations

import math
from typing import Final, TypeAlias

import cv2
import numpy as np
from numpy.typing import NDArray

from ocr_studio.engine.nets.plans import HEIGHT
from ocr_studio.engine.training.training_data import Crop

Floats: TypeAlias = NDArray[np.float32]

# At full strength; limited to the differences between photos of a user's boards: boxes follow the writing, so its slope
# is small, and letters must stay legible.
ROTATION: Final = math.radians(2.5)
_MAX_WIDTH: Final = 6400  # pixels of the resized crop; at most a quarter of it
SLANT: Final = 0.18  # tangent
SQUEEZE: Final = 0.22  # log of the width
SHIFT: Final = 0.07  # of corners, as a share of the height: loose boxes, perspective
LIGHT: Final = 0.25  # share
NOISE: Final = 7.0  # levels
ELASTIC: Final = 1.3  # pixels of the resized crop, sigma, of elastic distortion …
_NODES: Final = 4  # … with this many nodes per line height, about two per letter
BLUR: Final = 1.1  # pixels of the resized crop


def augment(crop: Crop, strength: float, rng: np.random.Generator) -> Floats:
    """Augment a crop and resize it to the network's height: (48, w, 3) float32, levels 0..255.

    crop: (h, w, 3) uint8. strength: from 0 (unchanged) to 1.
    """
    height, width = crop.shape[:2]
    target_width = min(HEIGHT * width / height, _MAX_WIDTH)
    if strength <= 0:
        return _resize(crop, target_width)
    target_width *= math.exp(strength * SQUEEZE * _triangular(rng))
    warped = _warp(crop, target_width, strength, rng)
    if rng.random() < 0.3 * strength:
        warped = _change_stroke_width(warped, rng)
    varied = _change_lighting(warped.astype(np.float32), strength, rng)
    if rng.random() < 0.4:
        varied = np.asarray(cv2.GaussianBlur(varied, (0, 0), 0.2 + strength * BLUR * rng.random()), np.float32)
    if rng.random() < 0.4:
        varied += rng.standard_normal(varied.shape, np.float32) * np.float32(strength * NOISE * rng.random())
    return np.clip(varied, 0.0, 255.0, out=varied)


def _resize(crop: Crop, target_width: float) -> Floats:
    return np.asarray(cv2.resize(crop, (max(1, math.ceil(target_width)), HEIGHT)), np.float32)


def _warp(crop: Crop, target_width: float, strength: float, rng: np.random.Generator) -> Crop:
    """Rotate, slant and shift a crop, and resize it to the network's height and about this width."""
    height, width = crop.shape[:2]
    target = max(1, math.ceil(target_width))
    aspect = width / height
    corners = np.array([(0, 0), (aspect, 0), (aspect, 1), (0, 1)]) - (aspect / 2, 0.5)  # in heights of the crop
    # A long line rotated by the same angle as a word would leave its crop.
    rotation = strength * ROTATION * _triangular(rng) * min(1.0, 4.0 / aspect)
    slant = strength * SLANT * _triangular(rng)
    turn = np.array([[math.cos(rotation), -math.sin(rotation)], [math.sin(rotation), math.cos(rotation)]])
    corners = corners @ (turn @ [[1, slant], [0, 1]]).T + strength * SHIFT * rng.uniform(-1, 1, (4, 2))
    source = ((corners + (aspect / 2, 0.5)) * height - 0.5).astype(np.float32)
    box = np.array([(0, 0), (target, 0), (target, HEIGHT), (0, HEIGHT)], np.float32) - np.float32(0.5)
    matrix = cv2.getPerspectiveTransform(box, source)
    grid = np.stack([*np.meshgrid(np.arange(target), np.arange(HEIGHT))], axis=-1).reshape(1, -1, 2).astype(np.float32)
    places = cv2.perspectiveTransform(grid, matrix).reshape(HEIGHT, target, 2).astype(np.float32)
    places += _elastic_offsets(target, strength * ELASTIC * height / HEIGHT, rng)
    warped = cv2.remap(crop, places[..., 0], places[..., 1], cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
    return np.asarray(warped, np.uint8)


def _elastic_offsets(width: int, size: float, rng: np.random.Generator) -> Floats:
    """Return elastic distortions (Simard et al. 2003): (48, width, 2)."""
    coarse = rng.normal(0.0, size, (_NODES, max(_NODES, round(_NODES * width / HEIGHT)), 2)).astype(np.float32)
    return np.asarray(cv2.resize(coarse, (width, HEIGHT), interpolation=cv2.INTER_CUBIC), np.float32)


def _change_stroke_width(crop: Crop, rng: np.random.Generator) -> Crop:
    """Make strokes slightly thicker or thinner."""
    kernel = np.ones((2, 2), np.uint8) if rng.random() < 0.5 else np.ones((1, 2), np.uint8)
    # Ink is mostly darker than the background, so the minimum makes it thicker.
    change = cv2.erode if rng.random() < 0.5 else cv2.dilate
    mixed = cv2.addWeighted(crop, 0.4, change(crop, kernel), 0.6, 0.0)
    return np.asarray(mixed, np.uint8)


def _change_lighting(crop: Floats, strength: float, rng: np.random.Generator) -> Floats:
    """Change brightness, contrast and tint, and add light from one side."""
    middle = np.float32(crop.mean())
    contrast = 1 + strength * LIGHT * _triangular(rng)
    brightness = 255 * 0.5 * strength * LIGHT * _triangular(rng)
    tint = 255 * 0.15 * strength * LIGHT * rng.uniform(-1, 1, 3)
    slope = np.linspace(-1, 1, crop.shape[1]) * 255 * 0.2 * strength * LIGHT * _triangular(rng)
    shade = (slope[None, :, None] + (brightness + middle) + tint).astype(np.float32)
    return (crop - middle) * np.float32(contrast) + shade


def _triangular(rng: np.random.Generator) -> float:
    """Return a random number in −1..1, mostly near the middle."""
    return float(rng.uniform(-1, 1) + rng.uniform(-1, 1)) / 2
