"""Layout of the window, order and filters of its lists are the same after a restart, also after a kill."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from ocr_studio.core import paths
from ocr_studio.core.photo_list.rows import PhotoSort
from ocr_studio.core.words.word_list import WordFilter, WordKind, WordSort
from ocr_studio.ui.app import state_keeper, window_state
from ocr_studio.ui.app.app import Studio
from tests.ui.studio import Open


@pytest.fixture(autouse=True)
def soon(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(state_keeper, "_EVERY", 50)


def change_all(studio: Studio) -> None:
    """Change what is kept."""
    window = studio.window
    window.state.restore()
    window.resize(780, 610)  # the screen of the tests is small
    window.photos_panel.filter.edit.setText("name:board")
    window.photos_panel.filter.choose_sort(PhotoSort.TIME)
    window.table.sort_by(WordSort.TEXT, descending=True)
    window.word_filter.choose(WordFilter(WordKind.UNCHECKED, "e"))
    window.texts.panel.open()
    window.layouts.parts.setSizes([0, 330, 449])
    window.layouts.parts.splitterMoved.emit(0, 1)


def kill(studio: Studio, qtbot: QtBot) -> None:
    """Keep the files as they are now, as a killed program would leave them, for the next window."""
    file = paths.state_dir() / "window.json"
    qtbot.waitUntil(lambda: file.exists() and not studio.window.state._soon.isActive())
    before = json.loads(file.read_text())
    now = window_state.describe(
        studio.window, {"layout": studio.window.layouts.saved(), "lists": studio.window.state._lists.saved()}
    )
    assert before == json.loads(json.dumps(now))
    kept = file.with_suffix(".kept")
    shutil.copy(file, kept)
    studio.window.close()
    studio.stop()
    kept.replace(file)


def test_a_killed_window_comes_back_as_it_was(open_studio: Open, folder: Path, qtbot: QtBot) -> None:
    studio = open_studio(folder / "board 1.png")
    change_all(studio)
    layout = studio.window.layouts.saved()
    kill(studio, qtbot)
    other = open_studio()
    other.window.state.restore()
    other.opening.open_paths([folder / "board 2.png"])
    window = other.window
    qtbot.waitUntil(lambda: window.texts.panel.isVisible() and not other.busy)
    assert (window.width(), window.height()) == (780, 610)
    assert window.layouts.saved()["tasks"] == layout["tasks"]
    assert window.photos.sort is PhotoSort.TIME
    assert window.photos.filter
    assert window.photos_panel.filter.edit.text() == "name:board"
    assert (window.table.sort, window.table.descending) == (WordSort.TEXT, True)
    assert window.table.filter == WordFilter(WordKind.UNCHECKED, "e")
    assert window.word_filter.kind.choice == WordKind.UNCHECKED


def test_another_folder_is_seen_whole(open_studio: Open, folder: Path, tmp_path: Path, qtbot: QtBot) -> None:
    studio = open_studio(folder / "board 1.png")
    change_all(studio)
    kill(studio, qtbot)
    shutil.copytree(folder, tmp_path / "others")
    other = open_studio()
    other.window.state.restore()
    other.opening.open_paths([tmp_path / "others" / "board 2.png"])
    qtbot.waitUntil(lambda: other.opening.path is not None and not other.busy)
    assert not other.window.photos.filter
    assert not other.window.table.filter
    assert other.window.table.sort is WordSort.TEXT


def test_a_start_without_a_photo_loses_nothing(open_studio: Open, folder: Path, qtbot: QtBot) -> None:
    studio = open_studio(folder / "board 1.png")
    change_all(studio)
    kill(studio, qtbot)
    saved = json.loads((paths.state_dir() / "window.json").read_text())
    other = open_studio()
    other.window.state.restore()
    other.window.state.save()
    now = json.loads((paths.state_dir() / "window.json").read_text())
    assert now["lists"] == saved["lists"]
    assert now["layout"] == saved["layout"]


def test_nothing_is_written_without_a_change(
    open_studio: Open, folder: Path, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    studio = open_studio(folder / "board 1.png")
    change_all(studio)
    written: list[object] = []
    monkeypatch.setattr(window_state, "save", lambda state, *, flush=True: not written.append(state))  # type: ignore[func-returns-value]
    qtbot.waitUntil(lambda: len(written) == 1)
    for _ in range(20):
        studio.window.state._lists.changed.emit()
        qtbot.wait(10)
    qtbot.waitUntil(lambda: not studio.window.state._soon.isActive())
    assert len(written) == 1
    monkeypatch.undo()
