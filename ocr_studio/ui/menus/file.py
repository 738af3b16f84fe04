"""The menu of photos that come, texts that go, and the program itself."""

from __future__ import annotations

from functools import partial

from ocr_studio.core.translation import later
from ocr_studio.ui.commands.spec import ActionSpec, Where
from ocr_studio.ui.menus.conditions import has_photo
from ocr_studio.ui.menus.context import Parts

ACTIONS: tuple[ActionSpec[Parts], ...] = (
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
        "go_on", "&Go on where I was", lambda p: p.session.go_on(), "&File", 1, "mdi6.history",
        tip="Open the photo that was open last, as it was looked at", when=lambda p: p.session.offer is not None,
        why="There is no earlier place to go back to.",
    ),
    ActionSpec(
        "previous_photo", "&Previous photo", lambda p: p.opening.step(-1), "&File", 2, "mdi6.chevron-up",
        ("Ctrl+PgUp",), near=("PgUp",), tip="Open the photo before this one in its folder", when=has_photo,
    ),
    ActionSpec(
        "next_photo", "&Next photo", lambda p: p.opening.step(1), "&File", 2, "mdi6.chevron-down",
        ("Ctrl+PgDown",), near=("PgDown",), tip="Open the photo after this one in its folder", when=has_photo,
    ),
    *(
        ActionSpec(
            f"save_{key}", title, partial(lambda key, p: p.exporting.ask(key), key), "&File/Save text &as", 3,
            icon, keys, tip=tip, when=has_photo,
        )
        for key, title, icon, keys, tip in (
            (
                "txt", later("&Text…"), "mdi6.text-box-outline", ("Ctrl+S",),
                later("Write the text of this photo to a file: plain text"),
            ),
            (
                "md", later("&Markdown…"), "mdi6.language-markdown-outline", (),
                later("Write the text of this photo to a file: Markdown"),
            ),
            (
                "json", later("&JSON…"), "mdi6.code-json", (),
                later("Write every word of this photo to a file, with its place, its confidence and its alternatives"),
            ),
            (
                "csv", later("&CSV…"), "mdi6.table", (),
                later("Write the words of this photo to a file: a table for a spreadsheet"),
            ),
        )
    ),
    ActionSpec(
        "export_dataset", "Export &dataset…", lambda p: p.exporting.ask_dataset(), "&File", 3, "mdi6.export-variant",
        tip="Write pictures of all words you have checked, to learn from", when=lambda p: p.opening.project is not None,
    ),
    ActionSpec(
        "save_cleaned", "Save &cleaned picture…", lambda p: p.board_saving.ask(), "&File", 3,
        "mdi6.image-check-outline",
        tip="Write the board as the board view shows it, as PNG or JPEG; the photo stays as it is", when=has_photo,
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
