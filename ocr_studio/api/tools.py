"""Images and boxes for scripts: reading, cropping, drawing. Names are those of keras-ocr's ``tools``.

An image is (H, W, 3) uint8 RGB. A box is (4, 2) float32, pixels of its image, clockwise from the top left of the text.
Predictions are (text, box) pairs, as ``Pipeline.recognize`` returns them; a line is a list of (box, character) pairs,
as ``get_image_generator`` yields them. Arguments that are images may be anything that ``read`` accepts. A wrong type
raises TypeError, a wrong value ValueError.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from pathlib import Path
from typing import Any, BinaryIO, Final, Literal, TypeAlias

import cv2
import numpy as np
from numpy.typing import ArrayLike, NDArray
from PIL import Image, ImageOps

from ocr_studio.api import arguments
from ocr_studio.core.errors import StudioError
from ocr_studio.core.geometry import quads as geometry
from ocr_studio.core.images import captions, photo_file, warping
from ocr_studio.core.images.pixel_formats import to_rgb

Picture: TypeAlias = NDArray[np.uint8]
# What ``read`` accepts: a path, bytes, a binary file, a Pillow image, an array.
ImageSource: TypeAlias = Any
Box: TypeAlias = arguments.Box
Line: TypeAlias = arguments.Line
Prediction: TypeAlias = tuple[str, Box]
Format: TypeAlias = Literal["boxes", "predictions", "lines"]
Colour: TypeAlias = tuple[int, int, int]

FORMATS: Final = ("boxes", "predictions", "lines")
UNCLEAR: Final = "\ufffc"  # the character of a box with unreadable text
_REMEDY: Final = "Use a file, its bytes, or an array, preferably uint8 RGB (H, W, 3)."
_MAX_COORDINATE: Final = 1e5  # pixels; coordinates are clipped to this
_MIN_SCALE: Final = 1e-3  # of a scale
_RED: Final[Colour] = (255, 0, 0)
_MAX_BYTES: Final = 1 << 30
# ``draw_annotations``: height of text and width of margins, relative to the longer side of the image.
_TEXT, _MARGIN = 1 / 45, 1 / 4


class NotAPicture(StudioError):
    """A value can't be read as an image."""


def read(filepath_or_buffer: str | Path | bytes | BinaryIO | Image.Image | NDArray[Any]) -> Picture:
    """Read an image as (H, W, 3) uint8 RGB, rotated according to its EXIF data.

    Args:
        filepath_or_buffer: A path, bytes, a binary file, a Pillow image, or an array. Greyscale arrays, (H, W) or
            (H, W, 1), become RGB; the alpha channel of (H, W, 4) is dropped. Numbers are levels from 0 to 255 of any
            type; levels from 0 to 1 are refused as ambiguous. URLs are refused, as nothing is downloaded.

    Raises:
        NotAPicture: The value isn't an image.
        PhotoError: The file can't be read.
    """
    source = filepath_or_buffer
    if isinstance(source, str | Path):
        return _read_file(source)
    if isinstance(source, Image.Image):
        return to_rgb(ImageOps.exif_transpose(source))
    if isinstance(source, bytes | bytearray):
        return photo_file.decode_photo(bytes(source), name="the bytes")
    if hasattr(source, "__array__"):
        return _convert_array(np.asarray(source))
    if not hasattr(source, "read"):
        raise NotAPicture(f"{arguments.describe(source)} is not an image", remedy=_REMEDY)
    data = source.read(_MAX_BYTES)
    if not isinstance(data, bytes):
        raise NotAPicture("it is not a binary file", file="the buffer", remedy='Open files in mode "rb".')
    return photo_file.decode_photo(data, name="the buffer")


