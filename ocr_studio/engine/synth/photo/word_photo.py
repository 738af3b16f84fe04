"""Photos of single words: ink on a background, photographed, and cropped like a detector or an annotator would."""

from __future__ import annotations

import math
from bisect import bisect_left
from collections.abc import Mapping
from dataclasses import dataclass, replace
from itertools import accumulate
from typing import Final, TypeAlias

import cv2
import numpy as np
from numpy.typing import NDArray

from ocr_studio.engine.synth.handwriting.marker import Colour, Pen, blend_ink, make_grain, measure_contrast
from ocr_studio.engine.synth.handwriting.rendered_text import Boxes, Floats, Ink, Random, RenderedText
from ocr_studio.engine.synth.photo import backgrounds, camera, clutter
from ocr_studio.engine.synth.photo.backgrounds import Backgrounds, Picture
from ocr_studio.engine.synth.photo.board_surface import OPAQUE_INK, Surface
from ocr_studio.engine.synth.photo.camera import Camera

Matrix: TypeAlias = NDArray[np.float64]

_CHALKS: Final[tuple[Colour, ...]] = (
    (240, 240, 236), (236, 238, 240), (240, 226, 120), (240, 160, 170), (150, 200, 240),
)  # fmt: skip
# Shares of the marker colours: black, blue, red, green, purple, orange.
_MARKERS: Final[Mapping[Colour, float]] = {
    (38, 38, 44): 0.46, (28, 62, 160): 0.24, (196, 38, 48): 0.13, (14, 118, 72): 0.1, (112, 44, 140): 0.04,
    (226, 108, 24): 0.03,
}  # fmt: skip
_COLOURS, _HEIGHTS = tuple(_MARKERS), tuple(accumulate(_MARKERS.values()))
# Minimum contrast of a legible word, in levels of 255.
_FAINT: Final = 9.0
# Minimum contrast of ink before the photo is taken.
_PALE: Final = 24.0
_DARKEST: Final[Colour] = (24, 24, 28)
_LIGHTEST: Final[Colour] = (240, 240, 236)
# Amount of chalk by the height of a board's grain.
_ROUGH: Final = np.clip((np.arange(256) - 120) * 1.9, 60, 255).astype(np.uint8)
# Pixels with less ink than this, of 255, are invisible.
_SEEN: Final = 48


@dataclass(frozen=True, slots=True)
class WordPhotoOptions:
    """How a word is photographed.

    Attributes:
        size: Pixels of a capital's height.
        pen: Pen of the writing.
        harm: Photo degradation, from 0 (none) to 1 (typical).
        printed: Whether it is print.
    """

    size: float
    pen: Pen
    grounds: Backgrounds
    harm: float = 1.0
    printed: bool = False


def take_word_photo(writing: RenderedText, options: WordPhotoOptions, rng: Random) -> tuple[Picture, Boxes]:
    """Return the crop, (h, w, 3) uint8 RGB, and the letters' boxes on it, (n, 4, 2)."""
    pad = round(0.62 * options.size) + 4
    word = _degrade(writing.ink, options, rng)
    height, width = word.shape
    place = (pad, pad, pad + width, pad + height, pad + writing.baseline)
    around = np.zeros((height + 2 * pad, width + 2 * pad), np.uint8)
    clutter.draw_neighbours(around, word, place, options.size, rng)
    if not options.printed:
        clutter.draw_lines(around, place, options.pen, options.size, rng)
    matrix, sides = _random_view(around.shape[1], around.shape[0], options, rng)
    # Corners of the ink and of letters, and the ends of the line, relative to the ink's top left.
    edge = [(0, 0), (width, 0), (width, height), (0, height), (0, writing.baseline), (width, writing.baseline)]
    moved = _map_points(np.concatenate([edge, writing.letters.reshape(-1, 2)]) + pad, matrix)
    boxes, (start, end) = moved[6:].reshape(-1, 4, 2), moved[4:6, 1].tolist()
    own = _Part.of(word, pad, matrix, moved[:4], sides)
    left, top, right, bottom = box = _crop(own, (min(start, end), max(start, end)), options, rng)
    cut = own.within(box)
    other = None
    if around.any():
        aside = np.array([[1, 0, -left], [0, 1, -top], [0, 0, 1]]) @ matrix
        other = _warp(around, aside, (right - left, bottom - top))
    scene = _compose_scene(cut, other, (start + end) / 2 - top, options, rng)
    crop = np.array([right - left, bottom - top], np.float32)
    letters = np.minimum(np.maximum(boxes - np.array([left, top], np.float32), 0), crop)
    return _photograph_legible(scene, cut, options, rng), letters


