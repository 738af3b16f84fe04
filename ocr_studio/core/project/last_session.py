"""The last session: photo, selection and view, saved for the next start.

Only one window keeps it, the first; whether that one was closed, or ended in any other way, stands in the same file.
"""

from __future__ import annotations

import logging
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass, replace
from pathlib import Path

from ocr_studio.core import paths, state_file
from ocr_studio.core.files import json_schema
from ocr_studio.core.files.file_lock import FileLock, LockedElsewhere
from ocr_studio.core.files.json_schema import FiniteNumber
from ocr_studio.core.files.safe_folder import SafeFolder

log = logging.getLogger(__name__)

# More selected words than this are not looked for again: the file is written every few seconds.
_MOST_SELECTED = 1000
# Characters of drafts that are kept; the file has a limit.
_MOST_DRAFTED = 50_000


@dataclass(frozen=True, slots=True)
class Draft:
    """A text that was typed for a word and not saved yet.

    Attributes:
        page: Id of the page.
        word: Id of the word.
        before: The text of the word at that time; if it is another one now, the draft is out of date.
        text: What was typed.
        review: Whether it was typed in the review queue.
    """

    page: str
    word: str
    before: str
    text: str
    review: bool = False


@dataclass(frozen=True, slots=True)
class ViewState:
    """Where a person is. selection: ids of words, the current one first. zoom: screen pixels per pixel of the photo,
    None where the whole photo is shown; middle: what point of the photo is in the middle of the window. drafts: what
    was being typed.
    """

    photo: Path
    selection: tuple[str, ...] = ()
    zoom: FiniteNumber | None = None
    middle: tuple[FiniteNumber, FiniteNumber] = (0.0, 0.0)
    drafts: tuple[Draft, ...] = ()


@dataclass(frozen=True, slots=True)
class LastTime:
    """How the last session ended. closed: by the user; otherwise the program was killed or crashed."""

    place: ViewState | None
    closed: bool


class SessionFile:
    """The file, as long as this window is the one that keeps it."""

    def __init__(self, path: Path | None = None) -> None:
        self._path = path or paths.state_dir() / "session.json"
        self._lock = FileLock(SafeFolder(self._path.parent, follow=True), f"{self._path.stem}.lock")
        self._told = False

    def begin(self) -> LastTime | None:
        """How it ended last time; None where another window keeps the file, or nothing can be kept."""
        try:
            self._path.parent.mkdir(parents=True, exist_ok=True)
            self._lock.take()
        except LockedElsewhere:
            return None
        except OSError as error:
            log.warning("%s: where you are can’t be kept: %s", self._path, error)
            return None
        for folder in (self._path.parent, paths.config_dir()):
            SafeFolder(folder).sweep()
        kept = state_file.read(self._path)
        return LastTime(_place(kept), kept.get("closed") is not False)

    def write(self, place: ViewState | None, *, closed: bool) -> bool:
        """Keep where a person is now. False where that cannot be; it is logged, once: nothing of their work depends on
        it.
        """
        if not self._lock.held:
            return True  # it is another window's
        value: dict[str, object] = {"closed": closed}
        if place is not None:
            value |= {"photo": str(place.photo), "selection": list(place.selection[:_MOST_SELECTED])}
            value |= {"zoom": place.zoom, "middle": list(place.middle)}
            value |= {"drafts": [asdict(draft) for draft in _limit_drafts(place.drafts)]}
        try:
            # In the window's thread, every few seconds: a disk is not waited for.
            state_file.write(self._path, value, flush=False)
        except OSError as error:
            if not self._told:
                log.warning("%s: where you are was not kept, which is tried again: %s", self._path, error)
            self._told = True
            return False
        self._told = False
        return True

    def end(self) -> None:
        """Leave it to the next window."""
        self._lock.release()


def _limit_drafts(drafts: Iterable[Draft]) -> Iterator[Draft]:
    """Yield the first drafts, as many as the file may hold."""
    room = _MOST_DRAFTED
    for draft in drafts:
        room -= len(draft.before) + len(draft.text)
        if room < 0:
            return
        yield draft


def _place(kept: Mapping[str, object]) -> ViewState | None:
    """Return what can be used of it; without the photo nothing can."""
    place: ViewState | None = json_schema.convert_or(kept, ViewState, None)
    if place is None and "photo" in kept:
        place = json_schema.convert_or({"photo": kept["photo"]}, ViewState, None)
    return place and replace(place, selection=place.selection[:_MOST_SELECTED])
