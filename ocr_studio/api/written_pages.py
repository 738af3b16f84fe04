"""Drawing text on images, for ``data_generation``: writers, backgrounds and looks."""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, Literal, TypeAlias

import cv2
import numpy as np
from numpy.typing import NDArray

from ocr_studio.api import arguments, tools
from ocr_studio.api.tools import Line, Picture
from ocr_studio.engine.synth.handwriting import fonts, marker
from ocr_studio.engine.synth.handwriting.rendered_text import RenderedText, Writer

Random: TypeAlias = np.random.Generator
Range: TypeAlias = float | Sequence[float]
Matrix: TypeAlias = NDArray[np.float64]
Background: TypeAlias = str | Path | Picture

# Height of capitals relative to the font size.
_CAPITAL_HEIGHT: Final = 0.7
# Line height relative to the height of capitals.
_LINE_HEIGHT: Final = 1.5
_MAX_TILT: Final = 80  # degrees; text that is turned farther is unreadable


@dataclass(frozen=True, slots=True)
class Looks:
    """How text looks on images. Ranges are numbers, or (minimum, maximum) for a random number.

    Attributes:
        font_size: Pixels; capitals have about 70 % of this height.
        rotation_x: Degrees by which the text is tilted back.
        rotation_y: Degrees by which the text is turned sideways.
        rotation_z: Degrees by which the text is rotated in its plane.
        margin: Free pixels at the edges.
        background_crop_mode: "crop" to fill the image with the background, "letterbox" to show all of it.
        seed: Random seed.

    Raises:
        TypeError: A value has the wrong type.
        ValueError: A value is out of range.
    """

    font_size: Range = (18, 40)
    rotation_x: Range = 0.0
    rotation_y: Range = 0.0
    rotation_z: Range = 0.0
    margin: int = 8
    background_crop_mode: Literal["crop", "letterbox"] = "crop"
    seed: int = 0

    def __post_init__(self) -> None:
        _check_range("font_size", self.font_size, least=1)
        for name, most in (("rotation_x", _MAX_TILT), ("rotation_y", _MAX_TILT), ("rotation_z", 360)):
            _check_range(name, getattr(self, name), least=-most, most=most)
        arguments.check_integer("margin", self.margin, least=0)
        arguments.check_choice("background_crop_mode", self.background_crop_mode, ("crop", "letterbox"))
        arguments.check_integer("seed", self.seed, least=0)


class CachedBackground:
    """A background, loaded when it is first used."""

    def __init__(self, source: Background) -> None:
        self._source = source
        self._picture: Picture | None = None

    def fitted(self, width: int, height: int, mode: Literal["crop", "letterbox"]) -> Picture:
        """Fit the background to a size in pixels. Raises PhotoError."""
        if self._picture is None:
            self._picture = tools.read(self._source)
        return tools.fit(self._picture, width, height, mode=mode)


class GroupedWriter:
    """A writer for each group of characters; a writer for all characters has the group ""."""

    def __init__(self, groups: Mapping[str, Writer]) -> None:
        self._groups = groups

    def write(self, word: str, size: float, rng: Random) -> RenderedText | None:
        """Write a word; None if a character is missing. Characters of different groups share a baseline."""
        runs = [(writer, "".join(part)) for writer, part in itertools.groupby(word, key=self._load_writer)]
        if any(writer is None or not writer.can_write(part) for writer, part in runs):
            return None
        pen = marker.Pen.sample(rng)
        return _join_parts(word, [writer.write(part, size, rng, pen=pen) for writer, part in runs if writer])

    def _load_writer(self, letter: str) -> Writer | None:
        return next((writer for group, writer in self._groups.items() if not group or letter in group), None)


