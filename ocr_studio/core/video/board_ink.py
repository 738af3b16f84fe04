"""The writing on a board: what is thin and differs from the ground around it."""

from __future__ import annotations

from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

from ocr_studio.core.images.pixel_formats import RGB
from ocr_studio.core.video import board_ground
from ocr_studio.core.video.board_ground import BoardGround
from ocr_studio.core.video.grid import COARSE_FACTOR, enlarge

Mask = NDArray[np.bool_]

# Writing differs from the ground by this share of its brightness, at least by so many levels and as many
# times the noise: pale markers do by 15 %, noise in a median by 3 %. It is gone where it differs by half of that.
_INK_SHARE, _INK_LEVELS = 0.09, 9
_GONE: Final = 0.55
_NOISE: Final = 3.0
# Shares of a frame's longer side: most words are not so long, and strokes not so thick.
_WORD: Final = 0.2
_THICK: Final = 0.012


def find_ink(work: RGB, ground: BoardGround) -> tuple[Mask, Mask]:
    """Find the writing on the board, and where there may be some, (H, W) bool at the work size.

    Args:
        work: The board as a work frame.
        ground: Its ground.
    """
    contrast, brightness = board_ground.measure_contrast(work, chalk=ground.chalk)
    # Most of a board is bare: what differs there, and how much that varies, is noise.
    bare = contrast[::3, ::3][enlarge(ground.board, COARSE_FACTOR)[::3, ::3]]
    usual = float(np.median(bare)) if len(bare) else 0.0
    noise = float(np.median(np.abs(bare - usual))) if len(bare) else 0.0
    bar = np.maximum(_INK_LEVELS + _NOISE * noise, _INK_SHARE * brightness.astype(np.float32))
    contrast = np.asarray(cv2.subtract(contrast, np.full_like(contrast, round(usual))), dtype=np.uint8)
    return (contrast > bar) & enlarge(ground.around, COARSE_FACTOR), contrast > _GONE * bar


def find_letters(ink: Mask) -> Mask:
    """Find what is as thin and small as letters and words; rails, ledges and what lies on them are not.

    Args:
        ink: (H, W) bool, at the work size.
    """
    side = max(ink.shape)
    _, labels, found, _ = cv2.connectedComponentsWithStats(ink.astype(np.uint8))
    stats = np.asarray(found)
    long = stats[:, (cv2.CC_STAT_WIDTH, cv2.CC_STAT_HEIGHT)].max(axis=1)
    letters = (long < _WORD * side) & (stats[:, cv2.CC_STAT_AREA] < _THICK * side * long)
    letters[0] = False
    return np.asarray(letters[labels])
