"""Turns and crops a photo that is open, which takes seconds for a large one."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from ocr_studio.core.images import warping
from ocr_studio.core.images.pyramid import SMALLEST_SHOWN, Pyramid
from ocr_studio.core.images.warping import Photo
from ocr_studio.core.page import PhotoFrame


@dataclass(frozen=True, slots=True)
class FramedPhoto:
    """A photo that is turned and cropped.

    Attributes:
        frame: How; None: as its file has it.
        image: The photo, (H, W, 3) uint8 RGB.
        pyramid: Smaller sizes of it, for showing it.
    """

    frame: PhotoFrame | None
    image: Photo
    pyramid: Pyramid


def frame_photo(photo: Photo, frame: PhotoFrame | None) -> FramedPhoto:
    """Turn and crop a photo, (H, W, 3) uint8 RGB, as a frame says."""
    image = warping.frame_photo(photo, frame)
    pyramid = Pyramid(image)
    pyramid.make_levels(SMALLEST_SHOWN)
    return FramedPhoto(frame, image, pyramid)


def prepare_frame(photo: Photo, frame: PhotoFrame | None) -> Iterator[FramedPhoto]:
    """As ``frame_photo``, as a job."""
    yield frame_photo(photo, frame)
