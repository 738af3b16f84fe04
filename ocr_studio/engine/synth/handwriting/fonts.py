"""Fonts as writers, from a folder or from the system. Only supported characters are written."""

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
    RenderedText,
    SourceSplit,
    boxes_to_quads,
)

# Capital height in pixels at which fonts are rendered before scaling.
_SIZE: Final = 56
_MOST_BYTES: Final = 64 << 20
# Strokes are thinned by at most this many pixels; fonts with less than this share of ink left are not thinned.
_MAX_THINNING, _MIN_INK = 1.7, 0.6
_MAX_SYSTEM_FONTS: Final = 150
# A character that no font has, to render the placeholder.
_MISSING: Final = "\U0010fffd"
# Words in the Unicode names of letters and digits of right-to-left scripts.
_RIGHT_TO_LEFT: Final = frozenset({"R", "AL", "AN"})
# Lowercase letters that look like their capitals in fonts without lowercase.
_CASE_LETTERS: Final = "aegbdrnhq"
# Letters that look similar in all fonts for print, and the minimum similarity (0.33 in 22 upright, slanted, bold and
# narrow ones; symbol fonts have about 0).
_PRINT_LETTERS: Final = "HEATOnoaexlcu"
_MIN_SIMILARITY: Final = 0.2
# Names of symbol fonts, which show something else for each letter; some other fonts match, too ("Silicon").
_SYMBOL_NAMES: Final = ("dings", "symbol", "icon", "awesome", "emoji", "music", "marlett", "barcode", "pdf")
# Maximum extent of a letter in capital heights: broken fonts may have enormous ones.
_MAX_EXTENT: Final = 8
# Errors of FreeType for glyphs with broken outlines or instructions, mostly when drawn, and of Pillow for huge ones.
_FONT_ERRORS: Final = (OSError, ValueError, OverflowError, MemoryError)
_LIMITS: Final = Limits(seconds=5, memory=1 << 30, answer=0)
_REMEDY: Final = later("Remove it from the folder, or replace it with an intact one.")


# Ink, boxes (n, 4) left, top, right, bottom, and baseline.
Rendering: TypeAlias = tuple[Ink, Boxes, float]


class BadFont(StudioError):
    """The file is not a font, or its letters cannot be drawn."""


@dataclass(frozen=True, slots=True, eq=False)
class _Face:
    """A font at the rendering size.

    Attributes:
        font: Pillow's font.
        blank: Image of a missing character.
        small: Whether lowercase letters differ from capitals.
    """

    font: ImageFont.FreeTypeFont
    blank: tuple[tuple[int, int], bytes]
    small: bool


