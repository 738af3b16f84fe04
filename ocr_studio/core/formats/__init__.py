"""What other programs read: one module for each format, and the table of them. May import: ``core``."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Final

from ocr_studio.core import paths, write_errors
from ocr_studio.core.errors import StudioError
from ocr_studio.core.formats import json_pages, markdown, spreadsheet, text
from ocr_studio.core.page import Page
from ocr_studio.core.translation import later, tr


@dataclass(frozen=True, slots=True)
class Format:
    """One format. name: on the command line; suffix: of its files, with the dot; title: for a person's choice.

    render: pages -> the whole file as text, lines ending in ``\\n``.
    """

    name: str
    suffix: str
    title: str
    render: Callable[[Sequence[Page]], str]


FORMATS: Final[Mapping[str, Format]] = MappingProxyType(
    {
        "txt": Format("txt", ".txt", later("Plain text"), text.render),
        "md": Format("md", ".md", later("Markdown"), markdown.render),
        "json": Format("json", ".json", later("JSON with boxes"), json_pages.render),
        "csv": Format("csv", ".csv", later("Table of words (CSV)"), spreadsheet.render),
    }
)


class WriteFailed(StudioError):
    """A file could not be written; an earlier one of that name is as it was."""


def write_text(path: Path, text: str) -> None:
    """Write a text as UTF-8, whole or not at all. Raises WriteFailed."""
    try:
        paths.replace_file(path, text.encode("utf-8", errors="replace"))
    except OSError as error:
        raise WriteFailed(
            tr("it cannot be written: {reason}", reason=write_errors.reason(error)),
            file=path,
            remedy=write_errors.remedy(error),
        ) from error


def make_folder(folder: Path) -> None:
    """Make a folder to write to, and those it lies in. Raises WriteFailed."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise WriteFailed(
            tr("the folder cannot be made: {reason}", reason=write_errors.reason(error)),
            file=folder,
            remedy=tr("Choose another one."),
        ) from error
