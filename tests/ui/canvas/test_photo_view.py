"""The view itself: what is shown where, zoom, pan, and following document and theme."""

from __future__ import annotations

import numpy as np
import pytest
from PySide6.QtCore import QPoint, QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QImage, QWheelEvent
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from ocr_studio.core.editing import edits
from ocr_studio.core.images.pyramid import Pyramid
from ocr_studio.core.page import Page, Quad, Word
from ocr_studio.ui.canvas.items.photo_item import PhotoItem
from ocr_studio.ui.canvas.items.spatial_index import WordIndex
from ocr_studio.ui.canvas.photo_view import PhotoView
from ocr_studio.ui.commands.spec import Tool
from ocr_studio.ui.document.document import Document
from ocr_studio.ui.style import box_colours, theme
from ocr_studio.ui.style.box_colours import Look
from ocr_studio.ui.widgets import image_convert
from tests.ui.canvas_page import BOXES, HEIGHT, WIDTH, Hand, document_of, drawn_page, machine, middle, place
from tests.ui.contrast import contrast


@pytest.fixture
def document(view: PhotoView) -> Document:
    return document_of(view)


def grabbed(view: PhotoView) -> QImage:
    return view.viewport().grab().toImage()


def wheel(
    view: PhotoView, at: QPoint, notches: int, held: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier
) -> None:
    spot = QPointF(at)
    there = QPointF(view.viewport().mapToGlobal(at))
    turn = QPoint(0, 120 * notches)
    phase = Qt.ScrollPhase.NoScrollPhase
    event = QWheelEvent(spot, there, QPoint(), turn, Qt.MouseButton.NoButton, held, phase, False)
    QApplication.sendEvent(view.viewport(), event)


def test_a_photo_is_shown_whole_and_stays_so_when_the_window_changes(view: PhotoView) -> None:
    for size in ((900, 700), (400, 600)):
        view.resize(*size)
        corners = view.viewportTransform().mapRect(QRectF(0, 0, WIDTH, HEIGHT))
        assert view.viewport().rect().contains(corners.toAlignedRect())
        assert abs(corners.center().x() - view.viewport().width() / 2) <= 1


@pytest.mark.parametrize("notches", [1, 3, -1, 8])
def test_zoom_keeps_the_point_under_the_mouse(view: PhotoView, notches: int) -> None:
    spot = QPoint(250, 180)
    before = view.to_scene(QPointF(spot))
    zoom = view.zoom
    wheel(view, spot, notches)
    after = view.viewportTransform().map(before)
    assert (view.zoom > zoom) == (notches > 0)
    assert abs(after.x() - spot.x()) <= 1
    assert abs(after.y() - spot.y()) <= 1


def test_where_text_runs_to_the_left_the_photo_is_where_it_is_wanted(view: PhotoView) -> None:
    view.setLayoutDirection(Qt.LayoutDirection.RightToLeft)
    for zoom, point in ((2.0, QPointF(200, 150)), (4.0, QPointF(600, 450)), (1.5, QPointF(300, 500))):
        view.zoom_by(zoom / view.zoom)
        view.centre_on(point)
        shown = view.viewportTransform().map(point) - QRectF(view.viewport().rect()).center()
        assert abs(shown.x()) <= 1
        assert abs(shown.y()) <= 1
    before = view.viewportTransform().map(QPointF(0, 0))
    view.pan_by(30, 20)
    assert view.viewportTransform().map(QPointF(0, 0)) - before == QPointF(30, 20)
    spot = QPoint(250, 180)
    there = view.to_scene(QPointF(spot))
    wheel(view, spot, 2)
    moved = view.viewportTransform().map(there) - QPointF(spot)
    assert max(abs(moved.x()), abs(moved.y())) <= 1


def test_zoom_has_ends(view: PhotoView) -> None:
    for _ in range(60):
        view.zoom_by(2.0)
    assert view.zoom == 40
    for _ in range(60):
        view.zoom_by(0.5)
    assert view.zoom > 0


def test_actual_size_is_pixel_for_pixel(view: PhotoView, qtbot: QtBot) -> None:
    with qtbot.waitSignal(view.zoom_changed) as signal:
        view.actual_size()
    assert signal.args == [pytest.approx(1.0)]
    assert view.zoom * view.devicePixelRatioF() == pytest.approx(1.0)
    view.document.select(())
    shown = grabbed(view).pixelColor(place(view, (700, 560)))
    assert shown == QColor(240, 240, 240)


