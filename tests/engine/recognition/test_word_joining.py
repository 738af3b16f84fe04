"""Which neighbouring boxes may be parts of one word."""

from __future__ import annotations

import numpy as np
import pytest

from ocr_studio.core.geometry import quads as geometry
from ocr_studio.core.page import Quad
from ocr_studio.engine.recognition import word_joining
from ocr_studio.engine.recognition.line_crops import straight_ribbons

LEFT = Quad.from_box(10, 10, 60, 40)


@pytest.mark.parametrize(
    ("right", "parts"),
    [
        (Quad.from_box(62, 10, 110, 40), True),
        (Quad.from_box(50, 12, 110, 44), True),
        (Quad.from_box(75, 10, 110, 40), False),  # a gap as between words
        (Quad.from_box(62, 30, 110, 60), False),  # the next line
        (Quad.from_box(20, 10, 70, 40), False),  # the same word, found twice
        (Quad.from_box(62, 10, 110, 90), False),  # a heading
        (Quad(((62, 40), (62, 10), (110, 10), (110, 40))), False),  # on its side
    ],
)
@pytest.mark.parametrize("degrees", [0, 35, 90])
def test_only_boxes_that_nearly_touch_are_tried_together(right: Quad, parts: bool, degrees: float) -> None:
    turned = [geometry.rotate_quad(quad, degrees, about=(50, 50)) for quad in (right, LEFT)]
    pairs = word_joining.find_pairs(np.array([quad.corners for quad in turned]))
    assert pairs.tolist() == ([[1, 0]] if parts else [])


def test_two_boxes_become_one_line() -> None:
    quads = straight_ribbons(np.array([LEFT.corners, Quad.from_box(62, 14, 110, 44).corners], np.float32))
    (line,) = word_joining.join_quads(quads[:1], quads[1:])
    assert line.tolist() == [[10, 10], [110, 14], [110, 44], [10, 40], [60, 12], [60, 42]]


def test_a_single_box_has_no_neighbour() -> None:
    assert len(word_joining.find_pairs(np.array([LEFT.corners]))) == 0
    assert len(word_joining.find_pairs(np.zeros((0, 4, 2)))) == 0
