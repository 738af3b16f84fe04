"""Thumbnails of the photos in view."""

from __future__ import annotations

import contextlib
import threading
from collections import deque
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from ocr_studio.core.errors import StudioError
from ocr_studio.core.images import photo_file, warping
from ocr_studio.core.images.pixel_formats import RGB
from ocr_studio.core.photo_list.thumbnail_cache import CachedPicture, ThumbnailCache
from ocr_studio.core.project.page_cache import Stamp, stamp
from ocr_studio.core.project.project import Project


@dataclass(frozen=True, slots=True)
class Thumbnail:
    """The thumbnail of a photo.

    Attributes:
        name: File name of the photo.
        picture: The thumbnail, (h, w, 3) uint8 RGB; None if the photo can't be opened.
        page_id: The content id of the photo.
        stamp: Stamp of the file at that time.
        why: Why the photo can't be opened, one line for the user.
    """

    name: str
    picture: RGB | None
    page_id: str
    stamp: Stamp | None
    why: str = ""


class ThumbnailQueue:
    """A thread-safe queue of photos that need thumbnails, the most urgent first."""

    def __init__(self) -> None:
        self._names: deque[str] = deque()
        self._changing = threading.Lock()

    def __bool__(self) -> bool:
        return bool(self._names)

    def replace(self, names: Iterable[str]) -> None:
        """Replace the queue."""
        with self._changing:
            self._names = deque(names)

    def next(self) -> str | None:
        """Take the next photo; None if the queue is empty."""
        with self._changing:
            return self._names.popleft() if self._names else None


def thumbnails(
    wanted: ThumbnailQueue,
    *,
    folder: Path,
    side: int,
    cache: ThumbnailCache | None = None,
    project: Project | None = None,
) -> Iterator[Thumbnail]:
    """Make thumbnails, their longer side at most ``side`` pixels, until the queue of file names is empty.

    They are turned as the project says; those in the cache are as the files have them.
    """
    while (name := wanted.next()) is not None:
        made = thumbnail(folder / name, side=side, cache=cache)
        frame = None
        with contextlib.suppress(StudioError):  # reported when the photo is opened
            page = project.load_page(made.page_id, aside=False) if project and made.page_id else None
            frame = page.facts.frame if page else None
        yield made if made.picture is None else replace(made, picture=warping.frame_photo(made.picture, frame))


def thumbnail(path: Path, *, side: int, cache: ThumbnailCache | None = None) -> Thumbnail:
    """Load or make the thumbnail of a photo."""
    when = stamp(path)
    kept = cache.get(path.name, when) if cache and when else None
    if kept is not None:
        return Thumbnail(path.name, kept.picture, kept.page_id, when)
    try:
        page_id = photo_file.compute_content_id(path)
        picture = photo_file.make_thumbnail(path, side=side)
    except StudioError as error:
        return Thumbnail(path.name, None, "", when, str(error))
    if cache and when:
        cache.put(path.name, when, CachedPicture(picture, page_id))
    return Thumbnail(path.name, picture, page_id, when)
