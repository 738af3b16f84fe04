"""Files, images and texts dropped on the window: opened or typed, always copied, and nothing of several is ignored."""

from __future__ import annotations

import base64
from pathlib import Path

import pytest
from PySide6.QtCore import QMimeData, QPoint, QPointF, Qt, QUrl
from PySide6.QtGui import QDragEnterEvent, QDragLeaveEvent, QDropEvent
from PySide6.QtWidgets import QApplication, QPushButton, QWidget
from pytestqt.qtbot import QtBot

from ocr_studio.core.images import photo_file, photo_listing
from ocr_studio.core.images.pixel_formats import encode_image
from ocr_studio.ui.app.app import Studio
from ocr_studio.ui.widgets import image_convert
from tests.ui import made_board
from tests.ui.studio import Open, leave_dialogs

COPY, MOVE = Qt.DropAction.CopyAction, Qt.DropAction.MoveAction
LEFT, NONE = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier


def files(*paths: Path) -> QMimeData:
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(path)) for path in paths])
    data.setText("\n".join(map(str, paths)))  # as file managers do
    return data


def drag(studio: Studio, data: QMimeData, over: QWidget | None = None, actions: Qt.DropAction = COPY | MOVE) -> QPoint:
    """Drag something from another program over a part of the window; proposes to move it."""
    handle = studio.window.windowHandle()
    assert handle is not None
    part = over or studio.window.view
    point = part.mapTo(studio.window, part.rect().center())
    QApplication.sendEvent(handle, QDragEnterEvent(point, actions, data, LEFT, Qt.KeyboardModifier.ShiftModifier))
    return point


def drop(studio: Studio, data: QMimeData, over: QWidget | None = None) -> Qt.DropAction:
    """Drop it there, and return how the window answers."""
    handle = studio.window.windowHandle()
    assert handle is not None
    point = drag(studio, data, over)
    event = QDropEvent(QPointF(point), COPY | MOVE, data, LEFT, Qt.KeyboardModifier.ShiftModifier)
    assert event.proposedAction() == MOVE
    event.setAccepted(False)
    QApplication.sendEvent(handle, event)
    return event.dropAction() if event.isAccepted() else Qt.DropAction.IgnoreAction


def chosen(studio: Studio) -> list[str]:
    return [row.name for row in studio.window.photos.chosen_rows()]


def button(studio: Studio, text: str) -> QPushButton:
    return next(each for each in studio.window.messages.findChildren(QPushButton) if each.text() == text)


@pytest.fixture
def other(tmp_path: Path) -> Path:
    for number in (4, 5):
        made_board.write_photo(tmp_path / "others" / f"board {number}.png", number)
    return tmp_path / "others"


def test_files_and_folders_are_dropped(open_studio: Open, folder: Path, qtbot: QtBot) -> None:
    studio = open_studio()
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(folder / "board 3.png"))])
    assert drop(studio, data) == COPY
    qtbot.waitUntil(lambda: studio.opening.path == folder / "board 3.png")
    data.setUrls([QUrl.fromLocalFile(str(folder))])
    assert drop(studio, data) == COPY
    qtbot.waitUntil(lambda: studio.opening.path == folder / "board 1.png" and not studio.busy)


def test_a_picture_from_a_browser_gets_a_file(open_studio: Open, qtbot: QtBot, studio_home: Path) -> None:
    studio = open_studio()
    data = QMimeData()
    data.setUrls([QUrl("https://example.org/board.png")])
    data.setImageData(image_convert.image(made_board.photo()))
    assert drop(studio, data) == COPY
    qtbot.waitUntil(lambda: studio.document.page is not None and not studio.busy)
    assert studio.opening.path is not None
    assert studio.opening.path.parent == studio_home / "library" / "Dropped"
    assert studio.document.image is not None
    assert (studio.document.image == made_board.photo()).all()


def test_an_address_alone_is_not_fetched_and_it_says_so(open_studio: Open) -> None:
    studio = open_studio()
    data = QMimeData()
    data.setUrls([QUrl("https://example.org/board.png")])
    assert drop(studio, data) == COPY
    assert "doesn’t download images" in studio.window.messages.texts()[0]


def test_several_photos_of_a_folder_are_selected_and_can_be_read(open_studio: Open, folder: Path, qtbot: QtBot) -> None:
    studio = open_studio()
    assert drop(studio, files(folder / "board 3.png", folder / "board 2.png"), studio.window.empty) == COPY
    qtbot.waitUntil(lambda: studio.opening.path == folder / "board 2.png")
    qtbot.waitUntil(lambda: len(studio.window.photos.all_rows()) == 3 and not studio.busy)
    assert chosen(studio) == ["board 2.png", "board 3.png"]
    assert studio.window.messages.texts() == ["Opened 2 photos. They are selected in the list."]
    button(studio, "Read them").click()
    qtbot.waitUntil(lambda: studio.window.photos.all_rows()[2].words == 8 and not studio.busy)
    assert studio.window.photos.all_rows()[0].words == 0


def test_photos_of_several_folders_are_opened_one_after_the_other(
    open_studio: Open, folder: Path, other: Path, qtbot: QtBot
) -> None:
    studio = open_studio(folder / "board 1.png")
    assert drop(studio, files(other, folder / "board 2.png", folder / "board 3.png")) == COPY
    qtbot.waitUntil(lambda: studio.opening.path == other / "board 4.png" and not studio.busy)
    said = "OCR Studio shows one folder at a time. You also chose photos in boards."
    assert studio.window.messages.texts() == [said]
    button(studio, "Open boards").click()
    qtbot.waitUntil(lambda: studio.opening.path == folder / "board 2.png" and not studio.busy)
    assert chosen(studio) == ["board 2.png", "board 3.png"]
    assert studio.window.messages.texts() == ["Opened 2 photos. They are selected in the list."]