@dataclass(frozen=True, slots=True, eq=False)
class _Part:
    """The ink of a word on an otherwise empty photo. left, top: its position; photo: (width, height) in pixels."""

    ink: Ink
    left: int
    top: int
    photo: tuple[int, int]

    @classmethod
    def of(cls, word: Ink, pad: int, matrix: Matrix, corners: Boxes, photo: tuple[int, int]) -> _Part:
        """Transform the ink of a word.

        Args:
            word: The ink.
            pad: Pixels of the canvas left of the word and above it.
            matrix: From the canvas to the photo.
            corners: (4, 2), the word's corners on the photo.
            photo: (width, height).
        """
        (low_x, low_y), (high_x, high_y) = corners.min(axis=0).tolist(), corners.max(axis=0).tolist()
        left, top = max(0, math.floor(low_x)), max(0, math.floor(low_y))
        size = (min(photo[0], math.ceil(high_x) + 1) - left, min(photo[1], math.ceil(high_y) + 1) - top)
        to_photo = matrix @ np.array([[1, 0, pad], [0, 1, pad], [0, 0, 1]])
        to_part = np.array([[1, 0, -left], [0, 1, -top], [0, 0, 1]]) @ to_photo
        return cls(_warp(word, to_part, size), left, top, photo)

    def within(self, box: tuple[int, int, int, int]) -> Ink:
        """Return the ink in a box of the photo, left, top, right, bottom."""
        tall, wide = self.ink.shape
        left, top, right, bottom = box[0] - self.left, box[1] - self.top, box[2] - self.left, box[3] - self.top
        seen = self.ink[max(0, top) : min(tall, bottom), max(0, left) : min(wide, right)]
        edges = (max(0, -top), max(0, bottom - tall), max(0, -left), max(0, right - wide))
        return np.asarray(cv2.copyMakeBorder(seen, *edges, cv2.BORDER_CONSTANT), np.uint8)


def _warp(ink: Ink, matrix: Matrix, size: tuple[int, int]) -> Ink:
    return np.asarray(cv2.warpPerspective(ink, matrix, size, flags=cv2.INTER_LINEAR), np.uint8)


def _degrade(word: Ink, options: WordPhotoOptions, rng: Random) -> Ink:
    """Return ink that is written twice, smeared, or, mostly, unchanged."""
    fate = rng.random()
    if options.printed or fate > 0.06:
        return word
    return clutter.write_twice(word, options.size, rng) if fate < 0.035 else clutter.smear(word, options.size, rng)


def _random_view(width: int, height: int, options: WordPhotoOptions, rng: Random) -> tuple[Matrix, tuple[int, int]]:
    """Return a matrix from the canvas to the photo, and the photo's (width, height): the rotation and perspective that
    are left after detection.
    """
    turn, shear = math.radians(float(rng.normal(0, 1.4))), float(rng.normal(0, 0.03))
    corners = [(0, 0), (width, 0), (width, height), (0, height)]
    cos, sin, off = math.cos(turn), math.sin(turn), options.harm * 0.02 * height * rng.standard_normal(8)
    across = [x * cos + y * (shear - sin) for x, y in corners] + off[::2]
    down = [x * sin + y * cos for x, y in corners] + off[1::2]
    turned = np.stack([across - across.min(), down - down.min()], axis=1)
    size = (math.ceil(turned[:, 0].max()), math.ceil(turned[:, 1].max()))
    matrix = cv2.getPerspectiveTransform(np.array(corners, np.float32), turned.astype(np.float32))
    return np.asarray(matrix, np.float64), size


