"""A box drawn over several lines is read line by line."""

from __future__ import annotations

import numpy as np
import pytest

from ocr_studio.core.geometry import quads as geometry
from ocr_studio.core.page import Quad, TextSource, Word
from ocr_studio.core.settings import ReaderOptions
from ocr_studio.engine.reader import Reader
from ocr_studio.jobs.reading.read import OcrService, WordsRead, read_words
from tests.engine.test_reader import LINES, drawn


@pytest.fixture(scope="module")
def ocr_service() -> OcrService:
    ocr_service = OcrService(ReaderOptions())
    assert isinstance(ocr_service.reader(), Reader)
    return ocr_service


def read(ocr_service: OcrService, image: np.ndarray, quad: Quad, source: TextSource = TextSource.HUMAN) -> str:
    (event,) = [
        event for event in read_words(ocr_service, image, [Word("w", quad, source)]) if isinstance(event, WordsRead)
    ]
    return event.words[0].text


@pytest.mark.parametrize("degrees", [0.0, 8.0])
def test_all_its_lines_are_read_in_their_order(ocr_service: OcrService, degrees: float) -> None:
    photo, labels = drawn(degrees=degrees)
    quad = geometry.union_quad([label.quad for label in labels])
    assert read(ocr_service, photo, quad) == " ".join(LINES)
    two = geometry.union_quad([label.quad for label in labels][: len((LINES[0] + " " + LINES[1]).split())])
    assert read(ocr_service, photo, two) == " ".join(LINES[:2])


def test_a_box_on_one_line_is_read_as_it_stands(ocr_service: OcrService) -> None:
    photo, labels = drawn()
    first = len(LINES[0].split())
    line = geometry.union_quad([label.quad for label in labels[:first]])
    assert read(ocr_service, photo, line) == LINES[0]
    assert read(ocr_service, photo, labels[0].quad) == labels[0].text
    # With a rim of the line below in it.
    left, top, right, bottom = line.bounds()
    assert read(ocr_service, photo, Quad.from_box(left - 5, top - 20, right + 5, bottom + 66)) == LINES[0]


def test_boxes_of_the_recognizer_are_read_as_they_stand(ocr_service: OcrService) -> None:
    photo, labels = drawn()
    quad = geometry.union_quad([label.quad for label in labels])
    assert read(ocr_service, photo, quad, TextSource.MODEL) != " ".join(LINES)
