"""A phone's camera: viewpoint, light, lens, and image processing."""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Final, TypeAlias

import cv2
import numpy as np
from numpy.typing import NDArray

from ocr_studio.core.images.pixel_formats import encode_image
from ocr_studio.engine.synth.photo.board_surface import BoardPlacement

Picture: TypeAlias = NDArray[np.uint8]
Floats: TypeAlias = NDArray[np.floating[Any]]
Maps: TypeAlias = NDArray[np.float32]
Random: TypeAlias = np.random.Generator

# Smooth structures are computed at a reduced size.
_COARSE: Final = 16
# Pixels per block for light and noise.
_BAND: Final = 2**21
_GRAIN: Final = 512
# Blur of the sharpening; faster on colour images than OpenCV's blur, with the same result.
_SOFT: Final = cv2.getGaussianKernel(9, 1.4, cv2.CV_32F)
_NEAR: Final = np.ones((5, 5), np.uint8)
_TONES: Final = np.arange(256)
_DIAGONAL: Final = (np.arange(3), np.arange(3))
_GLARES: Final = (0, 0, 0, 0, 1, 2, 4)


@dataclass(frozen=True, slots=True)
class Camera:
    """Defects of a photo.

    Attributes:
        blur: Sigma in pixels.
        shake: (pixels, radians) of camera movement.
        sharpen: Strength of sharpening.
        noise: In levels.
        grain: Size of noise grains in pixels.
        dark: How much darker the far side is, 0..1.
        shadows: Number of shadows.
        glares: Number of reflections.
        contrast: Of the tones.
        warmth: Of the tones.
        quality: JPEG quality.
        app: Whether a scanner app whitened it.
    """

    blur: float = 0.6
    shake: tuple[float, float] = (0.0, 0.0)
    sharpen: float = 0.0
    noise: float = 2.0
    grain: float = 0.7
    dark: float = 0.2
    shadows: int = 0
    glares: int = 0
    contrast: float = 1.0
    warmth: float = 0.0
    quality: int = 85
    app: bool = False

    @classmethod
    def sample(cls, rng: Random, *, pixels: int, harm: float = 1.0) -> Camera:
        """Choose typical defects. pixels: number of the photo's pixels, as blur grows with it. harm: from 0 (none) to 1
        (typical).
        """
        large = max(1.0, math.sqrt(pixels / 1.3e6)) ** 0.75
        shaken = rng.random() < 0.1 * harm
        return cls(
            blur=harm * _clamp(rng.lognormal(math.log(0.55), 0.45), 0.2, 1.6) * large,
            shake=(float(rng.uniform(1.5, 4) * large), float(rng.uniform(0, math.pi))) if shaken else (0.0, 0.0),
            sharpen=float(rng.uniform(0.2, 1.0)) if rng.random() < 0.5 else 0.0,
            noise=harm * _clamp(rng.lognormal(math.log(1.7), 0.55), 0.4, 7),
            grain=float(rng.uniform(0.4, 1.1)),
            dark=min(0.9, harm * float(rng.beta(1.6, 3.5) * 0.75)),
            shadows=int(rng.random() < 0.25 * harm),
            glares=_GLARES[int(rng.integers(len(_GLARES)))] if rng.random() < harm else 0,
            contrast=1 + harm * _clamp(rng.normal(0, 0.12), -0.35, 0.35),
            warmth=harm * float(rng.normal(0, 7)),
            quality=int(rng.integers(round(96 - 41 * min(1.0, harm)), 97)),
            app=bool(rng.random() < 0.2 * harm),
        )


