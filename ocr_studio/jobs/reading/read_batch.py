"""Reads many photos of a project one after the other; photos that were read before are skipped."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TypeAlias

from ocr_studio.core.errors import StudioError
from ocr_studio.core.images import photo_file
from ocr_studio.core.page import Page, PageFacts, PageState
from ocr_studio.core.project.project import Project
from ocr_studio.jobs.reading.read import OcrService, ReadingEvent, read_photos
from ocr_studio.jobs.reading.text_layers import FindText


@dataclass(frozen=True, slots=True)
class PhotoKnown:
    """A photo that was read before, perhaps under another name; its page is unchanged."""

    path: Path
    page: Page


BatchEvent: TypeAlias = ReadingEvent | PhotoKnown


def read_batch(
    ocr_service: OcrService,
    photos: Sequence[Path],
    project: Project,
    *,
    again: bool,
    find_text: FindText | None = None,
) -> Iterator[BatchEvent]:
    """Read photos, without saving anything.

    Whether a photo was read before is checked in its turn, so that the first unread photo among thousands doesn't have
    to wait, and the job can be cancelled. With ``again`` it is not checked. Yields the events of each photo, then
    PhotoRead, PhotoFailed or PhotoKnown. find_text: see ``read_photos``.
    """

    def looked_up() -> Iterator[Path | PhotoKnown]:
        for photo in photos:
            page = None if again else _read_before(photo, project)
            yield photo if page is None else PhotoKnown(photo, page)

    yield from read_photos(
        ocr_service,
        looked_up(),
        project_of=lambda _: project,
        facts_of=lambda _, page_id: load_facts(project, page_id),
        find_text=find_text,
    )


def load_facts(project: Project, page_id: str) -> PageFacts:
    """What the user has said of a page: its writer, how it is turned, and how its board is cleaned."""
    try:
        page = project.load_page(page_id, aside=False)
    except StudioError:  # reported when the result is saved
        return PageFacts()
    return page.facts if page else PageFacts()


def _read_before(photo: Path, project: Project) -> Page | None:
    try:
        page = project.load_page(photo_file.compute_content_id(photo), aside=False)
    except StudioError:  # reported when the photo is read
        return None
    return None if page is None or page.state is PageState.UNREAD else page
