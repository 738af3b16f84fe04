"""The one table of actions. It feeds the menus, the toolbar, the canvas' menu, the shortcuts and the tooltips."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum, Flag, auto
from functools import partial

from ocr_studio.ui import operations
from ocr_studio.ui.parts import Parts
from ocr_studio.ui.tools import Tool


class Where(Flag):
    """Where an action is offered besides its menu."""

    NOWHERE = 0
    TOOLBAR = auto()
    CONTEXT = auto()
    BOTH = TOOLBAR | CONTEXT


class Scope(Enum):
    """Where its keys work. WORDS: on the photo and in the table; CANVAS: on the photo only, so that letters and digits
    are never taken from somebody who types.
    """

    WINDOW = auto()
    WORDS = auto()
    CANVAS = auto()


@dataclass(frozen=True, slots=True)
class ActionSpec:
    """One thing a person can do.

    menu: its menu, "/" before a menu inside it; group: actions of one group stand together between two lines.
    keys: in Qt's portable notation, the first is shown; near: further ones, on the photo and the list of photos only,
    as elsewhere they mean something else. when: what must be so for it to be offered; edits: it changes
    the page, so it is not offered where nothing may be changed. tool: the tool of the canvas that it takes up.
    checked: whether it is on, for one that is switched on and off. looks: it only looks, so a word that is being
    written may stay open; everything else first keeps what has been typed.
    """

    id: str
    title: str
    do: Callable[[Parts], object]
    menu: str
    group: int = 0
    icon: str = ""
    keys: tuple[str, ...] = ()
    where: Where = Where.NOWHERE
    scope: Scope = Scope.WINDOW
    tip: str = ""
    when: Callable[[Parts], bool] = lambda _: True
    edits: bool = False
    tool: Tool | None = None
    near: tuple[str, ...] = ()
    checked: Callable[[Parts], bool] | None = None
    looks: bool = False


def _photo(parts: Parts) -> bool:
    return parts.document.page is not None


def _words(parts: Parts) -> bool:
    return parts.document.page is not None and bool(parts.document.page.words)


def _some(parts: Parts) -> bool:
    return bool(parts.document.selection)


def _several(parts: Parts) -> bool:
    return len(parts.document.selection) > 1


def _writing(parts: Parts) -> bool:
    return parts.view.editing.word_id is not None or parts.table.word_id is not None


def _checked(parts: Parts) -> bool:
    return any(word.human and word.machine for word in parts.document.selected_words())


def _alternative(index: int, parts: Parts) -> bool:
    word = parts.document.word(parts.document.current)
    return bool(word and word.machine and len(word.machine.alternatives) > index)


def _evaluate(parts: Parts) -> None:
    if parts.opening.project is not None:
        parts.evaluating.start(parts.opening.project)


def _learn(parts: Parts) -> None:
    if parts.opening.project is not None:
        parts.opening.save()  # what has just been corrected counts, too
        parts.training.look_at(parts.opening.project)
    parts.trainer.open()


def _next(parts: Parts) -> None:
    if not operations.accept_and_next(parts.document):
        parts.hint("That was the last word of this photo.")


def _next_unchecked(parts: Parts) -> None:
    if not operations.go_to_unchecked(parts.document):
        parts.hint("Every other word of this photo is checked.")


def _merge(parts: Parts) -> None:
    texts = [word for word in parts.document.selected_words() if word.text]
    operations.merge(parts.document)
    if 0 < sum(word.human is not None for word in texts) < len(texts):
        parts.hint("A part was checked already, so all of the new word counts as checked.")


_FILE = (
    ActionSpec(
        "open", "&Open photo…", lambda p: p.dialogs.open_photo(), "&File", 1, "mdi6.image-plus-outline", ("Ctrl+O",),
        Where.TOOLBAR, tip="Open a photo; the others of its folder are listed beside it",
    ),
    ActionSpec(
        "open_folder", "Open &folder…", lambda p: p.dialogs.open_folder(), "&File", 1, "mdi6.folder-open-outline",
        ("Ctrl+Shift+O",), Where.TOOLBAR, tip="Open the first photo of a folder and list the others",
    ),
    ActionSpec(
        "paste_picture", "Paste pict&ure", lambda p: p.opening.paste(), "&File", 1, "mdi6.content-paste",
        ("Ctrl+Shift+V",), tip="Open the picture or the photo files on the clipboard",
    ),
    ActionSpec(
        "sample", "Try the &sample", lambda p: p.opening.open_sample(), "&File", 1, "mdi6.draw",
        tip="Open a drawn whiteboard to try things on",
    ),
    ActionSpec(
        "previous_photo", "&Previous photo", lambda p: p.opening.step(-1), "&File", 2, "mdi6.chevron-up",
        ("Ctrl+PgUp",), near=("PgUp",), tip="Open the photo before this one in its folder", when=_photo,
    ),
    ActionSpec(
        "next_photo", "&Next photo", lambda p: p.opening.step(1), "&File", 2, "mdi6.chevron-down",
        ("Ctrl+PgDown",), near=("PgDown",), tip="Open the photo after this one in its folder", when=_photo,
    ),
    *(
        ActionSpec(
            f"save_{key}", title, partial(lambda key, p: p.exporting.ask(key), key), "&File/Save text &as", 3,
            icon, keys, tip=f"Write the text of this photo to a file: {what}", when=_photo,
        )
        for key, title, icon, keys, what in (
            ("txt", "&Text…", "mdi6.text-box-outline", ("Ctrl+S",), "plain text"),
            ("md", "&Markdown…", "mdi6.language-markdown-outline", (), "Markdown"),
            ("json", "&JSON…", "mdi6.code-json", (), "every word with its place, its confidence and its alternatives"),
            ("csv", "&CSV…", "mdi6.table", (), "a table of words for a spreadsheet"),
        )
    ),
    ActionSpec(
        "export_dataset", "Export &dataset…", lambda p: p.exporting.ask_dataset(), "&File", 3, "mdi6.export-variant",
        tip="Write pictures of all words you have checked, to learn from", when=lambda p: p.opening.project is not None,
    ),
    ActionSpec(
        "settings", "S&ettings…", lambda p: p.choosing.show_settings(), "&File", 4, "mdi6.cog-outline", ("Ctrl+,",),
        tip="Theme, how photos are read, where things are kept",
    ),
    ActionSpec(
        "quit", "&Quit", lambda p: p.dialogs.quit(), "&File", 5, "mdi6.exit-to-app", ("Ctrl+Q",),
        tip="Leave; everything is saved",
    ),
)  # fmt: skip

_EDIT = (
    ActionSpec(
        "undo", "&Undo", lambda p: p.document.undo_stack.undo(), "&Edit", 1, "mdi6.undo", ("Ctrl+Z",),
        Where.TOOLBAR, tip="Take back the last change", edits=True,
        when=lambda p: p.document.undo_stack.canUndo() or _writing(p),
    ),
    ActionSpec(
        "redo", "&Redo", lambda p: p.document.undo_stack.redo(), "&Edit", 1, "mdi6.redo", ("Ctrl+Shift+Z", "Ctrl+Y"),
        Where.TOOLBAR, tip="Do again what was taken back", edits=True,
        when=lambda p: p.document.undo_stack.canRedo(),
    ),
    ActionSpec(
        "cut", "Cu&t", lambda p: p.clipping.cut(), "&Edit", 2, "mdi6.content-cut", ("Ctrl+X",),
        Where.CONTEXT, tip="Take the selected words away and keep them on the clipboard", when=_some,
        edits=True,
    ),
    ActionSpec(
        "copy", "&Copy", lambda p: p.clipping.copy(), "&Edit", 2, "mdi6.content-copy", ("Ctrl+C",),
        Where.CONTEXT, tip="Copy the selected words: their text, and their boxes for pasting", when=_some,
    ),
    ActionSpec(
        "copy_all", "Copy &all text", lambda p: p.clipping.copy_text(), "&Edit", 2, "mdi6.text-box-multiple-outline",
        ("Ctrl+Shift+C",), Where.TOOLBAR, tip="Copy the text of the whole photo in reading order",
        when=_words,
    ),
    ActionSpec(
        "paste", "&Paste", lambda p: p.clipping.paste(), "&Edit", 2, "mdi6.content-paste", ("Ctrl+V",),
        Where.CONTEXT, tip="Paste copied words onto this photo, or open the picture on the clipboard",
    ),
    ActionSpec(
        "delete", "&Delete", lambda p: operations.delete(p.document), "&Edit", 3, "mdi6.delete-outline",
        ("Del",), Where.BOTH, Scope.WORDS, "Delete the selected words, boxes and texts", _some, True,
    ),
    ActionSpec(
        "select_all", "&Select all", lambda p: operations.select_all(p.document), "&Edit", 3, "mdi6.select-all",
        ("Ctrl+A",), tip="Select every word", when=_words,
    ),
    ActionSpec(
        "deselect", "Select &nothing", lambda p: operations.deselect(p.document), "&Edit", 3, "mdi6.select-off",
        ("Ctrl+Shift+A",), tip="Select no word", when=_some,
    ),
)  # fmt: skip

_WORDS = (
    ActionSpec(
        "edit_text", "&Edit text", lambda p: p.view.edit_current(), "&Words", 1, "mdi6.pencil-outline", ("F2",),
        Where.CONTEXT, Scope.CANVAS, "Correct the text of the current word, on the photo", _some, True,
    ),
    ActionSpec(
        "accept_next", "&Accept and go on", _next, "&Words", 1, "mdi6.check", ("Return", "Enter"),
        Where.BOTH, Scope.WORDS, "The selected words are right; go to the next one", _words, True,
    ),
    ActionSpec(
        "accept_here", "Accept as it &stands", lambda p: operations.accept_here(p.document), "&Words", 1,
        "mdi6.check-circle-outline", ("Ctrl+Return", "Ctrl+Enter"), Where.CONTEXT, Scope.WORDS,
        "The selected words are right; stay here", _some, True,
    ),
    ActionSpec(
        "accept_all", "Accept all &words of this photo", lambda p: operations.accept_all(p.document), "&Words", 1,
        "mdi6.check-all", tip="Every word of this photo is right", when=_words, edits=True,
    ),
    ActionSpec(
        "unaccept", "&Back to what was read", lambda p: operations.unaccept(p.document), "&Words", 1,
        "mdi6.backup-restore", ("Ctrl+Backspace",), Where.CONTEXT, Scope.WORDS,
        "Take back what a person wrote; the recognizer's reading counts again", _checked, True,
    ),
    ActionSpec(
        "next_word", "&Next word", lambda p: operations.go(p.document, 1), "&Words", 2, "mdi6.arrow-right", ("Tab",),
        scope=Scope.WORDS, tip="Go to the next word in reading order", when=_some,
    ),
    ActionSpec(
        "previous_word", "&Previous word", lambda p: operations.go(p.document, -1), "&Words", 2, "mdi6.arrow-left",
        ("Shift+Tab",), scope=Scope.WORDS, tip="Go to the word before in reading order", when=_some,
    ),
    ActionSpec(
        "next_unchecked", "Next &unchecked word", _next_unchecked, "&Words", 2, "mdi6.arrow-right-circle-outline",
        ("F3",), tip="Go to the next word that nobody has checked", when=_words,
    ),
)  # fmt: skip

_ALTERNATIVES = tuple(
    ActionSpec(
        f"alternative_{index + 1}", f"Alternative &{index + 1}",
        partial(lambda i, p: operations.choose(p.document, i), index),
        "&Words/A&lternatives", 3, "", (str(index + 1),), scope=Scope.CANVAS,
        tip="This reading is the right one", when=partial(_alternative, index), edits=True,
    )
    for index in range(operations.CHOICES)
)  # fmt: skip

_BOXES = (
    ActionSpec(
        "tool_select", "&Select", lambda p: p.view.set_tool(Tool.SELECT), "&Boxes", 1, "mdi6.cursor-default-outline",
        ("V",), Where.TOOLBAR, Scope.CANVAS, "Select, move and shape boxes", _photo, tool=Tool.SELECT,
    ),
    ActionSpec(
        "tool_draw", "&Draw a box", lambda p: p.view.set_tool(Tool.DRAW), "&Boxes", 1, "mdi6.vector-square-plus",
        ("D",), Where.TOOLBAR, Scope.CANVAS, "Draw a box round a word that was not found", _photo, True,
        Tool.DRAW,
    ),
    ActionSpec(
        "tool_split", "S&plit a word", lambda p: p.view.set_tool(Tool.SPLIT), "&Boxes", 1, "mdi6.content-cut",
        ("S",), Where.TOOLBAR, Scope.CANVAS, "Click where a word ends and the next begins", _photo, True,
        Tool.SPLIT,
    ),
    ActionSpec(
        "tool_pan", "M&ove the photo", lambda p: p.view.set_tool(Tool.PAN), "&Boxes", 1, "mdi6.hand-back-right-outline",
        (), Where.TOOLBAR, Scope.CANVAS, "Drag the photo about; the space bar does it for a moment",
        _photo, tool=Tool.PAN,
    ),
    ActionSpec(
        "merge", "&Merge words", _merge, "&Boxes", 2, "mdi6.set-merge", ("M",),
        Where.BOTH, Scope.CANVAS, "Make one word of the selected ones", _several, True,
    ),
    ActionSpec(
        "rotate_left", "Turn &left", lambda p: operations.rotate(p.document, -operations.TURN_DEGREES), "&Boxes", 3,
        "mdi6.rotate-left", ("[",), scope=Scope.CANVAS, tip="Turn the selected boxes against the clock",
        when=_some, edits=True,
    ),
    ActionSpec(
        "rotate_right", "Turn &right", lambda p: operations.rotate(p.document, operations.TURN_DEGREES), "&Boxes", 3,
        "mdi6.rotate-right", ("]",), scope=Scope.CANVAS, tip="Turn the selected boxes with the clock",
        when=_some, edits=True,
    ),
)  # fmt: skip

_READ = (
    ActionSpec(
        "read_page", "Read &photo", lambda p: p.reading.read_page(), "&Read", 1, "mdi6.text-recognition", ("Ctrl+R",),
        Where.TOOLBAR, tip="Find and read every word, deleted ones included; what a person wrote stays", when=_photo,
        edits=True,
    ),
    ActionSpec(
        "read_words", "Read selected words &again", lambda p: p.reading.read_words(p.document.selection), "&Read", 1,
        "mdi6.refresh", ("R",), Where.BOTH, Scope.CANVAS,
        "Read the selected boxes again; what a person wrote stays",
        _some, True,
    ),
    ActionSpec(
        "read_unreviewed", "Read &unreviewed words again…", lambda p: p.choosing.rereading.read_unreviewed(), "&Read",
        1, "mdi6.refresh-circle", tip="Read every word that nobody has checked once more; you choose what to take over",
        when=lambda p: p.choosing.rereading.possible, edits=True,
    ),
    ActionSpec(
        "stop", "&Stop reading", lambda p: p.reading.cancel(), "&Read", 1, "mdi6.stop-circle-outline", ("Ctrl+.",),
        tip="Stop; what has been read so far stays", when=lambda p: p.reading.busy,
    ),
    ActionSpec(
        "lines", "One box for each &line", lambda p: p.choosing.switch_unit(), "&Read", 2, "mdi6.format-align-left",
        tip="Photos that are read from now on get a box for each line of writing, not for each word",
        checked=lambda p: p.choosing.lines,
    ),
    ActionSpec(
        "finding", "&Finding writing…", lambda p: p.choosing.show_finding(), "&Read", 2, "mdi6.tune-variant",
        tip="Find fainter or smaller writing, or fewer smudges; shown on the open photo", looks=True,
    ),
    ActionSpec(
        "models", "&Models…", lambda p: p.choosing.modelling.show(), "&Read", 2, "mdi6.brain",
        tip="Which models can read, how well, and which one does", looks=True,
    ),
    ActionSpec(
        "evaluate", "&Evaluate", _evaluate, "&Read", 3, "mdi6.chart-box-outline", ("Ctrl+E",),
        tip="Read the photos of this folder again and compare with the words you have checked; nothing is changed",
        when=lambda p: p.opening.project is not None and not p.evaluating.busy,
    ),
    ActionSpec(
        "learn", "Lea&rn from my corrections", _learn, "&Read", 4, "mdi6.school-outline", ("Ctrl+L",), Where.TOOLBAR,
        tip="The recognizer learns to read this writing from the words you have checked; you decide whether to keep it",
        when=lambda p: p.opening.project is not None or p.training.busy,
    ),
)  # fmt: skip

_VIEW = (
    ActionSpec(
        "zoom_in", "Zoom &in", lambda p: p.view.zoom_by(1.25), "&View", 1, "mdi6.magnify-plus-outline",
        ("Ctrl++", "Ctrl+="), Where.TOOLBAR, tip="Show the photo larger", when=_photo, looks=True,
    ),
    ActionSpec(
        "zoom_out", "Zoom &out", lambda p: p.view.zoom_by(0.8), "&View", 1, "mdi6.magnify-minus-outline",
        ("Ctrl+-",), Where.TOOLBAR, tip="Show the photo smaller", when=_photo, looks=True,
    ),
    ActionSpec(
        "fit", "&Fit", lambda p: p.view.fit(), "&View", 1, "mdi6.fit-to-page-outline", ("F",),
        Where.TOOLBAR, Scope.CANVAS, "Show the whole photo", _photo, looks=True,
    ),
    ActionSpec(
        "actual_size", "&Actual size", lambda p: p.view.actual_size(), "&View", 1, "mdi6.numeric-1-box-outline",
        ("Ctrl+0",), tip="One pixel of the photo for one of the screen", when=_photo,
        looks=True,
    ),
    ActionSpec(
        "show_texts", "Show &texts", lambda p: p.view.set_texts_shown(not p.view.texts_shown), "&View", 2,
        "mdi6.format-text", ("T",), scope=Scope.CANVAS, tip="Show the text of each word above its box", when=_photo,
        checked=lambda p: p.view.texts_shown, looks=True,
    ),
)  # fmt: skip

_HELP = (
    ActionSpec(
        "about", "&About OCR Studio", lambda p: p.dialogs.about(), "&Help", 1, "mdi6.information-outline",
        tip="Version and licences", looks=True,
    ),
)  # fmt: skip

TABLE = (*_FILE, *_EDIT, *_WORDS, *_ALTERNATIVES, *_BOXES, *_READ, *_VIEW, *_HELP)
