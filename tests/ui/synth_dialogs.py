"""The dialog that makes synthetic boards, as a person opens it and sees it."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from ocr_studio.ui.app.app import Studio
from ocr_studio.ui.synth.dialog import SynthDialog
from tests.ui.studio import Open

LEFT = Qt.MouseButton.LeftButton


def dialog_of(studio: Studio) -> SynthDialog:
    studio.window.action_set["synthesize"].trigger()
    return next(each for each in studio.window.findChildren(SynthDialog) if each.isVisible())


def opened(open_studio: Open, folder: Path, qtbot: QtBot) -> SynthDialog:
    """It writes to this folder, and the first words are drawn."""
    dialog = dialog_of(open_studio())
    dialog.folder.line.setText(str(folder))
    qtbot.waitUntil(lambda: not dialog.looking.trials.busy)
    return dialog


def words_shown(dialog: SynthDialog) -> list[str]:
    return [cell.text.text() for cell in dialog.looking.preview.words if cell.isVisible()]


def wrong(dialog: SynthDialog) -> str:
    return "" if dialog.wrong.isHidden() else dialog.wrong.text().replace("\u200b", "")


def written(dialog: SynthDialog) -> bool:
    return not dialog.busy and dialog._right.currentWidget() is dialog.report
