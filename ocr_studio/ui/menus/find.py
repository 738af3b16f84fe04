"""The menu of finding: on the photo, on all photos, and replacing."""

from __future__ import annotations

from ocr_studio.ui.commands.spec import ActionSpec
from ocr_studio.ui.menus.conditions import has_photo
from ocr_studio.ui.menus.context import Parts


def _selected(parts: Parts) -> str:
    """The text of the one selected word, as somebody who looks for something has often just seen one."""
    words = parts.document.selected_words()
    return words[0].text if len(words) == 1 and len(words[0].text.split()) == 1 else ""


ACTIONS: tuple[ActionSpec[Parts], ...] = (
    ActionSpec(
        "find", "&Find on this photo", lambda p: p.find.bar.begin(_selected(p)), "&Edit", 4, "mdi6.magnify",
        ("Ctrl+F",), tip="Find words on the open photo as you type, past slips", when=has_photo, looks=True,
    ),
    ActionSpec(
        "find_everywhere", "Find on all ph&otos", lambda p: p.find.begin(_selected(p), replacing=False), "&Edit", 4,
        "mdi6.image-search-outline", ("Ctrl+Shift+F",),
        tip="Find words on all photos of the project, second choices of the recognizer as well", when=has_photo,
        looks=True,
    ),
    ActionSpec(
        "replace", "Rep&lace…", lambda p: p.find.begin(_selected(p), replacing=True), "&Edit", 4,
        "mdi6.find-replace", ("Ctrl+H",), when=has_photo,
        tip="Replace a word on all photos or on this one; you see first what becomes what",
        edits=True,
    ),
)  # fmt: skip
