"""Fonts as writers: any folder of them, or those of the system. A font is asked only for what it can write."""

from __future__ import annotations

import contextlib
import io
import itertools
import math
import os
import sys
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property, lru_cache
from pathlib import Path
from typing import Final, TypeAlias

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFont

from ocr_studio.core import paths
from ocr_studio.core.errors import StudioError
from ocr_studio.core.files import child_process
from ocr_studio.core.files.child_process import Answer, ChildFailed, Limits
from ocr_studio.core.synth import source_fingerprints
from ocr_studio.core.translation import later, tr
from ocr_studio.engine.synth.handwriting import font_tables, marker
from ocr_studio.engine.synth.handwriting.marker import Pen
from ocr_studio.engine.synth.handwriting.rendered_text import (
    Boxes,
    CannotWrite,
    Floats,
    Ink,
    Random,
    Split,
    Writing,
    squares,
)

# Pixels of a capital's height that a font is set in; it is made larger or smaller afterwards.
_SET: Final = 56
_MOST_BYTES: Final = 64 << 20
# By so many pixels strokes are made thinner at most; of a font that then has less ink than this share, not at all.
_THINNEST, _LEFT = 1.7, 0.6
_OF_SYSTEM: Final = 150
# No font has a letter there: what it shows for one it lacks.
_LACKED: Final = "\U0010fffd"
# How Unicode calls letters and figures of scripts that run to the left.
_LEFTWARDS: Final = frozenset({"R", "AL", "AN"})
# Small letters that look like their capitals in fonts of capitals only.
_TELLING: Final = "aegbdrnhq"
# Letters that look much the same in all fonts for print, and how alike they are in the least alike of them (0.33 of
# 22 upright, slanted, bold and narrow ones; pictures have about 0).
_ALIKE: Final = "HEATOnoaexlcu"
_LIKE: Final = 0.2
# What fonts of pictures are called, which show something else for each letter; others too ("Silicon").
_PICTURES: Final = ("dings", "symbol", "icon", "awesome", "emoji", "music", "marlett", "barcode", "pdf")
# How far a letter may reach, in heights of a capital: a broken font may say that one is as large as a house.
_REACH: Final = 8
# What FreeType raises for a letter whose outline or instructions are broken, mostly only as it is drawn, and Pillow for
# one that is too large.
_BROKEN: Final = (OSError, ValueError, OverflowError, MemoryError)
_LIMITS: Final = Limits(seconds=5, memory=1 << 30, answer=0)
_REMEDY: Final = later("Take it out of the folder, or put an unbroken one in its place.")


# Ink, boxes (n, 4) left, top, right, bottom, and baseline.
Set: TypeAlias = tuple[Ink, Boxes, float]


class BadFont(StudioError):
    """A file is no font, or none whose letters can be drawn."""


@dataclass(frozen=True, slots=True, eq=False)
class _Face:
    """A font as it is set. font: Pillow's; blank: what it shows for letters it lacks; small: whether its small letters
    are letters of their own."""

    font: ImageFont.FreeTypeFont
    blank: tuple[tuple[int, int], bytes]
    small: bool


