"""Written parts of a board: headings, paragraphs, lists, programs, entries, formulas.

A part is written from a height of a patch, in reading order, and returns where it ends.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final, TypeAlias

import numpy as np

from ocr_studio.engine.synth.boards.board_area import BoardArea, BoardWriter, Floats, line_length
from ocr_studio.engine.synth.handwriting.pen_drawings import Point
from ocr_studio.engine.synth.text.contents import BoardContents, Theme, Tokens
from ocr_studio.engine.synth.text.phrases import choose

# part(patch, kit, top): writes from that height on, in pixels of the patch; returns where it ends.
PartFunction: TypeAlias = Callable[[BoardArea, "PartTools", float], float]

_BULLETS: Final = ("-", "-", "-", "•", "•", "*", "→", "–", "+")


@dataclass(frozen=True, slots=True)
class PartTools:
    """Writers and contents of a part.

    Attributes:
        text: Writer of the text.
        heading: Writer of headings.
        drawing: Pen of lines and boxes.
        printed: Font of printed notices, if any.
        contents: Source of words.
        theme: Theme of the board.
    """

    text: BoardWriter
    heading: BoardWriter
    drawing: BoardWriter
    printed: BoardWriter | None
    contents: BoardContents
    theme: Theme


def heading(patch: BoardArea, kit: PartTools, top: float) -> float:
    """A few large words, which may be underlined, boxed or numbered."""
    return _write_heading(patch, kit, top, kit.contents.heading(kit.theme, patch.rng), kit.heading)


def title(patch: BoardArea, kit: PartTools, top: float) -> float:
    """A title above everything, centred or not."""
    rng, scribe = patch.rng, kit.heading.larger(float(patch.rng.uniform(1.15, 1.7)))
    tokens = kit.contents.title(rng)
    shift = 0.0
    if rng.random() < 0.5:
        spare = patch.width - line_length(patch.write_words(tokens, scribe), scribe)
        shift = max(0.0, spare * rng.uniform(0.3, 0.6))
    return _write_heading(patch, kit, top, tokens, scribe, left=shift)


def prose(patch: BoardArea, kit: PartTools, top: float) -> float:
    """A short paragraph."""
    rng, scribe = patch.rng, kit.text
    words = kit.contents.paragraph(rng, int(rng.integers(6, 26)))
    wide = min(patch.width * rng.uniform(0.75, 1.0), scribe.size * rng.uniform(14, 40))
    y = patch.write_wrapped(words, (0.0, top + 1.2 * scribe.size), scribe, right=wide)
    return _end_part(patch, y, scribe)


def bullets(patch: BoardArea, kit: PartTools, top: float) -> float:
    """A bullet list, some items with sublists."""
    rng, scribe = patch.rng, kit.text
    mark, y = choose(_BULLETS, rng), top + 1.2 * scribe.size
    left = scribe.size * rng.uniform(0, 2)
    for _ in range(int(rng.integers(2, 8))):
        y = _write_item(patch, kit, y, [mark], left)
        if rng.random() < 0.25:
            y = _write_item(patch, kit, y, ["-"], left + scribe.size * rng.uniform(1.5, 3))
    return _end_part(patch, y, scribe)


def numbered(patch: BoardArea, kit: PartTools, top: float) -> float:
    """A numbered list: 1. 2) (3), or in circles."""
    rng, scribe = patch.rng, kit.text
    way, y = int(rng.integers(5)), top + 1.2 * scribe.size
    for number in range(1, int(rng.integers(3, 8))):
        first = len(patch.words)
        mark = (f"{number}.", f"{number})", f"({number})", f"{number}", "abcdefgh"[number - 1] + ")")[way]
        y = _write_item(patch, kit, y, [mark], scribe.size * (0.5 if way == 3 else 0.0), space=0.4 if way == 3 else 0.0)
        if way == 3 and len(patch.words) > first:
            _circle_word(patch, kit, first)
    return _end_part(patch, y, scribe)


def checks(patch: BoardArea, kit: PartTools, top: float) -> float:
    """A checklist with some boxes ticked."""
    rng, scribe, y = patch.rng, kit.text, top + 1.2 * kit.text.size
    side = scribe.size * rng.uniform(0.75, 1.05)
    for _ in range(int(rng.integers(3, 8))):
        if patch.full or y > patch.height:
            break
        patch.draw_box((0, y - side), (side, y), scribe)
        if rng.random() < 0.4:
            tick = [(0.1 * side, y - 0.5 * side), (0.45 * side, y - 0.1 * side), (1.2 * side, y - 1.3 * side)]
            patch.draw(tick, kit.drawing)
        y = patch.write_wrapped(kit.contents.point(rng), (1.6 * side, y), scribe, right=patch.width)
    return _end_part(patch, y, scribe)


def program(patch: BoardArea, kit: PartTools, top: float) -> float:
    """Indented lines of code; long ones are wrapped with more indentation."""
    rng, scribe, y = patch.rng, kit.text, top + 1.2 * kit.text.size
    step = scribe.size * rng.uniform(1.2, 2.6)
    for level, tokens in kit.contents.code(rng, int(rng.integers(4, 13))):
        if patch.full or y > patch.height:
            break
        left = min(level * step, 0.4 * patch.width)
        y = patch.write_wrapped(tokens, (left, y), scribe, right=patch.width, hang=step)
    return _end_part(patch, y, scribe)


def entries(patch: BoardArea, kit: PartTools, top: float) -> float:
    """Names with amounts, dates or people, sometimes with a sum."""
    rng, scribe, y = patch.rng, kit.text, top + 1.2 * kit.text.size
    ruled, far = rng.random() < 0.25, min(patch.width * rng.uniform(0.55, 0.8), scribe.size * rng.uniform(9, 17))
    apart = rng.random() < 0.6
    for _ in range(int(rng.integers(3, 9))):
        if patch.full or y > patch.height:
            break
        what, much = kit.contents.entry(rng)
        if not apart:
            y = patch.write_wrapped([*what[:-1], what[-1] + ":", *much], (0.0, y), scribe, right=patch.width)
            continue
        end = patch.line(what[:2], (0.0, y), scribe)
        patch.continue_line()
        patch.line(much, (max(far, end + 1.5 * scribe.word_gap), y), scribe)
        y += scribe.line * rng.uniform(0.95, 1.1)
    if ruled:
        patch.draw([(0, y - 0.8 * scribe.line), (patch.width, y - 0.8 * scribe.line)], scribe)
    return _end_part(patch, y, scribe)


def formulas(patch: BoardArea, kit: PartTools, top: float) -> float:
    """A calculation in a few lines."""
    rng, scribe = patch.rng, kit.text.larger(float(patch.rng.uniform(1.0, 1.4)))
    y, left = top + 1.2 * scribe.size, 0.0
    for _ in range(int(rng.integers(2, 7))):
        if patch.full or y > patch.height:
            break
        first = len(patch.words)
        patch.line(kit.contents.formula(rng), (left, y), scribe)
        if rng.random() < 0.1 and len(patch.words) > first:
            frame_words(patch, kit, first, margin=0.3 * scribe.size)
        y += scribe.line * rng.uniform(1.0, 1.2)
        left = rng.uniform(0, 0.12) * patch.width if rng.random() < 0.5 else left
    return _end_part(patch, y, scribe)


def arrays(patch: BoardArea, kit: PartTools, top: float) -> float:
    """Values in brackets, with indices above or an arrow with a remark below."""
    rng, scribe = patch.rng, kit.text.larger(float(patch.rng.uniform(1.0, 1.5)))
    y = top + 1.2 * scribe.size
    for _ in range(int(rng.integers(1, 4))):
        if patch.full or y > patch.height - scribe.line:
            break
        tokens = kit.contents.chain(rng) if rng.random() < 0.35 else kit.contents.array(rng)
        inks = patch.write_words(tokens, scribe)
        if not inks:
            continue
        if rng.random() < 0.35:
            y = _write_indices(patch, kit, [ink.length for ink in inks], y, scribe)
        end = patch.add_line(inks, (0.0, y), scribe)
        if rng.random() < 0.35:
            at, far = rng.uniform(0.3, 0.9) * end, y + 0.5 * scribe.size
            patch.draw_arrow((at, far + 1.2 * scribe.size), (at, far), kit.drawing)
            y += 2.6 * scribe.size
            patch.line(kit.contents.remark(rng), (at, y), kit.text)
        y += scribe.line * rng.uniform(1.0, 1.4)
    return _end_part(patch, y, scribe)


def remarks(patch: BoardArea, kit: PartTools, top: float) -> float:
    """A few letters, large or small, sometimes boxed."""
    rng, scribe = patch.rng, kit.text.larger(float(patch.rng.choice([0.8, 1.0, 1.0, 1.6, 2.2])))
    y = top + 1.2 * scribe.size
    tokens = [token for _ in range(int(rng.integers(1, 3))) for token in kit.contents.remark(rng)]
    first = len(patch.words)
    after = patch.write_wrapped(tokens, (0.5 * scribe.size, y), scribe, right=patch.width)
    if rng.random() < 0.4 and len(patch.words) > first:
        frame_words(patch, kit, first, margin=0.5 * scribe.size)
        after += 0.7 * scribe.size
    return _end_part(patch, after, scribe)


def _write_heading(
    patch: BoardArea, kit: PartTools, top: float, tokens: Tokens, scribe: BoardWriter, *, left: float = 0.0
) -> float:
    rng, y, first = patch.rng, top + 1.25 * scribe.size, len(patch.words)
    circled = rng.random() < 0.1
    if circled:
        tokens = [str(rng.integers(1, 9)), *tokens]
    elif rng.random() < 0.15:
        tokens = [f"{rng.integers(1, 8)}{('.', ')', ':')[int(rng.integers(3))]}", *tokens]
    if rng.random() < 0.3:
        tokens = [*tokens[:-1], tokens[-1] + ":"]
    patch.write_wrapped(tokens, (left, y), scribe, right=max(patch.width, left + 3 * scribe.size))
    patch.end_block()
    if len(patch.words) == first:
        return top
    if circled:
        _circle_word(patch, kit, first)
    low, high = words_extent(patch, first)
    way, under = rng.random(), high[1] + 0.25 * scribe.size
    if way < 0.5:
        for line in (under, under + 0.3 * scribe.size)[: 1 + int(rng.random() < 0.15)]:
            ends = [(low[0], line), (high[0], line + rng.normal(0, 0.05) * scribe.size)]
            patch.draw(ends, scribe)
    elif way < 0.58:
        x = np.linspace(low[0], high[0], max(8, int((high[0] - low[0]) / 3)))
        wave = under + 0.12 * scribe.size * np.sin(x / (0.25 * scribe.size))
        patch.draw_curve(np.stack([x, wave], axis=1), scribe)
    elif way < 0.66:
        frame_words(patch, kit, first, margin=0.45 * scribe.size)
        under += 0.45 * scribe.size
    return float(under + 0.5 * scribe.size)


def _write_item(patch: BoardArea, kit: PartTools, y: float, mark: Tokens, left: float, *, space: float = 0.0) -> float:
    """Write a list item; wrapped lines are aligned with its first word. space: additional space after the bullet, in
    heights.
    """
    if patch.full or y > patch.height - 0.3 * kit.text.size:
        return y
    scribe, tokens = kit.text, kit.contents.point(patch.rng)
    end = patch.line(mark, (left, y), scribe)
    if end > left:
        patch.continue_line()
    hang = end + scribe.word_gap + space * scribe.size if end > left else left
    return patch.write_wrapped(
        tokens, (hang, y), scribe, right=max(min(patch.width, 32 * scribe.size), hang + 4 * scribe.size)
    )


def _write_indices(patch: BoardArea, kit: PartTools, lengths: list[float], y: float, scribe: BoardWriter) -> float:
    """Write small numbers above values. Returns their baseline."""
    small, x = kit.text.larger(0.75), 0.0
    for number, wide in enumerate(lengths):
        if number > 1:
            if number > 2:
                patch.continue_line()
            patch.line([str(number - 2)], (x + 0.2 * wide, y), small)
        x += wide + scribe.word_gap
    return y + 1.45 * scribe.size


def _circle_word(patch: BoardArea, kit: PartTools, first: int) -> None:
    """Draw a circle around a word."""
    low, high = patch.words[first].corners.min(axis=0), patch.words[first].corners.max(axis=0)
    middle, reach = (low + high) / 2, 0.62 * float(math.hypot(*(high - low))) + 0.1 * kit.text.size
    patch.draw_ellipse(to_point(middle - reach), to_point(middle + reach), kit.text)


def frame_words(patch: BoardArea, kit: PartTools, first: int, *, margin: float, round_one: bool | None = None) -> Point:
    """Draw a box or an oval around all words from an index on. Returns its lower right corner."""
    low, high = words_extent(patch, first)
    low, high = low - margin, high + margin
    if patch.rng.random() < 0.4 if round_one is None else round_one:
        low, high = low - (high - low) * (0.13, 0.2), high + (high - low) * (0.13, 0.2)
        patch.draw_ellipse(to_point(low), to_point(high), kit.drawing)
    else:
        patch.draw_box(to_point(low), to_point(high), kit.drawing)
    return to_point(high)


def words_extent(patch: BoardArea, first: int) -> tuple[Floats, Floats]:
    """Return the minimum and maximum corner of all words from an index on, (2,) each."""
    points = np.concatenate([word.corners for word in patch.words[first:]])
    return points.min(axis=0), points.max(axis=0)


def to_point(point: Floats) -> Point:
    """Return a point, (2,), for drawing."""
    return float(point[0]), float(point[1])


def _end_part(patch: BoardArea, y: float, scribe: BoardWriter) -> float:
    """Return the end of a part whose next baseline would be here."""
    patch.end_block()
    return y - 0.6 * scribe.size


WRITTEN: Final[dict[str, PartFunction]] = {
    "prose": prose, "bullets": bullets, "numbered": numbered, "checks": checks, "program": program,
    "entries": entries, "formulas": formulas, "arrays": arrays, "remarks": remarks,
}  # fmt: skip