def test_shift_and_wheel_pan(view: PhotoView) -> None:
    view.zoom_by(4)
    before, zoom = view.to_scene(QPointF(0, 0)), view.zoom
    wheel(view, QPoint(100, 100), 1, Qt.KeyboardModifier.ShiftModifier)
    after = view.to_scene(QPointF(0, 0))
    assert view.zoom == zoom
    assert after.x() < before.x()
    assert after.y() == pytest.approx(before.y())


@pytest.mark.parametrize("way", ["middle", "space", "tool"])
def test_pan_by_dragging(view: PhotoView, qtbot: QtBot, way: str) -> None:
    view.zoom_by(3)
    hand, start = Hand(view), place(view, (400, 300))
    button = Qt.MouseButton.MiddleButton if way == "middle" else Qt.MouseButton.LeftButton
    if way == "space":
        qtbot.keyPress(view, Qt.Key.Key_Space)
    if way == "tool":
        view.set_tool(Tool.PAN)
    hand.press((400, 300), button=button)
    hand.move_on_screen(start + QPoint(60, 35))
    hand.release((400, 300))
    assert (place(view, (400, 300)) - start - QPoint(60, 35)).manhattanLength() <= 1
    assert view.document.selection == frozenset()
    if way == "space":
        qtbot.keyRelease(view, Qt.Key.Key_Space)
        hand.click(middle("one"))
        assert view.document.selection == {"one"}


def test_a_word_is_brought_into_sight(view: PhotoView) -> None:
    view.zoom_by(8, QPointF(5, 5))
    view.document.select(["three"])
    box = view.screen_box(Quad.from_box(*BOXES["three"]))
    assert view.screen_area().intersects(box.toRect())
    view.fit()
    before = view.to_scene(QPointF(0, 0))
    view.show_word("big")
    assert view.to_scene(QPointF(0, 0)) == before
    view.show_word("one")
    assert view.to_scene(QPointF(0, 0)) == before
    view.show_word("not there")


def test_boxes_are_drawn_and_follow_the_document(view: PhotoView) -> None:
    view.actual_size()
    edge = place(view, (300, 60))

    def drawn() -> bool:
        image = grabbed(view)
        return any(image.pixelColor(edge + QPoint(0, dy)) != QColor(240, 240, 240) for dy in (-1, 0, 1))

    assert drawn()
    page = view.document.page
    assert page is not None
    view.document.push(edits.delete(page, ["two"]))
    assert not drawn()
    document_of(view).undo_stack.undo()
    assert drawn()


def test_the_photo_goes_and_another_comes(view: PhotoView) -> None:
    document_of(view).open(None, None)
    board = box_colours.current().board
    image = grabbed(view)
    assert {image.pixelColor(x, y).name() for x in (5, 400, 800) for y in (5, 300, 600)} == {board.name()}
    hand = Hand(view)
    for tool in Tool:
        view.set_tool(tool)
        hand.drag((10, 10), (300, 300))
    view.edit_current()
    document_of(view).open(*drawn_page())
    assert grabbed(view).pixelColor(place(view, (700, 560))) != board


@pytest.mark.usefixtures("styled")
def test_every_look_paints_at_every_zoom_and_in_both_themes(view: PhotoView, qapp: QApplication) -> None:
    quad = Quad.from_array([(10, 150), (90, 160), (88, 200), (8, 190)])
    words = [
        Word("a", quad),
        Word("b", quad, machine=machine("b", 0.95)),
        Word("c", quad, machine=machine("c", 0.3)),
    ]
    page = view.document.page
    assert page is not None
    view.document.push(edits.paste(page, words, offset=(5, 5)))
    view.document.push(edits.accept(view.document.page or page, ["one"]))
    view.set_busy(True)
    view.set_texts_shown(True)
    old = qapp.palette(), qapp.styleSheet()
    try:
        for name in ("light", "dark"):
            theme.use(qapp, name)
            assert view.backgroundBrush().color() == box_colours.current().board
            for zoom in (0.05, 0.6, 1.0, 9.0):
                view.fit()
                view.zoom_by(zoom)
                view.document.select(["one"])
                assert not grabbed(view).isNull()
                view.document.select(page.words)
                assert not grabbed(view).isNull()
    finally:
        qapp.setStyleSheet(old[1])
        qapp.setPalette(old[0])


