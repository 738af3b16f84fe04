"""A window with something unsaved stays open once, says why, and goes when it is closed again."""

from __future__ import annotations

from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from ocr_studio.ui.app.close_guard import CloseGuard


def _window(qtbot: QtBot, answers: list[bool]) -> tuple[QWidget, CloseGuard]:
    window = QWidget()
    qtbot.addWidget(window)
    guard = CloseGuard(window, lambda: answers.pop(0))
    window.show()
    return window, guard


def test_a_window_with_all_saved_closes_at_once(qtbot: QtBot) -> None:
    window, guard = _window(qtbot, [True])
    with qtbot.assertNotEmitted(guard.close_prevented):
        assert window.close()


def test_a_window_with_something_unsaved_is_held_once(qtbot: QtBot) -> None:
    window, guard = _window(qtbot, [False, False])
    with qtbot.waitSignal(guard.close_prevented):
        assert not window.close()
    assert window.isVisible()
    assert window.close()


def test_saved_by_itself_in_between_it_is_held_anew(qtbot: QtBot) -> None:
    window, guard = _window(qtbot, [False, False, False])
    assert not window.close()
    guard.reset()
    with qtbot.waitSignal(guard.close_prevented):
        assert not window.close()
    assert window.close()


def test_saved_in_between_it_is_held_anew(qtbot: QtBot) -> None:
    window, guard = _window(qtbot, [False, True, False])
    assert not window.close()
    assert window.close()
    window.show()
    with qtbot.waitSignal(guard.close_prevented):
        assert not window.close()
    guard.deleteLater()
