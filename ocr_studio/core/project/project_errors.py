"""Errors of projects, with remedies."""

from __future__ import annotations

import logging
import os
from collections.abc import Mapping
from pathlib import Path

from ocr_studio.core import errors
from ocr_studio.core.errors import INSTALL_NEWER, StudioError
from ocr_studio.core.files.safe_folder import SafeFolder, UnsafeFile
from ocr_studio.core.translation import tr

_log = logging.getLogger(__name__)


class ProjectInUse(StudioError):
    """Another window has the project; it can be read, not written."""


class PageDamaged(StudioError):
    """A page's file makes no sense; it was put aside, under the name that the message gives."""


class NewerFile(StudioError):
    """A file was written by a newer version of the program; it is left untouched."""


class SaveFailed(StudioError):
    """A page could not be saved; the earlier file is as it was."""


class DiskFull(SaveFailed):
    """A page could not be saved because the disk is full."""


class HistoryNotSaved(StudioError):
    """A step could not be added to the undo history, which is unchanged."""


class LinkedProject(StudioError):
    """The project's folder is a symbolic link that must not be followed. target: what it points to."""

    target: Path


class NotPlaced(Exception):
    """Pages are saved but not yet in their places; the next holder of the project moves them there.

    Attributes:
        wrong: Page id -> error.
    """

    def __init__(self, wrong: Mapping[str, SaveFailed]) -> None:
        self.wrong = wrong
        super().__init__(f"{len(wrong)} pages are not in their places")


def in_use(photos: Path) -> ProjectInUse:
    """Another window has the project of these photos."""
    return ProjectInUse(
        tr("these photos are open in another OCR Studio window, so changes can’t be saved here"),
        file=photos,
        remedy=tr("Close the other window, or continue there."),
    )


def linked(folder: Path) -> LinkedProject:
    """The project's folder is a link."""
    target = Path(os.path.realpath(folder))
    error = LinkedProject(
        tr("the project folder is a symbolic link to {target}; it was not opened", target=target),
        file=folder,
        remedy=tr("If you trust that folder, replace the link with a copy of it."),
        command="If you trust that folder, add --follow-links.",
    )
    error.target = target
    return error


def linked_part(folder: Path) -> StudioError:
    """A folder in the project's is a link."""
    return StudioError(
        tr("this part of the project is a symbolic link; it was not opened"),
        file=folder,
        remedy=tr("Replace the link with a copy of its target."),
    )


def damaged(folder: SafeFolder, name: str, error: Exception, *, aside: bool) -> PageDamaged:
    """A page's file is damaged. aside: put it aside first."""
    path = folder.full(name)
    if not aside:
        return PageDamaged(tr("the saved page of this photo is damaged ({reason})", reason=error), file=path)
    try:
        other = folder.full(kept := folder.aside(name, "damaged"))
        folder.rename(name, kept)
    except OSError as trouble:
        return PageDamaged(
            tr(
                "the saved page of this photo is damaged ({reason}) and can’t be renamed ({obstacle})",
                reason=error,
                obstacle=trouble.strerror or trouble,
            ),
            file=path,
            remedy=tr("Move the file to another folder before you make changes."),
        )
    _log.info("%s is damaged (%s); kept as %s", path, error, other.name)
    return PageDamaged(
        tr(
            "the saved page of this photo is damaged ({reason}); the file was renamed to {name}",
            reason=error,
            name=other.name,
        ),
        file=other,
        remedy=tr("Read the photo again, or repair the file and restore its name."),
    )


def newer(path: Path, error: object) -> NewerFile:
    """Create the error for a file of a newer version. error: its message, ``errors.newer_format``."""
    return NewerFile(str(error), file=path, remedy=tr(INSTALL_NEWER))


def unreadable(path: Path, error: OSError) -> StudioError:
    """The project, or a part of it, cannot be read."""
    what = tr("can’t read the project: {reason}", reason=error.strerror or error)
    return StudioError(what, file=path, remedy=remedy_for(error))


def remedy_for(error: OSError) -> str:
    """What helps where a file of a project is not opened; nothing where that is not known."""
    return tr("Replace the link with a copy of its target.") if isinstance(error, UnsafeFile) else ""


def save_failed(path: Path, error: Exception) -> SaveFailed:
    """A page could not be saved, of the photo at this path; what is in the way, and what comes of it."""
    number = error.errno if isinstance(error, OSError) else None
    if number in errors.FULL:
        return DiskFull(
            tr("can’t save the words: the disk is full"),
            file=path,
            remedy=tr("Free up disk space; saving will be retried automatically."),
        )
    if isinstance(error, UnsafeFile):
        remedy = tr("Replace the link with a copy of its target.")
        why = tr("can’t save the words: {why}", why=error.strerror)
        return SaveFailed(why, file=error.filename or path, remedy=remedy)
    why = error.strerror if isinstance(error, OSError) and error.strerror else str(error)
    return SaveFailed(
        tr("can’t save the words: {why}", why=why), file=path, remedy=tr("They stay in memory; saving will be retried.")
    )


def history_not_saved(path: Path, error: OSError) -> HistoryNotSaved:
    """What was done cannot be written into the history at this path."""
    if error.errno in errors.FULL:
        return HistoryNotSaved(
            tr("can’t save the undo history: the disk is full"),
            file=path,
            remedy=tr("Free up disk space; saving will be retried automatically."),
        )
    return HistoryNotSaved(
        tr("can’t save the undo history: {why}", why=error.strerror or error),
        file=path,
        remedy=remedy_for(error) or tr("Your words are not affected; saving will be retried."),
    )
