"""Lets a phone send photos into the open folder, while its dialog is open.

If no photo is open, they go into a folder of the library, and the first one is opened.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QObject, Qt, QTimer, Signal
from PySide6.QtWidgets import QWidget

from ocr_studio.core.errors import StudioError, write_failed
from ocr_studio.core.page import Page
from ocr_studio.core.reading_order import page_order
from ocr_studio.core.translation import tr
from ocr_studio.ui.document.document import Document
from ocr_studio.ui.document.open_photos import Opening
from ocr_studio.ui.job_thread import Trouble
from ocr_studio.ui.sharing import addresses, missing_extra
from ocr_studio.ui.sharing.phone_dialog import PhoneDialog

if TYPE_CHECKING:  # they need the extra “server”
    from ocr_studio.server.phone.session import PhoneSession
    from ocr_studio.server.server_thread import ServerThread

# The folder in the library for photos that come while no photo is open.
_FOLDER: Final = "Phone"


class PhoneController(QObject):
    """Shows the dialog, listens in the local network meanwhile, and has the photos read that arrive.

    Signals: ``changed()``: it has begun or stopped to listen.
    """

    changed = Signal()
    _happened = Signal(object)

    def __init__(
        self, document: Document, opening: Opening, read: Callable[[Sequence[Path]], bool], window: QWidget
    ) -> None:
        """Create the controller.

        Args:
            document: The open photo.
            opening: What knows the open folder.
            read: Has photos of the open folder read in the background; returns False if that isn't possible.
            window: The window over which the dialog is shown.
        """
        super().__init__(window)
        self._document, self._opening, self._read, self._window = document, opening, read, window
        self.dialog: PhoneDialog | None = None
        self.session: PhoneSession | None = None
        self._server: ServerThread | None = None
        self._address = ""
        self._being_read: set[Path] = set()  # of those that the dialog shows
        self._arrived: list[Path] = []  # not being read yet
        self._clock = QTimer(self, interval=500)
        self._clock.timeout.connect(self._show_time)
        # Events come in the threads of the server.
        self._happened.connect(self._on_event, Qt.ConnectionType.QueuedConnection)
        document.opened.connect(self._stop_if_elsewhere)
        opening.refused.connect(self._open_next)

    @property
    def available(self) -> bool:
        """Whether photos can be added: not to a folder that is open in another window."""
        return self._opening.project is None or self._document.writable

    def show(self) -> None:
        """Show the dialog with a new code."""
        if self.dialog is not None:
            self.dialog.raise_()
            self.dialog.activateWindow()
            return
        title = tr("Add photos from phone")
        if not missing_extra.is_ready("server", title=title, window=self._window):
            return
        found = addresses.list_addresses()
        self._address = found[0].address if found else ""
        dialog = self.dialog = PhoneDialog(self._folder(), found, self._window)
        dialog.new_code_wanted.connect(self._begin)
        dialog.more_time_wanted.connect(self._extend)
        dialog.address_chosen.connect(self._use_address)
        dialog.finished.connect(self._close)
        self._begin()
        dialog.show()

    def stop(self, why: str = "") -> None:
        """Stop listening. why: shown in the dialog."""
        self._clock.stop()
        server, self._server = self._server, None
        if self.session is not None:
            self.session.close()
        if server is not None:
            server.stop()
            self.changed.emit()
        if self.dialog is not None and why:
            self.dialog.show_over(why)

    def note_read(self, path: Path, page: Page) -> None:
        """Tell the phone what was read on a photo; one from elsewhere is ignored."""
        if path in self._being_read and self.session is not None:
            text = page_order.compose_text(page)
            self._being_read.discard(path)
            self.session.set_read(path, text)
            self._show_photo(path, "read", text)

    def note_failed(self, path: Path, why: str) -> None:
        """Tell the phone that a photo could not be read; one from elsewhere is ignored."""
        if path in self._being_read and self.session is not None:
            self._being_read.discard(path)
            # Where folders are on the computer is no business of the phone.
            why = why.replace(str(path), path.name)
            self.session.set_failed(path, why)
            self._show_photo(path, "failed", why)

    def note_reading_ended(self) -> None:
        """Tell the phone of the photos that are not read, because reading was stopped."""
        for path in tuple(self._being_read):
            self.note_failed(path, tr("Reading was stopped on the computer."))

    # ----------------------------------------------------------------------------------------------------------------

    def _begin(self) -> None:
        """Listen with a new code."""
        from ocr_studio.server.phone.app import create_phone_app  # noqa: PLC0415
        from ocr_studio.server.phone.page import load_page  # noqa: PLC0415
        from ocr_studio.server.phone.session import PhoneSession  # noqa: PLC0415
        from ocr_studio.server.server_thread import ServerThread  # noqa: PLC0415

        dialog = self.dialog
        self.stop()
        if dialog is None:
            return
        if not self._address:
            why = tr(
                "This computer isn’t connected to a network. Connect it to the same network as the phone, then"
                " try again."
            )
            dialog.show_over(why, wrong=True)
            return
        folder = self._folder()
        session = self.session = PhoneSession(folder)
        try:
            _make_folder(folder)
            page = load_page()
            server = ServerThread(
                lambda authority: create_phone_app(session, page, self._happened.emit, authority=authority),
                host=self._address,
            )
            server.start()
        except StudioError as error:
            dialog.show_over(str(error), wrong=True)
            return
        self._server = server
        # The token is in the fragment, which browsers send to nobody.
        dialog.show_code(f"http://{server.authority}/#{session.token}")
        self._clock.start()
        self._show_time()
        self.changed.emit()

    def _folder(self) -> Path:
        """Return the folder that photos go to."""
        project = self._opening.project
        return project.photos if project else self._opening.settings.library() / _FOLDER

    def _extend(self) -> None:
        if self.session is not None:
            self.session.extend()
            self._show_time()

    def _use_address(self, address: str) -> None:
        self._address = address
        self._begin()

    def _close(self) -> None:
        dialog, self.dialog = self.dialog, None
        self._being_read.clear()
        self.stop()
        if dialog is not None:
            dialog.deleteLater()

    def _show_time(self) -> None:
        if self.session is None or self.dialog is None:
            return
        left = self.session.seconds_left
        if left:
            self.dialog.show_time(left)
        else:
            self.stop(tr("Time is up. Show a new code to send more photos."))

    def _stop_if_elsewhere(self) -> None:
        if self._server is not None and self.session is not None and self._folder() != self.session.folder:
            self.stop(tr("Stopped because you opened a photo in another folder."))
        self._read_arrived()

    def _on_event(self, event: object) -> None:
        from ocr_studio.server.phone.app import PhonePaired, PhotoReceived, PhotoRefused  # noqa: PLC0415

        if isinstance(event, PhonePaired) and self.dialog is not None:
            self.dialog.show_used()
            self._show_time()
        elif isinstance(event, PhotoReceived):
            self._on_received(event.photo.path)
        elif isinstance(event, PhotoRefused) and self.dialog is not None:
            self.dialog.show_refused(event.why)

    def _on_received(self, path: Path) -> None:
        self._show_photo(path, "waiting")
        if self.dialog is not None:
            self._being_read.add(path)
        self._arrived.append(path)
        if self._opening.project is None:
            self._opening.open_paths(self._arrived[:1])  # does nothing while it is being opened
        else:
            self._opening.look_again(path.parent)
            self._read_arrived()

    def _open_next(self, path: Path, trouble: Trouble) -> None:
        """Open the next photo that has arrived, because the first one could not be opened."""
        if self._opening.project is None and path in self._arrived:
            self._arrived.remove(path)
            self.note_failed(path, trouble.message)
            if self._arrived:
                self._opening.open_paths(self._arrived[:1])

    def _read_arrived(self) -> None:
        """Have the photos read that have arrived, once their folder is open."""
        if self._opening.project is None or not self._arrived:
            return
        arrived = tuple(self._arrived)
        self._arrived.clear()
        here = [path for path in arrived if path.parent == self._folder()]
        if not here or not self._read(here):
            for path in arrived:
                self.note_failed(path, tr("It is read when its folder is open."))

    def _show_photo(self, path: Path, state: str, detail: str = "") -> None:
        if self.dialog is not None:
            self.dialog.show_photo(path, state, detail)


def _make_folder(folder: Path) -> None:
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise write_failed(folder, error) from error
