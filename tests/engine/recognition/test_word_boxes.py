"""A word's box is where its ink and the word detector agree."""

from __future__ import annotations

import numpy as np
import pytest

from ocr_studio.engine.recognition import word_boxes
from ocr_studio.engine.recognition.ink_mask import Box
from ocr_studio.engine.recognition.word_segmentation import AlternativeSplit, Segment, Segmentation

FOUND = 10, 10, 110, 40


def tighten(inks: list[Box], *found: Box) -> list[object]:
    corners = np.array([[(x0, y0), (x1, y0), (x1, y1), (x0, y1)] for x0, y0, x1, y1 in found], np.float32)
    segments = tuple(Segment(number, number + 1, ink) for number, ink in enumerate(inks))
    split = AlternativeSplit(0, len(inks), segments, -1.0)
    segmentation = word_boxes.tighten(Segmentation(segments, (split,)), corners)
    assert [each.box for each in segmentation.alternatives[0].segments] == [each.box for each in segmentation.segments]
    return [pytest.approx(each.box) for each in segmentation.segments]


@pytest.mark.parametrize(
    ("ink", "box"),
    [
        ((15, 15, 105, 35), (15, 15, 105, 35)),  # a margin around the ink
        ((0, 0, 120, 48), FOUND),  # a frame around the word
        ((15, 0, 105, 35), (15, 10, 105, 35)),  # an arrow from above
        ((60, 15, 80, 35), FOUND),  # most letters are faint
        ((15, 30, 105, 34), FOUND),  # an underline
    ],
)
def test_the_only_word_of_a_line(ink: Box, box: Box) -> None:
    assert tighten([ink], FOUND) == [box]


@pytest.mark.parametrize(
    ("ink", "box"),
    [
        ((15, 0, 105, 48), (15, 10, 105, 40)),  # touched from above and below
        ((0, 15, 118, 35), (10, 15, 110, 35)),
        ((20, 15, 60, 35), (20, 15, 60, 35)),  # two words were found as one
        ((15, 0, 105, 13), (15, 0, 105, 13)),  # they don't agree at all
    ],
)
def test_one_of_several_words(ink: Box, box: Box) -> None:
    beside = (130.0, 12.0, 180.0, 38.0)
    assert tighten([ink, beside], FOUND, beside) == [box, beside]


def test_a_word_of_which_parts_were_found() -> None:
    assert tighten([(15, 0, 105, 48)], (14, 10, 50, 30), (55, 12, 106, 40)) == [(15, 10, 105, 40)]


def test_a_word_that_was_not_found_keeps_its_ink() -> None:
    ink = (120.0, 5.0, 170.0, 45.0)
    assert tighten([(15, 15, 105, 35), ink], FOUND) == [(15, 15, 105, 35), ink]


def test_a_word_that_may_be_two_has_tight_boxes_either_way() -> None:
    corners = np.array([[(10, 10), (110, 10), (110, 40), (10, 40)]], np.float32)
    parts = Segment(0, 1, (0, 0, 55, 48)), Segment(1, 2, (60, 0, 120, 48))
    one = Segmentation((Segment(0, 2, (0, 0, 120, 48)),), (AlternativeSplit(0, 1, parts, -1.0),))
    found = word_boxes.tighten(one, corners)
    assert found.segments[0].box == FOUND
    assert [each.box for each in found.alternatives[0].segments] == [(10, 10, 55, 40), (60, 10, 110, 40)]