@dataclass(frozen=True, eq=False)
class Font:
    """A font that texts are set in. name: of the file, without its ending. hand: whether it shall look like a hand's:
    no line is quite straight, no letter twice the same."""

    name: str
    split: Split
    face: _Face
    hand: bool = False
    _seen: dict[str, bool] = field(default_factory=dict)
    _boxes: dict[str, tuple[float, float, float, float]] = field(default_factory=dict)
    _steps: dict[str, float] = field(default_factory=dict)

    @property
    def known(self) -> Sequence[str]:
        """A font knows letters, not words."""
        return ()

    def can_write(self, text: str) -> bool:
        """Whether the font has each letter: none that is empty, a box for what is missing, or a capital's shape."""
        return bool(text.strip()) and all(letter == " " or self._has(letter) for letter in text)

    @cached_property
    def _sturdy(self) -> bool:
        """Whether its strokes may be made thinner: hair strokes would vanish. One answer for all words, or some of a
        line would come out bold."""
        try:
            size, bits = _bitmap(self.face.font, "minute")
        except _BROKEN:
            return False
        ink = np.frombuffer(bits, np.uint8).reshape(size[1], size[0]) if bits else np.zeros((1, 1), np.uint8)
        return int(_spread(ink, -_THINNEST).sum()) > _LEFT * int(ink.sum())

    def _has(self, letter: str) -> bool:
        if letter not in self._seen:
            own = _stands_alone(letter) and (self.face.small or not letter.islower())
            self._seen[letter] = own and self._shows(letter)
        return self._seen[letter]

    def _shows(self, letter: str) -> bool:
        """Whether it can be drawn, and something is to be seen of it that is not what the font shows for all that it
        lacks."""
        font = self.face.font
        try:
            left, top, right, bottom = _box(font, letter)
            if (right - left, bottom - top) == self.face.blank[0]:
                return _bitmap(font, letter) != self.face.blank
            # Some outlines turn out to be broken only now.
            return right > left and bottom > top and bool(font.getmask(letter).size)
        except _BROKEN:
            return False

    def write(self, text: str, size: float, rng: Random, *, pen: Pen | None = None) -> Writing:
        """See ``Writer``. Of the pen only the cover and how dry it is are seen."""
        if not self.can_write(text):
            raise CannotWrite(text)
        spread = min(0.12, max(-0.03, float(rng.normal(0, 0.035)))) * _SET
        ink, boxes, baseline = self._set(text, spread)
        grow = size / _SET
        ink = _scaled(ink, grow)
        boxes, baseline = boxes * np.float32(grow), baseline * grow
        if self.hand:
            ink, boxes, baseline = _wavering((ink, boxes, baseline), size, rng)
        if pen is not None and (pen.dry or pen.cover < 0.95):
            ink = _worn(ink, pen, rng)
        return Writing(text, ink, squares(boxes), baseline)

    def _set(self, text: str, spread: float) -> Set:
        """Ink, boxes (n, 4) left, top, right, bottom, and baseline at the size fonts are set in.

        spread: pixels by which strokes are thicker or thinner than the font's.
        """
        font, edge = self.face.font, marker.MARGIN + max(0, round(spread))
        places = [0.0, *itertools.accumulate(map(self._step, text, text[1:]))]
        letters = np.array([self._box(letter) for letter in text], np.float64)
        letters[:, ::2] += np.array(places)[:, None]
        left, top = np.floor(letters[:, :2].min(axis=0) + 0.5).astype(int).tolist()
        right, bottom = np.floor(letters[:, 2:].max(axis=0) + 0.5).astype(int).tolist()
        corner = (edge - left, edge - top)
        sides = (right - left + 2 * edge, bottom - top + 2 * edge)
        # Fours, so that it can be halved twice.
        picture = Image.new("L", (sides[0] + -sides[0] % 4, sides[1] + -sides[1] % 4))
        try:
            ImageDraw.Draw(picture).text(corner, text, fill=255, font=font, anchor="ls")
        except _BROKEN as error:
            raise CannotWrite(text) from error
        ink = np.asarray(np.array(picture), np.uint8)
        if spread > 0 or self._sturdy:
            ink = _spread(ink, spread)
        boxes = letters[[letter != " " for letter in text]]
        grown = max(0.0, spread / 2)
        moved = boxes + np.array([*corner, *corner]) + (-grown, -grown, grown, grown)
        return ink, np.asarray(moved, np.float32), float(corner[1])

    def _box(self, letter: str) -> tuple[float, float, float, float]:
        """Left, top, right and bottom of a letter that begins at 0 on the baseline."""
        if letter not in self._boxes:
            self._boxes[letter] = _box(self.face.font, letter)
        return self._boxes[letter]

    def _step(self, letter: str, follower: str) -> float:
        """How far after a letter the one that follows it begins."""
        pair, steps, font = letter + follower, self._steps, self.face.font
        if pair not in steps:
            if follower not in steps:
                steps[follower] = font.getlength(follower)
            step = font.getlength(pair) - steps[follower]
            steps[pair] = min(max(step, -_REACH * _SET), _REACH * _SET)
        return steps[pair]


