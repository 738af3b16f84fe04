"""Notices files with labels among what is to be opened, as they are dropped on the window or chosen in a dialog."""

from __future__ import annotations

import itertools
import os
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final, TypeVar

from ocr_studio.core.errors import StudioError
from ocr_studio.core.formats import readers
from ocr_studio.jobs.formats import import_labels
from ocr_studio.jobs.formats.import_labels import FoundFile
from ocr_studio.jobs.photos.open_several import SeveralOpened

# Files of a folder that are looked at to see whether there are labels in it.
_MOST_LOOKED_AT: Final = 200
_Event = TypeVar("_Event")


@dataclass(frozen=True, slots=True)
class LabelsGiven:
    """There is nothing to open, but something to import. sources: these files and folders."""

    sources: tuple[Path, ...]


def open_or_import(given: Sequence[Path], events: Iterator[_Event]) -> Iterator[_Event | LabelsGiven | SeveralOpened]:
    """Open photos; if there are none, look for files with labels.

    Args:
        given: Files and folders.
        events: Opens them.

    Raises:
        StudioError: They can't be opened, and no format of labels is recognized.
    """
    try:
        for event in events:
            if isinstance(event, SeveralOpened) and event.opened is None and (sources := choose_sources(given)):
                yield LabelsGiven(sources)
                yield from _report_others(event, sources)
            else:
                yield event
    except StudioError:
        sources = choose_sources(given)
        if not sources:
            raise
        yield LabelsGiven(sources)


def choose_sources(given: Iterable[Path]) -> tuple[Path, ...]:
    """Choose the files and folders that hold labels, as far as their beginnings show. Nothing is raised."""
    return tuple(Path(os.path.abspath(path)) for path in given if _holds_labels(path))


def _holds_labels(path: Path) -> bool:
    try:
        return any(map(_is_known, itertools.islice(import_labels.find_files([path]), _MOST_LOOKED_AT)))
    except StudioError:
        return False


def _is_known(file: FoundFile) -> bool:
    try:
        return readers.find_reader(file.open()) is not None
    except StudioError:
        return False


def _report_others(event: SeveralOpened, sources: Sequence[Path]) -> Iterator[SeveralOpened]:
    """Report what can be neither opened nor imported."""
    others = tuple(error for error in event.left_out if Path(error.file or "") not in sources)
    if others:
        yield SeveralOpened(None, (), others)
