"""What hands do: keys, clicks and seconds, how a text is changed with the fewest keys, and the same work elsewhere.

What counts, and where the figures are from, stands in ``keystrokes``.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import Qt

Key = Qt.Key
_KEY_SECONDS, _CLICK_SECONDS, _HAND_SECONDS = 0.28, 1.3, 0.4


@dataclass
class Effort:
    """What hands do."""

    keys: int = 0
    chords: int = 0
    clicks: int = 0

    def add(self, keys: int = 0, *, chords: int = 0, clicks: int = 0) -> None:
        """keys: pressed alone; chords: of two keys together."""
        self.keys += keys + 2 * chords
        self.chords += chords
        self.clicks += clicks

    @property
    def actions(self) -> int:
        """Keys pressed together once, clicks once."""
        return self.keys - self.chords + self.clicks

    @property
    def seconds(self) -> float:
        """By the keystroke-level model; after each click the hand goes back to the keys."""
        return self.keys * _KEY_SECONDS + self.clicks * (_CLICK_SECONDS + 2 * _HAND_SECONDS)


@dataclass(frozen=True)
class Change:
    """How a text that is wholly selected is turned into another. move: Home, End, or none to type it anew."""

    move: Key | None
    steps: int
    deleted: int
    typed: str

    @property
    def keys(self) -> int:
        """How many it takes."""
        return (self.move is not None) + self.steps + self.deleted + len(self.typed)


@dataclass(frozen=True)
class Doubted:
    """Doubtful letters are replaced: by F2 so many times, and what is typed instead, or Delete."""

    times: int
    typed: str

    @property
    def keys(self) -> int:
        """How many it takes."""
        return self.times + max(1, len(self.typed))


def fewest(text: str, wanted: str) -> Change:
    """The shortest way."""
    head = _shared(text, wanted)
    tail = min(_shared(text[::-1], wanted[::-1]), min(len(text), len(wanted)) - head)
    gone, typed = len(text) - head - tail, wanted[head : len(wanted) - tail]
    ways = (
        Change(None, 0, 0, wanted),
        Change(Key.Key_Home, head, gone, typed),
        Change(Key.Key_End, tail, gone, typed),
    )
    return min(ways, key=lambda way: way.keys)


def _shared(one: str, other: str) -> int:
    count = 0
    while count < min(len(one), len(other)) and one[count] == other[count]:
        count += 1
    return count


def others(wrong: Sequence[tuple[str, str]], photos: int) -> dict[str, Effort]:
    """The same corrections (read, true) in the two other programs."""
    paddle, labelme = Effort(), Effort()
    paddle.add(chords=photos)
    labelme.add(photos, chords=photos)
    for read, wanted in wrong:
        for effort in (paddle, labelme):
            effort.add(clicks=1)
        if wanted:
            changes = fewest(read, wanted).keys + 1
            paddle.add(changes)
            labelme.add(changes, chords=1)
        else:
            paddle.add(1)
            labelme.add(2)
    return {"PPOCRLabel": paddle, "labelme": labelme}
