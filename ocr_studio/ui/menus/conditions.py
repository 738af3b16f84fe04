"""Conditions under which actions are available, and the reasons shown when they are not."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from ocr_studio.core.translation import later, tr
from ocr_studio.ui.commands.spec import ActionSpec
from ocr_studio.ui.menus.context import WindowParts


def has_photo(parts: WindowParts) -> bool:
    """Whether a photo is open."""
    return parts.document.page is not None


def has_words(parts: WindowParts) -> bool:
    """Whether the open photo has words."""
    return parts.document.page is not None and bool(parts.document.page.words)


def has_selected(parts: WindowParts) -> bool:
    """Whether any word is selected."""
    return bool(parts.document.selection)


def reason(spec: ActionSpec[WindowParts], parts: WindowParts) -> str:
    """Return why an action is not available now, as a sentence; empty if it is."""
    if spec.edits and not parts.document.writable:
        return tr("This photo is read-only: it is open in another window.")
    if spec.when(parts):
        return ""
    if parts.document.page is None and not spec.why:
        return tr("Open a photo first.")
    return tr(spec.why or _WHY.get(spec.when) or "This command is not available now.")


_WHY: Mapping[Callable[[WindowParts], bool], str] = {
    has_photo: later("Open a photo first."),
    has_words: later("This photo has no words."),
    has_selected: later("Select a word first."),
}
