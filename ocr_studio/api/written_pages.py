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
from ocr_studio.engine.synth.handwriting.rendered_text import Writer, Writing

Random: TypeAlias = np.random.Generator
Range: TypeAlias = float | Sequence[float]
Matrix: TypeAlias = NDArray[np.float64]
Background: TypeAlias = str | Path | Picture

# Height of capitals relative to the font size.
_CAPITAL: Final = 0.7
# Line height relative to the height of capitals.
_LINE: Final = 1.5
_STEEPEST: Final = 80  # degrees; text that is turned farther is unreadable


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
        for name, most in (("rotation_x", _STEEPEST), ("rotation_y", _STEEPEST), ("rotation_z", 360)):
            _check_range(name, getattr(self, name), least=-most, most=most)
        arguments.whole("margin", self.margin, least=0)
        arguments.one_of("background_crop_mode", self.background_crop_mode, ("crop", "letterbox"))
        arguments.whole("seed", self.seed, least=0)


class BackgroundPicture:
    """A background, loaded when it is first used."""

    def __init__(self, given: Background) -> None:
        self._given = given
        self._picture: Picture | None = None

    def fitted(self, width: int, height: int, mode: Literal["crop", "letterbox"]) -> Picture:
        """Fit the background to a size in pixels. Raises PhotoError."""
        if self._picture is None:
            self._picture = tools.read(self._given)
        return tools.fit(self._picture, width, height, mode=mode)


class GroupedWriter:
    """A writer for each group of characters; a writer for all characters has the group ""."""

    def __init__(self, groups: Mapping[str, Writer]) -> None:
        self._groups = groups

    def write(self, word: str, size: float, rng: Random) -> Writing | None:
        """Write a word; None if a character is missing. Characters of different groups share a baseline."""
        runs = [(writer, "".join(part)) for writer, part in itertools.groupby(word, key=self._writer)]
        if any(writer is None or not writer.can_write(part) for writer, part in runs):
            return None
        pen = marker.Pen.any(rng)
        return _side_by_side(word, [writer.write(part, size, rng, pen=pen) for writer, part in runs if writer])

    def _writer(self, letter: str) -> Writer | None:
        return next((writer for group, writer in self._groups.items() if not group or letter in group), None)


def hands_of(writing: Mapping[str, Sequence[str | Path]] | Sequence[Writer | str | Path]) -> list[GroupedWriter]:
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
        return [GroupedWriter({"": _writer(each)}) for each in arguments.listed("font_groups", writing)]
    letters = "".join(arguments.words("the characters of font_groups", writing))
    if len(set(letters)) != len(letters):
        raise ValueError("a character is in two groups of fonts")
    loaded = {group: [_writer(each) for each in _files(files)] for group, files in writing.items()}
    count = max(map(len, loaded.values()))
    return [
        GroupedWriter({group: files[place % len(files)] for group, files in loaded.items()}) for place in range(count)
    ]


def _files(files: Sequence[str | Path] | str | Path) -> Iterable[Any]:
    return [files] if isinstance(files, str | Path) else arguments.listed("the fonts of a group", files)


def _writer(writer: Writer | str | Path) -> Writer:
    if isinstance(writer, str | Path):
        return fonts.load(Path(writer))
    if not callable(getattr(writer, "can_write", None)):
        raise TypeError(f"font_groups must have font files or writers, not {arguments.shown(writer)}")
    return writer


def _side_by_side(text: str, parts: Sequence[Writing]) -> Writing:
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
    return Writing(text, ink, np.concatenate(boxes), above, all(part.exact for part in parts))


class WrittenPage:
    """Text that is drawn line by line, then rotated and placed on a background."""

    def __init__(self, width: int, height: int, looks: Looks, rng: Random) -> None:
        self._size, self._looks, self._rng = (width, height), looks, rng
        self._ink = np.zeros((height, width), np.uint8)
        self.lines: list[Line] = []

    def write(self, text: str, hand: GroupedWriter) -> None:
        """Write words from the top left, wrapped at the margin."""
        size = _CAPITAL * _drawn(self._looks.font_size, self._rng)
        left, baseline = float(self._looks.margin), self._looks.margin + _LINE * size
        line: Line = []
        for word in text.split():
            written = hand.write(word, size, self._rng)
            if written is None:
                continue
            wide = written.ink.shape[1]
            if line and left + wide > self._size[0] - self._looks.margin:
                self._end(line)
                line, left, baseline = [], float(self._looks.margin), baseline + 1.4 * _LINE * size
            if not self._lay(written, left, baseline):
                break
            corner = self._corner(written, left, baseline)
            if line:
                line.append((space_between(line[-1][0], written.letters[0] + corner), " "))
            line += [(box + corner, sign) for box, sign in zip(written.letters, written.text, strict=True)]
            left += wide + size * 0.55
        self._end(line)

    def _end(self, line: Line) -> None:
        if line:
            self.lines.append(line)

    @staticmethod
    def _corner(written: Writing, left: float, baseline: float) -> NDArray[np.float32]:
        return np.array([round(left), round(baseline - written.baseline)], np.float32)

    def _lay(self, written: Writing, left: float, baseline: float) -> bool:
        """Draw a word. Returns whether it fits."""
        x, y = (int(side) for side in self._corner(written, left, baseline))
        high, wide = written.ink.shape
        edge = self._looks.margin
        if y < 0 or y + high > self._size[1] - edge or x + wide > self._size[0] - edge:
            return False
        part = self._ink[y : y + high, x : x + wide]
        np.maximum(part, written.ink, out=part)
        return True

    def on(self, picture: Picture) -> tuple[Picture, list[Line]]:
        """Draw the text on an image. Returns the image and the lines with their boxes on it."""
        matrix = self._turned()
        ink = np.asarray(cv2.warpPerspective(self._ink, matrix, self._size, flags=cv2.INTER_LINEAR), np.uint8)
        light = float(picture[ink > 32].mean()) > 127 if (ink > 32).any() else True
        tone = self._rng.integers(0, 70, 3)
        colour = tone if light else 255 - tone
        mixed = marker.lay(picture, ink, (int(colour[0]), int(colour[1]), int(colour[2])), opaque=not light)
        lines = [
            [
                (cv2.perspectiveTransform(box[None].astype(np.float64), matrix)[0].astype(np.float32), sign)
                for box, sign in line
            ]
            for line in self.lines
        ]
        return mixed, lines

    def _turned(self) -> Matrix:
        """Return the matrix that rotates the text about its center and shrinks it if it would leave the image."""
        turns = (self._looks.rotation_x, self._looks.rotation_y, self._looks.rotation_z)
        x, y, z = (math.radians(_drawn(turn, self._rng)) for turn in turns)
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
        arguments.number(name, value, least=least, most=most)
        return
    if len(value) != 2:
        raise ValueError(f"{name} must be a number or (minimum, maximum), not {arguments.shown(value)}")
    first = arguments.number(f"the minimum of {name}", value[0], least=least, most=most)
    arguments.number(f"the maximum of {name}", value[1], least=first, most=most)


def _drawn(value: Range, rng: Random) -> float:
    return float(rng.uniform(value[0], value[1])) if isinstance(value, Sequence) else float(value)
