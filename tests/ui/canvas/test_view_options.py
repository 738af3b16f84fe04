"""How the photo and its boxes are looked at, by keys and sliders; nothing of the page ever changes by it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import QPoint, QPointF, QRectF, Qt
from PySide6.QtGui import QImage
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from ocr_studio.core import settings
from ocr_studio.core.editing import edits
from ocr_studio.core.images.tone_curve import Tones
from ocr_studio.core.settings import Settings
from ocr_studio.ui.app.app import Studio
from ocr_studio.ui.canvas.items.photo_item import TonedLevel
from ocr_studio.ui.canvas.photo_view import PhotoView
from ocr_studio.ui.canvas.view_options_popup import LooksPopup
from ocr_studio.ui.widgets import image_convert
from tests.ui.canvas_page import Hand, drawn_page, middle, place
from tests.ui.studio import Open

Key = Qt.Key
NONE = Qt.KeyboardModifier.NoModifier


@pytest.fixture
def studio(open_studio: Open, qtbot: QtBot) -> Iterator[Studio]:
    """The whole window with the photo of ``canvas_page``, and with the keys on it."""
    studio = open_studio()
    studio.document.open(*drawn_page())
    studio.window.activateWindow()
    studio.window.view.setFocus()
    qtbot.waitUntil(studio.window.view.hasFocus)
    yield studio
    # Nothing of this changes the page.
    assert not studio.document.undo_stack.count()


def grabbed(view: PhotoView) -> QImage:
    return view.viewport().grab().toImage().convertToFormat(QImage.Format.Format_RGB32)


def edge(view: PhotoView, name: str) -> list[int]:
    """The pixels across the left edge of a word's box, above its writing."""
    left, top, _, _ = drawn_page()[0].words[name].quad.bounds()
    shown, spot = grabbed(view), place(view, (left, top + 8))
    return [shown.pixel(spot.x() + off, spot.y()) for off in range(-4, 5)]


def test_boxes_are_gone_as_long_as_the_key_is_held(studio: Studio) -> None:
    view = studio.window.view
    before = edge(view, "one")
    assert len(set(before)) > 1
    QTest.keyPress(view, Key.Key_H)
    assert view.looks.hidden
    assert len(set(edge(view, "one"))) == 1
    # A key that is held sends itself again and again.
    QTest.keyPress(view, Key.Key_H)
    assert view.looks.hidden
    QTest.keyRelease(view, Key.Key_H)
    assert not view.looks.hidden
    assert not studio.window.action_set["hide_boxes"].isChecked()
    assert edge(view, "one") == before


def test_by_the_menu_they_stay_away_until_a_hand_needs_them(studio: Studio) -> None:
    view, actions = studio.window.view, studio.window.action_set
    actions["hide_boxes"].trigger()
    assert view.looks.hidden
    assert actions["hide_boxes"].isChecked()
    QTest.keyClick(view, Key.Key_F)
    assert view.looks.hidden
    Hand(view).click(middle("one"))
    assert not view.looks.hidden
    assert not actions["hide_boxes"].isChecked()
    assert view.document.selection == {"one"}


def test_a_key_that_is_let_go_elsewhere_is_not_held_here(studio: Studio) -> None:
    view = studio.window.view
    QTest.keyPress(view, Key.Key_H)
    studio.window.table.setFocus()
    assert not view.looks.hidden


def test_the_lens_shows_three_times_as_much_and_goes_with_the_mouse(studio: Studio) -> None:
    view = studio.window.view
    view.zoom_by(1.0 / view.zoom)
    hand = Hand(view)
    spot = place(view, middle("three"))
    hand.move_on_screen(spot)
    plain = grabbed(view)
    QTest.keyPress(view, Key.Key_Z)
    lens = grabbed(view)
    # What is 20 pixels from the middle of the lens is what is 7 from the mouse; 200 away nothing is other than before.
    ink = [plain.pixelColor(spot + QPoint(round(x / 3), 0)).lightness() < 160 for x in range(-60, 61)]
    large = [lens.pixelColor(spot + QPoint(x, 0)).lightness() < 160 for x in range(-60, 61)]
    clear = [place for place in range(121) if abs(place - 60) > 8]  # beside the cross in the middle
    assert np.mean([ink[at] == large[at] for at in clear]) > 0.8
    assert lens.pixel(spot - QPoint(200, 0)) == plain.pixel(spot - QPoint(200, 0))
    hand.move_on_screen(spot - QPoint(260, 0))
    assert grabbed(view).pixel(spot + QPoint(40, 30)) == plain.pixel(spot + QPoint(40, 30))
    QTest.keyRelease(view, Key.Key_Z)
    hand.move_on_screen(spot)
    assert grabbed(view) == plain
    studio.window.action_set["magnifier"].trigger()
    assert view.looks.lens
    assert studio.window.action_set["magnifier"].isChecked()
    studio.window.action_set["magnifier"].trigger()
    assert grabbed(view) == plain


