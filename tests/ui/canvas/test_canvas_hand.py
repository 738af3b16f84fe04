"""Hands on the photo, finer: edges that snap, a lasso, corners by keys, boxes that are locked."""

from __future__ import annotations

from itertools import pairwise

import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from ocr_studio.core.editing import edits
from ocr_studio.core.geometry import quads as geometry
from ocr_studio.core.page import Page, Quad
from ocr_studio.ui.app.app import Studio
from ocr_studio.ui.canvas.items.handles import Handle
from ocr_studio.ui.canvas.photo_view import PhotoView
from ocr_studio.ui.commands.spec import Tool
from ocr_studio.ui.document import commands
from tests.ui.canvas_page import BOXES, Hand, document_of, drawn_page, middle
from tests.ui.studio import Open

NONE = Qt.KeyboardModifier.NoModifier
ALT, CONTROL, SHIFT = (
    Qt.KeyboardModifier.AltModifier,
    Qt.KeyboardModifier.ControlModifier,
    Qt.KeyboardModifier.ShiftModifier,
)
Box = tuple[float, float, float, float]


def page_of(view: PhotoView) -> Page:
    assert view.document.page is not None
    return view.document.page


def box(view: PhotoView, name: str) -> Box:
    return page_of(view).words[name].quad.bounds()


def grip(view: PhotoView, handle: Handle) -> tuple[float, float]:
    shown = view.handles()
    assert shown is not None
    point = view.to_scene(shown[1].places[handle])
    return point.x(), point.y()


def by(start: tuple[float, float], dx: float, dy: float) -> tuple[float, float]:
    return start[0] + dx, start[1] + dy


@pytest.fixture
def close(view: PhotoView) -> PhotoView:
    """One pixel of the photo on one of the screen, so that hands are as exact as numbers."""
    view.zoom_by(1.0 / view.zoom)
    return view


def test_a_moved_box_snaps_to_the_line_and_shows_it(close: PhotoView, hand: Hand) -> None:
    view, start = close, middle("two")
    hand.press(start)
    hand.move(by(start, 0, 30))
    assert not view.sketch.guides
    hand.move(by(start, 11, 4))
    ((_, first), (_, second)), *_ = view.sketch.guides
    assert first == second == 60
    assert view.viewport().grab().toImage() is not None
    hand.release(by(start, 11, 4))
    assert not view.sketch.guides
    assert box(view, "two") == (271, 60, 431, 110)
    assert document_of(view).undo_stack.count() == 1


def test_alt_or_the_menu_keep_it_where_the_hand_is(close: PhotoView, hand: Hand) -> None:
    view, start = close, middle("two")
    hand.drag(start, by(start, 11, 4), ALT)
    assert box(view, "two") == pytest.approx((271, 64, 431, 114), abs=0.6)
    document_of(view).undo_stack.undo()
    view.snapping = False
    hand.drag(start, by(start, 11, 4))
    assert box(view, "two") == pytest.approx((271, 64, 431, 114), abs=0.6)


def test_what_moves_together_does_not_snap_to_itself(close: PhotoView, hand: Hand) -> None:
    view, start = close, middle("one")
    view.document.select(["one", "two", "three"])
    hand.drag(start, by(start, 0, 4))
    assert box(view, "two") == pytest.approx((260, 64, 420, 114), abs=0.6)


def test_a_pulled_corner_and_a_pulled_side_snap(close: PhotoView, hand: Hand) -> None:
    view = close
    view.document.push(edits.reshape(page_of(view), "two", Quad.from_box(260, 70, 420, 100)))
    view.document.select(["two"])
    corner = grip(view, Handle.CORNER_2)
    hand.drag(corner, (450, 113))
    assert box(view, "two") == pytest.approx((260, 70, 450, 110), abs=0.6)
    side = grip(view, Handle.TOP)
    hand.drag(side, by(side, 0, -13))
    assert box(view, "two") == pytest.approx((260, 60, 450, 110), abs=0.6)
    side = grip(view, Handle.RIGHT)
    hand.drag(side, (456, 80))
    assert box(view, "two")[2] == 460  # where the next one begins


def test_a_drawn_box_snaps_with_both_ends(close: PhotoView, hand: Hand) -> None:
    view = close
    view.document.push(edits.delete(page_of(view), ["two"]))
    view.set_tool(Tool.DRAW)
    hand.drag((262, 63), (430, 106))
    (word,) = view.document.selected_words()
    assert (word.quad.bounds()[1], word.quad.bounds()[3]) == (60, 110)


