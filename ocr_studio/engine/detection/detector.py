"""Text detection: photo → lines."""

from __future__ import annotations

import copy
import itertools
import math
from dataclasses import dataclass
from typing import TypeAlias

import cv2
import numpy as np
from numpy.typing import NDArray

from ocr_studio.core.geometry import quads as geometry
from ocr_studio.core.settings import DetectionOptions
from ocr_studio.engine.detection.line_extraction import Core, Map, find_cores
from ocr_studio.engine.networks.network import Network

Photo: TypeAlias = NDArray[np.uint8]
Quads: TypeAlias = NDArray[np.float32]

_INPUT_STRIDE = 32  # the network halves the photo five times
# Thickness of line cores in map pixels. On photos of boards it is 10 to 22 (median of each of 33 photos). Below the
# first value letters are lost, so the photo is enlarged until cores have the second; cores below the third are dust.
_THIN_CORES, _READABLE_CORES, _MIN_CORE = 7.0, 11.0, 2.0
# The second pass has at most this many times the pixels of the first, and is skipped below the other factor.
_MAX_PIXEL_RATIO, _MIN_SCALE_RATIO = 4.0, 1.3
# Photos with more than this many pixels squared are processed in tiles, with this much overlap as context.
_TILE, _OVERLAP = 2048, 128


@dataclass(frozen=True, slots=True)
class DetectorOptions:
    """Options of the detector.

    Attributes:
        side: Longer side of the input in pixels. At the default, the smallest letters on a phone's photo of a whole
            board are about ten pixels high; larger inputs find no more (measured at 1600 and 2048).
        short: Shorter side of a long strip, within the pixels of a square of ``side``, so that letters of a panorama
            don't vanish.
        enlarge: Maximum enlargement of a small photo, which adds no detail.
        text: Map value from which a pixel is text.
        surely: Minimum mean of the map over a line (box threshold).
        grow: Unclip ratio: how far a line is grown from its shrunk core, times area / perimeter (Liao et al. 2020).
        least: Minimum thickness of a core in map pixels; smaller letters cannot be read.
    """

    side: int = DetectionOptions().limit_side
    short: int = DetectionOptions().limit_side // 2
    enlarge: float = 2.0
    text: float = DetectionOptions().threshold
    surely: float = DetectionOptions().box_threshold
    grow: float = DetectionOptions().unclip_ratio
    least: float = 3.0

    @classmethod
    def of(cls, detection: DetectionOptions) -> DetectorOptions:
        """Convert the user's detection options."""
        return cls(
            side=detection.limit_side,
            short=detection.limit_side // 2,
            text=detection.threshold,
            surely=detection.box_threshold,
            grow=detection.unclip_ratio,
        )

    def scale(self, height: int, width: int) -> float:
        """Return the factor that resizes a photo of this size to the network's input."""
        strip = min(self.short / min(height, width), self.side / math.sqrt(height * width))
        return min(max(self.side / max(height, width), strip), self.enlarge)


