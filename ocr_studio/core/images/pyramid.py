"""Image pyramid of a photo: full, half, quarter … size, for fast crops at any scale."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import ArrayLike

from ocr_studio.core.geometry import quads as geometry
from ocr_studio.core.geometry.quads import Floats
from ocr_studio.core.images import warping
from ocr_studio.core.images.warping import Photo

# Pixels: a photo's longer side is not halved below this.
_SMALLEST = 32
# Pixels of the longer side: smaller sizes of a photo are shown from the level that is no larger.
SMALLEST_SHOWN = 512


class Pyramid:
    """The levels of a photo, each made when first wanted by averaging whole pixels of the one before: a letter shrunk
    to less than half in one go loses thin strokes.

    image: (H, W, 3) or (H, W) uint8, not to be changed afterwards.
    """

    def __init__(self, image: Photo) -> None:
        self._levels = [image]
        self._screen_levels: dict[int, Photo] = {}

    def level(self, number: int) -> Photo:
        """Return the photo at 1 / 2**number of its size; 0 is the photo itself."""
        while len(self._levels) <= number:
            above = self._levels[-1]
            half = (max(1, above.shape[1] // 2), max(1, above.shape[0] // 2))
            self._levels.append(np.asarray(cv2.resize(above, half, interpolation=cv2.INTER_AREA), np.uint8))
        return self._levels[number]

    def screen_level(self, number: int) -> Photo:
        """Return a level of a colour photo with 32 bits a pixel, as screens are painted: (H, W, 4) uint8 BGRA."""
        if number not in self._screen_levels:
            self._screen_levels[number] = np.asarray(cv2.cvtColor(self.level(number), cv2.COLOR_RGB2BGRA), np.uint8)
        return self._screen_levels[number]

    def make_levels(self, side: int) -> None:
        """Make the levels for showing the photo at any size, up to one whose longer side has at most ``side`` pixels.

        Call it in a job before the photo is shown, as it would delay the window: OpenCV's threads keep the low priority
        of the job that used OpenCV first.
        """
        number = 0
        while max(self.level(number).shape[:2]) > side:
            number += 1
            self.screen_level(number)

    def warp(self, corners: Floats, target: ArrayLike) -> Photo:
        """As ``warping.warp_piece``, from the smallest level with enough pixels for the target.

        corners: (4, 2), pixels of the photo itself; target: (width, height) of the picture.
        """
        image, scale = self._enough_for(corners, target)
        return warping.warp_piece(image, np.asarray(corners) * scale, target)

    def straighten(self, ribbon: Floats, target: ArrayLike) -> Photo:
        """Straighten the piece inside a bent ribbon; beyond the photo its border is repeated.

        ribbon: (6, 2), as for ``ribbons.map_to_ribbon``, pixels of the photo itself; target: (width, height).
        """
        image, scale = self._enough_for(ribbon[:4], target)
        return warping.straighten_ribbon(image, np.asarray(ribbon) * scale, target)

    def _enough_for(self, corners: Floats, target: ArrayLike) -> tuple[Photo, Floats]:
        """Return the smallest level with enough pixels for the target, and its scale across and down."""
        photo = self._levels[0]
        least = np.maximum(np.asarray(target, dtype=np.float64), 1.0)
        shrinking = float((geometry.measure_sizes(corners)[0] / least).max())
        number, side = 0, max(photo.shape[:2])
        while shrinking >= 2 and side >= 2 * _SMALLEST:
            number, shrinking, side = number + 1, shrinking / 2, side // 2
        image = self.level(number)
        return image, np.array([image.shape[1], image.shape[0]]) / (photo.shape[1], photo.shape[0])
