"""The dialog that imports words from files of other programs: what it would do, then the progress and a report."""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Final

from PySide6.QtCore import QTimer, Signal
from PySide6.QtWidgets import QDialogButtonBox, QWidget

from ocr_studio.core.editing.imported_words import Conflict, ImportCounts
from ocr_studio.core.translation import later, tr, tr_n
from ocr_studio.jobs.formats import import_labels
from ocr_studio.jobs.formats.export_photos import ListedPhoto
from ocr_studio.jobs.formats.import_labels import ImportProgress, LabelsFound, LabelsSkipped, PreviewEvent
from ocr_studio.ui.document.document import Document
from ocr_studio.ui.document.undo_history import ProjectPages
from ocr_studio.ui.formats.form_dialog import FormDialog
from ocr_studio.ui.formats.import_table import FoundTable
from ocr_studio.ui.formats.importing import Imported, Importing, LoadPage, explain_skipped
from ocr_studio.ui.job_thread import Job, Lanes, Priority, Trouble
from ocr_studio.ui.style import labels
from ocr_studio.ui.widgets.elided_label import StatusLabel
from ocr_studio.ui.widgets.file_dialogs import PathRow
from ocr_studio.ui.widgets.form_fields import ComboBox, Form
from ocr_studio.ui.widgets.tables import PhotoReasons

_ABOUT = later(
    "Adds words from files of other programs to the photos of this folder, which are found by their file names. Undo"
    " reverts the whole import."
)
_ENDINGS: Final = "*.xml *.json *.jsonl *.txt *.csv *.tsv *.html *.htm *.hocr"
_CONFLICTS: Final = {
    Conflict.KEEP: (later("Keep mine"), later("Words that are there stay as they are; only new words are added.")),
    Conflict.REPLACE: (later("Use the file’s"), later("The file’s words take the place of those that are there.")),
    Conflict.BOTH: (
        later("Keep both"),
        later("Your checked text stays, and the file’s text becomes the recognized text beside it."),
    ),
}
# Pixels: width of the dialog, and where the screen has room.
_WIDE, _WIDER = 620, 760
# Rows of the tables that are seen where there is room.
_PHOTOS, _NOTES = 5, 3
# Milliseconds after the last key in the field before files are looked at, and seconds between reports of the preview.
_TYPED_MS, _MOMENT = 400, 0.1