class Detector:
    """Finds lines of text on photos. It may be used by any thread, one at a time.

    Args:
        network: The network.
        options: Input size and thresholds.

    Attributes:
        finds_words: Whether it finds single words, which are then returned as lines.
        usual: Options that suit its network.
    """

    finds_words = False
    usual = DetectorOptions()
    # Input pixels per map pixel, along each side.
    _map_stride = 1

    def __init__(self, network: Network, *, options: DetectorOptions | None = None) -> None:
        self.options = options or self.usual
        self.network = network

    def tuned_to(self, detection: DetectionOptions) -> Detector:
        """Return a detector with other options and the same network."""
        other = copy.copy(self)
        other.options = type(self.options).of(detection)
        return other

    def trim_margins(self, quads: Quads) -> Quads:
        """Return the corners of quads of ``find``, (N, 6, 2), without the margins around the writing: (N, 4, 2).

        Where nothing is known of them, they stay.
        """
        return quads[:, :4]

    def find(self, image: Photo) -> Quads:
        """Find the lines, from top to bottom.

        Args:
            image: (H, W, 3) uint8 RGB, any size from 1 × 1.

        Returns:
            (N, 6, 2) float32 in pixels of the photo: the corners, clockwise from the text's top left, and the middles
            of the upper and lower edge, which are parabolas for a bent line. Lines may extend slightly beyond the
            photo.
        """
        return self.lines(*self.compute_map(image), size=image.shape[:2])

    def lines(self, text_map: Map, scale: float, *, size: tuple[int, ...]) -> Quads:
        """Extract the lines from the result of ``compute_map``; size: (height, width) of the photo. See ``find``."""
        height, width = size
        quads = self._extract(text_map, np.float32(scale))
        inside = (quads.max(axis=1) > 0).all(axis=1) & (quads.min(axis=1) < (width, height)).all(axis=1)
        quads = quads[inside]
        return np.asarray(quads[np.lexsort((quads[:, 0, 0], quads[:, 0, 1]))])

    def _extract(self, text_map: Map, scale: np.float32) -> Quads:
        """Extract the lines from a map of the photo at a scale, (N, 6, 2) in pixels of the photo."""
        return extract_lines(text_map, self.options) / scale

    def compute_map(self, image: Photo) -> tuple[Map, float]:
        """Compute the text probability of each pixel.

        If the lines are thin and the photo has more detail, it is processed again at a larger scale.

        Returns:
            The map, (h, w) 0..1, of the resized photo, and the scale.
        """
        scale = self.options.scale(*image.shape[:2])
        max_scale = min(_MAX_PIXEL_RATIO * scale, max(scale, 1.0))
        text_map = self._map_at_scale(image, scale)
        while (larger := min(self._second_scale(text_map, scale), max_scale)) >= _MIN_SCALE_RATIO * scale:
            scale = larger
            text_map = self._map_at_scale(image, scale)
        return text_map, scale

    def run_batch(self, pieces: NDArray[np.float32]) -> NDArray[np.float32]:
        """Run the network on images of the same size: (B, h, w, 3), −1 to 1, sides multiples of 32 → (B, h, w, 1)."""
        return self.network(pieces)

    def _second_scale(self, text_map: Map, scale: float) -> float:
        """Return the scale for a second pass. The smallest letters only show up once larger ones are clear.

        Of the options it only depends on ``limit_side``, so that trying other options on one photo is quick.
        """
        cores = find_cores(text_map, text=self.usual.text)
        sides = (min(core.length, core.thickness) for core in cores)
        thick = [side for side in sides if side >= _MIN_CORE]
        if not thick:
            return scale
        usual = float(np.median(thick))
        return scale * _READABLE_CORES / usual if usual < _THIN_CORES else scale

    def _map_at_scale(self, image: Photo, scale: float) -> Map:
        """Compute the map of a photo at a scale, in tiles if it is large, as memory grows with the input size."""
        height, width = image.shape[:2]
        small_width, small_height = max(1, round(width * scale)), max(1, round(height * scale))
        way = cv2.INTER_AREA if scale < 1 else cv2.INTER_LINEAR
        resized = np.asarray(cv2.resize(image, (small_width, small_height), interpolation=way), np.uint8)
        if small_width * small_height <= _TILE**2:
            return self._map_of(resized)
        rows: list[Map] = []
        for top, bottom in self._tile_spans(small_height):
            row: list[Map] = []
            for left, right in self._tile_spans(small_width):
                high, low = max(0, top - _OVERLAP), min(small_height, bottom + _OVERLAP)
                left_edge, right_edge = max(0, left - _OVERLAP), min(small_width, right + _OVERLAP)
                tile_map = self._map_of(resized[high:low, left_edge:right_edge])
                first, start = (top - high) // self._map_stride, (left - left_edge) // self._map_stride
                down, across = (-((begin - end) // self._map_stride) for begin, end in ((top, bottom), (left, right)))
                row.append(tile_map[first : first + down, start : start + across])
            rows.append(np.concatenate(row, axis=1))
        return np.concatenate(rows)

    def _map_of(self, resized: Photo) -> Map:
        """Compute the map of an image at the same size, (h, w), including the last rows and columns."""
        return self._run_network(resized)[..., 0]

    def _run_network(self, resized: Photo) -> Map:
        """Run the network on an image: (h, w, channels), each side divided by ``_map_stride``, rounded up."""
        height, width = resized.shape[:2]
        padded = cv2.copyMakeBorder(
            resized, 0, -height % _INPUT_STRIDE, 0, -width % _INPUT_STRIDE, cv2.BORDER_REPLICATE
        )
        pixels = padded[None].astype(np.float32) / np.float32(127.5) - np.float32(1)
        tile_map: Map = self.network(pixels)[0]
        return tile_map[: -(-height // self._map_stride), : -(-width // self._map_stride)]

    def _tile_spans(self, length: int) -> list[tuple[int, int]]:
        """Split a side of a photo into as few tiles as possible, as (begin, end), aligned to map pixels."""
        parts = math.ceil(length / _TILE)
        edges = [round(length * part / parts / self._map_stride) * self._map_stride for part in range(parts)]
        return list(itertools.pairwise([*edges, length]))


def extract_lines(text_map: Map, options: DetectorOptions) -> Quads:
    """Extract lines from a map, (h, w) 0..1: the cores, grown to the full size of the writing.

    Returns:
        (N, 6, 2) float32 in map pixels, as ``Detector.find``.
    """
    found: list[Quads] = []
    for core in find_cores(text_map, text=options.text):
        thinner = min(core.length, core.thickness)
        if thinner < options.least or _mean_inside(text_map, core) < options.surely:
            continue
        # On both sides: 2 · grow · area / perimeter.
        reach = options.grow * core.length * core.thickness / (core.length + core.thickness)
        corners = order_line_corners(core.expanded_corners(reach))
        middles = np.stack([corners[:2].mean(axis=0), corners[2:].mean(axis=0)])
        width, height = geometry.measure_sizes(corners)[0]
        found.append(np.concatenate([corners, middles + core.sag * np.float32(width > height)]))
    return np.array(found, dtype=np.float32).reshape(-1, 6, 2)


def measure_growth(length: float, height: float, *, grow: float) -> float:
    """Return by how many pixels a core was grown that now has this size, the inverse of ``extract_lines``.

    A core of l × t grows by r = grow · l · t / (l + t) on both; with length = l + r and height = t + r that is a
    quadratic equation in r.
    """
    total, area = length + height, length * height
    half = (1 + grow) * total
    return float((half - np.sqrt(max(half**2 - 4 * (2 + grow) * grow * area, 0.0))) / (2 * (2 + grow)))


def order_line_corners(rectangle: Quads) -> Quads:
    """Order the corners of a line's rectangle, (4, 2), so that its top runs along the writing.

    A long side with a slope of up to 60° is a climbing line. A steeper one may be a tall letter, so the more level side
    becomes the top, and the reader tries both.
    """
    corners = geometry.order_corners(rectangle)
    width, height = geometry.measure_sizes(corners)[0]
    if height > width:
        left = corners[0] - corners[3]
        if abs(left[1]) < math.tan(math.radians(60)) * abs(left[0]):
            return np.roll(corners, 1 if left[0] > 0 else -1, axis=0)
    return corners


def _mean_inside(text_map: Map, core: Core) -> float:
    """Return the mean of the map over the core's rectangle, clipped to the map, or over a bent core itself."""
    outline = core.outline[:, 0] if core.sag.any() else core.expanded_corners(0.0) - np.float32(0.5)
    height, width = text_map.shape
    low = np.clip(np.floor(outline.min(axis=0)), 0, (width - 1, height - 1)).astype(int)
    high = np.clip(np.ceil(outline.max(axis=0)), 0, (width - 1, height - 1)).astype(int) + 1
    mask = np.zeros((high[1] - low[1], high[0] - low[0]), np.uint8)
    cv2.fillPoly(mask, [np.round(outline - low).astype(np.int32)], 1)
    return float(cv2.mean(text_map[low[1] : high[1], low[0] : high[0]], mask)[0])
