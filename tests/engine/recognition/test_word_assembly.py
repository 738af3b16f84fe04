"""Whoever finds and whoever reads, words or lines: every pair reads a photo, in words and in lines."""

from __future__ import annotations

import math
from collections.abc import Sequence

import cv2
import keras
import numpy as np
import pytest
from numpy.typing import NDArray

from ocr_studio.core.geometry import ribbons
from ocr_studio.core.language.charset import Charset
from ocr_studio.core.page import Quad, Word
from ocr_studio.core.reading_order import layout as reading_order
from ocr_studio.core.settings import DetectionOptions, ReaderOptions
from ocr_studio.core.translation import Message
from ocr_studio.engine.detection.craft_detector import SIDE, CraftDetector, CraftOptions
from ocr_studio.engine.detection.detector import Detector
from ocr_studio.engine.networks.tensorflow_network import TensorFlowNetwork
from ocr_studio.engine.preview import PhotoPreview
from ocr_studio.engine.reader import Reader
from ocr_studio.engine.recognition.line_crops import LineReader
from ocr_studio.engine.recognition.recognizer import Crop, FrameProbabilities, Recognizer
from ocr_studio.engine.recognition.word_segmentation import split_by_ink

Photo = NDArray[np.uint8]
TEXTS = ("one two three", "four five")
PLACES = ((60, 110), (60, 220))  # where each line's first letter stands on its line


def photo() -> Photo:
    board = np.full((300, 700, 3), 235, np.uint8)
    for text, (begin, low) in zip(TEXTS, PLACES, strict=True):
        left = begin
        for word in text.split():
            cv2.putText(board, word, (left, low), cv2.FONT_HERSHEY_SIMPLEX, 1.8, (25, 25, 25), 4, cv2.LINE_AA)
            left += cv2.getTextSize(word, cv2.FONT_HERSHEY_SIMPLEX, 1.8, 4)[0][0] + 24
    return board


def true_boxes() -> list[tuple[int, int, int, int]]:
    """Of every word, by what is dark: (left, top, right, bottom)."""
    dark = cv2.morphologyEx((photo()[..., 0] < 128).astype(np.uint8), cv2.MORPH_CLOSE, np.ones((45, 21), np.uint8))
    _, _, stats, _ = cv2.connectedComponentsWithStats(dark)
    boxes = [(x, y, x + w, y + h) for x, y, w, h, _ in stats[1:].tolist()]
    assert len(boxes) == 5
    return sorted(boxes, key=lambda box: (box[1] > 140, box[0]))


class NoNetwork:
    """What is never run."""

    runtime, classes, parallel_calls, batch_pixels = "none", 3, 1, 2048
    notice: Message | None = None

    def __call__(self, pixels: NDArray[np.float32]) -> NDArray[np.float32]:
        raise NotImplementedError


class Counting(Recognizer):
    """Reads single words only, and of them how many letters they have: an l for each piece of ink."""

    def __init__(self) -> None:
        super().__init__(NoNetwork(), Charset(tuple("lo")), name="counting")
        self.widest_word, self.width_factors = 6.0, ()
        self.seen: list[tuple[int, int]] = []

    def run(self, crops: Sequence[Crop], *, width_factors: Sequence[float] | None = None) -> list[FrameProbabilities]:
        assert set(width_factors or [1.0]) == {1.0}
        self.seen += [crop.shape[:2] for crop in crops]
        return [_as_many(_pieces(crop), crop.shape[1]) for crop in crops]


def _pieces(crop: Crop) -> int:
    _, _, stats, _ = cv2.connectedComponentsWithStats((crop[..., 0] < 128).astype(np.uint8))
    return int((stats[1:, cv2.CC_STAT_AREA] > 8).sum())


def _as_many(letters: int, width: int) -> FrameProbabilities:
    rows = np.full((max(2 * letters, 1), 3), 0.02, np.float32)
    rows[1::2, 1] = rows[::2, 0] = 0.96
    return FrameProbabilities(rows, width / len(rows))


def ink_finder() -> keras.Model:
    """What CRAFT sees, from darkness alone: letters where it is dark, links where it is dark nearby to both sides."""
    pixels = keras.Input((None, None, 3), name="photo")
    dark = keras.layers.Rescaling(-0.55, 0.45)(keras.layers.AveragePooling2D(2)(pixels))
    near = keras.layers.Conv2D(2, (1, 15), padding="same", use_bias=False, name="near")
    net = keras.Model(pixels, near(dark))
    kernel = np.zeros((1, 15, 3, 2), np.float32)
    kernel[0, 7, :, 0] = 1 / 3
    kernel[0, :, :, 1] = 0.2 / 3
    near.set_weights([kernel])
    return net


def craft() -> CraftDetector:
    return CraftDetector(TensorFlowNetwork(ink_finder()), options=CraftOptions(side=700, short=300))


def read(reader: Reader, image: Photo) -> list[list[Word]]:
    return reading_order.find_lines(word for _, words in reader.read_lines(image, reader.find(image)) for word in words)


def texts(lines: list[list[Word]]) -> list[str]:
    return [" ".join(word.text for word in line) for line in lines]


def near(word: Word, box: tuple[int, int, int, int]) -> bool:
    return bool(np.abs(np.array(word.quad.bounds()) - box).max() <= 18)