def _map_points(points: Floats, matrix: Matrix) -> Boxes:
    """Map points, (n, 2), to the photo."""
    return np.asarray(cv2.perspectiveTransform(points[None].astype(np.float64), matrix)[0], np.float32)


def _crop(
    own: _Part, baseline: tuple[float, float], options: WordPhotoOptions, rng: Random
) -> tuple[int, int, int, int]:
    """Return left, top, right and bottom of a box around the ink: tight, wide, or as high as the line."""
    _, seen = cv2.threshold(own.ink, _SEEN, 255, cv2.THRESH_BINARY)
    left, top, wide, tall = cv2.boundingRect(seen)
    left, top = left + own.left, top + own.top
    right, bottom = left + wide, top + tall
    if rng.random() < 0.35:
        top = min(top, round(baseline[0] - options.size * rng.uniform(0.85, 1.1)))
        bottom = max(bottom, round(baseline[1] + options.size * rng.uniform(0.1, 0.4)))
    room = [options.size * min(0.6, max(-0.06, share)) for share in rng.normal(0.09, 0.075, 4).tolist()]
    return (
        max(0, round(left - room[0])),
        max(0, round(top - room[1])),
        min(own.photo[0], max(left + 4, round(right + room[2]))),
        min(own.photo[1], max(top + 4, round(bottom + room[3]))),
    )


def _compose_scene(own: Ink, other: Ink | None, baseline: float, options: WordPhotoOptions, rng: Random) -> Picture:
    """Draw ink onto a background."""
    tall, wide = own.shape
    picture, kind = options.grounds.piece(wide, tall, rng)
    chalk = kind in OPAQUE_INK and (kind is Surface.BLACKBOARD or float(picture.mean()) < 130)
    if kind is Surface.PAPER and rng.random() < 0.5:
        backgrounds.draw_rules(picture, options.size * float(rng.uniform(1.2, 2.2)), baseline + options.size * 0.1, rng)
    if rng.random() < 0.1:
        picture = blend_ink(picture, clutter.wipe(own, rng), _colour(chalk, rng), opaque=chalk)
    colour = _colour(chalk, rng)
    strength = float(rng.uniform(0.35, 1.0)) if rng.random() < 0.4 else 1.0
    if chalk:
        own, other = _chalk(own, rng), None if other is None else _chalk(other, rng)
    picture, colour, strength = _draw_visibly(picture, own, (colour, strength), opaque=chalk or options.printed)
    if other is not None:
        second = colour if rng.random() < 0.8 else _colour(chalk, rng)
        picture = blend_ink(picture, _fade(other, strength), second, opaque=chalk or options.printed)
    return picture


def _draw_visibly(
    ground: Picture, own: Ink, pen: tuple[Colour, float], *, opaque: bool
) -> tuple[Picture, Colour, float]:
    """Return ink on a background, and the colour and strength used: a fresh pen if the given one is hardly visible,
    otherwise the colour with the most contrast, opaque.
    """
    colour, strength = pen
    for fresher in (strength, 1.0):
        laid = blend_ink(ground, _fade(own, fresher), colour, opaque=opaque)
        if measure_contrast(_grey(laid), own) >= _PALE:
            return laid, colour, fresher
    around = float(_grey(ground).mean())
    colour = _DARKEST if around > (_DARKEST[0] + _LIGHTEST[0]) / 2 else _LIGHTEST
    return blend_ink(ground, own, colour, opaque=True), colour, 1.0


def _grey(picture: Picture) -> Picture:
    return np.asarray(cv2.cvtColor(picture, cv2.COLOR_RGB2GRAY), np.uint8)


