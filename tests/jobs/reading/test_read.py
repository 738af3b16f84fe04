"""Reading jobs with a recognizer small enough to see through: what is yielded, in which order, and what goes on."""

from __future__ import annotations

from collections.abc import Generator, Iterator, Mapping
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from ocr_studio.core.images import photo_file
from ocr_studio.core.language.charset import Charset
from ocr_studio.core.models import registry
from ocr_studio.core.models.card import DETECTOR
from ocr_studio.core.page import BoardLook, Quad, TextSource, Transcription, Word
from ocr_studio.core.project.project_words import ProjectWords
from ocr_studio.core.settings import DetectionOptions, ReaderOptions
from ocr_studio.engine.nets.detector import build_detector
from ocr_studio.engine.nets.recognizer import build_recognizer
from ocr_studio.engine.networks.runtimes import NoRuntime
from ocr_studio.engine.reader import Reader
from ocr_studio.engine.weights import model_weights
from ocr_studio.jobs.reading.read import (
    LinesCounted,
    LoadingRecognizer,
    OcrService,
    PhotoFailed,
    PhotoRead,
    ReadingDone,
    ReadingEvent,
    WordsDecodedAgain,
    WordsRead,
    prepare,
    read_page,
    read_photos,
    read_words,
    with_order,
)
from tests.core.made_models import CARD
from tests.core.made_pages import page_of, read_word
from tests.core.made_projects import photos, saved

__all__ = ["photos"]


class TwoLines:
    """Finds two lines on every photo and reads one word on each."""

    name = "two-lines"

    def __init__(self) -> None:
        self.learned: list[Mapping[str, int]] = []
        self.certain: list[Mapping[str, int]] = []

    def learn(self, known: ProjectWords) -> None:
        self.learned.append(dict(known.typed))
        self.certain.append(dict(known.certain))

    def find(self, image: NDArray[np.uint8]) -> list[Quad]:
        return [Quad.from_box(0, y, image.shape[1], y + 10) for y in (0, 20)]

    def read_lines(self, image: NDArray[np.uint8], lines: list[Quad]) -> Iterator[tuple[int, list[Word]]]:
        for number, quad in enumerate(lines):
            yield 1, [Word(f"w{number}", quad, machine=self._read(number))]

    def read_quads(self, image: NDArray[np.uint8], quads: list[Quad]) -> Iterator[list[Transcription]]:
        for start in range(0, len(quads), 2):
            yield [self._read(start + number) for number in range(len(quads[start : start + 2]))]

    def _read(self, number: int) -> Transcription:
        return Transcription(f"text{number}", TextSource.MODEL, 0.9, self.name)


class ReadyService(OcrService):
    """A service whose recognizer needs no loading."""

    def reader(self, writer: str | None = None) -> TwoLines:  # type: ignore[override]
        self._reader = self._reader or TwoLines()  # type: ignore[assignment]
        return self._reader  # type: ignore[return-value]


def test_a_page_comes_line_by_line() -> None:
    events = list(read_page(ReadyService(ReaderOptions()), np.zeros((50, 80, 3), np.uint8)))
    assert [type(event) for event in events] == [LoadingRecognizer, LinesCounted, WordsRead, WordsRead, ReadingDone]
    assert [(event.done, event.total) for event in events if isinstance(event, WordsRead)] == [(1, 2), (2, 2)]


def test_words_decoded_again_come_last_and_count_no_lines() -> None:
    class Again(TwoLines):
        def read_lines(self, image: NDArray[np.uint8], lines: list[Quad]) -> Iterator[tuple[int, list[Word]]]:
            yield from super().read_lines(image, lines)
            yield 0, [Word("w0", lines[0], machine=self._read(7))]

    class Service(ReadyService):
        def reader(self, writer: str | None = None) -> TwoLines:  # type: ignore[override]
            self._reader = self._reader or Again()  # type: ignore[assignment]
            return self._reader  # type: ignore[return-value]

    image = np.zeros((50, 80, 3), np.uint8)
    *_, read, again, _ = read_page(Service(ReaderOptions()), image)
    assert isinstance(read, WordsRead)
    assert (read.done, read.total) == (2, 2)
    assert isinstance(again, WordsDecodedAgain)
    assert [word.text for word in again.words] == ["text7"]


