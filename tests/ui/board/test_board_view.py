"""The board view: the board straight on and clean, its words in their places, the photo and its page untouched."""

from __future__ import annotations

import functools
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QFileDialog
from pytestqt.qtbot import QtBot

from ocr_studio.core.images import board_corners, photo_file
from ocr_studio.core.page import BoardLook, Page, Quad, Word, WordOrder
from ocr_studio.ui.app.app import Studio
from ocr_studio.ui.board.board_panel import BoardPanel
from ocr_studio.ui.document import commands
from tests.core import drawn_boards
from tests.ui import made_board
from tests.ui.canvas_page import Hand, machine, place
from tests.ui.studio import Open

CORNERS = np.array([(180, 90), (1150, 220), (1130, 760), (150, 880)], float)
# Boxes on the board seen straight on, 900 x 600; one beside it, on the photo's wall.
BOXES = {"one": (60, 50, 180, 90), "two": (400, 270, 520, 320), "three": (700, 500, 840, 545)}
WALL = Quad.from_box(10, 10, 90, 50)
NONE = Qt.KeyboardModifier.NoModifier


def _matrix() -> np.ndarray:
    """The face's pixels → the photo's."""
    matrix, (width, height) = board_corners.compute_straightening(Quad.from_array(CORNERS), 1280, 960)
    return np.linalg.inv(matrix) @ np.diag([width / 900, height / 600, 1.0])


@functools.cache
def drawn() -> tuple[Page, np.ndarray]:
    """The page of a board seen from the side, and its photo."""
    image = drawn_boards.lit(drawn_boards.photo(CORNERS, drawn_boards.face()))
    assert board_corners.find_board(image)  # the program's own corners are within its frame of these
    image.flags.writeable = False
    words = {}
    for name, box in BOXES.items():
        quad = board_corners.transform_quad(_matrix(), Quad.from_box(*box))
        assert quad is not None
        words[name] = Word(name, quad, machine=machine(name))
    words["wall"] = Word("wall", WALL, machine=machine("wall"))
    return Page("1" * 32, "board.png", 1280, 960, words), image


@pytest.fixture
def studio(open_studio: Open, qtbot: QtBot) -> Studio:
    studio = open_studio()
    page, image = drawn()
    look = BoardLook(corners=Quad.from_array(CORNERS))
    studio.document.open(replace(page, facts=replace(page.facts, board=look)), image)
    studio.window.activateWindow()
    studio.window.view.setFocus()
    qtbot.waitUntil(studio.window.view.hasFocus)
    return studio


def panel(studio: Studio) -> BoardPanel:
    return studio.window.board


def ready(studio: Studio, qtbot: QtBot) -> None:
    qtbot.waitUntil(lambda: panel(studio).looking.sought is not None and not panel(studio).looking.busy)


def put_on(studio: Studio, qtbot: QtBot) -> None:
    QTest.keyClick(studio.window.view, Qt.Key.Key_B, Qt.KeyboardModifier.ControlModifier)
    assert panel(studio).isVisible()
    ready(studio, qtbot)


def centre(quad: Quad) -> tuple[float, float]:
    x, y = np.mean(quad.corners, axis=0)
    return float(x), float(y)


def test_words_lie_where_the_straightened_board_shows_them_and_the_page_stays(studio: Studio, qtbot: QtBot) -> None:
    before, image = studio.document.page, studio.document.image
    assert image is not None
    pixels = image.copy()
    put_on(studio, qtbot)
    shown = studio.window.view.document.page
    assert shown is not None
    assert shown.words.keys() == BOXES.keys()  # the one on the wall is beyond the board
    assert panel(studio).looking.beyond == 1
    assert "1 word outside the board" in panel(studio).lost.text()
    for name, box in BOXES.items():
        scale = np.array([shown.width / 900, shown.height / 600])
        assert np.abs(shown.words[name].quad.array() / scale - Quad.from_box(*box).array()).max() < 0.5
    assert studio.document.page is before
    assert not studio.document.undo_stack.count()
    QTest.keyClick(studio.window.view, Qt.Key.Key_B, Qt.KeyboardModifier.ControlModifier)
    assert not panel(studio).isVisible()
    assert studio.window.view.document.page is before
    assert studio.window.view.document.image is image
    assert np.array_equal(image, pixels)


def test_a_word_is_chosen_and_corrected_there(studio: Studio, qtbot: QtBot) -> None:
    put_on(studio, qtbot)
    view = studio.window.view
    shown = view.document.word("two")
    assert shown is not None
    quad = drawn()[0].words["two"].quad
    Hand(view).click(centre(shown.quad))
    assert studio.document.selection == {"two"}
    QTest.keyClick(view, Qt.Key.Key_F2)
    editor = view.editing.panel.editor
    qtbot.waitUntil(editor.isVisible)
    editor.selectAll()
    QTest.keyClicks(editor, "zwei")
    QTest.keyClick(editor, Qt.Key.Key_Return)
    word = studio.document.word("two")
    assert word is not None
    assert word.text == "zwei"
    assert word.quad == quad  # not even by a rounding


