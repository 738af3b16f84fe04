"""What is said about photos that are opened: what is true now, once, and where one looks."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from PySide6.QtCore import QEvent, Qt
from PySide6.QtWidgets import QApplication, QPlainTextEdit
from pytestqt.qtbot import QtBot

from ocr_studio.core.errors import StudioError
from ocr_studio.core.project.project import FOLDER
from ocr_studio.core.settings import Settings
from ocr_studio.core.translation import message
from ocr_studio.ui.app.app import Studio
from tests.ui import made_board
from tests.ui.studio import Open, label, texts


@pytest.fixture
def bad(folder: Path) -> list[Path]:
    """Files among the photos that are none."""
    files = [folder / f"cut {number}.png" for number in (1, 2, 3)]
    for path in files:
        path.write_bytes(b"\x89PNG\r\n\x1a\n")
    return files


def _open(studio: Studio, path: Path, qtbot: QtBot) -> None:
    studio.opening.open_paths([path])
    qtbot.waitUntil(lambda: not studio.busy)


def _said(studio: Studio) -> list[str]:
    return studio.window.messages.texts()


def _listed(studio: Studio) -> dict[str, str]:
    """Name -> how far it has come, as it is read out."""
    model = studio.window.photos.model()
    rows = [model.index(row, 0) for row in range(model.rowCount())]
    return {row.data(): row.data(Qt.ItemDataRole.AccessibleTextRole).partition(", ")[2] for row in rows}


def test_of_empty_folders_only_the_newest_message_stays(open_studio: Open, tmp_path: Path, qtbot: QtBot) -> None:
    studio = open_studio()
    empty = [tmp_path / f"empty {number}" for number in (1, 2, 3)]
    for path in empty:
        path.mkdir()
    studio.opening.open_paths(empty[:2])
    qtbot.waitUntil(lambda: _said(studio) == ["2 items can’t be opened: empty 1, empty 2."])
    _open(studio, empty[2], qtbot)
    (said,) = _said(studio)
    assert said.startswith("empty 3: ")


def test_files_of_another_folder_that_are_no_photos_are_named_at_once(
    open_studio: Open, folder: Path, tmp_path: Path, qtbot: QtBot
) -> None:
    studio = open_studio()
    other = tmp_path / "other"
    other.mkdir()
    for number in range(5):
        (other / f"text {number}.png").write_text("no photo")
    (other / "good.png").write_bytes((folder / "board 1.png").read_bytes())
    studio.opening.open_paths([folder / "board 2.png", *sorted(other.iterdir())])
    qtbot.waitUntil(lambda: len(_said(studio)) == 2)
    assert "You also chose photos in other." in _said(studio)[0]
    assert _said(studio)[1] == "5 items can’t be opened: text 0.png, text 1.png, text 2.png, 2 more."
    (other / "good.png").unlink()
    studio.opening.open_paths([folder / "board 3.png", other / "text 0.png"])
    qtbot.waitUntil(lambda: not studio.busy and len(_said(studio)) == 1)
    assert _said(studio)[0].startswith("text 0.png: this is a text file, not a photo.")


def test_photos_that_cannot_be_opened_are_one_message_that_goes(
    open_studio: Open, folder: Path, bad: list[Path], qtbot: QtBot
) -> None:
    studio = open_studio(folder / "board 1.png")
    for path in bad:
        _open(studio, path, qtbot)
        (said,) = _said(studio)
        assert said.startswith(f"{path.name}: ")
        assert studio.window.status.currentMessage() == ""
    assert studio.window.messages.findChildren(QPlainTextEdit)[-1].toPlainText() == str(bad[-1])
    _open(studio, folder / "board 2.png", qtbot)
    assert _said(studio) == []


def test_a_photo_that_cannot_be_opened_is_named_within_the_folder_that_was_asked_for(
    open_studio: Open, tmp_path: Path, qtbot: QtBot
) -> None:
    bad = tmp_path / "two  spaces" / "cut.png"
    bad.parent.mkdir()
    bad.write_bytes(b"\x89PNG\r\n\x1a\n")
    studio = open_studio()
    _open(studio, bad.parent, qtbot)
    assert [said.partition(":")[0] for said in _said(studio)] == ["two spaces/cut.png"]


def test_nothing_is_being_opened_once_one_has_returned_to_the_open_photo(
    open_studio: Open, folder: Path, qtbot: QtBot
) -> None:
    studio = open_studio(folder / "board 1.png")
    studio.opening.open_paths([folder / "board 2.png"])
    assert studio.window.status.currentMessage() == "Opening board 2.png…"
    _open(studio, folder / "board 1.png", qtbot)
    assert studio.window.status.currentMessage() == ""


def test_the_list_says_which_photo_cannot_be_opened_until_it_can(
    open_studio: Open, folder: Path, bad: list[Path], qtbot: QtBot
) -> None:
    studio = open_studio(folder / "board 1.png", settings=Settings(read_when_opened=False))
    _open(studio, bad[0], qtbot)
    assert _listed(studio)["cut 1.png"] == "Failed"
    made_board.write_photo(bad[0], 5)
    _open(studio, bad[0], qtbot)
    assert _listed(studio)["cut 1.png"] == "Not read"


def test_a_photo_that_was_deleted_is_listed_no_longer(open_studio: Open, folder: Path, qtbot: QtBot) -> None:
    studio = open_studio(folder / "board 1.png")
    (folder / "board 2.png").unlink()
    _open(studio, folder / "board 2.png", qtbot)
    assert list(_listed(studio)) == ["board 1.png", "board 3.png"]
    assert studio.opening.step(1)
    qtbot.waitUntil(lambda: studio.opening.path == folder / "board 3.png" and not studio.busy)


def test_that_the_open_photo_was_deleted_is_said_once_and_its_words_come_back_with_it(
    open_studio: Open, folder: Path, qtbot: QtBot
) -> None:
    studio = open_studio(folder / "board 2.png")
    data, words = (folder / "board 2.png").read_bytes(), texts(studio)
    (folder / "board 2.png").unlink()
    qtbot.waitUntil(lambda: len(_said(studio)) == 1)
    assert _said(studio)[0].startswith("board 2.png is no longer in its folder. Its words stay saved")
    studio.window.messages.withdraw("gone")
    made_board.write_photo(folder / "board 4.png", 4)
    qtbot.waitUntil(lambda: "board 4.png" in _listed(studio))
    assert _said(studio) == []
    (folder / "board 2.png").write_bytes(data)
    qtbot.waitUntil(lambda: "board 2.png" in _listed(studio))
    assert texts(studio) == words
    (folder / "board 2.png").unlink()
    qtbot.waitUntil(lambda: len(_said(studio)) == 1)
    assert studio.opening.step(1)
    qtbot.waitUntil(lambda: studio.opening.path == folder / "board 3.png" and not studio.busy)
    assert _said(studio) == []


def test_that_the_open_photo_has_another_name_is_nothing_to_tell(open_studio: Open, folder: Path, qtbot: QtBot) -> None:
    studio = open_studio(folder / "board 2.png")
    (folder / "board 2.png").rename(folder / "zebra.png")
    qtbot.waitUntil(lambda: studio.opening.path == folder / "zebra.png" and not studio.busy)
    assert _said(studio) == []


def test_words_that_are_kept_elsewhere_are_said_to_be_once(
    open_studio: Open, folder: Path, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    access = os.access
    monkeypatch.setattr(os, "access", lambda path, mode: Path(path) != folder and access(path, mode))
    studio = open_studio(folder / "board 1.png")
    assert studio.opening.project is not None
    (said,) = _said(studio)
    assert str(studio.opening.project.folder) in said
    studio.window.messages.withdraw("elsewhere")
    _open(studio, folder / "board 2.png", qtbot)
    assert _said(studio) == []


def test_a_file_in_the_way_of_the_project_is_said_once_and_the_words_are_kept(open_studio: Open, folder: Path) -> None:
    (folder / FOLDER).touch()
    studio = open_studio(folder / "board 1.png")
    (said,) = _said(studio)
    assert f"contains a file named {FOLDER}" in said
    assert studio.opening.project is not None
    assert str(studio.opening.project.folder) in said
    assert studio.autosave.flush()
    assert studio.opening.project.page_ids()
    assert _said(studio) == [said]


def test_words_that_shall_be_kept_elsewhere_need_no_word(open_studio: Open, folder: Path) -> None:
    assert _said(open_studio(folder / "board 1.png", settings=Settings(keep="library"))) == []


def test_of_two_files_of_one_picture_it_is_said_once(open_studio: Open, folder: Path, qtbot: QtBot) -> None:
    copy = folder / "copy.png"
    copy.write_bytes((folder / "board 1.png").read_bytes())
    studio = open_studio(folder / "board 1.png")
    studio.autosave.flush()
    _open(studio, copy, qtbot)
    assert _said(studio) == ["copy.png is the same image as board 1.png: they share their words."]
    _open(studio, folder / "board 2.png", qtbot)
    assert _said(studio) == []
    _open(studio, copy, qtbot)
    assert _said(studio) == []


def test_a_renamed_photo_is_no_copy(open_studio: Open, folder: Path, qtbot: QtBot) -> None:
    studio = open_studio(folder / "board 1.png")
    studio.autosave.flush()
    (folder / "board 1.png").rename(folder / "renamed.png")
    _open(studio, folder / "renamed.png", qtbot)
    assert len(texts(studio)) == 8
    assert _said(studio) == []


def test_a_window_that_only_looks_may_write_once_the_other_has_gone(
    open_studio: Open, folder: Path, qtbot: QtBot
) -> None:
    first = open_studio(folder / "board 1.png")
    first.autosave.flush()
    second = open_studio(folder / "board 1.png")
    assert "so they are read-only here" in _said(second)[0]
    shown = second.document.page
    QApplication.sendEvent(second.window, QEvent(QEvent.Type.WindowActivate))
    qtbot.waitUntil(lambda: not second.busy)
    assert second.document.page is shown
    assert not second.document.writable
    first.window.close()
    QApplication.sendEvent(second.window, QEvent(QEvent.Type.WindowActivate))
    qtbot.waitUntil(lambda: second.document.writable and not second.busy)
    assert _said(second) == []
    assert label(second, "Saving") == "Saved"


def test_a_profile_that_cannot_be_used_is_said_once(open_studio: Open, folder: Path, qtbot: QtBot) -> None:
    studio = open_studio(folder / "board 1.png")
    qtbot.waitUntil(lambda: not studio.busy)
    error = StudioError("the profile can’t be used", remedy="Import it again.")
    studio.reading.ocr_service.profile_errors["hers"] = error
    for _ in range(2):
        studio.reading.stopped.emit()
        assert _said(studio) == [str(error)]


def test_another_runtime_than_asked_for_is_said_while_it_is_so(
    open_studio: Open, folder: Path, monkeypatch: pytest.MonkeyPatch, qtbot: QtBot
) -> None:
    studio = open_studio(folder / "board 1.png")
    for notice in (message("TensorFlow reads."), None):
        monkeypatch.setattr(made_board.StandInOcrService, "notice", notice)
        with qtbot.waitSignal(studio.reading.prepared):
            studio.reading.prepare()
        assert _said(studio) == [str(notice)] * bool(notice)
