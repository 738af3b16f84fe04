"""Replacing by rules, special characters and the forms in which text is copied, as a person meets them."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLineEdit
from pytestqt.qtbot import QtBot

from ocr_studio.core import paths
from ocr_studio.core.editing import edits, replace_rules
from ocr_studio.core.editing.replace_rules import Rule
from ocr_studio.core.language import characters
from ocr_studio.ui.app.app import Studio
from ocr_studio.ui.search.rules_dialog import RulesDialog
from ocr_studio.ui.search.rules_table import CASE, FIND, PUT
from ocr_studio.ui.text.special_characters import CharactersPopup
from ocr_studio.ui.words.changes_dialog import ChangesDialog
from tests.ui.studio import Open, texts

Key = Qt.Key
CONTROL = Qt.KeyboardModifier.ControlModifier


@pytest.fixture
def studio(open_studio: Open, folder: Path) -> Studio:
    made = open_studio(folder / "board 1.png")
    made.window.activateWindow()
    made.window.view.setFocus()
    return made


def _rules(studio: Studio) -> RulesDialog:
    studio.window.action_set["rules"].trigger()
    dialog = next(each for each in studio.window.findChildren(RulesDialog) if each.isVisible())
    dialog.activateWindow()
    for _ in range(100):
        if not dialog.isActiveWindow():
            QTest.qWait(20)
    assert dialog.isActiveWindow()
    return dialog


def _preview(studio: Studio) -> ChangesDialog:
    return next(each for each in studio.window.findChildren(ChangesDialog) if each.isVisible())


def _write(dialog: RulesDialog, row: int, column: int, text: str) -> None:
    """Write into a cell by keys."""
    table = dialog.table
    table.setCurrentIndex(table.rows.index(row, column))
    if table.indexWidget(table.currentIndex()) is None:  # a new rule is open already
        table.edit(table.currentIndex())
    line = table.indexWidget(table.currentIndex())
    assert isinstance(line, QLineEdit)
    line.selectAll()
    QTest.keyClicks(line, text)
    QTest.keyClick(line, Key.Key_Return)
    QTest.qWait(10)  # Qt takes it over, and closes the line, a moment later


# -------------------------------------------------------------------------------------------------------------- rules


def test_a_rule_is_written_looked_at_and_done_by_one_step(studio: Studio) -> None:
    before, steps = texts(studio), studio.document.undo_stack.count()
    dialog = _rules(studio)
    assert not dialog.here.isEnabled()  # nothing to look for yet
    _write(dialog, 0, FIND, "u")
    _write(dialog, 0, PUT, "x")
    QTest.mouseClick(dialog.here, Qt.MouseButton.LeftButton)
    preview = _preview(studio)
    rows = preview.list.changes.changes
    assert [(row.before, row.after) for row in rows] == [("build", "bxild"), ("about", "aboxt"), ("queves", "qxeves")]
    assert texts(studio) == before
    tree = preview.list.tree
    tree.setCurrentIndex(preview.list.changes.index(1, 0, tree.rootIndex()))
    QTest.keyClick(tree, Key.Key_Space)
    assert "2" in preview.take.text()
    QTest.mouseClick(preview.take, Qt.MouseButton.LeftButton)
    assert texts(studio)[3:8] == ["bxild", "ask", "Anna", "about", "qxeves"]
    assert "2" in preview.status.text()
    preview.reject()
    assert studio.document.undo_stack.count() == steps + 1
    studio.document.undo_stack.undo()
    assert texts(studio) == before
    assert replace_rules.load_rules(paths.config_dir()) == (Rule("u", "x"),)


def test_what_is_no_pattern_is_said_and_cannot_be_used(studio: Studio) -> None:
    replace_rules.save_rules(paths.config_dir(), [Rule("(u", "x", pattern=True)])
    dialog = _rules(studio)
    assert dialog.trouble.text() == (
        "The rule “(u” → “x” is invalid: missing ). Correct the pattern or the replacement, or turn off Pattern to find"
        " the text itself."
    )
    cells = [dialog.table.rows.index(0, column) for column in range(5)]
    assert [cell.data(Qt.ItemDataRole.DecorationRole) is not None for cell in cells] == [True, *4 * [False]]
    assert {cell.data(Qt.ItemDataRole.ForegroundRole) for cell in cells} == {None}, "ticks look alike in all rules"
    assert not dialog.here.isEnabled()
    _write(dialog, 0, FIND, "(U)")
    assert dialog.here.isEnabled()
    assert not dialog.trouble.text()
    dialog.table.rows.setData(dialog.table.rows.index(0, CASE), Qt.CheckState.Unchecked, Qt.ItemDataRole.CheckStateRole)
    assert dialog.rules() == (Rule("(U)", "x", pattern=True, case=False),)
    QTest.mouseClick(dialog.remove, Qt.MouseButton.LeftButton)
    dialog.reject()
    assert replace_rules.load_rules(paths.config_dir()) == ()


def test_return_twice_opens_the_preview_and_applies_nothing(studio: Studio, qapp: QApplication, qtbot: QtBot) -> None:
    qapp.setDoubleClickInterval(400)
    replace_rules.save_rules(paths.config_dir(), [Rule("u", "x")])
    before = texts(studio)
    dialog = _rules(studio)
    dialog.here.setFocus()
    QTest.keyClick(dialog.here, Key.Key_Return)
    preview = _preview(studio)
    preview.activateWindow()
    qtbot.waitUntil(preview.list.tree.hasFocus)
    QTest.keyClick(preview.list.tree, Key.Key_Return)
    assert texts(studio) == before
    assert preview.take.isVisible()
    preview.reject()


def test_return_twice_applies_once_and_keeps_the_result_in_sight(
    studio: Studio, qapp: QApplication, qtbot: QtBot
) -> None:
    replace_rules.save_rules(paths.config_dir(), [Rule("u", "x")])
    dialog = _rules(studio)
    QTest.mouseClick(dialog.here, Qt.MouseButton.LeftButton)
    preview = _preview(studio)
    preview.activateWindow()
    qtbot.waitUntil(preview.list.tree.hasFocus)
    qapp.setDoubleClickInterval(50)
    qtbot.wait(60)
    QTest.keyClick(preview.list.tree, Key.Key_Return)
    assert preview.status.text() == "Changed 3 words on 1 photo."
    for widget in (preview.list.tree, preview.cancel, preview):
        QTest.keyClick(widget, Key.Key_Return)
    assert preview.status.text() == "Changed 3 words on 1 photo."
    assert preview.isVisible()
    qtbot.waitUntil(preview.cancel.hasFocus)
    QTest.keyClick(preview.cancel, Key.Key_Return)
    assert not preview.isVisible()


def test_nothing_to_replace_is_said(studio: Studio) -> None:
    replace_rules.save_rules(paths.config_dir(), [Rule("zzz", "x")])
    dialog = _rules(studio)
    QTest.mouseClick(dialog.here, Qt.MouseButton.LeftButton)
    preview = _preview(studio)
    assert preview.take.isHidden()
    assert preview.found == 0
    preview.reject()


def test_all_photos_are_one_step_that_can_be_taken_back(studio: Studio, folder: Path, qtbot: QtBot) -> None:
    studio.opening.open_paths([folder / "board 2.png"])
    qtbot.waitUntil(lambda: studio.opening.path == folder / "board 2.png" and not studio.busy)
    qtbot.waitUntil(lambda: bool(texts(studio)))
    replace_rules.save_rules(paths.config_dir(), [Rule("Anna", "Hanna", whole=True)])
    steps = studio.document.undo_stack.count()
    dialog = _rules(studio)
    QTest.mouseClick(dialog.everywhere, Qt.MouseButton.LeftButton)
    preview = _preview(studio)
    qtbot.waitUntil(preview.take.isVisible)
    assert sorted(row.image for row in preview.list.changes.changes) == ["board 1.png", "board 2.png"]
    QTest.mouseClick(preview.take, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: "2" in preview.status.text() and preview.take.isHidden())
    preview.reject()
    assert "Hanna" in texts(studio)
    assert studio.document.undo_stack.count() == steps + 1
    studio.autosave.flush()
    project = studio.opening.project
    assert project is not None
    pages = [page for key in project.page_ids() if (page := project.load_page(key))]
    assert ["Hanna" in [word.text for word in page.words.values()] for page in pages] == [True, True]
    studio.document.undo_stack.undo()
    pages = [page for key in project.page_ids() if (page := project.load_page(key))]
    assert ["Hanna" in [word.text for word in page.words.values()] for page in pages] == [False, False]


# --------------------------------------------------------------------------------------------------------- characters


def _palette() -> CharactersPopup:
    popup = QApplication.activePopupWidget()
    assert isinstance(popup, CharactersPopup)
    return popup


def test_a_character_is_found_by_name_and_put_into_the_line_on_the_photo(studio: Studio) -> None:
    studio.document.select(["w0"])
    QTest.keyClick(studio.window.view, Key.Key_F2)
    editor = studio.window.view.editing.panel.editor
    editor.setCursorPosition(2)
    QTest.keyClick(editor, Key.Key_I, CONTROL | Qt.KeyboardModifier.ShiftModifier)
    popup = _palette()
    QTest.keyClicks(popup.search, "euro")
    assert popup.shown() == ["€"]
    QTest.keyClick(popup.search, Key.Key_Return)
    assert editor.isVisible()
    assert editor.text() == "Sh€ip"
    assert characters.load_recent(paths.config_dir()) == ("€",)
    QTest.keyClick(editor, Key.Key_Return)
    assert texts(studio)[0] == "Sh€ip"


def test_the_line_in_the_table_stays_open_for_a_character(studio: Studio) -> None:
    studio.document.select(["w1"])
    studio.window.table.edit_current()
    editor = studio.window.table.editor()
    assert editor is not None
    editor.setFocus()
    editor.end(False)
    studio.window.action_set["characters"].trigger()
    popup = _palette()
    QTest.keyClicks(popup.search, "rightwards arrow")
    QTest.keyClick(popup.search, Key.Key_Down)
    QTest.keyClick(popup.signs, Key.Key_Return)
    assert studio.window.table.editor() is editor
    assert editor.text() == "the→"
    QTest.keyClick(editor, Key.Key_Return)
    assert texts(studio)[1] == "the→"


def test_without_a_line_the_current_word_is_opened_and_the_last_used_come_first(studio: Studio) -> None:
    characters.remember_character(paths.config_dir(), "✓")
    studio.document.select(["w2"])
    studio.window.action_set["characters"].trigger()
    popup = _palette()
    assert popup.shown()[0] == "✓"
    popup.group.setCurrentIndex(popup.group.findData("Arrows"))
    assert set(popup.shown()) <= set("←↑→↓↔↕↖↗↘↙↦↵⇐⇑⇒⇓⇔")
    item = popup.signs.item(popup.shown().index("→"))
    QTest.mouseClick(popup.signs.viewport(), Qt.MouseButton.LeftButton, pos=popup.signs.visualItemRect(item).center())
    assert studio.window.view.editing.word_id == "w2"
    assert studio.window.view.editing.panel.editor.text() == "new→"


def test_esc_leaves_the_line_as_it_is(studio: Studio) -> None:
    studio.document.select(["w0"])
    studio.window.view.edit_current()
    studio.window.action_set["characters"].trigger()
    QTest.keyClick(_palette().search, Key.Key_Escape)
    assert QApplication.activePopupWidget() is None
    assert studio.window.view.editing.panel.editor.text() == "Ship"


# ------------------------------------------------------------------------------------------------------------ copying


def test_copied_as_a_table_a_spreadsheet_finds_cells(studio: Studio) -> None:
    studio.document.select(["w0", "w2", "w4", "w6"])
    studio.window.action_set["copy_table"].trigger()
    data = QGuiApplication.clipboard().mimeData()
    assert data.text() == "Ship\tnew\nask\tabout\n"
    assert "<td>Ship</td><td>new</td>" in data.html()


def test_copied_as_markdown_nothing_is_formatting(studio: Studio) -> None:
    studio.document.select(["w0", "w1"])
    studio.window.action_set["copy_markdown"].trigger()
    assert QGuiApplication.clipboard().text() == "Ship the\n"


def test_a_word_that_takes_too_long_is_named_and_the_others_are_offered(studio: Studio) -> None:
    page = studio.document.page
    assert page is not None
    slow, other = list(page.words)[:2]
    studio.document.push(edits.write(page, slow, "ab" * 200 + "!"))
    assert studio.document.page is not None
    studio.document.push(edits.write(studio.document.page, other, "ab"))
    replace_rules.save_rules(paths.config_dir(), [Rule(r"(a|aa|b|ab|ba)+$", "x", pattern=True)])
    QTest.mouseClick(_rules(studio).here, Qt.MouseButton.LeftButton)
    preview = _preview(studio)
    assert [row.after for row in preview.list.changes.changes] == ["x", "Annx"]
    assert f"“{'ab' * 20}…” on board 1.png was skipped: the pattern" in preview.status.text()
    preview.reject()
