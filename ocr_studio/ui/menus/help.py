"""The menu of finding one's way, and of what the program is."""

from __future__ import annotations

from ocr_studio.ui.commands.spec import ActionSpec
from ocr_studio.ui.menus.context import Parts

ACTIONS: tuple[ActionSpec[Parts], ...] = (
    ActionSpec(
        "palette", "&Find a command…", lambda p: p.guide.show_palette(), "&Help", 1, "mdi6.console-line", ("Ctrl+K",),
        tip="Do anything by typing a few letters of its name; opens recent photos as well", looks=True,
    ),
    ActionSpec(
        "keys", "All &keys", lambda p: p.guide.show_keys(), "&Help", 1, "mdi6.keyboard-outline", ("F1",),
        tip="Every key and what the mouse does, with a field to find one", looks=True,
    ),
    ActionSpec(
        "change_keys", "&Change keys…", lambda p: p.choosing.show_settings("keys"), "&Help", 1,
        "mdi6.keyboard-settings-outline", tip="Give actions other keys", looks=True,
    ),
    ActionSpec(
        "close_hint", "Close the &hint", lambda p: p.guide.close_hint(), "&Help", 1, "mdi6.lightbulb-off-outline",
        ("Shift+Esc",), tip="Take the hint over the photo away; it does not come back",
        when=lambda p: p.guide.hint_shown, why="There is no hint.", looks=True,
    ),
    ActionSpec(
        "about", "&About OCR Studio", lambda p: p.dialogs.about(), "&Help", 2, "mdi6.information-outline",
        tip="Version and licences", looks=True,
    ),
)  # fmt: skip