@dataclass(frozen=True, eq=False)
class Font:
    """A font as a writer.

    Attributes:
        name: File name without its suffix.
        hand: Whether to imitate handwriting: uneven lines and letters.
    """

    name: str
    split: SourceSplit
    face: _Face
    hand: bool = False
    _writable: dict[str, bool] = field(default_factory=dict)
    _boxes: dict[str, tuple[float, float, float, float]] = field(default_factory=dict)
    _advances: dict[str, float] = field(default_factory=dict)

    @property
    def recorded_words(self) -> Sequence[str]:
        """Empty: a font has letters, not words."""
        return ()

    def can_write(self, text: str) -> bool:
        """Whether the font has each letter, not empty, as a placeholder or in the shape of a capital."""
        return bool(text.strip()) and all(letter == " " or self._can_write_letter(letter) for letter in text)

    @cached_property
    def _may_be_thinned(self) -> bool:
        """Whether its strokes may be thinned without vanishing, equally for all words of a line."""
        try:
            size, bits = _render_letter(self.face.font, "minute")
        except _FONT_ERRORS:
            return False
        ink = np.frombuffer(bits, np.uint8).reshape(size[1], size[0]) if bits else np.zeros((1, 1), np.uint8)
        return int(_change_width(ink, -_MAX_THINNING).sum()) > _MIN_INK * int(ink.sum())

    def _can_write_letter(self, letter: str) -> bool:
        if letter not in self._writable:
            own = _is_simple(letter) and (self.face.small or not letter.islower())
            self._writable[letter] = own and self._is_visible(letter)
        return self._writable[letter]

    def _is_visible(self, letter: str) -> bool:
        """Whether a character can be drawn, is visible and is not the placeholder."""
        font = self.face.font
        try:
            left, top, right, bottom = _text_box(font, letter)
            if (right - left, bottom - top) == self.face.blank[0]:
                return _render_letter(font, letter) != self.face.blank
            # Some broken outlines only fail here.
            return right > left and bottom > top and bool(font.getmask(letter).size)
        except _FONT_ERRORS:
            return False

    def write(self, text: str, size: float, rng: Random, *, pen: Pen | None = None) -> RenderedText:
        """Write a text, see ``Writer``. Only cover and dryness of the pen are used."""
        if not self.can_write(text):
            raise CannotWrite(text)
        spread = min(0.12, max(-0.03, float(rng.normal(0, 0.035)))) * _SIZE
        ink, boxes, baseline = self._render(text, spread)
        grow = size / _SIZE
        ink = _resize_ink(ink, grow)
        boxes, baseline = boxes * np.float32(grow), baseline * grow
        if self.hand:
            ink, boxes, baseline = _distort((ink, boxes, baseline), size, rng)
        if pen is not None and (pen.dryness or pen.opacity < 0.95):
            ink = _fade(ink, pen, rng)
        return RenderedText(text, ink, boxes_to_quads(boxes), baseline)

    def _render(self, text: str, spread: float) -> Rendering:
        """Render a text: ink, boxes (n, 4) left, top, right, bottom, and baseline.

        spread: pixels by which strokes are thicker or thinner than the font's.
        """
        font, edge = self.face.font, marker.MARGIN + max(0, round(spread))
        places = [0.0, *itertools.accumulate(map(self._advance, text, text[1:]))]
        letters = np.array([self._box(letter) for letter in text], np.float64)
        letters[:, ::2] += np.array(places)[:, None]
        left, top = np.floor(letters[:, :2].min(axis=0) + 0.5).astype(int).tolist()
        right, bottom = np.floor(letters[:, 2:].max(axis=0) + 0.5).astype(int).tolist()
        corner = (edge - left, edge - top)
        sides = (right - left + 2 * edge, bottom - top + 2 * edge)
        # Multiples of four, so that it can be halved twice.
        picture = Image.new("L", (sides[0] + -sides[0] % 4, sides[1] + -sides[1] % 4))
        try:
            ImageDraw.Draw(picture).text(corner, text, fill=255, font=font, anchor="ls")
        except _FONT_ERRORS as error:
            raise CannotWrite(text) from error
        ink = np.asarray(np.array(picture), np.uint8)
        if spread > 0 or self._may_be_thinned:
            ink = _change_width(ink, spread)
        boxes = letters[[letter != " " for letter in text]]
        grown = max(0.0, spread / 2)
        moved = boxes + np.array([*corner, *corner]) + (-grown, -grown, grown, grown)
        return ink, np.asarray(moved, np.float32), float(corner[1])

    def _box(self, letter: str) -> tuple[float, float, float, float]:
        """Return left, top, right and bottom of a letter that begins at 0 on the baseline."""
        if letter not in self._boxes:
            self._boxes[letter] = _text_box(self.face.font, letter)
        return self._boxes[letter]

    def _advance(self, letter: str, follower: str) -> float:
        """Return the distance from a letter to the next."""
        pair, steps, font = letter + follower, self._advances, self.face.font
        if pair not in steps:
            if follower not in steps:
                steps[follower] = font.getlength(follower)
            step = font.getlength(pair) - steps[follower]
            steps[pair] = min(max(step, -_MAX_EXTENT * _SIZE), _MAX_EXTENT * _SIZE)
        return steps[pair]


def load_font(path: Path, *, hand: bool = False) -> Font:
    """Load a font file.

    Fonts for print with a name like a symbol font's must look like print. hand: as of ``Font``. Raises BadFont.
    """
    try:
        data = paths.read_file(path, most=_MOST_BYTES)
        _check_font(data)
        font = _load_sized(data)
        blank = _render_letter(font, _MISSING)
        if not any(len(shown[1]) and shown != blank for shown in (_render_letter(font, letter) for letter in "aA1")):
            raise ValueError(tr("it has no Latin letters"))
        if (not hand or _is_named_symbols(path)) and _print_similarity(font) < _MIN_SIMILARITY:
            raise ValueError(tr("it seems to be a symbol font: its letters can’t be recognized"))
        face = _Face(font, blank, _has_lowercase(font))
    except (*_FONT_ERRORS, ChildFailed) as error:
        raise BadFont(
            tr("the font can’t be used: {reason}", reason=_error_reason(path, error)), file=path, remedy=tr(_REMEDY)
        ) from error
    return Font(path.stem, SourceSplit.of(data), face, hand)


def _check_font(data: bytes) -> None:
    """Reject a font whose glyphs would fill the memory. Raises ValueError and ChildFailed."""
    if data[:4] == b"wOF2":  # only FreeType can decode it
        child_process.call(measure_in_child, {}, data, limits=_LIMITS)
    else:
        font_tables.check_parts(data)