def create_writers(writing: Mapping[str, Sequence[str | Path]] | Sequence[Writer | str | Path]) -> list[GroupedWriter]:
    """Create the writers.

    Args:
        writing: ``font_groups`` of ``get_image_generator``.

    Raises:
        BadFont: A font can't be used.
        TypeError: An argument has the wrong type.
        ValueError: There are no fonts, or a character is in two groups.
    """
    if not writing or (isinstance(writing, Mapping) and not all(writing.values())):
        raise ValueError("font_groups is empty or has a group without fonts")
    if not isinstance(writing, Mapping):
        return [GroupedWriter({"": _load_writer(each)}) for each in arguments.check_iterable("font_groups", writing)]
    letters = "".join(arguments.check_strings("the characters of font_groups", writing))
    if len(set(letters)) != len(letters):
        raise ValueError("a character is in two groups of fonts")
    loaded = {group: [_load_writer(each) for each in _as_list(files)] for group, files in writing.items()}
    count = max(map(len, loaded.values()))
    return [
        GroupedWriter({group: files[place % len(files)] for group, files in loaded.items()}) for place in range(count)
    ]


def _as_list(files: Sequence[str | Path] | str | Path) -> Iterable[Any]:
    return [files] if isinstance(files, str | Path) else arguments.check_iterable("the fonts of a group", files)


def _load_writer(writer: Writer | str | Path) -> Writer:
    if isinstance(writer, str | Path):
        return fonts.load_font(Path(writer))
    if not callable(getattr(writer, "can_write", None)):
        raise TypeError(f"font_groups must have font files or writers, not {arguments.describe(writer)}")
    return writer


def _join_parts(text: str, parts: Sequence[RenderedText]) -> RenderedText:
    if len(parts) == 1:
        return parts[0]
    above = max(part.baseline for part in parts)
    below = max(part.ink.shape[0] - part.baseline for part in parts)
    ink = np.zeros((math.ceil(above + below) + 1, sum(part.ink.shape[1] for part in parts)), np.uint8)
    boxes, left = [], 0
    for part in parts:
        top = round(above - part.baseline)
        ink[top : top + part.ink.shape[0], left : left + part.ink.shape[1]] = part.ink
        boxes.append(part.letters + np.array([left, top], np.float32))
        left += part.ink.shape[1]
    return RenderedText(text, ink, np.concatenate(boxes), above, all(part.exact for part in parts))


class WrittenPage:
    """Text that is drawn line by line, then rotated and placed on a background."""

    def __init__(self, width: int, height: int, looks: Looks, rng: Random) -> None:
        self._size, self._looks, self._rng = (width, height), looks, rng
        self._ink = np.zeros((height, width), np.uint8)
        self.lines: list[Line] = []

    def write(self, text: str, writer: GroupedWriter) -> None:
        """Write words from the top left, wrapped at the margin."""
        size = _CAPITAL_HEIGHT * _sample(self._looks.font_size, self._rng)
        left, baseline = float(self._looks.margin), self._looks.margin + _LINE_HEIGHT * size
        line: Line = []
        for word in text.split():
            rendered = writer.write(word, size, self._rng)
            if rendered is None:
                continue
            width = rendered.ink.shape[1]
            if line and left + width > self._size[0] - self._looks.margin:
                self._end_line(line)
                line, left, baseline = [], float(self._looks.margin), baseline + 1.4 * _LINE_HEIGHT * size
            if not self._draw_word(rendered, left, baseline):
                break
            corner = self._corner_of(rendered, left, baseline)
            if line:
                line.append((space_between(line[-1][0], rendered.letters[0] + corner), " "))
            line += [(box + corner, sign) for box, sign in zip(rendered.letters, rendered.text, strict=True)]
            left += width + size * 0.55
        self._end_line(line)

    def _end_line(self, line: Line) -> None:
        if line:
            self.lines.append(line)

    @staticmethod
    def _corner_of(rendered: RenderedText, left: float, baseline: float) -> NDArray[np.float32]:
        return np.array([round(left), round(baseline - rendered.baseline)], np.float32)

    def _draw_word(self, rendered: RenderedText, left: float, baseline: float) -> bool:
        """Draw a word. Returns whether it fits."""
        x, y = (int(side) for side in self._corner_of(rendered, left, baseline))
        height, width = rendered.ink.shape
        edge = self._looks.margin
        if y < 0 or y + height > self._size[1] - edge or x + width > self._size[0] - edge:
            return False
        part = self._ink[y : y + height, x : x + width]
        np.maximum(part, rendered.ink, out=part)
        return True

    def draw_on(self, picture: Picture) -> tuple[Picture, list[Line]]:
        """Draw the text on an image. Returns the image and the lines with their boxes on it."""
        matrix = self._random_transform()
        ink = np.asarray(cv2.warpPerspective(self._ink, matrix, self._size, flags=cv2.INTER_LINEAR), np.uint8)
        light = float(picture[ink > 32].mean()) > 127 if (ink > 32).any() else True
        tone = self._rng.integers(0, 70, 3)
        colour = tone if light else 255 - tone
        mixed = marker.blend_ink(picture, ink, (int(colour[0]), int(colour[1]), int(colour[2])), opaque=not light)
        lines = [
            [
                (cv2.perspectiveTransform(box[None].astype(np.float64), matrix)[0].astype(np.float32), sign)
                for box, sign in line
            ]
            for line in self.lines
        ]
        return mixed, lines

    def _random_transform(self) -> Matrix:
        """Return the matrix that rotates the text about its center and shrinks it if it would leave the image."""
        turns = (self._looks.rotation_x, self._looks.rotation_y, self._looks.rotation_z)
        x, y, z = (math.radians(_sample(turn, self._rng)) for turn in turns)
        corners = np.concatenate([box for line in self.lines for box, _ in line]).astype(np.float64)
        low, high = corners.min(axis=0), corners.max(axis=0)
        matrix = rotation(x, y, z, middle=(low + high) / 2, distance=2.0 * max(self._size))
        seen = cv2.perspectiveTransform(corners[None], matrix)[0]
        first, last = seen.min(axis=0), seen.max(axis=0)
        room = np.array(self._size) - 2.0 * self._looks.margin
        scale = float(min(1.0, *(room / np.maximum(last - first, 1.0))))
        # A random position inside the margins.
        place = self._looks.margin + self._rng.uniform(0, 1, 2) * np.maximum(room - scale * (last - first), 0)
        shift = place - scale * first
        return np.array([[scale, 0, shift[0]], [0, scale, shift[1]], [0, 0, 1]]) @ matrix


