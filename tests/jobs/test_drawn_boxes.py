"""A box drawn over several lines is read line by line."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

from ocr_studio.core import geometry
from ocr_studio.core.page import Quad, Source, Word
from ocr_studio.core.settings import ReaderOptions
from ocr_studio.engine.reader import Reader
from ocr_studio.jobs.reading import ReadingDesk, WordsRead, read_words
from tests.engine.test_reader import LINES, drawn


@pytest.fixture(scope="module")
def desk() -> ReadingDesk:
    desk = ReadingDesk(ReaderOptions())
    assert isinstance(desk.reader(), Reader)
    return desk


def read(desk: ReadingDesk, image: np.ndarray, quad: Quad, source: Source = Source.HUMAN) -> str:
    (event,) = [event for event in read_words(desk, image, [Word("w", quad, source)]) if isinstance(event, WordsRead)]
    return event.words[0].text


@pytest.mark.parametrize("degrees", [0.0, 8.0])
def test_all_its_lines_are_read_in_their_order(desk: ReadingDesk, degrees: float) -> None:
    photo, labels = drawn(degrees=degrees)
    quad = geometry.joined([label.quad for label in labels])
    assert read(desk, photo, quad) == " ".join(LINES)
    two = geometry.joined([label.quad for label in labels][: len((LINES[0] + " " + LINES[1]).split())])
    assert read(desk, photo, two) == " ".join(LINES[:2])


def test_a_box_on_one_line_is_read_as_it_stands(desk: ReadingDesk) -> None:
    photo, labels = drawn()
    first = len(LINES[0].split())
    line = geometry.joined([label.quad for label in labels[:first]])
    assert read(desk, photo, line) == LINES[0]
    assert read(desk, photo, labels[0].quad) == labels[0].text
    # With a rim of the line below in it.
    left, top, right, bottom = line.bounds()
    assert read(desk, photo, Quad.from_box(left - 5, top - 20, right + 5, bottom + 66)) == LINES[0]


def test_boxes_of_the_recognizer_are_read_as_they_stand(desk: ReadingDesk) -> None:
    photo, labels = drawn()
    quad = geometry.joined([label.quad for label in labels])
    assert read(desk, photo, quad, Source.MODEL) != " ".join(LINES)


class _Counted:
    """A reader that counts what it looks at, by its size."""

    def __init__(self, reader: Reader, monkeypatch: pytest.MonkeyPatch) -> None:
        self.sizes: list[tuple[int, ...]] = []
        find = reader.find

        def counted(image: NDArray[np.uint8]) -> NDArray[np.float32]:
            self.sizes.append(image.shape[:2])
            return find(image)

        monkeypatch.setattr(reader, "find", counted)


def test_many_boxes_are_looked_at_together(desk: ReadingDesk, monkeypatch: pytest.MonkeyPatch) -> None:
    photo, labels = drawn()
    all_lines = geometry.joined([label.quad for label in labels])
    long = [label for label in labels if geometry.size(label.quad)[0] > 2 * geometry.size(label.quad)[1]]
    quads = [all_lines, *(label.quad for label in 3 * long)]
    counted = _Counted(desk.reader(), monkeypatch)
    words = [Word(f"w{number}", quad, Source.HUMAN) for number, quad in enumerate(quads)]
    fresh = [word for event in read_words(desk, photo, words) if isinstance(event, WordsRead) for word in event.words]
    assert [word.text for word in fresh] == [" ".join(LINES), *(label.text for label in 3 * long)]
    width, height = geometry.size(all_lines)
    assert counted.sizes == [photo.shape[:2], (round(height), round(width))], "the photo, and the box over all lines"


def test_where_the_photo_shows_nothing_each_box_is_looked_at(
    desk: ReadingDesk, monkeypatch: pytest.MonkeyPatch
) -> None:
    photo, labels = drawn()
    two = geometry.joined([label.quad for label in labels][: len((LINES[0] + " " + LINES[1]).split())])
    reader = desk.reader()
    find = reader.find

    def blind(image: NDArray[np.uint8]) -> NDArray[np.float32]:
        found = find(image)
        return found[:0] if image.shape == photo.shape else found

    monkeypatch.setattr(reader, "find", blind)
    words = [Word(f"w{number}", two, Source.HUMAN) for number in range(16)]
    fresh = [word for event in read_words(desk, photo, words) if isinstance(event, WordsRead) for word in event.words]
    assert {word.text for word in fresh} == {" ".join(LINES[:2])}


def test_a_few_boxes_are_looked_at_one_by_one(desk: ReadingDesk, monkeypatch: pytest.MonkeyPatch) -> None:
    photo, labels = drawn()
    counted = _Counted(desk.reader(), monkeypatch)
    words = [Word(f"w{number}", label.quad, Source.HUMAN) for number, label in enumerate(labels)]
    list(read_words(desk, photo, words))
    assert len(words) < 16
    assert photo.shape[:2] not in counted.sizes
