"""Every action of the table does what it says, as ``action_effects`` tells, wherever it is offered."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtGui import QAction, QKeySequence, QShortcut
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from ocr_studio.core.editing import edits
from ocr_studio.core.models import registry
from ocr_studio.core.page import Alternative, Edit
from ocr_studio.core.reading_order import page_order
from ocr_studio.ui.app.app import Studio
from ocr_studio.ui.commands.spec import ActionSpec, Scope, Tool
from ocr_studio.ui.menus.table import TABLE
from tests import marked_language
from tests.ui import action_effects, made_board
from tests.ui.made_board import OcrServiceOfTwo, StandInReader
from tests.ui.studio import Open, in_sight, leave_dialogs
from tests.ui.texts_in_sight import english

# They need what two models have read.
_OF_TWO = ("take_other", "next_other")
# They leave the photo or the window, or how photos are read.
_LEAVE = (
    "quit", "go_on", "stop", "paste_picture", "read_screen", "sample", "previous_photo", "next_photo",
    "next_unreviewed", "previous_unreviewed", "read_chosen", "read_unread", "lines", "open_chosen", "rename_photo",
    "remove_photos", "list_removed",
)  # fmt: skip


@pytest.fixture(autouse=True)
def no_file_manager(monkeypatch: pytest.MonkeyPatch) -> None:
    shown = action_effects.SHOWN
    monkeypatch.setattr("ocr_studio.ui.document.file_browser.show_in_folder", lambda path, _: shown.append(path))
    action_effects.SHOWN.clear()


def _prepare(studio: Studio, action_id: str) -> None:
    """Make it so that each action has something to do: two words selected, one of them corrected, one edit undone."""
    document = studio.document
    word = document.word("w0")
    assert word is not None
    five = replace(made_board.reading("Ship"), alternatives=tuple(Alternative(text, 0.2) for text in "abcde"))
    document.push(Edit("Again", {"w0": (word, replace(word, machine=five))}))
    for text in ("Shop", "Shap"):
        assert document.page is not None
        document.push(edits.write(document.page, "w0", text))
    document.undo_stack.undo()
    document.select(["w6", "w7"] if action_id in _OF_TWO else ["w0", "w1"])
    if action_id == "computed_order":
        assert document.page is not None
        document.push(page_order.move_words(document.page, ["w1"], "w0"))
    if action_id == "stop":
        studio.reading.read_page()


def _correct_a_twin(studio: Studio) -> None:
    """Of two words that are read the same and look the same one is corrected."""
    document = studio.document
    word = document.word("w1")
    assert word is not None
    document.push(Edit("Twin", {"twin": (None, replace(word, id="twin"))}))
    assert document.page is not None
    document.push(edits.write(document.page, "w1", "tho"))


@pytest.mark.parametrize("menu", sorted({spec.menu.partition("/")[0] for spec in TABLE}))
def test_its_actions_do_what_they_say(
    menu: str, open_studio: Open, folder: Path, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    """In whatever language, and nothing that is seen then stays English."""
    with marked_language.spoken(monkeypatch):
        studio = open_studio(folder / "board 2.png", reader=StandInReader())
        read = studio.document.undo_stack.index()
        for spec in TABLE:
            if spec.menu.partition("/")[0] == menu and spec.id not in (*_OF_TWO, *_LEAVE):
                _try(spec, studio, qtbot)
                _bring_back(studio, read)


@pytest.mark.parametrize("action_id", [*_OF_TWO, *_LEAVE])
def test_so_do_those_that_need_a_window_of_their_own(
    action_id: str, open_studio: Open, folder: Path, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    if action_id in _OF_TWO:
        monkeypatch.setattr("tests.ui.conftest.StandInOcrService", OcrServiceOfTwo)
    with marked_language.spoken(monkeypatch):
        studio = open_studio(folder / "board 2.png", reader=StandInReader())
        if action_id in _OF_TWO:
            studio.window.comparison.start(registry.BUILT_IN.name)
            qtbot.waitUntil(lambda: not studio.busy)
        _try(next(spec for spec in TABLE if spec.id == action_id), studio, qtbot)


def _try(spec: ActionSpec[Any], studio: Studio, qtbot: QtBot) -> None:
    _prepare(studio, spec.id)
    action = studio.window.action_set[spec.id]
    if spec.id == "fix_everywhere":
        _correct_a_twin(studio)
        qtbot.waitUntil(action.isEnabled)
    before = action_effects.before(studio)
    if spec.id in action_effects.ARRANGE:
        action_effects.ARRANGE[spec.id](studio)
    assert studio.window.action_set[spec.id].isEnabled(), spec.id
    action.trigger()
    qtbot.waitUntil(lambda: action_effects.EFFECTS[spec.id](studio, before))
    qtbot.waitUntil(lambda: not studio.busy)
    assert [text for top in in_sight() for text in english(top)] == [], spec.id


def _bring_back(studio: Studio, read: int) -> None:
    """Make it as it was: the words as they were read, and nothing over the photo."""
    leave_dialogs()
    studio.window.finish_editing()
    for panel in studio.window.panels:
        panel.close()
    studio.document.undo_stack.setIndex(read)
    studio.window.view.set_tool(Tool.SELECT)
    studio.window.view.fit()


def test_each_action_says_by_what_one_sees_that_it_was_done() -> None:
    ids = {spec.id for spec in TABLE}
    assert ids - set(action_effects.EFFECTS) == set(), "say in tests/ui/action_effects.py what is seen after these"
    assert set(action_effects.EFFECTS) - ids == set()
    assert set(action_effects.ARRANGE) <= ids


def _reach(studio: Studio, scope: Scope) -> set[QWidget]:
    window = studio.window
    if scope is Scope.CANVAS:
        return {window.view}
    if scope is Scope.PHOTOS:
        return {window.photos}
    return {window.view, window.table} if scope is Scope.WORDS else {window.view, window.table, window.photos}


def test_no_key_is_given_twice_where_both_would_be_heard(open_studio: Open, folder: Path) -> None:
    studio = open_studio(folder / "board 1.png")
    window = studio.window
    heard: defaultdict[tuple[QWidget, str], set[str]] = defaultdict(set)
    for spec in TABLE:
        for widget in _reach(studio, spec.scope):
            for key in spec.keys:
                heard[widget, QKeySequence(key).toString()].add(spec.id)
        for widget in (window.view, window.photos):
            for key in spec.near:
                heard[widget, QKeySequence(key).toString()].add(spec.id)
    assert {place: ids for place, ids in heard.items() if len(ids) > 1} == {}
    # Nor beside the table: menus' own actions and shortcuts that somebody made by hand.
    ours = {key for _, key in heard}
    known = {id(window.action_set[spec.id]) for spec in TABLE}
    others = [each for each in window.findChildren(QAction) if id(each) not in known and not each.shortcut().isEmpty()]
    assert [each.text() for each in others if each.shortcut().toString() in ours] == []
    near = {key for spec in TABLE for key in spec.near}
    disabled = window.action_set._disabled_keys
    by_hand = [each for each in window.findChildren(QShortcut) if each not in disabled.values()]
    assert {each.key().toString() for each in by_hand} == near
    assert [key for key, each in disabled.items() if each.isEnabled() == window.action_set[key].isEnabled()] == []


def test_menus_underline_no_letter_twice(open_studio: Open) -> None:
    menus: defaultdict[str, list[str]] = defaultdict(list)
    for spec in TABLE:
        place = spec.title.find("&")
        if place >= 0:
            menus[spec.menu].append(spec.title[place + 1].lower())
    assert {menu: sorted(keys) for menu, keys in menus.items() if len(set(keys)) < len(keys)} == {}
