"""What a person does who lets the program learn, and what they see."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel
from pytestqt.qtbot import QtBot

from ocr_studio.core.editing import edits
from ocr_studio.core.models import registry
from ocr_studio.ui.app.app import Studio
from ocr_studio.ui.training.controller import TrainingStage


def correct(studio: Studio, count: int, *, ending: str = "") -> None:
    """A person agrees with the first words of the page, or writes something else."""
    for key in studio.document.order()[:count]:
        page = studio.document.page
        assert page is not None
        edit = edits.write(page, key, page.words[key].text + ending) if ending else edits.accept(page, [key])
        studio.document.push(edit)


def press_learn(studio: Studio, qtbot: QtBot) -> None:
    studio.window.action_set["learn"].trigger()
    qtbot.waitUntil(lambda: not studio.busy)


def begin(studio: Studio, qtbot: QtBot, stage: TrainingStage = TrainingStage.DECIDING) -> None:
    qtbot.mouseClick(studio.window.trainer.preflight.column.begin, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: studio.training.stage is stage)


def said(studio: Studio) -> str:
    """All that the page of the panel says that is in sight."""
    page = studio.window.trainer.pages.currentWidget()
    assert page is not None
    return "\n".join(label.text() for label in page.findChildren(QLabel) if label.isVisible())


def candidates() -> list[Path]:
    folder = registry.models_dir() / ".candidates"
    return list(folder.iterdir()) if folder.exists() else []
