"""Trying how writing is found: lines first, then their boxes, and no more is done than is asked for."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ocr_studio.core.page import Quad, TextSource, Transcription, Word
from ocr_studio.core.settings import DetectionOptions, ReaderOptions
from ocr_studio.jobs.reading.read import LoadingRecognizer, OcrService
from ocr_studio.jobs.reading.try_detection import BoxesFound, DetectionPreview, LinesFound

IMAGE = np.zeros((40, 50, 3), np.uint8)


class StandInPreview:
    """Finds as many lines as the threshold has tenths, two words on each."""

    def __init__(self) -> None:
        self.read = 0

    def find(self, detection: DetectionOptions) -> NDArray[np.float32]:
        count = round(10 * detection.threshold)
        return np.array([Quad.from_box(0, 9 * y, 50, 9 * y + 8).corners for y in range(count)], np.float32)

    def read_lines(self, lines: NDArray[np.float32], detection: DetectionOptions) -> Iterator[tuple[int, list[Word]]]:
        for line in lines:
            self.read += 1
            left, top, _, bottom = Quad.from_array(line).bounds()
            boxes = [Quad.from_box(left + x, top, left + x + 20, bottom) for x in (0, 25)]
            yield 1, [Word(f"{box}", box, machine=Transcription("a", TextSource.MODEL, 0.9)) for box in boxes]


class ReadyService(OcrService):
    """Loads nothing."""

    made = 0

    def reader(self, writer: str | None = None) -> Any:
        return None

    def preview(self, image: NDArray[np.uint8]) -> Any:
        self.made += 1
        self.last = StandInPreview()
        return self.last


def test_lines_come_first_and_then_their_boxes() -> None:
    events = list(DetectionPreview(ReadyService(ReaderOptions()), IMAGE).find(DetectionOptions(threshold=0.2)))
    assert isinstance(events[0], LoadingRecognizer)
    assert events[1] == LinesFound((Quad.from_box(0, 0, 50, 8), Quad.from_box(0, 9, 50, 17)))
    boxes = events[2:]
    assert all(isinstance(event, BoxesFound) for event in boxes)
    assert [(event.done, event.total, len(event.boxes)) for event in boxes if isinstance(event, BoxesFound)] == [
        (1, 2, 2),
        (2, 2, 2),
    ]


def test_one_that_is_given_up_after_the_lines_reads_none_and_the_next_starts_from_what_was_seen() -> None:
    ocr_service = ReadyService(ReaderOptions())
    trial = DetectionPreview(ocr_service, IMAGE)
    events = trial.find(DetectionOptions())
    assert isinstance(next(events), LoadingRecognizer)
    assert isinstance(next(events), LinesFound)
    events.close()  # type: ignore[attr-defined]  # it is a generator
    assert ocr_service.last.read == 0
    list(trial.find(DetectionOptions(threshold=0.5)))
    assert (ocr_service.made, ocr_service.last.read) == (1, 5)
