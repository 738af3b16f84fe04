"""A photo is rotated by any angle and cropped in its dialog, by mouse and keys, and all of it is undone."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QDialogButtonBox
from pytestqt.qtbot import QtBot

from ocr_studio.core.page import Page, PhotoFrame
from ocr_studio.core.project.project import Project
from ocr_studio.ui.app.app import Studio
from ocr_studio.ui.framing.crop_dialog import CropDialog
from tests.ui import made_board
from tests.ui.studio import Open, texts

Key, Mods = Qt.Key, Qt.KeyboardModifier


@pytest.fixture
def studio(open_studio: Open, folder: Path) -> Studio:
    return open_studio(folder / "board 1.png")


def asked(studio: Studio) -> CropDialog:
    studio.window.action_set["crop_photo"].trigger()
    return studio.window.findChildren(CropDialog)[-1]


def press(dialog: CropDialog, button: QDialogButtonBox.StandardButton) -> None:
    QTest.mouseClick(dialog.buttons.button(button), Qt.MouseButton.LeftButton)


def page_of(studio: Studio) -> Page:
    assert studio.document.page is not None
    return studio.document.page


def drag(dialog: CropDialog, start: tuple[float, float], end: tuple[float, float]) -> None:
    """Drag with the mouse, in shares of the picture."""
    view = dialog.view
    area = view.area
    points = [
        QPoint(round(area.left() + x * area.width()), round(area.top() + y * area.height())) for x, y in (start, end)
    ]
    QTest.mousePress(view, Qt.MouseButton.LeftButton, pos=points[0])
    QTest.mouseMove(view, points[1])
    QTest.mouseRelease(view, Qt.MouseButton.LeftButton, pos=points[1])


def test_the_lower_line_is_cropped_off_and_comes_back(studio: Studio, qtbot: QtBot) -> None:
    before = page_of(studio)
    dialog = asked(studio)
    drag(dialog, (0.5, 1.0), (0.5, 0.4))
    assert dialog.view.crop == pytest.approx((0, 0, 1, 0.4), abs=0.01)
    assert dialog.note.text().startswith("4 words are outside")
    press(dialog, QDialogButtonBox.StandardButton.Ok)
    page = page_of(studio)
    assert texts(studio) == list(made_board.LINES[0])
    assert page.facts.frame == PhotoFrame(480, 240, crop=(0, 0, 480, page.height))
    assert studio.document.image is not None
    assert np.array_equal(studio.document.image, made_board.photo(1)[: page.height])
    assert studio.document.undo_stack.undoText() == "Rotate and crop photo"
    assert studio.autosave.flush()
    assert studio.opening.project is not None
    assert Project.open(studio.opening.project.photos).load_page(page.id) == page
    studio.document.undo_stack.undo()
    assert page_of(studio) == before


def test_any_angle_and_back_to_the_file(studio: Studio) -> None:
    dialog = asked(studio)
    for _ in range(25):
        QTest.keyClick(dialog.slant.slider, Key.Key_Right)
    QTest.mouseClick(dialog.right, Qt.MouseButton.LeftButton)
    assert dialog.frame == PhotoFrame(480, 240, 1, 2.5)
    press(dialog, QDialogButtonBox.StandardButton.Ok)
    page = page_of(studio)
    assert page.facts.frame == PhotoFrame(480, 240, 1, 2.5)
    assert studio.document.image is not None
    assert studio.document.image.shape[:2] == (page.height, page.width)
    assert len(page.words) == 8
    dialog = asked(studio)  # it shows how the photo is now
    assert dialog.frame == page.facts.frame
    press(dialog, QDialogButtonBox.StandardButton.Reset)
    assert dialog.frame is None
    press(dialog, QDialogButtonBox.StandardButton.Ok)
    assert page_of(studio).facts.frame is None
    assert np.array_equal(studio.document.image, made_board.photo(1))


def test_the_keys_resize_and_move(studio: Studio) -> None:
    dialog = asked(studio)
    dialog.view.setFocus()
    QTest.keyClick(dialog.view, Key.Key_Period)  # the top left corner
    for _ in range(5):
        QTest.keyClick(dialog.view, Key.Key_Right, Mods.ShiftModifier)
        QTest.keyClick(dialog.view, Key.Key_Down, Mods.ShiftModifier)
    assert dialog.view.crop == pytest.approx((0.1, 0.1, 1, 1))
    for _ in range(4):
        QTest.keyClick(dialog.view, Key.Key_Period)  # … all of it
    QTest.keyClick(dialog.view, Key.Key_Left, Mods.ShiftModifier)
    assert dialog.view.crop == pytest.approx((0.08, 0.1, 0.98, 1))
    dialog.turn(1)
    assert dialog.view.crop == pytest.approx((0, 0.08, 0.9, 0.98))
    press(dialog, QDialogButtonBox.StandardButton.Cancel)
    assert page_of(studio).facts.frame is None
