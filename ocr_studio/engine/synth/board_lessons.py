"""What is learned from a made-up board: pictures of words, places of letters for CRAFT, places of lines for a detector.

A board also goes into a dataset on disk like any photo that a person has gone through.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final, TypeAlias

import numpy as np
from numpy.typing import NDArray

from ocr_studio.core import geometry, word_crops
from ocr_studio.core.dataset_folder import file_id
from ocr_studio.core.dataset_making import Making
from ocr_studio.core.dataset_values import PHOTOS, Example, Split, TruePhoto
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
# A crop narrower than so many steps of the recognizer's net holds no word that it could read.
_FEWEST_STEPS: Final = 2


def lessons(board: SynthBoard, *, seed: int | None = None) -> Iterator[Lesson]:
    """The words that can be read, cut out as the recognizer gets them.

    seed: boxes a little too wide or too narrow, as a detector has them; None: tight ones.
    """
    pyramid, rng = Pyramid(board.image), None if seed is None else np.random.default_rng((seed, board.index))
    for number, word in enumerate(board.words):
        if word.ignore or word_crops.size(word.quad.array())[0] < _FEWEST_STEPS * word_crops.STEP:
            continue
        corners = word.quad.array() if rng is None else _loosened(word, rng)
        yield Lesson(word_crops.level(pyramid, corners), word.text, f"board {board.index}, word {number}")


def letter_places(board: SynthBoard) -> LetterPlaces:
    """Where its letters are: what CRAFT learns to see (``craft_targets.draw``)."""
    words = tuple(
        np.array([letter.corners for letter in word.letters], np.float64) for word in board.words if not word.ignore
    )
    unclear = [word.quad.corners for word in board.words if word.ignore]
    return LetterPlaces(words, np.array(unclear, np.float64).reshape(-1, 4, 2))


def sized(board: SynthBoard, *, scale: float) -> SizedPhoto:
    """The board at the size at which a detector looks at it, with its lines: what pieces to learn from are cut out of
    (``detector_tiles``). scale: what brings it to that size, as ``DetectorOptions.scale``."""
    return SizedPhoto.of(_name(board), board.image, LinePlaces.of(board.labelled), scale=scale)


def reviewed(board: SynthBoard, *, held_out: bool = False) -> ReviewedPhoto:
    """The board as a photo all of whose words are known (``finetune_detector``)."""
    return ReviewedPhoto(_name(board), lambda: board.image, board.labelled, held_out)


def add_to(making: Making, board: SynthBoard, *, key: str, split: Split, crops: bool = True) -> None:
    """Write a board into a dataset: its photo with the boxes of all words where the layout has such, and, if asked for,
    the words that can be read.

    key: of the page, another one for each board. Raises OSError.
    """
    layout, name = making.layout, f"{_name(board)}.jpg"
    photo = f"{PHOTOS}/{file_id(key)}.jpg"
    making.pages.append((key, name))
    height, width = board.image.shape[:2]
    boxes, cut = layout.photos == "reviewed", crops and not layout.crops
    if boxes:
        words = tuple(each for each in board.labelled if geometry.area(each.quad) >= 1)
        making.photos.append(TruePhoto(photo, key, name, width, height, words, split))
    if boxes or (cut and layout.photos == "all"):
        making.write(photo, board.image)
    pyramid = Pyramid(board.image)
    for number, word in enumerate(board.words):
        if not crops or word.ignore or geometry.area(word.quad) < 1:
            continue
        crop, own = f"{layout.crops}/{file_id(key)}-{number:04x}.png" if layout.crops else "", f"{number:04x}"
        if crop:
            making.write(crop, word_crops.level(pyramid, word.quad.array()))
        making.examples.append(
            Example(
                text=word.text,
                crop=crop,
                photo="" if crop else photo,
                page=key,
                image=name,
                word=own,
                quad=word.quad,
                split=split,
                by="synthetic",
                writer=word.writer,
            )
        )


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
