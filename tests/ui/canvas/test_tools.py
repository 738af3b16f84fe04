"""Hands on the photo: select, draw, move, pull, turn, cut, join; each one step of the history."""

from __future__ import annotations

import math

import numpy as np
import pytest
from PySide6.QtCore import QEvent, QPointF, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from ocr_studio.core.editing import edits
from ocr_studio.core.geometry import hit_tests
from ocr_studio.core.geometry import quads as geometry
from ocr_studio.core.page import Page, Point, Quad, TextSource
from ocr_studio.ui.canvas.items import handles
from ocr_studio.ui.canvas.items.handles import Handle
from ocr_studio.ui.canvas.photo_view import PhotoView
from ocr_studio.ui.commands.spec import Tool
from ocr_studio.ui.document import commands
from tests.ui.canvas_page import BOXES, WIDTH, Hand, document_of, drawn_page, middle

CONTROL = Qt.KeyboardModifier.ControlModifier
SHIFT = Qt.KeyboardModifier.ShiftModifier


def page_of(view: PhotoView) -> Page:
    assert view.document.page is not None
    return view.document.page


def quad_of(view: PhotoView, name: str) -> Quad:
    return page_of(view).words[name].quad


def handle_place(view: PhotoView, handle: Handle) -> Point:
    shown = view.handles()
    assert shown is not None
    point = view.to_scene(shown[1].places[handle])
    return point.x(), point.y()


def near(quad: Quad, box: tuple[float, float, float, float]) -> bool:
    return quad.bounds() == pytest.approx(box, abs=1.5)


def test_a_click_selects_and_a_click_beside_deselects(view: PhotoView, hand: Hand) -> None:
    hand.click(middle("two"))
    assert view.document.selection == {"two"}
    hand.click((700, 250))
    assert view.document.selection == frozenset()


def test_a_right_click_selects_what_its_menu_is_for(view: PhotoView, hand: Hand) -> None:
    document_of(view).select(["one", "two"])
    hand.click(middle("one"), button=Qt.MouseButton.RightButton)
    assert view.document.selection == {"one", "two"}
    hand.click(middle("three"), button=Qt.MouseButton.RightButton)
    assert view.document.selection == {"three"}
    hand.click((700, 250), button=Qt.MouseButton.RightButton)
    assert view.document.selection == {"three"}


@pytest.mark.parametrize("held", [CONTROL, SHIFT])
def test_several_by_clicks(view: PhotoView, hand: Hand, held: Qt.KeyboardModifier) -> None:
    hand.click(middle("one"))
    hand.click(middle("two"), held)
    assert view.document.selection == {"one", "two"}
    assert view.document.current == "two"
    hand.click(middle("one"), held)
    assert view.document.selection == {"two"}
    hand.click(middle("three"), held)
    hand.click(middle("three"))
    assert view.document.selection == {"three"}


def test_several_by_a_rubber_band(view: PhotoView, hand: Hand) -> None:
    hand.drag((30, 30), (440, 130))
    assert view.document.selection == {"one", "two"}
    hand.drag((440, 200), (640, 100), SHIFT)
    assert view.document.selection == {"one", "two", "three"}
    assert not document_of(view).undo_stack.count()


def test_the_smallest_word_is_taken_and_a_second_click_takes_the_next(view: PhotoView, hand: Hand) -> None:
    taken = []
    for _ in range(3):
        hand.click(middle("small"))
        taken.append(view.document.current)
    assert taken == ["small", "big", "small"]


def test_a_double_click_corrects_the_selected_one_of_two(view: PhotoView, hand: Hand) -> None:
    view.document.select(["small"])
    hand.double_click(middle("small"))
    assert view.editing.word_id == "small"


def test_a_release_that_never_comes_ends_the_gesture(view: PhotoView, hand: Hand) -> None:
    hand.press(middle("two"))
    hand.move((500, 300))
    Hand(view).move((510, 310))
    assert not view.sketch.quads
    hand.click(middle("one"))
    assert view.document.selection == {"one"}
    assert not document_of(view).undo_stack.count()