def place_board(size: tuple[int, int], rng: Random, *, framed: bool, shape: float, tilt: float = 1.0) -> BoardPlacement:
    """Choose the place of a board on a photo, seen from somewhere in front of it.

    Args:
        size: (width, height) of the photo.
        rng: Random generator.
        framed: Whether some of its edges are visible; otherwise it fills the photo.
        shape: Width / height of a board with edges.
        tilt: Perspective, from 0 (straight on) to 1 (typical).
    """
    photo = np.array(size, np.float64)
    # Distance of each edge inside the photo: left, top, right, bottom.
    inset, shown = -rng.uniform(0.0, 0.12, 4), np.zeros(4, bool)
    if framed:
        shown = rng.random(4) < ((0.35, 0.6, 0.35, 0.6) if rng.random() < 0.7 else (1, 1, 1, 1))
        inset = np.where(shown, rng.uniform(0.012, 0.09, 4), inset)
        inset[3] += 0.2 * rng.random() if shown[3] and rng.random() < 0.3 else 0
    low, high = inset[:2] * photo, (1 - inset[2:]) * photo
    if shown.all():
        room = high - low
        spare = room - room * (min(1.0, shape * room[1] / room[0]), min(1.0, room[0] / room[1] / shape))
        # The board takes at least half of the photo.
        spare *= rng.uniform(0.2, 1.0)
        low = low + spare * rng.uniform(0, 1, 2)
        high = low + room - spare
    sheet = high - low
    ends = np.array([(0, 0), (1, 0), (1, 1), (0, 1)]) * sheet
    seen = _project(ends - sheet / 2, tilt * rng.normal(0, [9.0, 4.5, 1.2]), distance=1.4 * float(sheet.max()))
    # Restore its size, around the same centre.
    seen *= math.sqrt(float(sheet.prod()) / float(cv2.contourArea(seen.astype(np.float32))))
    corners = seen - (seen.min(axis=0) + seen.max(axis=0)) / 2 + (low + high) / 2
    matrix = cv2.getPerspectiveTransform(ends.astype(np.float32), corners.astype(np.float32))
    return BoardPlacement(size[0], size[1], (float(sheet[0]), float(sheet[1])), np.asarray(matrix, np.float64), framed)


def rotate_camera(view: BoardPlacement, quarters: int) -> BoardPlacement:
    """Rotate the camera by quarter turns, clockwise."""
    wide, tall = float(view.width), float(view.height)
    turns = {
        0: np.eye(3),
        1: np.array([[0, -1, tall], [1, 0, 0], [0, 0, 1.0]]),
        2: np.array([[-1, 0, wide], [0, -1, tall], [0, 0, 1.0]]),
        3: np.array([[0, 1, 0], [-1, 0, wide], [0, 0, 1.0]]),
    }
    size = (view.width, view.height) if quarters % 2 == 0 else (view.height, view.width)
    return BoardPlacement(*size, view.sheet, turns[quarters % 4] @ view.matrix, view.framed)