def _photograph_legible(scene: Picture, ink: Ink, options: WordPhotoOptions, rng: Random) -> Picture:
    """Return a photo on which the ink is still visible."""
    photo = _photograph_once(scene, options.size, options.harm, rng)
    for less in (0.5, 0.0):
        if measure_contrast(_grey(photo), ink) > _FAINT:
            return photo
        photo = _photograph_once(scene, options.size, options.harm * less, rng)
    return photo


def _photograph_once(scene: Picture, size: float, harm: float, rng: Random) -> Picture:
    """Apply light, lens and app of a phone."""
    lens = Camera.sample(rng, pixels=1, harm=harm)
    app = lens.app or rng.random() < 0.12
    lens = replace(
        lens,
        blur=lens.blur * max(0.8, size / 32) ** 0.8,
        shake=(lens.shake[0] * min(1.0, size / 40), lens.shake[1]),
        # A word takes little of a photo, so the light hardly changes on it.
        dark=lens.dark * 0.4,
        shadows=0,
        glares=0,
        app=app and harm >= 1 and sum(cv2.mean(scene)[:3]) > 3 * 120,
    )
    lit = _add_light(scene, rng) if rng.random() < 0.2 * harm else scene.copy()
    if rng.random() < 0.2 * harm and size > 20:
        return _resample(lit, lens, rng)
    return camera.take_photo(lit, lens, rng)


def _resample(scene: Picture, lens: Camera, rng: Random) -> Picture:
    """Shrink a photo, as for sending, and enlarge it again."""
    small = float(rng.uniform(0.45, 0.85))
    tall, wide = scene.shape[:2]
    size = (max(8, round(wide * small)), max(8, round(tall * small)))
    less = np.asarray(cv2.resize(scene, size, interpolation=cv2.INTER_AREA), np.uint8)
    photo = camera.take_photo(less, replace(lens, blur=lens.blur * small), rng)
    return np.asarray(cv2.resize(photo, (wide, tall), interpolation=cv2.INTER_CUBIC), np.uint8)


def _add_light(picture: Picture, rng: Random) -> Picture:
    """Add the edge of a shadow or a reflection."""
    size = (picture.shape[1], picture.shape[0])
    if rng.random() < 0.5:
        coarse = np.where(rng.random((2, 4)) < 0.5, 255, rng.uniform(120, 235)).astype(np.uint8)
        shade = cv2.resize(coarse, size, interpolation=cv2.INTER_CUBIC if rng.random() < 0.5 else cv2.INTER_LINEAR)
        return np.asarray(cv2.multiply(picture, cv2.merge([shade, shade, shade]), scale=1 / 255), np.uint8)
    spots = (rng.random((3, 5)) ** 3 * rng.uniform(30, 170)).astype(np.uint8)
    shine = cv2.resize(spots, size, interpolation=cv2.INTER_CUBIC)
    return np.asarray(cv2.add(picture, cv2.merge([shine, shine, shine])), np.uint8)


def _fade(ink: Ink, strength: float) -> Ink:
    return ink if strength >= 1 else np.asarray(cv2.convertScaleAbs(ink, alpha=strength), np.uint8)


def _chalk(ink: Ink, rng: Random) -> Ink:
    """Return ink like chalk on a board's grain."""
    patches = make_grain(ink.shape[0], ink.shape[1], rng)
    rough = cv2.LUT(patches, _ROUGH)
    return np.asarray(cv2.multiply(ink, rough, scale=1 / 255), np.uint8)


def _colour(chalk: bool, rng: Random) -> Colour:
    if chalk:
        tone: Colour = _CHALKS[int(rng.integers(len(_CHALKS)))]
    else:
        tone = _COLOURS[bisect_left(_HEIGHTS, rng.random() * 0.999)]
    brighter, *shift = (rng.normal(0, 1, 4) * (12, 14, 14, 14)).tolist()
    red, green, blue = (round(min(250, max(4, t + s + brighter))) for t, s in zip(tone, shift, strict=True))
    return red, green, blue