def test_what_is_found_is_marked_where_it_is_shown(studio: Studio, qtbot: QtBot) -> None:
    bar = studio.window.find_panel.bar
    bar.begin("two")
    qtbot.waitUntil(lambda: len(bar.hits) == 1)

    def marked() -> bool:
        word = studio.window.view.document.word("two")
        return word is not None and bar._marks is not None and bar._marks.marks[0].quads == (word.quad,)

    assert marked()
    put_on(studio, qtbot)
    assert marked()
    QTest.keyClick(studio.window.view, Qt.Key.Key_B, Qt.KeyboardModifier.ControlModifier)
    assert not panel(studio).isVisible()
    assert marked()


def test_a_box_that_is_moved_there_is_moved_on_the_photo_and_back_by_undo(studio: Studio, qtbot: QtBot) -> None:
    put_on(studio, qtbot)
    view = studio.window.view
    view.snapping = False
    shown = view.document.word("two")
    assert shown is not None
    hand, (x, y) = Hand(view), centre(shown.quad)
    hand.click((x, y))
    hand.drag((x, y), (x + 60, y + 40))
    moved = view.document.word("two")
    real = studio.document.word("two")
    assert moved is not None
    assert real is not None
    assert np.abs(moved.quad.array() - shown.quad.array() - (60, 40)).max() < 3
    looking_at = view.document.placed(real.quad)
    assert np.abs(looking_at.array() - moved.quad.array()).max() < 0.1
    others = drawn()[0].words
    assert studio.document.word("one") == others["one"]
    studio.document.undo_stack.undo()
    assert studio.document.word("two") == others["two"]
    assert view.document.word("two") == shown


def test_a_box_that_is_drawn_there_lies_on_the_photo(studio: Studio, qtbot: QtBot) -> None:
    put_on(studio, qtbot)
    view = studio.window.view
    view.snapping = False
    QTest.keyClick(view, Qt.Key.Key_D)
    Hand(view).drag((500, 100), (640, 160))
    assert studio.document.page is not None
    (new,) = studio.document.page.words.keys() - drawn()[0].words.keys()
    real = studio.document.page.words[new]
    there = view.document.placed(real.quad)
    assert np.abs(np.array(there.bounds()) - (500, 100, 640, 160)).max() < 3
    qtbot.waitUntil(lambda: not studio.busy)


def test_words_arranged_there_leave_those_beside_the_board_in_their_places(studio: Studio, qtbot: QtBot) -> None:
    assert studio.document.order() == ("wall", "one", "two", "three")
    put_on(studio, qtbot)
    commands.move_in_order(studio.window.view.document, ["one"], None)
    assert studio.document.order() == ("wall", "two", "three", "one")
    assert studio.document.page is not None
    assert studio.document.page.order.lines[0] == ("wall",)
    commands.move_in_order(studio.window.view.document, ["three"], "two")
    assert studio.document.order() == ("wall", "three", "two", "one")
    studio.document.undo_stack.undo()
    studio.document.undo_stack.undo()
    assert studio.document.page.order == WordOrder()


