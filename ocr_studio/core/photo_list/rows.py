"""Rows of the photo list, and their sort orders."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import TYPE_CHECKING, Final

from ocr_studio.core.page import Page, PageState

if TYPE_CHECKING:
    from ocr_studio.core.search.index_file import PageRow


class PhotoState(StrEnum):
    """How far a photo has come, in the order of the way. ``PARTLY``: some of its words are checked, not all."""

    UNREAD = "unread"
    READ = "read"
    PARTLY = "partly"
    REVIEWED = "reviewed"
    FAILED = "failed"


class PhotoSort(StrEnum):
    """Sort order of photos."""

    NAME = "name"
    STATE = "state"
    CONFIDENCE = "confidence"
    UNREVIEWED = "unreviewed"
    TIME = "time"


@dataclass(frozen=True, slots=True)
class PhotoRow:
    """One photo of a folder.

    Attributes:
        name: File name.
        state: State of the photo.
        page_id: Id of its page, "" while unknown.
        words: Number of words.
        unreviewed: Number of unchecked words.
        least: Lowest confidence 0..1 of the unchecked words, None if there is none.
        writer: Writer, or "".
        tags: Tags of the photo.
        time: Last change of the file, seconds since 1970.
        why: Why the photo failed, one line.
    """

    name: str
    state: PhotoState = PhotoState.UNREAD
    page_id: str = ""
    words: int = 0
    unreviewed: int = 0
    least: float | None = None
    writer: str = ""
    tags: tuple[str, ...] = ()
    time: float = 0.0
    why: str = ""

    @property
    def to_review(self) -> bool:
        """Whether the photo is still to be checked."""
        return self.state not in (PhotoState.REVIEWED, PhotoState.FAILED)


_ORDER: Final = {state: number for number, state in enumerate(PhotoState)}


def make_page_row(row: PhotoRow, page: Page) -> PhotoRow:
    """The row of a photo whose page this is."""
    unreviewed = [word for word in page.words.values() if not word.checked]
    sure = [word.machine.confidence for word in unreviewed if word.machine and word.machine.confidence is not None]
    least = min(sure, default=None)
    return replace(
        row, state=_find_state(page.state, len(page.words), len(unreviewed)), page_id=page.id, words=len(page.words),
        unreviewed=len(unreviewed), least=least, writer=page.facts.writer or "", tags=page.facts.tags, why="",
    )  # fmt: skip


def make_summary_row(row: PhotoRow, known: PageRow) -> PhotoRow:
    """The row of a photo of whose page this is known."""
    if known.failed:
        return replace(make_blank_row(row), state=PhotoState.FAILED, page_id=known.page_id, why=known.failed)
    # Not ``replace``, which takes three times as long: there are thousands.
    return PhotoRow(
        row.name, _find_state(known.state, known.words, known.unchecked), known.page_id, known.words, known.unchecked,
        known.least, known.writer or "", tuple(known.tags), row.time,
    )  # fmt: skip


def make_blank_row(row: PhotoRow) -> PhotoRow:
    """The row of a photo of which nothing is known but its file."""
    return PhotoRow(row.name, time=row.time)


def make_failed_row(row: PhotoRow, why: str) -> PhotoRow:
    """The row of a photo that cannot be opened or read; what is known of it besides stays."""
    return replace(row, state=PhotoState.FAILED, why=why)


def make_rows(
    files: Sequence[tuple[str, float]], pages: Iterable[PageRow], ids: Mapping[str, str]
) -> tuple[PhotoRow, ...]:
    """A row for each photo: (name, time). ids: name → page id, of the photos whose bytes somebody has looked at.

    Of the others the page is taken that was kept for a photo of this name.
    """
    by_id: dict[str, PageRow] = {}
    by_name: dict[str, PageRow] = {}
    for page in pages:
        by_id[page.page_id] = page
        if page.image:
            by_name[page.image] = page
    found = []
    for name, time in files:
        row = PhotoRow(name, time=time, page_id=ids.get(name, ""))
        known = by_id.get(row.page_id) if row.page_id else by_name.get(name)
        found.append(make_summary_row(row, known) if known else row)
    return tuple(found)


def find_lost(files: Sequence[tuple[str, float]], pages: Iterable[PageRow], ids: Mapping[str, str]) -> frozenset[str]:
    """Ids of pages whose photos are not among these under the names they had: deleted, or renamed. Arguments as for
    ``make_rows``; photos in folders within this one are not looked for.
    """
    names, found = {name for name, _ in files}, set(ids.values())
    return frozenset(
        page.page_id
        for page in pages
        if page.image and "/" not in page.image and page.image not in names and page.page_id not in found
    )


def find_moved(files: Sequence[tuple[str, float]], pages: Iterable[PageRow], ids: Mapping[str, str]) -> dict[str, str]:
    """Page id -> name under which its photo lies here now, of pages that were kept for a name that is gone. Arguments
    as for ``make_rows``.
    """
    names = {name for name, _ in files}
    now: dict[str, str] = {}
    for name, _ in files:
        if name in ids:
            now.setdefault(ids[name], name)
    return {
        page.page_id: now[page.page_id]
        for page in pages
        if page.page_id in now and page.image and "/" not in page.image and page.image not in names
    }


def sort_rows(numbers: Sequence[int], rows: Sequence[PhotoRow], sort: PhotoSort) -> list[int]:
    """Numbers of rows in this order: least sure, most unreviewed and newest first; those that are alike stay as they
    are given.
    """
    if sort is PhotoSort.NAME:
        return list(numbers)
    key = _KEYS[sort]
    return sorted(numbers, key=lambda number: key(rows[number]))


_KEYS: Final[dict[PhotoSort, Callable[[PhotoRow], float]]] = {
    PhotoSort.STATE: lambda row: _ORDER[row.state],
    PhotoSort.CONFIDENCE: lambda row: 2.0 if row.least is None else row.least,
    PhotoSort.UNREVIEWED: lambda row: -row.unreviewed,
    PhotoSort.TIME: lambda row: -row.time,
}


_STATES: Final = {state: PhotoState(state.value) for state in PageState}


def _find_state(state: PageState, words: int, unreviewed: int) -> PhotoState:
    if state is PageState.READ and 0 < unreviewed < words:
        return PhotoState.PARTLY
    return _STATES[state]
