"""Reading many photos of a project one after the other; those that turn out to be read already are passed over."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TypeAlias

from ocr_studio.core.errors import StudioError
from ocr_studio.core.images import photo_file
from ocr_studio.core.page import BoardLook, Page, PageState
from ocr_studio.core.project.project import Project
from ocr_studio.jobs.reading.read import ReadingDesk, ReadingEvent, read_photos


@dataclass(frozen=True, slots=True)
class PhotoKnown:
    """This photo was read before, under another name perhaps; its page is as it was."""

    path: Path
    page: Page


BatchEvent: TypeAlias = ReadingEvent | PhotoKnown


def read_batch(desk: ReadingDesk, photos: Sequence[Path], project: Project, *, again: bool) -> Iterator[BatchEvent]:
    """For each photo its events, then PhotoRead, PhotoFailed or PhotoKnown. Nothing is saved.

    again: also those that were read before. Of each photo it is found out in its turn whether it was, and told at once:
    among thousands the first that was not is not kept waiting for the others, and whoever asks for no further event is
    heard.
    """

    def looked_up() -> Iterator[Path | PhotoKnown]:
        for photo in photos:
            page = None if again else _read_before(photo, project)
            yield photo if page is None else PhotoKnown(photo, page)

    yield from read_photos(
        desk, looked_up(), project_of=lambda _: project, board_of=lambda page_id: _board(project, page_id)
    )


def _board(project: Project, page_id: str) -> BoardLook | None:
    """As a person has said of this page that its board is to be read, if they have."""
    try:
        page = project.load_page(page_id, aside=False)
    except StudioError:  # told when what was read is kept
        return None
    look = page.facts.board if page else None
    return look if look and look.read else None


def _read_before(photo: Path, project: Project) -> Page | None:
    try:
        page = project.load_page(photo_file.content_id(photo), aside=False)
    except StudioError:  # told when it is read
        return None
    return None if page is None or page.state is PageState.UNREAD else page
