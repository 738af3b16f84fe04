"""How the weights of ``engine/lines.py`` were found, which tell gaps between words from gaps inside them, and how well
they tell.

    python -m tests.benchmarks.gaps [--data ../shared/data] [--boards 150]

Boards are drawn with UNIPEN writers' words and handwriting fonts on crops of real, empty boards (loose and close words,
spaced letters, arrows between words), found and read. Then a logistic regression is fitted to the letters that follow
each other on them, and counted on real photos how often it, and what the program holds, are wrong.
"""

from __future__ import annotations

import argparse
import itertools
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeAlias

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFont

from ocr_studio.core import images
from ocr_studio.core.metrics import Labelled
from ocr_studio.core.page import Quad
from ocr_studio.core.settings import ReaderOptions
from tests.benchmarks.boards import SETS, truth
from tests.benchmarks.written_words import Pens

Photo: TypeAlias = NDArray[np.uint8]
Floats: TypeAlias = NDArray[np.floating[Any]]

WIDTH, HEIGHT = 1600, 1000
SIGNS = """for if i 1. 2) #1 #2. - O(n) x+1 10% $5 3.5 2024 DB API list[i] node.next -> = (see below) e.g. etc.
yes! why? A B 1 2 3 a is at of do HM3 v2 TODO: John, Q3 10:30 & + user_id getName() n-1"""


@dataclass(frozen=True, slots=True)
class Pair:
    """Two letters that follow each other: whether in different words, and what ``lines`` weighs."""

    parted: bool
    distance: float
    gap: float
    space: float


class Board:
    """One synthetic board that is being written on."""

    def __init__(self, rng: np.random.Generator, background: Photo) -> None:
        scale = max(WIDTH / background.shape[1], HEIGHT / background.shape[0])
        self.board = cv2.resize(background, None, fx=scale, fy=scale)[:HEIGHT, :WIDTH]
        self.rng, self.mask = rng, np.zeros((HEIGHT, WIDTH), np.uint8)
        self.size = float(rng.uniform(34, 70))
        self.pen = max(2, int(self.size * rng.uniform(0.06, 0.11)))
        self.space = self.size * rng.uniform(0.3, 1.0)
        self.spread = 0.0 if rng.random() < 0.6 else self.size * rng.uniform(0, 0.12)
        self.slope = np.tan(np.radians(rng.uniform(-4, 4)))
        self.labels: list[Labelled] = []

    def fill(self, words: Iterator[tuple[str, NDArray[np.uint8]]]) -> None:
        """Write lines of words, given as text and mask, until the board is full."""
        y = 60.0
        while y < HEIGHT - 2 * self.size:
            x = self.rng.uniform(40, 160)
            for _ in range(int(self.rng.integers(1, 9))):
                text, drawn = next(words)
                top = int(y + self.slope * x + self.rng.normal(0, self.size * 0.03) - drawn.shape[0] / 2)
                right, bottom = int(x) + drawn.shape[1], top + drawn.shape[0]
                if right > WIDTH - 30 or top < 2 or bottom > HEIGHT - 2:
                    break
                place = self.mask[top:bottom, int(x) : right]
                np.maximum(place, drawn, out=place)
                self.labels.append(Labelled(Quad.from_box(int(x), top, right, bottom), text))
                x = self._after(float(right), (top + bottom) / 2)
            y += self.size * self.rng.uniform(1.5, 2.4)

    def _after(self, right: float, y: float) -> float:
        """Where the next word begins: after a space or, now and then, an arrow."""
        rng = self.rng
        if rng.random() > 0.08 or right + 2.5 * self.size > WIDTH - 60:
            return right + self.space * rng.lognormal(0, 0.25)
        start, blank, head = right, self.size * rng.uniform(0.12, 0.5), self.size * 0.18
        tail, tip = start + blank, start + blank + self.size * rng.uniform(0.7, 1.6)
        for end in ((tail, y), (tip - head, y - head), (tip - head, y + head)):
            cv2.line(self.mask, (int(tip), int(y)), (int(end[0]), int(end[1])), 255, self.pen, cv2.LINE_AA)
        return tip + blank * rng.uniform(0.6, 1.5)

    def photo(self) -> Photo:
        """The board with its ink, a little blurred and noisy."""
        rng = self.rng
        inks = ((30, 30, 30), (30, 30, 150), (170, 30, 40), (20, 110, 50))
        soft = cv2.GaussianBlur(self.mask, (0, 0), rng.uniform(0.4, 1.2)).astype(np.float32)[..., None] / 255
        soft *= rng.uniform(0.6, 1)
        inked = self.board * (1 - soft) + np.array(inks[rng.integers(len(inks))]) * soft
        return np.clip(inked + rng.normal(0, rng.uniform(0, 5), inked.shape), 0, 255).astype(np.uint8)


