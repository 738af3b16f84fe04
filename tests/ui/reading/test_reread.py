"""Reading the unreviewed words again, clicked: what is taken over, what stays, and back by one Undo."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QDialogButtonBox
from pytestqt.qtbot import QtBot

from ocr_studio.core.editing import edits
from ocr_studio.ui.app.app import Studio
from ocr_studio.ui.words.changes_dialog import ChangesDialog
from tests.ui.made_board import StandInReader
from tests.ui.studio import Open, texts

LEFT = Qt.MouseButton.LeftButton


def dialog_of(studio: Studio) -> ChangesDialog:
    (dialog,) = studio.window.findChildren(ChangesDialog)
    return dialog


def again(qtbot: QtBot, studio: Studio) -> ChangesDialog:
    studio.window.action_set["read_unreviewed"].trigger()
    qtbot.waitUntil(lambda: not studio.busy)
    return dialog_of(studio)


def test_all_of_it_is_taken_over_and_taken_back(qtbot: QtBot, folder: Path, open_studio: Open) -> None:
    studio = open_studio(folder / "board 1.png")
    document = studio.document
    assert document.page is not None
    document.push(edits.write(document.page, "w0", "Shop"))
    before = texts(studio)
    dialog = again(qtbot, studio)
    assert dialog.status.text() == "7 of 7 words are read differently now. Select the new texts to apply."
    assert texts(studio) == before
    assert [(each.before, each.after, each.reason) for each in dialog.list.changes.changes][:2] == [
        ("the", "again125", "80%"),
        ("new", "again240", "80%"),
    ]
    assert dialog.take.text() == "Apply 7"
    QTest.mouseClick(dialog.take, LEFT)
    assert not dialog.isVisible(), "the new texts are seen on the photo"
    assert texts(studio)[0] == "Shop"
    assert texts(studio)[1:4] == ["again125", "again240", "again355"]
    assert document.undo_stack.undoText() == "Apply 7 new texts"
    document.undo_stack.undo()
    assert texts(studio) == before


def test_only_what_is_ticked_is_taken_over(qtbot: QtBot, folder: Path, open_studio: Open) -> None:
    studio = open_studio(folder / "board 1.png")
    before = texts(studio)
    dialog = again(qtbot, studio)
    QTest.mouseClick(dialog.list.none, LEFT)
    assert not dialog.take.isEnabled()
    tree, model = dialog.list.tree, dialog.list.changes
    assert model.setData(model.index(1, 0, tree.rootIndex()), Qt.CheckState.Checked, Qt.ItemDataRole.CheckStateRole)
    assert not model.setData(model.index(1, 1, tree.rootIndex()), "x")
    assert dialog.take.text() == "Apply 1"
    tree.setCurrentIndex(model.index(2, 0, tree.rootIndex()))
    QTest.keyClick(tree, Qt.Key.Key_Space)
    assert dialog.take.text() == "Apply 2"
    assert dialog.list.count.text() == "2 of 8 selected"
    QTest.keyClick(tree, Qt.Key.Key_Return)
    assert texts(studio) == [before[0], "again125", "again240", *before[3:]]


def test_cancelled_nothing_changes_and_reading_ends(qtbot: QtBot, folder: Path, open_studio: Open) -> None:
    studio = open_studio(folder / "board 1.png", reader=StandInReader(pause=0.02))
    before, index = texts(studio), studio.document.undo_stack.index()
    studio.window.action_set["read_unreviewed"].trigger()
    dialog = dialog_of(studio)
    qtbot.waitUntil(lambda: dialog.bar.value() > 0)
    assert not dialog.take.isVisible()
    QTest.keyClick(dialog, Qt.Key.Key_Escape)
    qtbot.waitUntil(lambda: not studio.busy)
    assert (texts(studio), studio.document.undo_stack.index()) == (before, index)


def test_read_the_same_there_is_nothing_to_take_over(
    qtbot: QtBot, folder: Path, open_studio: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    studio = open_studio(folder / "board 1.png")
    words = iter([word.machine for word in studio.document.page.words.values()] if studio.document.page else [])
    monkeypatch.setattr(StandInReader, "read_quads", lambda self, image, quads: ([next(words)] for _ in quads))
    dialog = again(qtbot, studio)
    assert dialog.status.text() == "8 words were read again with the same result; there is nothing to apply."
    assert not dialog.take.isVisible()
    QTest.mouseClick(dialog.buttons.button(QDialogButtonBox.StandardButton.Cancel), LEFT)


def test_what_goes_wrong_is_said_in_the_dialog(
    qtbot: QtBot, folder: Path, open_studio: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    from ocr_studio.core.errors import StudioError

    def fail(*_: object) -> object:
        raise StudioError("the weights are gone")

    studio = open_studio(folder / "board 1.png")
    monkeypatch.setattr(StandInReader, "read_quads", fail)
    dialog = again(qtbot, studio)
    assert "the weights are gone" in dialog.status.text()
    dialog.reject()


def test_it_is_offered_only_where_there_is_something_to_read_again(
    qtbot: QtBot, folder: Path, open_studio: Open
) -> None:
    studio = open_studio()
    actions = studio.window.action_set
    assert not actions["read_unreviewed"].isEnabled()
    studio.opening.open_paths([folder / "board 1.png"])
    qtbot.waitUntil(actions["read_unreviewed"].isEnabled)
    qtbot.waitUntil(lambda: not studio.busy)
    actions["accept_all"].trigger()
    assert not actions["read_unreviewed"].isEnabled()


def test_the_pictures_are_of_the_words(qtbot: QtBot, folder: Path, open_studio: Open) -> None:
    studio = open_studio(folder / "board 1.png")
    dialog = again(qtbot, studio)
    QApplication.processEvents()
    model, photo = dialog.list.changes, dialog.list.tree.rootIndex()
    pictures = [model.data(model.index(row, 0, photo), Qt.ItemDataRole.DecorationRole).toImage() for row in range(2)]
    assert all(0 < picture.width() <= 160 and 0 < picture.height() <= 36 for picture in pictures)
    assert pictures[0] != pictures[1]
    assert model.data(model.index(0, 1, photo), Qt.ItemDataRole.AccessibleTextRole) == "Current text: Ship"
    dialog.reject()
