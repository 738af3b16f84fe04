"""Opens photos from a dialog, the command line, drag and drop or the clipboard."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import replace
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Final

from PySide6.QtCore import QEvent, QMimeData, QObject, Qt, Signal
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QFileDialog, QInputDialog, QLabel, QLineEdit, QMessageBox, QWidget

from ocr_studio.core import paths, resources
from ocr_studio.core.errors import StudioError
from ocr_studio.core.files.natural_order import make_natural_key
from ocr_studio.core.images import page_paths, photo_file, warping
from ocr_studio.core.images.pixel_formats import RGB
from ocr_studio.core.page import Page
from ocr_studio.core.photo_list import removed_photos
from ocr_studio.core.project.project import Project
from ocr_studio.core.project.undo_log import UndoLog
from ocr_studio.core.settings import RecentFiles, Settings
from ocr_studio.core.translation import later, tr
from ocr_studio.core.video import video_file
from ocr_studio.jobs.formats.given_labels import LabelsGiven, open_or_import
from ocr_studio.jobs.photos import open_photo
from ocr_studio.jobs.photos.open_photo import LinkFound, OpenEvent, PasswordNeeded, PhotoOpened
from ocr_studio.jobs.photos.open_several import SeveralOpened, open_several
from ocr_studio.ui.document import dropped_data
from ocr_studio.ui.document.autosave import Autosave
from ocr_studio.ui.document.document import Document
from ocr_studio.ui.document.retry_saver import RetrySaver
from ocr_studio.ui.document.undo_history import ProjectPages
from ocr_studio.ui.job_thread import Job, JobThread, Priority, Trouble
from ocr_studio.ui.widgets import file_dialogs

# Seconds that closing the window may wait for a slow disk before it reports unsaved changes.
SAVE_SECONDS: Final = 3.0


class Opening(QObject):
    """Opens photos in the document, one at a time; of several requests the last one wins.

    ``saves_state`` says whether changes are saved and photos remembered; False while a screenshot is made.
    ``retry_saver`` saves other choices of the user.

    Signals: ``started(str)`` the name of what is being opened; ``leaving()`` the open photo is about to be closed;
    ``settled()`` the last request was opened or refused; ``opened(PhotoOpened)``; ``refused(path, Trouble)`` a photo or
    folder could not be opened; ``listed(photos)`` the photos of the folder; ``failed(Trouble)`` another error;
    ``recent_changed()``; ``link_found(LinkFound)`` a photo's project is a symbolic link, see ``follow_link``;
    ``password_needed(PasswordNeeded)`` a photo's PDF is protected, see ``unlock``;
    ``several(SeveralOpened)`` what became of several files and folders, after one of them was opened;
    ``labels_given(paths)`` no photos were given, but files with labels for the photos of the open folder;
    ``videos_given(paths)`` these videos were given, whose states become photos.
    """

    started = Signal(str)
    leaving = Signal()
    settled = Signal()
    opened = Signal(object)
    refused = Signal(object, object)
    listed = Signal(object)
    failed = Signal(object)
    recent_changed = Signal()
    link_found = Signal(object)
    password_needed = Signal(object)
    several = Signal(object)
    labels_given = Signal(object)
    videos_given = Signal(object)

    def __init__(
        self,
        document: Document,
        lane: JobThread,
        autosave: Autosave,
        *,
        settings: Settings,
        recent: RecentFiles,
        saves_state: bool = True,
    ) -> None:
        super().__init__(lane)
        self._document, self._lane, self._autosave = document, lane, autosave
        self.settings = settings
        self.recent = recent
        self.saves_state = saves_state
        self.retry_saver = RetrySaver(self)
        self.path: Path | None = None
        self.project: Project | None = None
        self.photos: tuple[Path, ...] = ()
        self.listing: open_photo.FolderListed | None = None  # of the photos, once the folder was listed
        # Names of photos that were removed from the list of this folder, and the listing with them.
        self.removed: frozenset[str] = frozenset()
        self._whole: open_photo.FolderListed | None = None
        self._latest = 0
        self._going_to: Path | None = None
        self._warned = False
        self._trusted_links: frozenset[Path] = frozenset()
        # One for each folder, because two would lock each other out. A project that was left stays until it is
        # saved. Jobs add to this; items are removed only while no job runs.
        self._projects: dict[Path, Project] = {}
        self._running = 0  # jobs
        autosave.saved.connect(self._let_go)

    def open_paths(self, given: Sequence[Path]) -> None:
        """Open a photo or the first one of a folder; of several files and folders see ``open_several``."""
        if videos := [path for path in given if video_file.is_video(path) and not paths.is_folder(path)]:
            self.videos_given.emit(videos)
            given = [path for path in given if path not in videos]
        if len(given) > 1 or (given and given[0] != self._going_to):
            self._open(*given)

    def open_mime(self, data: QMimeData, *, word: str) -> bool:
        """Open what was dropped or pasted: files, folders, or images.

        Args:
            data: What was dropped or pasted.
            word: Name for the files of images, "Pasted" or "Dropped".

        Returns:
            False if there is nothing that can be opened.
        """
        if local := dropped_data.files_in(data):
            self.open_paths(local)
            return True
        if images := dropped_data.images_in(data):
            self.open_images(images, word=word)
            return True
        if data.hasUrls():
            self.failed.emit(
                Trouble(
                    tr(
                        "The other program provided only a web address, and OCR Studio doesn’t download images. Copy"
                        " and paste the image itself, or save it and open the file."
                    )
                )
            )
            return True
        return False

    @staticmethod
    def takes(data: QMimeData) -> bool:
        """Whether ``open_mime`` can open it."""
        return data.hasUrls() or data.hasImage() or dropped_data.is_page_with_images(data)

    def paste(self) -> None:
        """Open the image or the photos on the clipboard."""
        # None where nothing was ever copied.
        data = QGuiApplication.clipboard().mimeData() or QMimeData()
        if not self.open_mime(data, word="Pasted"):
            self.failed.emit(
                Trouble(tr("There is no image on the clipboard. Copy an image or a photo file, and try again."))
            )

    def open_sample(self) -> None:
        """Open a copy of the sample photo in the user's library, so that changes to it can be saved."""
        folder = self.settings.library() / "Sample"
        try:
            sample = resources.sample_photo()
        except StudioError as error:
            self.failed.emit(Trouble(str(error)))
            return
        self._keep(lambda: open_photo.keep_copy(sample, folder=folder), later("Opening the sample"))

    def open_page(self, page_id: str) -> None:
        """Open the photo of a page of this project."""
        if self.project is None:
            return
        try:
            page = self.project.load_page(page_id, aside=False)
            if page is not None:
                self._open(self.project.photo(page))
        except StudioError as error:
            self.failed.emit(Trouble(str(error)))

    def step(self, by: int) -> bool:
        """Open the photo ``by`` places after this one in the folder. Returns False at either end."""
        here, photos = self._going_to or self.path, list(self.photos)
        if here is None or (here not in photos and here != self.path):
            return False
        if here not in photos:  # its file was deleted: continue from where it was
            photos = sorted([*photos, here], key=lambda path: make_natural_key(path.name))
        place = photos.index(here) + by
        if not 0 <= place < len(photos):
            return False
        self._open(photos[place])
        return True

    def set_removed(self, names: Collection[str]) -> None:
        """Remove photos from the list, and list all others again. The files stay as they are.

        Args:
            names: The file names of all photos of this folder that are removed. If the open one is among them, it
                stays in the list until another photo is opened.
        """
        project, self.removed = self.project, frozenset(names)
        if project is not None and self.saves_state:
            self.retry_saver.save(
                ("removed photos", project.folder), partial(removed_photos.save_removed, project, self.removed)
            )
        self._show_listing()

    def look_again(self, folder: Path) -> None:
        """List a folder again after its files have changed; errors are not reported."""
        if self.path is not None and folder == self.path.parent:
            self._list(folder, quiet=True)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802  (Qt's name)
        """When the window is activated, check whether the other window that had the photo is closed."""
        if event.type() == QEvent.Type.WindowActivate:
            self._try_lock()
        return super().eventFilter(watched, event)

    def save(self) -> bool:
        """Save everything, including a text that is being typed. Returns whether everything is saved."""
        self.leaving.emit()
        return self._autosave.flush(SAVE_SECONDS)

    def close(self) -> None:
        """Unlock the projects; those that are still being saved are unlocked when that is done."""
        self.leaving.emit()
        self._autosave.set_project(None)
        self.project = None
        self._let_go()

    def follow_link(self, found: LinkFound) -> None:
        """Open the photo although its project is a link, because the user has agreed."""
        self._trusted_links |= {found.photo.parent}
        self._open(found.photo)

    def unlock(self, needed: PasswordNeeded, password: str) -> None:
        """Open the photo of a protected PDF with its password."""
        self._open(needed.photo, password=password)

    def _open(self, path: Path, *more: Path, password: str | None = None) -> None:
        self._latest += 1
        number, save_options, before = self._latest, self._save_options(), self._document.page
        known = self.project if self._document.history.pages else None
        imports = known is not None and self._document.writable
        self._going_to = path

        def open_one(path: Path) -> Iterator[OpenEvent]:
            photo = open_photo.first_photo(path) if paths.is_folder(path) else path
            for event in open_photo.open_photo(
                photo, save_options=save_options, projects=self._projects, password=password
            ):
                if isinstance(event, PhotoOpened):
                    yield open_photo.prepare_editing(event, save_options=save_options, known=known)
                else:
                    yield event
            # Here, because it waits for the disk.
            if self.saves_state:
                self.recent.add(photo)

        def make() -> Iterator[object]:
            # Of several requests in a row, only the last one is worth decoding.
            if number != self._latest:
                return
            events = open_several((path, *more), open_one) if more else open_one(path)
            yield from open_or_import((path, *more), events) if imports else events

        job = self._submit(make, tr("Opening {photo}", photo=path.name))
        job.yielded.connect(lambda event: self._on_opened(number, before, event))
        job.failed.connect(lambda trouble: self._fail(number, path, trouble))
        job.done.connect(self.recent_changed)
        if path != self.path:
            self.started.emit(path.name)

    def _on_opened(self, number: int, before: Page | None, event: OpenEvent | SeveralOpened | LabelsGiven) -> None:
        if number != self._latest:
            return
        if isinstance(event, LabelsGiven):
            self._settle()
            self.labels_given.emit(event.sources)
            return
        if isinstance(event, SeveralOpened):
            if event.opened is None:
                self._settle()
            self.several.emit(event)
            return
        self._settle()
        if isinstance(event, LinkFound):
            self.link_found.emit(event)
            return
        if isinstance(event, PasswordNeeded):
            self.password_needed.emit(event)
            return
        if self._has(event) and event.path == self.path and not (self._warned or event.warning or event.read_only):
            # It is open already: keep its history and what is being typed.
            return
        self.leaving.emit()
        self._show(self._brought_up_to_date(before, event))

    def _settle(self) -> None:
        self._going_to = None
        self.settled.emit()

    def _brought_up_to_date(self, before: Page | None, event: PhotoOpened) -> PhotoOpened:
        """Replace the loaded page by a newer one, if it was changed while it was being loaded."""
        page, history, newer = self._document.page, self._document.history, None
        if self._has(event):
            newer = None if page is before else page
        elif event.project is self.project and history.pages is not None and not (event.read_only or event.warning):
            with contextlib.suppress(StudioError):
                newer = history.page(event.page.id)
        if newer is None:
            return event
        seen = event.page
        page = replace(newer, image=seen.image)
        if page.facts.frame != seen.facts.frame:
            event = replace(event, image=warping.frame_photo(event.photo, page.facts.frame), pyramid=None)
        same = (page.words, page.order) == (seen.words, seen.order)
        return replace(event, page=page, order=event.order if same else None)

    def _has(self, event: PhotoOpened) -> bool:
        """Whether this photo's page is open already and may be changed."""
        page = self._document.page
        return (
            event.project is self.project and self._document.writable and page is not None and page.id == event.page.id
        )

    def _show(self, event: PhotoOpened) -> None:
        moved = event.path not in self.photos
        if self.path is None or self.path.parent != event.path.parent:
            moved, self.photos, self.listing = True, (event.path,), None
            self.removed, self._whole = frozenset(), None
        moved = moved or (self.path is not None and self.path.name in self.removed)
        self._follow_history(event)
        self.path, self.project, self._warned = event.path, event.project, bool(event.warning)
        self._autosave.set_project(event.project if self.saves_state and not event.read_only else None)
        self._document.open(
            event.page,
            event.image,
            photo=event.photo,
            writable=not event.read_only,
            order=event.order,
            pyramid=event.pyramid,
        )
        self.opened.emit(event)
        if moved:
            self._list(event.path.parent)

    def _follow_history(self, event: PhotoOpened) -> None:
        """Keep the history while photos of the same project are opened; load it when another project is opened."""
        history = self._document.history
        if not self.saves_state or event.read_only:
            history.begin(None)
        elif event.project is not self.project or history.pages is None:
            history.begin(
                ProjectPages(event.project, lambda: self._autosave.waiting, self._lane), event.history or UndoLog()
            )

    def _fail(self, number: int, path: Path, trouble: Trouble) -> None:
        if number == self._latest:
            self._settle()
        if self.saves_state and not page_paths.exists(path):
            self.recent.forget(path)
            self.recent_changed.emit()
        self.refused.emit(path, trouble)
        if path in self.photos:
            # It may have been deleted or renamed. Errors about its folder were already reported for the photo.
            self._list(path.parent, quiet=True)

    def _try_lock(self) -> None:
        path, project = self.path, self.project
        if path is None or project is None or self._document.writable or self._going_to or self._running:
            return
        job = self._submit(lambda: open_photo.lock_again(project), later("Checking whether the other window is closed"))
        job.yielded.connect(lambda _: self._open(path) if (path, None) == (self.path, self._going_to) else None)
        job.failed.connect(self.failed)

    def _submit(self, make: Callable[[], Iterator[object]], name: str) -> Job:
        job = self._lane.submit(make, name=name, priority=Priority.URGENT)
        self._running += 1
        job.ended.connect(self._end_job)
        return job

    def _end_job(self) -> None:
        self._running -= 1
        self._let_go()

    def _let_go(self) -> None:
        # A job may be opening a photo of any of them.
        for folder, project in () if self._running else tuple(self._projects.items()):
            if project is not self.project and not self._autosave.holds(project):
                del self._projects[folder]
                project.unlock()

    def _list(self, folder: Path, *, quiet: bool = False) -> None:
        project = self.project
        job = self._submit(lambda: open_photo.list_folder(folder, project), tr("Listing {folder}", folder=folder.name))
        job.yielded.connect(self._on_folder_listed)
        if not quiet:
            job.failed.connect(self.failed)

    def _on_folder_listed(self, event: open_photo.FolderListed) -> None:
        if self.path is not None and event.folder == self.path.parent:
            if self._whole is None:  # later, this window knows best
                self.removed = event.removed
            self._whole = event
            self._show_listing()

    def _show_listing(self) -> None:
        if self._whole is not None and self.path is not None:
            listing = self._whole.without(self.removed - {self.path.name})
            self.photos, self.listing = listing.photos, listing
            self.listed.emit(listing.photos)

    def open_images(self, images: Sequence[RGB | bytes], *, word: str) -> None:
        """Save images in the user's library, and open them. word: Begins the names of their files."""
        folder, when = self.settings.library() / word, datetime.now().astimezone()
        self._keep(
            lambda: open_photo.keep_images(images, folder=folder, when=when, word=word), later("Saving the image")
        )

    def _keep(self, make: Callable[[], Iterator[open_photo.PhotoKept]], name: str) -> None:
        """Save images as photos, and open them; those that are saved when one can't be, too."""
        kept: list[Path] = []
        job = self._submit(make, name)
        job.yielded.connect(lambda event: kept.append(event.path))
        job.failed.connect(self.failed)
        job.ended.connect(lambda: self.open_paths(kept))

    def _save_options(self) -> open_photo.SaveOptions:
        return open_photo.SaveOptions(
            library=self.settings.library(),
            prefers_library=self.settings.keep == "library",
            saves_state=self.saves_state,
            will_change=self.settings.read_when_opened,
            trusted_links=self._trusted_links,
        )


class PhotoDialogs(QObject):
    """Shows the dialogs that ask for a photo or a folder, and opens what is chosen."""

    def __init__(self, opening: Opening, window: QWidget) -> None:
        super().__init__(window)
        self._opening, self._window = opening, window
        opening.link_found.connect(self.ask_about_link)
        opening.password_needed.connect(self.ask_password)

    def ask_photo(self) -> None:
        """Ask for one or several photos or videos to open."""
        suffixes = sorted(photo_file.PHOTO_SUFFIXES | video_file.VIDEO_SUFFIXES)
        endings = " ".join(f"*{suffix}" for suffix in suffixes)
        dialog = self._dialog(tr("Open photo"), QFileDialog.FileMode.ExistingFiles)
        # Both cases of each ending, as some systems tell them apart; too many to show.
        dialog.setOption(QFileDialog.Option.HideNameFilterDetails)
        dialog.setNameFilters(
            [tr("Photos and videos ({endings})", endings=f"{endings} {endings.upper()}"), tr("All files (*)")]
        )
        dialog.open()

    def ask_folder(self) -> None:
        """Ask for a folder, to open its first photo."""
        self._dialog(tr("Open folder"), QFileDialog.FileMode.Directory).open()

    def ask_about_link(self, found: LinkFound) -> None:
        """Ask whether to open a project whose folder is a symbolic link."""
        asked = QMessageBox(self._window)
        asked.setTextFormat(Qt.TextFormat.PlainText)
        asked.setIcon(QMessageBox.Icon.Question)
        asked.setWindowTitle(tr("Open photo"))
        asked.setText(tr("The project of “{photo}” is a link to another folder. Open it?", photo=found.photo.name))
        asked.setInformativeText(
            tr(
                "Your changes will be saved in {target}. Open the project only if you created this link or trust its"
                " source.",
                target=found.target,
            )
        )
        follow = asked.addButton(tr("&Open"), QMessageBox.ButtonRole.AcceptRole)
        asked.addButton(QMessageBox.StandardButton.Cancel)
        asked.setDefaultButton(QMessageBox.StandardButton.Cancel)
        follow.clicked.connect(lambda: self._opening.follow_link(found))
        asked.finished.connect(asked.deleteLater)
        asked.open()

    def ask_password(self, needed: PasswordNeeded) -> None:
        """Ask for the password of a PDF, and open it."""
        asked = QInputDialog(self._window)
        asked.setWindowTitle(tr("Open photo"))
        name = page_paths.find_page(needed.photo).file.name
        asked.setLabelText(
            tr("The password of “{file}” is wrong. Try again:", file=name)
            if needed.is_wrong
            else tr("Enter the password of “{file}”:", file=name)
        )
        asked.setTextEchoMode(QLineEdit.EchoMode.Password)
        for each in asked.findChildren(QLabel):  # by default, Qt guesses whether a text is markup
            each.setTextFormat(Qt.TextFormat.PlainText)
        asked.setOkButtonText(tr("&Open"))
        asked.textValueSelected.connect(lambda password: self._opening.unlock(needed, password))
        asked.finished.connect(asked.deleteLater)
        asked.open()

    def _dialog(self, title: str, mode: QFileDialog.FileMode) -> QFileDialog:
        here = self._opening.path
        dialog = file_dialogs.make(self._window, title, str(here.parent if here else Path.home()))
        dialog.setFileMode(mode)
        dialog.filesSelected.connect(lambda chosen: self._opening.open_paths([Path(each) for each in chosen]))
        return dialog
