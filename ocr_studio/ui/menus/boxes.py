"""The menu of the tools of the photo, and of the boxes themselves."""

from __future__ import annotations

from ocr_studio.core.plain_text import LONGEST
from ocr_studio.core.translation import tr
from ocr_studio.ui.commands.spec import ActionSpec, Scope, Tool, Where
from ocr_studio.ui.document import commands
from ocr_studio.ui.menus.conditions import has_photo, has_selected
from ocr_studio.ui.menus.context import Parts


def _free(parts: Parts) -> bool:
    """Whether the selected boxes may be touched; if not, or not all of them, that is said."""
    return parts.view.may_change(parts.document.selection)


def _rotate(parts: Parts, degrees: float) -> None:
    if _free(parts):
        commands.rotate(parts.document, degrees)


def _lock(parts: Parts) -> None:
    commands.lock(parts.document)
    locked = commands.all_locked(parts.document)
    parts.hint(
        tr("Locked: these boxes cannot be moved, shaped or deleted.")
        if locked
        else tr("These boxes can be moved again.")
    )


def _switch_snapping(parts: Parts) -> None:
    parts.view.snapping = not parts.view.snapping
    parts.choosing.remember_canvas(box_opacity=parts.view.looks.opacity, snapping=parts.view.snapping)


def _several(parts: Parts) -> bool:
    return len(parts.document.selection) > 1


def _merge(parts: Parts) -> None:
    if any(word.locked for word in parts.document.selected_words()):
        parts.hint(tr("One of these boxes is locked. Unlock it first (Boxes → Lock)."))
        return
    texts = [word for word in parts.document.selected_words() if word.text]
    if not commands.merge(parts.document):
        parts.hint(tr("Together these words have more than {most} letters, so they stay apart.", most=LONGEST))
    elif 0 < sum(word.checked for word in texts) < len(texts):
        parts.hint(tr("A part was checked already, so all of the new word counts as checked."))


ACTIONS: tuple[ActionSpec[Parts], ...] = (
    ActionSpec(
        "tool_select", "&Select", lambda p: p.view.set_tool(Tool.SELECT), "&Boxes", 1, "mdi6.cursor-default-outline",
        ("V",), Where.TOOLBAR, Scope.CANVAS, "Select, move and shape boxes", has_photo, tool=Tool.SELECT,
    ),
    ActionSpec(
        "tool_lasso", "L&asso", lambda p: p.view.set_tool(Tool.LASSO), "&Boxes", 1, "mdi6.lasso",
        ("L",), Where.TOOLBAR, Scope.CANVAS, "Draw a line round words to select them", has_photo, tool=Tool.LASSO,
    ),
    ActionSpec(
        "tool_draw", "&Draw a box", lambda p: p.view.set_tool(Tool.DRAW), "&Boxes", 1, "mdi6.vector-square-plus",
        ("D",), Where.TOOLBAR, Scope.CANVAS, "Draw a box round a word that was not found", has_photo, True,
        Tool.DRAW,
    ),
    ActionSpec(
        "tool_split", "S&plit a word", lambda p: p.view.set_tool(Tool.SPLIT), "&Boxes", 1, "mdi6.content-cut",
        ("S",), Where.TOOLBAR, Scope.CANVAS, "Click where a word ends and the next begins", has_photo, True,
        Tool.SPLIT,
    ),
    ActionSpec(
        "tool_pan", "M&ove the photo", lambda p: p.view.set_tool(Tool.PAN), "&Boxes", 1, "mdi6.hand-back-right-outline",
        (), Where.TOOLBAR, Scope.CANVAS, "Drag the photo about; the space bar does it for a moment",
        has_photo, tool=Tool.PAN,
    ),
    ActionSpec(
        "merge", "&Merge words", _merge, "&Boxes", 2, "mdi6.set-merge", ("M",),
        Where.BOTH, Scope.CANVAS, "Make one word of the selected ones", _several, True,
        why="Select two words or more first.",
    ),
    ActionSpec(
        "rotate_left", "Turn &left", lambda p: _rotate(p, -commands.TURN_DEGREES), "&Boxes", 3,
        "mdi6.rotate-left", ("[",), scope=Scope.CANVAS, tip="Turn the selected boxes against the clock",
        when=has_selected, edits=True,
    ),
    ActionSpec(
        "rotate_right", "Turn &right", lambda p: _rotate(p, commands.TURN_DEGREES), "&Boxes", 3,
        "mdi6.rotate-right", ("]",), scope=Scope.CANVAS, tip="Turn the selected boxes with the clock",
        when=has_selected, edits=True,
    ),
    ActionSpec(
        "pick_corner", "Next &corner", lambda p: p.view.pick_corner(), "&Boxes", 3, "mdi6.vector-point-select",
        (".",), scope=Scope.CANVAS, tip="Arrow keys move one corner of the box; after the last corner the whole box",
        when=has_selected, edits=True,
    ),
    ActionSpec(
        "lock", "Loc&k", _lock, "&Boxes", 4, "mdi6.lock-outline", ("K",), Where.CONTEXT, Scope.CANVAS,
        "Keep the selected boxes as they are: nobody moves, shapes or deletes them by accident", has_selected, True,
        checked=lambda p: commands.all_locked(p.document),
    ),
    ActionSpec(
        "snap", "S&nap to neighbours", _switch_snapping, "&Boxes", 4, "mdi6.magnet",
        tip="Edges that you place jump to the lines and sides of boxes beside them; holding Alt keeps them from it",
        checked=lambda p: p.view.snapping, looks=True,
    ),
)  # fmt: skip
