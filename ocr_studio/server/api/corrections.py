"""Pages with the words that a client sends: those that were read here before, with the user's corrections."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Final

from ocr_studio.core.editing.imported_words import Conflict, ImportedWords, has_other_shape
from ocr_studio.core.files.safe_folder import SafeFolder
from ocr_studio.core.formats.exchange import ExchangePage
from ocr_studio.core.formats.import_format import BadLabels, LabelFile
from ocr_studio.core.formats.labels import own_json
from ocr_studio.core.images import photo_file, photo_stream
from ocr_studio.core.page import Page, apply
from ocr_studio.core.reading_order import page_order
from ocr_studio.core.translation import message
from ocr_studio.server.api.lane import Photo
from ocr_studio.server.api.problems import Refused

_FILE: Final = "pages.json"


def read_words(sent: str, folder: Path) -> list[ExchangePage]:
    """Read the words that were sent, page by page.

    Args:
        sent: JSON as it was answered for photos.
        folder: For a file that is read once.

    Raises:
        Refused: It is not such JSON.
    """
    (folder / _FILE).write_text(sent, encoding="utf-8", errors="replace")
    try:
        return list(own_json.read(LabelFile.open(SafeFolder(folder), _FILE)))
    except BadLabels as error:
        raise Refused.because(error, status=422, file="pages") from error


def make_pages(photos: Sequence[Photo], found: Sequence[ExchangePage]) -> list[Page]:
    """Make the pages of photos with the words that were sent for them. Raises Refused if they are of other photos."""
    if len(found) != len(photos):
        raise Refused(422, f"“pages” has {len(found)} pages, but the files have {len(photos)}.")
    pages = []
    for photo, labels in zip(photos, found, strict=True):
        page = Page(photo_stream.compute_content_id(photo.path), photo.name, *photo_file.read_photo_size(photo.path))
        if has_other_shape(page, labels):
            raise Refused(422, f"{photo.name}: the words are for a photo of another size.")
        name = message("Import {file}", file=photo.name)
        edit = ImportedWords.compare(page, labels).make_edit(Conflict.REPLACE, name)
        pages.append(page_order.number_words(apply(page, edit)))
    return pages