def load(path: Path, *, hand: bool = False) -> Font:
    """A font of a file. hand: as of ``Font``; of print, and where the name is one of pictures, it is asked that it
    looks like print. Raises BadFont."""
    try:
        data = paths.read_file(path, most=_MOST_BYTES)
        _check(data)
        font = _sized(data)
        blank = _bitmap(font, _LACKED)
        if not any(len(shown[1]) and shown != blank for shown in (_bitmap(font, letter) for letter in "aA1")):
            raise ValueError(tr("it has no Latin letters"))
        if (not hand or _called_pictures(path)) and _likeness(font) < _LIKE:
            raise ValueError(tr("its letters do not look like letters"))
        face = _Face(font, blank, _has_small(font))
    except (*_BROKEN, ChildFailed) as error:
        raise BadFont(
            tr("the font cannot be used: {reason}", reason=_reason(path, error)), file=path, remedy=tr(_REMEDY)
        ) from error
    return Font(path.stem, Split.of(data), face, hand)


def _check(data: bytes) -> None:
    """Refuse a font whose letters would fill the memory. Raises ValueError and ChildFailed."""
    if data[:4] == b"wOF2":  # what is in it only FreeType can see
        child_process.call(measure_here, {}, data, limits=_LIMITS)
    else:
        font_tables.check_parts(data)


def measure_here(_: Mapping[str, object], data: bytes) -> Answer:
    """Measure all letters of a font, in a child process: that FreeType comes to an end with each."""
    with contextlib.suppress(*_BROKEN):
        font = ImageFont.truetype(io.BytesIO(data), _SET, layout_engine=ImageFont.Layout.BASIC)
        for code in itertools.chain(range(0x20, 0xD800), range(0xE000, 0x10000)):
            with contextlib.suppress(OSError, ValueError, OverflowError):
                font.getbbox(chr(code))
    return Answer()


def files_in(folder: Path) -> list[Path]:
    """All fonts in a folder and the folders in it, by name. Raises BadFont if the folder cannot be read."""
    try:
        return source_fingerprints.fonts_in(folder)
    except OSError as error:
        raise BadFont(
            tr("the fonts in this folder cannot be read: {reason}", reason=error.strerror or tr("it is no folder")),
            file=folder,
            remedy=tr("Choose a folder that holds font files."),
        ) from error


def usable(files: Sequence[Path], split: Split | None = None, *, hand: bool = False) -> Iterator[Font | BadFont]:
    """Fonts of files, those of one split if it is given, and what is wrong with those that cannot be used.

    hand: as of ``Font``.
    """
    for path in files:
        try:
            font = load(path, hand=hand)
        except BadFont as error:
            yield error
            continue
        if split is None or font.split is split:
            yield font


