"""Whole synthetic photos of boards, with complete ground truth.

``BoardMaker(sources, BoardOptions(), split=SourceSplit.TRAIN, seed=1).at(0)`` is the first of them.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import Any, Final, TypeAlias

import cv2
import numpy as np
from numpy.typing import NDArray

from ocr_studio.core.evaluation.metrics import Labelled
from ocr_studio.core.geometry import quads as geometry
from ocr_studio.core.page import Quad
from ocr_studio.engine.synth.boards import compositing
from ocr_studio.engine.synth.boards.board_area import BoardArea, BoardWord, WordBudget
from ocr_studio.engine.synth.boards.board_options import BoardOptions, BoardSetting, choose_writers
from ocr_studio.engine.synth.boards.layout import BoardLayout, BoardWriters
from ocr_studio.engine.synth.handwriting.marker import Pen
from ocr_studio.engine.synth.handwriting.rendered_text import SourceSplit
from ocr_studio.engine.synth.photo import board_surface, camera
from ocr_studio.engine.synth.photo.board_surface import OPAQUE_INK, BoardPlacement, Surface
from ocr_studio.engine.synth.photo.camera import Camera
from ocr_studio.engine.synth.sources import Kind, Sources, Stock
from ocr_studio.engine.synth.text.phrases import choose

Picture: TypeAlias = NDArray[np.uint8]
Floats: TypeAlias = NDArray[np.floating[Any]]
Random: TypeAlias = np.random.Generator

# Shares of a word that must be on the photo for it to count as a word, and to be there at all.
_MIN_VISIBLE: Final = 0.97
_MIN_PRESENT: Final = 0.03
# Words with less contrast than this, of 255 levels, are illegible.
_MIN_CONTRAST: Final = 7.0


@dataclass(frozen=True, slots=True)
class SynthWord:
    """A word on a photo, with quads in pixels, clockwise from the text's own top left.

    Attributes:
        quad: Tight around its ink.
        letters: A quad for each of its characters.
        line: Index of its line.
        block: Number of its paragraph, list or drawing in reading order.
        writer: Name of the writer or font.
        ignore: Whether it is crossed out, wiped or cut off and does not have to be legible.
    """

    text: str
    quad: Quad
    letters: tuple[Quad, ...]
    line: int
    block: int
    writer: str
    ignore: bool = False


@dataclass(frozen=True, slots=True)
class SynthLine:
    """The words of a line. quad: around them; words: their indices, in order."""

    text: str
    quad: Quad
    words: tuple[int, ...]


@dataclass(frozen=True, slots=True, eq=False)
class SynthBoard:
    """A photo, (h, w, 3) uint8 RGB, with its words in reading order.

    parts: kinds of its parts, as in ``layout.PARTS``.
    """

    index: int
    image: Picture
    words: tuple[SynthWord, ...]
    lines: tuple[SynthLine, ...]
    ground: Surface
    parts: tuple[str, ...]

    @property
    def labelled(self) -> tuple[Labelled, ...]:
        """Return its words as labels for detector training."""
        return tuple(Labelled(word.quad, word.text, word.ignore) for word in self.words)


@dataclass(frozen=True, slots=True, eq=False)
class BoardPlan:
    """A board before it is photographed.

    Attributes:
        written: Its words, in reading order, and drawings.
        wiped: Traces of wiped writing.
        capital: Height of a capital in pixels.
        page: Whether it is a printed page.
    """

    place: BoardPlacement
    ground: Surface
    written: BoardArea
    wiped: tuple[BoardWord, ...]
    parts: tuple[str, ...]
    capital: float
    page: bool = False


class BoardMaker:
    """Generates boards by number, reproducible for the same stock, options and seed, in any order.

    Splits share no writers, font files or backgrounds, which the stock takes care of.
    """

    def __init__(
        self,
        sources: Sources | Stock,
        options: BoardOptions | None = None,
        *,
        split: SourceSplit = SourceSplit.TRAIN,
        seed: int = 0,
    ) -> None:
        """Read the sources, or use a stock, whose split then applies.

        Raises the errors of ``Stock.open``, ``Stock.kinds`` and ``Backgrounds.check``.
        """
        self.stock = sources if isinstance(sources, Stock) else Stock.open(sources, split)
        self.options = options or BoardOptions()
        self._kinds = self.stock.kinds(self.options.writers)
        self.stock.grounds.check(self.options.grounds)
        self._seed = (seed, list(SourceSplit).index(self.stock.split))

    def at(self, index: int) -> SynthBoard:
        """Return the board of a number, from 0."""
        plan, rng = self.plan(index), self._make_rng(index, 2)
        scene = self.scene(plan, rng)
        pixels = plan.place.width * plan.place.height
        lens = Camera.sample(rng, pixels=pixels, harm=self.options.harm)
        # Scanner apps crop to the board, and spoil dark ones.
        lens = replace(lens, app=lens.app and not plan.place.framed and plan.ground not in OPAQUE_INK)
        image = camera.take_photo(scene, lens, rng)
        words = label_words(plan, image)
        return SynthBoard(index, image, words, _group_lines(words), plan.ground, plan.parts)

    def plan(self, index: int) -> BoardPlan:
        """Return the layout of a board without drawing it."""
        rng, options = self._make_rng(index, 1), self.options
        page = rng.random() < options.pages and Kind.PRINT in self._kinds
        ground = Surface.PAPER if page else options.ground(rng, real=bool(self.stock.grounds.photos))
        place, quarters = _choose_placement(ground, options, rng)
        low, high = place.visible(beyond=0.06 if rng.random() < options.cut else 0.0)
        words, long = options.count(rng) * (2 if page else 1), max(place.width, place.height)
        room = math.sqrt(float((high - low).prod()) / words)
        smallest, largest = (share * long for share in options.capitals)
        capital = float(np.clip(room * rng.lognormal(math.log(0.185), 0.26), smallest, largest))
        if page and rng.random() < 0.85:  # the others are posters
            capital = min(capital, float(rng.uniform(0.009, 0.017)) * long)
        writers = choose_writers(self.stock, options, BoardSetting(ground, capital, page), rng)
        arranging = BoardLayout(high - low, writers, rng, words=words)
        bare = bool(options.empty) and rng.random() < options.empty
        written = arranging.fill(capital * float(rng.uniform(0.8, 2.2)), bare=bare)
        old = (
            self._wiped_area(high - low, writers, rng)
            if ground is not Surface.PAPER
            else BoardArea(*place.sheet, rng, WordBudget(0))
        )
        shift = np.column_stack([np.eye(2), low])
        boards = [BoardArea(*place.sheet, rng, WordBudget(0)) for _ in range(2)]
        for board, patch in zip(boards, (written, old), strict=True):
            board.add_area(patch, shift)
        parts = tuple(arranging.part_names)
        return BoardPlan(
            camera.rotate_camera(place, quarters), ground, boards[0], tuple(boards[1].words), parts, capital, page
        )

    def scene(self, plan: BoardPlan, rng: Random) -> Picture:
        """Draw background, surroundings and ink, (h, w, 3) uint8 RGB, before light and lens."""
        place, photos = plan.place, self.stock.grounds.photos
        real = choose(photos, rng) if plan.ground is Surface.REAL else None
        scene = board_surface.make_surface(plan.ground, place.width, place.height, rng, real=real)
        if plan.ground is Surface.PAPER and not plan.page and rng.random() < 0.45:
            board_surface.draw_rules(scene, place, rng, pitch=plan.capital * float(rng.uniform(1.4, 2.4)))
        opaque = plan.ground in OPAQUE_INK
        if plan.ground is Surface.GLASS:
            scene = _contrast_with_ink(scene, plan)
        self._draw_wiped(scene, plan)
        rough = _chalk_grain(place, rng) if plan.ground is Surface.BLACKBOARD else None
        for paper in plan.written.papers:
            compositing.paste_paper(scene, paper, place)
        pen = Pen.sample(rng)  # of drawings, except for its width
        for stroke in plan.written.strokes:
            seen = compositing.project_stroke(stroke, pen, place, rng)
            if seen is not None:
                compositing.draw_ink(scene, seen, stroke.colour, strength=float(stroke.covers.mean()), opaque=opaque)
        compositing.draw_words(scene, plan.written.words, place, opaque=opaque, rough=rough)
        if place.framed:
            board_surface.draw_surroundings(scene, place, plan.ground, rng)
        return scene

    def _draw_wiped(self, scene: Picture, plan: BoardPlan) -> None:
        """Draw traces of wiped writing, in place."""
        if not plan.wiped:
            return
        layer = scene.copy()
        compositing.draw_words(layer, plan.wiped, plan.place, opaque=plan.ground in OPAQUE_INK, rough=None)
        layer = np.asarray(cv2.blur(layer, (2 * max(1, round(plan.capital * 0.3)) + 1, 1)), np.uint8)
        cv2.addWeighted(layer, 0.8, scene, 0.2, 0, dst=scene)

    def _wiped_area(self, size: Floats, writers: BoardWriters, rng: Random) -> BoardArea:
        """Sometimes return wiped writing that is still faintly visible."""
        if rng.random() > self.options.ghosts:
            return BoardArea(float(size[0]), float(size[1]), rng, WordBudget(0))
        patch = BoardLayout(size, writers, rng, words=int(rng.integers(5, 40))).fill(writers.scribes[0].size * 2)
        strength = float(rng.uniform(0.03, 0.13))
        patch.words[:] = [replace(word, scribe=replace(word.scribe, strength=strength)) for word in patch.words]
        return patch

    def _make_rng(self, index: int, step: int) -> Random:
        return np.random.default_rng((*self._seed, index, step))


def label_words(plan: BoardPlan, photo: Picture | None = None) -> tuple[SynthWord, ...]:
    """Return the places of a plan's words on its photo, in reading order. photo: if given, illegible words, as in a
    reflection, are marked to be ignored.
    """
    grey = None if photo is None else np.asarray(cv2.cvtColor(photo, cv2.COLOR_RGB2GRAY), np.uint8)
    found: list[SynthWord] = []
    numbers: dict[int, int] = {}
    size = np.array([plan.place.width, plan.place.height], np.float64)
    for word in plan.written.words:
        corners = plan.place.on(word.corners)
        kept = _visible_share(corners, size)
        if kept < _MIN_PRESENT:
            continue
        letters = plan.place.on(word.on(word.ink.letters).reshape(-1, 2)).reshape(-1, 4, 2)
        line = numbers.setdefault(word.line, len(numbers))
        found.append(
            SynthWord(
                word.ink.writing.text,
                Quad.from_array(np.clip(corners, 0, size)),
                tuple(Quad.from_array(letter) for letter in np.clip(letters, 0, size)),
                line,
                word.block,
                word.ink.writer,
                word.ignore
                or kept < _MIN_VISIBLE
                or (grey is not None and compositing.word_contrast(word, plan.place, grey) < _MIN_CONTRAST),
            )
        )
    return tuple(found)


def _visible_share(corners: Floats, size: Floats) -> float:
    """Return the share of a place that is on the photo."""
    if (corners >= 0).all() and (corners <= size).all():
        return 1.0
    photo = np.array([(0, 0), (size[0], 0), size, (0, size[1])], np.float32)
    area, _ = cv2.intersectConvexConvex(corners.astype(np.float32), photo)
    return float(area) / max(1e-6, float(cv2.contourArea(corners.astype(np.float32))))


def _group_lines(words: tuple[SynthWord, ...]) -> tuple[SynthLine, ...]:
    by_line: dict[int, list[int]] = {}
    for index, word in enumerate(words):
        by_line.setdefault(word.line, []).append(index)
    return tuple(
        SynthLine(
            " ".join(words[index].text for index in line),
            geometry.union_quad([words[index].quad for index in line]) if len(line) > 1 else words[line[0]].quad,
            tuple(line),
        )
        for line in by_line.values()
    )


def _choose_placement(ground: Surface, options: BoardOptions, rng: Random) -> tuple[BoardPlacement, int]:
    """Choose the place of the board on a photo, and the rotation of the photo in quarters."""
    long = int(rng.integers(options.long_side[0], options.long_side[1] + 1))
    shape = float(rng.choice([4 / 3, 4 / 3, 4 / 3, 16 / 9, 3 / 2, 1.0, 2.0]))
    upright = rng.random() < (0.5 if ground is Surface.PAPER else 0.2)
    size = (round(long / shape), long) if upright else (long, round(long / shape))
    framed = rng.random() < options.framed
    board = float(rng.uniform(0.65, 0.8) if upright else rng.uniform(1.2, 2.3))
    if ground is Surface.PAPER:
        board = float(rng.choice([0.707, 0.77, 1.414]))
    place = camera.place_board(size, rng, framed=framed, shape=board, tilt=options.tilt)
    quarters = 0 if rng.random() > options.turned else int(rng.choice([1, 2, 3], p=[0.45, 0.1, 0.45]))
    return place, quarters


def _contrast_with_ink(scene: Picture, plan: BoardPlan) -> Picture:
    """Lighten or darken the background of a glass board, so that the ink is visible."""
    inks = [float(np.mean(word.scribe.colour)) for word in plan.written.words]
    light = bool(inks) and float(np.mean(inks)) > 128
    return np.asarray(cv2.convertScaleAbs(scene, alpha=0.5, beta=0 if light else 120), np.uint8)


def _chalk_grain(place: BoardPlacement, rng: Random) -> Picture:
    """Return how much chalk a blackboard takes, (H, W) uint8."""
    side = 512
    speck = rng.normal(185, 75, (side, side)).astype(np.float32)
    grain = np.clip(cv2.GaussianBlur(speck, (0, 0), 0.7), 25, 255).astype(np.uint8)
    return np.tile(grain, (place.height // side + 1, place.width // side + 1))[: place.height, : place.width]
