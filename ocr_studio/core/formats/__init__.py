"""What other programs read: one module for each format, and the table of them. May import: ``core``."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

from ocr_studio.core.formats import json_pages, markdown, spreadsheet, text
from ocr_studio.core.page import Page
from ocr_studio.core.translation import later

# Of photos, besides ``FORMATS``: images of the cleaned boards.
CLEANED: Final = "cleaned"


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
        "text": Format("text", ".txt", later("Plain text"), text.render),
        "md": Format("md", ".md", later("Markdown"), markdown.render),
        "json": Format("json", ".json", later("JSON with boxes"), json_pages.render),
        "csv": Format("csv", ".csv", later("Word table (CSV)"), spreadsheet.render),
    }
)
