"""Conversion of any pixel format to upright 8-bit sRGB, on white where it is transparent."""

from __future__ import annotations

import io
from collections.abc import Iterator
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
# Larger photos are brought into colours in pieces of so many pixels.
_BAND_PIXELS: Final = 1 << 24
# What was seen to be raised for damaged profiles, cut or changed at random.
_NO_PROFILE: Final = (
    OSError,
    ValueError,
    TypeError,
    LookupError,
    ArithmeticError,
    AttributeError,
    RuntimeError,
    ImageCms.PyCMSError,
)
# White in whole numbers: that of 8 bits, of 10, 12 and 14 as cameras and scanners keep in 16, and of 16.
_WHOLE_WHITES: Final = tuple(float(2**bits - 1) for bits in (8, 10, 12, 14, 16))


def to_rgb(image: Image.Image) -> RGB:
    """Convert a decoded image of any mode to (H, W, 3) uint8 sRGB, its EXIF orientation not yet applied.

    16 bits and more are scaled, never clipped; an embedded ICC profile is applied where it can be; what is transparent
    shows white, or black where the paint could not be seen on white. Raises what Pillow raises for damaged files.
    """
    image.load()
    if image.mode.startswith(_NUMBERS):
        return _convert_grey(_Bands(image))
    profile = image.info.get("icc_profile")
    if profile:
        try:
            return _convert_colour(_Bands(image, _srgb_transform(_find_plain_mode(image), profile)))
        except _NO_PROFILE:
            pass  # damaged, or made for other channels than the photo has
    lab = ImageCms.ImageCmsProfile(ImageCms.createProfile("LAB")) if image.mode == "LAB" else None
    return _convert_colour(_Bands(image, _transform_from(lab, "LAB") if lab else None))


def rotate_upright(pixels: RGB, orientation: int) -> RGB:
    """Apply an EXIF orientation: tag 0x0112, 1..8; anything else counts as upright.

    pixels: (H, W, 3) uint8; returns (H, W, 3), or (W, H, 3) for 5..8. EXIF 2.32, table 4.6.4, tag Orientation.
    """
    turned: cv2.typing.MatLike = cv2.transpose(pixels) if orientation in {5, 6, 7, 8} else pixels
    # The transpose swaps rows and columns; what is left to do is to mirror: 1 left-right, 0 top-bottom, -1 both.
    flip = {2: 1, 3: -1, 4: 0, 6: 1, 7: -1, 8: 0}.get(orientation)
    if flip is not None:
        # What was just made may be changed in place: a large photo is not held three times.
        turned = cv2.flip(turned, flip, dst=None if turned is pixels else turned)
    return np.ascontiguousarray(turned, dtype=np.uint8)


def shrink_image(pixels: RGB, *, side: int) -> RGB:
    """Shrink a picture so that its longer side is at most ``side`` pixels; never enlarge it."""
    height, width = pixels.shape[:2]
    scale = side / max(height, width)
    if scale >= 1:
        return pixels
    size = (max(1, round(width * scale)), max(1, round(height * scale)))
    return cv2.resize(pixels, size, interpolation=cv2.INTER_AREA).astype(np.uint8, copy=False)


def encode_image(rgb: RGB, suffix: str = ".png", *, quality: int = 95) -> bytes:
    """Encode a picture, (H, W, 3) uint8 RGB, as a ".png" or, with a quality of 0..100, as a ".jpg"."""
    options = (cv2.IMWRITE_JPEG_QUALITY, quality) if suffix == ".jpg" else ()
    return cv2.imencode(suffix, cv2.cvtColor(rgb, cv2.COLOR_RGB2BGR), options)[1].tobytes()


