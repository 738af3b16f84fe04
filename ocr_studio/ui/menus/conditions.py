"""Conditions under which actions are available, and the reasons shown when they are not."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Protocol

from ocr_studio.core.translation import later, tr
from ocr_studio.ui.commands.spec import Command
from ocr_studio.ui.document.clipboard import WordClipboard
from ocr_studio.ui.document.document import Document


class HasDocument(Protocol):
    """What the conditions look at."""

    @property
    def document(self) -> Document:
        """The open photo."""


def has_photo(menu: HasDocument) -> bool:
    """Whether a photo is open."""
    return menu.document.page is not None


class HasClipboard(Protocol):
    """What copying looks at."""

    @property
    def clipboard(self) -> WordClipboard:
        """The clipboard."""


def has_text_to_copy(menu: HasClipboard) -> bool:
    """Whether the open photo has words, or several photos are selected."""
    return menu.clipboard.has_text


def has_words(menu: HasDocument) -> bool:
    """Whether the open photo has words."""
    return menu.document.page is not None and bool(menu.document.page.words)


def has_selected(menu: HasDocument) -> bool:
    """Whether any word is selected."""
    return bool(menu.document.selection)


def reason(command: Command, document: Document) -> str:
    """Return why an action is not available now, as a sentence; empty if it is."""
    spec = command.spec
    if spec.edits and not document.writable:
        return tr("This photo is read-only: it is open in another window.")
    if command.is_available():
        return ""
    if document.page is None and not spec.why:
        return tr("Open a photo first.")
    return tr(spec.why or _WHY.get(spec.when) or "This command is not available now.")


_WHY: Mapping[Callable[[Any], bool], str] = {
    has_photo: later("Open a photo first."),
    has_text_to_copy: later("This photo has no words."),
    has_words: later("This photo has no words."),
    has_selected: later("Select a word first."),
}