def test_the_order_of_all_words_read_so_far_comes_with_them() -> None:
    upper, lower, beside = (
        Word(key, Quad.from_box(x, y, x + 40, y + 10)) for key, x, y in (("u", 0, 0), ("l", 0, 30), ("b", 50, 0))
    )
    events: list[ReadingEvent] = [LinesCounted(3), WordsRead((lower, upper), 2, 3), WordsRead((beside,), 3, 3)]
    counted, *read = with_order(events)
    assert counted == LinesCounted(3)
    assert [event.order for event in read if isinstance(event, WordsRead)] == [("u", "l"), ("u", "b", "l")]
    assert [replace(event, order=()) for event in read if isinstance(event, WordsRead)] == events[1:]


def test_reading_words_again_changes_the_machines_side_only() -> None:
    human = Transcription.by_human("kept")
    words = [Word(f"w{n}", Quad.from_box(n, 0, n + 5, 5), human=human) for n in range(3)]
    events = list(read_words(ReadyService(ReaderOptions()), np.zeros((50, 80, 3), np.uint8), words))
    fresh = [word for event in events if isinstance(event, WordsRead) for word in event.words]
    assert [word.id for word in fresh] == ["w0", "w1", "w2"]
    assert {word.human for word in fresh} == {human}
    assert [word.machine.text for word in fresh if word.machine] == ["text0", "text1", "text2"]


def test_a_bad_photo_does_not_stop_the_others(tmp_path: Path) -> None:
    good = tmp_path / "good.png"
    photo_file.save_png(good, np.full((50, 80, 3), 255, np.uint8))
    bad = tmp_path / "bad.png"
    bad.write_bytes(b"not a picture")
    events = list(read_photos(ReadyService(ReaderOptions()), [bad, good]))
    (failed,) = (event for event in events if isinstance(event, PhotoFailed))
    (read,) = (event for event in events if isinstance(event, PhotoRead))
    assert "bad.png" in str(failed.error)
    assert (read.page.image, read.page.width, read.page.height, len(read.page.words)) == ("good.png", 80, 50, 2)
    assert read.page.read_at is not None


