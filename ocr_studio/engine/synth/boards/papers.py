"""Parts of a board that are paper (sticky notes, printed notices), and the contents of printed pages.

As in ``written_parts``, each is added from a height of a patch, in reading order.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Final

import numpy as np

from ocr_studio.engine.synth.boards.board_area import Fill, Patch, length
from ocr_studio.engine.synth.boards.written_parts import Kit, Part
from ocr_studio.engine.synth.handwriting.marker import Colour
from ocr_studio.engine.synth.handwriting.pen_drawings import Spot
from ocr_studio.engine.synth.text import contents

_NOTES: Final[tuple[Colour, ...]] = (
    (250, 236, 110), (250, 236, 110), (255, 180, 190), (170, 225, 160), (150, 205, 240), (250, 190, 110),
)  # fmt: skip
_DARK: Final[tuple[Colour, ...]] = ((30, 30, 36), (30, 30, 36), (24, 44, 130), (150, 30, 40))


def notes(patch: Patch, kit: Kit, top: float) -> float:
    """Sticky notes side by side, slightly rotated, with a few words each."""
    rng, by = patch.rng, replace(kit.text, strength=1.0, colour=contents.one(_DARK, patch.rng))
    by = by.larger(float(rng.uniform(0.7, 0.95)))
    side = by.size * rng.uniform(6, 8.5)
    many = max(1, min(int(rng.integers(1, 5)), int(patch.width / (1.15 * side))))
    for number in range(many):
        left, upper = number * 1.15 * side, top + 0.1 * side + rng.normal(0, 0.04) * side
        _sheet(patch, (left, upper), (left + side, upper + side), contents.one(_NOTES, rng))
        said, y = kit.contents.sentence(rng, int(rng.integers(1, 6))), upper + 1.5 * by.size
        for token in said:
            inks = patch.inks([token], by)
            if inks and length(inks, by) < 0.9 * side and y < upper + 0.92 * side:
                patch.put(inks, (left + 0.06 * side, y), by)
                y += by.line * 0.85
        patch.end_block()
    return top + 1.2 * side


def notice(patch: Patch, kit: Kit, top: float) -> float:
    """A printed sheet on the board."""
    if kit.printed is None:
        return top
    rng, by = patch.rng, kit.printed.larger(float(patch.rng.uniform(0.6, 1.3)))
    lines = [_said(kit, rng) for _ in range(int(rng.integers(1, 5)))]
    inked = [inks for inks in (patch.inks(line, by) for line in lines) if inks and length(inks, by) < patch.width]
    if not inked:
        return top
    wide, pitch = max(length(inks, by) for inks in inked), by.size * 1.9
    low, high = (0.0, top), (wide + 2.2 * by.size, top + pitch * len(inked) + 1.5 * by.size)
    _sheet(patch, low, high, (246, 246, 242))
    for row, inks in enumerate(inked):
        x = 1.1 * by.size + (wide - length(inks, by)) * (0.5 if len(inked) > 1 else 0.0)
        patch.put(inks, (x, top + pitch * (row + 0.5) + 1.0 * by.size), by)
    patch.end_block()
    return high[1] + by.size


def paragraph(patch: Patch, kit: Kit, top: float) -> float:
    """Printed text in lines of equal length."""
    rng, by, y = patch.rng, kit.text, top + 1.2 * kit.text.size
    wide = min(patch.width, by.size * rng.uniform(34, 60))
    inks = patch.inks(kit.contents.paragraph(rng, int(rng.integers(18, 70))), by)
    justified, loose = rng.random() < 0.6, replace(by, unsteady=0.0)
    while inks and y < patch.height:
        count = 1
        while count < len(inks) and length(inks[: count + 1], by) <= wide:
            count += 1
        gap = by.space
        if justified and 1 < count < len(inks):
            gap += (wide - length(inks[:count], by)) / (count - 1) / by.size
        patch.put(inks[:count], (0.0, y), replace(loose, space=gap))
        inks, y = inks[count:], y + by.line
    patch.end_block()
    return y - 0.4 * by.size


def bill(patch: Patch, kit: Kit, top: float) -> float:
    """Items and prices in columns, with a sum."""
    rng, by, y = patch.rng, kit.text, top + 1.2 * kit.text.size
    right = min(patch.width, by.size * rng.uniform(16, 26))
    many = int(rng.integers(3, 9))
    for number in range(many + 1):
        what = ["Total:"] if number == many else kit.contents.sentence(rng, int(rng.integers(1, 4)))
        much = patch.inks([f"{rng.uniform(0.5, 300):.2f}"], by)
        if number == many:
            patch.draw([(0.0, y - 1.3 * by.size), (right, y - 1.3 * by.size)], by)
            y += 0.4 * by.size
        end = patch.line(what, (0.0, y), by)
        if much and right - length(much, by) > end + 0.5 * by.gap:
            patch.go_on()
            patch.put(much, (right - length(much, by), y), by)
        y += by.line
    patch.end_block()
    return y - 0.4 * by.size


def _said(kit: Kit, rng: np.random.Generator) -> list[str]:
    if rng.random() < 0.5:
        return contents.one(_NOTICES, rng).split()
    return kit.contents.sentence(rng, int(rng.integers(2, 6)))


def _sheet(patch: Patch, low: Spot, high: Spot, colour: Colour) -> None:
    """Add a piece of paper, slightly rotated."""
    corners = np.array([low, (high[0], low[1]), high, (low[0], high[1])])
    lean = patch.rng.normal(0, 0.012) * (high[0] - low[0])
    corners[[1, 2], 1] += lean
    patch.fills.append(Fill(corners, colour))


_NOTICES: Final = (
    "Please do not erase!", "DO NOT ERASE", "Please do not move the whiteboard. Thanks!", "Room 214", "Wi-Fi: guest",
    "Meeting Room B", "Keep this area clean", "Emergency exit", "Markers only", "Next inspection: 03/2027",
)  # fmt: skip

PAPERS: Final[dict[str, Part]] = {"notes": notes, "notice": notice}
PRINTED: Final[dict[str, Part]] = {"paragraph": paragraph, "bill": bill}
