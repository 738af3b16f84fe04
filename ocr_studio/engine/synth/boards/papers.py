"""Parts of a board that are paper (sticky notes, printed notices), and the contents of printed pages.

As in ``written_parts``, each is added from a height of a patch, in reading order.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Final

import numpy as np

from ocr_studio.engine.synth.boards.board_area import BoardArea, PaperSheet, line_length
from ocr_studio.engine.synth.boards.written_parts import PartFunction, PartTools
from ocr_studio.engine.synth.handwriting.marker import Colour
from ocr_studio.engine.synth.handwriting.pen_drawings import Point
from ocr_studio.engine.synth.text.phrases import choose

_NOTE_COLOURS: Final[tuple[Colour, ...]] = (
    (250, 236, 110), (250, 236, 110), (255, 180, 190), (170, 225, 160), (150, 205, 240), (250, 190, 110),
)  # fmt: skip
_INK_COLOURS: Final[tuple[Colour, ...]] = ((30, 30, 36), (30, 30, 36), (24, 44, 130), (150, 30, 40))


def notes(patch: BoardArea, kit: PartTools, top: float) -> float:
    """Sticky notes side by side, slightly rotated, with a few words each."""
    rng, scribe = patch.rng, replace(kit.text, strength=1.0, colour=choose(_INK_COLOURS, patch.rng))
    scribe = scribe.larger(float(rng.uniform(0.7, 0.95)))
    side = scribe.size * rng.uniform(6, 8.5)
    count = max(1, min(int(rng.integers(1, 5)), int(patch.width / (1.15 * side))))
    for number in range(count):
        left, upper = number * 1.15 * side, top + 0.1 * side + rng.normal(0, 0.04) * side
        _add_paper(patch, (left, upper), (left + side, upper + side), choose(_NOTE_COLOURS, rng))
        said, y = kit.contents.sentence(rng, int(rng.integers(1, 6))), upper + 1.5 * scribe.size
        for token in said:
            inks = patch.write_words([token], scribe)
            if inks and line_length(inks, scribe) < 0.9 * side and y < upper + 0.92 * side:
                patch.add_line(inks, (left + 0.06 * side, y), scribe)
                y += scribe.line * 0.85
        patch.end_block()
    return top + 1.2 * side


def notice(patch: BoardArea, kit: PartTools, top: float) -> float:
    """A printed sheet on the board."""
    if kit.printed is None:
        return top
    rng, scribe = patch.rng, kit.printed.larger(float(patch.rng.uniform(0.6, 1.3)))
    lines = [_notice_words(kit, rng) for _ in range(int(rng.integers(1, 5)))]
    inked = [
        inks
        for inks in (patch.write_words(line, scribe) for line in lines)
        if inks and line_length(inks, scribe) < patch.width
    ]
    if not inked:
        return top
    wide, pitch = max(line_length(inks, scribe) for inks in inked), scribe.size * 1.9
    low, high = (0.0, top), (wide + 2.2 * scribe.size, top + pitch * len(inked) + 1.5 * scribe.size)
    _add_paper(patch, low, high, (246, 246, 242))
    for row, inks in enumerate(inked):
        x = 1.1 * scribe.size + (wide - line_length(inks, scribe)) * (0.5 if len(inked) > 1 else 0.0)
        patch.add_line(inks, (x, top + pitch * (row + 0.5) + 1.0 * scribe.size), scribe)
    patch.end_block()
    return high[1] + scribe.size


def paragraph(patch: BoardArea, kit: PartTools, top: float) -> float:
    """Printed text in lines of equal length."""
    rng, scribe, y = patch.rng, kit.text, top + 1.2 * kit.text.size
    wide = min(patch.width, scribe.size * rng.uniform(34, 60))
    inks = patch.write_words(kit.contents.paragraph(rng, int(rng.integers(18, 70))), scribe)
    justified, loose = rng.random() < 0.6, replace(scribe, jitter=0.0)
    while inks and y < patch.height:
        count = 1
        while count < len(inks) and line_length(inks[: count + 1], scribe) <= wide:
            count += 1
        gap = scribe.space
        if justified and 1 < count < len(inks):
            gap += (wide - line_length(inks[:count], scribe)) / (count - 1) / scribe.size
        patch.add_line(inks[:count], (0.0, y), replace(loose, space=gap))
        inks, y = inks[count:], y + scribe.line
    patch.end_block()
    return y - 0.4 * scribe.size


def bill(patch: BoardArea, kit: PartTools, top: float) -> float:
    """Items and prices in columns, with a sum."""
    rng, scribe, y = patch.rng, kit.text, top + 1.2 * kit.text.size
    right = min(patch.width, scribe.size * rng.uniform(16, 26))
    count = int(rng.integers(3, 9))
    for number in range(count + 1):
        what = ["Total:"] if number == count else kit.contents.sentence(rng, int(rng.integers(1, 4)))
        much = patch.write_words([f"{rng.uniform(0.5, 300):.2f}"], scribe)
        if number == count:
            patch.draw([(0.0, y - 1.3 * scribe.size), (right, y - 1.3 * scribe.size)], scribe)
            y += 0.4 * scribe.size
        end = patch.line(what, (0.0, y), scribe)
        if much and right - line_length(much, scribe) > end + 0.5 * scribe.word_gap:
            patch.continue_line()
            patch.add_line(much, (right - line_length(much, scribe), y), scribe)
        y += scribe.line
    patch.end_block()
    return y - 0.4 * scribe.size


def _notice_words(kit: PartTools, rng: np.random.Generator) -> list[str]:
    if rng.random() < 0.5:
        return choose(_NOTICES, rng).split()
    return kit.contents.sentence(rng, int(rng.integers(2, 6)))


def _add_paper(patch: BoardArea, low: Point, high: Point, colour: Colour) -> None:
    """Add a piece of paper, slightly rotated."""
    corners = np.array([low, (high[0], low[1]), high, (low[0], high[1])])
    lean = patch.rng.normal(0, 0.012) * (high[0] - low[0])
    corners[[1, 2], 1] += lean
    patch.papers.append(PaperSheet(corners, colour))


_NOTICES: Final = (
    "Please do not erase!", "DO NOT ERASE", "Please do not move the whiteboard. Thanks!", "Room 214", "Wi-Fi: guest",
    "Meeting Room B", "Keep this area clean", "Emergency exit", "Markers only", "Next inspection: 03/2027",
)  # fmt: skip

PAPERS: Final[dict[str, PartFunction]] = {"notes": notes, "notice": notice}
PRINTED: Final[dict[str, PartFunction]] = {"paragraph": paragraph, "bill": bill}
