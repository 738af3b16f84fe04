"""The actions of the Text menu: text panel, spelling, reading order, copying in other formats."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from ocr_studio.core.translation import tr
from ocr_studio.ui.canvas.photo_view import PhotoView
from ocr_studio.ui.commands.spec import ActionSpec, Scope, Tool, Where
from ocr_studio.ui.document import commands
from ocr_studio.ui.document.clipboard import WordClipboard
from ocr_studio.ui.document.document import Document
from ocr_studio.ui.menus.conditions import has_photo, has_selected, has_text_to_copy, has_words
from ocr_studio.ui.search.replace_rules import ReplacingByRules
from ocr_studio.ui.text.text_tools import TextSide


@dataclass(frozen=True, slots=True, kw_only=True)
class TextMenu:
    """What the Text menu works on. ``hint`` shows a message in the status bar."""

    document: Document
    view: PhotoView
    texts: TextSide
    rules: ReplacingByRules
    clipboard: WordClipboard
    hint: Callable[[str], object]


def _next_doubted(menu: TextMenu) -> None:
    if not menu.texts.spelling.go_on():
        menu.hint(tr("No spelling errors on this photo."))


ACTIONS: tuple[ActionSpec[TextMenu], ...] = (
    ActionSpec(
        "text_panel", "Edit text &line by line", lambda p: p.texts.panel.edit(), "&Text", 1, "mdi6.text-long",
        ("Ctrl+T",), tip="Edit the text line by line; what you select there is selected on the photo, too",
        when=has_photo, looks=True,
    ),
    ActionSpec(
        "note", "&Note about this photo", lambda p: p.texts.panel.write_note(), "&Text", 1, "mdi6.note-edit-outline",
        ("Ctrl+Shift+N",), tip="Write a note about this photo", when=has_photo,
    ),
    ActionSpec(
        "next_misspelt", "Next s&pelling error", _next_doubted, "&Text", 2, "mdi6.spellcheck", ("F7",),
        tip="Go to the next word that is in neither the dictionaries nor the project words", when=has_words,
    ),
    ActionSpec(
        "spelling", "&Spelling…", lambda p: p.texts.spelling.show(), "&Text", 2, "mdi6.format-list-numbered",
        ("Shift+F7",), Where.CONTEXT, tip="Show suggestions for the current word, or add it to the project words",
        when=lambda p: p.texts.spelling.possible, edits=True, looks=True,
        why="Select a word first.",
    ),
    ActionSpec(
        "characters", "Special &character…", lambda p: p.texts.characters.show(), "&Text", 2, "mdi6.omega",
        ("Ctrl+Shift+I",), tip="Insert an arrow, a currency symbol or an accented letter into the line you are editing",
        when=has_words, edits=True, looks=True,
    ),
    ActionSpec(
        "rules", "&Replace using rules…", lambda p: p.rules.show(), "&Text", 2, "mdi6.find-replace",
        ("Ctrl+Shift+H",), tip="Replace texts or patterns on this photo or on all photos; you see a preview first",
        when=has_words, edits=True,
    ),
    ActionSpec(
        "show_order", "Show reading &order", lambda p: p.texts.order.switch(), "&Text", 3,
        "mdi6.transit-connection-variant", ("Shift+W",), scope=Scope.CANVAS,
        tip="Number the words and connect them in reading order", when=has_photo,
        checked=lambda p: p.texts.order.shown, looks=True,
    ),
    ActionSpec(
        "tool_order", "C&hange reading order", lambda p: p.view.set_tool(Tool.ORDER), "&Text", 3, "mdi6.gesture-tap",
        ("W",), scope=Scope.CANVAS, tip="Click words in reading order, or draw a line through them",
        when=has_words, edits=True, tool=Tool.ORDER,
    ),
    ActionSpec(
        "read_earlier", "Move &earlier in reading order", lambda p: commands.shift_in_order(p.document, -1), "&Text", 3,
        "mdi6.arrow-up-thin", ("Alt+Up",), scope=Scope.WORDS,
        tip="Move the selected words one place earlier in the reading order", when=has_selected, edits=True,
    ),
    ActionSpec(
        "read_later", "Move l&ater in reading order", lambda p: commands.shift_in_order(p.document, 1), "&Text", 3,
        "mdi6.arrow-down-thin", ("Alt+Down",), scope=Scope.WORDS,
        tip="Move the selected words one place later in the reading order", when=has_selected, edits=True,
    ),
    ActionSpec(
        "computed_order", "Reset readin&g order", lambda p: p.texts.order.compute(), "&Text", 3,
        "mdi6.restore", tip="Discard your changes and use the automatic reading order",
        when=lambda p: p.texts.order.is_kept, edits=True, why="This photo already uses the automatic reading order.",
    ),
    ActionSpec(
        "copy_markdown", "Copy as &Markdown", lambda p: p.clipboard.copy_markdown(), "&Text", 4,
        "mdi6.language-markdown-outline", ("Ctrl+Alt+M",),
        tip="Copy the selected words, or all words of this photo or of the photos selected in the list, as Markdown",
        when=has_text_to_copy,
    ),
    ActionSpec(
        "copy_formatted", "Copy as &formatted text", lambda p: p.clipboard.copy_formatted(), "&Text", 4,
        "mdi6.format-text", tip="Copy the text of the selected words, or of all words, for word processors and mail",
        when=has_text_to_copy,
    ),
    ActionSpec(
        "copy_table", "Copy as &table", lambda p: p.clipboard.copy_table(), "&Text", 4, "mdi6.table",
        ("Ctrl+Shift+T",),
        tip="Copy the selected words, or all words of this photo or of the photos selected in the list, as a table",
        when=has_text_to_copy,
    ),
)  # fmt: skip
