"""What can be done with the photos selected in the list: open, show in folder, copy, rename, remove from the list."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from pathlib import Path

from PySide6.QtCore import QMimeData, QObject, QUrl, Signal
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import (
    QApplication,
    QDialog,
    QDialogButtonBox,
    QFormLayout,
    QLineEdit,
    QMenuBar,
    QVBoxLayout,
    QWidget,
)

from ocr_studio.core.photo_list.rename_photo import NameRefused, check_name, rename_photo
from ocr_studio.core.translation import later, tr, tr_n
from ocr_studio.ui.document import file_browser
from ocr_studio.ui.document.open_photos import Opening
from ocr_studio.ui.document.undo_history import DocumentChange
from ocr_studio.ui.job_thread import JobThread, Priority
from ocr_studio.ui.photos.photo_list_view import PhotoListView
from ocr_studio.ui.style import labels
from ocr_studio.ui.widgets.plain_label import PlainLabel


class RenameDialog(QDialog):
    """Asks for the new name of a photo, and says in one line why a name can't be used.

    Signals:
        chosen(str): rename the photo so; the dialog stays open until ``accept`` or ``refuse``.
    """

    chosen = Signal(str)

    def __init__(self, photo: Path, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._photo = photo
        self.setWindowTitle(tr("Rename photo"))
        self.line = QLineEdit(photo.name)
        self.line.setSelection(0, len(photo.stem))
        self.why = PlainLabel()
        self.why.setWordWrap(True)
        self.why.setAccessibleName(tr("Why the name can’t be used"))
        self.buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Ok | QDialogButtonBox.StandardButton.Cancel)
        self.buttons.button(QDialogButtonBox.StandardButton.Ok).setText(tr("&Rename"))
        self.buttons.accepted.connect(self._try)
        self.buttons.rejected.connect(self.reject)
        self.line.textEdited.connect(lambda _: self.refuse(""))
        form = QFormLayout()
        form.addRow(tr("&Name"), self.line)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(20, 18, 20, 16)
        layout.setSpacing(12)
        layout.addLayout(form)
        layout.addWidget(self.why)
        layout.addWidget(self.buttons)
        self.setMinimumWidth(520)
        self.refuse("")

    def refuse(self, why: str) -> None:
        """Show why the photo could not be renamed, nothing for an empty text, and take another name."""
        self.setEnabled(True)
        self.why.setText(why)
        self.why.setVisible(bool(why))
        self.adjustSize()
        if why:
            self.line.setFocus()

    def reject(self) -> None:
        """Close the dialog, but not while the photo is being renamed."""
        if self.isEnabled():
            super().reject()

    def _try(self) -> None:
        try:
            name = check_name(self._photo, self.line.text())
        except NameRefused as error:
            self.refuse(str(error))
            return
        if name == self._photo.name:
            self.accept()
        else:
            self.setEnabled(False)
            self.chosen.emit(name)


class PhotoActions(QObject):
    """Acts on the photos selected in the list. Files are renamed only; none is ever deleted.

    Signals:
        message(str): a message for the status bar.
        changed(): other photos may be listed again by Undo, or none.
    """

    message = Signal(str)
    changed = Signal()

    def __init__(self, photos: PhotoListView, opening: Opening, lane: JobThread, parent: QWidget) -> None:
        super().__init__(parent)
        self._photos, self._opening, self._lane, self._widget = photos, opening, lane, parent
        self._removals: list[frozenset[str]] = []  # of this folder, the newest last
        self._folder = photos.photos.folder
        self._in_list = False
        application = QApplication.instance()
        if isinstance(application, QApplication):
            application.focusChanged.connect(self._follow_focus)

    def show_in_folder(self) -> None:
        """Show the first selected photo in the file manager."""
        for path in self._photos.chosen_paths()[:1]:
            file_browser.show_in_folder(path, self._widget.window())

    def copy(self) -> None:
        """Copy the files of the selected photos, to paste them into another program."""
        paths = self._photos.chosen_paths()
        if paths:
            data = QMimeData()
            data.setUrls([QUrl.fromLocalFile(str(path)) for path in paths])
            data.setText("\n".join(map(str, paths)))
            QGuiApplication.clipboard().setMimeData(data)
            self.message.emit(tr_n("Copied {count} photo", "Copied {count} photos", len(paths)))

    def rename(self) -> None:
        """Ask for a new name of the selected photo. Its words, writer and tags stay with it."""
        for path in self._photos.chosen_paths()[:1]:
            dialog = RenameDialog(path, self._widget.window())
            dialog.chosen.connect(partial(self._rename, dialog, path))
            dialog.finished.connect(dialog.deleteLater)
            dialog.open()

    def remove(self) -> None:
        """Remove the selected photos from the list. Their files and words stay."""
        gone = {path.name for path in self._photos.chosen_paths()}
        if not gone:
            return
        rows = [row.name for row in self._photos.shown_rows()]
        last = max(place for place, name in enumerate(rows) if name in gone)
        rest = [name for name in (*rows[last + 1 :], *reversed(rows[:last])) if name not in gone]
        new = gone - self._opening.removed
        self._opening.set_removed(self._opening.removed | gone)
        if new:
            self._set_removals([*self._removals, frozenset(new)])
        if rest:
            self._photos.go_to(rest[0])
            path = self._opening.path
            if path is not None and path.name in gone:
                self._opening.open_paths([path.with_name(rest[0])])
        path = self._opening.path
        if path is not None and path.name in gone and not rest:
            said = tr_n(
                "Removed {count} photo from the list; it stays listed until you open another one",
                "Removed {count} photos from the list; the open one stays listed until you open another one",
                len(gone),
            )
        else:
            said = tr_n(
                "Removed {count} photo from the list; its file and words stay",
                "Removed {count} photos from the list; their files and words stay",
                len(gone),
            )
        self.message.emit(said)

    @property
    def can_undo_removal(self) -> bool:
        """Whether the list has the focus, and photos were removed since the user's last edit in this folder."""
        return bool(self._removals) and self._in_list

    def undo_removal(self) -> None:
        """List the photos again that were removed last; next time, those that were removed before."""
        if self._removals:
            *before, gone = self._removals
            self._set_removals(before)
            self._list_again(gone)

    def follow_change(self, change: DocumentChange) -> None:
        """Forget what was removed once the user edits words: Undo is about that. What is read is no edit."""
        if change.new and not change.automatic:
            self._set_removals([])

    def follow_folder(self, folder: Path) -> None:
        """Forget what was removed if another folder is open."""
        if folder != self._folder:
            self._folder = folder
            self._set_removals([])

    def list_removed(self) -> None:
        """List all photos again that were removed. There is nothing to undo then."""
        self._set_removals([])
        self._list_again(self._opening.removed)

    def _list_again(self, names: frozenset[str]) -> None:
        self._opening.set_removed(self._opening.removed - names)
        self.message.emit(tr_n("Listed {count} photo again", "Listed {count} photos again", len(names)))

    def _set_removals(self, removals: list[frozenset[str]]) -> None:
        if removals != self._removals:
            self._removals = removals
            self.changed.emit()

    def _follow_focus(self, _left: QWidget | None, entered: QWidget | None) -> None:
        # The menu bar has the focus only for a moment, as have other windows.
        if entered is not None and not isinstance(entered, QMenuBar) and self._in_list != (entered is self._photos):
            self._in_list = not self._in_list
            self.changed.emit()

    def _rename(self, dialog: RenameDialog, photo: Path, name: str) -> None:
        def make() -> Iterator[Path]:
            yield rename_photo(photo, name)

        job = self._lane.submit(make, name=later("Renaming the photo"), priority=Priority.URGENT)
        job.failed.connect(lambda trouble: dialog.refuse(trouble.message))
        job.done.connect(lambda: self._follow_name(dialog, photo, name))

    def _follow_name(self, dialog: RenameDialog, photo: Path, name: str) -> None:
        dialog.accept()
        if self._opening.saves_state:
            self._opening.recent.forget(photo)
            self._opening.recent_changed.emit()
        self._opening.look_again(photo.parent)
        self.message.emit(tr("Renamed to {name}", name=labels.file_name(name)))
