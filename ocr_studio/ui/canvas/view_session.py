"""Saves the open photo, the selection and the view, and restores them at the next start."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Protocol

from PySide6.QtCore import QObject, QTimer, Signal, SignalInstance

from ocr_studio.core.images import page_paths
from ocr_studio.core.project.last_session import Draft, SessionFile, ViewState
from ocr_studio.jobs.photos.open_photo import PhotoOpened
from ocr_studio.ui.canvas.photo_view import PhotoView
from ocr_studio.ui.document.document import Document
from ocr_studio.ui.document.open_photos import Opening

# Milliseconds between two saves; this much is lost when the program is killed.
_EVERY = 1500


class DraftFields(Protocol):
    """Fields in which the text of a word is typed before it is saved."""

    @property
    def changed(self) -> SignalInstance:
        """Signal: something was typed or saved."""

    def drafts(self) -> Sequence[Draft]:
        """Return the texts that are not saved yet."""

    def restore(self, drafts: Sequence[Draft]) -> None:
        """Show the drafts of the last session that belong to these fields when their words are shown."""


class SessionKeeper(QObject):
    """Saves the open photo, the selection, the view and unsaved texts, so that a session can be resumed.

    ``offer`` is the session that can be resumed; it is withdrawn when anything is opened.

    Signals: ``changed()`` the offer was made or withdrawn; ``interrupted(ViewState)`` the last session did not end
    properly.
    """

    changed = Signal()
    interrupted = Signal(object)

    def __init__(self, document: Document, opening: Opening, view: PhotoView) -> None:
        super().__init__(view)
        self._document, self._opening, self._view = document, opening, view
        self._file = SessionFile()
        self.offer: ViewState | None = None
        self._wanted: ViewState | None = None
        self._written: ViewState | None = None
        self._fields: list[DraftFields] = []
        self._clock = QTimer(self, singleShot=True, interval=_EVERY)
        self._clock.timeout.connect(self._write)
        opening.opened.connect(self._restore_view)
        opening.started.connect(lambda _: self._withdraw())
        opening.refused.connect(lambda *_: self._forget_wanted())
        for signal in (document.selection_changed, view.zoom_changed, view.horizontalScrollBar().valueChanged,
                       view.verticalScrollBar().valueChanged):  # fmt: skip
            signal.connect(self._note)

    def keep_drafts(self, fields: DraftFields) -> None:
        """Save the texts that are being typed there, too."""
        self._fields.append(fields)
        fields.changed.connect(self._note)

    def begin(self, *, busy: bool, resumes: bool = False) -> None:
        """Resume the last session, or offer to, when the window was opened.

        A session that was closed properly is resumed if the settings say so. After one that ended otherwise it is only
        offered, because the photo may be the cause.

        Args:
            busy: Whether a photo is being opened already.
            resumes: Whether this window replaces another one; the session is always resumed then.
        """
        last = self._file.begin() if self._opening.saves_state else None
        place = last.place if last else None
        for fields in self._fields if place else ():
            fields.restore(place.drafts if place else ())
        if last is None or place is None or busy or not page_paths.exists(place.photo):
            return
        if last.closed and (resumes or self._opening.settings.go_on):
            # Before opening it: if that kills the program, the next start only offers it.
            self._file.write(place, closed=False)
            self._go_to(place)
            return
        self.offer = place
        self.changed.emit()
        if not last.closed:
            self.interrupted.emit(place)

    def resume(self) -> None:
        """Resume the offered session."""
        place = self.offer
        if place is not None:
            self._go_to(place)

    def end(self) -> None:
        """Save the session when the user closes the window."""
        self._clock.stop()
        # If nothing was opened, the offered session can still be resumed next time.
        self._file.write(self._place() or self.offer, closed=True)

    def leave(self) -> None:
        """Release the file for the next window."""
        self._clock.stop()
        self._file.end()

    def _go_to(self, place: ViewState) -> None:
        self._wanted = place
        self._opening.open_paths([place.photo])

    def _restore_view(self, event: PhotoOpened) -> None:
        self._withdraw()
        place, self._wanted = self._wanted, None
        if place is not None and event.path == place.photo:
            self._document.select(place.selection, current=next(iter(place.selection), None))
            if place.zoom is not None:
                self._view.look_at(place.middle, place.zoom)
        self._note()

    def _withdraw(self) -> None:
        if self.offer is not None:
            self.offer = None
            self.changed.emit()

    def _forget_wanted(self) -> None:
        self._wanted = None

    def _note(self) -> None:
        # The timer is not restarted by each change, so that continuous scrolling is saved, too.
        if self._opening.saves_state and not self._clock.isActive():
            self._clock.start()

    def _write(self) -> None:
        place = self._place()
        if place is not None and place != self._written:
            if self._file.write(place, closed=False):
                self._written = place
            else:
                self._clock.start()

    def _place(self) -> ViewState | None:
        path: Path | None = self._opening.path
        document, view = self._document, self._view
        if path is None or document.page is None:
            return None
        first = (document.current,) if document.current else ()
        rest = tuple(key for key in document.order() if key in document.selection and key != document.current)
        zoom = None if view.shows_whole else view.zoom
        drafts = tuple(draft for fields in self._fields for draft in fields.drafts())
        return ViewState(path, (*first, *rest), zoom, view.middle if zoom else (0.0, 0.0), drafts)
