"""Turns photos by quarters: the open one, or those that are selected in the list; their files stay."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Final

from PySide6.QtCore import QObject, Signal

from ocr_studio.core.editing import photo_frames
from ocr_studio.core.errors import StudioError
from ocr_studio.core.page import Page, new_id
from ocr_studio.core.project.undo_log import Step
from ocr_studio.core.translation import later, message_n, tr_n
from ocr_studio.jobs.photos import list_folder
from ocr_studio.ui.document.document import Document
from ocr_studio.ui.document.open_photos import Opening
from ocr_studio.ui.document.photo_framing import PhotoFraming
from ocr_studio.ui.document.undo_history import DocumentChange
from ocr_studio.ui.job_thread import JobThread, Trouble
from ocr_studio.ui.photos.photo_list_view import PhotoListView

# Photos of one part of a step: their pages stay in memory until they are saved.
_PART: Final = 100


class PhotoRotation(QObject):
    """Turns photos with their boxes in one undoable step, and shows their thumbnails turned.

    Signals:
        message(str): a message for the status bar.
        failed(Trouble): a page could not be loaded or changed.
    """

    message = Signal(str)
    failed = Signal(object)

    def __init__(
        self,
        photos: PhotoListView,
        opening: Opening,
        *,
        document: Document,
        framing: PhotoFraming,
        lane: JobThread,
        parent: QObject,
    ) -> None:
        super().__init__(parent)
        self._photos, self._document, self._opening, self._lane = photos, document, opening, lane
        self._framing = framing
        document.changed.connect(self._renew_pictures)

    def rotate(self, quarters: int) -> None:
        """Turn photos by so many times 90° clockwise: those selected in the list while it has the focus, else the open
        one.
        """
        names = [row.name for row in self._photos.chosen_rows()] if self._photos.hasFocus() else []
        path, page = self._opening.path, self._document.page
        if names and (path is None or names != [path.name]):
            self._rotate_all([self._photos.photos.folder / name for name in names], quarters)
        elif page is not None:
            self._framing.change(lambda page: photo_frames.turn_photo(page, quarters), join=f"turn photo {page.id}")

    def _rotate_all(self, paths: list[Path], quarters: int) -> None:
        project = self._opening.project
        if project is None:
            return
        job = self._lane.submit(lambda: list_folder.pages_of(paths, project), name=later("Rotating photos"))
        found: list[Page] = []
        troubles: list[str] = []
        job.yielded.connect(
            lambda event: found.append(event) if isinstance(event, Page) else troubles.append(str(event))
        )
        job.failed.connect(self.failed)
        job.done.connect(lambda: self._turn(found, quarters, troubles) if project is self._opening.project else None)

    def _turn(self, found: list[Page], quarters: int, troubles: list[str]) -> None:
        """Turn the photos of these pages in one undoable step, in parts if there are many."""
        name = message_n("Rotate photo", "Rotate {count} photos", len(found))
        pages = list({page.id: page for page in found}.values())
        series = new_id() if len(pages) > _PART else ""
        try:
            for start in range(0, len(pages), _PART):
                self._turn_part(pages[start : start + _PART], Step(name, {}, series), quarters)
        except StudioError as error:
            troubles.append(str(error))
        if troubles:
            self.failed.emit(Trouble(troubles[0]))
        else:
            self.message.emit(tr_n("Rotated {count} photo.", "Rotated {count} photos.", len(found)))

    def _turn_part(self, pages: Iterable[Page], step: Step, quarters: int) -> None:
        history = self._document.history
        known = {page.id: history.page(page.id) for page in pages}
        new = [page for page in pages if known[page.id] is None]
        if new:
            history.save(*new)  # so that the step finds them
        edits = {page.id: photo_frames.turn_photo(known[page.id] or page, quarters, name=step.name) for page in pages}
        history.push(Step(step.name, edits, step.series))

    def _renew_pictures(self, change: DocumentChange) -> None:
        turned = {
            key
            for key, page in change.after.items()
            if key in change.before and change.before[key].facts.frame != page.facts.frame
        }
        if turned:
            self._photos.renew_pictures(row.name for row in self._photos.photos.rows if row.page_id in turned)
