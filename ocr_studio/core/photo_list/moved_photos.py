"""Photos of a project that were renamed since: looked for among those of their folder, by their bytes."""

from __future__ import annotations

import contextlib
from pathlib import Path

from ocr_studio.core.errors import StudioError
from ocr_studio.core.images import photo_file, photo_listing, warping
from ocr_studio.core.images.pixel_formats import RGB
from ocr_studio.core.page import Page, PhotoFrame
from ocr_studio.core.project.project import Project
from ocr_studio.core.translation import tr


class MovedPhotos:
    """Finds photos; each folder is looked through once at most."""

    def __init__(self) -> None:
        self._by_id: dict[Path, dict[str, Path]] = {}

    def open(self, photo: Path, page_id: str, folder: Path | None, *, frame: PhotoFrame | None) -> tuple[Path, RGB]:
        """Where the photo with this id is now, and the photo, (H, W, 3) uint8 RGB. Raises StudioError.

        folder: where else it may be. frame: how it is turned.
        """
        with contextlib.suppress(StudioError):
            image, found = photo_file.open_photo_with_id(photo)
            if found == page_id:
                return photo, warping.frame_photo(image, frame)
        path = self._elsewhere(photo, page_id, folder)
        return path, warping.frame_photo(photo_file.open_photo(path), frame)

    def of_page(self, page: Page, project: Project) -> tuple[Path, RGB]:
        """As ``open``, of a page of a project. Raises StudioError also where words would stand elsewhere on it."""
        path, image = self.open(project.photo(page), page.id, project.photos, frame=page.facts.frame)
        if image.shape[:2] != (page.height, page.width):
            raise StudioError(tr("the size of the photo has changed since its words were found"), file=path)
        return path, image

    def _elsewhere(self, photo: Path, page_id: str, folder: Path | None) -> Path:
        if folder is not None and folder not in self._by_id:
            self._by_id[folder] = {_content_id(path): path for path in photo_listing.list_photos(folder)}
        found = self._by_id[folder].get(page_id) if folder is not None else None
        if found is None:
            raise StudioError(
                tr("the checked photo is missing or has changed"),
                file=photo,
                remedy=tr("Restore the original photo, or check the words of the changed one."),
            )
        return found


def _content_id(path: Path) -> str:
    try:
        return photo_file.compute_content_id(path)
    except StudioError:
        return ""
