"""A built-in single-stroke font: how a marker moves to write each letter.

A letter has a width and strokes. A stroke is "x,y x,y …"; strokes are separated by "|"; "~" before a stroke means a
smooth curve through its points, otherwise straight lines. Units: an x-height is 5, a capital is 8 high, the baseline is
0, y points up. Accented letters are composed of parts.
"""

from __future__ import annotations

import unicodedata
from functools import lru_cache
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

Points: TypeAlias = NDArray[np.float64]

X_HEIGHT, CAPITAL = 5.0, 8.0

LETTERS: dict[str, tuple[float, str]] = {
    "a": (4.4, "~4,4.2 3,5 1.4,4.8 .3,3.2 .4,1.2 1.6,.1 3,.6 4,2.4|4,4.9 4,1.2 4.5,.2"),
    "b": (4.2, ".3,8.2 .3,0|~.3,2.5 1.2,4.5 2.8,4.9 4,3.6 3.9,1.4 2.6,.1 1.2,.3 .3,1.6"),
    "c": (3.9, "~3.9,4 2.6,5 1,4.5 .2,2.6 .8,.8 2.3,0 3.9,.9"),
    "d": (4.1, "~3.9,3.6 3,4.8 1.4,4.8 .3,3.2 .4,1.2 1.6,.1 3,.4 3.9,1.8|3.9,8.2 3.9,0"),
    "e": (4.0, "~.4,2.6 2.2,2.6 3.8,2.8 3.7,4.1 2.5,5 1.1,4.6 .2,2.8 .7,.8 2.3,0 3.9,.9"),
    "f": (3.2, "~3.5,7.6 2.6,8.3 1.6,7.5 1.4,5.5 1.4,2.5 1.4,0|.1,4.8 3,4.9"),
    "g": (4.2, "~3.9,3.8 2.8,5 1.2,4.6 .3,2.9 .9,.9 2.4,.4 3.9,2|~3.9,4.9 3.95,1 3.7,-2 2.2,-3 .5,-2.3"),
    "h": (4.1, ".3,8.2 .3,0|~.3,3 1.6,4.8 3.1,4.7 3.7,3.2 3.8,0"),
    "i": (1.1, ".5,4.9 .55,0|.45,6.9 .65,6.7"),
    "j": (1.9, "~1.4,4.9 1.4,-1 1,-2.6 -.2,-2.6|1.35,6.9 1.55,6.7"),
    "k": (3.8, ".3,8.2 .3,0|3.4,4.8 .4,2.3|1.4,3.1 3.8,0"),
    "l": (1.6, "~.4,8.2 .4,4 .45,1.2 .8,.2 1.6,.2"),
    "m": (6.4, ".3,4.9 .3,0|~.3,3.4 1.3,4.8 2.5,4.7 3,3.4 3,0|~3,3.4 4.1,4.8 5.3,4.7 5.9,3.4 6,0"),
    "n": (4.1, ".3,4.9 .3,0|~.3,3.2 1.6,4.8 3,4.7 3.7,3.3 3.8,0"),
    "o": (4.3, "~2.2,5 .8,4.4 .2,2.6 .8,.6 2.2,0 3.6,.6 4.1,2.5 3.6,4.4 2.1,5"),
    "p": (4.2, ".3,4.9 .3,-3|~.3,2.5 1.2,4.5 2.8,4.9 4,3.6 3.9,1.4 2.6,.1 1.2,.3 .3,1.4"),
    "q": (4.2, "~3.9,3.6 3,4.8 1.4,4.8 .3,3.2 .4,1.2 1.6,.1 3,.4 3.9,1.8|3.9,4.9 3.9,-3 4.7,-2.4"),
    "r": (2.9, ".3,4.9 .3,0|~.3,2.9 1.2,4.5 2.2,4.9 3.1,4.6"),
    "s": (3.6, "~3.4,4.2 2.2,5 .8,4.6 .6,3.4 1.8,2.7 3.2,2 3.4,.8 2,0 .3,.7"),
    "t": (3.1, "~1.4,7 1.4,4 1.4,1.2 2,.2 3.1,.5|.1,4.9 2.9,5"),
    "u": (4.1, "~.3,4.9 .3,1.6 1.2,.2 2.6,.2 3.7,1.8|3.8,4.9 3.8,0"),
    "v": (3.9, ".1,4.9 1.9,0 3.8,4.9"),
    "w": (5.7, ".1,4.9 1.4,0 2.8,4.2 4.2,0 5.6,4.9"),
    "x": (3.9, ".2,4.9 3.7,0|3.6,4.9 .2,0"),
    "y": (4.0, ".2,4.9 2.1,.6|3.9,4.9 2.2,.8 .6,-3"),
    "z": (3.8, ".2,4.8 3.6,4.8 .2,0 3.8,0"),
    "A": (4.9, "0,0 2.4,8 4.9,0|.9,2.9 4,2.9"),
    "B": (4.5, ".4,8 .4,0|~.4,8 2.8,8 3.8,7 3.6,5 2.4,4.3 .4,4.2|~.4,4.2 3,4.2 4.3,3 4.2,1.2 3,.1 .4,0"),
    "C": (5.0, "~4.8,6.7 3.2,8 1.4,7.4 .3,5 .5,2 1.8,.2 3.4,0 4.9,1.3"),
    "D": (5.0, ".4,8 .4,0|~.4,8 2.4,8 4.2,6.8 4.8,4 4.1,1.3 2.4,.1 .4,0"),
    "E": (4.2, "4,8 .4,8 .4,0 4.1,0|.4,4.2 3.4,4.2"),
    "F": (4.0, ".4,8 .4,0|.3,8 4.2,8|.4,4.3 3.5,4.3"),
    "G": (5.2, "~4.7,6.8 3.2,8 1.4,7.4 .3,5 .5,2 1.8,.2 3.6,.1 4.8,1.2 5,3.4|5,3.5 3,3.5"),
    "H": (4.9, ".4,8 .4,0|4.6,8 4.6,0|.4,4.2 4.6,4.2"),
    "I": (2.6, "1.3,8 1.3,0|.2,8 2.4,8|.2,0 2.4,0"),
    "K": (4.6, ".4,8 .4,0|4.3,8 .5,3.6|1.5,4.6 4.6,0"),
    "L": (4.2, ".4,8 .4,0 4.2,0"),
    "M": (6.1, ".3,0 .6,8 3,2.6 5.5,8 5.8,0"),
    "N": (5.1, ".4,0 .4,8 4.6,0 4.7,8"),
    "O": (5.5, "~2.8,8 1,7.2 .2,4.2 1,1 2.8,0 4.6,1 5.3,4 4.6,7.1 2.7,8"),
    "P": (4.3, ".4,8 .4,0|~.4,8 2.8,8 4.3,7 4.2,5 2.8,4 .4,3.9"),
    "R": (4.7, ".4,8 .4,0|~.4,8 2.8,8 4.2,7 4.1,5.2 2.8,4.3 .4,4.2|2.4,4.2 4.7,0"),
    "S": (4.4, "~4.2,6.9 2.8,8 1,7.6 .5,6 1.8,4.6 3.7,3.4 4.3,1.7 2.9,.1 1.2,.1 .2,1.2"),
    "T": (5.1, ".1,8 5.1,8|2.6,8 2.6,0"),
    "W": (7.1, ".1,8 1.7,0 3.6,6.4 5.4,0 7,8"),
    "0": (4.5, "~2.3,8 .8,7 .2,4 .8,1 2.3,0 3.8,1 4.3,4 3.8,7 2.2,8"),
    "1": (2.6, ".3,6 2,8 2,0"),
    "2": (4.3, "~.4,6.4 1.4,7.8 3,7.8 3.9,6.4 3.4,4.4 1.8,2.2 .2,.1|.2,.1 4.3,.1"),
    "3": (4.2, "~.4,7.2 1.8,8 3.4,7.5 3.6,5.7 2.6,4.5 1.5,4.3|~1.5,4.3 3.2,4.1 4,2.6 3.5,.8 2,0 .3,.8"),
    "4": (4.7, "2.8,8 .2,2.7 4.6,2.7|3.5,4.8 3.5,0"),
    "5": (4.3, "3.9,8 .9,8 .7,4.6|~.7,4.6 2.2,5.1 3.8,4.2 4,2 2.8,.2 1.2,.1 .2,1"),
    "6": (4.3, "~3.6,7.8 2,7.2 .7,5 .3,2.4 1.1,.4 2.6,0 3.9,1.2 3.9,3.1 2.7,4.3 1.2,3.8 .4,2.4"),
    "7": (4.2, ".2,8 4.1,8 1.5,0"),
    "8": (4.3, "~2.2,4.3 .8,5.4 .7,7 2.1,8 3.6,7.1 3.5,5.4 2.2,4.3 .6,3.2 .4,1.2 2.1,0 3.9,1.2 3.8,3.1 2.2,4.3"),
    "9": (4.3, "~3.9,6.4 2.8,7.9 1.1,7.6 .3,5.8 1,4.1 2.6,3.9 3.8,5.2 4,6.6|~4,6.6 3.9,4 3.5,1.6 2.4,0"),
    ".": (0.9, ".3,.2 .5,0"),
    ",": (0.9, ".5,.3 .1,-1.2"),
    ":": (1.0, ".4,.4 .6,.2|.4,4 .6,3.8"),
    "!": (1.0, ".5,8 .5,2.4|.4,.3 .6,.1"),
    "?": (3.8, "~.3,6.4 1,7.8 2.6,8 3.6,6.8 3.2,5.2 2,4 1.8,2.4|1.7,.3 1.9,.1"),
    "-": (3.2, ".4,2.6 2.9,2.6"),
    "J": (3.9, "~2.9,8 2.9,2 2.4,.4 1.2,0 .2,1.3|1.5,8 4,8"),
    "Q": (5.7, "~2.8,8 1,7.2 .2,4.2 1,1 2.8,0 4.6,1 5.3,4 4.6,7.1 2.7,8|3.4,2.1 5.6,-.5"),
    "U": (4.9, "~.4,8 .4,2.6 1.2,.4 2.5,0 3.8,.5 4.5,2.6 4.5,8"),
    "V": (4.9, ".1,8 2.5,0 4.8,8"),
    "X": (4.7, ".2,8 4.5,0|4.5,8 .2,0"),
    "Y": (4.6, ".1,8 2.3,4.2|4.6,8 2.3,4.2 2.2,0"),
    "Z": (4.5, ".3,8 4.2,8 .2,0 4.4,0"),
    "ß": (4.0, "~.4,0 .4,6.4 1.6,8.2 3,7.6 3,6 2,4.8 3.6,3.4 3.6,1 2.2,.1 1.4,.4"),
    "'": (0.8, ".5,8.2 .3,6.6"),
    '"': (1.8, ".4,8.2 .3,6.6|1.5,8.2 1.4,6.6"),
    "(": (2.0, "~1.9,8.8 .7,6.8 .2,3.8 .6,.8 1.8,-1.2"),
    ")": (2.0, "~.1,8.8 1.3,6.8 1.8,3.8 1.4,.8 .2,-1.2"),
    "[": (2.0, "1.9,8.8 .4,8.8 .4,-1 1.9,-1"),
    "]": (2.0, ".1,8.8 1.6,8.8 1.6,-1 .1,-1"),
    "{": (2.4, "~2.3,8.8 1.3,8.2 1.3,5.4 .3,3.9|~.3,3.9 1.3,2.4 1.3,-.4 2.3,-1"),
    "}": (2.4, "~.1,8.8 1.1,8.2 1.1,5.4 2.1,3.9|~2.1,3.9 1.1,2.4 1.1,-.4 .1,-1"),
    "<": (3.8, "3.6,5.8 .3,3.3 3.7,.8"),
    ">": (3.8, ".2,5.8 3.5,3.3 .1,.8"),
    "=": (3.6, ".3,4.2 3.3,4.2|.3,2.2 3.3,2.2"),
    "+": (3.8, ".2,3.3 3.6,3.3|1.9,5.2 1.9,1.3"),
    "*": (3.0, "1.5,7.6 1.5,4.4|.2,6.8 2.8,5.2|2.8,6.8 .2,5.2"),
    "/": (3.4, "3.2,8.6 .2,-.8"),
    "\\": (3.4, ".2,8.6 3.2,-.8"),
    "#": (5.0, "1.7,7.6 1,.4|3.9,7.6 3.2,.4|.3,5.4 4.9,5.4|.1,2.6 4.6,2.6"),
    "%": (5.6, "4.8,8 .8,0|~1.2,8 .3,7 .5,5.4 1.5,5 2.2,6.2 1.3,8|~4.4,3 3.4,2.2 3.5,.5 4.5,0 5.3,1.2 4.5,3"),
    "&": (5.4, "~5.2,0 3,3 1.2,5.6 1.2,7.2 2.4,8 3.4,7 3,5.6 1,3.6 .3,1.8 1.2,.3 2.6,.1 4.2,1.4 5,3.2"),
    "@": (
        6.6,
        "~4.6,4.6 3.4,5 2.2,4.4 2,2.8 3,2 4.2,2.4 4.7,4.8 4.6,2.4 5.4,2 6.3,3.6 5.9,6.2 4.2,7.8 2.2,7.4 .6,5.6 .3,2.8",
    ),
    "_": (4.4, ".1,-.4 4.2,-.4"),
    ";": (0.9, ".5,.3 .1,-1.2|.4,4 .6,3.8"),
    "|": (0.8, ".4,8.8 .4,-1"),
    "~": (4.0, "~.3,3 1.2,4 2.4,3.2 3.6,4.1"),
    "^": (3.0, ".2,5.8 1.5,8 2.8,5.8"),
    "`": (1.2, ".2,8.2 1,6.8"),
    "$": (4.4, "~4.2,6.9 2.8,8 1,7.6 .5,6 1.8,4.6 3.7,3.4 4.3,1.7 2.9,.1 1.2,.1 .2,1.2|2.3,9 2.2,-1"),
    "€": (5.0, "~4.8,6.7 3.4,8 1.8,7.4 .9,5 1,2.4 2,.4 3.6,0 4.9,1.3|0,4.8 3.4,4.8|0,3.2 3.2,3.2"),
    "£": (4.4, "~3.9,6.6 3,7.9 1.8,7.4 1.4,5.6 1.5,2.4 .4,.1|.4,.1 4.2,.1|.2,3.8 3,3.8"),
    "°": (2.2, "~1.1,8.2 .3,7.4 .7,6.3 1.6,6.3 2,7.3 1.2,8.2"),
    "→": (6.0, ".2,3.3 5.8,3.3|4.2,4.8 5.8,3.3 4.2,1.8"),
    "•": (1.4, "~.4,3.2 .8,3.7 1.1,3.3 .7,2.9 .4,3.3"),
}

