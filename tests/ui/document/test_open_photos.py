"""Going from photo to photo: nothing that was typed is lost on the way, whatever the disk and other windows do."""

from __future__ import annotations

import errno
import os
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QMessageBox
from pytestqt.qtbot import QtBot

from ocr_studio.core import settings as settings_module
from ocr_studio.core.editing import edits
from ocr_studio.core.errors import StudioError
from ocr_studio.core.formats.output_folder import OutputFile
from ocr_studio.core.images import photo_file, photo_listing
from ocr_studio.core.page import Page
from ocr_studio.core.project.project import FOLDER, Project
from ocr_studio.core.search.index import Index, IndexTrouble
from ocr_studio.core.settings import Settings
from ocr_studio.ui.app import app
from ocr_studio.ui.app.app import Studio
from ocr_studio.ui.canvas.photo_view import PhotoView
from ocr_studio.ui.words.word_editor import WordEditor
from ocr_studio.ui.words.word_table import WordTable
from tests.ui import made_board
from tests.ui.made_board import StandInReader
from tests.ui.studio import Open, label, texts

Key = Qt.Key


def _page(studio: Studio) -> Page:
    assert studio.document.page is not None
    return studio.document.page


def _write(studio: Studio, text: str) -> None:
    page = _page(studio)
    studio.document.push(edits.write(page, studio.document.order()[0], text))


def _edit(studio: Studio, where: PhotoView | WordTable) -> WordEditor:
    """The editor of the first word, on the photo or in the table."""
    studio.document.select([studio.document.order()[0]])
    where.edit_current()
    (editor,) = [each for each in where.findChildren(WordEditor) if each.isVisible()]
    return editor


def _go(studio: Studio, path: Path, qtbot: QtBot) -> None:
    studio.opening.open_paths([path])
    qtbot.waitUntil(lambda: studio.opening.path == path and not studio.busy)


def _on_disk(photo: Path) -> Page | None:
    return Project.open(photo.parent).load_page(photo_file.compute_content_id(photo))


@pytest.fixture
def other_folder(tmp_path: Path) -> Path:
    made_board.write_photo(tmp_path / "others" / "other.png", 9)
    made_board.write_photo(tmp_path / "others" / "second.png", 10)
    return tmp_path / "others"


@pytest.fixture
def fill(monkeypatch: pytest.MonkeyPatch) -> Callable[[bool], None]:
    """Makes the disk full, or gives it room again."""
    full, fsync = [False], os.fsync

    def flush(handle: int) -> None:
        if full[0]:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        fsync(handle)

    monkeypatch.setattr(os, "fsync", flush)
    return lambda state: full.__setitem__(0, state)


def test_its_own_folder_dropped_takes_nothing_from_a_word_that_is_typed(
    open_studio: Open, folder: Path, qtbot: QtBot
) -> None:
    studio = open_studio(folder / "board 1.png")
    count = studio.document.undo_stack.count()
    editor = _edit(studio, studio.window.view)
    QTest.keyClicks(editor, "Shop")
    studio.opening.open_paths([folder])
    qtbot.waitUntil(lambda: not studio.busy)
    QTest.keyClicks(editor, "s")
    QTest.keyClick(editor, Key.Key_Return)
    assert texts(studio)[0] == "Shops"
    assert studio.document.undo_stack.count() == count + 1
    studio.autosave.flush()
    saved = _on_disk(folder / "board 1.png")
    assert saved == _page(studio)


def test_away_and_back_quickly_keeps_the_word_that_is_typed(open_studio: Open, folder: Path, qtbot: QtBot) -> None:
    studio = open_studio(folder / "board 1.png")
    QTest.keyClicks(_edit(studio, studio.window.view), "Shop")
    studio.opening.step(1)
    studio.opening.step(-1)
    qtbot.waitUntil(lambda: not studio.busy)
    studio.opening.save()
    assert texts(studio)[0] == "Shop"
    _go(studio, folder / "board 2.png", qtbot)
    _go(studio, folder / "board 1.png", qtbot)
    assert texts(studio)[0] == "Shop"


