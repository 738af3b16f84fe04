"""Trying how writing is found gives what a reading would, without looking twice at the same thing."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from ocr_studio.core.page import Quad
from ocr_studio.core.settings import DetectionOptions, ReaderOptions
from ocr_studio.engine import preview
from ocr_studio.engine.detection.detector import Detector
from ocr_studio.engine.preview import PhotoPreview
from ocr_studio.engine.reader import Reader
from ocr_studio.engine.recognition.recognizer import Crop, Recognizer
from ocr_studio.jobs.reading.read import OcrService
from ocr_studio.jobs.reading.try_detection import BoxesFound, DetectionPreview, LinesFound
from tests.engine.test_reader import LINES, drawn


def boxes(reader: Reader | PhotoPreview, image: NDArray[np.uint8], detection: DetectionOptions) -> list[Quad]:
    if isinstance(reader, PhotoPreview):
        pieces = reader.read_lines(reader.find(detection), detection)
    else:
        pieces = reader.read_lines(image, reader.find(image))
    return [word.quad for _, words in pieces for word in words]


@pytest.mark.parametrize(
    "detection",
    [
        DetectionOptions(),
        DetectionOptions(threshold=0.6, unclip_ratio=2.5),
        DetectionOptions(limit_side=640, space_width=2.0),
    ],
)
def test_what_is_shown_is_what_would_be_read(reader: Reader, detection: DetectionOptions) -> None:
    photo, _ = drawn()
    fresh = Reader(
        ReaderOptions(detection=detection), detector=reader.detector.tuned_to(detection), recognizer=reader.recognizer
    )
    trying = PhotoPreview(reader, photo)
    boxes(trying, photo, DetectionOptions())
    assert boxes(trying, photo, detection) == boxes(fresh, photo, detection)
    assert reader.find(photo).tolist() == PhotoPreview(reader, photo).find(DetectionOptions()).tolist()


def test_the_nets_look_once(reader: Reader, monkeypatch: pytest.MonkeyPatch) -> None:
    photo, _ = drawn()
    looks: list[str] = []
    look, read = Detector.compute_map, Recognizer.run

    def counted_look(self: Detector, image: NDArray[np.uint8]) -> object:
        looks.append("photo")
        return look(self, image)

    def counted_read(self: Recognizer, crops: list[Crop], **more: Any) -> object:
        looks.extend(["lines"] * bool(crops))
        return read(self, crops, **more)

    monkeypatch.setattr(Detector, "compute_map", counted_look)
    monkeypatch.setattr(Recognizer, "run", counted_read)
    trying = PhotoPreview(reader, photo)
    some = boxes(trying, photo, DetectionOptions())
    assert looks[0] == "photo"
    assert "lines" in looks
    looks.clear()
    assert boxes(trying, photo, DetectionOptions()) == some
    more = boxes(trying, photo, DetectionOptions(space_width=0.1))
    assert len(more) >= len(some)
    trying.find(DetectionOptions(box_threshold=0.9, threshold=0.8))
    assert looks == []
    trying.find(DetectionOptions(limit_side=900))
    assert looks == ["photo"]


def test_what_there_is_no_room_for_is_looked_at_again(reader: Reader, monkeypatch: pytest.MonkeyPatch) -> None:
    photo, _ = drawn()
    roomy, narrow = PhotoPreview(reader, photo), PhotoPreview(reader, photo)
    wanted = boxes(roomy, photo, DetectionOptions())
    monkeypatch.setattr(preview, "_CACHE_BYTES", 1)
    assert boxes(narrow, photo, DetectionOptions()) == boxes(narrow, photo, DetectionOptions()) == wanted
    kept = narrow._recognizer._cache
    assert len(kept) == 1  # the last line, however large
    assert narrow._recognizer._cached_bytes == sum(steps.probabilities.nbytes for steps in kept.values())


def test_lines_can_be_shown(reader: Reader) -> None:
    photo, _ = drawn()

    class ReadyService(OcrService):
        def reader(self, writer: str | None = None) -> Reader:
            return reader

    events = list(DetectionPreview(ReadyService(ReaderOptions()), photo).find(DetectionOptions()))
    assert [len(event.lines) for event in events if isinstance(event, LinesFound)] == [len(LINES)]
    assert sum(len(event.boxes) for event in events if isinstance(event, BoxesFound)) == len(" ".join(LINES).split())