# Accents above or below a letter, around x = 0; those above are for lowercase and raised over capitals.
_MARKS = {
    "\u0300": "-.9,7.8 .3,6.4",
    "\u0301": "-.2,6.4 .9,7.8",
    "\u0302": "-1,6.4 0,7.6 1,6.4",
    "\u0303": "~-1.3,6.6 -.6,7.3 .5,6.7 1.3,7.4",
    "\u0304": "-1.1,6.9 1.1,6.9",
    "\u0308": "-.9,7 -.8,6.8|.8,7 .9,6.8",
    "\u030a": "~0,7.9 -.7,7.2 -.3,6.3 .5,6.4 .7,7.3 0,7.9",
    "\u030c": "-1,7.6 0,6.4 1,7.6",
    "\u0327": "~.2,0 .5,-.8 .2,-1.6 -.6,-1.7",
}
_BELOW = "\u0327"


@lru_cache(maxsize=512)
def letter_strokes(letter: str) -> tuple[float, tuple[tuple[Points, bool], ...]]:
    """Return the width of a letter and for each stroke the points (N, 2) and whether they are on a curve.

    Raises ValueError for an unsupported letter.
    """
    if letter in LETTERS:
        width, written = LETTERS[letter]
        return width, _parsed(written)
    parted = unicodedata.normalize("NFD", letter)
    base, marks = parted[:1], parted[1:]
    if base not in LETTERS or not marks or any(mark not in _MARKS for mark in marks):
        raise ValueError(f"this hand can’t write “{letter}”")
    width, written = LETTERS[base]
    parts = list(_parsed("|".join(written.split("|")[:1]) if base in "ij" else written))
    for mark in marks:
        lift = CAPITAL - X_HEIGHT if base.isupper() and mark != _BELOW else 0.0
        parts += [(points + (width / 2, lift), smooth) for points, smooth in _parsed(_MARKS[mark])]
    return width, tuple(parts)


