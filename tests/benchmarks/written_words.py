"""Handwritten words with known text, for fitting and for measuring what no labelled photo can tell.

Pen strokes of UNIPEN writers and handwriting fonts, drawn as a marker draws on crops of real, empty boards. Words come
from UNIPEN itself and from the manual of Python (English prose, names and code); random strings are composed of the
single letters of one writer, or set in a font. The same seed draws the same words.
"""

from __future__ import annotations

import re
import string
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from pydoc_data import topics
from typing import Any, Final, TypeAlias

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFont

from ocr_studio.core.images import photo_file

Crop: TypeAlias = NDArray[np.uint8]
Mask: TypeAlias = NDArray[np.float32]

HEIGHT: Final = 64  # pixels of a line's height before it is drawn larger or smaller
_LETTERS: Final = string.ascii_letters + string.digits
_INKS: Final = ((25, 25, 30), (30, 40, 130), (150, 30, 40), (20, 100, 60))


@dataclass(frozen=True, slots=True)
class Written:
    """A crop and what stands on it."""

    crop: Crop
    text: str


@dataclass(frozen=True, slots=True)
class Pens:
    """Strokes of many words or letters, as data/strokes keeps them. chosen: indices of those that may be drawn."""

    points: NDArray[np.int16]
    strokes: NDArray[np.int32]
    items: NDArray[np.int32]
    texts: NDArray[np.str_]
    writers: NDArray[np.int16]
    chosen: NDArray[np.intp]

    @classmethod
    def load(cls, path: Path, *, train: bool) -> Pens:
        """train: the writers set apart for training, or the others."""
        with np.load(path, allow_pickle=False) as file:
            chosen = np.flatnonzero((file["train"] == train) & file["english"])
            points, strokes, items = file["points"], file["stroke_offsets"], file["item_offsets"]
            return cls(points, strokes, items, file["texts"], file["writers"], chosen)

    def of(self, item: int) -> list[NDArray[np.float32]]:
        """The strokes of one word: each (n, 2) float32, a line 200 units high."""
        return [
            self.points[self.strokes[stroke] : self.strokes[stroke + 1]].astype(np.float32)
            for stroke in range(self.items[item], self.items[item + 1])
        ]


