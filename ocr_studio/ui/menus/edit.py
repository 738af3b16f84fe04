"""The actions of the Edit menu: undo, clipboard, delete, select."""

from __future__ import annotations

from ocr_studio.ui.commands.spec import ActionSpec, Scope, Where
from ocr_studio.ui.document import commands
from ocr_studio.ui.menus.conditions import has_selected, has_words
from ocr_studio.ui.menus.context import WindowParts


def _writing(parts: WindowParts) -> bool:
    return parts.view.editing.word_id is not None or parts.table.word_id is not None


def _delete(parts: WindowParts) -> None:
    # Where all boxes are locked, the selection stays, too.
    if parts.view.may_change(parts.document.selection):
        commands.delete(parts.document)


ACTIONS: tuple[ActionSpec[WindowParts], ...] = (
    ActionSpec(
        "undo", "&Undo", lambda p: p.document.undo_stack.undo(), "&Edit", 1, "mdi6.undo", ("Ctrl+Z",),
        Where.TOOLBAR, tip="Undo the last change", edits=True,
        when=lambda p: p.document.undo_stack.canUndo() or _writing(p), why="There is nothing to undo.",
    ),
    ActionSpec(
        "redo", "&Redo", lambda p: p.document.undo_stack.redo(), "&Edit", 1, "mdi6.redo", ("Ctrl+Shift+Z", "Ctrl+Y"),
        Where.TOOLBAR, tip="Redo the last change that was undone", edits=True,
        when=lambda p: p.document.undo_stack.canRedo(), why="There is nothing to redo.",
    ),
    ActionSpec(
        "cut", "Cu&t", lambda p: p.clipping.cut(), "&Edit", 2, "mdi6.content-cut", ("Ctrl+X",),
        Where.CONTEXT, tip="Move the selected words to the clipboard", when=has_selected,
        edits=True,
    ),
    ActionSpec(
        "copy", "&Copy", lambda p: p.clipping.copy(), "&Edit", 2, "mdi6.content-copy", ("Ctrl+C",),
        Where.CONTEXT, tip="Copy the text and the boxes of the selected words", when=has_selected,
    ),
    ActionSpec(
        "copy_all", "Copy &all text", lambda p: p.clipping.copy_text(), "&Edit", 2, "mdi6.text-box-multiple-outline",
        ("Ctrl+Shift+C",), Where.TOOLBAR, tip="Copy the text of the whole photo in reading order",
        when=has_words,
    ),
    ActionSpec(
        "paste", "&Paste", lambda p: p.clipping.paste(), "&Edit", 2, "mdi6.content-paste", ("Ctrl+V",),
        Where.CONTEXT, tip="Paste copied words onto this photo, or open the image on the clipboard",
    ),
    ActionSpec(
        "delete", "&Delete", _delete, "&Edit", 3, "mdi6.delete-outline",
        ("Del",), Where.BOTH, Scope.WORDS, "Delete the selected words and their boxes", has_selected, True,
    ),
    ActionSpec(
        "select_all", "&Select all", lambda p: commands.select_all(p.document), "&Edit", 3, "mdi6.select-all",
        ("Ctrl+A",), tip="Select all words of this photo", when=has_words,
    ),
    ActionSpec(
        "deselect", "Select &none", lambda p: commands.deselect(p.document), "&Edit", 3, "mdi6.select-off",
        ("Ctrl+Shift+A",), tip="Clear the selection", when=has_selected,
    ),
)  # fmt: skip
