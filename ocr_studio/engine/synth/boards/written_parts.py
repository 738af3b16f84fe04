"""Written parts of a board: headings, paragraphs, lists, programs, entries, formulas.

A part is written from a height of a patch, in reading order, and returns where it ends.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final, TypeAlias

import numpy as np

from ocr_studio.engine.synth.boards.board_area import Floats, Patch, Scribe, length
from ocr_studio.engine.synth.handwriting.pen_drawings import Spot
from ocr_studio.engine.synth.text.contents import Contents, Theme, Tokens

# part(patch, kit, top): writes from that height on, in pixels of the patch; returns where it ends.
Part: TypeAlias = Callable[[Patch, "Kit", float], float]

_BULLETS: Final = ("-", "-", "-", "•", "•", "*", "→", "–", "+")


@dataclass(frozen=True, slots=True)
class Kit:
    """Writers and contents of a part.

    Attributes:
        text: Writer of the text.
        heading: Writer of headings.
        drawing: Pen of lines and boxes.
        printed: Font of printed notices, if any.
        contents: Source of words.
        theme: Theme of the board.
    """

    text: Scribe
    heading: Scribe
    drawing: Scribe
    printed: Scribe | None
    contents: Contents
    theme: Theme


def heading(patch: Patch, kit: Kit, top: float) -> float:
    """A few large words, which may be underlined, boxed or numbered."""
    return _headed(patch, kit, top, kit.contents.heading(kit.theme, patch.rng), kit.heading)


def title(patch: Patch, kit: Kit, top: float) -> float:
    """A title above everything, centred or not."""
    rng, by = patch.rng, kit.heading.larger(float(patch.rng.uniform(1.15, 1.7)))
    tokens = kit.contents.title(rng)
    shift = 0.0
    if rng.random() < 0.5:
        spare = patch.width - length(patch.inks(tokens, by), by)
        shift = max(0.0, spare * rng.uniform(0.3, 0.6))
    return _headed(patch, kit, top, tokens, by, left=shift)


def prose(patch: Patch, kit: Kit, top: float) -> float:
    """A short paragraph."""
    rng, by = patch.rng, kit.text
    words = kit.contents.paragraph(rng, int(rng.integers(6, 26)))
    wide = min(patch.width * rng.uniform(0.75, 1.0), by.size * rng.uniform(14, 40))
    y = patch.flow(words, (0.0, top + 1.2 * by.size), by, right=wide)
    return _ended(patch, y, by)


def bullets(patch: Patch, kit: Kit, top: float) -> float:
    """A bullet list, some items with sublists."""
    rng, by = patch.rng, kit.text
    mark, y = _BULLETS[int(rng.integers(len(_BULLETS)))], top + 1.2 * by.size
    left = by.size * rng.uniform(0, 2)
    for _ in range(int(rng.integers(2, 8))):
        y = _point(patch, kit, y, [mark], left)
        if rng.random() < 0.25:
            y = _point(patch, kit, y, ["-"], left + by.size * rng.uniform(1.5, 3))
    return _ended(patch, y, by)


def numbered(patch: Patch, kit: Kit, top: float) -> float:
    """A numbered list: 1. 2) (3), or in circles."""
    rng, by = patch.rng, kit.text
    way, y = int(rng.integers(5)), top + 1.2 * by.size
    for number in range(1, int(rng.integers(3, 8))):
        first = len(patch.words)
        mark = (f"{number}.", f"{number})", f"({number})", f"{number}", "abcdefgh"[number - 1] + ")")[way]
        y = _point(patch, kit, y, [mark], by.size * (0.5 if way == 3 else 0.0), space=0.4 if way == 3 else 0.0)
        if way == 3 and len(patch.words) > first:
            _ring(patch, kit, first)
    return _ended(patch, y, by)


def checks(patch: Patch, kit: Kit, top: float) -> float:
    """A checklist with some boxes ticked."""
    rng, by, y = patch.rng, kit.text, top + 1.2 * kit.text.size
    side = by.size * rng.uniform(0.75, 1.05)
    for _ in range(int(rng.integers(3, 8))):
        if patch.full or y > patch.height:
            break
        patch.box((0, y - side), (side, y), by)
        if rng.random() < 0.4:
            tick = [(0.1 * side, y - 0.5 * side), (0.45 * side, y - 0.1 * side), (1.2 * side, y - 1.3 * side)]
            patch.draw(tick, kit.drawing)
        y = patch.flow(kit.contents.point(rng), (1.6 * side, y), by, right=patch.width)
    return _ended(patch, y, by)


def program(patch: Patch, kit: Kit, top: float) -> float:
    """Indented lines of code; long ones are wrapped with more indentation."""
    rng, by, y = patch.rng, kit.text, top + 1.2 * kit.text.size
    step = by.size * rng.uniform(1.2, 2.6)
    for level, tokens in kit.contents.code(rng, int(rng.integers(4, 13))):
        if patch.full or y > patch.height:
            break
        left = min(level * step, 0.4 * patch.width)
        y = patch.flow(tokens, (left, y), by, right=patch.width, hang=step)
    return _ended(patch, y, by)


def entries(patch: Patch, kit: Kit, top: float) -> float:
    """Names with amounts, dates or people, sometimes with a sum."""
    rng, by, y = patch.rng, kit.text, top + 1.2 * kit.text.size
    ruled, far = rng.random() < 0.25, min(patch.width * rng.uniform(0.55, 0.8), by.size * rng.uniform(9, 17))
    apart = rng.random() < 0.6
    for _ in range(int(rng.integers(3, 9))):
        if patch.full or y > patch.height:
            break
        what, much = kit.contents.entry(rng)
        if not apart:
            y = patch.flow([*what[:-1], what[-1] + ":", *much], (0.0, y), by, right=patch.width)
            continue
        end = patch.line(what[:2], (0.0, y), by)
        patch.go_on()
        patch.line(much, (max(far, end + 1.5 * by.gap), y), by)
        y += by.line * rng.uniform(0.95, 1.1)
    if ruled:
        patch.draw([(0, y - 0.8 * by.line), (patch.width, y - 0.8 * by.line)], by)
    return _ended(patch, y, by)


def formulas(patch: Patch, kit: Kit, top: float) -> float:
    """A calculation in a few lines."""
    rng, by = patch.rng, kit.text.larger(float(patch.rng.uniform(1.0, 1.4)))
    y, left = top + 1.2 * by.size, 0.0
    for _ in range(int(rng.integers(2, 7))):
        if patch.full or y > patch.height:
            break
        first = len(patch.words)
        patch.line(kit.contents.formula(rng), (left, y), by)
        if rng.random() < 0.1 and len(patch.words) > first:
            around(patch, kit, first, margin=0.3 * by.size)
        y += by.line * rng.uniform(1.0, 1.2)
        left = rng.uniform(0, 0.12) * patch.width if rng.random() < 0.5 else left
    return _ended(patch, y, by)


def arrays(patch: Patch, kit: Kit, top: float) -> float:
    """Values in brackets, with indices above or an arrow with a remark below."""
    rng, by = patch.rng, kit.text.larger(float(patch.rng.uniform(1.0, 1.5)))
    y = top + 1.2 * by.size
    for _ in range(int(rng.integers(1, 4))):
        if patch.full or y > patch.height - by.line:
            break
        tokens = kit.contents.chain(rng) if rng.random() < 0.35 else kit.contents.array(rng)
        inks = patch.inks(tokens, by)
        if not inks:
            continue
        if rng.random() < 0.35:
            y = _indices(patch, kit, [ink.length for ink in inks], y, by)
        end = patch.put(inks, (0.0, y), by)
        if rng.random() < 0.35:
            at, far = rng.uniform(0.3, 0.9) * end, y + 0.5 * by.size
            patch.arrow((at, far + 1.2 * by.size), (at, far), kit.drawing)
            y += 2.6 * by.size
            patch.line(kit.contents.remark(rng), (at, y), kit.text)
        y += by.line * rng.uniform(1.0, 1.4)
    return _ended(patch, y, by)


def remarks(patch: Patch, kit: Kit, top: float) -> float:
    """A few letters, large or small, sometimes boxed."""
    rng, by = patch.rng, kit.text.larger(float(patch.rng.choice([0.8, 1.0, 1.0, 1.6, 2.2])))
    y = top + 1.2 * by.size
    tokens = [token for _ in range(int(rng.integers(1, 3))) for token in kit.contents.remark(rng)]
    first = len(patch.words)
    after = patch.flow(tokens, (0.5 * by.size, y), by, right=patch.width)
    if rng.random() < 0.4 and len(patch.words) > first:
        around(patch, kit, first, margin=0.5 * by.size)
        after += 0.7 * by.size
    return _ended(patch, after, by)


def _headed(patch: Patch, kit: Kit, top: float, tokens: Tokens, by: Scribe, *, left: float = 0.0) -> float:
    rng, y, first = patch.rng, top + 1.25 * by.size, len(patch.words)
    circled = rng.random() < 0.1
    if circled:
        tokens = [str(rng.integers(1, 9)), *tokens]
    elif rng.random() < 0.15:
        tokens = [f"{rng.integers(1, 8)}{('.', ')', ':')[int(rng.integers(3))]}", *tokens]
    if rng.random() < 0.3:
        tokens = [*tokens[:-1], tokens[-1] + ":"]
    patch.flow(tokens, (left, y), by, right=max(patch.width, left + 3 * by.size))
    patch.end_block()
    if len(patch.words) == first:
        return top
    if circled:
        _ring(patch, kit, first)
    low, high = extent(patch, first)
    way, under = rng.random(), high[1] + 0.25 * by.size
    if way < 0.5:
        for line in (under, under + 0.3 * by.size)[: 1 + int(rng.random() < 0.15)]:
            ends = [(low[0], line), (high[0], line + rng.normal(0, 0.05) * by.size)]
            patch.draw(ends, by)
    elif way < 0.58:
        x = np.linspace(low[0], high[0], max(8, int((high[0] - low[0]) / 3)))
        wave = under + 0.12 * by.size * np.sin(x / (0.25 * by.size))
        patch.touch(np.stack([x, wave], axis=1), by)
    elif way < 0.66:
        around(patch, kit, first, margin=0.45 * by.size)
        under += 0.45 * by.size
    return float(under + 0.5 * by.size)


def _point(patch: Patch, kit: Kit, y: float, mark: Tokens, left: float, *, space: float = 0.0) -> float:
    """Write a list item; wrapped lines are aligned with its first word. space: additional space after the bullet, in
    heights.
    """
    if patch.full or y > patch.height - 0.3 * kit.text.size:
        return y
    by, tokens = kit.text, kit.contents.point(patch.rng)
    end = patch.line(mark, (left, y), by)
    if end > left:
        patch.go_on()
    hang = end + by.gap + space * by.size if end > left else left
    return patch.flow(tokens, (hang, y), by, right=max(min(patch.width, 32 * by.size), hang + 4 * by.size))


def _indices(patch: Patch, kit: Kit, lengths: list[float], y: float, by: Scribe) -> float:
    """Write small numbers above values. Returns their baseline."""
    small, x = kit.text.larger(0.75), 0.0
    for number, wide in enumerate(lengths):
        if number > 1:
            if number > 2:
                patch.go_on()
            patch.line([str(number - 2)], (x + 0.2 * wide, y), small)
        x += wide + by.gap
    return y + 1.45 * by.size


def _ring(patch: Patch, kit: Kit, first: int) -> None:
    """Draw a circle around a word."""
    low, high = patch.words[first].corners.min(axis=0), patch.words[first].corners.max(axis=0)
    middle, reach = (low + high) / 2, 0.62 * float(math.hypot(*(high - low))) + 0.1 * kit.text.size
    patch.oval(spot(middle - reach), spot(middle + reach), kit.text)


def around(patch: Patch, kit: Kit, first: int, *, margin: float, round_one: bool | None = None) -> Spot:
    """Draw a box or an oval around all words from an index on. Returns its lower right corner."""
    low, high = extent(patch, first)
    low, high = low - margin, high + margin
    if patch.rng.random() < 0.4 if round_one is None else round_one:
        low, high = low - (high - low) * (0.13, 0.2), high + (high - low) * (0.13, 0.2)
        patch.oval(spot(low), spot(high), kit.drawing)
    else:
        patch.box(spot(low), spot(high), kit.drawing)
    return spot(high)


def extent(patch: Patch, first: int) -> tuple[Floats, Floats]:
    """Return the minimum and maximum corner of all words from an index on, (2,) each."""
    points = np.concatenate([word.corners for word in patch.words[first:]])
    return points.min(axis=0), points.max(axis=0)


def spot(point: Floats) -> Spot:
    """Return a point, (2,), for drawing."""
    return float(point[0]), float(point[1])


def _ended(patch: Patch, y: float, by: Scribe) -> float:
    """Return the end of a part whose next baseline would be here."""
    patch.end_block()
    return y - 0.6 * by.size


WRITTEN: Final[dict[str, Part]] = {
    "prose": prose, "bullets": bullets, "numbered": numbered, "checks": checks, "program": program,
    "entries": entries, "formulas": formulas, "arrays": arrays, "remarks": remarks,
}  # fmt: skip
