"""Whole photos and single words are read, with places, alternatives and letters."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFont

from ocr_studio.core.evaluation.metrics import Labelled, score_photo
from ocr_studio.core.geometry import quads as geometry
from ocr_studio.core.geometry import ribbons
from ocr_studio.core.models.registry import NoSuchModel
from ocr_studio.core.page import Quad, TextSource, Transcription, Word
from ocr_studio.core.project.project_words import ProjectWords
from ocr_studio.core.reading_order import layout as reading_order
from ocr_studio.core.settings import DetectionOptions, ReaderOptions
from ocr_studio.engine import reader as reader_module
from ocr_studio.engine.detection.word_detector import WordDetector
from ocr_studio.engine.reader import Reader
from ocr_studio.engine.recognition import recognizer
from ocr_studio.engine.recognition.recognizer import FrameProbabilities, Recognizer
from ocr_studio.engine.recognition.word_segmentation import Segment

LINES = ("Left join two tables", "check the first key", "Output: 27 rows")


def test_a_model_that_there_is_not_is_said() -> None:
    with pytest.raises(NoSuchModel, match="the model “mine” was not found"):
        Reader(ReaderOptions(model="mine"))


def drawn(lines: tuple[str, ...] = LINES, *, degrees: float = 0.0) -> tuple[NDArray[np.uint8], list[Labelled]]:
    """A board with known words: the photo and where each word stands, tight around its ink."""
    font = ImageFont.load_default(size=44)
    board = Image.new("RGB", (900, 700), (232, 230, 222))
    pen = ImageDraw.Draw(board)
    labels = []
    for index, line in enumerate(lines):
        x, y = 120.0, 150.0 + 110 * index
        for word in line.split():
            pen.text((x, y), word, font=font, fill=(60, 40, 120))
            labels.append((word, pen.textbbox((x, y), word, font=font)))
            x += pen.textlength(word + " ", font=font)
    photo = board.rotate(-degrees, Image.Resampling.BICUBIC, fillcolor=(232, 230, 222))
    quads = [geometry.rotate_quad(Quad.from_box(*box), degrees, about=(450, 350)) for _, box in labels]
    return np.asarray(photo), [Labelled(quad, word) for quad, (word, _) in zip(quads, labels, strict=True)]


def read(reader: Reader, photo: NDArray[np.uint8]) -> list[Word]:
    lines = reader.find(photo)
    words: list[Word] = []
    done = 0
    for count, found in reader.read_lines(photo, lines):
        done += count
        words.extend(found)
    assert done == len(lines)
    return words


@pytest.mark.parametrize("degrees", [0, 7, -15])
def test_a_board_is_read_word_by_word(reader: Reader, degrees: float) -> None:
    photo, truth = drawn(degrees=degrees)
    words = read(reader, photo)
    assert reading_order.compose_text(words).split() == " ".join(LINES).split()
    score = score_photo(truth, [Labelled(word.quad, word.text) for word in words])
    assert score.detection.f == 1.0
    assert score.end_to_end.f == 1.0
    assert all(abs(geometry.measure_angle(word.quad) - degrees) < 3 for word in words)


def test_lines_may_be_the_boxes(reader: Reader) -> None:
    photo, truth = drawn(degrees=7)
    lines = Reader(ReaderOptions(unit="lines"), detector=reader.detector, recognizer=reader.recognizer)
    found = sorted(read(lines, photo), key=lambda line: line.quad.corners[0][1])
    assert [line.text for line in found] == list(LINES)
    for line, text in zip(found, LINES, strict=True):
        first, truth = truth[: len(text.split())], truth[len(text.split()) :]
        assert geometry.compute_iou(line.quad, geometry.union_quad([label.quad for label in first])) > 0.7


def test_each_word_knows_who_read_it_how_surely_and_what_else_it_may_be(reader: Reader) -> None:
    photo, _ = drawn()
    words = read(reader, photo)
    assert len({word.id for word in words}) == len(words)
    for word in words:
        machine = word.machine
        assert machine is not None
        assert machine.source is TextSource.MODEL
        assert machine.model == reader.name
        assert machine.confidence is not None
        assert 0.5 < machine.confidence <= 1.0
        assert 1 <= len(machine.alternatives) <= 5
        assert machine.alternatives[0].text == machine.text
        assert len(machine.letters) == len(machine.text)
        assert list(machine.letters) == sorted(machine.letters)
        assert 0.0 <= machine.letters[0] < machine.letters[-1] <= 1.0 or len(machine.text) == 1
        assert " " not in machine.text


def test_letters_stand_where_they_are_written(reader: Reader) -> None:
    photo, _ = drawn(("HHHHHHHH",))
    (word,) = read(reader, photo)
    assert word.machine is not None
    assert word.text == "HHHHHHHH"
    assert np.allclose(word.machine.letters, (np.arange(8) + 0.5) / 8, atol=0.06)


def test_writing_turned_by_a_quarter_is_read(reader: Reader) -> None:
    photo, _ = drawn()
    for turned in (np.rot90(photo), np.rot90(photo, -1)):
        words = read(reader, np.ascontiguousarray(turned))
        assert sorted(word.text for word in words) == sorted(" ".join(LINES).split())
        assert all(abs(abs(geometry.measure_angle(word.quad)) - 90) < 3 for word in words)


def test_single_quads_are_read_in_their_order(reader: Reader) -> None:
    photo, truth = drawn()
    quads = [label.quad for label in truth][::-1] * 6
    found = [each for batch in reader.read_quads(photo, quads) for each in batch]
    assert [each.text for each in found] == [label.text for label in truth][::-1] * 6


def test_lines_that_run_up_come_in_as_many_portions_as_level_ones(reader: Reader) -> None:
    level = [Quad.from_box(10, 10 + 30 * row, 410, 30 + 30 * row) for row in range(10)]
    upright = [Quad.from_box(10 + 30 * row, 10, 30 + 30 * row, 410) for row in range(10)]
    photo = np.full((420, 420, 3), 240, np.uint8)
    portions = [[len(batch) for batch in reader.read_quads(photo, quads)] for quads in (level, upright)]
    assert portions[0] == portions[1] != [10]


def test_a_blank_photo_has_no_words(reader: Reader) -> None:
    assert read(reader, np.full((480, 640, 3), 240, np.uint8)) == []


@pytest.mark.parametrize("shape", [(1, 1), (1, 500), (500, 1), (2, 3), (40, 40)])
def test_photos_of_any_size_are_read(reader: Reader, shape: tuple[int, int]) -> None:
    photo = np.random.default_rng(3).integers(0, 256, (*shape, 3), dtype=np.uint8)
    for word in read(reader, photo):
        left, top, right, bottom = word.quad.bounds()
        assert 0 <= left < right <= shape[1]
        assert 0 <= top < bottom <= shape[0]


def test_quads_without_extent_or_outside_the_photo_are_read_as_something(reader: Reader) -> None:
    photo, _ = drawn()
    quads = [Quad.from_box(5, 5, 5, 5), Quad.from_box(-300, -300, -200, -250), Quad.from_box(10, 10, 12, 400)]
    found = [each for batch in reader.read_quads(photo, quads) for each in batch]
    assert len(found) == 3
    assert list(reader.read_quads(photo, [])) == []


class Listing(Recognizer):
    """One that remembers which crops it was to look at again, and keeps its first reading."""

    def __init__(self, other: Recognizer) -> None:
        vars(self).update(vars(other))
        self.asked: list[tuple[str, NDArray[np.uint8]]] = []

    def run_again(
        self, reads: Sequence[Transcription], crops: Sequence[NDArray[np.uint8]], *, spaces: bool = True
    ) -> dict[int, list[FrameProbabilities]]:
        assert not spaces
        self.asked += [(read.text, crop) for read, crop in zip(reads, crops, strict=True)]
        return {}


def test_each_word_of_a_line_may_be_looked_at_again_by_its_own_ink(reader: Reader) -> None:
    listing = Listing(reader.recognizer)
    photo, _ = drawn()
    read(reader.tuned_to(DetectionOptions(), listing), photo)
    assert [text for text, _ in listing.asked] == " ".join(LINES).split()
    found = [text.text for text in reader.recognizer.read([crop for _, crop in listing.asked], spaces=False)]
    assert found == [text for text, _ in listing.asked]


@pytest.mark.parametrize("unit", ["words", "lines"])
def test_letters_of_what_was_looked_at_again_stand_where_they_stood(
    reader: Reader, unit: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    reader = Reader(ReaderOptions(unit=unit), detector=reader.detector, recognizer=reader.recognizer)
    photo, _ = drawn()
    places = []
    for doubtful in (0.0, 2.0):  # nothing, and all
        monkeypatch.setattr(recognizer, "REREAD_BELOW", doubtful)
        places.append([word.machine.letters for word in read(reader, photo) if word.machine])
    assert len(places[0]) == (len(LINES) if unit == "lines" else len(" ".join(LINES).split()))
    assert places[0] == places[1]


def test_what_the_net_sees_beyond_the_end_of_a_line_can_be_looked_at_again(reader: Reader) -> None:
    photo, _ = drawn()
    line = next(each for each in reader.seen(photo, reader.find(photo)) if each.steps.width > each.crop.shape[1])
    beyond = len(line.steps.probabilities)
    segment = Segment(beyond - 1, beyond, (0.0, 0.0, 1.0, 48.0))
    doubtful = Transcription("l", TextSource.MODEL, confidence=0.1)
    ((read_again, passes),) = reader._reread([(line, segment, doubtful)])
    assert read_again != doubtful
    assert len(passes) == 1 + len(recognizer.WIDTH_FACTORS)


class Scripted(Recognizer):
    """One that sees a given text with given probabilities, wherever it looks: a list of (letter, probability), with
    the rest of the probability for the second letter."""

    def __init__(self, other: Recognizer, texts: Sequence[Sequence[tuple[str, float]]]) -> None:
        vars(self).update(vars(other))
        self.width_factors = ()
        self._texts = iter(texts)

    def run(
        self, crops: Sequence[NDArray[np.uint8]], *, width_factors: Sequence[float] | None = None
    ) -> list[FrameProbabilities]:
        return [self._output(crop, next(self._texts)) for crop in crops]

    def _output(self, crop: NDArray[np.uint8], text: Sequence[tuple[str, float]]) -> FrameProbabilities:
        seen = np.zeros((2 * len(text) + 1, len(self.charset)), np.float32)
        seen[::2, 0] = 1.0
        for place, (letters, sure) in enumerate(text):
            for letter, probability in zip(letters, (sure, 1 - sure), strict=False):
                seen[2 * place + 1, self.charset.encode(letter)[0]] = probability
        return FrameProbabilities(seen, crop.shape[1] / len(seen))


def test_words_read_with_certainty_help_with_others_of_the_same_photo(reader: Reader) -> None:
    sure = [(letter, 1.0) for letter in "Zyqorth"]
    doubtful = [("ao", 0.55) if letter == "o" else (letter, 1.0) for letter in "Zyqorth"]
    photo, _ = drawn(("Zyqorth", "Zyqarth", "Zyqorth"))
    lines = reader.find(photo)
    scripted = reader.tuned_to(DetectionOptions(), Scripted(reader.recognizer, [sure, doubtful, sure]))
    batches = list(scripted.read_lines(photo, lines))
    first = {word.id: word for _, words in batches[:-1] for word in words}
    assert [word.text for word in first.values()] == ["Zyqorth", "Zyqarth", "Zyqorth"]
    count, (changed,) = batches[-1]
    assert count == 0
    assert changed.text == "Zyqorth"
    assert changed.quad == first[changed.id].quad
    alone = reader.tuned_to(DetectionOptions(), Scripted(reader.recognizer, [doubtful] * 3)).read_lines(photo, lines)
    assert [count for count, _ in alone] == [3]


def test_words_of_the_project_help_where_a_word_is_doubtful(reader: Reader) -> None:
    doubtful = [("ao", 0.55) if letter == "o" else (letter, 1.0) for letter in "Zyqorth"]
    photo, _ = drawn(("Zyqarth",))
    scripted = reader.tuned_to(DetectionOptions(), Scripted(reader.recognizer, [doubtful]))
    scripted.learn(ProjectWords(certain={"Zyqorth": 3}))
    (_, (first,)), (count, (changed,)) = scripted.read_lines(photo, reader.find(photo))
    assert (count, first.text, changed.text, changed.id) == (0, "Zyqarth", "Zyqorth", first.id)
    assert not changed.certain  # it would teach the next photo what it was taught


def test_what_the_user_typed_counts_as_much_beside_many_words_of_the_project(reader: Reader) -> None:
    sure = [("ao", 0.96) if letter == "o" else (letter, 1.0) for letter in "Zyqo"]
    photo, _ = drawn(("Zyqo",))
    scripted = reader.tuned_to(DetectionOptions(), Scripted(reader.recognizer, [sure]))
    scripted.learn(ProjectWords({"Zyqo": 1}, {f"word{number}": 5 for number in range(20_000)}))
    words = {word.id: word for _, found in scripted.read_lines(photo, reader.find(photo)) for word in found}
    assert [word.text for word in words.values()] == ["Zyqo"]


def word_reader(reader: Reader, recognizer: Recognizer | None = None) -> Reader:
    detector = WordDetector(reader.detector.network)
    return Reader(ReaderOptions(), detector=detector, recognizer=recognizer or reader.recognizer)


def test_boxes_that_follow_closely_are_read_together(reader: Reader) -> None:
    photo, truth = drawn(("Left join tables",))
    first, second, third = (label.quad for label in truth)
    boxes = [first, *geometry.split_quad(second, 0.5), third]
    quads = ribbons.straight_ribbons(np.array([geometry.widen_quad(box, 0.1) for box in boxes], np.float32))
    ((count, read),) = word_reader(reader).read_lines(photo, quads)
    assert count == len(boxes)
    assert [word.text for word in read] == ["Left", "join", "tables"]
    for word, quad in zip(read, (first, second, third), strict=True):
        assert geometry.compute_iou(word.quad, quad) > 0.7


@pytest.mark.parametrize(("text", "kept"), [("x", False), ("xy", False), ("xyz", True)])
def test_what_a_word_detector_finds_is_no_word_if_nobody_can_read_it(
    reader: Reader, text: str, kept: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    scripted = Scripted(reader.recognizer, [[(letter, 0.1) for letter in text]] * 9)
    quads = ribbons.straight_ribbons(np.array([Quad.from_box(20, 40, 170, 90).corners], np.float32))
    monkeypatch.setattr(reader_module, "_is_drawing", lambda line: False)
    ((_, read),) = word_reader(reader, scripted).read_lines(np.full((120, 420, 3), 240, np.uint8), quads)
    assert len(read) == kept
