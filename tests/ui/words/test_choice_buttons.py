"""Buttons for likely texts: keys and texts that differ are visible in any width."""

from __future__ import annotations

import pytest
from PySide6.QtWidgets import QPushButton
from pytestqt.qtbot import QtBot

from ocr_studio.ui.words.choice_buttons import ChoiceButtons

LONG = (
    "Wahrscheinlichkeitsrechnung", "Wahrscheinlichkeitsrechnumg", "Wahrscheinlichkeitsrechnungen",
    "Wohrscheinlichkeitsrechnung", "Wahrscheinlichkeitsrechnungs",
)  # fmt: skip


def _visible(buttons: ChoiceButtons, qtbot: QtBot, width: int) -> list[QPushButton]:
    buttons.resize(width, 40)
    qtbot.waitUntil(lambda: buttons.width() == width)
    layout = buttons.layout()
    assert layout is not None
    layout.activate()
    return [each for each in buttons.buttons if each.isVisible()]


@pytest.fixture
def buttons(qtbot: QtBot) -> ChoiceButtons:
    buttons = ChoiceButtons(5, one_row=720, across=4)
    qtbot.addWidget(buttons)
    buttons.show()
    return buttons


@pytest.mark.parametrize("writing", [False, True])
@pytest.mark.parametrize("width", range(180, 760, 60))
def test_keys_and_differences_are_in_sight(buttons: ChoiceButtons, qtbot: QtBot, width: int, writing: bool) -> None:
    buttons.show_choices(LONG, current="", writing=writing)
    shown = _visible(buttons, qtbot, width)
    keys = [f"Alt+{n}" if writing else str(n) for n in range(1, 6)]
    assert [each.text().split()[0] for each in shown] == keys
    assert len({each.text().split()[1] for each in shown}) == 5
    assert [each.toolTip() for each in shown] == list(LONG)
    assert all(each.fontMetrics().horizontalAdvance(each.text()) <= each.width() - 18 for each in shown)


def test_few_long_texts_get_the_rows_of_the_others(buttons: ChoiceButtons, qtbot: QtBot) -> None:
    buttons.show_choices(LONG[:2], current="", writing=False)
    assert [each.text() for each in _visible(buttons, qtbot, 360)] == [f"1  {LONG[0]}", f"2  {LONG[1]}"]
    high = buttons.sizeHint().height()
    buttons.show_choices(("the", "thc", "fhe"), current="", writing=False)
    assert len({each.y() for each in _visible(buttons, qtbot, 360)}) == 1
    assert buttons.sizeHint().height() == high


def test_keys_without_alt_leave_room_for_more_in_a_row(qtbot: QtBot) -> None:
    heights = []
    for with_alt in (True, False):
        buttons = ChoiceButtons(7, one_row=720, across=4, with_alt=with_alt)
        qtbot.addWidget(buttons)
        buttons.show()
        heights.append(0)
        for width in range(300, 700, 10):
            buttons.resize(width, 80)
            heights[-1] += buttons.minimumSizeHint().height()
    assert heights[0] > heights[1]