def test_switches_change_the_picture_as_steps_that_can_be_undone(studio: Studio, qtbot: QtBot) -> None:
    put_on(studio, qtbot)
    view, light = studio.window.view, panel(studio).switches["even_light"]
    image = view.document.image
    assert image is not None
    assert image[:, -80:].mean() > 200  # the dark side is lit
    for box in (light, panel(studio).switches["less_glare"], panel(studio).switches["strong_ink"]):
        QTest.mouseClick(box, Qt.MouseButton.LeftButton, NONE, QPoint(12, box.height() // 2))
    ready(studio, qtbot)
    image = view.document.image
    assert image is not None
    assert image[:, -80:].mean() < 150
    assert studio.document.undo_stack.count() == 3
    for _ in range(3):
        studio.document.undo_stack.undo()
    ready(studio, qtbot)
    assert light.isChecked()
    image = view.document.image
    assert image is not None
    assert image[:, -80:].mean() > 200


def test_turning_the_strength_is_one_step(studio: Studio, qtbot: QtBot) -> None:
    put_on(studio, qtbot)
    slider = panel(studio).strength.slider
    slider.setFocus()
    for _ in range(4):
        QTest.keyClick(slider, Qt.Key.Key_Right)
    assert panel(studio).looking.look.strength == pytest.approx(0.7)
    assert studio.document.undo_stack.count() == 1
    ready(studio, qtbot)


def test_corners_are_dragged_and_moved_by_keys(studio: Studio, qtbot: QtBot) -> None:
    put_on(studio, qtbot)
    view, board = studio.window.view, panel(studio)
    QTest.mouseClick(board.adjust, Qt.MouseButton.LeftButton)
    assert board.looking.adjusting
    assert view.document.page is studio.document.page  # the photo itself is in sight
    Hand(view).drag((180, 90), (220, 130))
    assert board.looking.look.corners is not None
    assert board.looking.look.corners.corners[0] == pytest.approx((220, 130), abs=3)
    assert not studio.document.selection
    x, y = board.looking.look.corners.corners[1]
    QTest.keyClick(view, Qt.Key.Key_Tab)
    QTest.keyClick(view, Qt.Key.Key_Left)
    QTest.keyClick(view, Qt.Key.Key_Down, Qt.KeyboardModifier.ShiftModifier)
    assert board.looking.look.corners.corners[1] == pytest.approx((x - 1, y + 10), abs=0.02)
    # A corner cannot be put where the four no longer go round a board.
    before = board.looking.look.corners
    Hand(view).drag(before.corners[0], (1100, 800))
    assert board_corners.is_clockwise(board.looking.look.corners)
    QTest.keyClick(view, Qt.Key.Key_Return)
    assert not board.looking.adjusting
    ready(studio, qtbot)
    assert view.document.page is not studio.document.page


def test_the_whole_photo_and_the_corners_that_are_found(studio: Studio, qtbot: QtBot) -> None:
    put_on(studio, qtbot)
    board, view = panel(studio), studio.window.view
    QTest.mouseClick(board.whole, Qt.MouseButton.LeftButton)
    ready(studio, qtbot)
    assert view.document.page is not None
    assert view.document.page.words.keys() == {*BOXES, "wall"}
    assert "whole photo" in board.found.text()
    QTest.mouseClick(board.find_again, Qt.MouseButton.LeftButton)
    ready(studio, qtbot)
    assert board.looking.corners is not None
    assert np.abs(board.looking.corners.array() - CORNERS).max() < 26
    assert "Board found" in board.found.text()


def test_a_photo_without_a_board_says_so_and_is_shown_whole(open_studio: Open, qtbot: QtBot) -> None:
    studio = open_studio()
    wall = np.full((500, 700, 3), 170, np.uint8)
    studio.document.open(Page("2" * 32, "wall.png", 700, 500), wall)
    studio.window.activateWindow()
    studio.window.view.setFocus()
    qtbot.waitUntil(studio.window.view.hasFocus)
    put_on(studio, qtbot)
    assert "No board was found" in panel(studio).found.text()
    assert panel(studio).looking.corners == board_corners.make_whole_quad(wall)


def test_the_next_photo_is_looked_at_likewise_with_its_own_corners(studio: Studio, qtbot: QtBot) -> None:
    put_on(studio, qtbot)
    box = panel(studio).switches["strong_ink"]
    QTest.mouseClick(box, Qt.MouseButton.LeftButton, NONE, QPoint(12, box.height() // 2))
    page, image = drawn()
    studio.document.open(replace(page, id="3" * 32), image)
    ready(studio, qtbot)
    assert not panel(studio).looking.look.strong_ink
    assert panel(studio).looking.look.corners is None
    assert studio.document.page is not None
    assert studio.document.page.facts.board is None


@pytest.mark.parametrize("ending", [".png", ".jpg"])
def test_the_cleaned_picture_is_saved_and_the_photo_stays(
    open_studio: Open, qtbot: QtBot, tmp_path: Path, ending: str
) -> None:
    photo = tmp_path / "board.png"
    photo_file.save_png(photo, drawn()[1])
    original = photo.read_bytes()
    studio = open_studio(photo)
    studio.window.action_set["save_cleaned"].trigger()
    dialog = studio.window.findChild(QFileDialog)
    assert dialog is not None
    target = tmp_path / f"clean{ending}"
    dialog.selectFile(str(target))
    dialog.accept()
    qtbot.waitUntil(lambda: target.exists() and not studio.busy)
    picture = photo_file.open_photo(target)
    assert np.median(picture, axis=(0, 1)).min() > 220
    assert photo.read_bytes() == original


def test_a_place_on_the_screen_is_still_a_place_of_the_photo(studio: Studio, qtbot: QtBot) -> None:
    put_on(studio, qtbot)
    view = studio.window.view
    shown = view.document.word("one")
    assert shown is not None
    spot = place(view, centre(shown.quad))
    assert view.viewport().rect().contains(spot)
    view.show_word("wall")  # not to be seen here: nothing happens
    assert place(view, centre(shown.quad)) == spot


class _Anywhere(made_board.StandInReader):
    """Finds its lines on a picture of any size."""

    def find(self, image: np.ndarray) -> list[int]:
        return list(range(len(made_board.LINES)))


def test_the_cleaned_board_is_read_when_that_is_wanted(studio: Studio, qtbot: QtBot) -> None:
    studio.reading._ocr_service = made_board.StandInOcrService(_Anywhere())
    put_on(studio, qtbot)
    box = panel(studio).read
    assert not box.isChecked()
    QTest.mouseClick(box, Qt.MouseButton.LeftButton, NONE, QPoint(12, box.height() // 2))
    assert panel(studio).looking.look.read
    with qtbot.waitSignal(studio.reading.stopped):
        studio.window.action_set["read_page"].trigger()
    assert studio.document.page is not None
    read = [word for word in studio.document.page.words.values() if word.text == made_board.LINES[0][0]]
    # The stand-in finds it in this place of whatever it is given.
    shown = [studio.window.view.document.placed(word.quad) for word in read]
    assert len(shown) == 1
    assert np.abs(shown[0].array() - made_board.quad(0, 0).array()).max() < 0.1
