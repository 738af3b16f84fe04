"""General words, drawn by ourselves: repeated while a hand is learned, so that the rest is not forgotten, and read now
and then, to see whether it is.

Nothing here comes from a file of pictures: words are those of the languages chosen, figures and signs; some
are written by made-up hands at a board (``engine.synth``), letter by letter or joined, some printed in the fonts that
OpenCV and Pillow carry.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Final, TypeAlias

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFont

from ocr_studio.core import geometry
from ocr_studio.core.page import Quad
from ocr_studio.engine.lessons import Crop, Lesson
from ocr_studio.engine.synth import letters, texts
from ocr_studio.engine.synth.camera import Camera
from ocr_studio.engine.synth.hand import Hand
from ocr_studio.engine.synth.sheet import INKS, Marker, Run, Sheet

Random: TypeAlias = np.random.Generator

_PRINT: Final = (
    cv2.FONT_HERSHEY_SIMPLEX,
    cv2.FONT_HERSHEY_DUPLEX,
    cv2.FONT_HERSHEY_COMPLEX,
    cv2.FONT_HERSHEY_TRIPLEX,
)


def general(many: int, languages: Sequence[str], *, seed: int, lines: bool = False) -> Iterator[Lesson]:
    """So many words, or lines of words, each another for another seed."""
    rng = np.random.default_rng((seed, 2))
    known = texts.texts(tuple(languages))
    for index in range(many):
        text = (known.line if lines else known.one)(rng)
        if rng.random() < 0.7 and _writable(text):
            crop = _written(text, rng)
        elif text.isascii() and rng.random() < 0.5:
            crop = _printed(_set_by_opencv(text, rng), rng)
        else:
            crop = _printed(_set_by_pillow(text, rng), rng)
        yield Lesson(crop, text, f"general {index}")


def _writable(text: str) -> bool:
    """Whether a made-up hand knows every letter."""
    try:
        return all(letters.strokes(letter) for letter in text if letter != " ")
    except ValueError:
        return False


def _written(text: str, rng: Random) -> Crop:
    """By some hand with some marker on some board, photographed somehow; cropped as a person or a detector would."""
    hand = _any_hand(rng)
    room = 12 * hand.size
    width, height = int(hand.length(text) + 2 * room), int(2.6 * room)
    sheet = Sheet(width, height, rng)
    colour = list(INKS.values())[int(rng.integers(len(INKS)))] if rng.random() < 0.5 else INKS["black"]
    marker = Marker(colour, float(rng.uniform(0.5, 1.0)))
    if rng.random() < 0.5:
        _join(text, sheet, (room, 1.5 * room), hand=hand, marker=marker)
    else:
        sheet.write(text, Run((room, 1.5 * room), degrees=float(rng.normal(0, 1.5))), hand=hand, marker=marker)
    grey = int(rng.integers(170, 248))
    camera = Camera(
        width=width,
        height=height,
        tilt=0.0,
        margin=0.0,
        board=(grey, int(grey + rng.integers(-6, 7)), int(grey + rng.integers(-8, 9))),
        uneven=float(rng.uniform(0, 0.3)),
        blur=float(rng.uniform(0.3, 1.6)),
        noise=float(rng.uniform(0, 5)),
        quality=int(rng.integers(60, 95)),
    )
    photo, _ = camera.shoot(sheet)
    inked = np.concatenate([stroke.points for stroke in sheet.strokes])
    (left, top), (right, bottom) = inked.min(axis=0), inked.max(axis=0)
    corners = Quad.from_array([(left, top), (right, top), (right, bottom), (left, bottom)])
    return geometry.crop(photo, corners, margin=float(rng.uniform(-0.02, 0.16)))


def _join(text: str, sheet: Sheet, start: tuple[float, float], *, hand: Hand, marker: Marker) -> None:
    """Write without lifting the pen between small letters, as people in a hurry do."""
    along, before = 0.0, np.zeros((0, 2))
    for letter in text:
        if letter == " ":
            along, before = along + hand.length("nn") / 2, np.zeros((0, 2))
            continue
        strokes, advance = hand.letter(letter, sheet.rng)
        placed = [stroke + (start[0] + along, start[1]) for stroke in strokes]
        if letter.islower() and len(before):
            # The pen leaves a letter along the line and comes to the next one from below.
            low = np.array([(before[0, 0] + placed[0][0, 0]) / 2, max(before[0, 1], placed[0][0, 1])])
            placed[0] = np.concatenate([letters.curve(np.stack([before[0], low, placed[0][0]])), placed[0]])
        for stroke in placed:
            sheet.touch(stroke, width=hand.pen * hand.size, marker=marker)
        before = placed[0][-1:] if letter.islower() else np.zeros((0, 2))
        along += advance


def _any_hand(rng: Random) -> Hand:
    """Hastier and odder hands than a board is drawn with: what is read without trouble reminds a net of nothing."""
    return replace(
        Hand.any(rng, size=float(rng.uniform(3.0, 7.0))),
        pen=float(rng.uniform(0.6, 1.5)),
        slant=float(rng.normal(0.15, 0.2)),
        wide=float(rng.uniform(0.6, 1.2)),
        tracking=float(rng.uniform(0.0, 1.2)),
        unsteady=float(rng.uniform(1.0, 3.8)),
    )


def _printed(mask: NDArray[np.uint8], rng: Random) -> Crop:
    """Ink, (h, w) 0..255, on some ground, dark on light or light on dark."""
    top, bottom, left, right = (int(side) for side in rng.uniform(0.03, 0.2, 4) * mask.shape[0])
    ink = cv2.copyMakeBorder(mask, top, bottom, left, right, cv2.BORDER_CONSTANT).astype(np.float32)[..., None] / 255
    dark, light = rng.uniform(0, 110, 3), rng.uniform(150, 255, 3)
    ground, colour = (light, dark) if rng.random() < 0.75 else (dark, light)
    shade = np.linspace(-1, 1, ink.shape[1])[None, :, None] * rng.normal(0, 12)
    picture = (ground + shade) * (1 - ink) + colour * ink
    blurred = cv2.GaussianBlur(picture, (0, 0), rng.uniform(0.2, 1.6))
    noise = rng.normal(0, rng.uniform(0.1, 6), picture.shape)
    return np.asarray((blurred + noise).clip(0, 255), np.uint8)


def _set_by_opencv(text: str, rng: Random) -> NDArray[np.uint8]:
    face, scale = _PRINT[int(rng.integers(len(_PRINT)))], float(rng.uniform(1.0, 2.0))
    weight = int(rng.integers(1, 5))
    (width, height), below = cv2.getTextSize(text, face, scale, weight)
    mask = np.zeros((height + below + 2 * weight, width + 2 * weight), np.uint8)
    cv2.putText(mask, text, (weight, height + weight), face, scale, 255, weight, cv2.LINE_AA)
    return _trimmed(mask)


def _set_by_pillow(text: str, rng: Random) -> NDArray[np.uint8]:
    font = ImageFont.load_default(float(rng.uniform(28, 56)))
    left, top, right, bottom = font.getbbox(text)
    picture = Image.new("L", (int(right - left) + 8, int(bottom - top) + 8))
    ImageDraw.Draw(picture).text((4 - left, 4 - top), text, fill=255, font=font, stroke_width=int(rng.integers(2)))
    return _trimmed(np.asarray(picture))


def _trimmed(mask: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Without empty sides."""
    rows, columns = np.flatnonzero(mask.max(axis=1)), np.flatnonzero(mask.max(axis=0))
    if not len(rows):
        return mask
    return mask[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1]
