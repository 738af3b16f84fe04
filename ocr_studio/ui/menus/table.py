"""The table of all actions, from one file for each menu.

It feeds the menus, the toolbar, the context menu of the photo, the shortcuts and the tooltips. The order here is the
order of the menus. Each menu has a dataclass with the parts of the window that its actions work on; they call those and
``document.commands``, and make no widgets.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from ocr_studio.ui.commands.spec import ActionSpec, Command, bind
from ocr_studio.ui.menus import boxes, edit, file, find, photos, read, review, text, view, words
from ocr_studio.ui.menus import help as help_menu


@dataclass(frozen=True, slots=True, kw_only=True)
class Menus:
    """What the actions of each menu work on, in the order of the menus."""

    file: file.FileMenu
    edit: edit.EditMenu
    find: find.FindMenu
    words: words.WordsMenu
    boxes: boxes.BoxesMenu
    check: review.CheckMenu
    read: read.ReadMenu
    text: text.TextMenu
    photos: photos.PhotosMenu
    view: view.ViewMenu
    help: help_menu.HelpMenu

    def commands(self) -> tuple[Command, ...]:
        """All actions."""
        return (
            *bind(file.ACTIONS, self.file),
            *bind(edit.ACTIONS, self.edit),
            *bind(find.ACTIONS, self.find),
            *bind(words.ACTIONS, self.words),
            *bind(boxes.ACTIONS, self.boxes),
            *bind(review.ACTIONS, self.check),
            *bind(read.ACTIONS, self.read),
            *bind(text.ACTIONS, self.text),
            *bind(photos.ACTIONS, self.photos),
            *bind(view.ACTIONS, self.view),
            *bind(help_menu.ACTIONS, self.help),
        )


TABLE: tuple[ActionSpec[Any], ...] = (
    *file.ACTIONS,
    *edit.ACTIONS,
    *find.ACTIONS,
    *words.ACTIONS,
    *boxes.ACTIONS,
    *review.ACTIONS,
    *read.ACTIONS,
    *text.ACTIONS,
    *photos.ACTIONS,
    *view.ACTIONS,
    *help_menu.ACTIONS,
)
