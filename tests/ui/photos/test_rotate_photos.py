"""A sideways photo is turned, and everything follows: boxes, view, thumbnails, files, undo; the file itself stays."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QPushButton, QToolButton
from pytestqt.qtbot import QtBot

from ocr_studio.core.editing import photo_frames
from ocr_studio.core.formats import FORMATS
from ocr_studio.core.geometry.photo_frame import move_quad
from ocr_studio.core.images import photo_file
from ocr_studio.core.page import Page, PhotoFrame, Word
from ocr_studio.core.project.project import Project
from ocr_studio.core.settings import Settings
from ocr_studio.ui.app.app import Studio
from tests.ui import made_board
from tests.ui.made_board import StandInReader
from tests.ui.studio import Open, texts

Key, Mods = Qt.Key, Qt.KeyboardModifier
BOTH = Mods.ControlModifier | Mods.ShiftModifier


@pytest.fixture
def sideways(tmp_path: Path) -> Path:
    """A folder with three photos of boards, all lying on their left side."""
    folder = tmp_path / "boards"
    folder.mkdir()
    for number in (1, 2, 3):
        photo_file.save_png(folder / f"board {number}.png", np.rot90(made_board.photo(number)).copy())
    return folder


def page_of(studio: Studio) -> Page:
    assert studio.document.page is not None
    return studio.document.page


def quarters(studio: Studio, name: str) -> int:
    """How often a photo is turned, as it is saved."""
    assert studio.opening.project is not None
    page_id = photo_file.compute_content_id(studio.opening.project.photos / name)
    page = Project.open(studio.opening.project.photos).load_page(page_id)
    return page.facts.frame.quarters if page and page.facts.frame else 0


def test_a_photo_is_turned_and_read(open_studio: Open, sideways: Path, qtbot: QtBot) -> None:
    studio = open_studio(sideways / "board 1.png")
    view, before = studio.window.view, (sideways / "board 1.png").read_bytes()
    assert texts(studio) == []  # on its side nothing was found
    QTest.keyClick(view, Key.Key_Right, BOTH)
    page = page_of(studio)
    assert (page.width, page.height) == (480, 240)
    assert studio.document.image is not None
    assert np.array_equal(studio.document.image, made_board.photo(1))
    assert view.shows_whole
    studio.window.action_set["read_page"].trigger()
    qtbot.waitUntil(lambda: len(texts(studio)) == 8 and not studio.busy)
    assert page_of(studio).words["w0"].quad == made_board.quad(0, 0)
    # Other programs see the file as it is.
    told = json.loads(FORMATS["json"].render([page_of(studio)]))
    assert (told["width"], told["height"]) == (240, 480)
    first = next(word for word in told["words"] if word["text"] == "Ship")
    assert first["quad"][0] == [36, 470]
    assert studio.autosave.flush()
    assert quarters(studio, "board 1.png") == 1
    assert (sideways / "board 1.png").read_bytes() == before
    # Opened again, it is still turned.
    studio.opening.open_paths([sideways / "board 2.png"])
    qtbot.waitUntil(lambda: studio.opening.path == sideways / "board 2.png" and not studio.busy)
    assert page_of(studio).width == 240
    studio.opening.open_paths([sideways / "board 1.png"])
    qtbot.waitUntil(lambda: studio.opening.path == sideways / "board 1.png" and not studio.busy)
    assert studio.document.image.shape == (240, 480, 3)
    assert texts(studio)[0] == "Ship"


def test_turning_back_and_forth_is_one_step_that_is_undone(open_studio: Open, folder: Path, qtbot: QtBot) -> None:
    studio = open_studio(folder / "board 1.png")
    before, view, stack = page_of(studio), studio.window.view, studio.document.undo_stack
    count = stack.count()
    QTest.keyClick(view, Key.Key_Left, BOTH)
    QTest.keyClick(view, Key.Key_Left, BOTH)
    assert stack.count() == count + 1
    assert stack.undoText() == "Rotate photo"
    assert page_of(studio).words["w0"].quad.corners[0] == (470, 204)
    stack.undo()
    assert page_of(studio) == before
    assert studio.document.image is not None
    assert np.array_equal(studio.document.image, made_board.photo(1))
    stack.redo()
    assert page_of(studio).facts.frame is not None
    assert studio.autosave.flush()
    assert quarters(studio, "board 1.png") == 2


def test_what_is_being_read_is_read_anew(open_studio: Open, sideways: Path, qtbot: QtBot) -> None:
    reader = StandInReader()
    studio = open_studio(sideways / "board 1.png", settings=Settings(read_when_opened=False), reader=reader)
    reader.pause = 0.2
    studio.window.action_set["read_page"].trigger()
    assert studio.reading.busy
    studio.window.action_set["rotate_photo_right"].trigger()
    qtbot.waitUntil(lambda: not studio.busy)
    assert [text for line in made_board.LINES for text in line] == texts(studio)


def test_selected_photos_turn_together_with_their_thumbnails(open_studio: Open, sideways: Path, qtbot: QtBot) -> None:
    studio = open_studio(sideways / "board 2.png", settings=Settings(read_when_opened=False))
    photos = studio.window.photos
    names = [f"board {number}.png" for number in (1, 2, 3)]

    def shapes() -> set[bool]:
        """Whether the thumbnails are wider than high."""
        made = [photos.pictures.get(name) for name in names]
        return {each.width() > each.height() for each in made if each} if all(made) else set()

    qtbot.waitUntil(lambda: shapes() == {False})
    photos.setFocus()
    QTest.keyClick(photos, Key.Key_A, Mods.ControlModifier)
    QTest.keyClick(photos, Key.Key_Right, BOTH)
    qtbot.waitUntil(lambda: shapes() == {True})
    assert page_of(studio).width == 480
    assert studio.document.undo_stack.undoText() == "Rotate 3 photos"
    assert "Rotated 3 photos." in studio.window.status.currentMessage()
    assert studio.autosave.flush()
    assert [quarters(studio, name) for name in names] == [1, 1, 1]
    studio.document.undo_stack.undo()
    qtbot.waitUntil(lambda: shapes() == {False})
    assert studio.autosave.flush()
    assert [quarters(studio, name) for name in names] == [0, 0, 0]


def test_a_photo_turned_while_many_are_read_is_kept_as_it_is_now(open_studio: Open, folder: Path, qtbot: QtBot) -> None:
    reader = StandInReader()
    studio = open_studio(folder / "board 1.png", settings=Settings(read_when_opened=False), reader=reader)
    batch = studio.window.photos_panel.batch
    reader.pause = 0.2
    studio.window.photos_panel.read_unread()
    qtbot.waitUntil(lambda: reader.seen == 1)  # the open photo is the first
    assert batch.busy
    assert texts(studio) == []
    studio.document.push(photo_frames.turn_photo(page_of(studio), 1))
    reader.pause = 0.0
    qtbot.waitUntil(lambda: not studio.busy and not batch.busy)
    assert len(texts(studio)) == 8
    [first] = [word for key, word in page_of(studio).words.items() if key.split("-")[0] == "w0"]
    assert first.quad.corners[0] == (204, 10)


def proposal(studio: Studio) -> QPushButton | None:
    """The button of the message that proposes to rotate the photo."""
    found = studio.window.messages.findChildren(QPushButton)
    return next((each for each in found if each.text().startswith("Rotate") and each.isVisible()), None)


class SidewaysReader(StandInReader):
    """Reads LINES from a photo that lies on its left side, too."""

    def find(self, image: NDArray[np.uint8]) -> list[int]:
        return super().find(made_board.photo() if image.shape == (480, 240, 3) else image)

    def read_lines(self, image: NDArray[np.uint8], lines: list[int]) -> Iterator[tuple[int, list[Word]]]:
        for count, found in super().read_lines(image, lines):
            lying = PhotoFrame(480, 240, 3) if image.shape == (480, 240, 3) else None
            yield count, [replace(word, quad=move_quad(word.quad, None, lying)) for word in found]


def test_what_lies_on_its_side_is_proposed_to_be_rotated(open_studio: Open, sideways: Path, qtbot: QtBot) -> None:
    studio = open_studio(sideways / "board 1.png", reader=SidewaysReader())
    assert texts(studio)[0] == "Ship"
    button = proposal(studio)
    assert button is not None
    assert button.text() == "Rotate and read again"
    QTest.mouseClick(button, Qt.MouseButton.LeftButton)
    assert studio.document.image is not None
    assert np.array_equal(studio.document.image, made_board.photo(1))
    qtbot.waitUntil(lambda: not studio.busy)
    assert next(word.quad for word in page_of(studio).words.values()) == made_board.quad(0, 0)
    assert proposal(studio) is None
    # Whoever says no is not asked again.
    studio.opening.open_paths([sideways / "board 2.png"])
    qtbot.waitUntil(lambda: studio.opening.path == sideways / "board 2.png" and not studio.busy)
    assert proposal(studio) is not None
    close = next(each for each in studio.window.messages.findChildren(QToolButton) if each.isVisible())
    QTest.mouseClick(close, Qt.MouseButton.LeftButton)
    studio.window.action_set["read_page"].trigger()
    qtbot.waitUntil(lambda: not studio.busy)
    assert proposal(studio) is None
    assert page_of(studio).width == 240
