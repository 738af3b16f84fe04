"""The pictures of words in a dataset are those the recognizer sees."""

from __future__ import annotations

import numpy as np
import pytest

from ocr_studio.core.geometry import ribbons
from ocr_studio.core.images import word_crops
from ocr_studio.core.images.pyramid import Pyramid
from ocr_studio.core.language.charset import BLANK, Charset
from ocr_studio.core.page import Quad
from ocr_studio.engine.nets.plans import HEIGHT, STEP
from ocr_studio.engine.recognition.line_crops import LineReader
from ocr_studio.engine.recognition.recognizer import Crop, FrameProbabilities


class Watcher:
    """A recognizer that keeps what it is shown, and is sure of a letter at every step."""

    charset = Charset(("a",))
    widest_word = None

    def __init__(self) -> None:
        self.seen: list[Crop] = []

    def run(self, crops: list[Crop]) -> list[FrameProbabilities]:
        self.seen += crops
        sure = np.zeros((12, 2), np.float32)
        sure[:, 1 - BLANK] = 1.0
        return [FrameProbabilities(sure, float(STEP)) for _ in crops]


def test_heights_and_steps_are_the_nets() -> None:
    assert (word_crops.HEIGHT, word_crops.STEP) == (HEIGHT, STEP)


@pytest.mark.parametrize(
    "quad",
    [
        Quad.from_box(20, 20, 120, 50),
        Quad.from_box(10, 10, 590, 390),
        Quad(((40, 60), (200, 20), (210, 70), (50, 110))),
        Quad(((300, 200), (200, 210), (190, 150), (310, 140))),  # upside down
        Quad.from_box(-20, -10, 60, 30),
    ],
)
def test_a_crop_is_what_reading_a_box_shows_the_recognizer(quad: Quad) -> None:
    photo = np.random.default_rng(1).integers(0, 255, (400, 600, 3), np.uint8)
    watcher = Watcher()
    LineReader(photo, watcher).read(ribbons.straight_ribbons(quad.array()[None]))  # type: ignore[arg-type]
    ours = word_crops.extract_crop(Pyramid(photo), quad.array())
    assert any(crop.shape == ours.shape and (crop == ours).all() for crop in watcher.seen)