def system_files() -> list[Path]:
    """Fonts that this system has, some of each folder where there are very many: reading them all would take long.
    Those that are called as pictures are were chosen by nobody, and are left out unread."""
    home = Path.home()
    if sys.platform == "win32":
        folders = [Path(os.environ.get("WINDIR", "C:/Windows")) / "Fonts"]
        folders.append(home / "AppData/Local/Microsoft/Windows/Fonts")
    elif sys.platform == "darwin":
        folders = [Path("/System/Library/Fonts"), Path("/Library/Fonts"), home / "Library/Fonts"]
    else:
        folders = [Path("/usr/share/fonts"), Path("/usr/local/share/fonts"), home / ".local/share/fonts"]
    found = sorted(
        path for folder in folders for path in source_fingerprints.fonts_below(folder) if not _called_pictures(path)
    )
    return found[:: 1 + len(found) // _OF_SYSTEM]


def _called_pictures(path: Path) -> bool:
    return any(part in path.stem.lower() for part in _PICTURES)


@lru_cache(maxsize=1)
def carried() -> Font:
    """The font that comes with Pillow: print that is there on every system."""
    font = ImageFont.load_default(_SET / 0.7)
    if not isinstance(font, ImageFont.FreeTypeFont):
        raise RuntimeError("Pillow was built without FreeType")
    return Font("carried", Split.TRAIN, _Face(font, _bitmap(font, _LACKED), small=True))


def _sized(data: bytes) -> ImageFont.FreeTypeFont:
    """So large that capitals are as high as fonts are set in. Raises OSError and ValueError."""
    trial = ImageFont.truetype(io.BytesIO(data), _SET, layout_engine=ImageFont.Layout.BASIC)
    top = -trial.getbbox("H", anchor="ls")[1]
    if top < 1:
        raise ValueError(tr("it has no Latin letters"))
    em = round(_SET * _SET / top)
    if em > 20 * _SET:
        raise ValueError(tr("its letters are too small"))
    return ImageFont.truetype(io.BytesIO(data), em, layout_engine=ImageFont.Layout.BASIC)


def _box(font: ImageFont.FreeTypeFont, text: str) -> tuple[float, float, float, float]:
    """Left, top, right and bottom of a text that begins at 0 on the baseline. Raises OSError, ValueError for one that
    reaches too far to be drawn."""
    box = font.getbbox(text, anchor="ls")
    if max(map(abs, box)) > _REACH * _SET * len(text):
        raise ValueError(tr("its letters are too large"))
    return box


def _bitmap(font: ImageFont.FreeTypeFont, letter: str) -> tuple[tuple[int, int], bytes]:
    _box(font, letter)
    mask = font.getmask(letter)
    return (mask.size[0], mask.size[1]), bytes(mask)


def _stands_alone(letter: str) -> bool:
    """Whether it is set as it is, right of the one before: no half of a pair, no mark on another letter, none of a
    script that runs to the left, whose letters are joined, too."""
    if letter.isascii():
        return letter.isprintable()
    return (
        letter.isprintable()
        and not unicodedata.category(letter).startswith("M")
        and unicodedata.bidirectional(letter) not in _LEFTWARDS
    )


def _has_small(font: ImageFont.FreeTypeFont) -> bool:
    """Whether small letters differ from capitals by more than their size."""
    alike = []
    for letter in _TELLING:
        small, large = (_normal(font, each) for each in (letter, letter.upper()))
        alike.append(1.0 if small is None or large is None else float((small * large).mean()))
    # Of 122 handwriting fonts those of capitals only have 0.65 and more, all others 0.51 and less.
    return sum(alike) < 0.58 * len(alike)


def _likeness(font: ImageFont.FreeTypeFont) -> float:
    """How much letters look like those of the font that comes with Pillow, -1..1."""
    pairs = [(_normal(font, letter), _normal(carried().face.font, letter)) for letter in _ALIKE]
    alike = [float((own * usual).mean()) for own, usual in pairs if own is not None and usual is not None]
    return sum(alike) / len(alike) if alike else 0.0


def _normal(font: ImageFont.FreeTypeFont, letter: str) -> NDArray[np.float32] | None:
    (wide, tall), data = _bitmap(font, letter)
    if not (wide and tall and any(data)):
        return None
    mask = np.frombuffer(data, np.uint8).reshape(tall, wide)
    rows, columns = np.flatnonzero(mask.max(axis=1)), np.flatnonzero(mask.max(axis=0))
    tight = mask[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1]
    small = cv2.resize(tight, (16, 16), interpolation=cv2.INTER_AREA).astype(np.float32)
    return np.asarray((small - small.mean()) / (small.std() + 1e-3), np.float32)


def _scaled(ink: Ink, grow: float) -> Ink:
    """So many times as large. What gets much smaller is halved first: so no pixel is passed over, and OpenCV is far
    faster at this than at sizes that are no whole part."""
    tall, wide = ink.shape
    size = (max(1, round(wide * grow)), max(1, round(tall * grow)))
    if grow > 1:
        return np.asarray(cv2.resize(ink, size, interpolation=cv2.INTER_CUBIC), np.uint8)
    while grow <= 0.5 and not (wide % 2 or tall % 2):
        wide, tall, grow = wide // 2, tall // 2, 2 * grow
        ink = np.asarray(cv2.resize(ink, (wide, tall), interpolation=cv2.INTER_AREA), np.uint8)
    way = cv2.INTER_AREA if grow <= 0.5 else cv2.INTER_LINEAR  # sides that are no whole fours
    return np.asarray(cv2.resize(ink, size, interpolation=way), np.uint8)


def _spread(ink: Ink, spread: float) -> Ink:
    """Strokes thicker by so many pixels, or thinner."""
    if abs(spread) < 0.5:
        return ink
    side = 1 + round(abs(spread))
    kernel = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (side, side))
    if spread > 0:
        return np.asarray(cv2.dilate(ink, kernel), np.uint8)
    return np.asarray(cv2.erode(ink, kernel), np.uint8)


