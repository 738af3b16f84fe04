"""A format that pages are exported to, as it stands in the table of formats."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, BinaryIO, Protocol, TypeAlias

from ocr_studio.core.errors import StudioError
from ocr_studio.core.formats.content import Content
from ocr_studio.core.page import Page

if TYPE_CHECKING:
    from ocr_studio.core.formats.photo_source import PhotoSource

# Makes a file of pages; the photos are for formats that contain them or refer to them.
Renderer: TypeAlias = "Callable[[Sequence[Page], PhotoSource | None], str | bytes]"
# Begins a file in an empty one.
FileBeginner: TypeAlias = "Callable[[BinaryIO, PhotoSource], GrowingFile]"
ExtraRenderer: TypeAlias = "Callable[[Sequence[tuple[str, Page]], PhotoSource | None], Mapping[str, bytes]]"


class FileScope(StrEnum):
    """How many photos a file holds.

    ``EACH``: one. ``DOCUMENT``: one, or the pages of a file with several. ``ALL``: all of them. ``ANY``: as the user
    wishes, all of them or like ``DOCUMENT``.
    """

    EACH = "each"
    DOCUMENT = "document"
    ALL = "all"
    ANY = "any"


class GrowingFile(Protocol):
    """A file that is written page by page, as it may be too large for memory. See ``pdf.searchable_pdf``."""

    def add(self, pages: Sequence[Page], /) -> Sequence[StudioError | None]:
        """Add a photo, or pages of one file. Returns for each None, or why it can't be read and is left out."""
        ...

    def finish(self) -> None:
        """Write the end; nothing if no page was added."""
        ...


@dataclass(frozen=True, slots=True)
class ExportFormat:
    """A format to export to.

    Attributes:
        name: Its name on the command line.
        suffix: The suffix of its files, with the dot.
        title: Its name for users, a text for ``tr``.
        renderer: Makes a file.
        scope: How many photos a file holds.
        prefix: What the name of a photo's file begins with.
        whole_name: The name that other programs expect for the file of all photos; "" for that of the folder.
        most_bytes: Of the photos in the file of all photos; more are divided among several files. None: no limit.
        embeds_photo: Whether its files contain the photos, so that making one may take seconds.
        holds: What the format has a place for; None for documents and tables, which nobody expects to hold
            everything.
        begin: Begins a file that is written page by page; None for formats whose files fit into memory.
        extra: Makes further files once all are written, by their names; it gets the names of the files with the pages
            in them, and the photos.
    """

    name: str
    suffix: str
    title: str
    renderer: Renderer
    scope: FileScope = FileScope.ANY
    prefix: str = ""
    whole_name: str = ""
    most_bytes: int | None = None
    embeds_photo: bool = False
    holds: frozenset[Content] | None = None
    begin: FileBeginner | None = None
    extra: ExtraRenderer | None = None

    @property
    def is_document(self) -> bool:
        """Whether it is a document or a table; otherwise it is for programs that label, train or archive."""
        return self.holds is None

    def render(self, pages: Sequence[Page], photos: PhotoSource | None = None) -> str | bytes:
        """Make a file of pages; text has lines ending in ``\\n`` and becomes UTF-8.

        Args:
            pages: The pages, one for a format with ``FileScope.EACH``.
            photos: Opens their photos; formats that contain the photos need it.

        Raises:
            StudioError: A photo can't be read.
        """
        return self.renderer(pages, photos)
