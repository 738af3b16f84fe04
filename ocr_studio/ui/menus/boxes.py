"""The actions of the Boxes menu: tools for the photo, and changes to boxes."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from ocr_studio.core.plain_text import LONGEST
from ocr_studio.core.translation import tr
from ocr_studio.ui.canvas.photo_view import PhotoView
from ocr_studio.ui.commands.spec import ActionSpec, Scope, Tool, Where
from ocr_studio.ui.document import commands
from ocr_studio.ui.document.document import Document
from ocr_studio.ui.menus.conditions import has_photo, has_selected
from ocr_studio.ui.settings.controller import SettingsController


@dataclass(frozen=True, slots=True, kw_only=True)
class BoxesMenu:
    """What the Boxes menu works on. ``hint`` shows a message in the status bar."""

    document: Document
    view: PhotoView
    preferences: SettingsController
    hint: Callable[[str], object]


def _free(menu: BoxesMenu) -> bool:
    """Whether the selected boxes may be changed; otherwise, or if some are locked, shows why."""
    return menu.view.may_change(menu.document.selection)


def _rotate(menu: BoxesMenu, degrees: float) -> None:
    if _free(menu):
        commands.rotate(menu.document, degrees)


def _turn_writing(menu: BoxesMenu, quarters: int) -> None:
    if _free(menu):
        for word_id in commands.turn_writing(menu.document, quarters):
            menu.view.request_reading(word_id)


def _lock(menu: BoxesMenu) -> None:
    commands.lock(menu.document)
    locked = commands.all_locked(menu.document)
    menu.hint(
        tr("These boxes are locked: they can’t be moved, resized or deleted.")
        if locked
        else tr("These boxes are no longer locked.")
    )


def _switch_snapping(menu: BoxesMenu) -> None:
    menu.view.snapping = not menu.view.snapping
    menu.preferences.remember_canvas(box_opacity=menu.view.looks.opacity, snapping=menu.view.snapping)


def _merge(menu: BoxesMenu) -> None:
    if any(word.locked for word in menu.document.selected_words()):
        menu.hint(tr("One of these boxes is locked. Unlock it first (Boxes → Lock)."))
        return
    texts = [word for word in menu.document.selected_words() if word.text]
    if not commands.merge(menu.document):
        menu.hint(tr("Can’t merge these words: their text has more than {most} characters.", most=LONGEST))
        return
    if 0 < sum(word.checked for word in texts) < len(texts):
        menu.hint(tr("The merged word is marked as checked, because part of it was checked."))
    # The joined readings of parts are often no reading of the whole.
    if (merged := menu.document.word(menu.document.current)) and not merged.checked:
        menu.view.request_reading(merged.id)


ACTIONS: tuple[ActionSpec[BoxesMenu], ...] = (
    ActionSpec(
        "tool_select", "&Select", lambda p: p.view.set_tool(Tool.SELECT), "&Boxes", 1, "mdi6.cursor-default-outline",
        ("V",), Where.TOOLBAR, Scope.CANVAS, "Select, move and resize boxes", has_photo, tool=Tool.SELECT,
    ),
    ActionSpec(
        "tool_lasso", "L&asso", lambda p: p.view.set_tool(Tool.LASSO), "&Boxes", 1, "mdi6.lasso",
        ("L",), Where.TOOLBAR, Scope.CANVAS, "Draw a line around words to select them", has_photo, tool=Tool.LASSO,
    ),
    ActionSpec(
        "tool_draw", "&Draw box", lambda p: p.view.set_tool(Tool.DRAW), "&Boxes", 1, "mdi6.vector-square-plus",
        ("D",), Where.TOOLBAR, Scope.CANVAS, "Draw a box around a word that was not found", has_photo, True,
        Tool.DRAW,
    ),
    ActionSpec(
        "tool_split", "S&plit word", lambda p: p.view.set_tool(Tool.SPLIT), "&Boxes", 1, "mdi6.content-cut",
        ("S",), Where.BOTH, Scope.CANVAS, "Split a word in two where you click", has_photo, True,
        Tool.SPLIT,
    ),
    ActionSpec(
        "tool_pan", "M&ove photo", lambda p: p.view.set_tool(Tool.PAN), "&Boxes", 1, "mdi6.hand-back-right-outline",
        (), Where.TOOLBAR, Scope.CANVAS, "Drag the photo to move it; with other tools, hold the space bar",
        has_photo, tool=Tool.PAN,
    ),
    ActionSpec(
        "merge", "&Merge words", _merge, "&Boxes", 2, "mdi6.set-merge", ("M",),
        Where.BOTH, Scope.CANVAS, "Merge the selected words into one", lambda p: len(p.document.selection) > 1, True,
        why="Select two or more words first.",
    ),
    ActionSpec(
        "rotate_left", "Rotate &left", lambda p: _rotate(p, -commands.TURN_DEGREES), "&Boxes", 3,
        "mdi6.rotate-left", ("[",), scope=Scope.CANVAS, tip="Rotate the selected boxes counter-clockwise",
        when=has_selected, edits=True,
    ),
    ActionSpec(
        "rotate_right", "Rotate &right", lambda p: _rotate(p, commands.TURN_DEGREES), "&Boxes", 3,
        "mdi6.rotate-right", ("]",), scope=Scope.CANVAS, tip="Rotate the selected boxes clockwise",
        when=has_selected, edits=True,
    ),
    ActionSpec(
        "turn_writing_left", "Turn writing 90° le&ft", lambda p: _turn_writing(p, -1), "&Boxes", 3,
        "mdi6.file-rotate-left-outline", ("{",), Where.CONTEXT, Scope.CANVAS,
        "Turn the direction of writing in the selected boxes counter-clockwise, and read them again",
        has_selected, True,
    ),
    ActionSpec(
        "turn_writing_right", "Turn writing 90° ri&ght", lambda p: _turn_writing(p, 1), "&Boxes", 3,
        "mdi6.file-rotate-right-outline", ("}",), Where.CONTEXT, Scope.CANVAS,
        "Turn the direction of writing in the selected boxes clockwise, and read them again",
        has_selected, True,
    ),
    ActionSpec(
        "pick_corner", "Next &corner", lambda p: p.view.pick_corner(), "&Boxes", 3, "mdi6.vector-point-select",
        (".",), scope=Scope.CANVAS, tip="Select which corner of the box the arrow keys move, or the whole box",
        when=has_selected, edits=True,
    ),
    ActionSpec(
        "lock", "Loc&k", _lock, "&Boxes", 4, "mdi6.lock-outline", ("K",), Where.CONTEXT, Scope.CANVAS,
        "Protect the selected boxes from being moved, resized or deleted", has_selected, True,
        checked=lambda p: commands.all_locked(p.document),
    ),
    ActionSpec(
        "snap", "S&nap to neighbours", _switch_snapping, "&Boxes", 4, "mdi6.magnet",
        tip="Align boxes with their neighbours while you draw, move or resize them; hold Alt to turn this off",
        checked=lambda p: p.view.snapping, looks=True,
    ),
)  # fmt: skip
