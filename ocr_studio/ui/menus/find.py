"""The find and replace actions of the Edit menu."""

from __future__ import annotations

from dataclasses import dataclass

from ocr_studio.ui.commands.spec import ActionSpec
from ocr_studio.ui.document.document import Document
from ocr_studio.ui.menus.conditions import has_photo
from ocr_studio.ui.search.find_panel import FindPanel


@dataclass(frozen=True, slots=True, kw_only=True)
class FindMenu:
    """What finding and replacing in the Edit menu works on."""

    document: Document
    find: FindPanel


def _selected(menu: FindMenu) -> str:
    """Return the text of the selected word as the initial search text; empty unless exactly one is selected."""
    words = menu.document.selected_words()
    return words[0].text if len(words) == 1 and len(words[0].text.split()) == 1 else ""


ACTIONS: tuple[ActionSpec[FindMenu], ...] = (
    ActionSpec(
        "find", "&Find on this photo", lambda p: p.find.bar.begin(_selected(p)), "&Edit", 4, "mdi6.magnify",
        ("Ctrl+F",), tip="Find words on this photo as you type; typos are tolerated", when=has_photo, looks=True,
    ),
    ActionSpec(
        "find_everywhere", "Find on all ph&otos", lambda p: p.find.begin(_selected(p), replacing=False), "&Edit", 4,
        "mdi6.image-search-outline", ("Ctrl+Shift+F",),
        tip="Find words on all photos of the project; the recognizer’s alternatives are searched, too", when=has_photo,
        looks=True,
    ),
    ActionSpec(
        "replace", "Rep&lace…", lambda p: p.find.begin(_selected(p), replacing=True), "&Edit", 4,
        "mdi6.find-replace", ("Ctrl+H",), when=has_photo,
        tip="Replace a word on this photo or on all photos; you see a preview first",
        edits=True,
    ),
)  # fmt: skip
