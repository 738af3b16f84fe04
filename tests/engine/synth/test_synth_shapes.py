"""Curves through a few points, letters put together, and letters made smaller: what is quickly done is done right."""

from __future__ import annotations

from itertools import pairwise

import cv2
import numpy as np
import pytest

from ocr_studio.engine.synth.handwriting import fonts, marker, stroke_font, stroke_layout
from ocr_studio.engine.synth.handwriting.marker import Pen
from ocr_studio.engine.synth.handwriting.rendered_text import measure_extents


def test_a_curve_goes_through_its_points_and_does_not_run_off_between_them() -> None:
    points = np.array([(0, 0), (4, 1), (5, 6), (2, 8)], np.float64)
    found = stroke_font.interpolate_curve(points, 5)
    assert found[::5] == pytest.approx(points)
    assert len(found) == 16
    assert np.abs(np.diff(found, axis=0)).max() < 2


@pytest.mark.parametrize("letter", ["B", "@", "i", "ä", "Ç"])
def test_a_letters_strokes_are_what_they_are_given_by_with_points_as_close_as_asked(letter: str) -> None:
    points, weights, ends = stroke_font.trace_letter(letter, 0.5)
    _, strokes = stroke_font.letter_strokes(letter)
    assert points == pytest.approx(np.concatenate([given for given, _ in strokes]))
    for (given, smooth), (first, end) in zip(strokes, pairwise((0, *ends)), strict=True):
        drawn = (weights @ points)[first:end]
        assert drawn[[0, -1]] == pytest.approx(given[[0, -1]])
        assert np.hypot(*np.diff(drawn, axis=0).T).max() < (0.8 if smooth else 1.01)
    moved = weights @ (points + (3, -2))
    assert moved == pytest.approx(weights @ points + (3, -2))


def test_a_recorded_curve_gets_points_where_its_own_are_far_apart() -> None:
    points = np.array([(0, 0), (10, 0), (20, 8), (20, 20)], np.float32)
    found = stroke_layout.smooth_stroke(points)
    steps = (len(found) - 1) // 3
    assert steps > 1
    assert found[::steps] == pytest.approx(points)
    close = points / np.float32(20)
    assert stroke_layout.smooth_stroke(close) == pytest.approx(close)


def test_letters_of_a_word_written_in_one_go_own_all_of_its_ink_in_order() -> None:
    rng = np.random.default_rng(2)
    strokes = [np.cumsum(rng.normal((1.5, 0), 2, (40, 2)), axis=0).astype(np.float32) + (x, 0) for x in (0, 60, 120)]
    boxes = stroke_layout.estimate_boxes("bilder", strokes, 0.1)
    assert boxes.shape == (6, 4)
    assert [boxes[:, 0].min(), boxes[:, 1].min(), boxes[:, 2].max(), boxes[:, 3].max()] == pytest.approx(
        measure_extents([strokes])[0].tolist()
    )
    assert (np.diff(boxes[:, 0] + boxes[:, 2]) > 0).all()


@pytest.mark.parametrize("grow", [0.2, 0.24, 0.37, 0.5, 0.61, 1.0, 1.2])
def test_what_is_made_smaller_stays_where_it_is_and_as_strong(grow: float) -> None:
    ink = np.zeros((88, 212), np.uint8)
    cv2.rectangle(ink, (60, 20), (139, 67), 255, -1)
    small = fonts._resize_ink(ink, grow)
    assert small.shape == (round(88 * grow), round(212 * grow))
    assert small.mean() == pytest.approx(ink.mean(), rel=0.05)
    x, y = (
        np.average(np.arange(side) + 0.5, weights=small.sum(axis=1 - axis))
        for axis, side in ((1, small.shape[1]), (0, small.shape[0]))
    )
    assert (x, y) == pytest.approx((100 * small.shape[1] / 212, 44 * small.shape[0] / 88), abs=0.2)


@pytest.mark.parametrize("text", ["AVATAR", "fjord, Ty", "a b"])
def test_letters_of_a_font_have_their_boxes_where_the_font_sets_them(text: str) -> None:
    font = fonts.builtin_font()
    _, boxes, baseline = font._render(text, 0.0)
    face = font.face.font
    places = [face.getlength(text[:index]) for index in range(len(text)) if text[index] != " "]
    own = [face.getbbox(letter, anchor="ls") for letter in text if letter != " "]
    edge = boxes[0, 0] - own[0][0]
    assert boxes[:, 0] - edge == pytest.approx(
        [place + box[0] for place, box in zip(places, own, strict=True)], abs=0.2
    )
    assert boxes[:, 3] - baseline == pytest.approx([box[3] for box in own])


@pytest.mark.parametrize("pen", [Pen(dryness=0.0), Pen(dryness=0.8)])
def test_a_dot_is_seen(pen: Pen) -> None:
    drawn = marker.draw_strokes(
        [np.array([(5.0, 5.0)]), np.array([(20.0, 5.0), (20.0, 9.0)])], pen, size=40, rng=np.random.default_rng(0)
    )
    left, top = drawn.corner
    assert drawn.ink[round(5 - top), round(5 - left)] > 40
    assert drawn.ink[round(5 - top), round(12 - left)] < 10
