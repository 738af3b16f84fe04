"""Messages of the window about photos, saving, training, evaluation and the last session."""

from __future__ import annotations

import os
from collections.abc import Sequence
from functools import partial
from pathlib import Path

from PySide6.QtCore import QObject

from ocr_studio.core.errors import StudioError
from ocr_studio.core.images import page_paths
from ocr_studio.core.project.last_session import ViewState
from ocr_studio.core.project.project import FOLDER, is_taken
from ocr_studio.core.translation import Message, tr, tr_n
from ocr_studio.jobs.photos.open_photo import PhotoOpened
from ocr_studio.jobs.photos.open_several import PhotoGroup, SeveralOpened
from ocr_studio.ui.canvas.view_session import SessionKeeper
from ocr_studio.ui.document.autosave import Autosave
from ocr_studio.ui.document.document import Document
from ocr_studio.ui.document.open_photos import Opening
from ocr_studio.ui.evaluation.controller import EvaluationController
from ocr_studio.ui.job_thread import Trouble
from ocr_studio.ui.photos.batch_reading import BatchReading
from ocr_studio.ui.photos.photo_list_view import PhotoListView
from ocr_studio.ui.photos.photos_panel import PhotosPanel
from ocr_studio.ui.reading.controller import ReadingController
from ocr_studio.ui.style import labels
from ocr_studio.ui.training.controller import TrainingController, TrainingStage
from ocr_studio.ui.widgets.message_bar import MessageBar, Offer, Severity
from ocr_studio.ui.widgets.status_bar import Status

_INTERRUPTED = "cut short"


def connect_session(session: SessionKeeper, messages: MessageBar) -> None:
    """Offer to resume a session that did not end properly."""

    def offer(place: ViewState) -> None:
        messages.show_message(
            tr(
                "OCR Studio did not quit properly last time; all saved changes are still there. Resume with {photo}?",
                photo=labels.file_name(place.photo.name),
            ),
            Severity.INFO,
            key=_INTERRUPTED,
            offer=(tr("Resume"), session.resume),
        )

    def follow() -> None:
        if session.offer is None:
            messages.withdraw(_INTERRUPTED)

    session.interrupted.connect(offer)
    session.changed.connect(follow)


class SavingMessages(QObject):
    """Shows whether all changes are saved."""

    def __init__(self, autosave: Autosave, document: Document, messages: MessageBar, status: Status) -> None:
        super().__init__(status)
        self._autosave, self._document, self._messages, self._status = autosave, document, messages, status
        autosave.saving.connect(status.saving)
        autosave.saved.connect(self.show_state)
        autosave.failed.connect(self.show_state)

    def show_state(self, trouble: str = "") -> None:
        """Update the status bar and the message.

        Args:
            trouble: Why saving has just failed.
        """
        if trouble:
            self._messages.show_message(trouble, Severity.ERROR, key="saving")
        if trouble or self._autosave.trouble:
            self._status.not_saved(trouble or self._autosave.trouble)
        elif self._autosave.unsaved:
            self._status.saving()
        else:
            self._messages.withdraw("saving")
            (self._status.saved if self._document.writable else self._status.read_only)()


_TRAINING_FAILED = "learning failed"


def connect_training(training: TrainingController, messages: MessageBar) -> None:
    """Show why a training failed, until the next one begins."""

    def show(trouble: Trouble) -> None:
        messages.show_message(trouble.message, Severity.ERROR, details=trouble.details, key=_TRAINING_FAILED)

    def follow() -> None:
        if training.stage is TrainingStage.LEARNING:
            messages.withdraw(_TRAINING_FAILED)

    training.failed.connect(show)
    training.changed.connect(follow)


_EVALUATION_FAILED = "evaluation failed"


_RUNTIME = "runtime"


def connect_runtime(reading: ReadingController, messages: MessageBar) -> None:
    """Show why another library runs the networks than was asked for, once for each reason."""
    last: Message | None = None

    def show() -> None:
        nonlocal last
        notice = reading.ocr_service.notice
        if notice and notice != last:
            messages.show_message(str(notice), Severity.WARNING, key=_RUNTIME)
        elif not notice:
            messages.withdraw(_RUNTIME)
        last = notice

    reading.prepared.connect(show)


