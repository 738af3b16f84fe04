"""A detector of words finds them with a margin for the recognizer and knows how wide it is."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

from ocr_studio.core.evaluation.metrics import Labelled
from ocr_studio.core.geometry import quads as geometry
from ocr_studio.core.models.card import DETECTOR, WORD_DETECTOR
from ocr_studio.core.page import Quad
from ocr_studio.core.settings import DetectionOptions
from ocr_studio.core.translation import Message
from ocr_studio.engine import model_loader
from ocr_studio.engine.detection.word_detector import WordDetector, WordDetectorOptions
from ocr_studio.engine.training.detector.dbnet_targets import LineTargets, draw_targets

WORDS = (
    Labelled(Quad.from_box(40, 40, 140, 70), "words"),
    Labelled(Quad.from_box(155, 40, 180, 70), "on"),
    Labelled(Quad(((40, 190), (40, 90), (70, 90), (70, 190))), "upwards"),
)


class _Perfect:
    """A network that marks exactly what it was taught."""

    runtime, classes, parallel_calls, batch_pixels = "stand-in", 1, 1, 512
    notice: Message | None = None

    def __call__(self, pixels: NDArray[np.float32]) -> NDArray[np.float32]:
        height, width = pixels.shape[1:3]
        cores, _ = draw_targets(LineTargets.of(WORDS, single=True), np.eye(2, 3), (width, height))
        return cores[None, ..., None].astype(np.float32)


@pytest.mark.parametrize("grow", [0.8, 1.5, 2.2])
def test_without_its_margin_a_found_word_is_as_large_as_the_true_one(grow: float) -> None:
    detector = WordDetector(_Perfect(), options=WordDetectorOptions(side=256, enlarge=1.0, grow=grow))
    found = detector.find(np.zeros((256, 256, 3), np.uint8))
    assert len(found) == len(WORDS)
    in_order = sorted(found, key=lambda quad: (quad[:, 1].mean() > 80, quad[:, 0].mean()))
    tight = detector.trim_margins(np.array(in_order))
    for quad, inner, word in zip(in_order, tight, WORDS, strict=True):
        if grow > 1:
            bounds = (*inner.min(axis=0), *inner.max(axis=0))
            assert bounds == pytest.approx(word.quad.bounds(), abs=3)
            assert geometry.compute_cover_matrix(inner[None], quad[None, :4])[0, 0] > 0.99
        else:
            assert (inner == quad[:4]).all()


def test_the_options_of_words_change_as_those_of_lines_do() -> None:
    detector = model_loader.make_detector(WORD_DETECTOR, _Perfect())
    assert detector.finds_words
    assert detector.options == WordDetectorOptions()
    moved = detector.tuned_to(DetectionOptions(threshold=0.4, box_threshold=0.35, unclip_ratio=1.7)).options
    assert (moved.text, moved.surely, moved.grow) == pytest.approx((0.5, 0.4, 1.5))
    assert detector.tuned_to(DetectionOptions(limit_side=640)).options.side == 640


def test_margins_of_lines_stay() -> None:
    detector = model_loader.make_detector(DETECTOR, _Perfect())
    assert not isinstance(detector, WordDetector)
    line = np.arange(12, dtype=np.float32).reshape(1, 6, 2)
    assert (detector.trim_margins(line) == line[:, :4]).all()
