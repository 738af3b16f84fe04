"""A sheet as a phone sees it: perspective, frame and wall, uneven light, glare, blur, noise and JPEG."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TypeAlias

import cv2
import numpy as np
from numpy.typing import NDArray

from ocr_studio.engine.synth.sheet import Colour, Sheet, Stroke

Photo: TypeAlias = NDArray[np.uint8]
Matrix: TypeAlias = NDArray[np.float64]
Floats: TypeAlias = NDArray[np.floating]

# Strokes are drawn this much larger, so that their edges come out smooth.
_SCALE = 2
# Pixels that light, blur and noise are worked out for at a time: a photo of 50 megapixels takes no more memory.
_BAND = 2**21


@dataclass(frozen=True, slots=True)
class Camera:
    """How a board is photographed.

    width, height: pixels of the photo. tilt: how far corners of the board move, as a share of the photo's sides, when
    it is seen from the side. margin: share of the photo around the board that is frame and wall; 0 fills the photo
    with the board. board: its colour. uneven: how much darker the far corner is, 0..1. glare: how many lamps are
    reflected; glaring: levels of 255 that one adds. blur: sigma in pixels; noise: in levels; quality: of the JPEG.
    """

    width: int = 1600
    height: int = 1200
    tilt: float = 0.02
    margin: float = 0.05
    board: Colour = (240, 242, 241)
    uneven: float = 0.15
    glare: int = 0
    glaring: float = 110.0
    blur: float = 0.7
    noise: float = 2.0
    quality: int = 84

    def shoot(self, sheet: Sheet) -> tuple[Photo, Matrix]:
        """The photo, (height, width, 3) uint8 RGB, and the (3, 3) matrix from the sheet's pixels to the photo's."""
        rng = sheet.rng
        corners, matrix = self.aim(sheet)
        scene = self._scene(corners, rng)
        for stroke in sheet.strokes:
            _ink(scene, stroke, matrix)
        self._expose(scene, rng)
        done, data = cv2.imencode(".jpg", scene[..., ::-1], [cv2.IMWRITE_JPEG_QUALITY, self.quality])
        if not done:
            raise RuntimeError("the picture could not be encoded")
        photo = np.empty_like(scene)
        cv2.cvtColor(np.asarray(cv2.imdecode(data, cv2.IMREAD_COLOR)), cv2.COLOR_BGR2RGB, dst=photo)
        return photo, matrix

    def aim(self, sheet: Sheet) -> tuple[NDArray[np.float32], Matrix]:
        """Where the sheet's corners are on the photo, (4, 2), clockwise from its own top left, and the matrix of
        ``shoot``."""
        corners = self._corners(sheet.rng)
        flat = np.array([(0, 0), (sheet.width, 0), (sheet.width, sheet.height), (0, sheet.height)], np.float32)
        return corners, np.asarray(cv2.getPerspectiveTransform(flat, corners), np.float64)

    def _corners(self, rng: np.random.Generator) -> NDArray[np.float32]:
        """The board's corners on the photo, clockwise from the top left."""
        size = np.array([self.width, self.height])
        inset = self.margin * size.min() + self.tilt * size * rng.uniform(0, 1, (4, 2))
        signs = np.array([(1, 1), (-1, 1), (-1, -1), (1, -1)])
        ends = np.array([(0, 0), (1, 0), (1, 1), (0, 1)]) * size
        return np.asarray(ends + signs * inset, np.float32)

    def _scene(self, corners: NDArray[np.float32], rng: np.random.Generator) -> Photo:
        """Wall, frame and the empty board with the clouds that wiping leaves."""
        scene = np.empty((self.height, self.width, 3), np.uint8)
        scene[:] = rng.integers(110, 215) + rng.integers(-12, 13, 3)
        board = scene.copy()
        board[:] = self.board
        coarse = rng.normal(0, 1, (14, 9)).astype(np.float32)
        clouds = cv2.resize(coarse, (self.width, self.height), interpolation=cv2.INTER_CUBIC)
        shade = np.round(np.clip(clouds, 0, 2) * 3.5).astype(np.uint8)
        cv2.subtract(board, cv2.merge([shade, shade, shade]), dst=board)
        if self.margin <= 0 and self.tilt <= 0:
            return board
        unit = min(self.width, self.height) / 100
        for grow, grey in ((2.6, 150), (2.3, 196), (0.9, 176), (0.4, 128)):
            outline = np.round((corners + _OUTWARDS * grow * unit) * 16).astype(np.int32)
            cv2.fillConvexPoly(scene, outline, [grey, grey + 2, grey + 4], cv2.LINE_AA, 4)
        mask = np.zeros(scene.shape[:2], np.uint8)
        cv2.fillConvexPoly(mask, np.round(corners * 16).astype(np.int32), 255, cv2.LINE_AA, 4)
        cv2.copyTo(board, mask, scene)
        return scene

    def _expose(self, scene: Photo, rng: np.random.Generator) -> None:
        """Light, blur and noise, in place, a band of rows at a time."""
        lamps = [_Lamp.any(rng) for _ in range(self.glare)]
        turn = rng.uniform(0, 2 * math.pi)
        soft = cv2.GaussianBlur(scene, (0, 0), self.blur) if self.blur > 0 else scene
        rows = max(1, _BAND // self.width)
        for top in range(0, self.height, rows):
            band = soft[top : top + rows].astype(np.float32)
            y, x = np.mgrid[top : top + len(band), 0 : self.width].astype(np.float32)
            x, y = x / self.width - 0.5, y / self.height - 0.5
            light = 1.0 - self.uneven * (0.5 + x * math.cos(turn) + y * math.sin(turn))
            band *= light[..., None]
            for lamp in lamps:
                band += self.glaring * lamp.light(x, y)[..., None]
            band += rng.standard_normal(band.shape, np.float32) * np.float32(self.noise)
            scene[top : top + rows] = np.clip(np.round(band), 0, 255)


_OUTWARDS = np.array([(-1, -1), (1, -1), (1, 1), (-1, 1)], np.float32)


@dataclass(frozen=True, slots=True)
class _Lamp:
    """A lamp's reflection: place, size, direction; shares of the photo from its middle."""

    x: float
    y: float
    long: float
    short: float
    turn: float

    @classmethod
    def any(cls, rng: np.random.Generator) -> _Lamp:
        return cls(
            x=float(rng.uniform(-0.35, 0.35)),
            y=float(rng.uniform(-0.35, 0.35)),
            long=float(rng.uniform(0.1, 0.25)),
            short=float(rng.uniform(0.04, 0.1)),
            turn=float(rng.uniform(0, math.pi)),
        )

    def light(self, x: Floats, y: Floats) -> Floats:
        """How much of it comes from each place, 0..1."""
        u = (x - self.x) * math.cos(self.turn) + (y - self.y) * math.sin(self.turn)
        v = (y - self.y) * math.cos(self.turn) - (x - self.x) * math.sin(self.turn)
        return np.asarray(np.exp(-((u / self.long) ** 2) - (v / self.short) ** 2), np.float32)


def _ink(scene: Photo, stroke: Stroke, matrix: Matrix) -> None:
    """Lay one stroke on the photo, in place."""
    seen = cv2.perspectiveTransform(stroke.points[None], matrix)[0]
    if not np.isfinite(seen).all():
        return
    widths = stroke.widths * _growth(stroke, seen)
    reach = float(widths.max()) / 2 + 2
    low = np.floor(seen.min(axis=0) - reach).astype(int).clip(0, None)
    high = np.ceil(seen.max(axis=0) + reach).astype(int).clip(None, (scene.shape[1], scene.shape[0]))
    if (high <= low).any():
        return
    size = (high - low) * _SCALE
    mask = np.zeros((int(size[1]), int(size[0])), np.uint8)
    fixed = np.round((seen - low) * _SCALE * 16).astype(int).tolist()
    thick = np.maximum(1, np.round(widths * _SCALE)).astype(int).tolist()
    cover = np.round(stroke.covers * 255).tolist()
    for index in range(len(fixed) - 1):
        cv2.line(mask, fixed[index], fixed[index + 1], cover[index], thick[index], cv2.LINE_AA, 4)
    small = cv2.resize(mask, (int(high[0] - low[0]), int(high[1] - low[1])), interpolation=cv2.INTER_AREA)
    part = scene[low[1] : high[1], low[0] : high[0]]
    share = small[..., None].astype(np.float32) / 255
    part[:] = np.round(part + share * (np.array(stroke.colour, np.float32) - part))


def _growth(stroke: Stroke, seen: Floats) -> float:
    """How much larger a stroke is on the photo than on the sheet."""
    before = np.linalg.norm(np.diff(stroke.points, axis=0), axis=1).sum()
    after = np.linalg.norm(np.diff(seen, axis=0), axis=1).sum()
    return float(after / before) if before > 0 else 1.0