def warp_box(
    image: ImageSource,
    box: ArrayLike,
    target_height: int | None = None,
    target_width: int | None = None,
    margin: int = 0,
) -> Picture:
    """Crop the contents of a box from an image and rotate them upright: (h, w, 3).

    Args:
        image: The image.
        box: The box, (4, 2).
        target_height: Height in pixels; requires ``target_width``. The contents are scaled to fit, with a black border.
        target_width: Width in pixels.
        margin: Free pixels around the contents.

    Raises:
        ValueError: A number or the box is wrong.
    """
    if (target_height is None) != (target_width is None):
        raise ValueError("give either both target_height and target_width, or neither")
    if target_height is not None and target_width is not None:
        arguments.check_integer("margin", margin, least=0)
        arguments.check_integer("target_height", target_height, least=2 * margin + 1)
        arguments.check_integer("target_width", target_width, least=2 * margin + 1)
    image = read(image)
    corners = arguments.check_box(box).astype(np.float64)
    width, height = np.maximum(geometry.measure_sizes(corners)[0], 1.0)
    if target_height is None or target_width is None:
        return warping.warp_piece(image, corners, (width, height))
    scale = min((target_width - 2 * margin) / width, (target_height - 2 * margin) / height)
    size = max(1, int(scale * width)), max(1, int(scale * height))
    full = np.zeros((target_height, target_width, 3), np.uint8)
    full[margin : margin + size[1], margin : margin + size[0]] = warping.warp_piece(image, corners, size)
    return full


def combine_line(line: Sequence[tuple[ArrayLike, str]]) -> tuple[Box, str]:
    """Combine the characters of a line into one box, (4, 2), and its text. Raises ValueError for an empty line."""
    letters = arguments.check_line(line)
    if not letters:
        raise ValueError("the line is empty")
    boxes = np.array([box for box, _ in letters], np.float32)
    rectangle = cv2.boxPoints(cv2.minAreaRect(boxes.reshape(-1, 2)))
    first = int(np.linalg.norm(rectangle - boxes[0, 0], axis=1).argmin())
    corners = np.roll(rectangle, -first, axis=0)
    if cv2.contourArea(corners.astype(np.float32), oriented=True) < 0:  # counter-clockwise
        corners = np.roll(corners[::-1], 1, axis=0)
    return np.asarray(corners, np.float32), "".join(character for _, character in letters)


def boxes_of(found: Any, boxes_format: Format = "boxes") -> list[Box]:
    """Extract the boxes, each (4, 2) float32, from one of three formats. Raises ValueError for another format."""
    match arguments.check_choice("boxes_format", boxes_format, FORMATS):
        case "boxes":
            return list(arguments.check_boxes(found))
        case "predictions":
            return [box for _, box in arguments.check_predictions(found)]
        case _:
            return [box for line in arguments.check_lines(found) for box, _ in line]


def adjust_boxes(boxes: Any, scale: float = 1.0, boxes_format: Format = "boxes") -> Any:
    """Scale boxes for an image that is ``scale`` times as large, in the same format. Raises ValueError."""
    times = np.float32(arguments.check_number("scale", scale, least=_MIN_SCALE))
    match arguments.check_choice("boxes_format", boxes_format, FORMATS):
        case "boxes":
            return arguments.check_boxes(boxes) * times
        case "predictions":
            return [(text, box * times) for text, box in arguments.check_predictions(boxes)]
        case _:
            return [[(box * times, sign) for box, sign in line] for line in arguments.check_lines(boxes)]


def scale_for(image: Picture, max_scale: float, max_size: float) -> float:
    """Compute the scale of an image: ``max_scale``, but at most ``max_size`` pixels for the longer side."""
    scale = arguments.check_number("max_scale", max_scale, least=_MIN_SCALE)
    size = arguments.check_number("max_size", max_size, least=1)
    return float(min(scale, size / max(image.shape[:2])))


def resize_image(image: ImageSource, max_scale: float, max_size: int) -> tuple[Picture, float]:
    """Resize an image by ``scale_for``. Returns the image and the scale."""
    image = read(image)
    scale = scale_for(image, max_scale, max_size)
    size = max(1, int(image.shape[1] * scale)), max(1, int(image.shape[0] * scale))
    way = cv2.INTER_AREA if scale < 1 else cv2.INTER_LINEAR
    return np.asarray(cv2.resize(image, size, interpolation=way), np.uint8), scale