def take_photo(scene: Picture, lens: Camera, rng: Random) -> Picture:
    """Return the photo of a scene, (h, w, 3) uint8 RGB; the scene is modified."""
    height, width = scene.shape[:2]
    if lens.blur > 0.25:
        scene = np.asarray(cv2.GaussianBlur(scene, (0, 0), lens.blur), np.uint8)
    if lens.shake[0] > 1:
        scene = np.asarray(cv2.filter2D(scene, -1, _motion_kernel(*lens.shake)), np.uint8)
    light, glare = _light_map(width, height, lens, rng), _glare_map(width, height, lens, rng)
    warm = np.array([1 + lens.warmth / 100, 1.0, 1 - lens.warmth / 100]) * lens.contrast
    tones = np.zeros((3, 4))
    tones[_DIAGONAL], tones[:, 3] = warm, 128 * (1 - lens.contrast)
    rows = max(1, _BAND // width)
    grain = _sensor_noise(round(lens.grain, 1))
    for top in range(0, height, rows):
        part = scene[top : top + rows]
        # Each for all colours: NumPy broadcasts slowly along the last axis.
        band = cv2.multiply(part, cv2.merge([light[top : top + rows]] * 3), dtype=cv2.CV_32F)
        if glare is not None:
            band = cv2.add(band, cv2.merge([glare[top : top + rows]] * 3), dst=band)
        band = cv2.transform(band, tones)
        noise = _tile_noise(grain, width, len(part), rng)
        scene[top : top + rows] = cv2.addWeighted(band, 1, noise, lens.noise, 0, dtype=cv2.CV_8U)
    if lens.sharpen:
        soft = cv2.sepFilter2D(scene, -1, _SOFT, _SOFT)
        cv2.addWeighted(scene, 1 + lens.sharpen, soft, -lens.sharpen, 0, dst=scene)
    if lens.app:
        scene = whiten(scene, rng)
    jpeg = np.frombuffer(encode_image(scene, ".jpg", quality=lens.quality), np.uint8)
    return np.asarray(cv2.imdecode(jpeg, cv2.IMREAD_COLOR_RGB), np.uint8)


def whiten(photo: Picture, rng: Random) -> Picture:
    """Process a photo like a scanner app: white background, strong ink. (h, w, 3) uint8 RGB."""
    height, width = photo.shape[:2]
    small = cv2.resize(photo, (max(8, width // 8), max(8, height // 8)), interpolation=cv2.INTER_AREA)
    ground = cv2.medianBlur(cv2.dilate(small, _NEAR), 13)
    ground = cv2.resize(cv2.GaussianBlur(ground, (0, 0), 4), (width, height), interpolation=cv2.INTER_LINEAR)
    level = cv2.divide(photo, ground, scale=float(rng.uniform(238, 262)))
    low, high = rng.uniform(40, 110), rng.uniform(205, 240)
    steps = np.minimum(1, np.maximum(0, (_TONES - low) / (high - low))) * rng.uniform(228, 255)
    return np.asarray(cv2.LUT(level, np.round(steps).astype(np.uint8)), np.uint8)


def _clamp(value: float, low: float, high: float) -> float:
    return min(high, max(low, value))


def _project(points: Floats, degrees: Floats, *, distance: float) -> Floats:
    """Project points of a plane, (N, 2) around its centre, rotated by yaw, pitch and roll, for a camera at a distance
    in pixels.
    """
    yaw, pitch, roll = np.radians(np.clip(degrees, (-32, -18, -4), (32, 18, 4)))
    x, y = points[:, 0], points[:, 1]
    x, y = x * math.cos(roll) - y * math.sin(roll), x * math.sin(roll) + y * math.cos(roll)
    away = x * math.sin(yaw) + y * math.sin(pitch)
    near = distance / (distance + away)
    return np.stack([x * math.cos(yaw) * near, y * math.cos(pitch) * near], axis=1)


def _light_map(width: int, height: int, lens: Camera, rng: Random) -> Maps:
    """Return the light, (height, width), 0..1."""
    x, y, size = _coarse_grid(width, height)
    turn = rng.uniform(0, 2 * math.pi)
    light = 1 - lens.dark * np.minimum(1.3, np.maximum(0, 0.5 + x * math.cos(turn) + y * math.sin(turn)))
    light *= 1 - rng.uniform(0, 0.35) * lens.dark * 2 * (x * x + y * y)
    for _ in range(lens.shadows):
        light *= 1 - rng.uniform(0.06, 0.3) * _shadow(size, rng)
    return np.asarray(cv2.resize(light.astype(np.float32), (width, height), interpolation=cv2.INTER_LINEAR))


def _shadow(size: tuple[int, int], rng: Random) -> Maps:
    """Return the shadow of the photographer or a hand, from below or a side; (height, width) 0..1. size: (width,
    height).
    """
    mask = np.zeros((size[1], size[0]), np.uint8)
    foot = rng.uniform(0, 1) * size[0]
    wide, tall = rng.uniform(0.1, 0.35) * size[0], rng.uniform(0.2, 0.8) * size[1]
    lean = rng.normal(0, 0.25) * size[0]
    body = [(foot - wide, size[1] + 9), (foot - 0.7 * wide + lean, size[1] - tall), (foot + lean, size[1] - 1.1 * tall),
            (foot + 0.7 * wide + lean, size[1] - 0.9 * tall), (foot + wide, size[1] + 9)]  # fmt: skip
    cv2.fillPoly(mask, [np.round(body).astype(np.int32)], 255)
    soft = cv2.GaussianBlur(mask, (0, 0), rng.uniform(0.025, 0.09) * size[0])
    return np.asarray(soft, np.float32) * np.float32(1 / 255)


def _glare_map(width: int, height: int, lens: Camera, rng: Random) -> Maps | None:
    """Return the levels that reflections add, (height, width); None for none."""
    if not lens.glares:
        return None
    x, y, _ = _coarse_grid(width, height)
    glare = np.zeros_like(x)
    row, lean = rng.uniform(-0.45, 0.3), rng.normal(0, 0.15)
    for _ in range(lens.glares):
        middle = (rng.uniform(-0.5, 0.5), row + rng.normal(0, 0.06))
        long, short = (rng.uniform(0.01, 0.05), rng.uniform(0.006, 0.03))
        if rng.random() < 0.12:  # a tube or a window
            long, short = rng.uniform(0.1, 0.35), rng.uniform(0.006, 0.02)
        turn = lean + (rng.uniform(0, math.pi) if rng.random() < 0.2 else 0)
        u = (x - middle[0]) * math.cos(turn) + (y - middle[1]) * math.sin(turn)
        v = (y - middle[1]) * math.cos(turn) - (x - middle[0]) * math.sin(turn)
        far = (u / long) ** 2 + (v / short) ** 2
        strong = rng.uniform(30, 190)
        glare += strong * np.exp(-far) + rng.uniform(0.1, 0.4) * strong / (1 + far / 9)
    return np.asarray(cv2.resize(glare.astype(np.float32), (width, height), interpolation=cv2.INTER_CUBIC))


def _coarse_grid(width: int, height: int) -> tuple[Floats, Floats, tuple[int, int]]:
    """Return coordinates of a reduced map, −0.5..0.5 across and down, and its (width, height)."""
    size = (max(8, width // _COARSE), max(8, height // _COARSE))
    return *_cached_grid(*size), size


@lru_cache(maxsize=256)
def _cached_grid(across: int, down: int) -> tuple[Floats, Floats]:
    """Return coordinates, cached because crops of words have few sizes."""
    x, y = np.meshgrid(np.linspace(-0.5, 0.5, across), np.linspace(-0.5, 0.5, down))
    x.flags.writeable = y.flags.writeable = False
    return x, y


@lru_cache(maxsize=16)
def _sensor_noise(soft: float) -> Maps:
    """Return sensor noise, (512, 512, 3), with standard deviation 1, mostly equal in all colours. soft: sigma of a
    grain.
    """
    rng = np.random.default_rng(23)
    noise = 0.85 * rng.standard_normal((_GRAIN, _GRAIN, 1), np.float32) + 0.5 * cv2.GaussianBlur(
        rng.standard_normal((_GRAIN, _GRAIN, 3), np.float32), (0, 0), 1.0
    )
    noise = cv2.GaussianBlur(noise, (0, 0), soft)
    return np.asarray(noise / noise.std(), np.float32)


def _tile_noise(grain: Maps, width: int, height: int, rng: Random) -> Maps:
    """Tile the noise to an image, (height, width, 3), with a random offset."""
    down, across = rng.integers(0, _GRAIN, 2).tolist()
    if height < _GRAIN and width < _GRAIN:
        top, left = down % (_GRAIN - height), across % (_GRAIN - width)
        return grain[top : top + height, left : left + width]
    rolled = np.roll(grain, (down, across), axis=(0, 1))
    return np.tile(rolled, (height // _GRAIN + 1, width // _GRAIN + 1, 1))[:height, :width]


def _motion_kernel(far: float, turn: float) -> Maps:
    """Return a motion blur kernel of this length and direction."""
    side = 2 * math.ceil(far / 2) + 1
    kernel = np.zeros((side, side), np.uint8)
    step = np.array([math.cos(turn), math.sin(turn)]) * far / 2
    ends = [tuple(int(v) for v in np.round((side // 2 + sign * step) * 16)) for sign in (-1, 1)]
    cv2.line(kernel, ends[0], ends[1], 255, 1, cv2.LINE_AA, 4)
    return np.asarray(kernel / kernel.sum(), np.float32)
