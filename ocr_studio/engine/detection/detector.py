"""Photo → lines of writing."""

from __future__ import annotations

import copy
import itertools
import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeAlias

import cv2
import keras
import numpy as np
import tensorflow as tf
from numpy.typing import NDArray

from ocr_studio.core.geometry import quads as geometry
from ocr_studio.core.settings import Finding
from ocr_studio.engine.detection.line_extraction import Core, Map, cores
from ocr_studio.engine.weights import bundled_weights

Photo: TypeAlias = NDArray[np.uint8]
Quads: TypeAlias = NDArray[np.float32]

_STRIDE = 32  # the net halves the photo five times
# Pixels, of the core of a line as the net sees it. On photos of boards they are 10 to 22 thick (median of each of 33
# photos); thinner ones than the first are lost letters, and made as thick as the second; the third is dust.
_THIN, _READABLE, _SPECK = 7.0, 11.0, 2.0
# The last look may show so many times the size of the first; none is worth its time for less than the other.
_FINEST, _WORTH = 4.0, 1.3
# A photo larger than this many pixels squared is looked at in tiles; what is next to a tile helps as far as this.
_TILE, _OVERLAP = 2048, 128


@dataclass(frozen=True, slots=True)
class DetectorOptions:
    """How writing is told from the rest of a photo.

    side: pixels the photo's longer side is brought to; a phone's photo of a whole board keeps its smallest letters
    about ten pixels high there, and more finds no more (measured at 1600 and 2048). short: what the shorter side of a
    long strip is brought to, as far as a square of ``side`` has pixels for it: a panorama's letters shall not vanish.
    enlarge: the most a small photo is enlarged; enlarging adds no detail. text: map value from which a pixel is text,
    the net's own bar. surely: least mean of the map over a line. grow: how far a line grows from the map's shrunk
    core, times area / perimeter: training shrank it so (Liao et al. 2020). least: the thinnest core in map pixels;
    letters under it cannot be read.
    """

    side: int = Finding().detail
    short: int = Finding().detail // 2
    enlarge: float = 2.0
    text: float = Finding().threshold
    surely: float = Finding().sure
    grow: float = Finding().grow
    least: float = 3.0

    @classmethod
    def of(cls, finding: Finding) -> DetectorOptions:
        """What a person has chosen."""
        return cls(
            side=finding.detail,
            short=finding.detail // 2,
            text=finding.threshold,
            surely=finding.sure,
            grow=finding.grow,
        )

    def scale(self, height: int, width: int) -> float:
        """The factor that brings a photo of this size to the net's."""
        strip = min(self.short / min(height, width), self.side / math.sqrt(height * width))
        return min(max(self.side / max(height, width), strip), self.enlarge)


