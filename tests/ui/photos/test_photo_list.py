"""The list of photos: found, put in order, selected and kept up with, by mouse and keys."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from pathlib import Path

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QDialogButtonBox
from pytestqt.qtbot import QtBot

from ocr_studio.core.editing import edits
from ocr_studio.core.page import BoardLook, PageFacts
from ocr_studio.core.photo_list.rows import PhotoState
from ocr_studio.core.project import page_file
from ocr_studio.core.settings import Settings
from ocr_studio.ui.app.app import Studio
from ocr_studio.ui.photos import thumbnails
from ocr_studio.ui.photos.metadata_dialog import MetadataChange, MetadataDialog, tags_of
from tests.ui import made_board
from tests.ui.studio import Open, label

Key, Mods = Qt.Key, Qt.KeyboardModifier
BY_HAND = Settings(read_when_opened=False)


@pytest.fixture
def studio(open_studio: Open, folder: Path, qtbot: QtBot) -> Studio:
    """Three photos, the second one open and read."""
    studio = open_studio(folder / "board 2.png")
    qtbot.waitUntil(lambda: len(names(studio)) == 3)
    return studio


def names(studio: Studio) -> list[str]:
    return [row.name for row in studio.window.photos.shown_rows()]


def states(studio: Studio) -> list[PhotoState]:
    return [row.state for row in studio.window.photos.photos.rows]


def chosen(studio: Studio) -> list[str]:
    return [row.name for row in studio.window.photos.chosen_rows()]


def type_filter(studio: Studio, text: str) -> None:
    field = studio.window.photos_panel.filter.edit
    field.setFocus()
    field.clear()
    QTest.keyClicks(field, text)


def click(studio: Studio, row: int, modifiers: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier) -> None:
    photos = studio.window.photos
    place = photos.visualRect(photos.model().index(row, 0)).center()
    QTest.mouseClick(photos.viewport(), Qt.MouseButton.LeftButton, modifiers, place)


def wait_for(studio: Studio, name: str, qtbot: QtBot) -> None:
    """Until this photo is open."""
    qtbot.waitUntil(lambda: studio.opening.path is not None and studio.opening.path.name == name and not studio.busy)


def accept_all(studio: Studio) -> None:
    page = studio.document.page
    assert page is not None
    studio.document.push(edits.accept(page, page.words))


def test_the_state_of_each_photo_is_said_and_those_reviewed_are_counted(studio: Studio, qtbot: QtBot) -> None:
    model = studio.window.photos.model()
    said = [model.index(row, 0).data(Qt.ItemDataRole.AccessibleTextRole) for row in range(3)]
    assert said == ["board 1.png, Not read", "board 2.png, Read, 8 left", "board 3.png, Not read"]
    page = studio.document.page
    assert page is not None
    studio.document.push(edits.accept(page, ["w0"]))
    assert states(studio)[1] is PhotoState.PARTLY
    accept_all(studio)
    assert states(studio)[1] is PhotoState.REVIEWED
    qtbot.waitUntil(lambda: label(studio, "Photos checked") == "1 of 3 photos checked")


def test_the_filter_works_while_one_types(studio: Studio, qtbot: QtBot) -> None:
    panel = studio.window.photos_panel
    studio.window.action_set["filter_photos"].trigger()
    assert panel.filter.edit.hasFocus()
    type_filter(studio, "name:3")
    assert names(studio) == ["board 3.png"]
    qtbot.waitUntil(lambda: panel.count.text() == "1 of 3 photos")
    type_filter(studio, "-state:unread")
    assert names(studio) == ["board 2.png"]
    type_filter(studio, "unreviewed:>7")
    assert names(studio) == ["board 2.png"]
    QTest.keyClick(panel.filter.edit, Key.Key_Escape)
    assert len(names(studio)) == 3
    QTest.keyClick(panel.filter.edit, Key.Key_Down)
    assert studio.window.focusWidget() is studio.window.photos


def test_what_makes_no_sense_in_the_filter_is_said_below_it(studio: Studio) -> None:
    said = studio.window.photos_panel.filter.status
    type_filter(studio, "colour:red")
    assert "Unknown filter “colour:”" in said.text()
    assert not said.isHidden()
    assert len(names(studio)) == 3
    type_filter(studio, "board")
    assert said.isHidden()


def test_keys_of_the_filter_are_offered_and_taken(studio: Studio, qtbot: QtBot) -> None:
    box = studio.window.photos_panel.filter
    popup = box.completer.popup()
    assert popup is not None
    type_filter(studio, "stat")
    assert popup.isVisible()
    QTest.keyClick(popup, Key.Key_Down)
    QTest.keyClick(popup, Key.Key_Return)
    assert box.edit.text() == "state:"
    QTest.keyClicks(box.edit, "rea")
    QTest.keyClick(popup, Key.Key_Down)
    QTest.keyClick(popup, Key.Key_Return)
    assert box.edit.text() == "state:read "
    assert names(studio) == ["board 2.png"]
    popup.hide()


def test_what_is_written_on_a_photo_finds_it(studio: Studio, qtbot: QtBot) -> None:
    type_filter(studio, "text:anna")
    qtbot.waitUntil(lambda: names(studio) == ["board 2.png"])
    type_filter(studio, "text:nowhere")
    qtbot.waitUntil(lambda: names(studio) == [])


@pytest.mark.parametrize("typed", ['"anna"', 'text:"anna"', '-"nowhere" text:"anna"'])
def test_what_is_written_finds_its_photo_between_quotes_too(studio: Studio, typed: str, qtbot: QtBot) -> None:
    type_filter(studio, typed)
    qtbot.waitUntil(lambda: names(studio) == ["board 2.png"])


def test_photos_are_put_in_order(studio: Studio) -> None:
    by_name, by_state, least_sure, most, _ = studio.window.photos_panel.filter.sort.menu().actions()
    for action in (least_sure, most):
        action.trigger()
        assert names(studio)[0] == "board 2.png"
    by_state.trigger()
    assert names(studio)[2] == "board 2.png"
    by_name.trigger()
    assert names(studio) == ["board 1.png", "board 2.png", "board 3.png"]


def test_a_photo_that_is_worked_on_stays_in_the_list_until_one_goes_on(studio: Studio, qtbot: QtBot) -> None:
    type_filter(studio, "-state:reviewed")
    accept_all(studio)
    assert len(names(studio)) == 3
    QTest.keyClick(studio.window.view, Key.Key_PageDown, Mods.ControlModifier | Mods.ShiftModifier)
    qtbot.waitUntil(lambda: names(studio) == ["board 1.png", "board 3.png"])


def test_several_photos_are_selected_and_stay_so(studio: Studio, qtbot: QtBot) -> None:
    click(studio, 0, Mods.ControlModifier)
    assert chosen(studio) == ["board 1.png", "board 2.png"]
    qtbot.waitUntil(lambda: "2 selected" in studio.window.photos_panel.count.text())
    assert studio.opening.path is not None
    assert studio.opening.path.name == "board 2.png"
    studio.window.photos.setFocus()
    QTest.keyClick(studio.window.photos, Key.Key_A, Mods.ControlModifier)
    assert len(chosen(studio)) == 3
    assert not studio.document.selection
    type_filter(studio, "-name:3")
    assert chosen(studio) == ["board 1.png", "board 2.png"]
    click(studio, 0)
    wait_for(studio, "board 1.png", qtbot)
    assert chosen(studio) == ["board 1.png"]


def test_a_photo_that_is_gone_to_with_a_key_held_is_the_only_one_selected(studio: Studio, qtbot: QtBot) -> None:
    window, photos = studio.window, studio.window.photos
    accept_all(studio)
    QTest.keyPress(window.view, Key.Key_PageDown, Mods.ControlModifier)
    wait_for(studio, "board 3.png", qtbot)
    assert chosen(studio) == ["board 3.png"]
    for _ in range(2):  # the reading of that photo, then what was done to the other
        QTest.keyPress(window.view, Key.Key_Z, Mods.ControlModifier)
    wait_for(studio, "board 2.png", qtbot)
    assert chosen(studio) == ["board 2.png"]
    photos.selectAll()
    QTest.keyPress(window.view, Key.Key_PageUp, Mods.ControlModifier)
    wait_for(studio, "board 1.png", qtbot)
    assert chosen(studio) == ["board 1.png"]
    type_filter(studio, "name:1")
    QTest.keyPress(window.view, Key.Key_PageDown, Mods.ControlModifier)
    wait_for(studio, "board 2.png", qtbot)
    assert chosen(studio) == []
    type_filter(studio, "board")
    assert chosen(studio) == ["board 2.png"]
    QTest.keyRelease(window.view, Key.Key_PageDown)


def test_one_of_several_that_are_selected_is_opened_by_the_key_return_and_they_stay_so(
    studio: Studio, qtbot: QtBot
) -> None:
    photos = studio.window.photos
    photos.setFocus()
    QTest.keyClick(photos, Key.Key_Down, Mods.ShiftModifier)
    assert chosen(studio) == ["board 2.png", "board 3.png"]
    QTest.keyClick(photos, Key.Key_Return)
    wait_for(studio, "board 3.png", qtbot)
    assert chosen(studio) == ["board 2.png", "board 3.png"]


def test_the_next_photo_to_review_is_a_key_away_round_the_list(studio: Studio, qtbot: QtBot) -> None:
    window = studio.window
    accept_all(studio)
    both = Mods.ControlModifier | Mods.ShiftModifier
    for expected in ("board 3.png", "board 1.png", "board 3.png"):
        QTest.keyClick(window.view, Key.Key_PageDown, both)
        wait_for(studio, expected, qtbot)
    QTest.keyClick(window.view, Key.Key_PageUp, both)
    wait_for(studio, "board 1.png", qtbot)
    for name in ("board 1.png", "board 3.png"):
        studio.opening.open_paths([studio.window.photos.photos.folder / name])
        wait_for(studio, name, qtbot)
        accept_all(studio)
    QTest.keyClick(window.view, Key.Key_PageDown, both)
    assert "No other photo" in window.status.currentMessage()


def test_writer_and_tags_are_one_step_for_all_selected(studio: Studio, qtbot: QtBot) -> None:
    studio.window.photos.selectAll()
    studio.window.action_set["photo_facts"].trigger()
    (dialog,) = studio.window.findChildren(MetadataDialog)
    QTest.keyClicks(dialog.writer, "Anna")
    QTest.keyClicks(dialog.tags, "exam, math")
    QTest.mouseClick(dialog.buttons.button(QDialogButtonBox.StandardButton.Ok), Qt.MouseButton.LeftButton)
    rows = studio.window.photos.photos.rows
    qtbot.waitUntil(lambda: [row.writer for row in rows] == ["Anna"] * 3)
    assert rows[2].tags == ("exam", "math")
    assert rows[0].state is PhotoState.UNREAD
    type_filter(studio, "tag:math writer:an")
    assert len(names(studio)) == 3
    assert studio.document.undo_stack.undoText() == "Set writer and tags of 3 photos"
    studio.document.undo_stack.undo()
    # Those that are not open are told by the history.
    assert [row.writer for row in studio.window.photos.photos.rows] == ["", "", ""]
    studio.document.undo_stack.redo()
    assert studio.autosave.flush()
    assert studio.opening.project is not None
    assert {page.tags for page in _facts(studio)} == {("exam", "math")}


def test_tags_change_nothing_else_that_is_said_of_a_page() -> None:
    facts = PageFacts("Anna", ("exam",), "a note", BoardLook(strong_ink=True))
    change = MetadataChange("Ben", ("math",), ())
    assert change.of(facts) == replace(facts, writer="Ben", tags=("exam", "math"))


def _facts(studio: Studio) -> list[PageFacts]:
    project = studio.opening.project
    assert project is not None
    pages = (project.load_page(page_id) for page_id in project.page_ids())
    return [page.facts for page in pages if page]


def test_tags_are_told_by_commas() -> None:
    assert tags_of(" exam,  my  notes ,exam,, ") == ("exam", "my notes")


def test_files_that_come_go_and_change_their_names_are_noticed(studio: Studio, folder: Path, qtbot: QtBot) -> None:
    photos = studio.window.photos
    click(studio, 2, Mods.ControlModifier)
    qtbot.waitUntil(lambda: all(photos.pictures.get(name) for name in names(studio)))
    made_board.write_photo(folder / "board 10.png", 10)
    (folder / "board 1.png").unlink()
    (folder / "board 3.png").rename(folder / "sign.png")
    qtbot.waitUntil(lambda: names(studio) == ["board 2.png", "board 10.png", "sign.png"])
    assert chosen(studio) == ["board 2.png", "sign.png"]
    assert photos.pictures.get("sign.png") is not None
    assert studio.document.page is not None
    qtbot.waitUntil(lambda: photos.pictures.get("board 10.png") is not None)


def test_pages_are_told_of_their_photos_other_names(studio: Studio, folder: Path, qtbot: QtBot) -> None:
    project = studio.opening.project
    assert project is not None
    studio.opening.open_paths([folder / "board 1.png"])
    wait_for(studio, "board 1.png", qtbot)
    accept_all(studio)
    (folder / "board 2.png").rename(folder / "sign.png")
    copied = (folder / "board 1.png").read_bytes()
    (folder / "board 1.png").unlink()
    (folder / "zebra.png").write_bytes(copied)  # another file, told by its bytes
    qtbot.waitUntil(lambda: _kept_names(studio) == {"sign.png", "zebra.png"})
    qtbot.waitUntil(lambda: studio.opening.path == folder / "zebra.png" and not studio.busy)
    assert states(studio) == [PhotoState.UNREAD, PhotoState.READ, PhotoState.REVIEWED]
    assert studio.window.messages.texts() == []
    assert studio.document.undo_stack.canUndo()


def test_new_names_of_several_photos_are_one_change(studio: Studio, folder: Path, qtbot: QtBot) -> None:
    for name in ("board 1.png", "board 3.png", "board 2.png"):
        studio.opening.open_paths([folder / name])
        wait_for(studio, name, qtbot)
        accept_all(studio)
    changes: list[set[str]] = []
    studio.document.changed.connect(lambda change: changes.append({page.image for page in change.after.values()}))
    for name in ("1", "3"):
        (folder / f"board {name}.png").rename(folder / f"sign {name}.png")
    qtbot.waitUntil(lambda: _kept_names(studio) == {"board 2.png", "sign 1.png", "sign 3.png"})
    assert changes == [{"sign 1.png", "sign 3.png"}]


def _kept_names(studio: Studio) -> set[str]:
    """The photos that the pages on the disk name."""
    assert studio.opening.project is not None
    return {
        page_file.decode(path.read_bytes()).image
        for path in map(studio.opening.project.page_path, studio.opening.project.page_ids())
    }


def test_an_open_photo_that_gets_another_name_stays_open(studio: Studio, folder: Path, qtbot: QtBot) -> None:
    accept_all(studio)
    (folder / "board 2.png").rename(folder / "board 9.png")
    qtbot.waitUntil(lambda: studio.opening.path == folder / "board 9.png" and not studio.busy)
    assert names(studio) == ["board 1.png", "board 3.png", "board 9.png"]
    assert states(studio)[2] is PhotoState.REVIEWED
    qtbot.waitUntil(lambda: _kept_names(studio) == {"board 9.png"})
    assert "board 9.png" in studio.window.windowTitle()


def test_a_copy_of_a_photo_shares_its_state(studio: Studio, folder: Path, qtbot: QtBot) -> None:
    (folder / "copy.png").write_bytes((folder / "board 2.png").read_bytes())
    qtbot.waitUntil(lambda: len(names(studio)) == 4)
    qtbot.waitUntil(lambda: states(studio)[3] is PhotoState.READ)
    accept_all(studio)


def test_what_is_kept_of_all_photos_is_known_at_the_start(open_studio: Open, folder: Path, qtbot: QtBot) -> None:
    first = open_studio(folder / "board 1.png")
    accept_all(first)
    first.opening.open_paths([folder / "board 2.png"])
    qtbot.waitUntil(lambda: states(first)[1] is PhotoState.READ and not first.busy)
    first.window.close()
    first.stop()
    again = open_studio(folder / "board 3.png", settings=BY_HAND)
    qtbot.waitUntil(lambda: states(again) == [PhotoState.REVIEWED, PhotoState.READ, PhotoState.UNREAD])
    type_filter(again, "state:unread")
    assert names(again) == ["board 3.png"]


def _has_picture(studio: Studio, name: str) -> bool:
    return studio.window.photos.pictures.get(name) is not None


def test_small_pictures_are_made_of_what_is_in_sight_and_few_are_kept(
    open_studio: Open, tmp_path: Path, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(thumbnails, "MOST", 30 * 72 * 36 * 4)
    data = made_board.write_photo(tmp_path / "many" / "photo 0.png").read_bytes()
    for number in range(1, 300):
        (tmp_path / "many" / f"photo {number}.png").write_bytes(data + bytes([number % 256, number // 256]))
    studio = open_studio(tmp_path / "many" / "photo 0.png", settings=BY_HAND)
    photos = studio.window.photos
    qtbot.waitUntil(lambda: photos.pictures.get("photo 3.png") is not None and not studio.busy)
    assert photos.pictures.get("photo 250.png") is None
    assert 5 < len(photos.pictures) < 60
    for place in (40, 120, 299):
        photos.scrollTo(photos.model().index(place, 0))
        qtbot.waitUntil(partial(_has_picture, studio, f"photo {place}.png"))
        qtbot.waitUntil(lambda: not studio.busy)
    assert len(photos.pictures) < 60
    top = photos.indexAt(QPoint(20, 4)).data()
    (tmp_path / "many" / "a new one.png").write_bytes(data)
    qtbot.waitUntil(lambda: len(names(studio)) == 301)
    assert photos.indexAt(QPoint(20, 4)).data() == top
