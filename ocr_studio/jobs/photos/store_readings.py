"""Saves read pages in a project when no window does it, with the same rules as the window."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from ocr_studio.core.editing import edits, photo_frames
from ocr_studio.core.formats.names import format_photo_name
from ocr_studio.core.images import photo_listing
from ocr_studio.core.page import Page, PageState, apply
from ocr_studio.core.project import undo_log
from ocr_studio.core.project.project import Project
from ocr_studio.core.project.project_errors import NotPlaced
from ocr_studio.core.project.undo_log import Step
from ocr_studio.core.reading_order import kept_order
from ocr_studio.core.translation import message

_log = logging.getLogger(__name__)


def keep(project: Project, read: Page, *, again: bool) -> Page:
    """Save a page that was read.

    A page that has words already changes by an undoable step, if it was to be read again, and the user's texts and
    boxes stay. Returns the page as it is now in the project. Raises StudioError.
    """
    now = project.load_page(read.id)
    if now is not None:
        read = photo_frames.follow_frame(read, now.facts.frame)
    if now is None or now.state is PageState.UNREAD:
        page = replace(read, facts=now.facts) if now else read
        project.save_page(page)
        return page
    if not again:
        return now
    name = message("Read {photo}", photo=format_photo_name(read.image))
    edit = kept_order.keep_order(now, edits.reread(now, tuple(read.words.values()), earlier=None))
    edit = replace(edit, name=name)
    page = replace(apply(now, edit), read_at=read.read_at)
    if not edit:
        project.save_page(page)
        return page
    save_step(project, [page], Step(name, {page.id: edit}))
    return page


def save_step(project: Project, pages: Sequence[Page], step: Step) -> None:
    """Save pages with the step that changed them, so that the window can undo it.

    Raises:
        StudioError: A page can't be saved.
    """
    try:
        project.save_together(pages, undo_log.done_line(step))
    except NotPlaced as error:
        _log.warning("%s", error)
        for page in pages:
            project.save_page(page)


def renamed(project: Project, photo: Path, known: Page) -> Page:
    """Save the new name of a renamed photo in its page; returns the page. Raises StudioError."""
    here = project.relative(project.photos / photo.name)
    if known.image == here or photo_listing.is_listed(project.photo(known)):
        return known
    page = replace(known, image=here)
    project.save_page(page)
    return page