def test_moving_is_one_step(view: PhotoView, hand: Hand) -> None:
    hand.drag(middle("two"), (middle("two")[0] + 30, middle("two")[1] + 40))
    assert near(quad_of(view, "two"), (290, 100, 450, 150))
    assert page_of(view).words["two"].quad_source is TextSource.HUMAN
    assert document_of(view).undo_stack.count() == 1
    document_of(view).undo_stack.undo()
    assert near(quad_of(view, "two"), BOXES["two"])


def test_selected_words_move_together(view: PhotoView, hand: Hand) -> None:
    view.document.select(["one", "two"])
    hand.drag(middle("one"), (middle("one")[0], middle("one")[1] + 50))
    assert near(quad_of(view, "one"), (60, 110, 220, 160))
    assert near(quad_of(view, "two"), (260, 110, 420, 160))
    assert document_of(view).undo_stack.count() == 1
    assert view.document.selection == {"one", "two"}


def test_boxes_stay_on_the_photo(view: PhotoView, hand: Hand) -> None:
    hand.drag(middle("three"), (5000, 85))
    assert quad_of(view, "three").bounds()[2] <= WIDTH


def test_esc_during_a_drag_takes_it_back(view: PhotoView, hand: Hand, qtbot: QtBot) -> None:
    hand.press(middle("two"))
    hand.move((500, 300))
    assert view.sketch.quads
    qtbot.keyClick(view, Qt.Key.Key_Escape)
    hand.move((520, 320))
    hand.release((520, 320))
    assert near(quad_of(view, "two"), BOXES["two"])
    assert not view.sketch.quads
    assert not document_of(view).undo_stack.count()


def test_esc_is_kept_from_the_window_only_while_it_means_something_here(view: PhotoView, hand: Hand) -> None:
    def asked() -> bool:
        event = QKeyEvent(QEvent.Type.ShortcutOverride, Qt.Key.Key_Escape, Qt.KeyboardModifier.NoModifier)
        event.ignore()
        QApplication.sendEvent(view, event)
        return event.isAccepted()

    assert not asked()
    hand.press(middle("two"))
    assert asked()
    hand.release(middle("two"))
    view.set_tool(Tool.DRAW)
    assert asked()


def test_a_corner_keeps_the_angles(view: PhotoView, hand: Hand) -> None:
    hand.click(middle("one"))
    hand.drag(handle_place(view, Handle.CORNER_2), (240, 140))
    assert near(quad_of(view, "one"), (60, 60, 240, 140))
    assert document_of(view).undo_stack.count() == 1


def test_a_corner_goes_alone_with_control(view: PhotoView, hand: Hand) -> None:
    hand.click(middle("one"))
    hand.drag(handle_place(view, Handle.CORNER_1), (230, 40), CONTROL)
    corners = quad_of(view, "one").corners
    assert corners[1] == pytest.approx((230, 40), abs=1.5)
    assert [corners[index] for index in (0, 2, 3)] == [(60, 60), (220, 110), (60, 110)]


def test_a_side_moves_across_itself(view: PhotoView, hand: Hand) -> None:
    hand.click(middle("one"))
    hand.drag(handle_place(view, Handle.RIGHT), (250, 200))
    assert near(quad_of(view, "one"), (60, 60, 250, 110))


def test_turning_with_the_handle(view: PhotoView, hand: Hand) -> None:
    hand.click(middle("one"))
    x, y = middle("one")
    hand.drag(handle_place(view, Handle.TURN), (x + 60, y - 60), SHIFT)
    assert geometry.measure_angle(quad_of(view, "one")) == pytest.approx(45, abs=0.1)
    assert geometry.find_centre(quad_of(view, "one")) == pytest.approx((x, y), abs=0.1)
    assert document_of(view).undo_stack.count() == 1


def test_a_turned_box_is_pulled_along_its_own_sides(view: PhotoView) -> None:
    quad = geometry.rotate_quad(Quad.from_box(100, 100, 200, 140), 30)
    pulled = handles.pulled(quad, Handle.CORNER_2, (15.0, 25.0))
    assert geometry.measure_angle(pulled) == pytest.approx(30, abs=0.1)
    assert pulled.corners[0] == quad.corners[0]
    pushed = handles.pulled(quad, Handle.LEFT, (500.0, 500.0))
    assert geometry.measure_size(pushed)[0] == pytest.approx(1, abs=0.1)


