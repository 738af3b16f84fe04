"""The menu of what is written as a whole: its order, its spelling, its forms."""

from __future__ import annotations

from ocr_studio.core.translation import tr
from ocr_studio.ui.commands.spec import ActionSpec, Scope, Tool, Where
from ocr_studio.ui.document import commands
from ocr_studio.ui.menus.conditions import has_photo, has_selected, has_words
from ocr_studio.ui.menus.context import Parts


def _next_doubted(parts: Parts) -> None:
    if not parts.texts.spelling.go_on():
        parts.hint(tr("No word of this photo looks misspelt."))


ACTIONS: tuple[ActionSpec[Parts], ...] = (
    ActionSpec(
        "text_panel", "&Lines and blocks", lambda p: p.text.open(), "&Text", 1, "mdi6.text-long", ("Ctrl+T",),
        tip="The text of the photo, line by line; what you select there is selected on the photo", when=has_photo,
        looks=True,
    ),
    ActionSpec(
        "note", "&Note about this photo", lambda p: p.text.write_note(), "&Text", 1, "mdi6.note-edit-outline",
        ("Ctrl+Shift+N",), tip="Write down whatever you want to remember of this photo", when=has_photo,
    ),
    ActionSpec(
        "next_misspelt", "Next word in &doubt", _next_doubted, "&Text", 2, "mdi6.spellcheck", ("F7",),
        tip="Go to the next word that neither the languages nor this project know", when=has_words,
    ),
    ActionSpec(
        "spelling", "&Spelling…", lambda p: p.texts.spelling.show(), "&Text", 2, "mdi6.format-list-numbered",
        ("Shift+F7",), Where.CONTEXT, tip="Words that may be meant instead of the current one; or keep it as a word of"
        " this project", when=lambda p: p.texts.spelling.possible, edits=True, looks=True,
        why="Select a word first.",
    ),
    ActionSpec(
        "characters", "Special &character…", lambda p: p.texts.characters.show(), "&Text", 2, "mdi6.omega",
        ("Ctrl+Shift+I",), tip="Arrows, currencies, letters with marks: put one into the line you are writing",
        when=has_words, edits=True, looks=True,
    ),
    ActionSpec(
        "rules", "&Replace by rules…", lambda p: p.texts.rules.show(), "&Text", 2, "mdi6.find-replace",
        ("Ctrl+Shift+H",), tip="Replace texts or patterns on this photo or on all, after a look at what would change",
        when=has_words, edits=True,
    ),
    ActionSpec(
        "show_order", "Show reading &order", lambda p: p.texts.order.switch(), "&Text", 3,
        "mdi6.transit-connection-variant", ("Shift+W",), scope=Scope.CANVAS,
        tip="Number the words and draw the way from one to the next", when=has_photo,
        checked=lambda p: p.texts.order.shown, looks=True,
    ),
    ActionSpec(
        "tool_order", "C&hange reading order", lambda p: p.view.set_tool(Tool.ORDER), "&Text", 3, "mdi6.gesture-tap",
        ("W",), scope=Scope.CANVAS, tip="Click words in the order in which they are read, or draw a line through them",
        when=has_words, edits=True, tool=Tool.ORDER,
    ),
    ActionSpec(
        "read_earlier", "Read &earlier", lambda p: commands.shift_in_order(p.document, -1), "&Text", 3,
        "mdi6.arrow-up-thin", ("Alt+Up",), scope=Scope.WORDS,
        tip="Move the selected words past the one before them in the reading order", when=has_selected, edits=True,
    ),
    ActionSpec(
        "read_later", "Read l&ater", lambda p: commands.shift_in_order(p.document, 1), "&Text", 3,
        "mdi6.arrow-down-thin", ("Alt+Down",), scope=Scope.WORDS,
        tip="Move the selected words past the one behind them in the reading order", when=has_selected, edits=True,
    ),
    ActionSpec(
        "computed_order", "&Back to the computed order", lambda p: p.texts.order.compute(), "&Text", 3,
        "mdi6.restore", tip="Forget the order you gave; words are read as they stand",
        when=lambda p: p.texts.order.given, edits=True, why="This photo is read in the computed order.",
    ),
    ActionSpec(
        "copy_markdown", "Copy as &Markdown", lambda p: p.clipping.copy_markdown(), "&Text", 4,
        "mdi6.language-markdown-outline", ("Ctrl+Alt+M",),
        tip="Copy the text of the selected words, or of all, as Markdown", when=has_words,
    ),
    ActionSpec(
        "copy_table", "Copy as &table", lambda p: p.clipping.copy_table(), "&Text", 4, "mdi6.table",
        ("Ctrl+Shift+T",), tip="Copy the selected words, or all, as the rows and columns in which they stand;"
        " a spreadsheet pastes cells", when=has_words,
    ),
)  # fmt: skip