def measure_in_child(_: Mapping[str, object], data: bytes) -> Answer:
    """Measure all letters of a font, in a child process, to check that FreeType can handle each."""
    with contextlib.suppress(*_FONT_ERRORS):
        font = ImageFont.truetype(io.BytesIO(data), _SIZE, layout_engine=ImageFont.Layout.BASIC)
        for code in itertools.chain(range(0x20, 0xD800), range(0xE000, 0x10000)):
            with contextlib.suppress(OSError, ValueError, OverflowError):
                font.getbbox(chr(code))
    return Answer()


def list_font_files(folder: Path) -> list[Path]:
    """Return all font files in a folder and its subfolders, sorted. Raises BadFont if the folder cannot be read."""
    try:
        return source_fingerprints.list_fonts(folder)
    except OSError as error:
        raise BadFont(
            tr("the fonts in this folder can’t be read: {reason}", reason=error.strerror or tr("it is not a folder")),
            file=folder,
            remedy=tr("Choose a folder that contains font files."),
        ) from error


def iter_usable(
    files: Sequence[Path], split: SourceSplit | None = None, *, hand: bool = False
) -> Iterator[Font | BadFont]:
    """Yield the usable fonts of files, of one split if given, and the errors of the others.

    hand: as of ``Font``.
    """
    for path in files:
        try:
            font = load_font(path, hand=hand)
        except BadFont as error:
            yield error
            continue
        if split is None or font.split is split:
            yield font


def list_system_fonts() -> list[Path]:
    """Return the font files of the system, a limited number of each folder, as reading thousands would take long. Files
    with names of symbol fonts are left out.
    """
    home = Path.home()
    if sys.platform == "win32":
        folders = [Path(os.environ.get("WINDIR", "C:/Windows")) / "Fonts"]
        folders.append(home / "AppData/Local/Microsoft/Windows/Fonts")
    elif sys.platform == "darwin":
        folders = [Path("/System/Library/Fonts"), Path("/Library/Fonts"), home / "Library/Fonts"]
    else:
        folders = [Path("/usr/share/fonts"), Path("/usr/local/share/fonts"), home / ".local/share/fonts"]
    found = sorted(
        path
        for folder in folders
        for path in source_fingerprints.find_fonts_below(folder)
        if not _is_named_symbols(path)
    )
    return found[:: 1 + len(found) // _MAX_SYSTEM_FONTS]


def _is_named_symbols(path: Path) -> bool:
    return any(part in path.stem.lower() for part in _SYMBOL_NAMES)


@lru_cache(maxsize=1)
def builtin_font() -> Font:
    """Return Pillow's built-in font, available on every system."""
    font = ImageFont.load_default(_SIZE / 0.7)
    if not isinstance(font, ImageFont.FreeTypeFont):
        raise RuntimeError("Pillow was built without FreeType")
    return Font("carried", SourceSplit.TRAIN, _Face(font, _render_letter(font, _MISSING), small=True))


def _load_sized(data: bytes) -> ImageFont.FreeTypeFont:
    """Load a font at the rendering size. Raises OSError and ValueError."""
    trial = ImageFont.truetype(io.BytesIO(data), _SIZE, layout_engine=ImageFont.Layout.BASIC)
    top = -trial.getbbox("H", anchor="ls")[1]
    if top < 1:
        raise ValueError(tr("it has no Latin letters"))
    em = round(_SIZE * _SIZE / top)
    if em > 20 * _SIZE:
        raise ValueError(tr("its letters are too small"))
    return ImageFont.truetype(io.BytesIO(data), em, layout_engine=ImageFont.Layout.BASIC)


def _text_box(font: ImageFont.FreeTypeFont, text: str) -> tuple[float, float, float, float]:
    """Return left, top, right and bottom of a text that begins at 0 on the baseline. Raises OSError, and ValueError for
    one that is too large.
    """
    box = font.getbbox(text, anchor="ls")
    if max(map(abs, box)) > _MAX_EXTENT * _SIZE * len(text):
        raise ValueError(tr("its letters are too large"))
    return box


def _render_letter(font: ImageFont.FreeTypeFont, letter: str) -> tuple[tuple[int, int], bytes]:
    _text_box(font, letter)
    mask = font.getmask(letter)
    return (mask.size[0], mask.size[1]), bytes(mask)


def _is_simple(letter: str) -> bool:
    """Whether a character is simply drawn right of the one before: no surrogates, no combining marks, no right-to-left
    scripts.
    """
    if letter.isascii():
        return letter.isprintable()
    return (
        letter.isprintable()
        and not unicodedata.category(letter).startswith("M")
        and unicodedata.bidirectional(letter) not in _RIGHT_TO_LEFT
    )


def _has_lowercase(font: ImageFont.FreeTypeFont) -> bool:
    """Whether lowercase letters differ from capitals by more than their size."""
    alike = []
    for letter in _CASE_LETTERS:
        small, large = (_normalize_letter(font, each) for each in (letter, letter.upper()))
        alike.append(1.0 if small is None or large is None else float((small * large).mean()))
    # Of 122 handwriting fonts, those without lowercase have 0.65 and more, all others 0.51 and less.
    return sum(alike) < 0.58 * len(alike)


def _print_similarity(font: ImageFont.FreeTypeFont) -> float:
    """Return the similarity of the letters to those of Pillow's font, −1..1."""
    pairs = [
        (_normalize_letter(font, letter), _normalize_letter(builtin_font().face.font, letter))
        for letter in _PRINT_LETTERS
    ]
    alike = [float((own * usual).mean()) for own, usual in pairs if own is not None and usual is not None]
    return sum(alike) / len(alike) if alike else 0.0


def _normalize_letter(font: ImageFont.FreeTypeFont, letter: str) -> NDArray[np.float32] | None:
    (wide, tall), data = _render_letter(font, letter)
    if not (wide and tall and any(data)):
        return None
    mask = np.frombuffer(data, np.uint8).reshape(tall, wide)
    rows, columns = np.flatnonzero(mask.max(axis=1)), np.flatnonzero(mask.max(axis=0))
    tight = mask[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1]
    small = cv2.resize(tight, (16, 16), interpolation=cv2.INTER_AREA).astype(np.float32)
    return np.asarray((small - small.mean()) / (small.std() + 1e-3), np.float32)


def _resize_ink(ink: Ink, grow: float) -> Ink:
    """Scale an image. Strong reductions are halved first, which skips no pixels and is faster in OpenCV."""
    tall, wide = ink.shape
    size = (max(1, round(wide * grow)), max(1, round(tall * grow)))
    if grow > 1:
        return np.asarray(cv2.resize(ink, size, interpolation=cv2.INTER_CUBIC), np.uint8)
    while grow <= 0.5 and not (wide % 2 or tall % 2):
        wide, tall, grow = wide // 2, tall // 2, 2 * grow
        ink = np.asarray(cv2.resize(ink, (wide, tall), interpolation=cv2.INTER_AREA), np.uint8)
    way = cv2.INTER_AREA if grow <= 0.5 else cv2.INTER_LINEAR  # sides that are not multiples of four
    return np.asarray(cv2.resize(ink, size, interpolation=way), np.uint8)


def _change_width(ink: Ink, spread: float) -> Ink:
    """Make strokes thicker or thinner by pixels."""
    if abs(spread) < 0.5:
        return ink
    side = 1 + round(abs(spread))
    kernel = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (side, side))
    if spread > 0:
        return np.asarray(cv2.dilate(ink, kernel), np.uint8)
    return np.asarray(cv2.erode(ink, kernel), np.uint8)


