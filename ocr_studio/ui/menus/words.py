"""The actions of the Words menu: edit, accept and mark words, and go from one to the next."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

from ocr_studio.core.page import Mark
from ocr_studio.core.translation import later, tr
from ocr_studio.ui.canvas.photo_view import PhotoView
from ocr_studio.ui.commands.spec import ActionSpec, Scope, Where
from ocr_studio.ui.document import commands
from ocr_studio.ui.document.document import Document
from ocr_studio.ui.menus.conditions import has_selected, has_words


@dataclass(frozen=True, slots=True, kw_only=True)
class WordsMenu:
    """What the Words menu works on. ``hint`` shows a message in the status bar."""

    document: Document
    view: PhotoView
    hint: Callable[[str], object]


def _said(menu: WordsMenu) -> bool:
    return any(word.mark or (word.human and word.machine) for word in menu.document.selected_words())


def _is_aside(kind: Mark, menu: WordsMenu) -> bool:
    return commands.is_aside(menu.document, kind)


def _alternative(index: int, menu: WordsMenu) -> bool:
    word = menu.document.word(menu.document.current)
    return bool(word and word.machine and len(word.machine.alternatives) > index)


def _next(menu: WordsMenu) -> None:
    if not commands.accept_and_next(menu.document):
        listed = menu.document.listed() != menu.document.order()
        menu.hint(tr("This is the last word in the list.") if listed else tr("This is the last word of this photo."))


def _next_unchecked(menu: WordsMenu) -> None:
    if not commands.go_to_unchecked(menu.document):
        menu.hint(tr("All other words of this photo are checked."))


_SAYING: tuple[ActionSpec[WordsMenu], ...] = (
    ActionSpec(
        "edit_text", "&Edit text", lambda p: p.view.edit_current(), "&Words", 1, "mdi6.pencil-outline", ("F2",),
        Where.CONTEXT, Scope.CANVAS, "Edit the text of the current word on the photo", has_selected, True,
    ),
    ActionSpec(
        "accept_next", "&Confirm and go to next", _next, "&Words", 1, "mdi6.check", ("Return", "Enter"),
        Where.BOTH, Scope.WORDS, "Mark the selected words as checked and go to the next word", has_words, True,
    ),
    ActionSpec(
        "accept_here", "Confirm and &stay", lambda p: commands.accept_here(p.document), "&Words", 1,
        "mdi6.check-circle-outline", ("Ctrl+Return", "Ctrl+Enter"), Where.CONTEXT, Scope.WORDS,
        "Mark the selected words as checked and stay on the current word", has_selected, True,
    ),
    ActionSpec(
        "accept_all", "Confirm all &words of this photo", lambda p: commands.accept_all(p.document), "&Words", 1,
        "mdi6.check-all", tip="Mark all words of this photo as checked", when=has_words, edits=True,
    ),
    ActionSpec(
        "unaccept", "Re&vert to recognized text", lambda p: commands.unaccept(p.document), "&Words", 1,
        "mdi6.backup-restore", ("Ctrl+Backspace",), Where.CONTEXT, Scope.WORDS,
        "Discard corrections and marks of the selected words and restore the recognized text", _said, True,
        why="Select a checked or marked word first.",
    ),
    ActionSpec(
        "unreadable", "Mark as un&readable", lambda p: commands.set_aside(p.document, Mark.UNREADABLE), "&Words", 2,
        "mdi6.help-rhombus-outline", ("U",), Where.CONTEXT, Scope.CANVAS,
        "Mark the selected words as unreadable: they are left out of texts and datasets", has_selected, True,
        checked=partial(_is_aside, Mark.UNREADABLE),
    ),
    ActionSpec(
        "ignore", "Mark as &ignored", lambda p: commands.set_aside(p.document, Mark.IGNORED), "&Words", 2,
        "mdi6.minus-circle-outline", ("I",), Where.CONTEXT, Scope.CANVAS,
        "Mark the selected words as ignored: they are left out of texts, datasets and evaluations", has_selected, True,
        checked=partial(_is_aside, Mark.IGNORED),
    ),
    ActionSpec(
        "next_word", "&Next word", lambda p: commands.go(p.document, 1), "&Words", 3, "mdi6.arrow-right", ("Tab",),
        scope=Scope.WORDS, tip="Go to the next word in the list of words", when=has_selected,
    ),
    ActionSpec(
        "previous_word", "&Previous word", lambda p: commands.go(p.document, -1), "&Words", 3, "mdi6.arrow-left",
        ("Shift+Tab",), scope=Scope.WORDS, tip="Go to the previous word in the list of words", when=has_selected,
    ),
    ActionSpec(
        "next_unchecked", "Next &unchecked word", _next_unchecked, "&Words", 3, "mdi6.arrow-right-circle-outline",
        ("F3",), tip="Go to the next unchecked word", when=has_words,
    ),
)  # fmt: skip

_NTH_READING = (
    later("Alternative &1"), later("Alternative &2"), later("Alternative &3"), later("Alternative &4"),
    later("Alternative &5"),
)  # fmt: skip

_ALTERNATIVES = tuple(
    ActionSpec(
        f"alternative_{index + 1}", title,
        partial(lambda i, p: commands.choose(p.document, i), index),
        "&Words/A&lternatives", 4, "", (str(index + 1),), scope=Scope.CANVAS,
        tip="Use this alternative as the text of the word", when=partial(_alternative, index), edits=True,
        why="Select a word first that has this many alternatives.",
    )
    for index, title in zip(range(commands.CHOICES), _NTH_READING, strict=True)
)  # fmt: skip

ACTIONS: tuple[ActionSpec[WordsMenu], ...] = (*_SAYING, *_ALTERNATIVES)