def pad(image: ImageSource, width: int, height: int, cval: int = 255) -> Picture:
    """Add a border to the right and below, to a size in pixels.

    Args:
        image: The image.
        width: Width of the result.
        height: Height of the result.
        cval: Level of the border, 0 to 255.

    Raises:
        ValueError: The image is larger.
    """
    image = read(image)
    width, height = arguments.check_integer("width", width), arguments.check_integer("height", height)
    level = np.uint8(arguments.check_number("cval", cval, least=0, most=255))
    if image.shape[0] > height or image.shape[1] > width:
        raise ValueError(f"an image of {image.shape[1]} x {image.shape[0]} pixels does not fit {width} x {height}")
    padded = np.full((height, width, 3), level, np.uint8)
    padded[: image.shape[0], : image.shape[1]] = image
    return padded


def fit(
    image: ImageSource, width: int, height: int, cval: int = 255, mode: Literal["letterbox", "crop"] = "letterbox"
) -> Picture:
    """Fit an image to a size, preserving its aspect ratio: (height, width, 3).

    Args:
        image: The image.
        width: Width in pixels.
        height: Height in pixels.
        cval: Level of the border, 0 to 255.
        mode: "letterbox" for all of the image with a border, "crop" to fill the size from the top left.

    Raises:
        ValueError: The mode is unknown, or a number is out of range.
    """
    arguments.check_choice("mode", mode, ("letterbox", "crop"))
    image = read(image)
    width, height = arguments.check_integer("width", width), arguments.check_integer("height", height)
    scales = width / image.shape[1], height / image.shape[0]
    scale = min(scales) if mode == "letterbox" else max(scales)
    whole = round if mode == "letterbox" else math.ceil
    size = max(1, whole(image.shape[1] * scale)), max(1, whole(image.shape[0] * scale))
    way = cv2.INTER_AREA if scale < 1 else cv2.INTER_LINEAR
    resized = np.asarray(cv2.resize(image, size, interpolation=way), np.uint8)[:height, :width]
    return pad(resized, width, height, cval)


def draw_boxes(
    image: ImageSource, boxes: Any, color: Colour = _RED, thickness: int = 5, boxes_format: Format = "boxes"
) -> Picture:
    """Draw boxes on a copy of an image.

    Args:
        image: The image.
        boxes: The boxes, in the format ``boxes_format``.
        color: Levels of red, green and blue, 0 to 255.
        thickness: Pixels.
        boxes_format: "boxes", "predictions" or "lines".

    Raises:
        TypeError: An argument has the wrong type.
        ValueError: A number or the boxes are wrong.
    """
    canvas = np.array(read(image))
    thickness = arguments.check_integer("thickness", thickness)
    levels = tuple(
        arguments.check_number("color", level, least=0, most=255) for level in arguments.check_iterable("color", color)
    )
    for box in boxes_of(boxes, boxes_format):
        cv2.polylines(canvas, [_to_pixels(box)], True, levels, thickness, cv2.LINE_AA)
    return canvas


