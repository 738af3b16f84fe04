"""How writing is found, tried on the open photo: what a slider does is seen at once, and nothing else is done."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QDialogButtonBox, QLabel, QScrollArea
from pytestqt.qtbot import QtBot

from ocr_studio.core import settings
from ocr_studio.core.errors import StudioError
from ocr_studio.core.settings import DetectionOptions, Settings
from ocr_studio.ui.app.app import Studio
from ocr_studio.ui.reading.detection_dialog import KNOBS, DetectionDialog
from ocr_studio.ui.widgets.slider import Slider
from tests.ui.made_board import LINES, StandInPreview, StandInReader
from tests.ui.studio import Open

Button = QDialogButtonBox.StandardButton
WORDS = sum(len(line) for line in LINES)


def opened(studio: Studio, qtbot: QtBot) -> DetectionDialog:
    studio.window.action_set["finding"].trigger()
    dialog = studio.window.findChild(DetectionDialog)
    assert dialog is not None
    if dialog.view is not None:
        qtbot.waitUntil(lambda: "boxes" in dialog.status.text() and "…" not in dialog.status.text())
    return dialog


def press(dialog: DetectionDialog, button: Button) -> None:
    QTest.mouseClick(dialog.buttons.button(button), Qt.MouseButton.LeftButton)


def turn(dialog: DetectionDialog, key: str, value: float) -> None:
    knob = dialog.knobs[key]
    knob.slider.setValue(round((value - knob.spec.low) / knob.spec.step))


def test_moving_a_slider_shows_what_would_be_found(open_studio: Open, folder: Path, qtbot: QtBot) -> None:
    studio = open_studio(folder / "board 1.png")
    dialog = opened(studio, qtbot)
    view = dialog.view
    assert view is not None
    assert (len(view.lines), len(view.boxes)) == (2, WORDS)
    turn(dialog, "threshold", 0.6)
    qtbot.waitUntil(lambda: len(view.lines) == 1 and len(view.boxes) == WORDS / 2)
    qtbot.waitUntil(lambda: dialog.status.text() == "1 line (dashed), 4 boxes")
    turn(dialog, "space_width", 0.1)
    qtbot.waitUntil(lambda: len(view.boxes) == WORDS)
    turn(dialog, "threshold", 0.9)
    qtbot.waitUntil(lambda: dialog.status.text().startswith("These settings find no text"))
    dialog.reject()


def test_nothing_of_the_page_is_changed_and_cancel_leaves_everything(
    open_studio: Open, folder: Path, qtbot: QtBot
) -> None:
    studio = open_studio(folder / "board 1.png")
    page, count, kept = studio.document.page, studio.document.undo_stack.count(), studio.settings
    on_disk = settings.load().detection
    dialog = opened(studio, qtbot)
    turn(dialog, "box_threshold", 0.7)
    press(dialog, Button.Cancel)
    qtbot.waitUntil(lambda: not studio.busy)
    qtbot.waitUntil(lambda: studio.window.findChild(DetectionDialog) is None)
    assert studio.document.page is page
    assert studio.document.undo_stack.count() == count
    assert studio.settings is kept
    assert settings.load().detection == on_disk


def test_ok_keeps_it_for_the_next_reading(open_studio: Open, folder: Path, qtbot: QtBot) -> None:
    studio = open_studio(folder / "board 1.png")
    dialog = opened(studio, qtbot)
    turn(dialog, "threshold", 0.2)
    turn(dialog, "limit_side", 1920)
    press(dialog, Button.Ok)
    wanted = DetectionOptions(threshold=0.2, limit_side=1920)
    assert studio.settings.detection == wanted
    assert settings.load().detection == wanted
    assert studio.reading.trial() is not None
    qtbot.waitUntil(lambda: not studio.busy)


def test_defaults_come_back_and_are_offered_only_where_something_differs(
    open_studio: Open, folder: Path, qtbot: QtBot
) -> None:
    studio = open_studio(folder / "board 1.png", settings=Settings(detection=DetectionOptions(unclip_ratio=2.0)))
    dialog = opened(studio, qtbot)
    assert dialog.detection == DetectionOptions(unclip_ratio=2.0)
    press(dialog, Button.RestoreDefaults)
    assert dialog.detection == DetectionOptions()
    assert not dialog.buttons.button(Button.RestoreDefaults).isEnabled()
    dialog.reject()


def test_the_next_move_ends_the_try_before_it(open_studio: Open, folder: Path, qtbot: QtBot) -> None:
    reader = StandInReader(pause=0.15)
    studio = open_studio(folder / "board 1.png", reader=reader)
    dialog = opened(studio, qtbot)
    seen: list[int] = []
    assert dialog._trials is not None
    assert dialog.view is not None
    view = dialog.view
    dialog._trials.looked.connect(lambda: seen.append(len(view.lines)))
    turn(dialog, "threshold", 0.9)
    qtbot.waitUntil(lambda: dialog.status.text() == "Detecting…")
    turn(dialog, "threshold", 0.6)
    qtbot.waitUntil(lambda: dialog.status.text() == "1 line (dashed), 4 boxes")
    assert 0 not in seen
    dialog.reject()


def test_a_try_that_fails_says_why_and_the_next_may_be_better(
    open_studio: Open, folder: Path, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    studio = open_studio(folder / "board 1.png")
    dialog = opened(studio, qtbot)
    find = StandInPreview.find

    def refuse(_: StandInPreview, detection: DetectionOptions) -> None:
        raise StudioError(f"nothing can be found with {detection.threshold}")

    monkeypatch.setattr(StandInPreview, "find", refuse)
    turn(dialog, "threshold", 0.2)
    qtbot.waitUntil(lambda: "nothing can be found with 0.2" in dialog.status.text())
    monkeypatch.setattr(StandInPreview, "find", find)
    turn(dialog, "threshold", 0.6)
    qtbot.waitUntil(lambda: dialog.status.text() == "1 line (dashed), 4 boxes")
    dialog.reject()


def test_the_photo_follows_the_mouse_that_drags_it(open_studio: Open, folder: Path, qtbot: QtBot) -> None:
    dialog = opened(open_studio(folder / "board 1.png"), qtbot)
    view = dialog.view
    assert view is not None
    view.zoom_by(4.0)
    start, end = QPoint(100, 90), QPoint(70, 50)
    held = view.to_scene(QPointF(start))
    port = view.viewport()
    QTest.mouseMove(port, end)
    assert view.to_scene(QPointF(start)) == held  # nobody holds it
    QTest.mousePress(port, Qt.MouseButton.LeftButton, pos=start)
    assert view.cursor().shape() == Qt.CursorShape.ClosedHandCursor
    QTest.mouseMove(port, end)
    QTest.mouseRelease(port, Qt.MouseButton.LeftButton, pos=end)
    assert (view.to_scene(QPointF(end)) - held).manhattanLength() < 1
    assert view.cursor().shape() == Qt.CursorShape.OpenHandCursor
    dialog.reject()


def test_without_a_photo_the_sliders_are_there_and_say_what_is_missing(open_studio: Open, qtbot: QtBot) -> None:
    dialog = opened(open_studio(), qtbot)
    assert dialog.view is None
    assert "Open a photo" in dialog.status.text()
    turn(dialog, "space_width", 0.5)
    press(dialog, Button.Ok)
    assert settings.load().detection == DetectionOptions(space_width=0.5)


def test_a_value_between_two_steps_stays_until_it_is_moved(qtbot: QtBot) -> None:
    odd = KNOBS[0].low + 1
    knob = Slider(KNOBS[0], odd)
    qtbot.addWidget(knob)
    assert knob.value == odd
    with qtbot.waitSignal(knob.turned):
        QTest.keyClick(knob.slider, Qt.Key.Key_Right)
    assert (knob.value - KNOBS[0].low) % KNOBS[0].step == 0


def test_every_value_has_a_slider_that_reaches_its_whole_range() -> None:
    assert [spec.key for spec in KNOBS] == list(settings.RANGES)
    for spec in KNOBS:
        steps = (spec.high - spec.low) / spec.step
        assert abs(steps - round(steps)) < 1e-6
        assert abs(spec.low + round(steps) * spec.step - spec.high) < 1e-6


def test_lines_are_chosen_in_the_menu_and_in_the_settings(open_studio: Open, folder: Path, qtbot: QtBot) -> None:
    studio = open_studio(folder / "board 1.png")
    action = studio.window.action_set["lines"]
    assert not action.isChecked()
    action.trigger()
    assert action.isChecked()
    assert settings.load().unit == "lines"
    assert studio.settings.reader_options().unit == "lines"
    qtbot.waitUntil(lambda: not studio.busy)
    studio.reading.read_page()
    qtbot.waitUntil(lambda: not studio.busy)
    assert studio.window.status.currentMessage().startswith(f"Read {WORDS} lines")
    action.trigger()
    assert settings.load().unit == "words"
    studio.change_settings(Settings(unit="lines"))
    assert action.isChecked()
    qtbot.waitUntil(lambda: not studio.busy)


@pytest.mark.parametrize(("width", "height"), [(683, 700), (600, 400)])
def test_nothing_is_cut_off_on_a_small_screen(qtbot: QtBot, width: int, height: int) -> None:
    dialog = DetectionDialog(DetectionOptions(limit_side=4096), None, None)
    qtbot.addWidget(dialog)
    dialog.show()
    dialog.resize(width, height)
    QTest.qWait(1)
    assert (dialog.width(), dialog.height()) == (width, height)
    (scroll,) = dialog.findChildren(QScrollArea)
    assert scroll.horizontalScrollBar().maximum() == 0
    for label in scroll.findChildren(QLabel):
        right = label.mapTo(scroll.viewport(), label.rect().topRight()).x()
        assert right < scroll.viewport().width(), label.text()
        assert label.heightForWidth(label.width()) <= label.height(), label.text()
