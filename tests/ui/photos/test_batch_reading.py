"""Many photos read in the background: nothing of a person's is lost, one bad photo stops none, own work goes first."""

from __future__ import annotations

from functools import partial
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QDialogButtonBox
from pytestqt.qtbot import QtBot

from ocr_studio.core.editing import edits
from ocr_studio.core.images import photo_file
from ocr_studio.core.page import Page
from ocr_studio.core.photo_list.rows import PhotoState
from ocr_studio.core.settings import Settings
from ocr_studio.ui.app.app import Studio
from ocr_studio.ui.photos.batch_progress import BatchFailuresDialog
from ocr_studio.ui.photos.photo_list_view import PhotoListView
from tests.ui import made_board
from tests.ui.made_board import StandInReader
from tests.ui.studio import Open, texts

BY_HAND = Settings(read_when_opened=False)
LEFT = Qt.MouseButton.LeftButton


@pytest.fixture
def studio(open_studio: Open, folder: Path, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch) -> Studio:
    """Four photos, one of them no photo; the first one open, none of them read."""
    # That one is found out by reading it, not by making a small picture of it, which may be sooner or later.
    monkeypatch.setattr(PhotoListView, "_want_pictures", lambda _: None)
    (folder / "board 4.png").write_text("no picture")
    studio = open_studio(folder / "board 1.png", settings=BY_HAND, reader=StandInReader())
    qtbot.waitUntil(lambda: len(studio.window.photos.photos.rows) == 4 and not studio.busy)
    return studio


def states(studio: Studio) -> list[PhotoState]:
    return [row.state for row in studio.window.photos.photos.rows]


def read_all(studio: Studio) -> None:
    studio.window.action_set["read_unread"].trigger()


def rest(studio: Studio, qtbot: QtBot) -> None:
    qtbot.waitUntil(lambda: not studio.window.photos_panel.batch.busy and not studio.busy)


def page_of(studio: Studio, photo: Path) -> Page:
    project = studio.opening.project
    assert project is not None
    page = project.load_page(photo_file.compute_content_id(photo), aside=False)
    assert page is not None
    return page


def test_all_unread_photos_are_read_and_saved_and_the_bad_one_is_told(
    studio: Studio, folder: Path, qtbot: QtBot
) -> None:
    strip = studio.window.photos_panel.strip
    read_all(studio)
    assert not strip.isHidden()
    rest(studio, qtbot)
    assert states(studio) == [PhotoState.READ] * 3 + [PhotoState.FAILED]
    assert strip.status.text() == "Read 3 photos. 1 could not be read."
    # Pages that nobody has worked on are no step of the history; the open one is.
    assert studio.document.undo_stack.count() == 1
    assert len(texts(studio)) == 8
    assert studio.autosave.flush()
    assert len(page_of(studio, folder / "board 3.png").words) == 8
    assert page_of(studio, folder / "board 3.png").image == "board 3.png"
    QTest.mouseClick(strip.more, LEFT)
    (dialog,) = studio.window.findChildren(BatchFailuresDialog)
    model = dialog.table.model()
    assert model.index(0, 0).data() == "board 4.png"
    assert model.index(0, 1).data()
    assert "board 4.png" not in model.index(0, 1).data()
    (box,) = dialog.findChildren(QDialogButtonBox)
    copy = next(button for button in box.buttons() if "Copy" in button.text())
    QTest.mouseClick(copy, LEFT)
    assert QGuiApplication.clipboard().text().startswith("board 4.png\t")
    dialog.reject()
    QTest.mouseClick(strip.closer, LEFT)
    assert strip.isHidden()


def _is_open(studio: Studio, photo: Path) -> bool:
    return studio.opening.path == photo and not studio.busy


def test_what_a_person_wrote_stays_on_photos_read_again_and_all_is_taken_back(
    studio: Studio, folder: Path, qtbot: QtBot
) -> None:
    read_all(studio)
    rest(studio, qtbot)
    for number in (1, 2):
        photo = folder / f"board {number}.png"
        studio.opening.open_paths([photo])
        qtbot.waitUntil(partial(_is_open, studio, photo))
        page = studio.document.page
        assert page is not None
        studio.document.push(edits.write(page, studio.document.order()[0], f"mine {number}"))
    steps = studio.document.undo_stack.count()
    before = page_of(studio, folder / "board 1.png")
    studio.window.photos.selectAll()
    studio.window.action_set["read_chosen"].trigger()
    rest(studio, qtbot)
    assert texts(studio)[0] == "mine 2"
    assert "mine 1" in [word.text for word in page_of(studio, folder / "board 1.png").words.values()]
    while studio.document.undo_stack.index() > steps:
        studio.document.undo_stack.undo()
    assert page_of(studio, folder / "board 1.png").words == before.words