def test_a_copy_of_the_open_photo_has_the_word_that_is_typed(open_studio: Open, folder: Path, qtbot: QtBot) -> None:
    (folder / "copy.png").write_bytes((folder / "board 1.png").read_bytes())
    studio = open_studio(folder / "board 1.png")
    QTest.keyClicks(_edit(studio, studio.window.view), "Shop")
    _go(studio, folder / "copy.png", qtbot)
    assert texts(studio)[0] == "Shop"
    assert _page(studio).image == "copy.png"


def test_a_photo_that_has_changed_on_the_disk_opens_anew(open_studio: Open, folder: Path, qtbot: QtBot) -> None:
    studio = open_studio(folder / "board 1.png")
    made_board.write_photo(folder / "board 1.png", 77)
    studio.window.photos.photo_chosen.emit(folder / "board 1.png")
    qtbot.waitUntil(lambda: not studio.busy)
    assert studio.document.image is not None
    assert studio.document.image[0, 0, 0] == 245 - 77


def test_once_the_other_window_is_closed_a_click_makes_the_photo_writable(
    open_studio: Open, folder: Path, qtbot: QtBot
) -> None:
    first = open_studio(folder / "board 1.png")
    second = open_studio(folder / "board 1.png")
    assert not second.document.writable
    _write(first, "Shop")
    first.autosave.flush()
    first.window.close()
    second.window.photos.photo_chosen.emit(folder / "board 1.png")
    qtbot.waitUntil(lambda: not second.busy)
    assert second.document.writable
    assert texts(second)[0] == "Shop"
    assert second.window.messages.texts() == []
    assert label(second, "Saving") == "Saved"


@pytest.mark.usefixtures("caplog")  # the list of photos may look at the page while it is damaged, and says so
def test_a_damaged_page_that_somebody_has_mended_opens_with_a_click(
    open_studio: Open, folder: Path, qtbot: QtBot
) -> None:
    studio = open_studio(folder / "board 1.png")
    _write(studio, "Shop")
    studio.window.close()
    (kept,) = (folder / "ocr-studio-project" / "pages").glob("*.json")
    good = kept.read_text()
    kept.write_text(good[:200])
    again = open_studio(folder / "board 1.png", settings=Settings(read_when_opened=False))
    assert texts(again) == []
    kept.write_text(good)
    again.window.photos.photo_chosen.emit(folder / "board 1.png")
    qtbot.waitUntil(lambda: not again.busy)
    assert texts(again)[0] == "Shop"
    assert again.window.messages.texts() == []


def test_what_is_unsaved_in_a_folder_that_was_left_is_there_when_one_returns(
    open_studio: Open,
    folder: Path,
    other_folder: Path,
    qtbot: QtBot,
    fill: Callable[[bool], None],
    caplog: pytest.LogCaptureFixture,
) -> None:
    studio = open_studio(folder / "board 1.png")
    studio.autosave.flush()
    fill(True)
    _write(studio, "Shop")
    qtbot.waitUntil(lambda: label(studio, "Saving") == "Not saved")
    _go(studio, other_folder / "other.png", qtbot)
    assert label(studio, "Saving") == "Not saved"
    studio.autosave.retry()
    _go(studio, folder / "board 1.png", qtbot)
    assert studio.document.writable
    assert texts(studio)[0] == "Shop"
    _go(studio, other_folder / "other.png", qtbot)
    fill(False)
    with qtbot.waitSignal(studio.autosave.saved):
        studio.autosave.retry()
    qtbot.waitUntil(lambda: label(studio, "Saving") == "Saved")
    saved = _on_disk(folder / "board 1.png")
    assert saved is not None
    assert "Shop" in {word.text for word in saved.words.values()}
    # Nothing unsaved is left there: another window may have it.
    Project.open(folder).lock()


