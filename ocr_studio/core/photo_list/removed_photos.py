"""The names of photos that the user removed from the list of a folder (``list.json``); their files are not touched."""

from __future__ import annotations

from collections.abc import Collection
from typing import Annotated, Final

from msgspec import Meta

from ocr_studio.core import state_file
from ocr_studio.core.errors import MAKE_WRITABLE, write_failed
from ocr_studio.core.files import json_schema
from ocr_studio.core.project.project import Project
from ocr_studio.core.translation import later

FILE: Final = "list.json"
_Name = Annotated[str, Meta(min_length=1, max_length=255)]
_MOST_BYTES: Final = 32 << 20  # some 20,000 names in letters that JSON writes with six characters each


def load_removed(project: Project) -> frozenset[str]:
    """Return the file names of the photos that were removed from the list of this project's folder."""
    kept = state_file.read_in(project.files, FILE, most=_MOST_BYTES).get("removed")
    return frozenset(json_schema.valid_entries(kept, _Name))


def save_removed(project: Project, names: Collection[str]) -> None:
    """Save the file names of the removed photos.

    Raises:
        StudioError: The project can't be written, or another window has it.
    """
    project.lock(create=True)
    try:
        state_file.write_in(project.files, FILE, {"format": 1, "removed": sorted(names)})
    except OSError as error:
        what = later("can’t save which photos are listed: {reason}")
        raise write_failed(project.files.full(FILE), error, what, help_with=MAKE_WRITABLE) from error