def _distort(written: Rendering, size: float, rng: Random) -> Rendering:
    """Move letters up, down and sideways like handwriting, together with their boxes."""
    ink, boxes, baseline = written
    tall, wide = ink.shape
    lean, middle = float(rng.normal(0, 0.08)), tall / 2
    edge = math.ceil(abs(lean) * middle + 0.12 * size) + 1
    x = np.arange(-edge, wide + edge, dtype=np.float32)
    y = np.arange(-edge, tall + edge, dtype=np.float32)[:, None]
    lift, aside = _slow_waves(x, 0.04 * size, size, rng), _slow_waves(x, 0.07 * size, size, rng)
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


def _slow_waves(x: Floats, far: float, size: float, rng: Random) -> NDArray[np.float32]:
    """Return a slow random movement along places, (n,) -> (n,), about −far..far."""
    waves = rng.uniform(0.5, 2.5, (2, 1)) / size
    return np.asarray(far / 2 * np.sin(waves * x + rng.uniform(0, 6.28, (2, 1))).sum(axis=0), np.float32)


def _fade(ink: Ink, pen: Pen, rng: Random) -> Ink:
    """Make ink patchy."""
    patches = marker.make_grain(ink.shape[0], ink.shape[1], rng)
    cover = (1 - 0.6 * (1 - pen.opacity)) * (1 - 0.5 * pen.dryness)
    return np.asarray(cv2.multiply(ink, patches, scale=cover / 255), np.uint8)


def _error_reason(path: Path, error: Exception) -> str:
    if path.suffix.lower() == ".woff2" and isinstance(error, OSError):
        return tr("WOFF2 fonts need FreeType with Brotli support: {reason}", reason=error)
    return error.strerror if isinstance(error, OSError) and error.strerror else str(error)
