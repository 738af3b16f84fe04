"""Labels of one line show as much as fits."""

from __future__ import annotations

from pytestqt.qtbot import QtBot

from ocr_studio.ui.widgets.elided_label import ElidedLabel, KeyHints
from ocr_studio.ui.widgets.status_bar import Status


def test_keys_without_room_are_left_out_as_a_whole(qtbot: QtBot) -> None:
    hints = KeyHints("Space: select   Ctrl+A: select all   Esc: cancel")
    qtbot.addWidget(hints)
    seen = set()
    for width in range(40, 600, 10):
        hints.resize(width, 20)
        seen.add(hints.shown)
    whole = {"Space: select", "Space: select   Ctrl+A: select all", hints.text()}
    assert whole <= seen
    assert all(shown in whole or "Space: select".startswith(shown.removesuffix("…").rstrip()) for shown in seen)


def test_the_part_that_matters_always_has_room(qtbot: QtBot) -> None:
    label = ElidedLabel("Word 12 of 374   a photo with a long name.jpg")
    qtbot.addWidget(label)
    label.set_least("Word 12 of 374")
    label.resize(label.minimumSize())
    assert label.shown.startswith("Word 12 of 374")
    assert label.shown.endswith("…")


def test_a_message_without_room_ends_with_dots(qtbot: QtBot) -> None:
    status = Status()
    qtbot.addWidget(status)
    status.show_photos(1, 3)
    status.resize(420, 24)
    status.show()
    said = "12 similar words, 8 selected: choose Fix mistake everywhere (F4) to fix them"
    status.say(said)
    assert status.shown_message.endswith("…")
    assert said.startswith(status.shown_message[:-1].rstrip())
    assert status.toolTip() == said
    status.grab()
    status.resize(1200, 24)
    assert status.shown_message == said
