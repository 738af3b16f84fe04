"""Preview of detection options on one photo, fast enough for a slider."""

from __future__ import annotations

import hashlib
import threading
from collections import OrderedDict
from collections.abc import Iterator, Sequence

from ocr_studio.core.page import Word
from ocr_studio.core.settings import DetectionOptions
from ocr_studio.engine.detection.line_extraction import Map
from ocr_studio.engine.reader import Reader
from ocr_studio.engine.recognition.line_crops import Photo, Quads
from ocr_studio.engine.recognition.recognizer import Crop, FrameProbabilities, Recognizer

# Memory for the network's output on lines, in bytes: some hundred lines of Latin letters, a few dozen of all scripts.
_CACHE_BYTES = 256 << 20


class PhotoPreview:
    """Reads one photo repeatedly with different detection options. It belongs to the thread of its reader.

    The networks' outputs are cached: the text map of the last ``DetectionOptions.limit_side``, and the steps of each
    line. Only a new size, new lines, and doubtful words with new boundaries take more than some milliseconds.
    """

    def __init__(self, reader: Reader, image: Photo) -> None:
        """Create the preview of a photo, (H, W, 3) uint8 RGB."""
        self._reader, self._image = reader, image
        self._recognizer = _CachingRecognizer(reader.recognizer)
        self._maps: dict[int, tuple[Map, float]] = {}

    def find(self, detection: DetectionOptions) -> Quads:
        """Return the lines that would be found, as ``Reader.find``."""
        detector = self._reader.detector.tuned_to(detection)
        if detection.limit_side not in self._maps:
            self._maps = {detection.limit_side: detector.compute_map(self._image)}
        reader = self._reader.tuned_to(detection, self._recognizer)
        return reader.convert_unit(detector.lines(*self._maps[detection.limit_side], size=self._image.shape[:2]))

    def read_lines(self, lines: Quads, detection: DetectionOptions) -> Iterator[tuple[int, list[Word]]]:
        """Return the words of these lines, as ``Reader.read_lines``."""
        return self._reader.tuned_to(detection, self._recognizer).read_lines(self._image, lines)


class _CachingRecognizer(Recognizer):
    """A recognizer with the same network that caches its output per crop."""

    def __init__(self, other: Recognizer) -> None:
        vars(self).update(vars(other))
        self._other = other
        # One thread reads lines while another reads doubtful words of earlier lines again.
        self._lock = threading.Lock()
        self._cache: OrderedDict[bytes, FrameProbabilities] = OrderedDict()
        self._cached_bytes = 0

    def run(self, crops: Sequence[Crop], *, width_factors: Sequence[float] | None = None) -> list[FrameProbabilities]:
        """Return the network's output for each crop, from the cache if possible."""
        shown = list(zip(crops, width_factors or [1.0] * len(crops), strict=True))
        keys = [_key(*each) for each in shown]
        with self._lock:
            known = {key: self._cache[key] for key in keys if key in self._cache}
        new = {key: each for key, each in zip(keys, shown, strict=True) if key not in known}
        if new:
            some, wide = zip(*new.values(), strict=True)
            known |= dict(zip(new, self._other.run(some, width_factors=wide), strict=True))
        with self._lock:
            for key in keys:
                self._store(key, known[key])
        return [known[key] for key in keys]

    def _store(self, key: bytes, steps: FrameProbabilities) -> None:
        if key not in self._cache:
            self._cached_bytes += steps.probabilities.nbytes
        self._cache[key] = steps
        self._cache.move_to_end(key)
        while self._cached_bytes > _CACHE_BYTES and len(self._cache) > 1:
            _, oldest = self._cache.popitem(last=False)
            self._cached_bytes -= oldest.probabilities.nbytes


def _key(crop: Crop, factor: float) -> bytes:
    return hashlib.blake2b(crop.tobytes(), digest_size=16, key=f"{crop.shape} {factor}".encode()).digest()