def _wavering(written: Set, size: float, rng: Random) -> Set:
    """Letters moved up, down, closer and apart as a hand does, and their boxes with them."""
    ink, boxes, baseline = written
    tall, wide = ink.shape
    lean, middle = float(rng.normal(0, 0.08)), tall / 2
    edge = math.ceil(abs(lean) * middle + 0.12 * size) + 1
    x = np.arange(-edge, wide + edge, dtype=np.float32)
    y = np.arange(-edge, tall + edge, dtype=np.float32)[:, None]
    lift, aside = _slow(x, 0.04 * size, size, rng), _slow(x, 0.07 * size, size, rng)
    moved = cv2.remap(ink, (x + aside) + lean * (y - middle), np.repeat(y, len(x), axis=1) + lift, cv2.INTER_LINEAR)
    left, top, right, bottom = boxes.T
    ends = np.stack([left, (left + right) / 2, right])
    sides = np.interp(ends, x, aside)
    lifts = np.interp(ends, x, lift)
    leans = np.stack([lean * (top - middle), lean * (bottom - middle)])
    boxes = np.stack(
        [left - sides[0] - leans.max(0), top - lifts.max(0), right - sides[2] - leans.min(0), bottom - lifts.min(0)],
        axis=1,
    )
    return np.asarray(moved, np.uint8), np.asarray(boxes + edge, np.float32), baseline + edge


def _slow(x: Floats, far: float, size: float, rng: Random) -> NDArray[np.float32]:
    """A slow movement along places, (n,) -> (n,), within -far..far or little more."""
    waves = rng.uniform(0.5, 2.5, (2, 1)) / size
    return np.asarray(far / 2 * np.sin(waves * x + rng.uniform(0, 6.28, (2, 1))).sum(axis=0), np.float32)


def _worn(ink: Ink, pen: Pen, rng: Random) -> Ink:
    """Ink that does not cover everywhere."""
    patches = marker.grain(ink.shape[0], ink.shape[1], rng)
    cover = (1 - 0.6 * (1 - pen.cover)) * (1 - 0.5 * pen.dry)
    return np.asarray(cv2.multiply(ink, patches, scale=cover / 255), np.uint8)


def _reason(path: Path, error: Exception) -> str:
    if path.suffix.lower() == ".woff2" and isinstance(error, OSError):
        return tr("fonts of this kind (WOFF2) need a FreeType with Brotli: {reason}", reason=error)
    return error.strerror if isinstance(error, OSError) and error.strerror else str(error)
