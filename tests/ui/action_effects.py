"""What each action of the table does, as far as it can be seen: asserted by ``test_every_action``.

Whoever adds an action says here by what one sees that it was done, and in ``ARRANGE`` what must be so before.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from operator import attrgetter
from pathlib import Path
from typing import TypeAlias

from PySide6.QtGui import QGuiApplication, QImage
from PySide6.QtWidgets import QApplication, QMainWindow, QWidget

from ocr_studio.core.page import Mark, Page, Word
from ocr_studio.core.project.last_session import ViewState
from ocr_studio.core.reading_order import page_order
from ocr_studio.core.review.queue import QueueOrder
from ocr_studio.core.settings import Settings
from ocr_studio.ui.app.app import Studio
from ocr_studio.ui.commands.spec import Tool


@dataclass(frozen=True)
class Before:
    """How it was before the action."""

    page: Page
    path: Path | None
    selection: frozenset[str]
    current: str | None
    zoom: float
    snapping: bool
    settings: Settings


Effect: TypeAlias = Callable[[Studio, Before], bool]


def before(studio: Studio) -> Before:
    """How it is."""
    document, view = studio.document, studio.window.view
    assert document.page is not None
    QGuiApplication.clipboard().setText("nothing of ours")
    studio.window.status.clearMessage()
    return Before(
        document.page, studio.opening.path, document.selection, document.current, view.zoom, view.snapping,
        studio.settings,
    )  # fmt: skip


def _word(studio: Studio, word_id: str) -> Word:
    word = studio.document.word(word_id)
    assert word is not None
    return word


def _words(studio: Studio) -> Mapping[str, Word]:
    assert studio.document.page is not None
    return studio.document.page.words


def _over(*kinds: str) -> Effect:
    """A window of one of these classes is over the main one."""

    def seen(widget: QWidget) -> bool:
        names = {each.__name__ for each in type(widget).__mro__}
        return widget.isVisible() and not isinstance(widget, QMainWindow) and bool(names & set(kinds))

    return lambda studio, _: any(map(seen, QApplication.allWidgets()))


def _panel(name: str) -> Effect:
    return lambda studio, _: bool(attrgetter(name)(studio.window).isVisible())


def _tool(tool: Tool) -> Effect:
    return lambda studio, _: studio.window.view.tool is tool


def _text(word_id: str, text: str) -> Effect:
    return lambda studio, _: _word(studio, word_id).text == text


def _marked(mark: Mark) -> Effect:
    return lambda studio, _: {_word(studio, each).mark for each in ("w0", "w1")} == {mark}


def _queue(order: QueueOrder) -> Effect:
    return lambda studio, _: studio.window.review.isVisible() and (studio.window.review.reviewing.order is order)


def _other_photo(studio: Studio, was: Before) -> bool:
    return studio.opening.path != was.path


def _other_word(studio: Studio, was: Before) -> bool:
    return studio.document.current not in (None, was.current)


def _other_words(studio: Studio, was: Before) -> bool:
    return studio.document.page is not None and studio.document.page.words != was.page.words


def _more_words(studio: Studio, was: Before) -> bool:
    return len(_words(studio)) > len(was.page.words)


def _fewer_words(studio: Studio, was: Before) -> bool:
    return len(_words(studio)) < len(was.page.words)


def _turned(studio: Studio, was: Before) -> bool:
    return _word(studio, "w0").quad != was.page.words["w0"].quad


def _photo_turned(quarters: int) -> Effect:
    def turned(studio: Studio, was: Before) -> bool:
        page = studio.document.page
        assert page is not None
        assert page.facts.frame is not None
        return page.facts.frame.quarters == quarters and (page.width, page.height) == (was.page.height, was.page.width)

    return turned


def _copied(studio: Studio, _: Before) -> bool:
    text = QGuiApplication.clipboard().text()
    return "Shop" in text and "nothing" not in text


def _said(studio: Studio, _: Before) -> bool:
    return bool(studio.window.status.currentMessage())


def _either(*effects: Effect) -> Effect:
    return lambda studio, was: any(effect(studio, was) for effect in effects)


def _picture_copied(studio: Studio) -> None:
    picture = QImage(320, 200, QImage.Format.Format_RGB888)
    picture.fill(0xEEEEEE)
    QGuiApplication.clipboard().setImage(picture)


def _left_elsewhere(studio: Studio) -> None:
    assert studio.opening.path is not None
    studio.window.session.offer = ViewState(studio.opening.path.with_name("board 1.png"))
    studio.window.session.changed.emit()


# Files that the file manager was asked to show.
SHOWN: list[Path] = []


ARRANGE: Mapping[str, Callable[[Studio], object]] = {
    "actual_size": lambda s: s.window.view.zoom_by(3.0),
    "fit": lambda s: s.window.view.zoom_by(3.0),
    "go_on": _left_elsewhere,
    "open_chosen": lambda s: s.window.photos.go_to("board 1.png"),
    "list_removed": lambda s: s.opening.set_removed({"board 1.png"}),
    "paste": lambda s: s.window.action_set["copy"].trigger(),
    "paste_picture": _picture_copied,
    "previous_word": lambda s: s.document.select(["w3"]),
    "read_earlier": lambda s: s.document.select(["w3"]),
    "tool_select": lambda s: s.window.view.set_tool(Tool.PAN),
}


def _other_order(studio: Studio, was: Before) -> bool:
    page = studio.document.page
    return page is not None and page_order.order_words(page) != page_order.order_words(was.page)


EFFECTS: Mapping[str, Effect] = {
    "open": _over("QFileDialog"),
    "open_folder": _over("QFileDialog"),
    "paste_picture": _other_photo,
    "read_screen": lambda s, _: not s.window.isVisible(),
    "add_from_phone": _over("PhoneDialog"),
    "share": _over("ShareDialog"),
    "print": _over("QPrintDialog"),
    "sample": _other_photo,
    "go_on": lambda s, _: s.opening.path is not None and s.opening.path.name == "board 1.png",
    "previous_photo": _other_photo,
    "next_photo": _other_photo,
    "save_txt": _over("QFileDialog"),
    "save_md": _over("QFileDialog"),
    "save_json": _over("QFileDialog"),
    "save_csv": _over("QFileDialog"),
    "save_pdf": _over("QFileDialog"),
    "save_docx": _over("QFileDialog"),
    "export": _over("ExportDialog"),
    "export_chosen": _over("ExportDialog"),
    "import_labels": _over("ImportDialog"),
    "export_dataset": _over("DatasetDialog"),
    "settings": _over("SettingsDialog"),
    "quit": lambda s, _: not s.window.isVisible(),
    "undo": _text("w0", "Ship"),
    "redo": _text("w0", "Shap"),
    "cut": lambda s, was: _fewer_words(s, was) and _copied(s, was),
    "copy": _copied,
    "copy_all": _copied,
    "paste": _more_words,
    "delete": _fewer_words,
    "select_all": lambda s, _: len(s.document.selection) == 8,
    "deselect": lambda s, _: not s.document.selection,
    "find": lambda s, _: s.window.find_panel.bar.isVisible(),
    "find_everywhere": _panel("find_panel"),
    "replace": _panel("find_panel"),
    "edit_text": lambda s, _: s.window.view.editing.word_id == "w0",
    "accept_next": lambda s, was: _other_word(s, was) and _word(s, "w1").checked,
    "accept_here": lambda s, was: s.document.current == was.current and _word(s, "w1").checked,
    "accept_all": lambda s, _: all(word.checked for word in _words(s).values()),
    "unaccept": lambda s, _: _word(s, "w0").human is None,
    "unreadable": _marked(Mark.UNREADABLE),
    "ignore": _marked(Mark.IGNORED),
    "next_word": _other_word,
    "previous_word": _other_word,
    "next_unchecked": _other_word,
    **{f"alternative_{index}": _text("w0", text) for index, text in enumerate("abcde", 1)},
    "tool_select": _tool(Tool.SELECT),
    "tool_lasso": _tool(Tool.LASSO),
    "tool_draw": _tool(Tool.DRAW),
    "tool_split": _tool(Tool.SPLIT),
    "tool_pan": _tool(Tool.PAN),
    "tool_order": _tool(Tool.ORDER),
    "merge": _fewer_words,
    "rotate_left": _turned,
    "rotate_right": _turned,
    "turn_writing_left": _turned,
    "turn_writing_right": _turned,
    "pick_corner": lambda s, _: s.window.view.corners.picked,
    "lock": lambda s, _: _word(s, "w0").locked and _word(s, "w1").locked,
    "snap": lambda s, was: s.window.view.snapping != was.snapping == was.settings.snapping != s.settings.snapping,
    "review": _panel("review"),
    "fix_everywhere": _panel("fixes"),
    "review_least_sure": _queue(QueueOrder.LEAST_SURE),
    "review_page": _queue(QueueOrder.PAGE),
    "review_writer": _queue(QueueOrder.WRITER),
    "review_close": _queue(QueueOrder.CLOSE),
    "review_differing": _queue(QueueOrder.DIFFERING),
    "read_page": _said,
    "read_words": lambda s, _: (_word(s, "w1").machine or _word(s, "w0")).text.startswith("again"),
    "read_unreviewed": _over("QDialog", "QMessageBox"),
    "stop": lambda s, _: not s.reading.busy,
    "lines": lambda s, _: s.settings.unit == "lines",
    "finding": _over("DetectionDialog"),
    "models": _over("ModelsDialog"),
    "compare_models": _panel("comparison"),
    "take_other": _other_words,
    "next_other": _other_word,
    "evaluate": _panel("evaluation"),
    "learn": _panel("trainer"),
    "synthesize": _over("SynthDialog"),
    "text_panel": _panel("texts.panel"),
    "note": _panel("texts.panel"),
    "next_misspelt": _either(_other_word, _said),
    "spelling": _over("QMenu"),
    "characters": _over("QDialog", "QMenu", "QFrame"),
    "rules": _over("QDialog"),
    "show_order": lambda s, _: s.window.texts.order.shown,
    "read_earlier": _other_order,
    "read_later": _other_order,
    "computed_order": lambda s, _: s.document.page is not None and not s.document.page.order.lines,
    "copy_markdown": _copied,
    "copy_table": _copied,
    "copy_formatted": _copied,
    "next_unreviewed": _either(_other_photo, _said),
    "previous_unreviewed": _either(_other_photo, _said),
    "filter_photos": lambda s, _: s.window.photos_panel.isAncestorOf(QApplication.focusWidget() or s.window),
    "open_chosen": _other_photo,
    "show_in_folder": lambda s, _: [s.opening.path] == SHOWN,
    "copy_photos": lambda s, _: QGuiApplication.clipboard().text() == str(s.opening.path),
    "rename_photo": _over("RenameDialog"),
    "remove_photos": lambda s, was: s.opening.removed == {was.path.name if was.path else ""} and _other_photo(s, was),
    "list_removed": lambda s, _: not s.opening.removed and s.window.photos.shown == 3,
    "read_chosen": lambda s, _: s.window.photos_panel.batch.busy,
    "read_unread": lambda s, _: s.window.photos_panel.batch.busy,
    "photo_facts": _over("QDialog"),
    "rotate_photo_left": _photo_turned(3),
    "rotate_photo_right": _photo_turned(1),
    "crop_photo": _over("CropDialog"),
    "zoom_in": lambda s, was: s.window.view.zoom > was.zoom,
    "zoom_out": lambda s, was: s.window.view.zoom < was.zoom,
    "fit": lambda s, _: s.window.view.shows_whole,
    "actual_size": lambda s, _: abs(s.window.view.zoom * s.window.view.devicePixelRatioF() - 1) < 1e-6,
    "show_texts": lambda s, _: s.window.view.texts_shown,
    "baselines": lambda s, _: s.window.view.looks.baselines,
    "hide_boxes": lambda s, _: s.window.view.looks.hidden,
    "magnifier": lambda s, _: s.window.view.looks.lens,
    "looks": _over("LooksPopup"),
    "board_view": lambda s, _: s.window.board.looking.on,
    "full_screen": lambda s, _: s.window.isFullScreen(),
    "focus_mode": lambda s, _: s.window.layouts.focused,
    "go_to_words": lambda s, _: s.window.table.hasFocus(),
    "move_panel": lambda s, _: s.window.side.moved_out(s.window.side.pages[0]),
    "reset_layout": lambda s, _: s.window.side.front is s.window.side.pages[0] and not s.window.layouts.focused,
    "save_cleaned": _over("QFileDialog"),
    "help": lambda s, _: s.window.help.help_window is not None and s.window.help.help_window.isVisible(),
    "palette": _over("Palette"),
    "keys": _over("ShortcutList"),
    "change_keys": _over("SettingsDialog"),
    "tour": _over("TourBubble"),
    "close_hint": lambda s, _: not s.window.help.hint_shown,
    "about": _over("AboutDialog"),
}