def can_write(text: str) -> bool:
    """Whether the font has every letter of a text."""
    return all(letter == " " or _known(letter) for letter in text)


@lru_cache(maxsize=1024)
def trace_letter(letter: str, step: float) -> tuple[Points, Points, tuple[int, ...]]:
    """Return a letter's control points and how its strokes depend on them, so that the control points can be moved
    first.

    Args:
        letter: The letter.
        step: Letter units between the points of a curve; straight lines have half as many.

    Returns:
        Control points of all strokes, (K, 2); weights, (M, K), whose product with them are the points of the strokes;
        and where each stroke ends among these.

    Raises:
        ValueError: The letter is not supported.
    """
    _, written = letter_strokes(letter)
    given = np.concatenate([points for points, _ in written])
    woven: list[Points] = []
    ends: list[int] = []
    first = 0
    for points, smooth in written:
        counts = np.maximum(1, np.ceil(np.hypot(*np.diff(points, axis=0).T) / (step if smooth else 2 * step))).astype(
            int
        )
        own = _weights(tuple(counts.tolist()), smooth)
        woven.append(np.zeros((len(own), len(given))))
        woven[-1][:, first : first + len(points)] = own
        first += len(points)
        ends.append(len(own) + (ends[-1] if ends else 0))
    weights = np.concatenate(woven)
    given.flags.writeable = weights.flags.writeable = False
    return given, weights, tuple(ends)


