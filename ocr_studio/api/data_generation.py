"""What detectors and recognizers learn from, for who scripts: generators of texts, pictures and words.

As keras-ocr's ``data_generation``, but that nothing is fetched: fonts and backgrounds are files of one's own, and there
are writers besides fonts: people whose pen strokes were recorded, and hands made up here. Words and whole boards as
photos show them come from ``ocr_studio.engine.synth``. What is drawn follows from seeds. Pictures, boxes and lines are
as in ``tools``.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, Literal, TypeAlias

import cv2
import numpy as np
from numpy.typing import NDArray

from ocr_studio.api import tools
from ocr_studio.api.tools import Line, Picture
from ocr_studio.core import images
from ocr_studio.core.page import Quad
from ocr_studio.engine.synth import fonts, marker, texts, words
from ocr_studio.engine.synth.board_texts import BoardTexts
from ocr_studio.engine.synth.casting import BoardOptions
from ocr_studio.engine.synth.made import MadeHand
from ocr_studio.engine.synth.sources import Sources, Stock
from ocr_studio.engine.synth.whole_boards import BoardMaker
from ocr_studio.engine.synth.writing import Split, Writer, Writing

Random: TypeAlias = np.random.Generator
Range: TypeAlias = float | tuple[float, float]
Matrix: TypeAlias = NDArray[np.float64]
Background: TypeAlias = str | Path | Picture
Word: TypeAlias = tuple[Picture, str]

SPLITS: Final = tuple(str(split) for split in Split)
# A font's capitals are about so high for its size.
_CAPITAL: Final = 0.7
# Of a word's height, its letters' boxes included.
_LINE: Final = 1.5
# After so many texts in a row of which nothing is left, none will be.
_MOST_EMPTY: Final = 1000


# ------------------------------------------------------------------------------------------------------ what there is


def get_fonts(
    folder: str | Path, alphabet: str = "", *, split: str | None = None, limit: int | None = None
) -> list[Path]:
    """The font files in a folder, and folders in it, that have every letter of the alphabet.

    split: "train", "validation" or "test": each file belongs to one of them, wherever it lies; None: all. limit: so
    many at most. Raises BadFont where the folder cannot be read.
    """
    wanted = Split(split) if split else None
    letters = [letter for letter in alphabet if letter != " "]
    known = (
        path
        for path in fonts.files_in(Path(folder))
        for font in fonts.usable([path], wanted)
        if isinstance(font, fonts.Font) and all(font.can_write(letter) for letter in letters)
    )
    return list(itertools.islice(known, limit))


def get_backgrounds(folder: str | Path, *, split: str | None = None) -> list[Path]:
    """The pictures in a folder. split: as for ``get_fonts``. Raises PhotoError where it cannot be read."""
    found = images.photos_in(Path(folder))
    return [path for path in found if split is None or Split.of(path.read_bytes()) is Split(split)]


def get_made_hands(count: int, *, split: str = "train", seed: int = 0) -> list[Writer]:
    """So many hands made up here, for where there is no font; none of one split is in another."""
    rng = np.random.default_rng((seed, 11))
    return [MadeHand.any(rng, Split(split)) for _ in range(count)]


# ----------------------------------------------------------------------------------------------------------- texts


def get_text_generator(
    alphabet: str | None = None,
    lowercase: bool = False,
    max_string_length: int | None = None,
    *,
    count: tuple[int, int] = (2, 7),
    languages: Sequence[str] = ("en",),
    seed: int = 0,
) -> Iterator[str]:
    """Texts, for ever: usual words of these languages, with figures, signs and letters without sense among them.

    alphabet: letters that are not in it are left out; a text of which nothing is left is, too. max_string_length: of
    letters; longer texts are cut. count: least number of words, and the first number that is too many. Raises
    ValueError where nothing is left of one text after another.
    """
    rng = np.random.default_rng((seed, 12))
    known = BoardTexts(texts.texts(tuple(languages)))
    empty = 0
    while empty < _MOST_EMPTY:
        text = " ".join(known.one(rng) for _ in range(int(rng.integers(*count))))
        text = text.lower() if lowercase else text
        kept = "".join(sign for sign in text if alphabet is None or sign in alphabet)
        kept = " ".join(kept.split())[:max_string_length].strip()
        empty = 0 if kept else empty + 1
        if kept:
            yield kept
    raise ValueError(f"{_MOST_EMPTY} texts in a row have nothing of this alphabet: “{alphabet}”")


# -------------------------------------------------------------------------------------------------- words and boards


def get_word_generator(
    sources: Sources | None = None, *, split: str = "train", options: words.Options | None = None, seed: int = 0
) -> Iterator[Word]:
    """Words as a detector cuts them out of photos of boards, for ever: (crop, text); see ``synth.words``.

    sources: fonts, pen strokes, backgrounds; by default those of this system, and hands made up here. split: "train",
    "validation" or "test"; no font, person or background is in two. Raises BadStrokes, BadFont, BadBackgrounds …
    """
    maker = words.WordMaker(sources or Sources(), Split(split), options=options, seed=seed)
    return ((word.crop, word.text) for word in maker.stream())


def get_board_generator(
    sources: Sources | None = None, *, split: str = "train", options: BoardOptions | None = None, seed: int = 0
) -> Iterator[tuple[Picture, list[Line]]]:
    """Photos of whole boards, for ever: (picture, lines); see ``synth.whole_boards``. Arguments as for words.

    What is crossed out, wiped or cut off, and nobody should have to read, is a line of one box whose letter is
    ``tools.UNCLEAR``.
    """
    maker = BoardMaker(Stock.open(sources or Sources(), Split(split)), options, seed=seed)
    for board in map(maker.at, itertools.count()):
        by_line: dict[int, Line] = {}
        unclear: list[Line] = []
        for word in board.words:
            if word.ignore or len(word.letters) != len(word.text):
                unclear.append([(_corners(word.quad), tools.UNCLEAR)])
                continue
            line = by_line.setdefault(word.line, [])
            letters = [(_corners(quad), sign) for quad, sign in zip(word.letters, word.text, strict=True)]
            if line:
                line.append((_space(line[-1][0], letters[0][0]), " "))
            line += letters
        yield board.image, [*by_line.values(), *unclear]


# --------------------------------------------------------------------------------------------------------- pictures


@dataclass(frozen=True, slots=True)
class Looks:
    """How texts stand on pictures: each a number, or (least, most) among which it is drawn by chance.

    font_size: pixels; capitals are about seven tenths of it. rotation_x, rotation_y, rotation_z: degrees by which the
    writing is turned back, sideways, and in its plane. margin: pixels that stay free at the edges.
    background_crop_mode: whether a background fills the picture or is shown whole. seed: of all that is drawn.
    """

    font_size: Range = (18, 40)
    rotation_x: Range = 0.0
    rotation_y: Range = 0.0
    rotation_z: Range = 0.0
    margin: int = 8
    background_crop_mode: Literal["crop", "letterbox"] = "crop"
    seed: int = 0


def get_image_generator(
    height: int,
    width: int,
    font_groups: Mapping[str, Sequence[str | Path]] | Sequence[Writer],
    text_generator: Iterable[str],
    *,
    backgrounds: Sequence[Background] | None = None,
    looks: Looks | None = None,
) -> Iterator[tuple[Picture, list[Line]]]:
    """Pictures with texts on them and the box of every letter, until the texts end: (picture, lines).

    height, width: pixels. font_groups: letters -> files of fonts that have them, or writers, each of whom must know the
    texts' letters; each picture is written by one font of each group, or one writer. Texts are wrapped; what finds no
    room, or cannot be written, is left out. backgrounds: files or pictures, by default white. Writing is dark on light
    backgrounds and light on dark ones. Raises BadFont, PhotoError; ValueError for a letter in two groups, and where
    nobody writes.
    """
    looks = looks or Looks()
    rng = np.random.default_rng((looks.seed, 13))
    hands = _hands(font_groups)
    grounds = [_Ground(each) for each in backgrounds or [np.full((8, 8, 3), 255, np.uint8)]]
    for text in text_generator:
        picture = grounds[int(rng.integers(len(grounds)))].fitted(width, height, looks.background_crop_mode)
        page = _Page(width, height, looks, rng)
        page.write(text, hands[int(rng.integers(len(hands)))])
        if page.lines:
            yield page.on(picture)


def convert_image_generator_to_recognizer_input(
    image_generator: Iterable[tuple[Picture, list[Line]]],
    max_string_length: int | None = None,
    target_width: int | None = None,
    target_height: int | None = None,
    margin: int = 0,
) -> Iterator[Word]:
    """Pictures with lines -> (crop, text), a line each: what ``Recognizer.get_batch_generator`` takes.

    Lines longer than ``max_string_length`` letters are cut, those with ``tools.UNCLEAR`` are left out. target_width,
    target_height: of the crops, see ``tools.warp_box``; by default each is as large as it is on its picture. margin:
    pixels that stay free around.
    """
    for picture, lines in image_generator:
        for whole in lines:
            line = stripped(whole[:max_string_length])
            if line and all(sign != tools.UNCLEAR for _, sign in line):
                box, text = tools.combine_line(line)
                yield tools.warp_box(picture, box, target_height, target_width, margin), " ".join(text.split())


def stripped(line: Line) -> Line:
    """A line without the spaces at its ends."""
    written = [place for place, (_, sign) in enumerate(line) if not sign.isspace()]
    return line[written[0] : written[-1] + 1] if written else []


class _Ground:
    """A background, opened when it is first wanted."""

    def __init__(self, given: Background) -> None:
        self._given = given
        self._picture: Picture | None = None

    def fitted(self, width: int, height: int, mode: Literal["crop", "letterbox"]) -> Picture:
        """Raises PhotoError."""
        if self._picture is None:
            self._picture = tools.read(self._given)
        return tools.fit(self._picture, width, height, mode=mode)


class _Hand:
    """Who writes the letters of a text: a writer for each group of letters; one for all has the group ""."""

    def __init__(self, groups: Mapping[str, Writer]) -> None:
        self._groups = groups

    def write(self, word: str, size: float, rng: Random) -> Writing | None:
        """A word, None where some letter is unknown. Letters of different groups stand side by side on one line."""
        runs = [(writer, "".join(part)) for writer, part in itertools.groupby(word, key=self._writer)]
        if any(writer is None or not writer.can_write(part) for writer, part in runs):
            return None
        pen = marker.Pen.any(rng)
        return _side_by_side(word, [writer.write(part, size, rng, pen=pen) for writer, part in runs if writer])

    def _writer(self, letter: str) -> Writer | None:
        return next((writer for group, writer in self._groups.items() if not group or letter in group), None)


def _hands(given: Mapping[str, Sequence[str | Path]] | Sequence[Writer]) -> list[_Hand]:
    if not given or (isinstance(given, Mapping) and not all(given.values())):
        raise ValueError("nobody writes: there is no font, or a group has none")
    if not isinstance(given, Mapping):
        return [_Hand({"": writer}) for writer in given]
    letters = "".join(given)
    if len(set(letters)) != len(letters):
        raise ValueError("a letter stands in two groups of fonts")
    loaded = {group: [fonts.load(Path(file)) for file in files] for group, files in given.items()}
    count = max(map(len, loaded.values()))
    return [_Hand({group: files[place % len(files)] for group, files in loaded.items()}) for place in range(count)]


def _side_by_side(text: str, parts: Sequence[Writing]) -> Writing:
    if len(parts) == 1:
        return parts[0]
    above = max(part.baseline for part in parts)
    below = max(part.ink.shape[0] - part.baseline for part in parts)
    ink = np.zeros((math.ceil(above + below) + 1, sum(part.ink.shape[1] for part in parts)), np.uint8)
    boxes, left = [], 0
    for part in parts:
        top = round(above - part.baseline)
        ink[top : top + part.ink.shape[0], left : left + part.ink.shape[1]] = part.ink
        boxes.append(part.letters + np.array([left, top], np.float32))
        left += part.ink.shape[1]
    return Writing(text, ink, np.concatenate(boxes), above, all(part.exact for part in parts))


class _Page:
    """Ink that is written line by line, then turned and laid on a background."""

    def __init__(self, width: int, height: int, looks: Looks, rng: Random) -> None:
        self._size, self._looks, self._rng = (width, height), looks, rng
        self._ink = np.zeros((height, width), np.uint8)
        self.lines: list[Line] = []

    def write(self, text: str, hand: _Hand) -> None:
        """Words from the top left on, wrapped at the margin."""
        size = _CAPITAL * _drawn(self._looks.font_size, self._rng)
        left, baseline = float(self._looks.margin), self._looks.margin + _LINE * size
        line: Line = []
        for word in text.split():
            written = hand.write(word, size, self._rng)
            if written is None:
                continue
            wide = written.ink.shape[1]
            if line and left + wide > self._size[0] - self._looks.margin:
                self._end(line)
                line, left, baseline = [], float(self._looks.margin), baseline + 1.4 * _LINE * size
            if not self._lay(written, left, baseline):
                break
            if line:
                line.append((_space(line[-1][0], written.letters[0] + self._corner(written, left, baseline)), " "))
            corner = self._corner(written, left, baseline)
            line += [(box + corner, sign) for box, sign in zip(written.letters, written.text, strict=True)]
            left += wide + size * 0.55
        self._end(line)

    def _end(self, line: Line) -> None:
        if line:
            self.lines.append(line)

    @staticmethod
    def _corner(written: Writing, left: float, baseline: float) -> NDArray[np.float32]:
        return np.array([round(left), round(baseline - written.baseline)], np.float32)

    def _lay(self, written: Writing, left: float, baseline: float) -> bool:
        """Whether there was room."""
        x, y = (int(side) for side in self._corner(written, left, baseline))
        high, wide = written.ink.shape
        edge = self._looks.margin
        if y < 0 or y + high > self._size[1] - edge or x + wide > self._size[0] - edge:
            return False
        part = self._ink[y : y + high, x : x + wide]
        np.maximum(part, written.ink, out=part)
        return True

    def on(self, picture: Picture) -> tuple[Picture, list[Line]]:
        """The picture with it, and its lines as they lie there."""
        matrix = self._turned()
        ink = np.asarray(cv2.warpPerspective(self._ink, matrix, self._size, flags=cv2.INTER_LINEAR), np.uint8)
        light = float(picture[ink > 32].mean()) > 127 if (ink > 32).any() else True
        tone = self._rng.integers(0, 70, 3)
        colour = tone if light else 255 - tone
        mixed = marker.lay(picture, ink, (int(colour[0]), int(colour[1]), int(colour[2])), opaque=not light)
        lines = [
            [
                (cv2.perspectiveTransform(box[None].astype(np.float64), matrix)[0].astype(np.float32), sign)
                for box, sign in line
            ]
            for line in self.lines
        ]
        return mixed, lines

    def _turned(self) -> Matrix:
        """The writing turned about its middle and, where it then reaches over the edge, made smaller."""
        turns = (self._looks.rotation_x, self._looks.rotation_y, self._looks.rotation_z)
        x, y, z = (math.radians(_drawn(turn, self._rng)) for turn in turns)
        corners = np.concatenate([box for line in self.lines for box, _ in line]).astype(np.float64)
        low, high = corners.min(axis=0), corners.max(axis=0)
        matrix = rotation(x, y, z, middle=(low + high) / 2, distance=2.0 * max(self._size))
        seen = cv2.perspectiveTransform(corners[None], matrix)[0]
        first, last = seen.min(axis=0), seen.max(axis=0)
        room = np.array(self._size) - 2.0 * self._looks.margin
        scale = float(min(1.0, *(room / np.maximum(last - first, 1.0))))
        # Anywhere there is room for it.
        place = self._looks.margin + self._rng.uniform(0, 1, 2) * np.maximum(room - scale * (last - first), 0)
        shift = place - scale * first
        return np.array([[scale, 0, shift[0]], [0, scale, shift[1]], [0, 0, 1]]) @ matrix


def rotation(x: float, y: float, z: float, *, middle: NDArray[np.float64], distance: float) -> Matrix:
    """The (3, 3) matrix of what is seen of a sheet that was turned about its middle.

    x, y, z: radians about the level axis, the upright one and the line of sight. middle: (2,) pixels. distance: pixels
    from which it is looked at.
    """
    turn = cv2.Rodrigues(np.array([x, 0.0, 0.0]))[0] @ cv2.Rodrigues(np.array([0.0, y, 0.0]))[0]
    turn = turn @ cv2.Rodrigues(np.array([0.0, 0.0, z]))[0]
    to_middle = np.array([[1, 0, -middle[0]], [0, 1, -middle[1]], [0, 0, 1]])
    seen = np.array([turn[0, [0, 1]].tolist() + [0], turn[1, [0, 1]].tolist() + [0], [*turn[2, [0, 1]] / distance, 1]])
    back = np.array([[1, 0, middle[0]], [0, 1, middle[1]], [0, 0, 1]])
    return np.asarray(back @ seen @ to_middle, np.float64)


def _space(before: Any, after: Any) -> NDArray[np.float32]:
    """The box between two letters."""
    return np.array([before[1], after[0], after[3], before[2]], np.float32)


def _corners(quad: Quad) -> NDArray[np.float32]:
    return np.array(quad.corners, np.float32)


def _drawn(value: Range, rng: Random) -> float:
    return float(rng.uniform(*value)) if isinstance(value, tuple) else float(value)
