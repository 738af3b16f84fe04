"""Nothing that the window shows is left in English: in a language that marks its texts, all of them bear the marks."""

from __future__ import annotations

import gettext
import re
from collections.abc import Iterator
from pathlib import Path
from string import Formatter

import pytest
from PySide6.QtCore import QAbstractItemModel, QAbstractListModel, QModelIndex, Qt
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractItemView,
    QApplication,
    QComboBox,
    QDialog,
    QDialogButtonBox,
    QDockWidget,
    QFileDialog,
    QLabel,
    QLineEdit,
    QPlainTextEdit,
    QSpinBox,
    QStatusBar,
    QTabBar,
    QToolButton,
    QWidget,
)
from pytestqt.qtbot import QtBot

from ocr_studio.core import edits, translation
from ocr_studio.ui.app import Studio
from ocr_studio.ui.settings_dialog import SettingsDialog
from tests.ui.learning import begin, correct, press_learn
from tests.ui.studio import Open

# They open a window or a menu of their own.
_DIALOGS = (
    "export_dataset", "settings", "finding", "models", "rules", "photo_facts", "keys", "about", "read_unreviewed",
    "palette", "looks",
)  # fmt: skip
_MARKED = re.compile("⟦[^⟦⟧]*⟧")
# What is called so in every language, or is not ours: keys, names of models and files, words on the photos.
_NAMES = re.compile(
    r"<[^>]*>|&\w+;|\S*/[\w./ -]+|board \d\.png|boards|OCR Studio( [\d.]+)?|pp-ocrv6-small(-detector)?|stand-in"
    r"|Deutsch|English|\b(Ctrl|Alt|Shift|Return|Enter|Esc|Del|Tab|Space|Backspace|PgUp|PgDown|Up|Down|F\d+)\b"
    r"|\b(ship|sheep|annn|asn|the|new|build|ask|anna|about|que[vu]es|again)s*\d*\b",
    re.IGNORECASE,
)
_ROLES = (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.ToolTipRole, Qt.ItemDataRole.AccessibleTextRole)


class _Marking(gettext.NullTranslations):
    """A language that is English with every text between marks; what fills a place of a text has its own, or none."""

    def gettext(self, message: str) -> str:
        try:
            pieces = list(Formatter().parse(message))
        except ValueError:  # it has braces of its own
            return f"⟦{message}⟧"
        said = ""
        for text, place, _, _ in pieces:
            said += (f"⟦{text}⟧" if text.strip() else text) + (f"{{{place}}}" if place is not None else "")
        return said

    def ngettext(self, msgid1: str, msgid2: str, n: int) -> str:
        return self.gettext(msgid1 if n == 1 else msgid2)


def _texts_of(widget: QWidget) -> Iterator[str]:
    yield from (widget.toolTip(), widget.statusTip(), widget.accessibleName(), widget.accessibleDescription())
    if widget.isWindow() or isinstance(widget, QDockWidget):
        yield widget.windowTitle()
    if isinstance(widget, QLabel | QAbstractButton):
        yield widget.text()
    if isinstance(widget, QLineEdit | QPlainTextEdit):
        yield widget.placeholderText()
    if isinstance(widget, QComboBox):
        yield from (widget.itemText(index) for index in range(widget.count()))
    if isinstance(widget, QSpinBox):
        yield from (widget.suffix(), widget.specialValueText())
    if isinstance(widget, QTabBar):
        yield from (widget.tabText(index) for index in range(widget.count()))
    if isinstance(widget, QStatusBar):
        yield widget.currentMessage()
    if isinstance(widget, QAbstractItemView) and widget.model() is not None:
        yield from _cells(widget.model(), QModelIndex())
    for action in widget.actions():  # of menus as well
        yield from (action.text(), action.toolTip(), action.statusTip())


def _cells(model: QAbstractItemModel, under: QModelIndex) -> Iterator[str]:
    for column in range(1 if isinstance(model, QAbstractListModel) else model.columnCount(under)):
        yield from (str(model.headerData(column, Qt.Orientation.Horizontal, role) or "") for role in _ROLES)
        for row in range(min(30, model.rowCount(under))):
            index = model.index(row, column, under)
            yield from (str(index.data(role) or "") for role in _ROLES)
            if column == 0 and model.rowCount(index):
                yield from _cells(model, index)


