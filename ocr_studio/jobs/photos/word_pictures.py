"""A background job: images of words, cut from their photos, for lists of words."""

from __future__ import annotations

import contextlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Final

from ocr_studio.core.errors import StudioError
from ocr_studio.core.files.safe_folder import stays_inside
from ocr_studio.core.geometry import quads as geometry
from ocr_studio.core.images.pixel_formats import RGB
from ocr_studio.core.images.pyramid import Pyramid
from ocr_studio.core.page import Quad
from ocr_studio.core.photo_list.moved_photos import MovedPhotos
from ocr_studio.core.project.project import Project

# Margin around a word, as a share of its box.
AROUND: Final = 0.35
# Maximum ratio of width to height; longer lines are squeezed to fit into a row.
_WIDEST: Final = 8.0


@dataclass(frozen=True, slots=True)
class PicturePlace:
    """The place of a word. image: its photo, as named in the page."""

    page_id: str
    image: str
    quad: Quad


@dataclass(frozen=True, slots=True)
class PlacePicture:
    """The upright image of a place, (h, w, 3) uint8 RGB; None if the photo can't be opened."""

    place: PicturePlace
    picture: RGB | None


def pictures(project: Project, places: Iterable[PicturePlace], *, height: int) -> Iterator[PlacePicture]:
    """Images of places, photo by photo, each ``height`` pixels high, with a margin."""
    moved = MovedPhotos()
    by_page: dict[str, list[PicturePlace]] = {}
    for place in places:
        by_page.setdefault(place.page_id, []).append(place)
    photo: Pyramid | None
    for page_id, some in by_page.items():
        photo = None
        with contextlib.suppress(StudioError):  # reported when the photo is opened
            if stays_inside(some[0].image):  # the index file may not be trusted
                page = project.load_page(page_id, aside=False)
                frame = page.facts.frame if page else None
                _, image = moved.open(project.photos / some[0].image, page_id, project.photos, frame=frame)
                photo = Pyramid(image)
        for place in some:
            yield PlacePicture(place, None if photo is None else _level(photo, place.quad, height))


def _level(photo: Pyramid, quad: Quad, height: int) -> RGB:
    corners = geometry.widen_quad(quad, AROUND)
    along, across = geometry.measure_sizes(corners)[0]
    width = round(height * min(_WIDEST, float(along) / max(float(across), 1.0)))
    return photo.warp(corners, (max(1, width), height))
