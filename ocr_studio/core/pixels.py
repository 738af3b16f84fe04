"""Pixels of any kind as a photo tells them: upright, RGB, 8 bits, sRGB, paper where nothing is painted."""

from __future__ import annotations

import io
from typing import Final, TypeAlias

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageCms

RGB: TypeAlias = NDArray[np.uint8]

UPRIGHT: Final = 1
_WHITE: Final = (255, 255, 255, 255)
_BLACK: Final = (0, 0, 0, 255)
# Paint lighter than this, of 255, can hardly be seen on white.
_FAINT_ON_WHITE: Final = 192
# This share of the paint may be darker and be no writing: edges that were mixed with black when a picture was scaled.
_EDGES: Final = 0.02
_NUMBERS: Final = ("I", "F")
# White in whole numbers: that of 8 bits, of 10, 12 and 14 as cameras and scanners keep in 16, and of 16.
_WHOLE_WHITES: Final = tuple(float(2**bits - 1) for bits in (8, 10, 12, 14, 16))


def to_rgb(image: Image.Image) -> RGB:
    """A decoded image of any mode as (H, W, 3) uint8 sRGB, its EXIF orientation not yet applied.

    16 bits and more are scaled, never clipped; an embedded ICC profile is applied where it can be; what is transparent
    shows white, or black where the paint could not be seen on white. Raises what Pillow raises for damaged files.
    """
    if image.mode.startswith(_NUMBERS):
        grey = _eight_bits(np.asarray(image))
        return cv2.cvtColor(grey, cv2.COLOR_GRAY2RGB).astype(np.uint8, copy=False)
    profile = image.info.get("icc_profile")
    plain = _without_palette(image)
    if profile:
        plain = _in_srgb(plain, profile)
    if plain.mode == "LAB":
        plain = _converted(plain, ImageCms.ImageCmsProfile(ImageCms.createProfile("LAB")))
    if plain.mode == "RGBA" and np.asarray(plain.getchannel("A")).min() < 255:
        paper = Image.new("RGBA", plain.size, _paper_for(plain))
        paper.alpha_composite(plain)
        plain = paper
    return np.array(plain if plain.mode == "RGB" else plain.convert("RGB"))


def upright(pixels: RGB, orientation: int) -> RGB:
    """The picture as it was meant to be seen. orientation: EXIF tag 0x0112, 1..8; anything else counts as upright.

    pixels: (H, W, 3) uint8; returns (H, W, 3), or (W, H, 3) for 5..8. EXIF 2.32, table 4.6.4, tag Orientation.
    """
    turned: cv2.typing.MatLike = cv2.transpose(pixels) if orientation in {5, 6, 7, 8} else pixels
    # The transpose swaps rows and columns; what is left to do is to mirror: 1 left-right, 0 top-bottom, -1 both.
    flip = {2: 1, 3: -1, 4: 0, 6: 1, 7: -1, 8: 0}.get(orientation)
    if flip is not None:
        turned = cv2.flip(turned, flip)
    return np.ascontiguousarray(turned, dtype=np.uint8)


def shrunk(pixels: RGB, *, side: int) -> RGB:
    """The picture with its longer side at most ``side`` pixels, the shorter at least 1; never enlarged."""
    height, width = pixels.shape[:2]
    scale = side / max(height, width)
    if scale >= 1:
        return pixels
    size = (max(1, round(width * scale)), max(1, round(height * scale)))
    return cv2.resize(pixels, size, interpolation=cv2.INTER_AREA).astype(np.uint8, copy=False)


def _paper_for(painted: Image.Image) -> tuple[int, int, int, int]:
    """The colour, RGBA, on which a partly transparent picture, RGBA, can be seen: white, unless all paint is light."""
    opacity = np.asarray(painted.getchannel("A"))
    dark = np.asarray(painted.convert("RGB").convert("L")) < _FAINT_ON_WHITE
    paint, dark_paint = (int(opacity.sum(dtype=np.int64, where=where)) for where in (True, dark))
    return _BLACK if paint and dark_paint <= _EDGES * paint else _WHITE


def _without_palette(image: Image.Image) -> Image.Image:
    """In a mode that colour management knows: L, RGB, RGBA, CMYK or LAB."""
    if image.mode in {"L", "RGB", "RGBA", "CMYK", "LAB"} and not image.has_transparency_data:
        return image
    if image.has_transparency_data:
        return image.convert("RGBA")
    return image.convert("L" if image.mode == "1" else "RGB")


def _in_srgb(image: Image.Image, profile: bytes) -> Image.Image:
    """The image in sRGB, or as it is where its profile is damaged or made for other channels than it has."""
    try:
        source = ImageCms.ImageCmsProfile(io.BytesIO(profile))
        # Most photos say they are sRGB already: converting 12 megapixels to what they are takes 160 ms.
        if image.mode != "CMYK" and ImageCms.getProfileDescription(source).startswith("sRGB"):
            return image
        return _converted(image, source)
    except (OSError, ValueError, TypeError, ImageCms.PyCMSError):
        return image


def _converted(image: Image.Image, source: ImageCms.ImageCmsProfile) -> Image.Image:
    target = ImageCms.createProfile("sRGB")
    mode = "RGBA" if image.mode == "RGBA" else "RGB"
    converted = ImageCms.profileToProfile(image, source, target, outputMode=mode)
    return image if converted is None else converted


def _eight_bits(values: NDArray[np.generic]) -> NDArray[np.uint8]:
    """Grey values of any depth as 0..255.

    White is 1 for floats within 0..1; for others it is the greatest value of the fewest bits, of 8, 10, 12, 14 and 16,
    that hold all values, as files of 16 bits often use less. In any other range (scientific pictures) the darkest
    becomes black and the brightest white. NaN becomes black.
    """
    if values.dtype.kind == "u" and values.dtype.itemsize == 2:
        most = int(_white_of(0.0, float(values.max()), whole=True) or _WHOLE_WHITES[-1])
        return ((values.astype(np.uint32) * 255 + most // 2) // most).astype(np.uint8)
    numbers = values.astype(np.float64)
    finite = np.isfinite(numbers)
    low, high = (float(numbers[finite].min()), float(numbers[finite].max())) if finite.any() else (0.0, 0.0)
    numbers = np.clip(np.nan_to_num(numbers, nan=low, posinf=high, neginf=low), low, high)
    white = _white_of(low, high, whole=values.dtype.kind in "iu")
    if white is None:
        numbers, white = numbers - low, high - low
    return (numbers * (255.0 / white)).round().astype(np.uint8)


def _white_of(low: float, high: float, *, whole: bool) -> float | None:
    """The value that means white where values reach from low to high; None where no convention fits."""
    if low < 0:
        return None
    if high <= 1 and not whole:
        return 1.0
    return next((white for white in _WHOLE_WHITES if high <= white), None)
