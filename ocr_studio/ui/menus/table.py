"""The table of all actions, from one file for each menu.

It feeds the menus, the toolbar, the context menu of the photo, the shortcuts and the tooltips. The order here is the
order of the menus. Actions call the parts of the window and ``document.commands``; they make no widgets.
"""

from __future__ import annotations

from ocr_studio.ui.commands.spec import ActionSpec, Scope, Where
from ocr_studio.ui.menus.boxes import ACTIONS as _BOXES
from ocr_studio.ui.menus.context import WindowParts
from ocr_studio.ui.menus.edit import ACTIONS as _EDIT
from ocr_studio.ui.menus.file import ACTIONS as _FILE
from ocr_studio.ui.menus.find import ACTIONS as _FIND
from ocr_studio.ui.menus.help import ACTIONS as _HELP
from ocr_studio.ui.menus.photos import ACTIONS as _PHOTOS
from ocr_studio.ui.menus.read import ACTIONS as _READ
from ocr_studio.ui.menus.review import ACTIONS as _CHECK
from ocr_studio.ui.menus.text import ACTIONS as _TEXT
from ocr_studio.ui.menus.view import ACTIONS as _VIEW
from ocr_studio.ui.menus.words import ACTIONS as _WORDS

__all__ = ["TABLE", "ActionSpec", "Scope", "Where"]

TABLE: tuple[ActionSpec[WindowParts], ...] = (
    *_FILE,
    *_EDIT,
    *_FIND,
    *_WORDS,
    *_BOXES,
    *_CHECK,
    *_READ,
    *_TEXT,
    *_PHOTOS,
    *_VIEW,
    *_HELP,
)