def test_networks_that_cannot_be_loaded_are_one_error_for_all_photos(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    photos = [tmp_path / "one.png", tmp_path / "two.png"]
    for photo in photos:
        photo_file.save_png(photo, np.full((50, 80, 3), 255, np.uint8))

    def fail(*_: object) -> Reader:
        raise NoRuntime("nothing runs it")

    monkeypatch.setattr(OcrService, "reader", fail)
    events = read_photos(OcrService(ReaderOptions()), [tmp_path / "gone.png", *photos])
    assert isinstance(next(events), PhotoFailed)
    assert next(events) == LoadingRecognizer()
    with pytest.raises(NoRuntime):
        next(events)


@pytest.fixture(scope="module")
def built_in() -> Reader:
    """The built-in reader, loaded once; no test reads with it."""
    return OcrService(ReaderOptions()).reader()


@pytest.fixture
def first(built_in: Reader) -> OcrService:
    """A service that has loaded the built-in reader."""
    first = OcrService(ReaderOptions())
    first._reader = built_in
    return first


def test_a_desk_takes_over_the_weights_of_the_one_before_it_where_they_are_the_same(first: OcrService) -> None:
    reader = first.reader()
    lines = first.successor(ReaderOptions(unit="lines", detection=DetectionOptions(threshold=0.2))).reader()
    assert lines.recognizer is reader.recognizer
    assert lines.detector is not reader.detector
    usual = type(reader.detector).usual.text
    assert lines.detector.options.text == pytest.approx(usual - DetectionOptions().threshold + 0.2)
    assert reader.detector.options.text == usual


def test_a_model_that_was_learned_reads_in_the_place_of_the_other_and_its_words_say_so(
    first: OcrService,
) -> None:
    reader, letters = first.reader(), Charset(tuple("abc "))
    folder = registry.candidate_folder("Anna")
    model_weights.save_model(folder, build_recognizer(len(letters)), charset=letters, card=CARD)
    registry.install(folder)
    second = first.successor(ReaderOptions(model="Anna"))
    learned = second.reader()
    assert learned.name == "Anna"
    assert learned.recognizer.charset == letters
    assert learned.detector.network is reader.detector.network
    (read,) = learned.recognizer.read([np.full((48, 90, 3), 200, np.uint8)])
    assert read.model == "Anna"
    third = second.successor(ReaderOptions(model="Anna", alphabet="all"))  # which is about the built-in one only
    assert third.reader().recognizer is learned.recognizer
    assert third.successor(ReaderOptions()).reader().name == registry.BUILT_IN.name


def test_a_detector_that_was_learned_finds_and_the_recognizer_stays(first: OcrService) -> None:
    folder = registry.candidate_folder("Finder")
    model_weights.save_model(folder, build_detector(), charset=None, card=replace(CARD, architecture=DETECTOR))
    registry.install(folder)
    reader, other = first.reader(), first.successor(ReaderOptions(detector="Finder")).reader()
    assert other.recognizer is reader.recognizer
    blank = np.full((64, 64, 3), 255, np.uint8)
    assert not np.array_equal(other.detector.compute_map(blank)[0], reader.detector.compute_map(blank)[0])


def test_what_a_person_wrote_in_the_project_counts_from_the_next_photo_on(photos: Path) -> None:
    project, ocr_service, image = saved(photos), ReadyService(ReaderOptions()), np.zeros((50, 80, 3), np.uint8)
    list(read_page(ocr_service, image, project=project))
    assert ocr_service.reader().learned == []  # nobody has typed anything
    typed = replace(read_word("mop", 100), human=Transcription.by_human("kubectl's map"))
    project.note(page_of(typed))
    list(read_page(ocr_service, image, project=project))
    list(read_words(ocr_service, image, [typed], project=project))
    assert ocr_service.reader().learned == [{"kubectl's": 1, "map": 1}]
    list(read_page(ocr_service, image))
    assert ocr_service.reader().learned[-1] == {}


def test_a_project_that_cannot_be_looked_into_is_no_reason_not_to_read(
    photos: Path, caplog: pytest.LogCaptureFixture
) -> None:
    project, ocr_service = saved(photos), ReadyService(ReaderOptions())
    (project.folder / "pages").rename(project.folder / "other")
    (project.folder / "pages").symlink_to(project.folder / "pages")  # a link to itself cannot be listed
    events = list(read_page(ocr_service, np.zeros((50, 80, 3), np.uint8), project=project))
    assert isinstance(events[-1], ReadingDone)
    assert "can’t read the project" in caplog.text


def test_each_photo_is_read_with_the_words_of_its_own_project(photos: Path, tmp_path: Path) -> None:
    photo_file.save_png(photos / "board.png", np.full((50, 80, 3), 255, np.uint8))
    photo_file.save_png(tmp_path / "other.png", np.full((50, 80, 3), 255, np.uint8))
    project = saved(photos, page_of(replace(read_word("mop", 100), human=Transcription.by_human("Zoë"))))
    ocr_service = ReadyService(ReaderOptions())
    given = [photos / "board.png", tmp_path / "other.png"]
    list(read_photos(ocr_service, given, project_of=lambda path: project if path.parent == photos else None))
    assert ocr_service.reader().learned == [{"Zoë": 1}, {}]


def test_words_that_were_read_with_certainty_count_from_the_next_photo_on(photos: Path) -> None:
    project, ocr_service, image = saved(photos), ReadyService(ReaderOptions()), np.zeros((50, 80, 3), np.uint8)
    sure = read_word("kubectl", 100)
    assert sure.machine
    project.note(page_of(replace(sure, machine=replace(sure.machine, confidence=0.95))))
    list(read_page(ocr_service, image, project=project))
    list(read_page(ocr_service, image))
    assert ocr_service.reader().certain == [{"kubectl": 1}, {}]


def test_the_next_photo_is_looked_at_while_one_is_read(tmp_path: Path) -> None:
    class Watching(TwoLines):
        def __init__(self) -> None:
            self.looked_at: list[int] = []

        def find(self, image: NDArray[np.uint8]) -> list[Quad]:
            self.looked_at.append(image.shape[1])
            return super().find(image)

    class Watched(OcrService):
        def reader(self, writer: str | None = None) -> Watching:  # type: ignore[override]
            self._reader = self._reader or Watching()  # type: ignore[assignment]
            return self._reader  # type: ignore[return-value]

    photos = [tmp_path / f"{width}.png" for width in (80, 90, 100, 110)]
    for photo in photos:
        photo_file.save_png(photo, np.full((50, int(photo.stem), 3), 255, np.uint8))
    ocr_service = Watched(ReaderOptions())
    read = [event.page.width for event in read_photos(ocr_service, photos) if isinstance(event, PhotoRead)]
    assert read == sorted(ocr_service.reader().looked_at) == [80, 90, 100, 110]

    ocr_service = Watched(ReaderOptions())
    list(prepare(ocr_service))
    reading = read_photos(ocr_service, photos)
    assert isinstance(reading, Generator)
    next(event for event in reading if isinstance(event, PhotoRead))
    reading.close()  # cancelled: what is waiting is looked at no more, and no thread is left
    assert ocr_service.reader().looked_at in ([80, 90], [80])


_BOARD = BoardLook(corners=Quad.from_array([(40, 20), (160, 40), (150, 130), (30, 140)]))


def test_words_of_the_cleaned_board_stand_in_pixels_of_the_photo() -> None:
    """The stand-in's first line goes along the picture's upper edge: on the photo along the board's."""
    image = np.full((160, 200, 3), 200, np.uint8)
    events = list(read_page(ReadyService(ReaderOptions()), image, board=_BOARD))
    words = [word for event in events if isinstance(event, WordsRead) for word in event.words]
    assert len(words) == 2
    assert _BOARD.corners is not None
    assert np.abs(words[0].quad.array()[:2] - _BOARD.corners.array()[:2]).max() < 0.5
    left, top, right, bottom = words[1].quad.bounds()
    assert left >= 29
    assert right <= 161
    assert top >= 19
    assert bottom <= 141


def test_words_are_read_again_on_the_cleaned_board_and_stay_where_they_are() -> None:
    class Seeing(TwoLines):
        def __init__(self) -> None:
            super().__init__()
            self.seen: list[tuple[tuple[int, ...], list[Quad]]] = []

        def read_quads(self, image: NDArray[np.uint8], quads: list[Quad]) -> Iterator[list[Transcription]]:
            self.seen.append((image.shape, quads))
            yield from super().read_quads(image, quads)

    image = np.full((160, 200, 3), 200, np.uint8)
    on, beyond = Word("on", Quad.from_box(80, 70, 110, 90)), Word("beyond", Quad.from_box(180, 5, 199, 15))
    ocr_service = ReadyService(ReaderOptions())
    ocr_service._reader = reader = Seeing()  # type: ignore[assignment]
    for words in ([on], [on, beyond]):
        events = list(read_words(ocr_service, image, words, board=_BOARD))
        read = [word for event in events if isinstance(event, WordsRead) for word in event.words]
        assert [word.quad for word in read] == [word.quad for word in words]
        assert all(word.machine for word in read)
    (shape, (place,)), (whole, places) = reader.seen
    assert shape != image.shape
    assert place != on.quad
    # One of them is not on the board: nothing is gained by reading it there.
    assert whole == image.shape
    assert places == [on.quad, beyond.quad]
