"""The actions of the File menu: open photos, save and export texts, settings, quit."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

from ocr_studio.core.formats import CLEANED, FORMATS
from ocr_studio.core.translation import later
from ocr_studio.ui.board.save_board import BoardSaving
from ocr_studio.ui.canvas.view_session import SessionKeeper
from ocr_studio.ui.capture.screen_reading import ScreenReading
from ocr_studio.ui.commands.spec import ActionSpec, Where
from ocr_studio.ui.datasets.export import DatasetExport
from ocr_studio.ui.document.document import Document
from ocr_studio.ui.document.open_photos import Opening, PhotoDialogs
from ocr_studio.ui.formats.controller import ExportController
from ocr_studio.ui.formats.export_dialog import ExportScope
from ocr_studio.ui.formats.import_controller import ImportController
from ocr_studio.ui.formats.printing import Printing
from ocr_studio.ui.menus.conditions import has_photo, has_words
from ocr_studio.ui.settings.controller import SettingsController
from ocr_studio.ui.sharing.phone_controller import PhoneController
from ocr_studio.ui.sharing.share_controller import ShareController


@dataclass(frozen=True, slots=True, kw_only=True)
class FileMenu:
    """What the File menu works on. ``quit`` closes the window."""

    document: Document
    opening: Opening
    photo_dialogs: PhotoDialogs
    session: SessionKeeper
    exporter: ExportController
    importer: ImportController
    dataset_export: DatasetExport
    board_saving: BoardSaving
    preferences: SettingsController
    printing: Printing
    screen_reading: ScreenReading
    phone: PhoneController
    sharing: ShareController
    quit: Callable[[], object]


def _save_as(key: str, menu: FileMenu) -> None:
    menu.exporter.ask(key)


def _save_cleaned(menu: FileMenu) -> None:
    if menu.exporter.several:
        menu.exporter.ask_photos(ExportScope.CHOSEN, CLEANED)
    else:
        menu.board_saving.ask()


_SAVE_TEXT: tuple[ActionSpec[FileMenu], ...] = tuple(
    ActionSpec(
        f"save_{FORMATS[key].suffix[1:]}", title, partial(_save_as, key), "&File/Save text &as", 3,
        icon, keys, tip=tip, when=has_photo,
    )
    for key, title, icon, keys, tip in (
        (
            "text", later("Plain &text…"), "mdi6.text-box-outline", ("Ctrl+S",),
            later("Save the text of this photo, or of the photos selected in the list, as plain text"),
        ),
        (
            "md", later("&Markdown…"), "mdi6.language-markdown-outline", (),
            later("Save the text of this photo, or of the photos selected in the list, as Markdown"),
        ),
        (
            "json", later("&JSON…"), "mdi6.code-json", (),
            later("Save the words of this photo, or of the photos selected in the list, with boxes and alternatives"),
        ),
        (
            "csv", later("&CSV…"), "mdi6.table", (),
            later("Save the words of this photo, or of the photos selected in the list, for a spreadsheet"),
        ),
        (
            "pdf", later("Searchable &PDF…"), "mdi6.file-document-outline", (),
            later("Save this photo, or the photos selected in the list, as PDF with text that can be searched"),
        ),
        (
            "docx", later("&Word document…"), "mdi6.file-word-outline", (),
            later("Save the text of this photo, or of the photos selected in the list, for a word processor"),
        ),
    )
)  # fmt: skip

ACTIONS: tuple[ActionSpec[FileMenu], ...] = (
    ActionSpec(
        "open", "&Open photo…", lambda p: p.photo_dialogs.ask_photo(), "&File", 1, "mdi6.image-plus-outline",
        ("Ctrl+O",), Where.TOOLBAR, tip="Open a photo and list the other photos in its folder",
    ),
    ActionSpec(
        "open_folder", "Open &folder…", lambda p: p.photo_dialogs.ask_folder(), "&File", 1, "mdi6.folder-open-outline",
        ("Ctrl+Shift+O",), Where.TOOLBAR, tip="Open the first photo in a folder and list the other photos",
    ),
    ActionSpec(
        "paste_picture", "Paste &image", lambda p: p.opening.paste(), "&File", 1, "mdi6.content-paste",
        ("Ctrl+Shift+V",), tip="Open the image or the photo files on the clipboard",
    ),
    ActionSpec(
        "read_screen", "Read from t&he screen…", lambda p: p.screen_reading.pick(), "&File", 1,
        "mdi6.monitor-screenshot", ("Ctrl+Shift+S",),
        tip="Pick a region of the screen and read its text; OCR Studio is hidden while you pick",
    ),
    ActionSpec(
        "add_from_phone", "Add photos from phone…", lambda p: p.phone.show(), "&File", 1, "mdi6.cellphone-arrow-down",
        tip="Show a QR code with which a phone sends photos into this folder",
        when=lambda p: p.phone.available, why="This photo is read-only: it is open in another window.",
    ),
    ActionSpec(
        "sample", "Open &sample photo", lambda p: p.opening.open_sample(), "&File", 1, "mdi6.draw",
        tip="Open a sample whiteboard to try the program",
    ),
    ActionSpec(
        "go_on", "Resume &last session", lambda p: p.session.resume(), "&File", 1, "mdi6.history",
        tip="Open the photo you last worked on, with the same view and selection",
        when=lambda p: p.session.offer is not None, why="There is no session to resume.",
    ),
    ActionSpec(
        "previous_photo", "&Previous photo", lambda p: p.opening.step(-1), "&File", 2, "mdi6.chevron-up",
        ("Ctrl+PgUp",), near=("PgUp",), tip="Open the previous photo in this folder", when=has_photo,
    ),
    ActionSpec(
        "next_photo", "&Next photo", lambda p: p.opening.step(1), "&File", 2, "mdi6.chevron-down",
        ("Ctrl+PgDown",), near=("PgDown",), tip="Open the next photo in this folder", when=has_photo,
    ),
    *_SAVE_TEXT,
    ActionSpec(
        "export", "E&xport photos…", lambda p: p.exporter.ask_photos(), "&File", 3, "mdi6.folder-arrow-right-outline",
        ("Ctrl+Shift+E",),
        tip="Save the texts or the cleaned boards of all photos, or of those selected or filtered, in any format",
        when=lambda p: p.opening.project is not None, why="Open a photo first.",
    ),
    ActionSpec(
        "import_labels", "I&mport labels…", lambda p: p.importer.ask(), "&File", 3, "mdi6.import",
        tip="Add words from files of other programs, such as PAGE XML, labelme or COCO, to the photos of this folder",
        when=lambda p: p.importer.available, edits=True, why="Open a photo first.",
    ),
    ActionSpec(
        "export_dataset", "Export &dataset…", lambda p: p.dataset_export.ask(), "&File", 3, "mdi6.export-variant",
        tip="Export images of all checked words with their texts, to train models",
        when=lambda p: p.opening.project is not None,
    ),
    ActionSpec(
        "save_cleaned", "Save &cleaned image…", _save_cleaned, "&File", 3,
        "mdi6.image-check-outline",
        tip="Save the board of this photo, or of the photos selected in the list, as the board view shows it",
        when=has_photo,
    ),
    ActionSpec(
        "print", "Print &text…", lambda p: p.printing.ask(), "&File", 3, "mdi6.printer-outline", ("Ctrl+P",),
        tip="Print the text of this photo", when=has_words,
    ),
    ActionSpec(
        "share", "Share on this net&work…", lambda p: p.sharing.show(), "&File", 4, "mdi6.lan-connect",
        tip="Let other devices in this network send photos to OCR Studio, and get their text back",
    ),
    ActionSpec(
        "settings", "S&ettings…", lambda p: p.preferences.show_settings(), "&File", 4, "mdi6.cog-outline", ("Ctrl+,",),
        tip="Change the theme, how photos are read, and where data is saved",
    ),
    ActionSpec(
        "quit", "&Quit", lambda p: p.quit(), "&File", 5, "mdi6.exit-to-app", ("Ctrl+Q",),
        tip="Quit OCR Studio; everything is saved",
    ),
)  # fmt: skip