@pytest.mark.parametrize("unit", ["words", "lines"])
def test_words_that_are_found_are_read_by_who_reads_lines(recognizer: Recognizer, unit: str) -> None:
    reader = Reader(ReaderOptions(unit=unit), detector=craft(), recognizer=recognizer)
    lines = read(reader, photo())
    assert texts(lines) == list(TEXTS)
    assert [len(line) for line in lines] == ([3, 2] if unit == "words" else [1, 1])
    if unit == "words":
        assert all(map(near, (word for line in lines for word in line), true_boxes()))
    else:
        assert (
            len(PhotoPreview(reader, photo()).find(DetectionOptions())) == 2
        )  # trying how writing is found shows lines, too


@pytest.mark.parametrize("unit", ["words", "lines"])
@pytest.mark.parametrize("finds", ["lines", "words"])
def test_who_reads_single_words_gets_them_one_by_one(detector: Detector, finds: str, unit: str) -> None:
    counting = Counting()
    chosen = craft() if finds == "words" else detector
    lines = read(Reader(ReaderOptions(unit=unit), detector=chosen, recognizer=counting), photo())
    # (an i is two pieces of ink)
    assert texts(lines) == ["lll lll lllll", "llll lllll"]
    assert all(height == 48 for height, _ in counting.seen)
    assert max(width for _, width in counting.seen) < 6 * 48
    found = [word for line in lines for word in line]
    if unit == "words":
        assert all(map(near, found, true_boxes()))
        for word in found:
            assert word.machine is not None
            assert len(word.machine.letters) == len(word.text)
            assert word.machine.confidence is not None
            assert len(word.machine.alternatives) > 1
    else:
        assert len(found) == 2
        assert found[0].machine is not None
        letters = found[0].machine.letters
        assert len(letters) == len("lll lll lllll")
        assert list(letters) == sorted(letters)


def test_a_line_that_stands_on_its_head_or_side_is_cut_into_its_words() -> None:
    for turn in range(4):
        image = np.ascontiguousarray(np.rot90(photo()[50:140], turn))
        height, width = image.shape[:2]
        corners = np.array([[0, 0], [width, 0], [width, height], [0, height]], np.float32)
        (line,) = LineReader(image, Counting()).read(ribbons.straight_ribbons(corners[None]))
        assert line.words is not None
        assert sorted(len(seen.steps.probabilities) // 2 for seen in line.words) == [3, 3, 5]
        places = [line.on_photo([((seen.box[0] + seen.box[2]) / 2, 24)])[0] for seen in line.words]
        assert np.ptp(places, axis=0).argmax() == turn % 2


def test_boxes_of_a_person_are_read_as_they_stand_unless_they_hold_more_than_a_word(detector: Detector) -> None:
    counting = Counting()
    one, two, three, *_ = true_boxes()
    reader = Reader(ReaderOptions(), detector=detector, recognizer=counting)
    boxes = [
        Quad.from_box(*two),
        Quad.from_box(one[0], one[1] - 6, three[2], three[3] + 6),
        Quad.from_box(0, 0, 40, 30),
    ]
    reads = [each for batch in reader.read_quads(photo(), boxes) for each in batch]
    assert [each.text for each in reads] == ["lll", "lll lll lllll", ""]
    assert len(reads[1].letters) == len(reads[1].text)
    assert math.isclose(reads[1].letters[0], 1 / 26, abs_tol=0.03)


def test_trying_how_writing_is_found_works_with_who_reads_single_words(detector: Detector) -> None:
    counting = Counting()
    preview = PhotoPreview(Reader(ReaderOptions(), detector=detector, recognizer=counting), photo())
    lines = preview.find(DetectionOptions())
    first = [word.text for _, words in preview.read_lines(lines, DetectionOptions()) for word in words]
    assert sorted(first) == sorted(["lll", "lll", "lllll", "llll", "lllll"])
    looked = len(counting.seen)
    loose = [word.text for _, words in preview.read_lines(lines, DetectionOptions(space_width=2.0)) for word in words]
    assert sorted(map(len, loose)) == [9, 11]  # no gap is so wide: each line is one word
    assert len(counting.seen) == looked + 2
    assert [word.text for _, words in preview.read_lines(lines, DetectionOptions()) for word in words] == first
    assert len(counting.seen) == looked + 2  # what was seen before is not looked at again


def test_a_line_without_ink_has_no_words() -> None:
    assert split_by_ink(np.full((48, 200, 3), 200, np.uint8)) == ()


def test_a_large_photo_is_looked_at_in_tiles_with_the_same_outcome(monkeypatch: pytest.MonkeyPatch) -> None:
    whole, scale = craft().compute_map(photo())
    assert whole.shape == (150, 350, 2)
    monkeypatch.setattr("ocr_studio.engine.detection.detector._TILE", 303)
    monkeypatch.setattr("ocr_studio.engine.detection.detector._OVERLAP", 64)
    tiled, again = craft().compute_map(photo())
    assert (tiled.shape, again) == (whole.shape, scale)
    # (but for the border, beyond which there is more or less to see)
    np.testing.assert_allclose(tiled[:140, :340], whole[:140, :340], atol=1e-5)


@pytest.mark.parametrize(
    ("size", "scale"), [((300, 400), 2.0), ((1200, 1600), 1.28), ((3000, 4000), 0.512), ((2048, 2048), 1.0)]
)
def test_craft_looks_at_photos_as_large_as_keras_ocr_does(size: tuple[int, int], scale: float) -> None:
    assert CraftOptions().scale(*size) == pytest.approx(scale)
    assert CraftOptions.of(DetectionOptions()) == CraftOptions()
    assert CraftOptions.of(DetectionOptions(limit_side=640)).side == SIDE // 2
