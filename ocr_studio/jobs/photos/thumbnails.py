"""Small pictures of photos, for those in sight only."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from ocr_studio.core.errors import StudioError
from ocr_studio.core.images import photo_file
from ocr_studio.core.images.pixel_formats import RGB
from ocr_studio.core.photo_list.thumbnail_cache import CachedPicture, ThumbnailCache
from ocr_studio.core.project.page_cache import Stamp, stamp


@dataclass(frozen=True, slots=True)
class Thumbnail:
    """A small picture of a photo, (h, w, 3) uint8 RGB, and the photo's content id.

    Without a picture it cannot be opened, and ``why`` says why, one line for a person. stamp: of the file then.
    """

    name: str
    picture: RGB | None
    page_id: str
    stamp: Stamp | None
    why: str = ""


class Wanted:
    """Of which photos somebody wants small pictures now, the most wanted first. May be used from several threads."""

    def __init__(self) -> None:
        self._names: deque[str] = deque()
        self._changing = threading.Lock()

    def __bool__(self) -> bool:
        return bool(self._names)

    def replace(self, names: Iterable[str]) -> None:
        """From now on these, and of what was wanted before only what is among them."""
        with self._changing:
            self._names = deque(names)

    def next(self) -> str | None:
        """The one to be made next; None where there is none."""
        with self._changing:
            return self._names.popleft() if self._names else None


def thumbnails(wanted: Wanted, *, folder: Path, side: int, cache: ThumbnailCache | None = None) -> Iterator[Thumbnail]:
    """Small pictures of photos of a folder, at most ``side`` pixels long, as long as any is wanted.

    One that cannot be opened stops nothing. cache: where they are kept for the next time.
    """
    while (name := wanted.next()) is not None:
        yield thumbnail(folder / name, side=side, cache=cache)


def thumbnail(path: Path, *, side: int, cache: ThumbnailCache | None = None) -> Thumbnail:
    """The small picture of one photo."""
    try:
        when = stamp(path)
    except OSError:
        when = None
    kept = cache.get(path.name, when) if cache and when else None
    if kept is not None:
        return Thumbnail(path.name, kept.picture, kept.page_id, when)
    try:
        page_id = photo_file.content_id(path)
        picture = photo_file.thumbnail(path, side=side)
    except StudioError as error:
        return Thumbnail(path.name, None, "", when, str(error))
    if cache and when:
        cache.put(path.name, when, CachedPicture(picture, page_id))
    return Thumbnail(path.name, picture, page_id, when)
