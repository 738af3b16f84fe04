"""Reading many photos of a project one after the other; those that turn out to be read already are passed over."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TypeAlias

from ocr_studio.core import images
from ocr_studio.core.errors import StudioError
from ocr_studio.core.page import Page, PageState
from ocr_studio.core.project import Project
from ocr_studio.jobs.reading import ReadingDesk, ReadingEvent, read_photos


@dataclass(frozen=True, slots=True)
class PhotoKnown:
    """This photo was read before, under another name perhaps; its page is as it was."""

    path: Path
    page: Page


BatchEvent: TypeAlias = ReadingEvent | PhotoKnown


def read_batch(desk: ReadingDesk, photos: Sequence[Path], project: Project, *, again: bool) -> Iterator[BatchEvent]:
    """For each photo its events, then PhotoRead, PhotoFailed or PhotoKnown. Nothing is saved.

    again: also those that were read before.
    """
    known: deque[PhotoKnown] = deque()

    def unread() -> Iterator[Path]:
        for photo in photos:
            page = None if again else _read_before(photo, project)
            if page is None:
                yield photo
            else:
                known.append(PhotoKnown(photo, page))

    for event in read_photos(desk, unread(), project_of=lambda _: project):
        yield event
        while known:
            yield known.popleft()
    yield from known


def _read_before(photo: Path, project: Project) -> Page | None:
    try:
        page = project.load_page(images.content_id(photo), aside=False)
    except StudioError:  # told when it is read
        return None
    return None if page is None or page.state is PageState.UNREAD else page
