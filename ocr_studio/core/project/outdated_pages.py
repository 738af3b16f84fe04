"""Pages of photos that were replaced: another file has their name now, which has a page of its own."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping
from pathlib import Path

from ocr_studio.core.errors import StudioError
from ocr_studio.core.images.photo_stream import compute_content_id
from ocr_studio.core.project.page_cache import Stamp, stamp
from ocr_studio.core.project.project import Project


class OutdatedPages:
    """Finds pages of photos that were replaced. A file is read only if several pages have its name, and once."""

    def __init__(self, project: Project) -> None:
        """project: whose pages are asked for."""
        self._project = project
        self._known: dict[str, tuple[Stamp | None, str]] = {}  # photo -> state of its file, and its content id

    def find(self, images: Mapping[str, str]) -> frozenset[str]:
        """Return the ids of the pages whose photo was replaced by another one, which has a page, too. Never raises.

        Args:
            images: The photo of each page by page id, as in ``Page.image``.
        """
        # Nearly always nothing, and asked for with each letter of a query.
        counts = Counter(images.values())
        if len(counts) == len(images):
            return frozenset()
        pages: dict[str, set[str]] = {}
        for page_id, image in images.items():
            if image and counts[image] > 1:
                pages.setdefault(image, set()).add(page_id)
        return frozenset(
            page_id
            for image, ids in pages.items()
            if (now := self._find_page(image, ids))
            for page_id in ids
            if page_id != now
        )

    def _find_page(self, image: str, ids: Collection[str]) -> str:
        """Return which of these pages is that of the present file; "" if none is."""
        path = self._project.photos / image
        now, known = stamp(path), self._known.get(image)
        if known is None or known[0] != now:
            known = self._known[image] = now, _read_id(path)
        return known[1] if known[1] in ids else ""


def _read_id(path: Path) -> str:
    try:
        return compute_content_id(path)
    except StudioError:  # reading the photo reports it
        return ""