def test_a_disk_that_is_full_once_more_holds_the_window_once_more(
    open_studio: Open, folder: Path, qtbot: QtBot, fill: Callable[[bool], None]
) -> None:
    studio = open_studio(folder / "board 1.png")
    studio.autosave.flush()
    for text in ("Shop", "Shops"):
        fill(True)
        _write(studio, text)
        assert not studio.window.close()
        assert any("last changes are not saved" in said for said in studio.window.messages.texts())
        fill(False)
        with qtbot.waitSignal(studio.autosave.saved):
            studio.autosave.retry()
    assert studio.window.close()


def test_a_list_of_which_nothing_can_be_known_says_so(
    open_studio: Open, folder: Path, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(index: Index) -> None:
        raise IndexTrouble("the index can’t be read", file=index.project.folder)

    monkeypatch.setattr(Index, "pages", refuse)
    studio = open_studio(folder / "board 1.png", settings=Settings(read_when_opened=False))  # which would ask it, too
    qtbot.waitUntil(lambda: any("can’t be read" in said for said in studio.window.messages.texts()))


def test_a_second_window_on_a_fresh_folder_is_told_when_it_opens(open_studio: Open, folder: Path, qtbot: QtBot) -> None:
    by_hand = Settings(read_when_opened=False)
    before = sorted(folder.rglob("*"))
    first = open_studio(folder / "board 1.png", settings=by_hand)
    second = open_studio(folder / "board 2.png", settings=by_hand)
    assert first.document.writable
    assert not second.document.writable
    assert "another OCR Studio window" in " ".join(second.window.messages.texts())
    assert sorted(folder.rglob("*")) == before
    first.reading.read_page()
    qtbot.waitUntil(lambda: not first.busy)
    _write(first, "Shop")
    assert first.autosave.flush()
    first.window.close()
    second.opening._try_lock()
    qtbot.waitUntil(lambda: second.document.writable)
    _go(second, folder / "board 1.png", qtbot)
    assert texts(second)[0] == "Shop"
    assert second.window.messages.texts() == []


def test_a_folder_that_was_left_is_open_to_others(
    open_studio: Open, folder: Path, other_folder: Path, qtbot: QtBot
) -> None:
    studio = open_studio(folder / "board 1.png")
    studio.autosave.flush()
    _go(studio, other_folder / "other.png", qtbot)
    studio.autosave.flush()
    other = Project.open(folder)
    qtbot.waitUntil(lambda: studio.opening.project is not None and not studio.autosave.unsaved)
    other.lock()
    other.unlock()


def test_two_photos_of_another_folder_in_quick_succession_do_not_lock_each_other_out(
    open_studio: Open, folder: Path, other_folder: Path, qtbot: QtBot
) -> None:
    before = Project.open(other_folder)
    before.save_page(replace(made_board.page(), id="f" * 32))
    before.unlock()
    studio = open_studio(folder / "board 1.png")
    studio.opening.open_paths([other_folder / "other.png"])
    while studio.lanes.files.waiting:  # the window is busy
        pass
    time.sleep(0.2)
    studio.opening.open_paths([other_folder / "second.png"])
    time.sleep(0.2)
    qtbot.waitUntil(lambda: studio.opening.path == other_folder / "second.png" and not studio.busy)
    assert studio.document.writable
    assert studio.window.messages.texts() == []


def test_the_list_of_photos_is_never_that_of_another_folder(
    open_studio: Open, folder: Path, other_folder: Path, qtbot: QtBot
) -> None:
    studio = open_studio(folder / "board 1.png")
    seen: list[tuple[Path, ...]] = []
    studio.opening.opened.connect(lambda _: seen.append(studio.opening.photos))
    _go(studio, other_folder / "other.png", qtbot)
    assert seen == [(other_folder / "other.png",)]
    assert len(studio.opening.photos) == 2


@pytest.mark.parametrize("typed", ["", "ad"])
@pytest.mark.parametrize("place", ["view", "table"])
def test_reading_again_takes_no_word_from_under_the_hand(
    open_studio: Open, folder: Path, qtbot: QtBot, typed: str, place: str
) -> None:
    studio = open_studio(folder / "board 1.png", reader=StandInReader(pause=0.05))
    studio.reading.read_page()
    editor = _edit(studio, getattr(studio.window, place))
    QTest.keyClicks(editor, typed)
    qtbot.waitUntil(lambda: not studio.busy)
    assert editor.isVisible()
    QTest.keyClicks(QApplication.focusWidget() or editor, "dd")
    assert studio.window.view.tool.value == "select"
    QTest.keyClick(editor, Key.Key_Return)
    assert texts(studio)[0] == f"{typed}dd"
    assert len(texts(studio)) == 8


def test_the_theme_of_this_time_is_not_kept(open_studio: Open) -> None:
    studio = Studio(Settings(theme="light"), ocr_service=made_board.StandInOcrService(), theme="dark")
    try:
        studio.change_settings(replace(studio.settings, read_when_opened=False))
        assert (studio.theme, settings_module.load().theme) == ("dark", "light")
        studio.change_settings(replace(studio.settings, theme="system"))
        assert (studio.theme, settings_module.load().theme) == ("system", "system")
    finally:
        app.use_theme("light")
        studio.window.close()
        studio.stop()
        studio.window.deleteLater()


def test_a_picture_of_the_window_writes_nothing_else_and_says_why_not(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, qtbot: QtBot
) -> None:
    application = QApplication.instance()
    assert isinstance(application, QApplication)
    before = sorted(folder.rglob("*"))
    studio = Studio(Settings(), ocr_service=made_board.StandInOcrService(), saves_state=False)
    # Once Qt's own has ended, no further loop of this process waits for anything.
    monkeypatch.setattr(QApplication, "exec", lambda *_: qtbot.waitUntil(lambda: not studio.window.isVisible()))
    shot = OutputFile(tmp_path / "nowhere" / "shot.png")
    try:
        with pytest.raises(StudioError, match=r"nowhere/shot\.png"):
            app._save_screenshot(application, studio, [folder / "board 1.png"], shot)
        assert len(texts(studio)) == 8
    finally:
        studio.stop()
        studio.window.deleteLater()
    assert sorted(folder.rglob("*")) == before


@pytest.mark.skipif(os.name != "posix", reason="links without special rights")
def test_a_project_that_is_a_link_is_opened_once_the_user_says_so(
    open_studio: Open, folder: Path, tmp_path: Path, qtbot: QtBot
) -> None:
    (tmp_path / "elsewhere" / "pages").mkdir(parents=True)
    (folder / FOLDER).symlink_to(tmp_path / "elsewhere")
    photo = next(iter(photo_listing.list_photos(folder)))
    studio = open_studio()
    studio.opening.open_paths([folder])
    qtbot.waitUntil(lambda: bool(studio.window.findChildren(QMessageBox)))
    (asked,) = studio.window.findChildren(QMessageBox)
    assert str(tmp_path / "elsewhere") in asked.informativeText()
    qtbot.mouseClick(asked.button(QMessageBox.StandardButton.Cancel), Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: not studio.window.findChildren(QMessageBox))
    assert studio.opening.path is None
    studio.opening.open_paths([photo])
    qtbot.waitUntil(lambda: bool(studio.window.findChildren(QMessageBox)))
    (asked,) = studio.window.findChildren(QMessageBox)
    with qtbot.waitSignal(studio.opening.opened):
        qtbot.mouseClick(
            next(each for each in asked.buttons() if asked.buttonRole(each) is QMessageBox.ButtonRole.AcceptRole),
            Qt.MouseButton.LeftButton,
        )
    assert studio.opening.project is not None
    assert studio.opening.project.folder == tmp_path / "elsewhere"
