"""Whole made-up boards: the truth is where the ink is, and the same board comes out every time, whoever asks."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

from ocr_studio.core.geometry import quads as geometry
from ocr_studio.core.images import photo_file, warping
from ocr_studio.engine.synth.boards import compositing, whole_boards
from ocr_studio.engine.synth.boards.board_area import BoardArea, BoardWord, WordBudget
from ocr_studio.engine.synth.boards.board_options import BoardOptions, BoardSetting, choose_writers
from ocr_studio.engine.synth.boards.layout import PARTS
from ocr_studio.engine.synth.boards.whole_boards import BoardMaker, BoardPlan, SynthBoard
from ocr_studio.engine.synth.handwriting.rendered_text import SourceSplit
from ocr_studio.engine.synth.photo.board_surface import BoardPlacement, Surface
from ocr_studio.engine.synth.sources import Kind, Sources, Stock
from tests.engine import drawn_strokes

SMALL = BoardOptions(long_side=(640, 640), words=(15, 50), capitals=(0.015, 0.04))


@pytest.fixture(scope="module")
def sources(tmp_path_factory: pytest.TempPathFactory) -> Sources:
    folder = tmp_path_factory.mktemp("sources")
    drawn_strokes.write(folder / "strokes.npz", writers=4)
    (folder / "backgrounds").mkdir()
    rng = np.random.default_rng(4)
    for number in range(30):
        tone = rng.integers(150, 250, 3)
        photo = np.clip(tone + rng.normal(0, 3, (120, 160, 3)), 0, 255).astype(np.uint8)
        photo_file.save_png(folder / "backgrounds" / f"{number}.png", photo)
    return Sources(strokes=(folder / "strokes.npz",), backgrounds=folder / "backgrounds", prints=())


@pytest.fixture(scope="module")
def stock(sources: Sources) -> Stock:
    return Stock.open(sources, SourceSplit.TRAIN)


@pytest.fixture(scope="module")
def board(stock: Stock) -> SynthBoard:
    return BoardMaker(stock, SMALL, seed=1).at(1)


def plans(stock: Stock, many: int, options: BoardOptions = SMALL) -> list[BoardPlan]:
    maker = BoardMaker(stock, options, seed=3)
    return [maker.plan(index) for index in range(many)]


def inked(plan: BoardPlan, word: BoardWord) -> NDArray[np.uint8]:
    """The ink of one word alone on its photo, (H, W)."""
    photo = np.zeros((plan.place.height, plan.place.width), np.uint8)
    if seen := compositing.project_word(word, plan.place):
        height, width = seen.ink.shape
        photo[seen.top : seen.top + height, seen.left : seen.left + width] = seen.ink
    return photo


def test_the_quads_hold_the_ink_and_little_else(stock: Stock) -> None:
    for plan in plans(stock, 4):
        for word in plan.written.words[::3]:
            photo = inked(plan, word)
            quad = plan.place.on(word.corners)
            if not ((quad >= 2) & (quad <= np.array([plan.place.width, plan.place.height]) - 2)).all():
                continue
            inside = np.zeros_like(photo)
            cv2.fillConvexPoly(inside, np.round((quad - 0.5) * 16).astype(np.int32), (1,), cv2.LINE_8, 4)
            near = cv2.dilate(inside, np.ones((3, 3), np.uint8))
            assert int(photo[near == 0].max(initial=0)) < 96, word.ink.writing.text
            # Tight: ink comes near to every side.
            level = warping.warp_piece(np.dstack([photo] * 3), quad, (60, 30))[..., 0]
            rows, columns = np.nonzero(level.max(axis=1) > 40)[0], np.nonzero(level.max(axis=0) > 40)[0]
            blank = (rows[0], 29 - rows[-1], columns[0], 59 - columns[-1])
            assert max(blank) <= 12, (word.ink.writing.text, blank)


def test_what_is_seen_on_the_photo_is_there(stock: Stock) -> None:
    maker = BoardMaker(stock, BoardOptions(long_side=(640, 640), words=(15, 40), harm=0.0, ghosts=0.0), seed=8)
    for index in range(3):
        made = maker.at(index)
        grey = cv2.cvtColor(made.image, cv2.COLOR_RGB2GRAY).astype(int)
        for word in (word for word in made.words if not word.ignore and len(word.text) > 2):
            inside = warping.crop_quad(np.dstack([grey] * 3).astype(np.uint8), word.quad)[..., 0].astype(int)
            assert np.abs(inside - np.median(inside)).max() > 20, word.text


def test_letters_lie_within_words_within_lines(board: SynthBoard) -> None:
    assert sum(len(word.letters) for word in board.words) > 40
    for word in board.words:
        assert len(word.letters) == len(word.text)
        if not word.ignore:
            outline = word.quad.array().astype(np.float32)
            for x, y in (corner for letter in word.letters for corner in letter.corners):
                assert cv2.pointPolygonTest(outline, (x, y), True) > -0.1, word.text
        middles = [geometry.find_centre(letter) for letter in word.letters]
        along = np.subtract(word.quad.corners[1], word.quad.corners[0])
        assert all(np.dot(np.subtract(right, left), along) > 0 for left, right in pairwise(middles)), word.text
    for number, line in enumerate(board.lines):
        assert line.text == " ".join(board.words[index].text for index in line.words)
        outline = line.quad.array().astype(np.float32)
        for index in line.words:
            assert board.words[index].line == number
            for x, y in board.words[index].quad.corners:
                assert cv2.pointPolygonTest(outline, (x, y), True) > -0.5
    assert sorted(index for line in board.lines for index in line.words) == list(range(len(board.words)))


def test_words_overlap_no_more_than_on_real_boards(stock: Stock) -> None:
    # On five real boards the most that one word's box covered of another's was 0.25.
    for plan in plans(stock, 8):
        quads = np.array([plan.place.on(word.corners) for word in plan.written.words]).reshape(-1, 4, 2)
        shared = geometry.compute_cover_matrix(quads, quads)
        np.fill_diagonal(shared, 0)
        assert shared.max(initial=0.0) <= 0.3


def test_the_same_number_makes_the_same_board_in_any_order(stock: Stock) -> None:
    first, again = BoardMaker(stock, SMALL, seed=5), BoardMaker(stock, SMALL, seed=5)
    boards = {index: first.at(index) for index in (0, 1)}
    for index in (1, 0):
        other = again.at(index)
        assert other.words == boards[index].words
        assert np.array_equal(other.image, boards[index].image)
    assert boards[0].words != boards[1].words
    assert BoardMaker(stock, SMALL, seed=6).at(0).words != boards[0].words


def test_splits_share_neither_hands_nor_backgrounds(sources: Sources) -> None:
    writers: dict[SourceSplit, set[str]] = {}
    photos: dict[SourceSplit, set[bytes]] = {}
    options = BoardOptions(words=(10, 30), writers={Kind.STROKES: 1.0, Kind.COMPOSED: 1.0, Kind.MADE: 1.0})
    for split in SourceSplit:
        maker = BoardMaker(sources, options, split=split, seed=2)
        photos[split] = {photo.tobytes() for photo in maker.stock.grounds.photos}
        writers[split] = {word.ink.writer for index in range(5) for word in maker.plan(index).written.words}
    assert all(writers.values())
    assert sum(map(len, writers.values())) == len(set().union(*writers.values()))
    assert sum(map(len, photos.values())) == len(set().union(*photos.values())) == 30


@pytest.mark.parametrize("name", PARTS)
def test_every_part_is_written_or_drawn_where_it_should_be(stock: Stock, name: str) -> None:
    rng = np.random.default_rng(1)
    kit = choose_writers(stock, SMALL, BoardSetting(Surface.WHITEBOARD, 18.0), rng).kit(rng)
    patch = BoardArea(420.0, 600.0, rng, WordBudget(60))
    ended = PARTS[name](patch, kit, 40.0)
    assert 40 < ended < 700
    assert bool(patch.words) == (name != "doodles")
    assert patch.words or patch.strokes
    places = [*(word.corners for word in patch.words), *(stroke.points for stroke in patch.strokes)]
    assert min(points[:, 1].min() for points in places) > 0
    assert max(points[:, 1].max() for points in places) < ended + 40
    assert [word.line for word in patch.words] == sorted(word.line for word in patch.words)


def test_boards_differ(stock: Stock) -> None:
    made = plans(stock, 20)
    assert len({part for plan in made for part in plan.parts}) > 12
    assert len({plan.ground for plan in made}) >= 4
    words = sorted(len(plan.written.words) for plan in made)
    assert words[3] < 35
    assert words[-3] > 30
    assert any(word.ignore for plan in made for word in plan.written.words)
    assert any(len({word.scribe.colour for word in plan.written.words}) > 1 for plan in made)


def test_words_at_the_edge_of_a_photo_are_not_to_be_read(stock: Stock) -> None:
    options = BoardOptions(long_side=(640, 640), cut=1.0, framed=0.0)
    found = [word for plan in plans(stock, 4, options) for word in whole_boards.label_words(plan)]
    for word in found:
        corners = word.quad.array()
        assert (corners >= 0).all()
        assert (corners <= 640).all()
    assert any(word.ignore for word in found)
    assert not all(word.ignore for word in found)


def test_on_empty_boards_there_are_drawings_but_no_words(stock: Stock) -> None:
    options = replace(SMALL, empty=1.0, ghosts=0.0)
    made = plans(stock, 4, options)
    assert not any(whole_boards.label_words(plan) for plan in made)
    assert any(plan.written.strokes for plan in made)
    board = BoardMaker(stock, options, seed=3).at(0)
    assert (board.words, board.lines) == ((), ())
    # Nothing else is otherwise than on boards with words.
    assert [plan.place.matrix.tolist() for plan in made] == [plan.place.matrix.tolist() for plan in plans(stock, 4)]


def test_a_turned_photo_turns_what_stands_on_it(stock: Stock) -> None:
    plan = plans(stock, 1, BoardOptions(turned=1.0))[0]
    angles = [abs(geometry.measure_angle(word.quad)) for word in whole_boards.label_words(plan) if len(word.text) > 2]
    assert np.median(angles) > 60


def test_the_least_and_the_largest_size(stock: Stock) -> None:
    for side, capital in ((820, 7), (4000, 36)):
        plan = plans(stock, 1, BoardOptions(long_side=(side, side)))[0]
        assert max(plan.place.width, plan.place.height) == side
        assert plan.capital >= capital


def test_what_is_visible_of_a_board() -> None:
    place = BoardPlacement(200, 100, (300.0, 80.0), np.array([(1, 0, -50.0), (0, 1, 10), (0, 0, 1)]), True)
    low, high = place.visible(beyond=0.0)
    assert low.tolist() == [50, 0]
    assert high.tolist() == [250, 80]


def test_nobody_writes_who_was_not_asked(stock: Stock) -> None:
    options = BoardOptions(words=(10, 30), writers={Kind.COMPOSED: 1.0})
    plans_ = [BoardMaker(stock, options, seed=1).plan(index) for index in range(3)]
    writers = {word.ink.writer for plan in plans_ for word in plan.written.words}
    assert writers
    assert all(name.startswith("person") for name in writers)
    assert not any(plan.page for plan in plans_)