def test_without_a_mouse_the_lens_is_at_the_current_word(studio: Studio) -> None:
    view = studio.window.view
    studio.window.action_set["magnifier"].trigger()
    for name in ("three", "big"):
        view.document.select([name])
        assert view._lens.at is not None
        there = view.to_scene(view._lens.at)
        assert (there.x(), there.y()) == pytest.approx(middle(name), abs=1)
    before = view._lens.at
    assert before is not None
    view.pan_by(40, 0)
    assert view._lens.at == before + QPointF(40, 0)
    assert not view.viewport().grab().isNull()


def test_brightness_and_contrast_change_what_is_seen_only(studio: Studio, qtbot: QtBot) -> None:
    view = studio.window.view
    image = studio.document.image
    assert image is not None
    photo, before = image.copy(), grabbed(view)
    QTest.keyClick(view, Key.Key_B)
    (popup,) = studio.window.findChildren(LooksPopup)
    qtbot.waitUntil(popup.isVisible)
    popup.brightness.slider.setFocus()
    for _ in range(10):
        QTest.keyClick(popup.brightness.slider, Key.Key_Left)
    assert view.looks.tones == Tones(brightness=-0.2)
    spot = place(view, (700, 250))
    assert grabbed(view).pixelColor(spot).red() == Tones(brightness=-0.2).table()[240]
    for _ in range(5):
        QTest.keyClick(popup.contrast.slider, Key.Key_PageUp)
    assert view.looks.tones == Tones(-0.2, 1.0)
    assert np.array_equal(image, photo)
    QTest.mouseClick(popup.reset, Qt.MouseButton.LeftButton)
    assert view.looks.tones.neutral
    QTest.keyClick(popup, Key.Key_Escape)
    qtbot.waitUntil(lambda: not studio.window.findChildren(LooksPopup))
    assert grabbed(view) == before


def test_fainter_boxes_are_remembered(studio: Studio, qtbot: QtBot, open_studio: Open) -> None:
    view = studio.window.view
    before = edge(view, "one")
    studio.window.action_set["looks"].trigger()
    (popup,) = studio.window.findChildren(LooksPopup)
    for _ in range(10):
        QTest.keyClick(popup.boxes.slider, Key.Key_Left)
    assert view.looks.opacity == pytest.approx(0.5)
    assert edge(view, "one") != before
    popup.close()
    assert settings.load().box_opacity == 0.5
    qtbot.waitUntil(lambda: not studio.window.findChildren(LooksPopup))
    again = open_studio(settings=settings.load())
    assert again.window.view.looks.opacity == pytest.approx(0.5)
    studio.window.action_set["snap"].trigger()
    assert not settings.load().snapping
    assert settings.load().box_opacity == 0.5
    assert not open_studio(settings=Settings(snapping=False)).window.view.snapping


@pytest.mark.parametrize("value", ["0", "2", '"much"', "true"])
def test_an_opacity_that_cannot_be_is_left_out(value: str, tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    path = tmp_path / "settings.json"
    path.write_text(f'{{"box_opacity": {value}, "snapping": 1}}')
    assert settings.load(path) == Settings()
    assert "box_opacity" in caplog.text
    assert "snapping" in caplog.text


def test_lines_are_shown_where_writing_stands(studio: Studio) -> None:
    view = studio.window.view
    view.zoom_by(1.0 / view.zoom)
    between = place(view, (240, 110))  # between two words, on their line
    before = grabbed(view)
    QTest.keyClick(view, Key.Key_G)
    assert studio.window.action_set["baselines"].isChecked()
    shown = grabbed(view)
    assert shown.pixel(between) != before.pixel(between)
    assert shown.pixel(between - QPoint(0, 20)) == before.pixel(between - QPoint(0, 20))
    QTest.keyClick(view, Key.Key_G)
    assert grabbed(view) == before


def test_lines_follow_words(view: PhotoView) -> None:
    view.looks.switch_baselines()
    view.viewport().grab()
    page = view.document.page
    assert page is not None
    (first, *_) = view._lines._lines or ()
    view.document.push(edits.move(page, ["one", "two", "three"], 0, 40))
    view.viewport().grab()
    (after, *_) = view._lines._lines or ()
    assert after.y1() == pytest.approx(first.y1() + 40, abs=0.5)


@pytest.mark.parametrize("channels", [3, 4])
def test_tones_are_made_where_they_are_needed(channels: int) -> None:
    pixels = np.random.default_rng(1).integers(0, 255, (600, 700, channels), np.uint8)
    pixels[..., 3:] = 255
    table = Tones(0.3, 0.4).table()
    form = QImage.Format.Format_RGB888 if channels == 3 else QImage.Format.Format_RGB32
    level = TonedLevel(pixels, form, table)
    left, top, right, bottom = 260, 260, 500, 520
    image = level.image(QRectF(left, top, right - left, bottom - top))
    # QImage's 32 bits are blue first; turned back by the project's own way.
    shown = image_convert.array(image.copy(left, top, right - left, bottom - top))
    wanted = table[pixels[top:bottom, left:right, :3]]
    assert np.array_equal(shown, wanted if channels == 3 else wanted[..., ::-1])
    assert level._made.sum() == 2  # of nine tiles, each 256 wide and high
    level.image(QRectF(0, 0, 700, 600))
    assert level._made.all()
