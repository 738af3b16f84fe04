"""How boards are laid out: columns, lists, mind maps, tables, labels along an edge, drawings.

Each writes on a sheet, in the order in which somebody would read it.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import TypeAlias

import numpy as np

from ocr_studio.engine.synth import phrases
from ocr_studio.engine.synth.hand import Hand
from ocr_studio.engine.synth.sheet import INKS, Marker, Run, Sheet


@dataclass(frozen=True, slots=True)
class Style:
    """Who writes, and how. marker: for the text; heading: for headings and drawings. climb: degrees by which lines
    climb (negative) or fall; bend: by how many degrees a line turns on its way across the sheet."""

    hand: Hand
    marker: Marker
    heading: Marker
    climb: float = 0.0
    bend: float = 0.0

    @property
    def pen(self) -> float:
        """Pixels of a stroke in a drawing."""
        return self.hand.pen * self.hand.size * 0.9


Layout: TypeAlias = Callable[[Sheet, Style], None]


def columns(sheet: Sheet, style: Style) -> None:
    """Two to four columns of running text, each under its heading; sometimes a title over all."""
    rng, hand = sheet.rng, style.hand
    top = hand.line
    if rng.random() < 0.5:
        _line(sheet, style, phrases.title(rng), (0.08 * sheet.width, top + 0.6 * hand.line), hand=hand.larger(1.5))
        sheet.end_block()
        top += 2.4 * hand.line
    gutter = hand.size * rng.uniform(11, 18)
    most = int(min(4, sheet.width // (24 * hand.size * 5)))
    number = int(rng.integers(min(most, 2), most + 1)) if most else 1
    wide = (sheet.width - (number + 1) * gutter) / number
    rows = int((sheet.height - top - 2 * hand.line) / hand.line)
    for column in range(number):
        left = gutter + column * (wide + gutter)
        first = top + rng.uniform(0, 0.5) * hand.line
        _column(sheet, style, (left, first), wide=wide, rows=int(rng.integers(rows // 2, rows)))


def lists(sheet: Sheet, style: Style) -> None:
    """One or two headed lists with bullets and sub-points, one below the other; long points run over two lines."""
    rng, hand = sheet.rng, style.hand
    y = 1.4 * hand.line
    bullet = ("-", "•", "*", "1")[int(rng.integers(4))]
    while y < sheet.height - 6 * hand.line:
        x = sheet.width * 0.07
        length = _line(sheet, style, phrases.heading(rng), (x, y), hand=hand.larger(1.3), marker=style.heading)
        sheet.draw([(x, y + 4.5 * hand.size), (x + length, y + 4.2 * hand.size)], width=style.pen, marker=style.heading)
        sheet.end_block()
        y += 1.75 * hand.line
        for number in range(1, int(rng.integers(3, 7))):
            if y > sheet.height - 2 * hand.line:
                break
            mark = f"{number}." if bullet == "1" else bullet
            y = _point(sheet, style, (x, y), mark=mark, level=0)
            if rng.random() < 0.35 and y < sheet.height - 2 * hand.line:
                y = _point(sheet, style, (x, y), mark="-", level=1)
        sheet.end_block()
        y += 1.2 * hand.line


def mind_map(sheet: Sheet, style: Style) -> None:
    """A topic in the middle, boxes and ovals above and below it, joined to it by strokes. Read from top to bottom and,
    where boxes stand beside each other, from left to right; each box whole."""
    rng, hand = sheet.rng, style.hand
    middle = (sheet.width / 2, sheet.height / 2)
    above, below = (int(rng.integers(2, 4)) for _ in range(2))
    for number, share in ((above, 0.17), (0, 0.5), (below, 0.83)):
        if not number:
            _boxed(sheet, replace(style, hand=hand.larger(1.35)), middle, [phrases.title(rng)])
        for index in range(number):
            x = sheet.width * (index + 0.5) / number
            y = sheet.height * share
            lines = [phrases.word(rng) for _ in range(int(rng.integers(1, 4)))]
            half = _boxed(sheet, style, (x, y), lines)
            near = 1 if y < middle[1] else -1
            start = (x, y + near * (half + hand.size))
            end = (middle[0] + 0.3 * (x - middle[0]), middle[1] - near * 11 * hand.size)
            sheet.draw([start, end], width=style.pen, marker=style.heading)


def flow(sheet: Sheet, style: Style) -> None:
    """Boxes one below the other, joined by arrows, with a remark beside some."""
    rng, hand = sheet.rng, style.hand
    number = int(min(5, sheet.height / (3.6 * hand.line)))
    x, above = sheet.width * 0.3, 0.0
    for index in range(number):
        y = sheet.height * (index + 0.5) / number
        lines = [" ".join(phrases.running(rng, 2)) for _ in range(int(rng.integers(1, 3)))]
        half = _boxed(sheet, style, (x, y), lines, oval=False)
        if index:
            end = (x, y - half - 2 * hand.size)
            sheet.arrow((x, above + 2 * hand.size), end, width=style.pen, marker=style.heading)
        above = y + half
        if rng.random() < 0.4:
            remark = (x + 0.22 * sheet.width, y + 3 * hand.size)
            _line(sheet, style, " ".join(phrases.running(rng, 3)), remark, marker=style.heading)
            sheet.end_block()


def table(sheet: Sheet, style: Style) -> None:
    """A table with a head, ruled by hand: names and figures, read row by row."""
    rng, hand = sheet.rng, style.hand
    number, rows = int(rng.integers(3, 5)), int(rng.integers(3, 7))
    wide, high = 46 * hand.size, 1.35 * hand.line
    left, top = 0.1 * sheet.width, 2.2 * hand.line
    number = min(number, int((sheet.width - left) / wide))
    for row in range(rows):
        for column in range(number):
            text = phrases.word(rng).capitalize() if row == 0 or column == 0 else phrases.figure(rng)
            place = (left + column * wide + 3 * hand.size, top + row * high)
            if column:
                sheet.go_on()
            _line(sheet, style, text, place, marker=style.heading if row == 0 else style.marker)
        if row in (0, rows - 1) or rng.random() < 0.3:
            y = top + row * high + 0.42 * high
            sheet.draw([(left, y), (left + number * wide, y)], width=style.pen, marker=style.heading)
    for column in range(1, number):
        x = left + column * wide
        sheet.draw([(x, top - high), (x, top + (rows - 0.5) * high)], width=style.pen, marker=style.heading)
    sheet.end_block()


def edges(sheet: Sheet, style: Style) -> None:
    """A diagram with axes: a label running up the left one, lines of text, a label running down the right edge."""
    rng, hand = sheet.rng, style.hand
    left, bottom = 0.2 * sheet.width, 0.8 * sheet.height
    sheet.arrow((left, bottom), (left, 0.1 * sheet.height), width=style.pen, marker=style.heading)
    sheet.arrow((left, bottom), (0.82 * sheet.width, bottom), width=style.pen, marker=style.heading)
    up, down = (" ".join(phrases.running(rng, 2)) for _ in range(2))
    sheet.write(up, Run((0.13 * sheet.width, 0.7 * sheet.height), -90), hand=hand, marker=style.marker)
    sheet.end_block()
    for row in range(int(min(5, 0.55 * sheet.height / (1.2 * hand.line)))):
        text = " ".join(phrases.running(rng, 3))
        _line(sheet, style, text, (0.3 * sheet.width, 0.18 * sheet.height + 1.2 * row * hand.line))
    sheet.end_block()
    sheet.write(down, Run((0.9 * sheet.width, 0.2 * sheet.height), 90), hand=hand, marker=style.marker)
    sheet.end_block()


def drawings(sheet: Sheet, style: Style) -> None:
    """Frames, arrows, curves and hatching; nothing is written."""
    rng, size = sheet.rng, style.hand.size
    spots = [(column, row) for column in range(4) for row in range(3)]
    for spot in rng.permutation(len(spots))[:9]:
        low = ((spots[spot][0] + 0.12) * sheet.width / 4, (spots[spot][1] + 0.12) * sheet.height / 3)
        high = (low[0] + sheet.width / 4 * rng.uniform(0.5, 0.8), low[1] + sheet.height / 3 * rng.uniform(0.4, 0.8))
        marker = style.heading if rng.random() < 0.5 else style.marker
        kind = int(rng.integers(5))
        if kind == 0:
            sheet.box(low, high, width=style.pen, marker=marker)
        elif kind == 1:
            sheet.oval(low, high, width=style.pen, marker=marker)
        elif kind == 2:
            sheet.arrow(low, high, width=style.pen, marker=marker)
        elif kind == 3:
            x = np.linspace(low[0], high[0], 60)
            wave = np.sin(np.linspace(0, rng.uniform(3, 12), 60)) * (high[1] - low[1]) / 3 + (low[1] + high[1]) / 2
            sheet.touch(np.stack([x, wave], axis=1), width=style.pen, marker=marker)
        else:
            for step in np.arange(0, high[0] - low[0], 7 * size):
                start, end = (low[0] + step, high[1]), (low[0] + step + 0.3 * (high[1] - low[1]), low[1])
                sheet.draw([start, end], width=style.pen, marker=marker)


def nothing(sheet: Sheet, style: Style) -> None:
    """An empty board."""


def _line(
    sheet: Sheet,
    style: Style,
    text: str,
    place: tuple[float, float],
    *,
    hand: Hand | None = None,
    marker: Marker | None = None,
) -> float:
    run = Run(place, style.climb, np.radians(style.bend) / sheet.width)
    return sheet.write(text, run, hand=hand or style.hand, marker=marker or style.marker)


def _column(sheet: Sheet, style: Style, place: tuple[float, float], *, wide: float, rows: int) -> None:
    """A heading and running text below it, in one column."""
    hand, (x, y) = style.hand, place
    length = _line(sheet, style, phrases.heading(sheet.rng), place, hand=hand.larger(1.2), marker=style.heading)
    fall = np.tan(np.radians(style.climb)) * length
    if not style.bend:
        under = [(x, y + 4.5 * hand.size), (x + length, y + fall + 4.5 * hand.size)]
        sheet.draw(under, width=style.pen, marker=style.heading)
    y += 1.5 * hand.line
    words = phrases.running(sheet.rng, rows * 6)
    for _ in range(rows):
        text, words = _fitting(words, hand, wide)
        _line(sheet, style, text, (x + sheet.rng.normal(0, 0.6) * hand.size, y))
        y += hand.line * sheet.rng.uniform(0.97, 1.06)
    sheet.end_block()


def _point(sheet: Sheet, style: Style, place: tuple[float, float], *, mark: str, level: int) -> float:
    """One point of a list, its mark first; where it runs on, below its first word. Returns where the next begins."""
    hand, (x, y) = style.hand, place
    x += 12 * hand.size * level
    words = phrases.phrase(sheet.rng).split()
    if sheet.rng.random() < 0.25:
        words += phrases.phrase(sheet.rng).split()
    first, rest = _fitting(words, hand, 0.85 * sheet.width - x)
    run = Run((x, y), style.climb, np.radians(style.bend) / sheet.width)
    sheet.write(f"{mark} {first}", run, hand=hand, marker=style.marker, indent=level)
    y += 1.05 * hand.line
    if rest:
        inner = Run((x + hand.length(mark + " "), y), style.climb, run.bend)
        sheet.write(" ".join(rest), inner, hand=hand, marker=style.marker, indent=level + 1)
        y += 1.05 * hand.line
    return y


def _fitting(words: list[str], hand: Hand, wide: float) -> tuple[str, list[str]]:
    """As many words as a line of that width takes, at least one, and the rest."""
    count = 1
    while count < len(words) and hand.length(" ".join(words[: count + 1])) <= wide:
        count += 1
    return " ".join(words[:count]), words[count:]


def _boxed(
    sheet: Sheet, style: Style, middle: tuple[float, float], lines: list[str], *, oval: bool | None = None
) -> float:
    """Lines of text, each in the middle, inside a box or oval. Returns half its height."""
    hand, rng = style.hand, sheet.rng
    pitch = 0.95 * hand.line
    half_width = max(hand.length(line) for line in lines) / 2 + 7 * hand.size
    half_height = pitch * (len(lines) - 1) / 2 + 8.5 * hand.size
    first = middle[1] - pitch * (len(lines) - 1) / 2 + 3 * hand.size
    for row, line in enumerate(lines):
        place = (middle[0] - hand.length(line) / 2, first + row * pitch)
        _line(sheet, replace(style, bend=0.0), line, place)
    sheet.end_block()
    round_one = rng.random() < 0.3 and len(lines) == 1 if oval is None else oval
    grow = 1.25 if round_one else 1.0
    low = (middle[0] - grow * half_width, middle[1] - grow * half_height)
    high = (middle[0] + grow * half_width, middle[1] + grow * half_height)
    (sheet.oval if round_one else sheet.box)(low, high, width=style.pen, marker=style.heading)
    return grow * half_height


def markers(rng: np.random.Generator, *, strength: float = 1.0) -> tuple[Marker, Marker]:
    """Two different markers: for the text and for headings and drawings."""
    text, heading = rng.permutation(np.array(sorted(INKS)))[:2]
    return Marker(INKS[str(text)], strength), Marker(INKS[str(heading)], strength)
