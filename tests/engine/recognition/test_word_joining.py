"""Which boxes of a word detector become lines."""

from __future__ import annotations

import numpy as np
import pytest

from ocr_studio.core.geometry import quads as geometry
from ocr_studio.core.geometry import ribbons
from ocr_studio.core.page import Quad
from ocr_studio.engine.recognition import word_joining
from ocr_studio.engine.recognition.word_joining import JoinedWords

LEFT = Quad.from_box(10, 10, 60, 40)


def count(joined: JoinedWords) -> list[int]:
    return [len(words) for words in joined.words]


def join(*boxes: Quad) -> JoinedWords:
    corners = np.array([box.corners for box in boxes], np.float32).reshape(-1, 4, 2)
    return word_joining.join_words(ribbons.straight_ribbons(corners), corners)


@pytest.mark.parametrize(
    ("right", "follows"),
    [
        (Quad.from_box(62, 10, 110, 40), True),
        (Quad.from_box(50, 12, 110, 44), True),
        (Quad.from_box(85, 10, 130, 40), True),  # a gap as between words
        (Quad.from_box(100, 10, 150, 40), False),  # a wider one
        (Quad.from_box(62, 30, 110, 60), False),  # the next line
        (Quad.from_box(20, 10, 70, 40), False),  # the same word, found twice
        (Quad.from_box(62, 10, 110, 90), False),  # a heading
        (Quad(((62, 40), (62, 10), (110, 10), (110, 40))), False),  # on its side
    ],
)
@pytest.mark.parametrize("degrees", [0, 35, 90])
def test_boxes_that_follow_closely_are_in_one_line(right: Quad, follows: bool, degrees: float) -> None:
    turned = [geometry.rotate_quad(quad, degrees, about=(50, 50)) for quad in (right, LEFT)]
    pairs = word_joining.find_pairs(np.array([quad.corners for quad in turned]))
    assert pairs.tolist() == ([[1, 0]] if follows else [])


def test_lines_follow_their_slope_from_top_to_bottom() -> None:
    words = [
        geometry.rotate_quad(Quad.from_box(left, top, left + wide, top + 40), 12, about=(0, 0))
        for top in (0, 70)
        for left, wide in ((0, 90), (110, 60), (190, 120))
    ]
    found = join(*(words[place] for place in (4, 0, 3, 5, 2, 1)))
    assert count(found) == [3, 3]
    assert [words[:, 0, 0].tolist() for words in found.words] == [
        [pytest.approx(word.corners[0][0]) for word in words[start : start + 3]] for start in (0, 3)
    ]
    for row, line in enumerate(found.quads):
        ends = words[3 * row], words[3 * row + 2]
        corners = [ends[0].corners[0], ends[1].corners[1], ends[1].corners[2], ends[0].corners[3]]
        np.testing.assert_allclose(line[:4], corners, atol=0.5)


def test_the_closest_box_follows() -> None:
    near, far = Quad.from_box(65, 10, 100, 40), Quad.from_box(68, 20, 120, 50)
    found = join(LEFT, far, near)
    assert sorted(count(found)) == [1, 2]
    line = found.quads[count(found).index(2)]
    assert line[:4].max(axis=0).tolist() == [100, 40]


def test_words_on_their_sides_beside_each_other_stay_apart() -> None:
    assert count(join(Quad.from_box(10, 10, 40, 90), Quad.from_box(50, 10, 80, 90))) == [1, 1]
    assert count(join(LEFT, Quad.from_box(64, 10, 70, 40))) == [2]  # a letter that is tall


def test_a_dash_between_two_words_is_in_their_line() -> None:
    dash, beyond = Quad.from_box(64, 24, 76, 28), Quad.from_box(300, 24, 312, 28)
    found = join(LEFT, dash, Quad.from_box(80, 10, 130, 40), beyond)
    assert sorted(count(found)) == [1, 3]


def test_nothing_is_joined_without_neighbours() -> None:
    assert join().quads.shape == (0, 6, 2)
    (alone,) = join(LEFT).quads
    assert alone[:4].tolist() == [list(corner) for corner in LEFT.corners]


def test_boxes_on_top_of_each_other_are_no_endless_line() -> None:
    many = [Quad.from_box(x, 10, x + 50, 40) for x in np.random.default_rng(0).uniform(0, 200, 60)]
    assert sum(count(join(*many))) == len(many)


def test_pairs_of_many_boxes_are_found_piece_by_piece(monkeypatch: pytest.MonkeyPatch) -> None:
    boxes = [Quad.from_box(60 * x, 50 * y, 60 * x + 50, 50 * y + 40) for x in range(9) for y in range(7)]
    corners = np.array([box.corners for box in boxes])
    whole = word_joining.find_pairs(corners)
    monkeypatch.setattr(word_joining, "_AT_ONCE", 5)
    assert sorted(map(tuple, word_joining.find_pairs(corners))) == sorted(map(tuple, whole))
    assert len(whole) == 8 * 7