def test_drawing(view: PhotoView, hand: Hand, qtbot: QtBot) -> None:
    view.set_tool(Tool.DRAW)
    with qtbot.waitSignal(view.reading_requested) as signal:
        hand.drag((500, 200), (620, 260))
    (word_id,) = signal.args or [""]
    assert near(quad_of(view, word_id), (500, 200, 620, 260))
    assert view.document.selection == {word_id}
    assert view.tool is Tool.DRAW
    hand.click((650, 300))
    assert len(page_of(view).words) == len(BOXES) + 1
    hand.drag((700, 500), (2000, 2000))
    assert quad_of(view, view.document.current or "").bounds()[2:] == (800, 600)
    with qtbot.waitSignal(view.tool_changed) as changed:
        qtbot.keyClick(view, Qt.Key.Key_Escape)
    assert changed.args == [Tool.SELECT]


def test_drawing_by_keys_alone(view: PhotoView, qtbot: QtBot) -> None:
    view.set_tool(Tool.DRAW)
    qtbot.keyClick(view, Qt.Key.Key_Return)
    word_id = view.document.current or ""
    assert word_id not in BOXES
    before = quad_of(view, word_id)
    view.set_tool(Tool.SELECT)
    for _ in range(3):
        qtbot.keyClick(view, Qt.Key.Key_Right)
    qtbot.keyClick(view, Qt.Key.Key_Up, SHIFT)
    assert quad_of(view, word_id) == geometry.move_quad(before, 3, -10)
    assert document_of(view).undo_stack.count() == 2


def test_cutting_shows_both_texts_and_divides_them(view: PhotoView, hand: Hand) -> None:
    view.set_tool(Tool.SPLIT)
    hand.move((260, 480))
    cut = view.sketch.cut
    assert cut is not None
    assert (cut.left, cut.right) == ("white", "board")
    assert not view.viewport().grab().isNull()
    hand.click((260, 480))
    texts = {word.text for word in view.document.selected_words()}
    assert texts == {"white", "board"}
    assert document_of(view).undo_stack.count() == 1
    hand.move((700, 250))
    assert view.sketch.cut is None
    hand.click((700, 250))
    assert document_of(view).undo_stack.count() == 1


def test_joining_what_was_chosen_by_hand(view: PhotoView, hand: Hand) -> None:
    hand.click(middle("two"))
    hand.click(middle("three"), CONTROL)
    commands.merge(view.document)
    (word,) = view.document.selected_words()
    assert word.text == "white board"
    assert near(word.quad, (260, 60, 620, 110))
    hand.click((440, 85))
    assert view.document.current == word.id


def test_a_word_that_goes_during_a_drag_does_no_harm(view: PhotoView, hand: Hand) -> None:
    hand.press(middle("two"))
    hand.move((500, 300))
    commands.delete(view.document)
    hand.move((510, 310))
    hand.release((510, 310))
    assert "two" not in page_of(view).words


def test_arrows_pan_where_nothing_is_selected(view: PhotoView, qtbot: QtBot) -> None:
    view.zoom_by(4)
    before = view.horizontalScrollBar().value()
    qtbot.keyClick(view, Qt.Key.Key_Right)
    assert view.horizontalScrollBar().value() > before
    assert not document_of(view).undo_stack.count()


def test_handles_are_as_large_at_every_zoom(view: PhotoView) -> None:
    view.document.select(["one"])
    for zoom in (0.5, 1.0, 8.0):
        view.zoom_by(zoom / view.zoom)
        shown = view.handles()
        assert shown is not None
        stem = shown[1].root - shown[1].places[Handle.TURN]
        assert stem.y() == pytest.approx(26)
        corner = shown[1].places[Handle.CORNER_0]
        assert shown[1].at(corner) is Handle.CORNER_0


