"""The menu of the tools of the photo, and of the boxes themselves."""

from __future__ import annotations

from ocr_studio.ui import operations
from ocr_studio.ui.actions.spec import ActionSpec, Scope, Where, has_photo, has_selected
from ocr_studio.ui.parts import Parts
from ocr_studio.ui.tools import Tool


def _several(parts: Parts) -> bool:
    return len(parts.document.selection) > 1


def _merge(parts: Parts) -> None:
    texts = [word for word in parts.document.selected_words() if word.text]
    operations.merge(parts.document)
    if 0 < sum(word.checked for word in texts) < len(texts):
        parts.hint("A part was checked already, so all of the new word counts as checked.")


ACTIONS = (
    ActionSpec(
        "tool_select", "&Select", lambda p: p.view.set_tool(Tool.SELECT), "&Boxes", 1, "mdi6.cursor-default-outline",
        ("V",), Where.TOOLBAR, Scope.CANVAS, "Select, move and shape boxes", has_photo, tool=Tool.SELECT,
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
    ),
    ActionSpec(
        "rotate_left", "Turn &left", lambda p: operations.rotate(p.document, -operations.TURN_DEGREES), "&Boxes", 3,
        "mdi6.rotate-left", ("[",), scope=Scope.CANVAS, tip="Turn the selected boxes against the clock",
        when=has_selected, edits=True,
    ),
    ActionSpec(
        "rotate_right", "Turn &right", lambda p: operations.rotate(p.document, operations.TURN_DEGREES), "&Boxes", 3,
        "mdi6.rotate-right", ("]",), scope=Scope.CANVAS, tip="Turn the selected boxes with the clock",
        when=has_selected, edits=True,
    ),
)  # fmt: skip