def by_hand(board: Board, pens: Pens) -> Iterator[tuple[str, NDArray[np.uint8]]]:
    """The words of one writer."""
    writers, counts = np.unique(pens.writers[pens.chosen], return_counts=True)
    writer = board.rng.choice(writers[counts >= 40])
    own = pens.chosen[pens.writers[pens.chosen] == writer]
    while True:
        item = int(board.rng.choice(own))
        strokes = [stroke * board.size / 200 for stroke in pens.of(item)]
        low, high = (np.concatenate(strokes).min(axis=0), np.concatenate(strokes).max(axis=0))
        width, height = (np.ceil(high - low) + board.pen + 2).astype(int)
        mask = np.zeros((height, width), np.uint8)
        for stroke in strokes:
            points = np.round((stroke - low + board.pen / 2 + 1) * 8).astype(np.int32)
            cv2.polylines(mask, [points], False, 255, board.pen, cv2.LINE_AA, 3)
        yield str(pens.texts[item]), mask


def in_font(board: Board, pens: Pens, font: ImageFont.FreeTypeFont) -> Iterator[tuple[str, NDArray[np.uint8]]]:
    """Words and signs set in a font, letters spread as the board wants."""
    capitals = board.rng.random() < 0.2
    while True:
        word = str(pens.texts[board.rng.choice(pens.chosen)])
        text = str(board.rng.choice(SIGNS.split())) if board.rng.random() < 0.4 else word
        text = text.upper() if capitals else text
        image = Image.new("L", (WIDTH, int(board.size * 3)), 0)
        x = 40.0
        for letter in text if board.spread else [text]:
            ImageDraw.Draw(image).text((x, board.size * 0.8), letter, font=font, fill=255)
            x += font.getlength(letter) + board.spread
        drawn = np.asarray(image)
        inked = np.argwhere(drawn > 60)
        if len(inked):
            (top, left), (bottom, right) = inked.min(axis=0), inked.max(axis=0) + 1
            yield text, drawn[top:bottom, left:right]


def synthetic(data: Path, many: int) -> Iterator[tuple[Photo, Sequence[Labelled]]]:
    """Boards with known words, two of three by hand."""
    rng = np.random.default_rng(7)
    pens = Pens.load(data / "strokes" / "unipen_words.npz", train=True)
    backgrounds = images.photos_in(data / "backgrounds")
    fonts = sorted((data / "fonts" / "handwriting").glob("*.woff"))
    for index in range(many):
        board = Board(rng, images.open_photo(backgrounds[rng.integers(len(backgrounds))]))
        if index % 3:
            board.fill(by_hand(board, pens))
        else:
            font = ImageFont.truetype(str(fonts[rng.integers(len(fonts))]), int(board.size))
            board.fill(in_font(board, pens, font))
        yield board.photo(), board.labels


