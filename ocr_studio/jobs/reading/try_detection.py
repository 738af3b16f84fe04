"""Previews detection settings on a photo, without changing anything."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias

import numpy as np
from numpy.typing import NDArray

from ocr_studio.core.page import Quad
from ocr_studio.core.settings import DetectionOptions
from ocr_studio.jobs.reading.read import LoadingRecognizer, OcrService, prepare

if TYPE_CHECKING:
    from ocr_studio.engine.preview import PhotoPreview


@dataclass(frozen=True, slots=True)
class LinesFound:
    """All lines found with the settings."""

    lines: tuple[Quad, ...]


@dataclass(frozen=True, slots=True)
class BoxesFound:
    """Some of the word boxes found; ``done`` of ``total`` lines are split into words so far."""

    boxes: tuple[Quad, ...]
    done: int
    total: int


TuningEvent: TypeAlias = LoadingRecognizer | LinesFound | BoxesFound


class DetectionPreview:
    """Detection previews on one photo. Cheap to make; ``find`` belongs to the thread of its service."""

    def __init__(self, ocr_service: OcrService, image: NDArray[np.uint8]) -> None:
        """image: the upright photo, (H, W, 3) uint8 RGB."""
        self._ocr_service, self._image = ocr_service, image
        self._preview: PhotoPreview | None = None

    def find(self, detection: DetectionOptions) -> Iterator[TuningEvent]:
        """Find words with these settings.

        Yields LoadingRecognizer if the recognizer isn't loaded, LinesFound, BoxesFound …
        """
        yield from prepare(self._ocr_service)
        if self._preview is None:
            self._preview = self._ocr_service.preview(self._image)
        lines = self._preview.find(detection)
        yield LinesFound(tuple(Quad.from_array(line[:4]) for line in lines))
        done = 0
        for count, words in self._preview.read_lines(lines, detection):
            if not count:  # texts alone have changed
                continue
            done += count
            yield BoxesFound(tuple(word.quad for word in words), done, len(lines))
