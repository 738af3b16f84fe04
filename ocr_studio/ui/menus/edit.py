"""The actions of the Edit menu: undo, clipboard, delete, select."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtWidgets import QApplication, QWidget

from ocr_studio.core.translation import tr
from ocr_studio.ui.canvas.photo_view import PhotoView
from ocr_studio.ui.commands.spec import ActionSpec, Scope, Where
from ocr_studio.ui.document import commands
from ocr_studio.ui.document.clipboard import WordClipboard
from ocr_studio.ui.document.document import Document
from ocr_studio.ui.menus.conditions import has_selected, has_text_to_copy, has_words
from ocr_studio.ui.photos.photos_panel import PhotosPanel
from ocr_studio.ui.words.word_table import WordTable


@dataclass(frozen=True, slots=True, kw_only=True)
class EditMenu:
    """What the Edit menu works on."""

    document: Document
    view: PhotoView
    table: WordTable
    clipboard: WordClipboard
    photos_panel: PhotosPanel


def _undo(menu: EditMenu) -> None:
    if menu.photos_panel.photo_actions.can_undo_removal:
        menu.photos_panel.photo_actions.undo_removal()
    else:
        menu.document.undo_stack.undo()


def _undo_title(menu: EditMenu) -> str:
    removal = menu.photos_panel.photo_actions.can_undo_removal
    change = tr("Remove from list") if removal else menu.document.undo_stack.undoText()
    return tr("Undo “{change}”", change=change) if change else tr("Undo")


def _redo_title(menu: EditMenu) -> str:
    change = menu.document.undo_stack.redoText()
    return tr("Redo “{change}”", change=change) if change else tr("Redo")


def _can_undo(menu: EditMenu) -> bool:
    return menu.document.undo_stack.canUndo() or menu.photos_panel.photo_actions.can_undo_removal or _writing(menu)


def _writing(menu: EditMenu) -> bool:
    return menu.view.editing.word_id is not None or menu.table.word_id is not None


def _paste(menu: EditMenu) -> None:
    # Pictures are pasted everywhere, words only where words are.
    focus = QApplication.focusWidget()
    places: tuple[QWidget, ...] = (menu.view, menu.table)
    menu.clipboard.paste(onto_photo=focus is None or any(each is focus or each.isAncestorOf(focus) for each in places))


def _delete(menu: EditMenu) -> None:
    # Where all boxes are locked, the selection stays, too.
    if menu.view.may_change(menu.document.selection):
        commands.delete(menu.document)


def _select_all(menu: EditMenu) -> None:
    commands.select_all(menu.document, listed=menu.table.hasFocus())


ACTIONS: tuple[ActionSpec[EditMenu], ...] = (
    ActionSpec(
        "undo", "&Undo", _undo, "&Edit", 1, "mdi6.undo", ("Ctrl+Z",),
        Where.TOOLBAR, tip="Undo the last change", edits=True,
        when=_can_undo, why="There is nothing to undo.", title_now=_undo_title,
    ),
    ActionSpec(
        "redo", "&Redo", lambda p: p.document.undo_stack.redo(), "&Edit", 1, "mdi6.redo", ("Ctrl+Shift+Z", "Ctrl+Y"),
        Where.TOOLBAR, tip="Redo the last change that was undone", edits=True,
        when=lambda p: p.document.undo_stack.canRedo(), why="There is nothing to redo.", title_now=_redo_title,
    ),
    ActionSpec(
        "cut", "Cu&t", lambda p: p.clipboard.cut(), "&Edit", 2, "mdi6.content-cut", ("Ctrl+X",),
        Where.CONTEXT, Scope.WORDS, "Move the selected words to the clipboard", has_selected, True,
    ),
    ActionSpec(
        "copy", "&Copy", lambda p: p.clipboard.copy(), "&Edit", 2, "mdi6.content-copy", ("Ctrl+C",),
        Where.CONTEXT, Scope.WORDS, "Copy the text and the boxes of the selected words", has_selected,
    ),
    ActionSpec(
        "copy_all", "Copy &all text", lambda p: p.clipboard.copy_text(), "&Edit", 2, "mdi6.text-box-multiple-outline",
        ("Ctrl+Shift+C",), Where.TOOLBAR,
        tip="Copy the text of this photo, or of the photos selected in the list, in reading order",
        when=has_text_to_copy,
    ),
    ActionSpec(
        "paste", "&Paste", _paste, "&Edit", 2, "mdi6.content-paste", ("Ctrl+V",),
        Where.CONTEXT, tip="Paste copied words onto this photo, or open the image on the clipboard",
    ),
    ActionSpec(
        "delete", "&Delete", _delete, "&Edit", 3, "mdi6.delete-outline",
        ("Del",), Where.BOTH, Scope.WORDS, "Delete the selected words and their boxes", has_selected, True,
    ),
    ActionSpec(
        "select_all", "&Select all", _select_all, "&Edit", 3, "mdi6.select-all",
        ("Ctrl+A",), scope=Scope.WORDS, tip="Select all words of this photo", when=has_words,
    ),
    ActionSpec(
        "deselect", "Select &none", lambda p: commands.deselect(p.document), "&Edit", 3, "mdi6.select-off",
        ("Ctrl+Shift+A",), scope=Scope.WORDS, tip="Clear the selection", when=has_selected,
    ),
)  # fmt: skip
