"""What a second model has read, kept for whoever wants to look first at what two models read differently."""

from __future__ import annotations

import logging
from collections.abc import Iterable

from ocr_studio.core.page import Transcription, Word
from ocr_studio.core.project import second_readings
from ocr_studio.core.project.project import Project

_log = logging.getLogger(__name__)


def keep(project: Project, page_id: str, readings: Iterable[tuple[Word, Transcription | None]]) -> None:
    """These words of a page were read by another model, so far as it is another; nothing where this window may not
    write. Waits for the disk.
    """
    found = second_readings.differing((word, read) for word, read in readings if read is not None)
    if found is None or not project.locked or not project.exists:
        return
    try:
        second_readings.add(project.files, page_id, found)
    except OSError as error:  # the order of a queue depends on it, no more
        _log.info("%s: what a second model has read is not kept: %s", project.folder, error)