class _Bands:
    """A decoded image in bands from top to bottom, in a mode whose pixels are colours or numbers.

    Of most photos it is one piece, kept; of a large one pieces are made each time, as all of it would be held twice.
    """

    def __init__(self, image: Image.Image, transform: ImageCms.ImageCmsTransform | None = None) -> None:
        self._image, self._transform = image, transform
        self._rows = max(1, _BAND_PIXELS // image.width)
        self.shape = (image.height, image.width, 3)
        self._only = [(slice(0, image.height), self._made(image))] if self._rows >= image.height else None

    def __iter__(self) -> Iterator[tuple[slice, Image.Image]]:
        return iter(self._only if self._only is not None else self._pieces())

    def _pieces(self) -> Iterator[tuple[slice, Image.Image]]:
        width, height = self._image.size
        for top in range(0, height, self._rows):
            rows = slice(top, min(height, top + self._rows))
            yield rows, self._made(self._image.crop((0, rows.start, width, rows.stop)))

    def _made(self, piece: Image.Image) -> Image.Image:
        if piece.mode.startswith(_NUMBERS):
            return piece
        mode = _find_plain_mode(piece)
        plain = piece if piece.mode == mode else piece.convert(mode)
        return plain if self._transform is None else ImageCms.applyTransform(plain, self._transform) or plain


def _convert_colour(bands: _Bands) -> RGB:
    """Convert colours, on paper where they are transparent."""
    pixels, paint, dark_paint, clear = np.empty(bands.shape, np.uint8), 0, 0, False
    for rows, piece in bands:
        pixels[rows] = np.asarray(piece if piece.mode == "RGB" else piece.convert("RGB"))
        if piece.mode == "RGBA":
            opacity = np.asarray(piece.getchannel("A"))
            clear = clear or bool(opacity.min() < 255)
            dark = np.asarray(Image.fromarray(pixels[rows]).convert("L")) < _FAINT_ON_WHITE
            paint += int(opacity.sum(dtype=np.int64))
            dark_paint += int(opacity.sum(dtype=np.int64, where=dark))
    if clear:
        colour = _BLACK if paint and dark_paint <= _EDGES * paint else _WHITE
        for rows, piece in bands:
            paper = Image.new("RGBA", piece.size, colour)
            paper.alpha_composite(piece)
            pixels[rows] = np.asarray(paper.convert("RGB"))
    return pixels


def _convert_grey(bands: _Bands) -> RGB:
    """Convert grey values of any depth to 0..255.

    White is 1 for floats within 0..1; for others it is the greatest value of the fewest bits, of 8, 10, 12, 14 and 16,
    that hold all values, as files of 16 bits often use less. In any other range (scientific pictures) the darkest
    becomes black and the brightest white. NaN becomes black.
    """
    kinds, lows, highs = set(), [], []
    for _, piece in bands:
        values = np.asarray(piece)
        kinds.add(values.dtype)
        finite = values[np.isfinite(values)] if values.dtype.kind == "f" else values
        if finite.size:
            lows.append(float(finite.min()))
            highs.append(float(finite.max()))
    low, high = (min(lows), max(highs)) if lows else (0.0, 0.0)
    kind = kinds.pop()
    short = kind.kind == "u" and kind.itemsize == 2
    white = _find_white(0.0 if short else low, high, whole=kind.kind in "iu")
    pixels = np.empty(bands.shape, np.uint8)
    for rows, piece in bands:
        values = np.asarray(piece)
        eight = _eight_of_short(values, white) if short else _eight_of_numbers(values, low, high, white)
        cv2.cvtColor(eight, cv2.COLOR_GRAY2RGB, dst=pixels[rows])
    return pixels


def _eight_of_short(values: NDArray[np.generic], white: float | None) -> NDArray[np.uint8]:
    most = int(white or _WHOLE_WHITES[-1])
    return ((values.astype(np.uint32) * 255 + most // 2) // most).astype(np.uint8)


def _eight_of_numbers(values: NDArray[np.generic], low: float, high: float, white: float | None) -> NDArray[np.uint8]:
    numbers = values.astype(np.float64)
    numbers = np.clip(np.nan_to_num(numbers, nan=low, posinf=high, neginf=low), low, high)
    if white is None:
        numbers, white = numbers - low, high - low
    return (numbers * (255.0 / white)).round().astype(np.uint8)


def _find_white(low: float, high: float, *, whole: bool) -> float | None:
    """Find the value of white for values from low to high; None without a convention."""
    if low < 0:
        return None
    if high <= 1 and not whole:
        return 1.0
    return next((white for white in _WHOLE_WHITES if high <= white), None)


def _find_plain_mode(image: Image.Image) -> str:
    """Find the mode that colour management knows and that loses nothing: L, RGB, RGBA, CMYK or LAB."""
    if image.has_transparency_data:
        return "RGBA"
    if image.mode in {"L", "RGB", "CMYK", "LAB"}:
        return image.mode
    return "L" if image.mode == "1" else "RGB"


def _srgb_transform(mode: str, profile: bytes) -> ImageCms.ImageCmsTransform | None:
    """Return the transform from a profile to sRGB; None if it is sRGB. Raises what is in _NO_PROFILE."""
    source = ImageCms.ImageCmsProfile(io.BytesIO(profile))
    # Most photos say they are sRGB already: converting 12 megapixels to what they are takes 160 ms.
    if mode != "CMYK" and ImageCms.getProfileDescription(source).startswith("sRGB"):
        return None
    return _transform_from(source, mode)


def _transform_from(source: ImageCms.ImageCmsProfile, mode: str) -> ImageCms.ImageCmsTransform:
    target = ImageCms.createProfile("sRGB")
    return ImageCms.buildTransform(source, target, mode, "RGBA" if mode == "RGBA" else "RGB")