def test_a_page_of_thousands_paints(qtbot: QtBot, document: Document) -> None:
    view = PhotoView(document)
    qtbot.addWidget(view)
    view.resize(600, 400)
    words = {}
    for number in range(1500):
        x, y = (number % 50) * 16, (number // 50) * 20
        words[f"w{number}"] = Word(f"w{number}", Quad.from_box(x, y, x + 12, y + 14), machine=machine("w"))
    document.open(Page("1" * 32, "x.png", WIDTH, HEIGHT, words), np.full((HEIGHT, WIDTH, 3), 250, np.uint8))
    for selected in ((), ("w7",), words):
        document.select(selected)
        assert not grabbed(view).isNull()


@pytest.mark.parametrize("background", ["#ffffff", "#f0f0e8", "#808080", "#202020", "#000000"])
@pytest.mark.parametrize("chosen", [box_colours.LIGHT, box_colours.DARK])
def test_lines_show_on_bright_and_dark_photos(chosen: box_colours.CanvasColours, background: str) -> None:
    behind = QColor(background)
    for colour in [style.colour for style in chosen.styles.values()] + [chosen.selection]:
        assert max(contrast(colour, behind), contrast(chosen.halo, behind)) >= 3
        assert contrast(colour, chosen.halo) >= 3


def test_looks_differ_by_more_than_colour() -> None:
    for chosen in (box_colours.LIGHT, box_colours.DARK):
        told = {(style.dash, style.mark, style.width) for style in chosen.styles.values()}
        assert len(told) == len(Look)


@pytest.mark.parametrize(
    ("confidence", "look"),
    [
        (1.0, Look.SURE),
        (0.9, Look.SURE),
        (0.89, Look.UNSURE),
        (0.6, Look.UNSURE),
        (0.5, Look.DOUBTFUL),
        (None, Look.DOUBTFUL),
    ],
)
def test_confidence_has_a_look(confidence: float | None, look: Look) -> None:
    assert box_colours.by_confidence(confidence) is look


def test_the_photo_is_read_where_it_lies_at_full_size() -> None:
    image = np.zeros((1200, 1600, 3), np.uint8)
    item = PhotoItem()
    item.set_photo(Pyramid(image))
    assert np.shares_memory(item._arrays[0], image)
    assert [level.width() for level in item._levels] == [1600, 800, 400]
    assert item.boundingRect().size().toTuple() == (1600, 1200)


def test_index_forgets_and_finds() -> None:
    index = WordIndex()
    words = {f"w{n}": Word(f"w{n}", Quad.from_box(n * 10, 0, n * 10 + 8, 8)) for n in range(200)}
    index.update(words, words)
    assert index.at((14, 4)) == ["w1"]
    assert index.at((19, 4)) == []
    assert set(index.at((19, 4), 1.5)) == {"w1", "w2"}
    gone = {key: word for key, word in words.items() if key not in ("w1", "w199")}
    index.update(gone, ["w1", "w199", "never"])
    assert index.at((14, 4)) == []
    assert index.at((1984, 4)) == ["w198"]
    assert len(index.inside((0, 0, 1e6, 1e6))) == 198
    index.clear()
    assert index.inside((0, 0, 1e6, 1e6)) == []


def test_it_says_what_it_is(view: PhotoView) -> None:
    assert view.accessibleName()
    view.document.select(["one", "two"])
    assert "retum" in view.accessibleDescription()
    assert "2 words" in view.accessibleDescription()
    view.document.select(())
    assert "No word" in view.accessibleDescription()


@pytest.mark.parametrize("count", [150, 1500])
def test_many_selected_boxes_look_selected_until_they_are_not(view: PhotoView, count: int) -> None:
    places = [
        Quad.from_box(n % 40 * 20 + 2, n // 40 * 14 + 2, n % 40 * 20 + 16, n // 40 * 14 + 11) for n in range(count)
    ]
    words = {f"w{n}": Word(f"w{n}", quad, machine=machine("a")) for n, quad in enumerate(places)}
    document_of(view).open(Page("1" * 32, "many.png", WIDTH, HEIGHT, words), np.full((HEIGHT, WIDTH, 3), 240, np.uint8))
    chosen = box_colours.current().selection
    wanted = np.array([chosen.red(), chosen.green(), chosen.blue()])

    def selected_pixels() -> int:
        shown = image_convert.array(grabbed(view)).astype(int)
        return int((np.abs(shown - wanted).max(axis=2) < 40).sum())

    assert selected_pixels() == 0
    view.document.select(words)
    many = selected_pixels()
    assert many > 10 * count
    moved = edits.move(view.document.page, ["w0"], 0, 200) if view.document.page else None
    assert moved is not None
    view.document.push(moved)
    assert selected_pixels() > 10 * count
    view.document.select(["w1"])
    assert selected_pixels() < many / 5
