"""Pictures and boxes, for who scripts: reading, cutting, drawing. Names are those of keras-ocr's ``tools``.

A picture is (H, W, 3) uint8 RGB. A box is (4, 2) float32, pixels of its picture, clockwise from the text's own top
left. Predictions are (text, box) pairs, as ``Pipeline.recognize`` gives them; a line is a list of (box, character)
pairs, as ``get_image_generator`` gives them.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any, BinaryIO, Final, Literal, TypeAlias

import cv2
import numpy as np
from numpy.typing import ArrayLike, NDArray
from PIL import Image, ImageDraw, ImageFont

from ocr_studio.core import geometry, images
from ocr_studio.core.errors import StudioError

Picture: TypeAlias = NDArray[np.uint8]
Box: TypeAlias = NDArray[np.float32]
Prediction: TypeAlias = tuple[str, Box]
Line: TypeAlias = list[tuple[Box, str]]
Format: TypeAlias = Literal["boxes", "predictions", "lines"]
Colour: TypeAlias = tuple[int, int, int]

UNCLEAR: Final = "\ufffc"  # the letter of a box in which nobody should have to read anything
_RED: Final[Colour] = (255, 0, 0)
_MOST_BYTES: Final = 1 << 30
# Of ``draw_annotations``: how high a line of text is, and how wide the margins, as shares of the picture's longer side.
_TEXT, _MARGIN = 1 / 45, 1 / 4


class NotAPicture(StudioError):
    """What was given cannot be read as a picture."""


def read(filepath_or_buffer: str | Path | BinaryIO | NDArray[Any]) -> Picture:
    """A picture, (H, W, 3) uint8 RGB, turned as its EXIF says: a file, something with ``read``, or an array.

    An array of greys, (H, W) or (H, W, 1), becomes RGB; of one with transparency, (H, W, 4), that is left out. Nothing
    is fetched: an address is refused. Raises NotAPicture, and PhotoError for a file that cannot be read.
    """
    if isinstance(filepath_or_buffer, np.ndarray):
        return _of_array(filepath_or_buffer)
    if isinstance(filepath_or_buffer, str | Path):
        if str(filepath_or_buffer).lower().startswith(("http://", "https://", "ftp://")):
            remedy = "Fetch it first; what reads photos here never uses the network."
            raise NotAPicture("it is an address", file=filepath_or_buffer, remedy=remedy)
        return images.open_photo(Path(filepath_or_buffer))
    return images.decode_photo(filepath_or_buffer.read(_MOST_BYTES), name="the buffer")


def warp_box(
    image: Picture, box: ArrayLike, target_height: int | None = None, target_width: int | None = None, margin: int = 0
) -> Picture:
    """The piece of a picture inside a box, turned level; a picture of its own, (h, w, 3).

    target_height, target_width: either both, then it is made as large as fits there and black beside it, or neither.
    margin: pixels of that picture that stay free around the box's content. Raises ValueError.
    """
    if (target_height is None) != (target_width is None):
        raise ValueError("either both of target_height and target_width must be given, or neither")
    corners = np.asarray(box, np.float64).reshape(4, 2)
    width, height = np.maximum(geometry.sizes(corners)[0], 1.0)
    if target_height is None or target_width is None:
        return geometry.warp(image, corners, (width, height))
    scale = min((target_width - 2 * margin) / width, (target_height - 2 * margin) / height)
    size = max(1, int(scale * width)), max(1, int(scale * height))
    full = np.zeros((target_height, target_width, *image.shape[2:]), np.uint8)
    full[margin : margin + size[1], margin : margin + size[0]] = geometry.warp(image, corners, size)
    return full


def combine_line(line: Sequence[tuple[ArrayLike, str]]) -> tuple[Box, str]:
    """The letters of a line as one box, (4, 2), and its text. Raises ValueError for a line without letters."""
    if not line:
        raise ValueError("a line without letters")
    boxes = np.array([box for box, _ in line], np.float32).reshape(-1, 4, 2)
    rectangle = cv2.boxPoints(cv2.minAreaRect(boxes.reshape(-1, 2)))
    first = int(np.linalg.norm(rectangle - boxes[0, 0], axis=1).argmin())
    corners = np.roll(rectangle, -first, axis=0)
    if cv2.contourArea(corners.astype(np.float32), oriented=True) < 0:  # it runs the other way round
        corners = np.roll(corners[::-1], 1, axis=0)
    return np.asarray(corners, np.float32), "".join(character for _, character in line)


def boxes_of(found: Iterable[Any], boxes_format: Format = "boxes") -> list[Box]:
    """The boxes in what is given in one of three formats, each (4, 2) float32. Raises ValueError for another format."""
    if boxes_format == "boxes":
        return [np.asarray(box, np.float32) for box in found]
    if boxes_format == "predictions":
        return [np.asarray(box, np.float32) for _, box in found]
    if boxes_format == "lines":
        return [np.asarray(box, np.float32) for line in found for box, _ in line]
    raise ValueError(f"no format of boxes “{boxes_format}”")


def adjust_boxes(boxes: Any, scale: float = 1.0, boxes_format: Format = "boxes") -> Any:
    """The same boxes on a picture ``scale`` times as large, in the format they have. Raises ValueError."""
    if boxes_format == "boxes":
        return np.asarray(boxes, np.float32).reshape(-1, 4, 2) * np.float32(scale)
    if boxes_format == "predictions":
        return [(text, np.asarray(box, np.float32) * np.float32(scale)) for text, box in boxes]
    if boxes_format == "lines":
        return [[(np.asarray(box, np.float32) * np.float32(scale), sign) for box, sign in line] for line in boxes]
    raise ValueError(f"no format of boxes “{boxes_format}”")


def scale_for(image: Picture, max_scale: float, max_size: int) -> float:
    """How many times larger a picture is made: ``max_scale`` times, but its longer side at most ``max_size``."""
    return float(min(max_scale, max_size / max(image.shape[:2])))


def resize_image(image: Picture, max_scale: float, max_size: int) -> tuple[Picture, float]:
    """A picture at the size of ``scale_for``, and that scale."""
    scale = scale_for(image, max_scale, max_size)
    size = max(1, int(image.shape[1] * scale)), max(1, int(image.shape[0] * scale))
    way = cv2.INTER_AREA if scale < 1 else cv2.INTER_LINEAR
    return np.asarray(cv2.resize(image, size, interpolation=way), np.uint8), scale


def pad(image: Picture, width: int, height: int, cval: int = 255) -> Picture:
    """A picture with a border to the right and below. cval: its level. Raises ValueError where it is larger."""
    if image.shape[0] > height or image.shape[1] > width:
        raise ValueError(f"a picture of {image.shape[1]} x {image.shape[0]} pixels does not fit {width} x {height}")
    padded = np.full((height, width, *image.shape[2:]), cval, np.uint8)
    padded[: image.shape[0], : image.shape[1]] = image
    return padded


def fit(
    image: Picture, width: int, height: int, cval: int = 255, mode: Literal["letterbox", "crop"] = "letterbox"
) -> Picture:
    """A picture brought to a size, its shape kept: (height, width, 3).

    letterbox: all of it, with a border of the level ``cval``; crop: as much as fills the size, from the top left.
    Raises ValueError for another mode.
    """
    if mode not in {"letterbox", "crop"}:
        raise ValueError(f"no way to fit “{mode}”")
    scales = width / image.shape[1], height / image.shape[0]
    scale = min(scales) if mode == "letterbox" else max(scales)
    whole = round if mode == "letterbox" else math.ceil
    size = max(1, whole(image.shape[1] * scale)), max(1, whole(image.shape[0] * scale))
    way = cv2.INTER_AREA if scale < 1 else cv2.INTER_LINEAR
    resized = np.asarray(cv2.resize(image, size, interpolation=way), np.uint8)[:height, :width]
    return pad(resized, width, height, cval)


def draw_boxes(
    image: Picture, boxes: Any, color: Colour = _RED, thickness: int = 5, boxes_format: Format = "boxes"
) -> Picture:
    """A copy of a picture with boxes drawn on it. boxes: in the format ``boxes_format`` says. thickness: pixels."""
    canvas = image.copy()
    for box in boxes_of(boxes, boxes_format):
        cv2.polylines(canvas, [np.round(box).astype(np.int32)], True, color, thickness, cv2.LINE_AA)
    return canvas


def draw_annotations(image: Picture, predictions: Sequence[Prediction], ax: Any = None) -> Any:
    """A picture with the box of each word, and in the margins what was read there, a line leading from it.

    predictions: of this picture, as ``Pipeline.recognize`` gives them. Returns (h, w, 3) uint8, wider by two margins.
    ax: axes of matplotlib to show it on, as with keras-ocr; then these are what is returned.
    """
    longer = max(image.shape[:2])
    height, margin = max(8, round(longer * _TEXT)), max(40, round(longer * _MARGIN))
    middle = image.shape[1] / 2
    sides: tuple[list[Prediction], list[Prediction]] = [], []
    for text, box in sorted(predictions, key=lambda each: float(np.asarray(each[1])[:, 1].min())):
        sides[float(np.asarray(box)[:, 0].min()) >= middle].append((text, np.asarray(box, np.float32)))
    # Each word needs a line of its own beside the picture, however many there are.
    height = max(6, min(height, int(image.shape[0] / max(1, *map(len, sides)))))
    boxed = draw_boxes(image, predictions, thickness=max(1, longer // 600), boxes_format="predictions")
    canvas = np.full((image.shape[0], image.shape[1] + 2 * margin, 3), 255, np.uint8)
    canvas[:, margin : margin + image.shape[1]] = boxed
    sheet = Image.fromarray(canvas)
    for side, words in enumerate(sides):
        _annotate(sheet, words, left=side == 0, margin=margin, height=height)
    drawn = np.asarray(sheet, np.uint8)
    if ax is None:
        return drawn
    ax.imshow(drawn)
    ax.set_xticks([])
    ax.set_yticks([])
    return ax


def _annotate(sheet: Image.Image, words: Sequence[Prediction], *, left: bool, margin: int, height: int) -> None:
    draw, font = ImageDraw.Draw(sheet), ImageFont.load_default(height * 0.8)
    for place, (text, box) in enumerate(words):
        y = sheet.height * (place + 0.5) / len(words)
        target = box.mean(axis=0) + (margin, 0)
        edge = margin - 4 if left else sheet.width - margin + 4
        draw.line([(edge, y), (float(target[0]), float(target[1]))], fill=_RED, width=1)
        draw.text((edge, y), text, fill=_RED, font=font, anchor="rm" if left else "lm")


def _of_array(array: NDArray[Any]) -> Picture:
    grey = array.ndim == 2 or (array.ndim == 3 and array.shape[2] == 1)
    if array.dtype != np.uint8 or not (grey or (array.ndim == 3 and array.shape[2] in {3, 4})) or not array.size:
        what = f"an array of {array.dtype} and of shape {array.shape} is no picture"
        raise NotAPicture(what, remedy="Give one of uint8, (H, W, 3), RGB.")
    if grey:
        return np.repeat(array.reshape(*array.shape[:2], 1), 3, axis=2)
    return np.ascontiguousarray(array[..., :3])


# As keras-ocr calls them.
drawAnnotations = draw_annotations  # noqa: N816
drawBoxes = draw_boxes  # noqa: N816
warpBox = warp_box  # noqa: N816