def connect_profiles(reading: ReadingController, batch: BatchReading, document: Document, messages: MessageBar) -> None:
    """Show which writer profiles can't be used, once each, after photos were read or when another one is opened."""
    shown: set[str] = set()

    def show() -> None:
        for error in list(reading.ocr_service.profile_errors.values()):
            if (text := str(error)) not in shown:
                shown.add(text)
                messages.show_message(text, Severity.WARNING)

    reading.stopped.connect(show)
    batch.ended.connect(lambda _: show())
    document.opened.connect(show)


def connect_evaluation(evaluator: EvaluationController, opening: Opening, messages: MessageBar) -> None:
    """Show why an evaluation failed, until the next one begins or another photo is opened."""

    def show(trouble: Trouble) -> None:
        messages.show_message(trouble.message, Severity.ERROR, details=trouble.details, key=_EVALUATION_FAILED)

    evaluator.failed.connect(show)
    for over in (evaluator.began, opening.opened):
        over.connect(lambda *_: messages.withdraw(_EVALUATION_FAILED))


# Keys of messages. A message replaces the last one with its key, and is removed when another photo is opened.
_REFUSED, _READ_ONLY, _TWIN, _ELSEWHERE, _GONE = "refused", "read only", "twin", "elsewhere", "gone"
_MISSING = "missing pages"
_SELECTED, _OTHER_FOLDERS, _LEFT_OUT = "several selected", "other folders", "left out"


class OpeningMessages(QObject):
    """Shows messages about opening photos; what is not an error is shown once only."""

    def __init__(self, opening: Opening, messages: MessageBar, status: Status, photos: PhotoListView) -> None:
        super().__init__(opening)
        self._opening, self._messages, self._photos, self._status = opening, messages, photos, status
        self._shown_before: set[tuple[str, Path, str]] = set()
        opening.started.connect(lambda name: status.say(tr("Opening {photo}…", photo=labels.file_name(name))))
        opening.settled.connect(self._rest)
        opening.refused.connect(self._refuse)
        opening.opened.connect(self._show)
        photos.photos.listed.connect(self._check_file)

    def _rest(self) -> None:
        self._status.clearMessage()
        self._messages.withdraw(_REFUSED)

    def _refuse(self, path: Path, trouble: Trouble) -> None:
        path = Path(os.path.abspath(path))
        short = _without_folder(trouble.message, path)
        details = trouble.details or (str(path) if short != trouble.message else "")
        self._messages.withdraw(_LEFT_OUT)
        self._messages.show_message(short, Severity.ERROR, details=details, key=_REFUSED)
        self._photos.set_refused(path, short)

    def _show(self, event: PhotoOpened) -> None:
        for key, text in ((_READ_ONLY, event.read_only), (str(event.path), event.warning)):
            self._messages.withdraw(key)
            if text:
                self._messages.show_message(text, Severity.WARNING, key=key)
        name = labels.file_name(event.path.name)
        twin = (
            tr(
                "{photo} is the same image as {other}: they share their words.",
                photo=name,
                other=labels.file_name(event.twin),
            )
            if event.twin
            else ""
        )
        self._messages.withdraw(_GONE)
        self._show_once(_TWIN, event.path, twin)
        self._show_once(_MISSING, page_paths.find_page(event.path).file, event.missing, Severity.WARNING)
        self._show_once(_ELSEWHERE, event.path.parent, "" if event.read_only else self._where_kept(event))

    def _check_file(self) -> None:
        """Check whether the open photo has been deleted, or is back."""
        path, listed = self._opening.path, self._photos.photos
        if path is None or path.parent != listed.folder:
            return
        if listed.number(path.name) is not None:
            self._messages.withdraw(_GONE)
            self._shown_before = {each for each in self._shown_before if each[:2] != (_GONE, path)}
        elif path.name not in listed.renamed:
            name = labels.file_name(path.name)
            text = tr(
                "{photo} is no longer in its folder. Its words stay saved and come back with the photo.",
                photo=name,
            )
            self._show_once(_GONE, path, text, Severity.WARNING)

    def _where_kept(self, event: PhotoOpened) -> str:
        beside = event.project.folder.parent == event.path.parent
        if beside or self._opening.settings.keep != "beside" or not self._opening.saves_state:
            return ""
        folder = event.project.folder
        if is_taken(event.path.parent / FOLDER):
            return tr(
                "The words of these photos are saved in {folder}, because their folder contains a file named {name}.",
                folder=folder,
                name=FOLDER,
            )
        if os.access(event.path.parent, os.W_OK):
            return tr("The words of these photos are saved in {folder}.", folder=folder)
        return tr("The words of these photos are saved in {folder}, because their folder is read-only.", folder=folder)

    def _show_once(self, key: str, about: Path, text: str, severity: Severity = Severity.INFO) -> None:
        """Show a message once for a photo or folder; an empty text removes the message."""
        if not text:
            self._messages.withdraw(key)
        elif (key, about, text) not in self._shown_before:
            self._shown_before.add((key, about, text))
            self._messages.show_message(text, severity, key=key)


