"""Trying on a photo how writing is found, before anything is changed."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias

import numpy as np
from numpy.typing import NDArray

from ocr_studio.core.page import Quad
from ocr_studio.core.settings import Finding
from ocr_studio.jobs.reading.read import Preparing, ReadingDesk, prepare

if TYPE_CHECKING:
    from ocr_studio.engine.preview import Preview


@dataclass(frozen=True, slots=True)
class LinesFound:
    """All lines that would be found."""

    lines: tuple[Quad, ...]


@dataclass(frozen=True, slots=True)
class BoxesFound:
    """Some of the boxes that reading would give; ``done`` lines of ``total`` are divided so far."""

    boxes: tuple[Quad, ...]
    done: int
    total: int


TuningEvent: TypeAlias = Preparing | LinesFound | BoxesFound


class Trial:
    """One photo on which things are tried. Making it is cheap; otherwise it belongs to the thread of its desk.

    image: upright, (H, W, 3) uint8 RGB.
    """

    def __init__(self, desk: ReadingDesk, image: NDArray[np.uint8]) -> None:
        self._desk, self._image = desk, image
        self._preview: Preview | None = None

    def find(self, finding: Finding) -> Iterator[TuningEvent]:
        """What would be found so: Preparing where it must wait for the recognizer, LinesFound, BoxesFound …"""
        # ``prepare`` yields reading's events, of which this is the only one.
        yield from (event for event in prepare(self._desk) if isinstance(event, Preparing))
        if self._preview is None:
            self._preview = self._desk.preview(self._image)
        lines = self._preview.find(finding)
        yield LinesFound(tuple(Quad.from_array(line[:4]) for line in lines))
        done = 0
        for count, words in self._preview.read_lines(lines, finding):
            done += count
            yield BoxesFound(tuple(word.quad for word in words), done, len(lines))