def test_a_batch_pauses_goes_on_and_stops(open_studio: Open, folder: Path, qtbot: QtBot) -> None:
    studio = open_studio(folder / "board 1.png", settings=BY_HAND, reader=StandInReader(pause=0.15))
    qtbot.waitUntil(lambda: len(studio.window.photos.photos.rows) == 3 and not studio.busy)
    panel = studio.window.photos_panel
    read_all(studio)
    QTest.mouseClick(panel.strip.pause, LEFT)
    qtbot.waitUntil(lambda: PhotoState.READ in states(studio) and not studio.busy)
    assert panel.batch.busy
    assert "Paused at photo 2 of 3" in panel.strip.status.text()
    assert states(studio).count(PhotoState.READ) == 1
    QTest.mouseClick(panel.strip.pause, LEFT)
    qtbot.waitUntil(lambda: states(studio).count(PhotoState.READ) == 2)
    QTest.mouseClick(panel.strip.stop, LEFT)
    assert not panel.batch.busy
    rest(studio, qtbot)
    assert states(studio).count(PhotoState.UNREAD) == 1
    assert panel.strip.status.text() == "Read 2 photos. 1 photo left."


def test_what_a_person_asks_for_does_not_wait_for_the_batch(open_studio: Open, folder: Path, qtbot: QtBot) -> None:
    for number in range(4, 12):
        made_board.write_photo(folder / f"board {number}.png", number)
    studio = open_studio(folder / "board 1.png", settings=BY_HAND, reader=StandInReader(pause=0.05))
    qtbot.waitUntil(lambda: len(studio.window.photos.photos.rows) == 11 and not studio.busy)
    studio.window.photos.selectAll()
    studio.window.action_set["read_chosen"].trigger()
    studio.opening.open_paths([folder / "board 11.png"])
    qtbot.waitUntil(lambda: studio.opening.path == folder / "board 11.png")
    studio.reading.read_page()
    qtbot.waitUntil(lambda: len(texts(studio)) == 8)
    assert states(studio).count(PhotoState.UNREAD) > 2
    rest(studio, qtbot)
    assert set(states(studio)) == {PhotoState.READ}


def test_photos_of_another_folder_end_it(open_studio: Open, folder: Path, tmp_path: Path, qtbot: QtBot) -> None:
    other = made_board.write_photo(tmp_path / "other" / "sign.png", 9)
    studio = open_studio(folder / "board 1.png", settings=BY_HAND, reader=StandInReader(pause=0.2))
    qtbot.waitUntil(lambda: len(studio.window.photos.photos.rows) == 3 and not studio.busy)
    read_all(studio)
    studio.opening.open_paths([other])
    panel = studio.window.photos_panel
    qtbot.waitUntil(lambda: studio.opening.path == other and not panel.batch.busy)
    assert "another folder" in panel.strip.left.text()


def test_a_photo_read_before_under_another_name_is_not_read_again(
    open_studio: Open, folder: Path, qtbot: QtBot
) -> None:
    first = open_studio(folder / "board 2.png")
    first.window.close()
    first.stop()
    first.autosave.flush()
    (folder / "board 2.png").rename(folder / "zebra.png")
    studio = open_studio(folder / "board 1.png", settings=BY_HAND)
    read_all(studio)
    rest(studio, qtbot)
    said = studio.window.photos_panel.strip.status.text()
    assert said.startswith(("Read 2 photos. 1 was already read.", "Read 2 photos."))
    assert states(studio) == [PhotoState.READ] * 3


def test_a_window_that_is_closed_in_the_middle_keeps_what_was_read(
    open_studio: Open, folder: Path, qtbot: QtBot
) -> None:
    studio = open_studio(folder / "board 1.png", settings=BY_HAND, reader=StandInReader(pause=0.1))
    qtbot.waitUntil(lambda: len(studio.window.photos.photos.rows) == 3 and not studio.busy)
    read_all(studio)
    qtbot.waitUntil(lambda: states(studio).count(PhotoState.READ) == 2)
    assert studio.window.close()
    assert not studio.window.photos_panel.batch.busy
    studio.stop()
    again = open_studio(folder / "board 3.png", settings=BY_HAND)
    qtbot.waitUntil(lambda: states(again) == [PhotoState.READ, PhotoState.READ, PhotoState.UNREAD])