def test_a_box_drawn_along_a_slanted_line_takes_its_slope(close: PhotoView, hand: Hand) -> None:
    view = close
    slanted = edits.reshape(page_of(view), "one", geometry.rotate_quad(Quad.from_box(60, 160, 300, 200), 12))
    view.document.push(slanted)
    start = by(page_of(view).words["one"].quad.corners[1], 30, 6)
    view.set_tool(Tool.DRAW)
    hand.drag(start, by(start, 120, 64))
    (word,) = view.document.selected_words()
    assert geometry.measure_angle(word.quad) == pytest.approx(12, abs=0.5)
    document_of(view).undo_stack.undo()
    hand.drag(start, by(start, 120, 64), ALT)
    (word,) = view.document.selected_words()
    assert geometry.measure_angle(word.quad) == 0


def circle(hand: Hand, around: Box, held: Qt.KeyboardModifier = NONE) -> None:
    """Draw a line round a box, by a free hand: its corners, and what is between them."""
    left, top, right, bottom = around
    corners = [(left, top), (right, top), (right, bottom), (left, bottom), (left, top)]
    hand.press(corners[0], held)
    for one, other in pairwise(corners):
        for share in (0.25, 0.5, 0.75, 1.0):
            hand.move((one[0] + (other[0] - one[0]) * share, one[1] + (other[1] - one[1]) * share), held)
    hand.release(corners[-1], held)


def test_a_lasso_takes_words_by_their_middles(view: PhotoView, hand: Hand) -> None:
    view.set_tool(Tool.LASSO)
    # Half of the third word, and the small one but not the middle of the big one.
    circle(hand, (40, 40, 530, 120))
    assert view.document.selection == {"one", "two"}
    circle(hand, (80, 330, 220, 420), SHIFT)
    assert view.document.selection == {"one", "two", "small"}
    circle(hand, (250, 50, 430, 120), CONTROL)
    assert view.document.selection == {"one", "small"}
    circle(hand, (640, 200, 700, 280))
    assert view.document.selection == frozenset()
    assert not document_of(view).undo_stack.count()


def test_a_lasso_is_seen_while_it_is_drawn_and_a_click_takes_one(view: PhotoView, hand: Hand, qtbot: QtBot) -> None:
    view.set_tool(Tool.LASSO)
    hand.press((40, 40))
    for point in ((240, 40), (240, 130), (40, 130)):
        hand.move(point)
    assert len(view.sketch.lasso) == 4
    assert view.document.selection == {"one"}
    assert not view.viewport().grab().isNull()
    qtbot.keyClick(view, Qt.Key.Key_Escape)
    assert not view.sketch.lasso
    hand.release((40, 130))
    hand.click(middle("two"))
    assert view.document.selection == {"two"}
    hand.click(middle("three"), SHIFT)
    assert view.document.selection == {"two", "three"}
    hand.click(middle("two"), CONTROL)
    assert view.document.selection == {"three"}
    qtbot.keyClick(view, Qt.Key.Key_Escape)
    assert view.tool is Tool.SELECT


def test_corners_are_picked_and_moved_by_keys(open_studio: Open, qtbot: QtBot) -> None:
    studio = open_studio()
    view = _shown(studio, qtbot)
    view.document.select(["one"])
    before = page_of(view).words["one"].quad.corners
    for _ in range(3):
        qtbot.keyClick(view, ".")
    assert view.sketch.corner == 2
    assert not view.viewport().grab().isNull()
    for key, held in ((Qt.Key.Key_Right, NONE), (Qt.Key.Key_Right, NONE), (Qt.Key.Key_Down, SHIFT)):
        qtbot.keyClick(view, key, held)
    corners = page_of(view).words["one"].quad.corners
    assert corners[2] == (before[2][0] + 2, before[2][1] + 10)
    assert [corners[index] for index in (0, 1, 3)] == [before[index] for index in (0, 1, 3)]
    assert studio.document.undo_stack.count() == 1
    # Another corner is another step; after the last one it is the box again.
    qtbot.keyClick(view, ".")
    qtbot.keyClick(view, Qt.Key.Key_Left)
    assert studio.document.undo_stack.count() == 2
    qtbot.keyClick(view, ".")
    assert view.sketch.corner is None
    qtbot.keyClick(view, Qt.Key.Key_Left)
    assert box(view, "one")[0] == before[3][0] - 2
    for _ in range(3):
        studio.document.undo_stack.undo()
    assert page_of(view).words["one"].quad.corners == before