@dataclass(frozen=True, slots=True)
class Desk:
    """What there is to write with and on. data: the folder of labelled data. train: whose hands."""

    data: Path
    train: bool = True
    rng: np.random.Generator = field(default_factory=lambda: np.random.default_rng(0))

    def unipen(self, many: int) -> Iterator[Written]:
        """Words as people wrote them."""
        pens = _pens(self.data / "strokes" / "unipen_words.npz", self.train)
        for item in self.rng.permutation(pens.chosen)[:many]:
            text = str(pens.texts[item])
            if text.isascii():
                yield Written(self.marker(pens.of(int(item))), text)

    def fonts(self, texts: list[str]) -> Iterator[Written]:
        """Texts in handwriting fonts; those a font cannot write are left out."""
        for text in texts:
            mask = self._set(text)
            if mask is not None:
                yield Written(self._on_board(mask), text)

    def composed(self, texts: list[str]) -> Iterator[Written]:
        """Texts composed of single letters, each text by one writer; those of whom some letter is missing left out."""
        pens = _pens(self.data / "strokes" / "unipen_chars.npz", self.train)
        letters = _by_writer(self.data / "strokes" / "unipen_chars.npz", self.train)
        names = [name for name, known in letters.items() if len(known) > 50]
        for text in texts:
            known = letters[names[int(self.rng.integers(len(names)))]]
            if all(letter in known for letter in text):
                yield Written(self._on_board(self._drawn(_joined(pens, known, text, self.rng))), text)

    def letters_of(self, text: str, writer: int, rng: np.random.Generator) -> Written | None:
        """A text composed of single letters by one of the writers, drawn as this desk does; None if one is missing.

        writer: any number; rng: for which of the writer's letters are taken.
        """
        path = self.data / "strokes" / "unipen_chars.npz"
        letters = _by_writer(path, self.train)
        names = [name for name, known in letters.items() if len(known) > 50]
        known = letters[names[writer % len(names)]]
        if not all(letter in known for letter in text):
            return None
        return Written(self.marker(_joined(_pens(path, self.train), known, text, rng)), text)

    def random_strings(self, many: int) -> list[str]:
        """Letters and digits without sense: serial numbers, passwords, hashes; three to ten signs."""
        kinds = (_LETTERS, string.ascii_lowercase, string.ascii_uppercase, string.ascii_uppercase + string.digits)
        alphabets = [list(kinds[index]) for index in self.rng.integers(len(kinds), size=many)]
        return ["".join(self.rng.choice(letters, self.rng.integers(3, 11))) for letters in alphabets]

    def manual(self, many: int) -> list[str]:
        """Words of Python's manual as they come: prose, names and code, signs at their ends included."""
        words = re.findall(r"[!-~]{1,20}", " ".join(topics.topics.values()))
        picked = [words[index] for index in self.rng.integers(len(words), size=4 * many)]
        return [word for word in picked if any(sign.isalnum() for sign in word)][:many]

    def marker(self, strokes: list[NDArray[np.float32]]) -> Crop:
        """Pen strokes, as ``Pens.of`` gives them, as a marker would leave them on some board."""
        return self._on_board(self._drawn(strokes))

    def _drawn(self, strokes: list[NDArray[np.float32]]) -> Mask:
        """Strokes as a marker leaves them: (h, w) float32, 1 full ink."""
        slant, size = self.rng.normal(0, 0.12), self.rng.uniform(36, 80) / 200
        turn = np.array([[1, self.rng.normal(0, 0.03)], [slant, 1]], np.float32)
        lines = [part @ turn * size for part in strokes]
        weight = max(1.0, self.rng.uniform(0.02, 0.09) * 200 * size)
        corner = np.min([line.min(axis=0) for line in lines], axis=0) - weight - 2
        far = np.max([line.max(axis=0) for line in lines], axis=0) + weight + 2 - corner
        mask = np.zeros((int(far[1]) + 1, int(far[0]) + 1), np.uint8)
        for line in lines:
            path = np.round((line - corner) * 16).astype(np.int32)
            cv2.polylines(mask, [path], False, 255, max(1, round(weight)), cv2.LINE_AA, 4)
        return np.asarray(mask, np.float32) / np.float32(255)

    def _set(self, text: str) -> Mask | None:
        paths = _font_files(self.data / "fonts" / "handwriting")
        font = ImageFont.truetype(str(paths[int(self.rng.integers(len(paths)))]), int(self.rng.uniform(30, 64)))
        empty = font.getmask("\U0010fffd").getbbox()
        if any(font.getmask(sign).getbbox() in (None, empty) for sign in text if sign != " "):
            return None
        left, top, right, bottom = font.getbbox(text)
        picture = Image.new("L", (int(right - left) + 12, int(bottom - top) + 12))
        ImageDraw.Draw(picture).text((6 - left, 6 - top), text, fill=255, font=font)
        mask = np.asarray(picture)
        if self.rng.random() < 0.5:
            mask = cv2.dilate(mask, np.ones((2, 2), np.uint8))
        return np.asarray(mask, np.float32) / np.float32(255)

    def _on_board(self, mask: Mask) -> Crop:
        """Ink on a piece of an empty board, a little room around it, blurred and noisy as photos are."""
        around = self.rng.uniform(0.02, 0.2, 4) * mask.shape[0]
        top, bottom, left, right = (int(side) for side in around)
        inked = cv2.copyMakeBorder(mask, top, bottom, left, right, cv2.BORDER_CONSTANT)
        height, width = inked.shape[:2]
        board = _backgrounds(self.data / "backgrounds")
        piece: NDArray[Any] = board[int(self.rng.integers(len(board)))]
        grown = max(1.0, (height + 1) / piece.shape[0], (width + 1) / piece.shape[1])
        piece = cv2.resize(piece, None, fx=grown, fy=grown)
        y, x = (int(self.rng.integers(0, max(1, free))) for free in (piece.shape[0] - height, piece.shape[1] - width))
        ground = piece[y : y + height, x : x + width].astype(np.float32)
        ink = np.array(_INKS[int(self.rng.integers(len(_INKS)))], np.float32)
        cover = (inked * self.rng.uniform(0.45, 1.0))[..., None]
        mixed = ground * (1 - cover) + ink * cover
        mixed = cv2.GaussianBlur(mixed, (0, 0), self.rng.uniform(0.3, 1.4))
        mixed += self.rng.normal(0, self.rng.uniform(0, 6), mixed.shape).astype(np.float32)
        return np.asarray(mixed.clip(0, 255), np.uint8)


KINDS: Final[dict[str, Callable[[Desk, int], Iterator[Written]]]] = {
    "unipen words": lambda desk, many: desk.unipen(many),
    "manual, fonts": lambda desk, many: desk.fonts(desk.manual(many)),
    "manual, letters": lambda desk, many: desk.composed(desk.manual(many)),
    "random, fonts": lambda desk, many: desk.fonts(desk.random_strings(many)),
    "random, letters": lambda desk, many: desk.composed(desk.random_strings(many)),
}


def _joined(pens: Pens, known: dict[str, list[int]], text: str, rng: np.random.Generator) -> list[NDArray[np.float32]]:
    """The strokes of a text, letter by letter out of those that are known of a writer."""
    strokes, left = [], 0.0
    for letter in text:
        parts = pens.of(int(rng.choice(known[letter])))
        low = min(part[:, 0].min() for part in parts)
        parts = [part + np.array([left - low, 0], np.float32) for part in parts]
        left = max(float(part[:, 0].max()) for part in parts) + rng.uniform(12, 34)
        strokes += parts
    return strokes


@lru_cache(maxsize=4)
def _pens(path: Path, train: bool) -> Pens:
    return Pens.load(path, train=train)


@lru_cache(maxsize=4)
def _by_writer(path: Path, train: bool) -> dict[int, dict[str, list[int]]]:
    pens = _pens(path, train)
    letters: dict[int, dict[str, list[int]]] = {}
    for item in pens.chosen:
        letters.setdefault(int(pens.writers[item]), {}).setdefault(str(pens.texts[item]), []).append(int(item))
    return letters


@lru_cache(maxsize=4)
def _font_files(folder: Path) -> list[Path]:
    return sorted(folder.glob("*.woff"))


@lru_cache(maxsize=4)
def _backgrounds(folder: Path) -> list[Crop]:
    return [photo_file.open_photo(path) for path in sorted(folder.glob("*.jpg"))]