# Files that are named in one message; the others are counted.
_MOST_NAMED = 3


def connect_several(opening: Opening, panel: PhotosPanel, messages: MessageBar) -> None:
    """Say what became of several files and folders that were opened at once, and offer what to do with them."""

    def show(event: SeveralOpened) -> None:
        for key in (_SELECTED, _OTHER_FOLDERS, _LEFT_OUT):
            messages.withdraw(key)
        if event.opened and (count := len(event.opened.photos)) > 1:
            text = tr("Opened {count} photos. They are selected in the list.", count=count)
            offer = tr("Read them"), partial(panel.read_photos, event.opened.photos)
            messages.show_message(text, Severity.INFO, key=_SELECTED, offer=offer)
        if event.others:
            messages.show_message(
                _name_others(event.others),
                Severity.INFO,
                key=_OTHER_FOLDERS,
                offer=_offer_others(event.others, opening),
            )
        if event.left_out:
            details = "\n".join(map(str, event.left_out))
            messages.show_message(_name_left_out(event.left_out), Severity.WARNING, key=_LEFT_OUT, details=details)

    def withdraw(event: PhotoOpened) -> None:
        if event.path not in chosen_paths():
            messages.withdraw(_SELECTED)

    def chosen_paths() -> set[Path]:
        return {panel.photos.photos.folder / row.name for row in panel.photos.chosen_rows()}

    opening.several.connect(show)
    opening.opened.connect(withdraw)


def _offer_others(others: Sequence[PhotoGroup], opening: Opening) -> Offer:
    """Offer to open one of several other folders; those that are left are offered again then."""

    def go_on(number: int) -> None:
        groups = [others[number], *others[:number], *others[number + 1 :]]
        opening.open_paths([path for group in groups for path in group.given])

    names = [labels.file_name(group.folder.name) for group in others]
    if len(names) == 1:
        return labels.label(tr("Open {folder}", folder=names[0])), partial(go_on, 0)
    return tr("Open another folder"), [(labels.label(name), partial(go_on, at)) for at, name in enumerate(names)]


def _name_others(others: Sequence[PhotoGroup]) -> str:
    return tr_n(
        "OCR Studio shows one folder at a time. You also chose photos in {folders}.",
        "OCR Studio shows one folder at a time. You also chose photos in {count} other folders: {folders}.",
        len(others),
        folders=_name_few([group.folder for group in others]),
    )


def _without_folder(message: str, path: Path) -> str:
    """Return a message that begins with this path without the folder."""
    # In messages, any run of white space is one space.
    return message.removeprefix(" ".join(f"{path.parent}{os.sep}".split()))


def _name_left_out(errors: Sequence[StudioError]) -> str:
    if len(errors) == 1:
        return _without_folder(str(errors[0]), Path(errors[0].file or ""))
    return tr_n(
        "{count} item can’t be opened: {files}.",
        "{count} items can’t be opened: {files}.",
        len(errors),
        files=_name_few([Path(error.file or "") for error in errors]),
    )


def _name_few(paths: Sequence[Path]) -> str:
    names = [labels.file_name(path.name) for path in paths[:_MOST_NAMED]]
    if len(paths) > _MOST_NAMED:
        names.append(tr("{count} more", count=len(paths) - _MOST_NAMED))
    return ", ".join(names)