def test_esc_and_another_word_let_go_of_a_corner(open_studio: Open, qtbot: QtBot) -> None:
    view = _shown(open_studio(), qtbot)
    view.document.select(["one"])
    qtbot.keyClick(view, ".")
    qtbot.keyClick(view, Qt.Key.Key_Escape)
    assert view.sketch.corner is None
    assert view.document.selection == {"one"}
    qtbot.keyClick(view, ".")
    view.document.select(["two"])
    assert view.sketch.corner is None
    view.document.select(["one", "two"], current="two")
    qtbot.keyClick(view, ".")
    assert view.document.selection == {"two"}
    assert view.sketch.corner == 0


def test_a_corner_stays_on_the_photo(view: PhotoView) -> None:
    view.document.select(["one"])
    commands.move_corner(view.document, 0, -500, -500)
    assert page_of(view).words["one"].quad.corners[0] == (0, 0)


def _shown(studio: Studio, qtbot: QtBot) -> PhotoView:
    """The window's own view, with the photo of ``canvas_page``."""
    studio.document.open(*drawn_page())
    studio.window.activateWindow()
    studio.window.view.setFocus()
    qtbot.waitUntil(studio.window.view.hasFocus)
    return studio.window.view


def test_a_locked_box_stays_and_says_so(open_studio: Open, qtbot: QtBot) -> None:
    studio = open_studio()
    view = _shown(studio, qtbot)
    hand = Hand(view)
    hand.click(middle("one"))
    assert view.handles() is not None
    qtbot.keyClick(view, "k")
    assert page_of(view).words["one"].locked
    assert view.accessibleDescription() == "“retum”, read; its box is locked"
    assert studio.window.action_set["lock"].isChecked()
    assert view.handles() is None
    said: list[str] = []
    view.message.connect(said.append)
    hand.drag(middle("one"), (400, 250))
    qtbot.keyClick(view, Qt.Key.Key_Right)
    qtbot.keyClick(view, ".")
    qtbot.keyClick(view, "]")
    qtbot.keyClick(view, Qt.Key.Key_Delete)
    assert len(said) == 5
    assert all("locked" in text for text in said)
    assert box(view, "one") == BOXES["one"]
    assert studio.document.undo_stack.count() == 1
    qtbot.keyClick(view, "k")
    assert not page_of(view).words["one"].locked
    qtbot.keyClick(view, Qt.Key.Key_Right)
    assert box(view, "one")[0] == BOXES["one"][0] + 1


def test_of_several_only_the_free_ones_go(open_studio: Open, qtbot: QtBot) -> None:
    view = _shown(open_studio(), qtbot)
    view.document.push(edits.lock(page_of(view), ["one"], locked=True))
    view.document.select(["one", "two"])
    with qtbot.waitSignal(view.message) as signal:
        qtbot.keyClick(view, Qt.Key.Key_Down)
    assert signal.args == ["Locked boxes are not changed."]
    assert (box(view, "one")[1], box(view, "two")[1]) == (60, 61)
    qtbot.keyClick(view, "m")
    assert set(page_of(view).words) == set(BOXES)
    # Not all are locked yet: the key locks them all, then lets them all go.
    qtbot.keyClick(view, "k")
    assert all(word.locked for word in view.document.selected_words())
    qtbot.keyClick(view, "k")
    assert not any(word.locked for word in view.document.selected_words())


def test_a_locked_box_is_not_cut(view: PhotoView, hand: Hand) -> None:
    view.document.push(edits.lock(page_of(view), ["one"], locked=True))
    view.set_tool(Tool.SPLIT)
    hand.click(middle("one"))
    assert set(page_of(view).words) == set(BOXES)


def test_a_lock_is_seen(view: PhotoView) -> None:
    view.zoom_by(1.0 / view.zoom)
    before = view.viewport().grab().toImage()
    view.document.push(edits.lock(page_of(view), ["one"], locked=True))
    after = view.viewport().grab().toImage()
    corner = view.screen_box(Quad.from_box(220, 110, 220, 110)).topLeft().toPoint() - view.viewport().pos()
    changed = [
        (x, y) for x in range(after.width()) for y in range(after.height()) if before.pixel(x, y) != after.pixel(x, y)
    ]
    assert changed
    assert all(abs(x - corner.x()) <= 8 and abs(y - corner.y()) <= 8 for x, y in changed)