class ImportDialog(FormDialog):
    """Imports words. Closing it stops a running import; what was imported stays, and can be undone.

    Signals:
        page_added(Page): a photo that was not read yet has a page now.
        message(str): how far an import came that was stopped by closing the dialog.
    """

    page_added = Signal(object)
    message = Signal(str)

    def __init__(
        self,
        document: Document,
        pages: ProjectPages,
        photos: Sequence[ListedPhoto],
        lanes: Lanes,
        parent: QWidget | None = None,
    ) -> None:
        """Make the dialog.

        Args:
            document: The open document.
            pages: The pages of its project.
            photos: The photos that words can be imported for.
            lanes: The threads of the window.
            parent: The window.
        """
        skipped = PhotoReasons(tr("Notes"), titles=(tr("File"), tr("Note")))
        super().__init__(tr("Import labels"), skipped, parent)
        self._document, self._pages, self._photos, self._lanes = document, pages, photos, lanes
        self._preview: Job | None = None
        self._importing: Importing | None = None
        # Files with why they can't be imported, and with what is odd in them.
        self._skipped: list[tuple[Path, str]] = []
        self._notices: list[tuple[Path, str]] = []
        self._counts = ImportCounts()
        self._make_form()
        self.found = FoundTable()
        self.found.fit_rows(_PHOTOS)
        self.skipped.fit_rows(_NOTES)
        self.start = self._add_button(tr("&Import"), QDialogButtonBox.ButtonRole.AcceptRole, default=True)
        self.start.clicked.connect(self._start)
        self._typed = QTimer(self, singleShot=True, interval=_TYPED_MS)
        self._typed.timeout.connect(self._look)
        self.finished.connect(self._stop)
        self._lay_out(tr(_ABOUT), self._form, self.found, wide=_WIDE)
        self.resize(min(_WIDER, round(self.screen().availableGeometry().width() * 0.94)), self.height())
        self._offer()

    def offer(self, sources: Sequence[Path]) -> None:
        """Choose these files and folders, and look at them at once."""
        if sources and not self.busy:
            self.source.show_paths(sources)
            self._look()

    @property
    def busy(self) -> bool:
        """Whether an import is running."""
        return self._importing is not None

    @property
    def looking(self) -> bool:
        """Whether files are being looked at, or will be in a moment."""
        return self._preview is not None or self._typed.isActive()

    # ------------------------------------------------------------------------------------------------------------ form

    def _make_form(self) -> None:
        self.source = PathRow(
            tr("Files to import"),
            placeholder=tr("File, or folder with files"),
            files=tr("Files with labels ({endings})", endings=_ENDINGS),
            several=True,
            or_folder=True,
        )
        self.source.start = self._pages.project.photos
        choices = [(str(each), tr(title)) for each, (title, _) in _CONFLICTS.items()]
        self.conflict = ComboBox(choices, "", tr("If a photo has other &words").replace("&", ""))
        self.explanation = StatusLabel()
        self.explanation.setProperty("quiet", True)
        self._form = QWidget()
        form = Form(self._form)
        form.add(tr("F&rom"), self.source)
        form.add(tr("If a photo has other &words"), self.conflict)
        form.addRow("", self.explanation)
        self.source.changed.connect(self._wait)
        self.conflict.currentIndexChanged.connect(self._offer)

    def _offer(self) -> None:
        """Offer what is possible now."""
        self.conflict.setEnabled(bool(self._counts.conflicts) and not self.busy)
        self.explanation.setText(tr(_CONFLICTS[self._conflict][1]))
        self.explanation.setEnabled(self.conflict.isEnabled())
        self.source.setEnabled(not self.busy)
        self.start.setText(tr("&Stop") if self.busy else tr("&Import"))
        self.start.setEnabled(self.busy or (bool(self.found.found) and not self.looking))

    @property
    def _conflict(self) -> Conflict:
        return Conflict(self.conflict.currentData())

    @property
    def _sources(self) -> list[Path]:
        return [self._pages.project.photos / path.expanduser() for path in self.source.paths]

    # --------------------------------------------------------------------------------------------------------- preview

    def _wait(self) -> None:
        """Look at the files once the path is typed; what was found in others is out of date."""
        self._forget()
        self._typed.start()
        self._offer()

    def _forget(self) -> None:
        if self._preview is not None:
            self._preview.cancel()
        self._preview, self._counts = None, ImportCounts()
        self._skipped.clear()
        self._notices.clear()
        self.found.clear()
        self.found.hide()
        self.skipped.hide()
        self._hide_progress()
        self._say("")

    def _look(self) -> None:
        """Look at the chosen files."""
        self._typed.stop()
        self._forget()
        sources = self._sources
        if sources:
            project, photos, load = self._pages.project, self._photos, self._make_loader()
            job = self._preview = self._lanes.files.submit(
                lambda: _collect(import_labels.preview(project, photos, sources, load=load)),
                name=later("Looking at the files"),
                priority=Priority.LOW,
            )
            job.yielded.connect(self.show_events)
            job.failed.connect(self._fail)
            job.done.connect(self.summarize)
            job.ended.connect(self._end_preview)
            self._show_progress(0, 0, tr("Looking at the files"))
        self._offer()

    def _make_loader(self) -> LoadPage:
        """Make what loads a page as it is now."""
        shown, load = self._document.page, self._pages.page
        return lambda key: shown if shown and shown.id == key else load(key)

    def show_events(self, events: Sequence[PreviewEvent]) -> None:
        """Show what was found in the files."""
        found = [event for event in events if isinstance(event, LabelsFound)]
        for event in events:
            if isinstance(event, ImportProgress):
                self._follow(event)
            elif isinstance(event, LabelsSkipped):
                self._skipped.append(explain_skipped(event))
        for each in found:
            self._counts += each.counts
            self._notices += [(Path(each.file), note) for note in _list_notices(each)]
        self.found.add(found)
        self.found.setVisible(bool(self.found.found))

    def _follow(self, event: ImportProgress) -> None:
        file = labels.file_name(event.file)
        doing = tr("File {number} of {total}: {file}", number=event.done + 1, total=event.total, file=file)
        self._show_progress(event.done, event.total, doing)

    def summarize(self) -> None:
        """Say what an import would do."""
        if not self.found.found and len(self._skipped) == 1:
            self._say(self._skipped[0][1], wrong=True)
            return
        photos, counts = len({each.photo.image for each in self.found.found}), self._counts
        on = tr_n("on {count} photo", "on {count} photos", photos)
        # Translators: {on_photos} is “on {count} photos”.
        parts = [tr_n("{count} new word {on_photos}.", "{count} new words {on_photos}.", counts.new, on_photos=on)]
        if counts.equal:
            parts.append(tr_n("{count} word is there already.", "{count} words are there already.", counts.equal))
        if counts.conflicts:
            parts.append(
                tr_n(
                    "{count} word stands where the photo has another.",
                    "{count} words stand where the photos have others.",
                    counts.conflicts,
                )
            )
        if not photos:
            parts = [tr("There are no words for the photos of this folder.")]
        if photos and self._skipped:
            parts.append(
                tr_n(
                    "{count} file can’t be imported.", "{count} files or photos can’t be imported.", len(self._skipped)
                )
            )
        self._say(" ".join(parts), wrong=not photos)
        self._offer()
        self._show_notes()

    def _show_notes(self) -> None:
        notes = *self._skipped, *self._notices
        self.skipped.show_reasons(notes)
        self.skipped.setVisible(bool(notes))
        self._grow()

    def _end_preview(self) -> None:
        self._preview = None
        self._hide_progress()
        self._offer()

    def _fail(self, trouble: Trouble) -> None:
        self._say(trouble.message, wrong=True)
        self.source.line.setAccessibleDescription(trouble.message)

    # ------------------------------------------------------------------------------------------------------------- job

    def _start(self) -> None:
        if self._importing is not None:
            self._importing.cancel()
            return
        project, photos, sources, conflict = self._pages.project, self._photos, self._sources, self._conflict
        importing = self._importing = Importing(
            self._document,
            lambda load: import_labels.import_labels(project, photos, sources, conflict, load=load),
            conflict,
            # Not the dialog, which is gone while its last step may still be being made.
            self._document,
        )
        importing.progressed.connect(self._follow)
        importing.page_added.connect(self.page_added)
        importing.ended.connect(self._report)
        self._show_progress(0, 0, "")
        self._say("")
        self._offer()
        importing.start()

    def _report(self, imported: Imported) -> None:
        """Show what was imported, and what was not."""
        importing, self._importing = self._importing, None
        if importing is not None:
            importing.deleteLater()
        self._hide_progress()
        self._skipped, self._counts = list(imported.skipped), ImportCounts()
        self._say(" ".join(filter(None, (imported.trouble, imported.summary))), wrong=not imported.photos)
        self._show_notes()
        self._offer()
        # Once is enough, until other files are chosen.
        self.start.setEnabled(False)
        close = self.buttons.button(QDialogButtonBox.StandardButton.Close)
        close.setFocus()

    def _stop(self) -> None:
        """Stop what is running, because the dialog is closed."""
        self._typed.stop()
        if self._preview is not None:
            self._preview.cancel()
        if self._importing is not None:
            self._importing.cancel()
            self.message.emit(self.status.text().replace("\u200b", ""))


def _collect(events: Iterator[PreviewEvent]) -> Iterator[list[PreviewEvent]]:
    """Report events of a moment together, so that thousands of files don't keep the window busy."""
    collected: list[PreviewEvent] = []
    until = time.monotonic() + _MOMENT
    for event in events:
        collected.append(event)
        if time.monotonic() > until:
            yield collected
            collected, until = [], time.monotonic() + _MOMENT
    yield collected


def _list_notices(found: LabelsFound) -> list[str]:
    """List what is odd in a file."""
    notices = list(found.notices)
    if found.counts.outside:
        notices.append(
            tr_n(
                "{count} word is outside the photo and is left out.",
                "{count} words are outside the photo and are left out.",
                found.counts.outside,
            )
        )
    return notices