def interpolate_curve(points: Points, steps: int) -> Points:
    """Interpolate a smooth curve, (N, 2) -> (M, 2), with this many steps between neighbouring points."""
    return np.asarray(_weights((steps,) * (len(points) - 1), True) @ points)


def catmull_rom_weights(t: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the weights of four points for a curve between the middle two (Catmull and Rom 1974), (N, 4).

    t: (N,), position from the second to the third, 0..1.
    """
    parts = (2 * t**2 - t - t**3, 2 - 5 * t**2 + 3 * t**3, t + 4 * t**2 - 3 * t**3, t**3 - t**2)
    return np.stack(parts, axis=1) / 2


@lru_cache(maxsize=512)
def _weights(counts: tuple[int, ...], smooth: bool) -> Points:
    """Return interpolation weights of control points for a line through them, (M, N), straight or smooth. counts: (N −
    1,), steps between two.
    """
    piece = np.repeat(np.arange(len(counts)), counts)
    t = np.concatenate([np.arange(count) / count for count in counts])
    shares = np.zeros((len(t) + 1, len(counts) + 3))  # the first and the last point count twice
    shares[-1, -2] = 1
    rows = np.arange(len(t))[:, None]
    if smooth:
        shares[rows, piece[:, None] + np.arange(4)] = catmull_rom_weights(t)
    else:
        shares[rows, piece[:, None] + (1, 2)] = np.stack([1 - t, t], axis=1)
    shares[:, 1] += shares[:, 0]
    shares[:, -2] += shares[:, -1]
    return shares[:, 1:-1]


def _known(letter: str) -> bool:
    try:
        letter_strokes(letter)
    except ValueError:
        return False
    return True


def _parsed(written: str) -> tuple[tuple[Points, bool], ...]:
    return tuple(
        (np.array([pair.split(",") for pair in stroke.lstrip("~").split()], np.float64), stroke.startswith("~"))
        for stroke in written.split("|")
    )
