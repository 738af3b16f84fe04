"""Reading the unreviewed words of all photos again, clicked: taken over photo by photo, and back by one Undo."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from ocr_studio.core.editing import edits
from ocr_studio.core.page import Page, PageFacts
from ocr_studio.core.project.project import Project
from ocr_studio.core.translation import message
from ocr_studio.ui.app.app import Studio
from ocr_studio.ui.reading import reread_project
from ocr_studio.ui.reading.rereading_scope import RereadingScopeDialog
from ocr_studio.ui.words.changes_dialog import ChangesDialog
from tests.ui.made_board import StandInReader
from tests.ui.studio import Open, texts

LEFT = Qt.MouseButton.LeftButton


def show(qtbot: QtBot, studio: Studio, photo: Path) -> None:
    studio.opening.open_paths([photo])
    qtbot.waitUntil(lambda: studio.opening.path == photo and not studio.busy)


@pytest.fixture
def studio(qtbot: QtBot, folder: Path, open_studio: Open) -> Studio:
    """Three photos are read, the third is open; a person has written a word on the second."""
    found = open_studio(folder / "board 1.png", reader=StandInReader(pause=0.001))
    show(qtbot, found, folder / "board 2.png")
    write(found, "w0", "Shop")
    show(qtbot, found, folder / "board 3.png")
    assert found.autosave.flush()
    return found


def write(studio: Studio, prefix: str, text: str) -> None:
    page = studio.document.page
    assert page is not None
    key = next(key for key in page.words if key.startswith(prefix))
    studio.document.push(edits.write(page, key, text))


def on_disk(studio: Studio) -> dict[str, list[str]]:
    assert studio.autosave.flush()
    project = studio.opening.project
    assert project is not None
    fresh = Project.open(project.photos)  # which knows only what is on the disk
    pages = [page for page in map(fresh.load_page, fresh.page_ids()) if page]
    return {page.image: ordered(page) for page in pages}


def ordered(page: Page) -> list[str]:
    return [page.words[key].text for key in sorted(page.words)]


def ask(qtbot: QtBot, studio: Studio) -> RereadingScopeDialog:
    studio.window.action_set["read_unreviewed"].trigger()
    (dialog,) = studio.window.findChildren(RereadingScopeDialog)
    qtbot.waitUntil(lambda: "counting" not in dialog.every.text())
    return dialog


def begin(qtbot: QtBot, studio: Studio) -> ChangesDialog:
    scope = ask(qtbot, studio)
    QTest.mouseClick(scope.every, LEFT)
    (dialog,) = studio.window.findChildren(ChangesDialog)
    return dialog


def again(qtbot: QtBot, studio: Studio) -> ChangesDialog:
    dialog = begin(qtbot, studio)
    qtbot.waitUntil(dialog.take.isVisible)
    return dialog


def test_it_asks_whether_of_this_photo_or_of_all(qtbot: QtBot, studio: Studio) -> None:
    scope = ask(qtbot, studio)
    assert scope.this.text() == "&This photo: 8 unchecked words"
    assert scope.every.text() == "&All photos in this folder: 23 unchecked words on 3 photos"
    assert scope.theirs.isHidden()
    QTest.mouseClick(scope.this, LEFT)
    (dialog,) = studio.window.findChildren(ChangesDialog)
    qtbot.waitUntil(dialog.take.isVisible)
    assert dialog.status.text().startswith("8 of 8 words are read differently now.")
    dialog.reject()


def test_only_the_photos_by_one_writer_can_be_read_again(qtbot: QtBot, studio: Studio, folder: Path) -> None:
    for name in ("board 1.png", "board 3.png"):
        show(qtbot, studio, folder / name)
        page = studio.document.page
        assert page is not None
        studio.document.push(edits.set_facts(page, PageFacts(writer="Anna"), message("Set writer")))
    assert studio.autosave.flush()
    scope = ask(qtbot, studio)
    assert scope.theirs.text() == "&Photos by Anna: 16 unchecked words on 2 photos"
    assert all(button.width() >= button.sizeHint().width() for button in (scope.this, scope.theirs, scope.every))
    QTest.mouseClick(scope.theirs, LEFT)
    (dialog,) = studio.window.findChildren(ChangesDialog)
    qtbot.waitUntil(dialog.take.isVisible)
    assert dialog.status.text().startswith("16 of 16 words are read differently now.")
    dialog.reject()


def test_all_of_it_is_taken_over_saved_and_taken_back_by_one_undo(qtbot: QtBot, studio: Studio) -> None:
    before = on_disk(studio)
    dialog = again(qtbot, studio)
    assert dialog.status.text() == "23 of 23 words are read differently now. Select the new texts to apply."
    model = dialog.list.changes
    assert [model.index(row, 0).data() for row in range(3)] == [
        "board 1.png: 8 of 8 selected", "board 2.png: 7 of 7 selected", "board 3.png: 8 of 8 selected",
    ]  # fmt: skip
    assert on_disk(studio) == before, "nothing changes before a person has said so"
    assert dialog.take.text() == "Apply 23"
    QTest.mouseClick(dialog.take, LEFT)
    qtbot.waitUntil(lambda: "Changed" in dialog.status.text())
    assert dialog.status.text() == "Changed 23 words on 3 photos."
    after = on_disk(studio)
    assert all(text.startswith("again") for text in (*after["board 1.png"], *after["board 3.png"]))
    assert after["board 2.png"][0] == "Shop", "what a person wrote stays"
    assert all(text.startswith("again") for text in after["board 2.png"][1:])
    assert all(text.startswith("again") for text in texts(studio))
    assert studio.document.undo_stack.undoText() == "Apply 23 new texts on 3 photos"
    studio.document.undo_stack.undo()
    assert on_disk(studio) == before
    qtbot.waitUntil(dialog.cancel.isEnabled)  # not at once: a double click must not close the report
    QTest.mouseClick(dialog.cancel, LEFT)
    qtbot.waitUntil(lambda: not studio.window.findChildren(ChangesDialog))


def test_a_photo_is_ticked_at_once_and_words_one_by_one(qtbot: QtBot, studio: Studio) -> None:
    before = on_disk(studio)
    dialog = again(qtbot, studio)
    QTest.mouseClick(dialog.list.none, LEFT)
    assert not dialog.take.isEnabled()
    tree, model = dialog.list.tree, dialog.list.changes
    model.setData(model.index(0, 0), Qt.CheckState.Checked, Qt.ItemDataRole.CheckStateRole)
    second = model.index(1, 0)
    tree.setCurrentIndex(model.index(2, 0, second))
    QTest.keyClick(tree, Qt.Key.Key_Space)
    assert second.data(Qt.ItemDataRole.CheckStateRole) is Qt.CheckState.PartiallyChecked
    assert dialog.take.text() == "Apply 9"
    assert dialog.list.count.text() == "9 of 23 selected"
    QTest.mouseClick(dialog.take, LEFT)
    qtbot.waitUntil(lambda: "Changed 9 words on 2 photos." in dialog.status.text())
    after = on_disk(studio)
    assert after["board 3.png"] == before["board 3.png"]
    changed = [old != new for old, new in zip(before["board 2.png"], after["board 2.png"], strict=True)]
    assert changed == [False, False, False, True, False, False, False, False]
    assert all(text.startswith("again") for text in after["board 1.png"])


def test_what_was_changed_meanwhile_is_said_and_stays(qtbot: QtBot, studio: Studio, folder: Path) -> None:
    dialog = again(qtbot, studio)
    show(qtbot, studio, folder / "board 1.png")
    assert dialog.isVisible(), "one can go on working beside it"
    write(studio, "w3", "mine")
    show(qtbot, studio, folder / "board 2.png")
    QTest.mouseClick(dialog.take, LEFT)
    qtbot.waitUntil(lambda: "Changed" in dialog.status.text())
    assert dialog.status.text() == (
        "Changed 22 words on 3 photos.\nboard 1.png: 1 word was skipped because it has changed since."
    )
    assert on_disk(studio)["board 1.png"][3] == "mine"


def test_paused_the_next_photo_waits_and_stopped_one_sees_what_there_is(qtbot: QtBot, studio: Studio) -> None:
    dialog = begin(qtbot, studio)
    QTest.mouseClick(dialog.pause, LEFT)
    qtbot.waitUntil(lambda: not studio.busy)
    assert dialog.status.text() == "Paused. Resume to read the next photo."
    read = len(dialog.list.changes.pages)
    assert read < 3
    QTest.qWait(30)
    assert len(dialog.list.changes.pages) == read
    QTest.mouseClick(dialog.pause, LEFT)
    qtbot.waitUntil(lambda: len(dialog.list.changes.pages) > read)
    QTest.mouseClick(dialog.stop, LEFT)
    qtbot.waitUntil(lambda: not studio.busy)
    if len(dialog.list.changes.pages) < 3:
        assert "not read again." in dialog.status.text()
    assert dialog.take.isVisible()
    dialog.reject()


def test_cancelled_nothing_changes_and_reading_ends(qtbot: QtBot, studio: Studio) -> None:
    before = on_disk(studio)
    dialog = begin(qtbot, studio)
    qtbot.waitUntil(lambda: len(dialog.list.changes.pages) > 0)
    QTest.keyClick(dialog, Qt.Key.Key_Escape)
    qtbot.waitUntil(lambda: not studio.busy)
    assert on_disk(studio) == before


def test_a_photo_that_is_gone_is_said_and_the_others_go_on(qtbot: QtBot, studio: Studio, folder: Path) -> None:
    (folder / "board 1.png").unlink()
    dialog = again(qtbot, studio)
    assert len(dialog.list.changes.pages) == 2
    assert "15 of 15 words are read differently" in dialog.status.text()
    assert "board 1.png" in dialog.status.text()
    dialog.reject()


def test_of_very_many_the_rest_waits(qtbot: QtBot, studio: Studio, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reread_project, "MOST", 5)
    dialog = again(qtbot, studio)
    assert len(dialog.list.changes.pages) == 1
    assert "Stopped: there are enough changes to review. 2 photos were not read again." in dialog.status.text()
    dialog.reject()


def test_photos_of_another_folder_end_it(qtbot: QtBot, studio: Studio, tmp_path: Path) -> None:
    from tests.ui import made_board

    dialog = again(qtbot, studio)
    show(qtbot, studio, made_board.write_photo(tmp_path / "elsewhere" / "a.png", 5))
    qtbot.waitUntil(lambda: not studio.window.findChildren(ChangesDialog))
    del dialog


def test_where_this_photo_is_checked_the_others_can_still_be_read(qtbot: QtBot, studio: Studio) -> None:
    studio.window.action_set["accept_all"].trigger()
    scope = ask(qtbot, studio)
    assert not scope.this.isEnabled()
    assert "2 photos" in scope.every.text()
    scope.reject()


def test_pictures_of_the_words_are_shown(qtbot: QtBot, studio: Studio) -> None:
    dialog = again(qtbot, studio)
    QApplication.processEvents()
    model = dialog.list.changes
    words = [model.index(row, 0, model.index(0, 0)) for row in range(2)]
    qtbot.waitUntil(lambda: all(word.data(Qt.ItemDataRole.DecorationRole) is not None for word in words))
    shown = [word.data(Qt.ItemDataRole.DecorationRole).toImage() for word in words]
    assert all(picture.width() > 20 for picture in shown)
    assert shown[0] != shown[1]
    assert words[0].data(Qt.ItemDataRole.AccessibleTextRole).startswith("Replace ")
    dialog.reject()
