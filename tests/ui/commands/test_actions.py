"""The table of actions: complete, without two meanings for a key, and true of what Qt shows."""

from __future__ import annotations

from collections import Counter
from typing import Any

import pytest
import qtawesome
from PySide6.QtGui import QKeySequence
from pytestqt.qtbot import QtBot

from ocr_studio.ui.commands.spec import ActionSpec, Scope, Where
from ocr_studio.ui.menus.table import TABLE


def test_every_action_says_what_it_does_and_is_in_a_menu() -> None:
    assert len({spec.id for spec in TABLE}) == len(TABLE)
    for spec in TABLE:
        assert spec.tip, spec.id
        assert not spec.tip.endswith("."), spec.id
        assert spec.title, spec.id
        assert spec.menu.startswith("&"), spec.id


def test_no_key_has_two_meanings() -> None:
    for photos in (True, False):  # in the list of photos, and elsewhere
        specs = [spec for spec in TABLE if (spec.scope is Scope.PHOTOS) == photos]
        keys = Counter(QKeySequence(key).toString() for spec in specs for key in spec.keys + spec.near)
        assert [key for key, times in keys.items() if times > 1] == []
        assert "" not in keys


def test_keys_that_type_something_act_on_the_canvas_only() -> None:
    def types(key: str) -> bool:
        return len(key) == 1

    typing = [spec for spec in TABLE if any(types(key) for key in spec.keys)]
    assert {spec.scope for spec in typing} == {Scope.CANVAS}
    assert {key for spec in typing for key in spec.keys if types(key)} >= set("12345DVSMRF[]")


@pytest.mark.parametrize("spec", [spec for spec in TABLE if spec.where & Where.TOOLBAR], ids=lambda spec: spec.id)
def test_what_is_in_the_toolbar_has_an_icon(spec: ActionSpec[Any]) -> None:
    assert spec.icon


def test_all_icons_exist(qtbot: QtBot) -> None:
    for spec in TABLE:
        if spec.icon:
            assert not qtawesome.icon(spec.icon).isNull(), spec.icon


def test_what_changes_words_is_marked_so() -> None:
    edits = {spec.id for spec in TABLE if spec.edits}
    assert {"undo", "redo", "delete", "merge", "accept_next", "read_page", "tool_draw", "alternative_1"} <= edits
    assert not {"open", "copy", "save_txt", "zoom_in", "next_word"} & edits


def test_portable_names_of_keys_are_understood() -> None:
    for spec in TABLE:
        for key in spec.keys + spec.near:
            sequence = QKeySequence(key)
            assert sequence.count() == 1, key
            assert not sequence.isEmpty(), key
            assert QKeySequence.fromString(sequence.toString()) == sequence, key
