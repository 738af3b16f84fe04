"""Notes for programs that keep folders of Markdown files: Obsidian, Logseq, Joplin."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from ocr_studio.core.formats.export_format import ExportFormat, FileScope
from ocr_studio.core.formats.photo_source import PhotoSource
from ocr_studio.core.page import Page
from ocr_studio.core.translation import later


def _render(pages: Sequence[Page], _: PhotoSource | None) -> str:
    from ocr_studio.core.formats.vault import note_text  # noqa: PLC0415  (loads OpenCV)

    return note_text.format_body([note_text.PageText(page) for page in pages]) + "\n"


FORMATS: Final = (
    ExportFormat("vault", ".md", later("Notes for Obsidian, Logseq, Joplin"), _render, FileScope.DOCUMENT),
)
