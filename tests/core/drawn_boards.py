"""Photos of boards, drawn: where the board is, what light falls on it and where it glares is known."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

RGB = NDArray[np.uint8]
WHITE, BLACK = (228, 230, 226), (38, 66, 52)
INKS = ((30, 40, 170), (190, 30, 40), (25, 25, 28))


def face(width: int = 900, height: int = 600, *, dark: bool = False, seed: int = 1) -> RGB:
    """A board seen straight on, written over in three colours (chalk on a dark one)."""
    rng = np.random.default_rng(seed)
    picture = np.full((height, width, 3), BLACK if dark else WHITE, np.uint8)
    for row in range(9):
        left = 40 + int(rng.integers(30))
        ink = (225, 225, 215) if dark else INKS[row % 3]
        for _ in range(int(rng.integers(3, 6))):
            word = "".join(rng.choice(list("abcdehlmnorstu"), int(rng.integers(3, 8))))
            size = cv2.getTextSize(word, cv2.FONT_HERSHEY_SIMPLEX, 1.0, 2)[0]
            if left + size[0] < width - 40:
                cv2.putText(picture, word, (left, 80 + 58 * row), cv2.FONT_HERSHEY_SIMPLEX, 1.0, ink, 2, cv2.LINE_AA)
            left += size[0] + 40
    return picture


def photo(corners: NDArray[np.float64], board: RGB, *, size: tuple[int, int] = (1280, 960), seed: int = 1) -> RGB:
    """The board with its corners, (4, 2), on a wall of another colour, in a dark frame, with a camera's noise."""
    rng = np.random.default_rng(seed)
    wall = np.full((size[1], size[0], 3), (172, 160, 140), np.uint8)
    height, width = board.shape[:2]
    rim = 10
    framed = cv2.copyMakeBorder(board, rim, rim, rim, rim, cv2.BORDER_CONSTANT, value=(70, 70, 74))
    box = np.array([(0, 0), (width, 0), (width, height), (0, height)], np.float32) + rim
    matrix = cv2.getPerspectiveTransform(box, corners.astype(np.float32))
    cv2.warpPerspective(framed, matrix, size, dst=wall, flags=cv2.INTER_AREA, borderMode=cv2.BORDER_TRANSPARENT)
    noisy = wall + rng.normal(0, 3, wall.shape)
    return np.asarray(np.clip(cv2.GaussianBlur(noisy, (0, 0), 0.8), 0, 255), dtype=np.uint8)


def lit(picture: RGB, *, darkest: float = 0.5) -> RGB:
    """Light from the left: on the right only so much of it arrives."""
    falling = np.linspace(1.0, darkest, picture.shape[1])[None, :, None]
    return np.asarray(picture * falling, dtype=np.uint8)


def glaring(picture: RGB, at: tuple[int, int], radius: int, added: float = 90.0) -> RGB:
    """A lamp is reflected: a soft spot, so many levels brighter in its middle."""
    y, x = np.mgrid[: picture.shape[0], : picture.shape[1]]
    spot = np.exp(-((x - at[0]) ** 2 + (y - at[1]) ** 2) / (2 * (radius / 2) ** 2)) * added
    return np.asarray(np.clip(picture + spot[..., None], 0, 255), dtype=np.uint8)