def test_of_several_other_folders_each_is_offered(
    open_studio: Open, folder: Path, other: Path, tmp_path: Path, qtbot: QtBot
) -> None:
    third = tmp_path / "R&D"
    made_board.write_photo(third / "board 9.png", 9)
    studio = open_studio()
    drop(studio, files(other, folder, third), studio.window.empty)
    qtbot.waitUntil(lambda: studio.opening.path == other / "board 4.png" and not studio.busy)
    menu = button(studio, "Open another folder").menu()
    assert menu is not None
    assert [action.text() for action in menu.actions()] == ["boards", "R&&D"]
    menu.actions()[1].trigger()
    qtbot.waitUntil(lambda: studio.opening.path == third / "board 9.png" and not studio.busy)
    assert studio.window.messages.texts() == ["OCR Studio shows one folder at a time. You also chose photos in boards."]


def test_what_cannot_be_opened_is_named_in_one_message_and_the_rest_opened(
    open_studio: Open, folder: Path, tmp_path: Path, qtbot: QtBot
) -> None:
    (folder / "aaa.png").write_text("no picture")
    (folder / "notes.docx").write_text("no picture")
    (tmp_path / "empty").mkdir()
    studio = open_studio()
    given = [folder / name for name in ("notes.docx", "aaa.png", "board 2.png", "gone.png")]
    assert drop(studio, files(*given, tmp_path / "empty"), studio.window.empty) == COPY
    qtbot.waitUntil(lambda: studio.opening.path == folder / "board 2.png" and not studio.busy)
    assert studio.window.messages.texts() == ["4 items can’t be opened: notes.docx, gone.png, empty, 1 more."]
    assert chosen(studio) == ["board 2.png"]
    drop(studio, files(folder / "notes.docx", folder / "gone.png"))
    qtbot.waitUntil(lambda: "2 items can’t be opened: notes.docx, gone.png." in studio.window.messages.texts())
    drop(studio, files(folder / "notes.docx", folder / "board 2.png"))
    qtbot.waitUntil(
        lambda: studio.window.messages.texts() == ["notes.docx: this is not a photo in a supported format."]
    )
    assert studio.opening.path == folder / "board 2.png"


def test_files_are_opened_wherever_they_are_dropped_and_never_moved_or_typed(
    open_studio: Open, folder: Path, qtbot: QtBot
) -> None:
    studio = open_studio(folder / "board 1.png")
    window = studio.window
    window.texts.panel.open()
    fields: list[QWidget] = [
        window.photos_panel.filter.edit,
        window.table.viewport(),
        window.texts.panel,
        window.photos,
    ]
    for number, field in enumerate(fields):
        photo = folder / f"board {2 + number % 2}.png"
        assert drop(studio, files(photo), field) == COPY
        qtbot.waitUntil(lambda photo=photo: studio.opening.path == photo and not studio.busy)  # type: ignore[misc]
    assert window.photos_panel.filter.edit.text() == ""


def test_a_text_is_typed_where_it_is_dropped_and_stays_where_it_was(open_studio: Open, folder: Path) -> None:
    studio = open_studio(folder / "board 1.png")
    data = QMimeData()
    data.setText("name:2")
    assert drop(studio, data, studio.window.photos_panel.filter.edit) == COPY
    assert studio.window.photos_panel.filter.edit.text() == "name:2"
    assert drop(studio, data, studio.window.view) == Qt.DropAction.IgnoreAction
    assert not studio.window.drops.highlight.isVisible()


def test_the_window_shows_that_it_takes_a_drop_also_over_a_photo(open_studio: Open, folder: Path) -> None:
    studio = open_studio(folder / "board 1.png")
    highlight, handle = studio.window.drops.highlight, studio.window.windowHandle()
    assert handle is not None
    drag(studio, files(folder / "board 1.png", folder / "board 2.png"))
    assert highlight.isVisible()
    assert highlight.text == "Drop to open 2 files"
    QApplication.sendEvent(handle, QDragLeaveEvent())
    assert not highlight.isVisible()
    studio.window.action_set["export"].trigger()  # a dialog is open: nothing is taken
    assert drop(studio, files(folder / "board 2.png")) == Qt.DropAction.IgnoreAction
    assert not highlight.isVisible()
    leave_dialogs()


def test_images_inside_a_web_page_all_get_files(open_studio: Open, qtbot: QtBot, studio_home: Path) -> None:
    studio = open_studio()
    sources = [base64.b64encode(encode_image(made_board.photo(number), ".png")).decode() for number in (1, 2)]
    data = QMimeData()
    data.setHtml(
        "<p>Two boards<img src='data:image/svg+xml,<svg/>'><img src='https://example.org/x.png'>"
        + "".join(f'<img alt="" src="data:image/png;base64,{source}">' for source in sources)
    )
    assert drop(studio, data, studio.window.empty) == COPY
    qtbot.waitUntil(lambda: studio.document.page is not None and not studio.busy)
    kept = photo_listing.list_photos(studio_home / "library" / "Dropped")
    assert [int(photo_file.open_photo(path)[0, 0, 0]) for path in kept] == [245 - 1, 245 - 2]
    assert chosen(studio) == [path.name for path in kept]
