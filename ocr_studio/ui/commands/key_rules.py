"""Rules for shortcuts: they never interfere with typing, and no key has two meanings."""

from __future__ import annotations

from collections.abc import Mapping
from enum import Flag, auto
from typing import Any

from PySide6.QtCore import QKeyCombination, Qt
from PySide6.QtGui import QKeySequence

from ocr_studio.core.translation import tr
from ocr_studio.ui.commands.spec import ActionSpec, Scope


class Heard(Flag):
    """The widgets in which a key works."""

    PHOTO = auto()
    TABLE = auto()
    PHOTOS = auto()
    ELSEWHERE = auto()


_WHERE = {
    Scope.WINDOW: Heard.PHOTO | Heard.TABLE | Heard.PHOTOS | Heard.ELSEWHERE,
    Scope.WORDS: Heard.PHOTO | Heard.TABLE,
    Scope.CANVAS: Heard.PHOTO,
    Scope.PHOTOS: Heard.PHOTOS,
}
_NEAR = Heard.PHOTO | Heard.PHOTOS
_K = Qt.Key
# Not for text, but they have a meaning of their own in every field and list.
_MOVING = {_K.Key_Left, _K.Key_Right, _K.Key_Up, _K.Key_Down, _K.Key_Home, _K.Key_End, _K.Key_PageUp, _K.Key_PageDown}
_EDITING = {_K.Key_Return, _K.Key_Enter, _K.Key_Tab, _K.Key_Backtab, _K.Key_Backspace, _K.Key_Delete, _K.Key_Insert}
_FUNCTIONS = range(int(_K.Key_F1), int(_K.Key_F35) + 1)
_ALONE = {_K.Key_Control, _K.Key_Shift, _K.Key_Alt, _K.Key_AltGr, _K.Key_Meta, _K.Key_unknown, _K.Key_CapsLock}


def keys_of(spec: ActionSpec[Any], changed: Mapping[str, tuple[str, ...]]) -> tuple[str, ...]:
    """Return the current keys of an action; ``changed`` are those in the settings."""
    if is_fixed(spec):
        return spec.keys
    return tuple(key for key in changed.get(spec.id, spec.keys) if is_key(key))


def shown(spec: ActionSpec[Any], changed: Mapping[str, tuple[str, ...]]) -> tuple[str, ...]:
    """Return all keys to show for an action: those of ``keys_of``, then the fixed ones of ``spec.near``."""
    return (*keys_of(spec, changed), *spec.near)


def is_fixed(spec: ActionSpec[Any]) -> bool:
    """Whether the keys of an action can't be changed: the digits are the numbers of the alternatives."""
    return spec.id.startswith("alternative_")


def is_key(key: str) -> bool:
    """Whether this is one key, with or without modifiers, in Qt's portable notation."""
    return QKeySequence.fromString(key).count() == 1 and _pressed(key).key() not in _ALONE


def same(one: str, other: str) -> bool:
    """Whether two notations mean the same key."""
    return QKeySequence(one) == QKeySequence(other)


def trouble(spec: ActionSpec[Any], key: str) -> str:
    """Return why an action can't have this key, as a sentence; empty if it can."""
    if not is_key(key):
        return tr("This key can’t be used on its own.")
    pressed = _pressed(key)
    held = pressed.keyboardModifiers() & ~Qt.KeyboardModifier.KeypadModifier
    if held == Qt.KeyboardModifier.AltModifier and _types(pressed):
        return tr("Alt with a letter or digit opens menus and chooses alternatives. Use Ctrl, or Alt and Shift.")
    if held & ~Qt.KeyboardModifier.ShiftModifier or int(pressed.key()) in _FUNCTIONS:
        return ""
    if pressed.key() == _K.Key_Escape:
        return "" if held else tr("Esc always cancels the current action.")
    return _plain_trouble(spec, pressed)


def _plain_trouble(spec: ActionSpec[Any], pressed: QKeyCombination) -> str:
    """The same as ``trouble`` for a key without modifiers, or with Shift only."""
    if spec.scope is Scope.WINDOW:
        return tr("This command also works while you type. Use a key with Ctrl or Alt, or F1 to F12.")
    if pressed.key() in _MOVING:
        return tr("This key is used to move through words and photos.")
    if pressed.key() == _K.Key_Space:
        return tr("The space bar is used to move the photo.")
    if spec.scope is Scope.WORDS and pressed.key() not in _EDITING:
        return tr("This key starts typing in the list of words. Use a key with Ctrl or Alt, or F1 to F12.")
    if spec.scope is Scope.PHOTOS and pressed.key() not in _EDITING:
        return tr("This key starts a search in the list of photos. Use a key with Ctrl or Alt, or F1 to F12.")
    return ""


def rivals(
    spec: ActionSpec[Any], key: str, table: tuple[ActionSpec[Any], ...], changed: Mapping[str, tuple[str, ...]]
) -> list[ActionSpec[Any]]:
    """Return the other actions that have this key in a widget where this action works."""
    return [
        other
        for other in table
        if other.id != spec.id
        and (
            (_WHERE[spec.scope] & _WHERE[other.scope] and any(same(key, each) for each in keys_of(other, changed)))
            or (_WHERE[spec.scope] & _NEAR and any(same(key, each) for each in other.near))
        )
    ]


def _pressed(key: str) -> QKeyCombination:
    first: QKeyCombination = QKeySequence(key)[0]  # type: ignore[index]  # missing in the stubs of PySide6
    return first


def _types(pressed: QKeyCombination) -> bool:
    code = int(pressed.key())
    return code < int(_K.Key_Escape) and chr(code).isalnum()
