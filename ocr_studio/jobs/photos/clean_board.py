"""Cleans the board on a photo: a quick preview, then at full resolution, and as a file."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final, TypeAlias

import cv2
import numpy as np
from numpy.typing import NDArray

from ocr_studio.core.formats import marked_pictures
from ocr_studio.core.formats.output_folder import OutputFile
from ocr_studio.core.images import board_cleaning, board_corners, photo_file, warping
from ocr_studio.core.images.board_cleaning import CleanedBoard
from ocr_studio.core.images.board_corners import Board
from ocr_studio.core.images.pixel_formats import shrink_image
from ocr_studio.core.images.pyramid import Pyramid
from ocr_studio.core.images.warping import Photo
from ocr_studio.core.page import BoardLook, Page, Quad
from ocr_studio.core.project.project import Project

# Longer side in pixels: a larger photo is first cleaned at this size, to show something at once.
_ROUGH: Final = 1200
# Pyramid levels aren't halved below this size.
_LEAST_LEVEL: Final = 256


@dataclass(frozen=True, slots=True)
class BoardSought:
    """The photo was searched for a board. board: None if there is none."""

    board: Board | None


@dataclass(frozen=True, slots=True)
class BoardCleaned:
    """The cleaned board.

    Attributes:
        picture: The image, with its smaller levels.
        matrix: See ``board_cleaning.CleanedBoard``.
        burnt: See ``board_cleaning.CleanedBoard``.
        rough: Whether it was made from a reduced photo; the full resolution follows.
    """

    picture: Pyramid
    matrix: NDArray[np.float64]
    burnt: float
    rough: bool


@dataclass(frozen=True, slots=True)
class PictureWritten:
    """The cleaned board was saved in this file."""

    path: Path


CleaningEvent: TypeAlias = BoardSought | BoardCleaned | PictureWritten


def corners(look: BoardLook, board: Board | None) -> Quad | None:
    """The corners of the board: those the user has set, else those found, else None."""
    if look.corners is not None and board_corners.is_clockwise(look.corners):
        return look.corners
    return board.quad if board else None


def seek(image: Photo) -> Iterator[CleaningEvent]:
    """Find the board on a photo, (H, W, 3) uint8 RGB."""
    yield BoardSought(board_corners.find_board(image))


def clean(image: Photo, look: BoardLook, *, sought: BoardSought | None = None) -> Iterator[CleaningEvent]:
    """Clean the board on a photo, (H, W, 3) uint8 RGB: BoardSought if not known, then one or two BoardCleaned."""
    if sought is None:
        sought = BoardSought(board_corners.find_board(image))
        yield sought
    quad = corners(look, sought.board)
    if max(image.shape[:2]) > _ROUGH:
        yield _shown(_rough(image, look, quad), rough=True)
    yield _shown(board_cleaning.clean_board(image, look, quad), rough=False)


def cleaned(image: Photo, look: BoardLook) -> CleanedBoard:
    """The cleaned board of a photo, for reading; it is searched for unless the user has set its corners."""
    wanted = look.straighten and look.corners is None
    return board_cleaning.clean_board(image, look, corners(look, board_corners.find_board(image) if wanted else None))


def save(image: Photo, look: BoardLook, path: Path) -> Iterator[CleaningEvent]:
    """Save the cleaned board; overwrites an existing file, but never a photo.

    Raises:
        WriteFailed: It can't be saved.
    """
    OutputFile(path, overwrite=True).write(encoded(image, look, path.suffix))
    yield PictureWritten(path)


def encoded(image: Photo, look: BoardLook, suffix: str) -> bytes:
    """The cleaned board as JPEG or PNG data by the suffix of its file, marked as an output of this program."""
    return marked_pictures.encode_marked(cleaned(image, look).picture, suffix)


def encode_page(project: Project, page: Page) -> bytes:
    """The cleaned board of a page as a PNG, as the board view shows it. Raises StudioError: The photo can't be read."""
    photo = warping.frame_photo(photo_file.open_photo(project.photo(page)), page.facts.frame)
    return encoded(photo, page.facts.board or BoardLook(), ".png")


def _rough(image: Photo, look: BoardLook, quad: Quad | None) -> CleanedBoard:
    """Clean a reduced photo, and enlarge the result to full size."""
    height, width = image.shape[:2]
    small = shrink_image(image, side=_ROUGH)
    shrunk = quad and Quad.from_array(quad.array() * (small.shape[1] / width, small.shape[0] / height))
    made = board_cleaning.clean_board(small, look, shrunk)
    matrix, size = np.eye(3), (width, height)
    if look.straighten and quad is not None:
        matrix, size = board_corners.compute_straightening(quad, width, height)
    large = cv2.resize(made.picture, size, interpolation=cv2.INTER_LINEAR)
    return replace(made, picture=np.asarray(large, dtype=np.uint8), matrix=matrix)


def _shown(made: CleanedBoard, *, rough: bool) -> BoardCleaned:
    pyramid = Pyramid(np.ascontiguousarray(made.picture))
    pyramid.make_levels(_LEAST_LEVEL)
    return BoardCleaned(pyramid, made.matrix, made.burnt, rough)