def pairs(photos: Iterator[tuple[Photo, Sequence[Labelled]]]) -> Iterator[Pair]:
    """The letters following each other on photos, where it is known which word each belongs to."""
    from ocr_studio.engine import lines
    from ocr_studio.engine.reader import Reader

    reader = Reader(ReaderOptions())
    for photo, labels in photos:
        for line in reader.seen(photo, reader.find(photo)):
            letters = lines.Letters.on(line.steps.probabilities.argmax(axis=1), reader.marks.space)
            if len(letters.classes) < 2:
                continue
            places = line.on_photo([(x, line.crop.shape[0] / 2) for x in letters.centres(line.steps.span)])
            owners = [_owner(labels, place) for place in places]
            evidence = lines.evidence(line.crop, line.steps, letters, space=reader.marks.space)
            for index, (left, right) in enumerate(itertools.pairwise(owners)):
                if left is not None and right is not None:
                    yield Pair(left != right, *(float(part[index]) for part in evidence))


def _owner(labels: Sequence[Labelled], place: Floats) -> int | None:
    """Which word a place lies in, if in exactly one that counts."""
    inside = [
        index
        for index, label in enumerate(labels)
        if cv2.pointPolygonTest(np.array(label.quad.corners, np.float32), (float(place[0]), float(place[1])), False)
        >= 0
    ]
    return inside[0] if len(inside) == 1 and not labels[inside[0]].ignore else None


def fitted(known: Sequence[Pair], *, never: float) -> Floats:
    """Constant and weights of distance, gap and the logarithm of the space, by Newton's method, gently held (L2)."""
    inputs, parted = _inputs(known, never)
    weights = np.zeros(inputs.shape[1])
    for _ in range(50):
        likely = 1 / (1 + np.exp(-inputs @ weights))
        spread = likely * (1 - likely) + 1e-6
        curve = inputs.T @ (inputs * spread[:, None]) + np.eye(len(weights))
        weights += np.linalg.solve(curve, inputs.T @ (parted - likely) - weights)
    return weights


def _inputs(known: Sequence[Pair], never: float) -> tuple[Floats, NDArray[np.bool_]]:
    rows = [(1.0, pair.distance, pair.gap, np.log(pair.space + never)) for pair in known]
    return np.array(rows), np.array([pair.parted for pair in known])


def main(arguments: Sequence[str] | None = None) -> None:
    """Fit, and print how often gaps are told wrongly."""
    from ocr_studio.engine import lines

    parser = argparse.ArgumentParser(description="Telling gaps between words from gaps inside them.")
    parser.add_argument("--data", type=Path, default=Path("../shared/data"), help="the folder of labelled data")
    parser.add_argument("--boards", type=int, default=150, help="how many boards are drawn (default: 150)")
    chosen = parser.parse_args(arguments)
    drawn = list(pairs(synthetic(chosen.data, chosen.boards)))
    weights = fitted(drawn, never=lines.NEVER)
    held = np.array([0.0, lines.BETWEEN, lines.GAP, lines.SPACE])
    print(f"{len(drawn)} pairs; constant, distance, gap, space: fitted {weights.round(2)}, in the program {held}")
    sets = {kind: list(pairs(_labelled(chosen.data / folder))) for kind, folder in SETS.items()}
    print(f"{'':12}{'pairs':>8}{'parted':>8}{'wrong if fitted anew':>24}{'wrong as the program is':>26}")
    for kind, known in {"synthetic": drawn, **sets}.items():
        inputs, parted = _inputs(known, lines.NEVER)
        wrong = [int((((inputs @ these) > 0) != parted).sum()) for these in (weights, held)]
        print(f"{kind:12}{len(known):8}{parted.sum():8}{wrong[0]:24}{wrong[1]:26}")


def _labelled(folder: Path) -> Iterator[tuple[Photo, Sequence[Labelled]]]:
    for image, labels in truth(folder).items():
        yield images.open_photo(folder / image), labels


if __name__ == "__main__":
    main()
