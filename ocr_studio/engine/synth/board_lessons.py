"""What is learned from a made-up board: pictures of words, places of letters for CRAFT, places of lines for a detector.

How it becomes part of a dataset on disk: ``samples``.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final, TypeAlias

import numpy as np
from numpy.typing import NDArray

from ocr_studio.core import geometry, word_crops
from ocr_studio.core.detector_training import ReviewedPhoto
from ocr_studio.core.pyramid import Pyramid
from ocr_studio.engine.craft_targets import LetterPlaces
from ocr_studio.engine.detector_targets import LinePlaces
from ocr_studio.engine.detector_tiles import SizedPhoto
from ocr_studio.engine.lessons import Lesson
from ocr_studio.engine.synth.whole_boards import SynthBoard, SynthWord

Floats: TypeAlias = NDArray[np.floating[Any]]

# Shares of a box's height that a detector, or a person, leaves around a word, or cuts off: mean and deviation.
_LOOSE: Final = (0.06, 0.07)
# Of CRAFT's hills for letters none is narrower than this share of the line's height: it would be lost between pixels.
_THIN: Final = 0.3


def lessons(board: SynthBoard, *, seed: int | None = None) -> Iterator[Lesson]:
    """The words that can be read, cut out as the recognizer gets them.

    seed: boxes a little too wide or too narrow, as a detector has them; None: tight ones.
    """
    pyramid, rng = Pyramid(board.image), None if seed is None else np.random.default_rng((seed, board.index))
    for number, word in enumerate(board.words):
        if not _readable(word):
            continue
        corners = word.quad.array() if rng is None else _loosened(word, rng)
        yield Lesson(word_crops.level(pyramid, corners), word.text, f"board {board.index}, word {number}")


def letter_places(board: SynthBoard) -> LetterPlaces:
    """Where its letters are: what CRAFT learns to see (``craft_targets.draw``)."""
    heights = [geometry.sizes(line.quad.array())[0, 1] for line in board.lines]
    words = tuple(_grown(word, _THIN * heights[word.line]) for word in board.words if not word.ignore)
    unclear = [word.quad.corners for word in board.words if word.ignore]
    return LetterPlaces(words, np.array(unclear, np.float64).reshape(-1, 4, 2))


def sized(board: SynthBoard, *, scale: float) -> SizedPhoto:
    """The board at the size at which a detector looks at it, with its lines: what pieces to learn from are cut out of
    (``detector_tiles``). scale: what brings it to that size, as ``DetectorOptions.scale``."""
    return SizedPhoto.of(_name(board), board.image, LinePlaces.of(board.labelled), scale=scale)


def reviewed(board: SynthBoard, *, held_out: bool = False) -> ReviewedPhoto:
    """The board as a photo all of whose words are known (``finetune_detector``)."""
    return ReviewedPhoto(_name(board), lambda: board.image, board.labelled, held_out)


def _grown(word: SynthWord, least: float) -> Floats:
    """The letters of a word, (n, 4, 2), thin ones as dots and dashes made so many pixels wide or high."""
    letters = np.array([letter.corners for letter in word.letters], np.float64)
    middles = letters.mean(axis=1, keepdims=True)
    across, down = letters[:, [1, 2]].mean(axis=1), letters[:, [2, 3]].mean(axis=1)
    right, below = across[:, None] - middles, down[:, None] - middles
    wide, tall = np.hypot(*np.moveaxis(right, -1, 0)), np.hypot(*np.moveaxis(below, -1, 0))
    right, below = (
        side * (np.maximum(half, least / 2) / np.maximum(half, 1e-6))[..., None]
        for side, half in ((right, wide), (below, tall))
    )
    signs = np.array([(-1, -1), (1, -1), (1, 1), (-1, 1)], np.float64)
    thin = np.minimum(wide, tall)[..., None] < least / 2
    return np.asarray(np.where(thin, middles + signs[:, :1] * right + signs[:, 1:] * below, letters))


def _readable(word: SynthWord) -> bool:
    """Whether a recognizer can learn from it: a net with fewer steps than letters cannot write a word."""
    steps = word_crops.size(word.quad.array())[0] // word_crops.STEP + 1
    return not word.ignore and steps >= word_crops.steps_for(word.text)


def _name(board: SynthBoard) -> str:
    return f"board {board.index:06d}"


def _loosened(word: SynthWord, rng: np.random.Generator) -> Floats:
    """A word's corners, moved along its sides by a little."""
    corners = word.quad.array().astype(np.float64)
    height = float(geometry.sizes(corners)[0, 1])
    along, down = corners[1] - corners[0], corners[3] - corners[0]
    along, down = along / max(1e-6, np.hypot(*along)), down / max(1e-6, np.hypot(*down))
    left, top, right, bottom = rng.normal(*_LOOSE, 4) * height
    moves = ((-left, -top), (right, -top), (right, bottom), (-left, bottom))
    return np.asarray(corners + [x * along + y * down for x, y in moves])
