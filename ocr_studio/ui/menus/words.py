"""The menu of what a person says of words, and of going from one to the next."""

from __future__ import annotations

from functools import partial

from ocr_studio.core.page import Mark
from ocr_studio.core.translation import later, tr
from ocr_studio.ui.commands.spec import ActionSpec, Scope, Where
from ocr_studio.ui.document import commands
from ocr_studio.ui.menus.conditions import has_selected, has_words
from ocr_studio.ui.menus.context import Parts


def _said(parts: Parts) -> bool:
    return any(word.mark or (word.human and word.machine) for word in parts.document.selected_words())


def _is_aside(kind: Mark, parts: Parts) -> bool:
    return commands.is_aside(parts.document, kind)


def _alternative(index: int, parts: Parts) -> bool:
    word = parts.document.word(parts.document.current)
    return bool(word and word.machine and len(word.machine.alternatives) > index)


def _next(parts: Parts) -> None:
    if not commands.accept_and_next(parts.document):
        parts.hint(tr("That was the last word of this photo."))


def _next_unchecked(parts: Parts) -> None:
    if not commands.go_to_unchecked(parts.document):
        parts.hint(tr("Every other word of this photo is checked."))


_SAYING: tuple[ActionSpec[Parts], ...] = (
    ActionSpec(
        "edit_text", "&Edit text", lambda p: p.view.edit_current(), "&Words", 1, "mdi6.pencil-outline", ("F2",),
        Where.CONTEXT, Scope.CANVAS, "Correct the text of the current word, on the photo", has_selected, True,
    ),
    ActionSpec(
        "accept_next", "&Accept and go on", _next, "&Words", 1, "mdi6.check", ("Return", "Enter"),
        Where.BOTH, Scope.WORDS, "The selected words are right; go to the next one", has_words, True,
    ),
    ActionSpec(
        "accept_here", "Accept as it &stands", lambda p: commands.accept_here(p.document), "&Words", 1,
        "mdi6.check-circle-outline", ("Ctrl+Return", "Ctrl+Enter"), Where.CONTEXT, Scope.WORDS,
        "The selected words are right; stay here", has_selected, True,
    ),
    ActionSpec(
        "accept_all", "Accept all &words of this photo", lambda p: commands.accept_all(p.document), "&Words", 1,
        "mdi6.check-all", tip="Every word of this photo is right", when=has_words, edits=True,
    ),
    ActionSpec(
        "unaccept", "&Back to what was read", lambda p: commands.unaccept(p.document), "&Words", 1,
        "mdi6.backup-restore", ("Ctrl+Backspace",), Where.CONTEXT, Scope.WORDS,
        "Take back what a person wrote, or set aside; the recognizer's reading counts again", _said, True,
        why="Select a word first that a person has written or set aside.",
    ),
    ActionSpec(
        "unreadable", "Un&readable", lambda p: commands.set_aside(p.document, Mark.UNREADABLE), "&Words", 2,
        "mdi6.help-rhombus-outline", ("U",), Where.CONTEXT, Scope.CANVAS,
        "Something is written there that nobody can make out; it is left out of text and datasets", has_selected, True,
        checked=partial(_is_aside, Mark.UNREADABLE),
    ),
    ActionSpec(
        "ignore", "&Ignore", lambda p: commands.set_aside(p.document, Mark.IGNORED), "&Words", 2,
        "mdi6.minus-circle-outline", ("I",), Where.CONTEXT, Scope.CANVAS,
        "This box is not to count: it is left out of text, datasets and evaluations", has_selected, True,
        checked=partial(_is_aside, Mark.IGNORED),
    ),
    ActionSpec(
        "next_word", "&Next word", lambda p: commands.go(p.document, 1), "&Words", 3, "mdi6.arrow-right", ("Tab",),
        scope=Scope.WORDS, tip="Go to the next word in reading order", when=has_selected,
    ),
    ActionSpec(
        "previous_word", "&Previous word", lambda p: commands.go(p.document, -1), "&Words", 3, "mdi6.arrow-left",
        ("Shift+Tab",), scope=Scope.WORDS, tip="Go to the word before in reading order", when=has_selected,
    ),
    ActionSpec(
        "next_unchecked", "Next &unchecked word", _next_unchecked, "&Words", 3, "mdi6.arrow-right-circle-outline",
        ("F3",), tip="Go to the next word that nobody has checked", when=has_words,
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
        tip="This reading is the right one", when=partial(_alternative, index), edits=True,
        why="Select a word first for which the recognizer has so many readings.",
    )
    for index, title in zip(range(commands.CHOICES), _NTH_READING, strict=True)
)  # fmt: skip

ACTIONS: tuple[ActionSpec[Parts], ...] = (*_SAYING, *_ALTERNATIVES)
