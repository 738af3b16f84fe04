"""Photos that are added to the open folder are read once they are complete, if the user wants that."""

from __future__ import annotations

from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from ocr_studio.core.photo_list.rows import PhotoState
from ocr_studio.core.settings import Settings
from ocr_studio.ui.app.app import Studio
from ocr_studio.ui.document import folder_watcher
from ocr_studio.ui.photos import added_photos
from tests.ui import made_board
from tests.ui.made_board import StandInReader
from tests.ui.studio import Open


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(added_photos, "QUIET", 60)
    monkeypatch.setattr(folder_watcher, "WAIT", 20)


def state(studio: Studio, name: str) -> PhotoState | None:
    return next((row.state for row in studio.window.photos.photos.rows if row.name == name), None)


def test_an_added_photo_is_read_once_it_is_complete(
    open_studio: Open, folder: Path, qtbot: QtBot, tmp_path: Path
) -> None:
    settings = Settings(read_when_opened=False, read_when_added=True)
    studio = open_studio(folder / "board 1.png", settings=settings, reader=StandInReader())
    qtbot.waitUntil(lambda: not studio.busy)
    data, added = made_board.write_photo(tmp_path / "new.png", 9).read_bytes(), folder / "new.png"
    added.write_bytes(data[: len(data) // 2])  # copying it pauses here
    qtbot.waitUntil(lambda: state(studio, "new.png") is PhotoState.FAILED)
    added.write_bytes(data)
    qtbot.waitUntil(lambda: state(studio, "new.png") is PhotoState.READ)
    assert {state(studio, f"board {number}.png") for number in (1, 2, 3)} == {PhotoState.UNREAD}
    assert studio.opening.path == folder / "board 1.png"
    added.rename(folder / "renamed.png")  # not a new photo
    qtbot.waitUntil(lambda: state(studio, "renamed.png") is PhotoState.READ)


def test_added_photos_are_left_alone_by_default(open_studio: Open, folder: Path, qtbot: QtBot) -> None:
    studio = open_studio(folder / "board 1.png", settings=Settings(read_when_opened=False), reader=StandInReader())
    qtbot.waitUntil(lambda: not studio.busy)
    made_board.write_photo(folder / "new.png", 9)
    qtbot.waitUntil(lambda: state(studio, "new.png") is not None)
    qtbot.wait(200)
    assert state(studio, "new.png") is PhotoState.UNREAD
