"""What tests ask the whole program."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import TypeAlias

import pytest
from PySide6.QtCore import QUrl
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import QApplication, QDialog, QFileDialog, QLabel, QWidget
from pytestqt.qtbot import QtBot

from ocr_studio.core import paths
from ocr_studio.ui.app.app import Studio

Open: TypeAlias = Callable[..., Studio]
# Actions that open a window or a menu of their own.
OPENING = (
    "export", "export_chosen", "import_labels",
    "export_dataset", "settings", "finding", "models", "rules", "photo_facts", "keys", "about", "read_unreviewed",
    "palette", "looks", "crop_photo", "characters", "synthesize", "add_from_phone", "share",
)  # fmt: skip


def texts(studio: Studio) -> list[str]:
    page = studio.document.page
    return [page.words[key].text for key in studio.document.order()] if page else []


def in_sight() -> list[QWidget]:
    """All windows in sight but those that Qt makes."""
    return [each for each in QApplication.topLevelWidgets() if each.isVisible() and not isinstance(each, QFileDialog)]


def leave_dialogs() -> None:
    """Close those that are in sight."""
    for widget in QApplication.topLevelWidgets():
        if isinstance(widget, QDialog) and widget.isVisible():
            widget.reject()


def label(studio: Studio, name: str) -> str:
    return next(each.text() for each in studio.window.status.findChildren(QLabel) if each.accessibleName() == name)


def record_opened(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Open no folder in the file manager; return the list to which those are added that would be opened."""
    opened: list[str] = []

    def open_url(url: QUrl) -> bool:
        opened.append(url.toLocalFile())
        return True

    monkeypatch.setattr(QDesktopServices, "openUrl", open_url)
    return opened


def kill(studio: Studio, folder: Path, qtbot: QtBot, *, draft: str) -> None:
    """Leave the files as a killed program would, as soon as this draft is in the file of the session."""
    file = paths.state_dir() / "session.json"

    def drafts() -> list[str]:
        return [each["text"] for each in json.loads(file.read_text()).get("drafts", [])] if file.exists() else []

    qtbot.waitUntil(lambda: draft in drafts())
    studio.autosave.flush()
    kept = file.with_suffix(".kept")
    shutil.copy(file, kept)
    shutil.copytree(folder, folder.with_name("kept"))
    studio.window.close()
    studio.stop()
    studio.autosave.flush()
    shutil.rmtree(folder)
    folder.with_name("kept").rename(folder)
    kept.replace(file)
