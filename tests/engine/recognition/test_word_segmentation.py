"""Lines are cut between words, and each word's box is tight around its ink."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

from ocr_studio.core.page import TextSource, Transcription
from ocr_studio.engine.reader import choose_segmentation
from ocr_studio.engine.recognition import character_classes
from ocr_studio.engine.recognition.ink_mask import InkMask
from ocr_studio.engine.recognition.recognizer import FrameProbabilities
from ocr_studio.engine.recognition.word_segmentation import (
    AlternativeSplit,
    Segment,
    Segmentation,
    SpaceClasses,
    split_line,
)

BLANK, SPACE, LETTER, ARROW, DOT = range(5)
MARKS = SpaceClasses(SPACE, alone=frozenset([ARROW]), bullets=frozenset([DOT]))
STEP = 8.0


def line(*words: tuple[int, int], width: int = 400, dark: int = 30, board: int = 230) -> NDArray[np.uint8]:
    """Blocks of ink from … to … pixels across, from 12 to 36 down."""
    crop = np.full((48, width, 3), board, np.uint8)
    for left, right in words:
        for x in range(left, right, 6):  # letters: strokes with narrow gaps
            crop[12:36, x : min(x + 4, right)] = dark
    return crop


def steps(width: int, *, letters: list[tuple[int, int]], spaces: Sequence[int]) -> NDArray[np.float32]:
    """What a net might say: letters from … to … pixels, a space at each pixel given, else blank."""
    path = np.full(int(width / STEP), BLANK)
    for left, right in letters:
        path[int(left / STEP) : int(right / STEP) : 2] = LETTER
    for place in spaces:
        path[int(place / STEP)] = SPACE
    return np.asarray(np.eye(5)[path] * 0.99 + 0.002, dtype=np.float32)


def boxes(found: list[Segment]) -> list[object]:
    """The boxes as they are compared: to the air that is left around the ink."""
    return [pytest.approx(word.box, abs=2) for word in found]


def cut(crop: NDArray[np.uint8], probabilities: NDArray[np.float32]) -> list[Segment]:
    return list(split_line(crop, FrameProbabilities(probabilities, STEP), space_classes=MARKS).segments)


def test_a_space_is_moved_to_the_gap_in_the_ink() -> None:
    found = cut(line((20, 120), (136, 248)), steps(400, letters=[(20, 112), (138, 248)], spaces=[120]))
    assert boxes(found) == [(20, 12, 120, 36), (136, 12, 248, 36)]
    assert found[0].last == found[1].first == 16


def test_a_wide_gap_parts_words_without_a_space() -> None:
    found = cut(line((20, 120), (190, 280)), steps(400, letters=[(20, 120), (190, 280)], spaces=[]))
    assert boxes(found) == [(20, 12, 120, 36), (190, 12, 280, 36)]
    assert 15 <= found[1].first <= 23


def test_a_narrow_gap_without_a_space_is_inside_a_word() -> None:
    assert len(cut(line((20, 120), (130, 250)), steps(400, letters=[(20, 250)], spaces=[]))) == 1


def test_loose_letters_are_one_word() -> None:
    loose = [(20 + 30 * index, 24 + 30 * index) for index in range(6)]
    assert len(cut(line(*loose), steps(400, letters=[(20, 180)], spaces=[]))) == 1


def test_arrows_stand_alone_and_bullets_only_where_a_line_begins() -> None:
    crop = line((20, 30), (40, 120), (126, 150), (158, 250), (256, 262), (268, 300))
    said = steps(400, letters=[(40, 120), (158, 250), (268, 300)], spaces=[])
    for place, sign in ((24, DOT), (136, ARROW), (256, DOT)):
        said[place // 8] = np.eye(5)[sign]
    assert [word.box[0] for word in cut(crop, said)] == pytest.approx([20, 40, 126, 158], abs=2)


def test_the_likelier_a_space_the_narrower_a_gap_may_be() -> None:
    crop = line((20, 120), (132, 250))
    said = steps(400, letters=[(20, 112), (140, 250)], spaces=[])
    assert len(cut(crop, said)) == 1
    said[15] = (0.52, 0.45, 0.01, 0.01, 0.01)  # not the likeliest, but likely
    assert [word.box[0] for word in cut(crop, said)] == pytest.approx([20, 132], abs=2)


def test_what_is_drawn_between_two_words_is_part_of_neither() -> None:
    crop = line((20, 120), (260, 360))
    crop[22:26, 150:158] = crop[22:26, 162:170] = crop[22:26, 174:182] = crop[18:30, 190:230:4] = 30
    left, drawn, right = cut(crop, steps(400, letters=[(20, 120), (260, 360)], spaces=[]))
    assert boxes([left, right]) == [(20, 12, 120, 36), (260, 12, 360, 36)]
    assert (drawn.first, drawn.last) == (left.last, right.first)


def test_a_letter_seen_late_keeps_its_ink() -> None:
    crop = line((20, 84), (110, 116), (146, 210))
    said = steps(400, letters=[(20, 84), (146, 210)], spaces=[96, 128])
    said[14] = np.eye(5)[LETTER]  # its centre is at 116, where its ink ends
    assert boxes(cut(crop, said)) == [(20, 12, 84, 36), (110, 12, 116, 36), (146, 12, 210, 36)]


def test_a_person_may_want_other_gaps() -> None:
    crop, said = line((20, 120), (166, 250)), steps(400, letters=[(20, 112), (166, 250)], spaces=[])
    assert len(cut(crop, said)) == 2
    assert len(split_line(crop, FrameProbabilities(said, STEP), space_classes=replace(MARKS, gap=0.8)).segments) == 1


def test_marks_are_found_among_the_characters() -> None:
    space_classes = SpaceClasses.of(["a", "→", "•", " "])
    assert space_classes == SpaceClasses(4, alone=frozenset([2]), bullets=frozenset([3]))
    assert space_classes.kinds is not None
    assert space_classes.kinds.tolist() == [
        character_classes.CharacterClass.OTHER,
        character_classes.CharacterClass.SMALL,
        *[character_classes.CharacterClass.OTHER] * 3,
    ]


def test_signs_tell_where_words_end() -> None:
    def odds(text: str) -> list[float]:
        """Of each letter of a text and the next, as far as they alone tell."""
        return [
            float(each)
            for each in character_classes.boundary_features(character_classes.classify(text)[1:])
            @ np.array(character_classes.WEIGHTS)
        ]

    assert odds("ab") == odds("AB") == [0.0]
    assert odds("f(")[0] < 0
    assert odds("(n")[0] < 0
    assert odds("n)")[0] < 0
    assert odds("a,")[0] < 0 < odds(",b")[0]
    assert odds("aB")[0] < 0
    assert min(odds("a=b")) > 0
    assert odds("-ab")[0] > 0
    assert odds("a-b") == odds("-1") + odds("-1") == [0.0, 0.0]


@pytest.mark.parametrize(
    "kind",
    [
        character_classes.CharacterClass.OPENS,
        character_classes.CharacterClass.STOP,
        character_classes.CharacterClass.COMMA,
    ],
)
def test_where_the_net_is_sure_of_a_space_no_sign_joins_what_it_parts(kind: character_classes.CharacterClass) -> None:
    crop, space_classes = line((20, 120), (132, 222)), replace(MARKS, kinds=np.full(5, kind, np.intp))
    said = {spaces: steps(400, letters=[(20, 118), (134, 222)], spaces=spaces) for spaces in ((), (124,))}
    found = {
        spaces: split_line(crop, FrameProbabilities(each, STEP), space_classes=space_classes).segments
        for spaces, each in said.items()
    }
    assert [len(segments) for segments in found.values()] == [1, 2]


def test_between_two_ways_usual_words_decide() -> None:
    parts = [Segment(0, 5, (0, 0, 40, 48)), Segment(5, 10, (40, 0, 80, 48))]
    one = Segment(0, 10, (0, 0, 80, 48))
    cutting = Segmentation((one,), (AlternativeSplit(0, 1, tuple(parts), -1.0),))
    said = [Transcription(text, TextSource.MODEL, 0.9) for text in ("atthe", "at", "the")]
    for usual, expected in (({}, ["atthe"]), ({"atthe": -4.0, "at": 3.0, "the": 3.0}, ["at", "the"])):
        read = choose_segmentation(cutting, iter(zip([one, *parts], said, strict=True)), language_scores=usual)
        assert [transcription.text for _, transcription in read] == expected


def test_light_ink_on_a_dark_board_is_ink() -> None:
    dark = InkMask.of(line((20, 120))).mask
    light = InkMask.of(line((20, 120), dark=230, board=30)).mask
    assert (dark == light).all()
    assert dark[12:36, 20:120].any()
    assert not dark[:10].any()


def test_a_rule_under_the_words_does_not_join_them() -> None:
    crop = line((20, 120), (190, 280))
    crop[40:42] = 30
    found = cut(crop, steps(400, letters=[(20, 120), (190, 280)], spaces=[]))
    assert boxes(found) == [(20, 12, 120, 36), (190, 12, 280, 36)]


def test_the_uprights_of_a_table_and_drawings_beside_the_words_stay_out_of_the_box() -> None:
    crop = line((60, 160))
    crop[:, 50:53] = 30  # close to the word
    crop[14:30, 300:330:4] = 30  # far from it
    assert boxes(cut(crop, steps(400, letters=[(60, 160)], spaces=[]))) == [(60, 12, 160, 36)]


def test_ink_of_other_lines_stays_out_of_the_box() -> None:
    crop = line((20, 120))
    crop[0:5, 60:64] = 30
    crop[44:48, 90:94] = 30
    assert boxes(cut(crop, steps(400, letters=[(20, 120)], spaces=[]))) == [(20, 12, 120, 36)]


@pytest.mark.parametrize("width", [1, 7, 8, 48, 3000])
def test_lines_without_ink_or_letters_are_one_stretch(width: int) -> None:
    crop = np.full((48, width, 3), 128, np.uint8)
    found = cut(crop, steps(max(8, width), letters=[], spaces=[]))
    assert len(found) == 1
    assert found[0].box == (0, 0, width, 48)


def test_real_letters_get_tight_boxes() -> None:
    crop = np.full((48, 300, 3), 220, np.uint8)
    cv2.putText(crop, "top", (10, 34), cv2.FONT_HERSHEY_SIMPLEX, 1.0, (40, 40, 40), 2)
    cv2.putText(crop, "map", (120, 34), cv2.FONT_HERSHEY_SIMPLEX, 1.0, (40, 40, 160), 2)
    truth = [np.flatnonzero((crop.min(axis=2) < 180).any(axis=0) & side) for side in _halves(300)]
    found = cut(crop, steps(300, letters=[(10, 60), (124, 180)], spaces=[88]))
    assert len(found) == 2
    for word, columns in zip(found, truth, strict=True):
        assert word.box[0] == pytest.approx(columns[0], abs=2)
        assert word.box[2] == pytest.approx(columns[-1] + 1, abs=2)


def _halves(width: int) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
    left = np.arange(width) < 90
    return left, ~left


def test_no_space_inside_a_word() -> None:
    before = steps(80, letters=[(0, 40)], spaces=[56])
    after = FrameProbabilities(before, 1.0).without(SPACE).probabilities
    assert not after[:, SPACE].any()
    assert np.allclose(after.sum(axis=1), before.sum(axis=1))
    assert after.argmax(axis=1)[7] == BLANK


def test_where_gaps_do_not_tell_both_ways_are_offered() -> None:
    crop = line((20, 120), (134, 250))
    said = steps(400, letters=[(20, 112), (140, 250)], spaces=[])
    said[15] = (0.95, 0.02, 0.01, 0.01, 0.01)
    cutting = split_line(crop, FrameProbabilities(said, STEP), space_classes=MARKS)
    (doubt,) = cutting.alternatives
    ways = [cutting.segments, doubt.segments]
    assert sorted(map(len, ways)) == [1, 2]
    assert (doubt.first, doubt.last) == (0, len(cutting.segments))
    assert -3.5 < doubt.odds < 0
    sure = split_line(
        line((20, 120), (190, 250)),
        FrameProbabilities(steps(400, letters=[(20, 120), (190, 250)], spaces=[152]), STEP),
        space_classes=MARKS,
    )
    assert (len(sure.segments), sure.alternatives) == (2, ())


@pytest.mark.parametrize(
    ("whole", "left", "right", "expected"),
    [(0.07, 0.5, 0.9, ["left", "right"]), (0.9, 0.9, 0.5, ["whole"]), (0.4, 0.99, 0.99, ["whole"])],
)
def test_the_way_that_can_be_read_is_taken(whole: float, left: float, right: float, expected: list[str]) -> None:
    parts = [Segment(0, 5, (0, 0, 40, 48)), Segment(5, 10, (40, 0, 80, 48))]
    one = Segment(0, 10, (0, 0, 80, 48))
    cutting = Segmentation((one,), (AlternativeSplit(0, 1, tuple(parts), -1.0),))
    said = [
        Transcription(text, TextSource.MODEL, sure)
        for text, sure in (("whole", whole), ("left", left), ("right", right))
    ]
    read = choose_segmentation(cutting, iter(zip([one, *parts], said, strict=True)))
    assert [transcription.text for _, transcription in read] == expected
