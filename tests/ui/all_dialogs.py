"""All dialogs of the program, opened one after the other."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from PySide6.QtWidgets import QApplication, QDialog, QFileDialog, QTabWidget

from ocr_studio.core import paths
from ocr_studio.core.editing import replace_rules
from ocr_studio.core.editing.imported_words import ImportCounts
from ocr_studio.core.editing.replace_rules import Rule
from ocr_studio.core.formats.import_format import BadLabels
from ocr_studio.core.formats.readers import READERS
from ocr_studio.core.models import downloads
from ocr_studio.jobs.formats.export_photos import ListedPhoto
from ocr_studio.jobs.formats.import_labels import LabelsFound, LabelsSkipped
from ocr_studio.jobs.photos.open_photo import LinkFound, PasswordNeeded
from ocr_studio.jobs.reading.reread_project import PageToRead
from ocr_studio.ui.app.app import Studio
from ocr_studio.ui.formats.import_dialog import ImportDialog
from ocr_studio.ui.models.download_dialog import DownloadDialog
from ocr_studio.ui.photos.batch_progress import BatchFailuresDialog
from ocr_studio.ui.photos.photo_actions import RenameDialog
from ocr_studio.ui.reading.compare_detection_dialog import FindingComparisonDialog
from ocr_studio.ui.reading.rereading_scope import RereadingScopeDialog
from ocr_studio.ui.synth import target_folder
from tests.ui.studio import OPENING, leave_dialogs


def each(studio: Studio) -> Iterator[QDialog]:
    """Each dialog in sight, on each of its tabs. A photo must be open, with a word selected."""
    for action_id in OPENING:
        studio.window.action_set[action_id].trigger()
        yield from _in_sight()
    for open_dialog in (_open_changes, _open_import):
        open_dialog(studio)
        yield from _in_sight()
    for make in (_rereading, _comparison, _download, _failures, _rename):
        dialog = make(studio)
        dialog.show()
        yield from _in_sight()
        dialog.deleteLater()
    target_folder.whether_to_throw_away(studio.window, lambda: None, begun=True)
    yield from _in_sight()
    studio.window.photo_dialogs.ask_about_link(LinkFound(Path("board.png"), Path("elsewhere")))
    yield from _in_sight()
    studio.window.photo_dialogs.ask_password(PasswordNeeded(Path("scan.pdf"), is_wrong=False))
    yield from _in_sight()


def _in_sight() -> Iterator[QDialog]:
    dialogs = [each for each in QApplication.topLevelWidgets() if isinstance(each, QDialog) and each.isVisible()]
    for dialog in dialogs:
        if not isinstance(dialog, QFileDialog):
            yield dialog
            for tabs in dialog.findChildren(QTabWidget):
                for index in range(1, tabs.count()):
                    tabs.setCurrentIndex(index)
                    yield dialog
    leave_dialogs()


def _open_import(studio: Studio) -> None:
    """Preview an import that has something of everything."""
    studio.window.importer.ask()
    dialog = next(each for each in studio.window.findChildren(ImportDialog) if each.isVisible())
    kind, photo = READERS["page"], ListedPhoto("board 1.jpg")
    dialog.show_events(
        (
            LabelsFound("labels/board 1.page.xml", kind, photo, ImportCounts(112, 23, 7, 1), ("2 lines are empty",)),
            LabelsFound("labels/board 2.page.xml", kind, ListedPhoto("board 2.jpg"), ImportCounts(54)),
            LabelsSkipped("labels/board 3.page.xml", BadLabels("no photo named board 3.jpg in this folder")),
        )
    )
    dialog.summarize()


def _open_changes(studio: Studio) -> None:
    """Preview a rule that changes every word."""
    replace_rules.save_rules(paths.config_dir(), (Rule("^", "x", pattern=True),))
    studio.window.rules.show().here.click()


def _rereading(studio: Studio) -> QDialog:
    dialog = RereadingScopeDialog(3, studio.window, writer="Anna")
    pages = (PageToRead("a", "a.png", 3, "Anna"), PageToRead("b", "b.png", 2, "Anna"), PageToRead("c", "c.png", 1))
    dialog.show_pages(pages, here="a")
    return dialog


def _comparison(studio: Studio) -> QDialog:
    image, pyramid = studio.document.image, studio.document.pyramid
    assert image is not None
    assert pyramid is not None
    return FindingComparisonDialog(image, pyramid, "one", "other", studio.window)


def _download(studio: Studio) -> QDialog:
    return DownloadDialog(downloads.USABLE, studio.window)


def _rename(studio: Studio) -> QDialog:
    dialog = RenameDialog(Path("board.png"), studio.window)
    dialog.refuse("There is already a file with this name.")
    return dialog


def _failures(studio: Studio) -> QDialog:
    return BatchFailuresDialog([(Path("board.png"), "damaged")], studio.window)