def rotation(x: float, y: float, z: float, *, middle: NDArray[np.float64], distance: float) -> Matrix:
    """Compute the (3, 3) perspective matrix of a sheet rotated about its center.

    Args:
        x: Rotation about the horizontal axis in radians.
        y: Rotation about the vertical axis in radians.
        z: Rotation about the line of sight in radians.
        middle: Center, (2,), pixels.
        distance: Distance of the camera in pixels.
    """
    turn = cv2.Rodrigues(np.array([x, 0.0, 0.0]))[0] @ cv2.Rodrigues(np.array([0.0, y, 0.0]))[0]
    turn = turn @ cv2.Rodrigues(np.array([0.0, 0.0, z]))[0]
    to_middle = np.array([[1, 0, -middle[0]], [0, 1, -middle[1]], [0, 0, 1]])
    seen = np.array([turn[0, [0, 1]].tolist() + [0], turn[1, [0, 1]].tolist() + [0], [*turn[2, [0, 1]] / distance, 1]])
    back = np.array([[1, 0, middle[0]], [0, 1, middle[1]], [0, 0, 1]])
    return np.asarray(back @ seen @ to_middle, np.float64)


def space_between(before: Any, after: Any) -> NDArray[np.float32]:
    """Return the box between the boxes of two characters."""
    return np.array([before[1], after[0], after[3], before[2]], np.float32)


def _check_range(name: str, value: Any, *, least: float, most: float = math.inf) -> None:
    if not isinstance(value, tuple | list):
        arguments.check_number(name, value, least=least, most=most)
        return
    if len(value) != 2:
        raise ValueError(f"{name} must be a number or (minimum, maximum), not {arguments.describe(value)}")
    first = arguments.check_number(f"the minimum of {name}", value[0], least=least, most=most)
    arguments.check_number(f"the maximum of {name}", value[1], least=first, most=most)


def _sample(value: Range, rng: Random) -> float:
    return float(rng.uniform(value[0], value[1])) if isinstance(value, Sequence) else float(value)
