"""The actions of the Boxes menu: tools for the photo, and changes to boxes."""

from __future__ import annotations

from ocr_studio.core.plain_text import LONGEST
from ocr_studio.core.translation import tr
from ocr_studio.ui.commands.spec import ActionSpec, Scope, Tool, Where
from ocr_studio.ui.document import commands
from ocr_studio.ui.menus.conditions import has_photo, has_selected
from ocr_studio.ui.menus.context import WindowParts


def _free(parts: WindowParts) -> bool:
    """Whether the selected boxes may be changed; otherwise, or if some are locked, shows why."""
    return parts.view.may_change(parts.document.selection)


def _rotate(parts: WindowParts, degrees: float) -> None:
    if _free(parts):
        commands.rotate(parts.document, degrees)


def _lock(parts: WindowParts) -> None:
    commands.lock(parts.document)
    locked = commands.all_locked(parts.document)
    parts.hint(
        tr("These boxes are locked: they can’t be moved, resized or deleted.")
        if locked
        else tr("These boxes are no longer locked.")
    )


def _switch_snapping(parts: WindowParts) -> None:
    parts.view.snapping = not parts.view.snapping
    parts.choosing.remember_canvas(box_opacity=parts.view.looks.opacity, snapping=parts.view.snapping)


def _several(parts: WindowParts) -> bool:
    return len(parts.document.selection) > 1


def _merge(parts: WindowParts) -> None:
    if any(word.locked for word in parts.document.selected_words()):
        parts.hint(tr("One of these boxes is locked. Unlock it first (Boxes → Lock)."))
        return
    texts = [word for word in parts.document.selected_words() if word.text]
    if not commands.merge(parts.document):
        parts.hint(tr("Can’t merge these words: their text has more than {most} characters.", most=LONGEST))
    elif 0 < sum(word.checked for word in texts) < len(texts):
        parts.hint(tr("The merged word is marked as checked, because part of it was checked."))


ACTIONS: tuple[ActionSpec[WindowParts], ...] = (
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
        ("S",), Where.TOOLBAR, Scope.CANVAS, "Split a word in two where you click", has_photo, True,
        Tool.SPLIT,
    ),
    ActionSpec(
        "tool_pan", "M&ove photo", lambda p: p.view.set_tool(Tool.PAN), "&Boxes", 1, "mdi6.hand-back-right-outline",
        (), Where.TOOLBAR, Scope.CANVAS, "Drag the photo to move it; with other tools, hold the space bar",
        has_photo, tool=Tool.PAN,
    ),
    ActionSpec(
        "merge", "&Merge words", _merge, "&Boxes", 2, "mdi6.set-merge", ("M",),
        Where.BOTH, Scope.CANVAS, "Merge the selected words into one", _several, True,
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