@pytest.mark.parametrize("tool", [Tool.SELECT, Tool.DRAW, Tool.SPLIT])
def test_where_nothing_may_be_changed_nothing_moves_and_the_person_is_told(
    view: PhotoView, hand: Hand, qtbot: QtBot, tool: Tool
) -> None:
    document_of(view).open(*drawn_page(), writable=False)
    view.document.select(["one"])
    view.set_tool(tool)
    assert view.handles() is None
    x, y = middle("one")
    with qtbot.waitSignal(view.message) as signal:
        hand.press((x, y))
        hand.move((x + 100, y + 100))
    assert signal.args == [commands.READ_ONLY]
    assert not view.sketch.quads
    assert view.sketch.fresh is None
    hand.release((x + 100, y + 100))
    assert view.document.selection == {"one"}
    with qtbot.waitSignal(view.message) as signal:
        qtbot.keyClick(view, Qt.Key.Key_Left)
    assert signal.args == [commands.READ_ONLY]


def test_the_turning_handle_is_in_sight_for_a_word_at_the_top(view: PhotoView) -> None:
    page = page_of(view)
    view.document.push(edits.reshape(page, "one", Quad.from_box(60, 0, 220, 40)))
    view.document.select(["one"])
    view.fit()
    view.zoom_by(1.0)
    view.pan_by(0, -view.viewportTransform().map(QPointF(0, 0)).y())
    for top, under in ((0.0, True), (300.0, False)):
        view.document.push(edits.reshape(page_of(view), "one", Quad.from_box(60, top, 220, top + 40)))
        shown = view.handles()
        assert shown is not None
        place = shown[1].places[Handle.TURN]
        assert view.viewport().rect().contains(place.toPoint())
        assert (place.y() > shown[1].places[Handle.CORNER_2].y()) is under


def test_the_ring_is_for_those_who_came_by_a_key(view: PhotoView, qtbot: QtBot) -> None:
    view.clearFocus()
    view.setFocus(Qt.FocusReason.MouseFocusReason)
    assert not view._ring
    view.clearFocus()
    view.setFocus(Qt.FocusReason.TabFocusReason)
    assert view._ring
    view.grab()


@pytest.mark.parametrize("degrees", [0.0, 30.0, 180.0])
def test_handles_of_a_small_box_stand_clear_of_its_writing(view: PhotoView, degrees: float) -> None:
    page = page_of(view)
    view.document.push(edits.rotate(page, ["one"], degrees))
    view.document.select(["one"])
    view.zoom_by(0.25 / view.zoom)
    shown = view.handles()
    assert shown is not None
    places = [place for handle, place in shown[1].places.items() if handle is not Handle.TURN]
    half = shown[1].size / 2
    box = shown[1].corners
    for place in places:
        assert not hit_tests.contains_point(box, (place.x(), place.y()))
        distance = min(math.hypot(place.x() - x, place.y() - y) for x, y in _outline(box))
        assert distance >= half
    for along in np.linspace(0.02, 0.98, 20):
        for across in np.linspace(0.05, 0.95, 7):
            a, b, _, d = np.asarray(box.corners)
            spot = a + along * (b - a) + across * (d - a)
            assert shown[1].at(QPointF(*spot)) is None


def _outline(box: Quad) -> list[Point]:
    corners = np.asarray(box.corners)
    ends = np.roll(corners, -1, axis=0)
    return [tuple(start + share * (end - start)) for start, end in zip(corners, ends, strict=True)
            for share in np.linspace(0, 1, 50)]  # fmt: skip


def test_handles_of_a_large_box_stand_on_its_corners(view: PhotoView) -> None:
    view.document.select(["one"])
    view.zoom_by(1.0 / view.zoom)
    shown = view.handles()
    assert shown is not None
    assert shown[1].size == handles.SIZE
    corner = shown[1].places[Handle.CORNER_0]
    assert (corner.x(), corner.y()) == pytest.approx(shown[1].corners.corners[0])


def test_a_small_box_is_pulled_by_a_handle_outside_it(view: PhotoView, hand: Hand) -> None:
    view.document.select(["one"])
    view.zoom_by(0.25 / view.zoom)
    shown = view.handles()
    assert shown is not None
    start = view.to_scene(shown[1].places[Handle.CORNER_2])
    before = quad_of(view, "one").bounds()
    hand.drag((start.x(), start.y()), (start.x() + 80, start.y() + 40))
    after = quad_of(view, "one").bounds()
    assert after[:2] == pytest.approx(before[:2], abs=0.1)
    assert (after[2] - before[2], after[3] - before[3]) == pytest.approx((80, 40), abs=5)
