"""When actions can be done, as several menus ask it, and why not."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from ocr_studio.core.translation import later, tr
from ocr_studio.ui.commands.spec import ActionSpec
from ocr_studio.ui.menus.context import Parts


def has_photo(parts: Parts) -> bool:
    """A photo is open."""
    return parts.document.page is not None


def has_words(parts: Parts) -> bool:
    """There are words on the open photo."""
    return parts.document.page is not None and bool(parts.document.page.words)


def has_selected(parts: Parts) -> bool:
    """Some word is selected."""
    return bool(parts.document.selection)


def reason(spec: ActionSpec[Parts], parts: Parts) -> str:
    """Why an action cannot be done just now, as a sentence; nothing if it can."""
    if spec.edits and not parts.document.writable:
        return tr("This photo is only for looking: another window has it.")
    if spec.when(parts):
        return ""
    if parts.document.page is None and not spec.why:
        return tr("Open a photo first.")
    return tr(spec.why or _WHY.get(spec.when) or "Not possible just now.")


_WHY: Mapping[Callable[[Parts], bool], str] = {
    has_photo: later("Open a photo first."),
    has_words: later("There are no words on this photo."),
    has_selected: later("Select a word first."),
}