class Detector:
    """Finds lines of writing on photos. Made in one thread; any may let it look, one at a time.

    net: pixels → map of text, as ``build_detector``; by default the one with the published weights. Raises
    PretrainedError where those are missing. finds_words: whether it finds single words, which then stand for lines.
    """

    finds_words = False
    # A place of what the net gives stands for so many pixels squared of what it sees.
    _coarse = 1

    def __init__(self, net: keras.Model | None = None, *, options: DetectorOptions | None = None) -> None:
        self.options = options or DetectorOptions()
        self._look = _compiled(net if net is not None else bundled_weights.load_detector())

    def tuned_to(self, finding: Finding) -> Detector:
        """One that finds writing in another way, with the same net."""
        other = copy.copy(self)
        other.options = DetectorOptions.of(finding)
        return other

    def find(self, image: Photo) -> Quads:
        """Where lines are written, from top to bottom.

        image: (H, W, 3) uint8 RGB, any size from 1 × 1. Returns (N, 6, 2) float32, pixels of the photo: the corners,
        clockwise from the text's top left, and the middles of the upper and the lower edge, which are parabolas where
        a line is bent. A line may reach a little over the photo's border.
        """
        return self.lines(*self.look(image), size=image.shape[:2])

    def lines(self, likely: Map, scale: float, *, size: tuple[int, ...]) -> Quads:
        """The lines in what ``look`` has seen. size: (height, width) of the photo. Returns as ``find``."""
        height, width = size
        quads = quads_of(likely, self.options) / np.float32(scale)
        inside = (quads.max(axis=1) > 0).all(axis=1) & (quads.min(axis=1) < (width, height)).all(axis=1)
        quads = quads[inside]
        return np.asarray(quads[np.lexsort((quads[:, 0, 0], quads[:, 0, 1]))])

    def look(self, image: Photo) -> tuple[Map, float]:
        """How likely each pixel of the photo, brought to the net's size, is text: (h, w) 0..1, and that scale.

        Where the lines seen are thin and the photo has more to show, it is looked at again, larger.
        """
        scale = self.options.scale(*image.shape[:2])
        most = min(_FINEST * scale, max(scale, 1.0))
        likely = self._look_at(image, scale)
        while (larger := min(self._larger(likely, scale), most)) >= _WORTH * scale:
            scale = larger
            likely = self._look_at(image, scale)
        return likely, scale

    def maps(self, pieces: NDArray[np.float32]) -> NDArray[np.float32]:
        """What is seen on pieces of photos of one size, as they are: (B, h, w, 3), -1 to 1, sides multiples of 32 ->
        (B, h, w, 1).
        """
        seen: NDArray[np.float32] = self._look(tf.constant(pieces)).numpy()
        return seen

    def _larger(self, likely: Map, scale: float) -> float:
        """The scale that what was seen asks for. The smallest letters are not seen before the larger ones are clear.

        It does not hang on what a person has chosen but for the detail, so that trying that on one photo is quick.
        """
        sides = (min(core.length, core.thickness) for core in cores(likely, text=DetectorOptions().text))
        thick = [side for side in sides if side >= _SPECK]
        if not thick:
            return scale
        usual = float(np.median(thick))
        return scale * _READABLE / usual if usual < _THIN else scale

    def _look_at(self, image: Photo, scale: float) -> Map:
        """The map of a photo at a scale, in tiles if it is large: the net's memory grows with what it sees at once."""
        height, width = image.shape[:2]
        small_width, small_height = max(1, round(width * scale)), max(1, round(height * scale))
        way = cv2.INTER_AREA if scale < 1 else cv2.INTER_LINEAR
        small = np.asarray(cv2.resize(image, (small_width, small_height), interpolation=way), np.uint8)
        if small_width * small_height <= _TILE**2:
            return self._seen(small)
        rows: list[Map] = []
        for top, bottom in self._spans(small_height):
            row: list[Map] = []
            for left, right in self._spans(small_width):
                high, low = max(0, top - _OVERLAP), min(small_height, bottom + _OVERLAP)
                near, far = max(0, left - _OVERLAP), min(small_width, right + _OVERLAP)
                seen = self._seen(small[high:low, near:far])
                first, start = (top - high) // self._coarse, (left - near) // self._coarse
                down, across = (-((begin - end) // self._coarse) for begin, end in ((top, bottom), (left, right)))
                row.append(seen[first : first + down, start : start + across])
            rows.append(np.concatenate(row, axis=1))
        return np.concatenate(rows)

    def _seen(self, small: Photo) -> Map:
        """The map of a piece of a photo, as large as that, its last places included: (h, w)."""
        return self._maps_of(small)[..., 0]

    def _maps_of(self, small: Photo) -> Map:
        """All that the net gives for a piece of a photo: (h / coarse, w / coarse, channels), rounded up."""
        height, width = small.shape[:2]
        padded = cv2.copyMakeBorder(small, 0, -height % _STRIDE, 0, -width % _STRIDE, cv2.BORDER_REPLICATE)
        pixels = padded[None].astype(np.float32) / np.float32(127.5) - np.float32(1)
        seen: Map = self._look(tf.constant(pixels)).numpy()[0]
        return seen[: -(-height // self._coarse), : -(-width // self._coarse)]

    def _spans(self, length: int) -> list[tuple[int, int]]:
        """A side of a photo in parts, as few as do, from … to …, that begin where a place of the map does."""
        parts = math.ceil(length / _TILE)
        edges = [round(length * part / parts / self._coarse) * self._coarse for part in range(parts)]
        return list(itertools.pairwise([*edges, length]))


def _compiled(net: keras.Model) -> Callable[[Any], Any]:
    """The net as one function traced once for photos of every size: a trace costs a second, a new size nothing."""
    signature = [tf.TensorSpec((None, None, None, 3), tf.float32)]
    function = tf.function(lambda pixels: net(pixels, training=False), input_signature=signature)
    # Traced here: TensorFlow warns of traces at calls, those of all detectors of a process counted together.
    compiled: Callable[[Any], Any] = function.get_concrete_function()
    return compiled


def quads_of(likely: Map, options: DetectorOptions) -> Quads:
    """Lines in a map of text: around each core, grown to the writing's full size.

    likely: (h, w) 0..1. Returns (N, 6, 2) float32 in map pixels, as ``Detector.find``.
    """
    found: list[Quads] = []
    for core in cores(likely, text=options.text):
        thinner = min(core.length, core.thickness)
        if thinner < options.least or _mean_inside(likely, core) < options.surely:
            continue
        # Both sides: 2 · grow · area / perimeter.
        reach = options.grow * core.length * core.thickness / (core.length + core.thickness)
        corners = along_line(core.grown(reach))
        middles = np.stack([corners[:2].mean(axis=0), corners[2:].mean(axis=0)])
        width, height = geometry.sizes(corners)[0]
        found.append(np.concatenate([corners, middles + core.sag * np.float32(width > height)]))
    return np.array(found, dtype=np.float32).reshape(-1, 6, 2)


def along_line(rectangle: Quads) -> Quads:
    """The corners of a line's rectangle, (4, 2), so that its top runs along the writing.

    A long side that climbs by up to 60° is a line that climbs; a steeper one may as well be a tall letter, so there the
    more level side is the top and the reader looks at it both ways.
    """
    corners = geometry.order_corners(rectangle)
    width, height = geometry.sizes(corners)[0]
    if height > width:
        left = corners[0] - corners[3]
        if abs(left[1]) < math.tan(math.radians(60)) * abs(left[0]):
            return np.roll(corners, 1 if left[0] > 0 else -1, axis=0)
    return corners


def _mean_inside(likely: Map, core: Core) -> float:
    """The map's mean over the core's rectangle, as far as it lies inside the map, or over a bent core itself."""
    outline = core.outline[:, 0] if core.sag.any() else core.grown(0.0) - np.float32(0.5)
    height, width = likely.shape
    low = np.clip(np.floor(outline.min(axis=0)), 0, (width - 1, height - 1)).astype(int)
    high = np.clip(np.ceil(outline.max(axis=0)), 0, (width - 1, height - 1)).astype(int) + 1
    mask = np.zeros((high[1] - low[1], high[0] - low[0]), np.uint8)
    cv2.fillPoly(mask, [np.round(outline - low).astype(np.int32)], 1)
    return float(cv2.mean(likely[low[1] : high[1], low[0] : high[0]], mask)[0])