def draw_annotations(image: ImageSource, predictions: Sequence[Prediction], ax: Any = None) -> Any:
    """Draw the boxes of words on a copy of an image, with their texts in added margins.

    Args:
        image: The image.
        predictions: The predictions for this image, as ``Pipeline.recognize`` returns them.
        ax: Matplotlib axes to show the result on.

    Returns:
        The axes if given, otherwise the annotated image, (h, w, 3) uint8.

    Raises:
        TypeError: ``ax`` isn't matplotlib axes.
        ValueError: The predictions aren't those of one image.
    """
    if ax is not None and not hasattr(ax, "imshow"):
        raise TypeError(f"ax must be matplotlib axes, not {arguments.describe(ax)}")
    image, found = read(image), arguments.check_predictions(predictions)
    longer = max(image.shape[:2])
    height, margin = max(8, round(longer * _TEXT)), max(40, round(longer * _MARGIN))
    middle = image.shape[1] / 2
    sides: tuple[list[Prediction], list[Prediction]] = [], []
    for text, box in sorted(found, key=lambda each: float(each[1][:, 1].min())):
        sides[float(box[:, 0].min()) >= middle].append((text, box))
    # Every word needs its own line in a margin.
    height = max(6, min(height, int(image.shape[0] / max(1, *map(len, sides)))))
    boxed = draw_boxes(image, found, thickness=max(1, longer // 600), boxes_format="predictions")
    canvas = np.full((image.shape[0], image.shape[1] + 2 * margin, 3), 255, np.uint8)
    canvas[:, margin : margin + image.shape[1]] = boxed
    for side, words in enumerate(sides):
        _annotate(canvas, words, left=side == 0, margin=margin, height=height)
    if ax is None:
        return canvas
    ax.imshow(canvas)
    ax.set_xticks([])
    ax.set_yticks([])
    return ax


def _annotate(canvas: Picture, words: Sequence[Prediction], *, left: bool, margin: int, height: int) -> None:
    for place, (text, box) in enumerate(words):
        y = int(canvas.shape[0] * (place + 0.5) / len(words))
        edge = margin - 4 if left else canvas.shape[1] - margin + 4
        ends = np.array([(edge, y), box.mean(axis=0) + (margin, 0)], np.float32)
        cv2.polylines(canvas, [_to_pixels(ends)], False, _RED)
        captions.write_beside(canvas, text, (edge, y), round(height * 0.8), _RED, left=left)


def _to_pixels(points: Box) -> NDArray[np.int32]:
    return np.round(np.clip(points, -_MAX_COORDINATE, _MAX_COORDINATE)).astype(np.int32)


def _read_file(path: str | Path) -> Picture:
    if not str(path):
        raise NotAPicture("the path is empty", remedy=_REMEDY)
    if str(path).lower().startswith(("http://", "https://", "ftp://")):
        remedy = "Download the file first; reading photos never uses the network."
        raise NotAPicture("it is a URL", file=path, remedy=remedy)
    return photo_file.open_photo(Path(path))


def _convert_array(array: NDArray[Any]) -> Picture:
    grey = array.ndim == 2 or (array.ndim == 3 and array.shape[2] == 1)
    if not (grey or (array.ndim == 3 and array.shape[2] in {3, 4})) or not array.size:
        raise NotAPicture(f"{arguments.describe(array)} is not an image", remedy=_REMEDY)
    levels = _to_levels(array)
    if grey:
        return np.repeat(levels.reshape(*array.shape[:2], 1), 3, axis=2)
    return np.ascontiguousarray(levels[..., :3])


def _to_levels(array: NDArray[Any]) -> Picture:
    """Convert numbers to levels from 0 to 255. Raises NotAPicture."""
    if array.dtype == np.uint8:
        return array
    if array.dtype.kind not in "iuf":
        raise NotAPicture(f"{arguments.describe(array)} does not have levels from 0 to 255", remedy=_REMEDY)
    least, most = float(array.min()), float(array.max())
    if array.dtype.kind == "f" and least >= 0 and 0 < most <= 1:
        remedy = 'Use levels from 0 to 255: (255 * array).astype("uint8").'
        raise NotAPicture(f"{arguments.describe(array)} has values up to {most:g}, as if 1 were white", remedy=remedy)
    if not (least >= 0 and most <= 255):
        raise NotAPicture(f"{arguments.describe(array)} has values from {least:g} to {most:g}", remedy=_REMEDY)
    return np.round(array).astype(np.uint8)


# Names of keras-ocr.
drawAnnotations = draw_annotations  # noqa: N816
drawBoxes = draw_boxes  # noqa: N816
warpBox = warp_box  # noqa: N816