def _is_of_qt(widget: QWidget) -> bool:
    """Qt names what it makes itself, in the language chosen."""
    parent = widget.parentWidget()
    box = isinstance(parent, QDialogButtonBox) and isinstance(widget, QAbstractButton)
    none = QDialogButtonBox.StandardButton.NoButton
    return (
        widget.objectName().startswith("qt_")
        or (isinstance(widget, QToolButton) and isinstance(parent, QTabBar))
        or (box and parent.standardButton(widget) != none)  # type: ignore[union-attr]
    )


def english(top: QWidget) -> list[str]:
    """What is shown, or would be, without a mark."""
    return sorted(
        {
            text
            for widget in (top, *top.findChildren(QWidget))
            if not _is_of_qt(widget)
            for text in _texts_of(widget)
            if re.search("[A-Za-z]{2}", _NAMES.sub("", _MARKED.sub(" ", text)))
        }
    )


def _ours() -> list[QWidget]:
    return [each for each in QApplication.topLevelWidgets() if each.isVisible() and not isinstance(each, QFileDialog)]


@pytest.fixture(autouse=True)
def marking(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setattr(gettext, "translation", lambda *_: _Marking())
    assert translation.use(Path(), "xx")
    yield
    for widget in QApplication.topLevelWidgets():
        if isinstance(widget, QDialog) and widget.isVisible():
            widget.reject()
    translation.use_english()


@pytest.fixture
def studio(open_studio: Open, folder: Path) -> Studio:
    studio = open_studio(folder / "board 1.png")
    studio.document.select(["w0"])
    return studio


def test_the_marks_are_looked_for(studio: Studio, qtbot: QtBot) -> None:
    label = QLabel("Left in English", studio.window)
    assert english(studio.window) == ["Left in English"]
    label.setText(translation.tr("{count} words", count="many"))
    assert english(studio.window) == ["many⟦ words⟧"]


def test_without_a_photo(open_studio: Open) -> None:
    assert english(open_studio().window) == []


def test_while_a_word_is_written(studio: Studio) -> None:
    studio.window.view.edit_current()
    assert english(studio.window) == []


def test_in_panels(studio: Studio, qtbot: QtBot) -> None:
    for panel in studio.window.parts.panels:
        panel.open()
        qtbot.waitUntil(lambda: not studio.busy)
        assert english(studio.window) == [], panel.objectName()
        panel.close()


@pytest.mark.parametrize("action_id", _DIALOGS)
def test_in_dialogs(studio: Studio, qtbot: QtBot, action_id: str) -> None:
    studio.window.action_set[action_id].trigger()
    qtbot.waitUntil(lambda: not studio.busy)
    for top in _ours():
        assert english(top) == [], type(top).__name__


def test_every_page_of_the_settings(studio: Studio) -> None:
    studio.window.action_set["settings"].trigger()
    dialog = studio.window.findChild(SettingsDialog)
    assert dialog is not None
    for page in ("general", "reading", "keys"):
        dialog.go_to(page)
        assert english(dialog) == [], page


def test_while_all_photos_are_reviewed(studio: Studio, qtbot: QtBot) -> None:
    review = studio.window.parts.review
    studio.window.action_set["review"].trigger()
    qtbot.waitUntil(lambda: review.card.has_card)
    assert english(review) == []
    for _ in range(8):
        qtbot.keyClick(review.line, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: not review.card.has_card)
    assert english(studio.window) == []


def test_what_was_found_and_would_be_replaced(studio: Studio, qtbot: QtBot) -> None:
    studio.autosave.flush()
    studio.window.action_set["replace"].trigger()
    find = studio.window.parts.find
    find.line.setText("ship")
    qtbot.waitUntil(lambda: bool(find.model.hits))
    assert english(find) == []


def test_an_evaluation(studio: Studio, qtbot: QtBot) -> None:
    page = studio.document.page
    assert page is not None
    studio.document.push(edits.write(page, "w0", "Sheep"))
    with qtbot.waitSignal(studio.evaluating.ended, timeout=10_000):
        studio.window.action_set["evaluate"].trigger()
    assert english(studio.window) == []


@pytest.mark.parametrize("checked", [3, 6])
def test_learning_from_its_beginning_to_its_end(learning: Studio, qtbot: QtBot, checked: int) -> None:
    correct(learning, checked)
    press_learn(learning, qtbot)
    assert english(learning.window) == []
    if checked == 6:
        begin(learning, qtbot)
        assert english(learning.window) == []


def test_a_photo_that_cannot_be_opened(studio: Studio, folder: Path, qtbot: QtBot) -> None:
    (folder / "board 4.png").write_bytes(b"none")
    with qtbot.waitSignal(studio.opening.refused):
        studio.opening.open_paths([folder / "board 4.png"])
    assert studio.window.messages.texts()
    assert english(studio.window) == []
