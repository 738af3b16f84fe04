"""Films of lectures that are made up: writing that appears and is wiped off, and a lecturer who walks before it.

The truth is known exactly: which writing is on the board at any time, and where the lecturer is. Nobody looks the same
twice: size, clothes, speed, pauses, shadow, flicker, noise and the camera's unrest come from a random number generator.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

import cv2
import numpy as np
from numpy.typing import NDArray

Picture = NDArray[np.uint8]
Mask = NDArray[np.bool_]


@dataclass(frozen=True, eq=False)
class Stroke:
    """A part of the writing: its place, how it looks there, and which pixels are ink."""

    place: tuple[slice, slice]
    look: Picture
    alpha: NDArray[np.float32]
    ink: Mask


@dataclass
class TrueState:
    """What the board shows before it is wiped: its strokes, and from when to when all of them are there."""

    strokes: list[Stroke]
    complete: float = 0.0
    wiped: float = 0.0


@dataclass(eq=False)
class Script:
    """What happens: at a time, a stroke comes (+1) or goes (-1)."""

    board: Picture
    states: list[TrueState]
    events: list[tuple[float, int, Stroke]] = field(default_factory=list)
    seconds: float = 0.0


@dataclass(frozen=True)
class Lecturer:
    """Ranges and traits of whoever walks before the board.

    Attributes:
        stands: Seconds of a pause between two walks, least and most.
        wide: Width of the body, as a multiple of the usual.
        plain: Whether the clothes have no pattern.
        pale: Whether they are as bright as a whiteboard, nearly.
        still: Whether they stand without any movement.
        stays: Seconds before the end of the film from which they stand before the writing; 0 for not at all.
    """

    stands: tuple[float, float] = (1.0, 9.0)
    wide: float = 1.0
    plain: bool = False
    pale: bool = False
    still: bool = False
    stays: float = 0.0


@dataclass(frozen=True)
class Filming:
    """How it is filmed: people, light and camera."""

    person: bool = True
    lecturer: Lecturer = Lecturer()
    flicker: float = 0.02
    noise: float = 2.5
    shake: float = 0.0
    rate: float = 4.0
    codec: str = "mp4v"


def make_strokes(board: Picture, look: Picture, ink: Mask, *, reach: int) -> list[Stroke]:
    """Cut the writing on a picture into strokes: what is within ``reach`` pixels of each other stays together."""
    near = cv2.dilate(ink.astype(np.uint8), np.ones((reach, reach), np.uint8))
    count, labels, stats, _ = cv2.connectedComponentsWithStats(near)
    found = []
    for number in range(1, count):
        left, top, width, height = (int(each) for each in stats[number][:4])
        place = np.s_[max(0, top - 4) : top + height + 4, max(0, left - 4) : left + width + 4]
        own = ink[place] & (labels[place] == number)
        if own.sum() >= 12:
            alpha = cv2.GaussianBlur(cv2.dilate(own.astype(np.float32), np.ones((7, 7))), (0, 0), 1.2)
            found.append(Stroke(place, look[place].copy(), np.asarray(alpha, np.float32), own))
    return sorted(found, key=lambda stroke: (stroke.place[1].start // (board.shape[1] // 3), stroke.place[0].start))


def draw_state(script: Script, strokes: Sequence[Stroke]) -> tuple[Picture, Mask]:
    """Draw a board with strokes: the picture, and which pixels are ink."""
    picture, ink = script.board.copy(), np.zeros(script.board.shape[:2], np.bool_)
    for stroke in strokes:
        _paint(picture, stroke)
        ink[stroke.place] |= stroke.ink
    return picture, ink


def _paint(picture: Picture, stroke: Stroke) -> None:
    part = picture[stroke.place]
    alpha = stroke.alpha[..., None]
    part[:] = (part * (1 - alpha) + stroke.look * alpha).astype(np.uint8)


def write_script(
    board: Picture,
    states: Sequence[Sequence[Stroke]],
    rng: np.random.Generator,
    *,
    seconds: float,
    wiping: tuple[float, float] = (5.0, 15.0),
) -> Script:
    """Plan a lecture: each state is written stroke by stroke, looked at, and what the next lacks is wiped off.

    Args:
        board: The bare board.
        states: The strokes of each state.
        rng: Decides on all moments.
        seconds: Mean length of a state.
        wiping: How long it takes to wipe a state off, least and most seconds.
    """
    script = Script(board, [TrueState(list(each)) for each in states])
    at = 2.0
    present: list[Stroke] = []
    for number, state in enumerate(script.states):
        new = [stroke for stroke in state.strokes if not any(stroke is each for each in present)]
        length = seconds * rng.uniform(0.7, 1.3)
        # Lecturers write in spurts and talk between them.
        moments = np.sort(rng.beta(0.9, 1.1, len(new))) * 0.75 * length
        for moment, stroke in zip(moments, new, strict=True):
            script.events.append((at + moment, 1, stroke))
        if new and rng.random() < 0.5:
            # A slip is corrected.
            slip = new[int(rng.integers(len(new)))]
            if slip.ink.sum() < 0.05 * sum(stroke.ink.sum() for stroke in state.strokes):
                moment = at + 0.8 * length
                script.events += [(moment, -1, slip), (moment + 4, 1, slip)]
        state.complete = at + 0.85 * length
        at += length
        state.wiped = at
        if number + 1 < len(script.states):
            follow = script.states[number + 1].strokes
            gone = [stroke for stroke in state.strokes if not any(stroke is each for each in follow)]
            gone.sort(key=lambda stroke: stroke.place[1].start)
            duration = rng.uniform(*wiping)
            for share, stroke in zip(np.linspace(0, 1, len(gone)), gone, strict=True):
                script.events.append((at + share * duration, -1, stroke))
            at += duration + rng.uniform(4, 10)
            present = [stroke for stroke in state.strokes if any(stroke is each for each in follow)]
    script.seconds = at + 6
    script.states[-1].wiped = script.seconds
    script.events.sort(key=lambda event: event[0])
    return script


def begin_later(script: Script, seconds: float) -> None:
    """Let a film begin in the middle: what happens before a time has happened when it begins."""
    script.events = [(at - seconds, change, stroke) for at, change, stroke in script.events]
    for state in script.states:
        state.complete, state.wiped = state.complete - seconds, state.wiped - seconds
    script.seconds -= seconds


class Person:
    """A lecturer: a head, a body with a patterned shirt, trousers and two arms, one of which may reach to the board."""

    def __init__(
        self, size: tuple[int, int], rng: np.random.Generator, kind: Lecturer | None = None, *, end: float = np.inf
    ) -> None:
        """size: height and width of the frame; end: seconds at which the film ends."""
        self._height, self._width = size
        self._rng = rng
        self._kind, self._end = kind or Lecturer(), end
        self.tall = size[0] * rng.uniform(0.62, 0.85)
        self._skin = np.array([rng.uniform(90, 235), rng.uniform(70, 190), rng.uniform(60, 170)])
        colours = rng.uniform(20, 245, (2, 3))
        if self._kind.pale:
            colours = 205 + rng.uniform(-12, 40) + rng.uniform(-8, 8, (2, 3))
        self._shirt = self._make_cloth(colours[0], colours[0] if self._kind.plain else colours[1])
        self._trousers = self._make_cloth(rng.uniform(10, 120, 3), rng.uniform(10, 120, 3))
        self._hair = rng.uniform(10, 110, 3)
        self.x = -0.2 * size[1]
        self._speed = size[1] * rng.uniform(0.05, 0.16)
        self._target, self._pause = rng.uniform(0, size[1]), 0.0
        self._sway = rng.uniform(0, 6, 3)
        self._reach: tuple[float, float] | None = None

    def _make_cloth(self, one: NDArray[Any], other: NDArray[Any]) -> Picture:
        tall = int(self.tall)
        rough = self._rng.random((tall // 12 + 2, tall // 12 + 2)).astype(np.float32)
        pattern = cv2.resize(rough, (tall + 24, tall + 24), interpolation=cv2.INTER_CUBIC)[..., None]
        grain = self._rng.normal(0, 6, (tall + 24, tall + 24, 1))
        return np.clip(one * pattern + other * (1 - pattern) + grain, 0, 255).astype(np.uint8)

    def step(self, seconds: float, at: float, work: tuple[float, float] | None) -> None:
        """Walk on. work: where something is written or wiped now, which the person stands beside."""
        if work is not None:
            self._target, self._reach = work[0] - self._width * 0.07 * self._kind.wide, work
            self._pause = 0.0
        elif at > self._end - self._kind.stays:
            self._target, self._reach = 0.45 * self._width, None
        elif self._pause > 0:
            self._pause -= seconds
        elif abs(self._target - self.x) < self._width * 0.01:
            self._pause = self._rng.uniform(*self._kind.stands)
            self._target = self._rng.uniform(-0.25, 1.25) * self._width
            self._reach = None
        way = self._target - self.x
        # To where somebody writes, they have always come in time.
        fast = 5.0 if work is not None else 1.0
        self.x += float(np.clip(way, -self._speed * seconds * fast, self._speed * seconds * fast))
        self._at = at

    def draw(self) -> tuple[Picture, Mask]:
        """Draw the person on an empty frame: the pixels, and where they are."""
        picture = np.zeros((self._height, self._width, 3), np.uint8)
        mask = np.zeros((self._height, self._width), np.uint8)
        sway = np.sin(self._at * np.array([1.1, 1.7, 0.6]) + self._sway) * self.tall * 0.006
        sway *= not self._kind.still
        x, top, unit = self.x + sway[0], self._height - self.tall + sway[1], self.tall / 7.5
        shoulder, wide = top + 1.5 * unit, unit * self._kind.wide
        body = np.array(
            [
                (x - 0.95 * wide, shoulder), (x + 0.95 * wide, shoulder),
                (x + 0.75 * wide, top + 4.3 * unit), (x - 0.75 * wide, top + 4.3 * unit),
            ]
        )  # fmt: skip
        legs = np.array(
            [
                (x - 0.75 * wide, top + 4.2 * unit), (x + 0.75 * wide, top + 4.2 * unit),
                (x + 0.6 * wide, self._height + 5), (x - 0.6 * wide, self._height + 5),
            ]
        )  # fmt: skip
        self._fill(picture, mask, [legs], self._trousers, (x, top))
        self._fill(picture, mask, [body], self._shirt, (x, top))
        hang = x - 1.1 * wide, shoulder + 2.6 * unit
        reach = self._reach or (x + 1.1 * wide, shoulder + 2.5 * unit)
        for begin, end in (((x - 0.9 * wide, shoulder), hang), ((x + 0.9 * wide, shoulder), reach)):
            way = np.subtract(end, begin)
            length = float(np.hypot(*way))
            hand = tuple(np.add(begin, way * min(1.0, 3.2 * unit / max(length, 1.0))))
            self._limb(picture, mask, begin, hand, 0.52 * unit, self._shirt, (x, top))
            self._blob(picture, mask, hand, (0.26 * unit, 0.26 * unit), self._skin)
        self._blob(picture, mask, (x, top + 0.75 * unit), (0.48 * unit, 0.72 * unit), self._skin)
        self._blob(picture, mask, (x, top + 0.4 * unit), (0.5 * unit, 0.42 * unit), self._hair)
        return picture, mask > 0

    def _fill(
        self, picture: Picture, mask: Any, shapes: list[Any], cloth: Picture, origin: tuple[float, float]
    ) -> None:
        rounded = [np.round(shape).astype(np.int32) for shape in shapes]
        left, top, right, bottom = self._clip(*np.vstack(rounded).min(axis=0), *np.vstack(rounded).max(axis=0))
        own = np.zeros((bottom - top, right - left), np.uint8)
        cv2.fillPoly(own, rounded, 1, offset=(-left, -top))
        ys, xs = np.nonzero(own)
        ys, xs = ys + top, xs + left
        picture[ys, xs] = cloth[(ys - int(origin[1])) % len(cloth), (xs - int(origin[0])) % len(cloth)]
        mask[ys, xs] = 1

    def _clip(self, left: int, top: int, right: int, bottom: int) -> tuple[int, int, int, int]:
        """Clip a box, whose right and bottom are inside, to the frame; without them it is returned."""
        box = max(0, left), max(0, top), min(self._width, right + 1), min(self._height, bottom + 1)
        return box[0], box[1], max(box[0], box[2]), max(box[1], box[3])

    def _limb(
        self,
        picture: Picture,
        mask: Any,
        begin: Any,
        end: Any,
        wide: float,
        cloth: Picture,
        origin: tuple[float, float],
    ) -> None:
        way = np.subtract(end, begin)
        side = np.array([-way[1], way[0]]) / max(1e-6, float(np.hypot(*way))) * wide / 2
        shape = np.array([begin + side, begin - side, end - side, end + side])
        self._fill(picture, mask, [shape], cloth, origin)

    def _blob(self, picture: Picture, mask: Any, centre: Any, axes: tuple[float, float], colour: NDArray[Any]) -> None:
        place, size = tuple(int(each) for each in centre), tuple(int(each) for each in axes)
        left, top, right, bottom = self._clip(
            place[0] - size[0], place[1] - size[1], place[0] + size[0], place[1] + size[1]
        )
        own = np.zeros((bottom - top, right - left), np.uint8)
        cv2.ellipse(own, (place[0] - left, place[1] - top), size, 0, 0, 360, 1, -1)
        ys, xs = np.nonzero(own)
        ys, xs = ys + top, xs + left
        shade = 1 - 0.25 * ((xs - place[0]) / max(1, size[0]))[:, None]
        picture[ys, xs] = np.clip(colour * shade, 0, 255)
        mask[ys, xs] = 1


def film(script: Script, filming: Filming, rng: np.random.Generator) -> Iterator[tuple[float, Picture, Mask]]:
    """Film a lecture: times, frames (RGB), and where the lecturer is."""
    height, width = script.board.shape[:2]
    board, present = script.board.copy(), list[Stroke]()
    person = Person((height, width), rng, filming.lecturer, end=script.seconds) if filming.person else None
    # Noise is drawn once, larger than a frame, and cut out of it elsewhere for each.
    noise = np.round(rng.normal(0, filming.noise, (height + 64, width + 64, 3))).astype(np.int16)
    unrest = [(rng.uniform(0.15, 0.9), rng.uniform(0, 6.3)) for _ in range(12)]
    events = list(script.events)
    shadow = rng.uniform(0.72, 0.9), rng.uniform(0.01, 0.04) * width
    for number in range(int(script.seconds * filming.rate)):
        at = number / filming.rate
        while events and events[0][0] <= at:
            _, change, stroke = events.pop(0)
            if change > 0:
                present.append(stroke)
                _paint(board, stroke)
            else:
                present = [each for each in present if each is not stroke]
                board[stroke.place] = script.board[stroke.place]
                for each in present:
                    if _touch(each.place, stroke.place):
                        _paint(board, each)
        frame = board.copy()
        covers = np.zeros((height, width), np.bool_)
        if person is not None:
            person.step(1 / filming.rate, at, _work_at(events, at))
            pixels, covers = person.draw()
            _cast_shadow(frame, covers, shadow)
            np.copyto(frame, pixels, where=covers[..., None])
        gain = 1 + filming.flicker * (np.sin(at * 2.1) * 0.5 + rng.normal(0, 0.4))
        top, left = rng.integers(0, 64, 2)
        grain = noise[top : top + height, left : left + width]
        bright = cv2.convertScaleAbs(frame, alpha=float(gain))
        picture = np.asarray(cv2.add(bright, grain, dtype=cv2.CV_8U), np.uint8)
        if filming.shake:
            picture = _shake(picture, unrest, at, filming.shake)
        yield at, picture, np.asarray(covers)


def _cast_shadow(frame: Picture, covers: Mask, shadow: tuple[float, float]) -> None:
    """Darken a frame beside what covers it, softly. shadow: brightness there, and how far away it falls."""
    height, width = covers.shape
    small = cv2.resize(covers.astype(np.float32), (width // 4, height // 4), interpolation=cv2.INTER_AREA)
    small = cv2.GaussianBlur(np.roll(small, int(shadow[1] / 4), 1), (0, 0), width / 1000)
    share = np.round(255 * (1 - (1 - shadow[0]) * cv2.resize(small, (width, height)))).astype(np.uint8)
    cv2.multiply(frame, cv2.merge([share] * 3), frame, 1 / 255)


def _touch(one: tuple[slice, slice], other: tuple[slice, slice]) -> bool:
    return all(a.start < b.stop and b.start < a.stop for a, b in zip(one, other, strict=True))


def _work_at(events: Sequence[tuple[float, int, Stroke]], at: float) -> tuple[float, float] | None:
    if not events or events[0][0] > at + 1.2:
        return None
    rows, columns = events[0][2].place
    return (columns.start + columns.stop) / 2, (rows.start + rows.stop) / 2


def _shake(picture: Picture, unrest: Sequence[tuple[float, float]], at: float, amount: float) -> Picture:
    """Move the camera as a hand does: shift, turn, come nearer, and tilt."""
    height, width = picture.shape[:2]
    wave = [np.sin(at * speed + phase) for speed, phase in unrest]
    shift = amount * width * 0.02 * np.array([wave[0] + 0.5 * wave[1], wave[2] + 0.5 * wave[3]])
    turn = cv2.getRotationMatrix2D((width / 2, height / 2), amount * 1.2 * wave[4], 1 + amount * 0.02 * wave[5])
    matrix = np.vstack([turn, [0, 0, 1]])
    matrix[:2, 2] += shift
    matrix[2, :2] = amount * 1.2e-5 * np.array([wave[6], wave[7]])
    warped = cv2.warpPerspective(picture, matrix, (width, height), borderMode=cv2.BORDER_REFLECT_101)
    return np.asarray(warped, np.uint8)


SUFFIX: Final = {"mp4v": ".mp4", "MJPG": ".avi"}


def write_film(path: Path, script: Script, filming: Filming, rng: np.random.Generator) -> Path:
    """Write a film of a lecture; returns its path with the suffix of its format."""
    path = path.with_suffix(SUFFIX[filming.codec])
    height, width = script.board.shape[:2]
    code = cv2.VideoWriter.fourcc(*filming.codec)
    writer = cv2.VideoWriter(str(path), code, filming.rate, (width, height))
    for _, picture, _ in film(script, filming, rng):
        writer.write(cv2.cvtColor(picture, cv2.COLOR_RGB2BGR))
    writer.release()
    return path


def _draw_surroundings(board: Picture, rng: np.random.Generator) -> None:
    """Draw the frame of a board, and what hangs on the wall around it."""
    height, width = board.shape[:2]
    wall = height // 14
    inside = board[wall:-wall, wall:-wall].copy()
    board[:] = 150
    for _ in range(40):
        left, top = int(rng.integers(width)), int(rng.choice([0, height - wall]))
        size = int(rng.integers(4, 3 * wall)), int(rng.integers(4, wall))
        colour = tuple(int(each) for each in rng.integers(30, 230, 3))
        cv2.rectangle(board, (left, top), (left + size[0], top + size[1]), colour, -1)
    board[wall:-wall, wall:-wall] = inside
    cv2.rectangle(board, (wall, wall), (width - wall, height - wall), (90, 70, 50), max(2, width // 160))


def draw_lecture(
    rng: np.random.Generator,
    *,
    size: tuple[int, int] = (640, 360),
    states: int = 3,
    seconds: float = 30,
    dark: bool = False,
) -> Script:
    """Draw a board with words that are written and wiped off, for tests."""
    width, height = size
    ramp = np.linspace(0.92, 1.0, width, dtype=np.float32)[None, :, None]
    level = 45 if dark else 205
    board = np.clip(ramp * np.full((height, width, 3), level, np.float32), 0, 255).astype(np.uint8)
    _draw_surroundings(board, rng)
    words = ["matrix", "vector", "kernel", "basis", "proof", "limit", "sum", "graph", "prime", "field", "ring", "group"]
    all_states = []
    for _ in range(states):
        look, ink = board.copy(), np.zeros((height, width), np.uint8)
        colour = tuple(int(each) for each in (rng.integers(200, 255, 3) if dark else rng.integers(10, 110, 3)))
        for row in range(3):
            for column in range(3):
                place = int((0.08 + 0.3 * column) * width), int((0.25 + 0.25 * row) * height)
                text = str(rng.choice(words))
                for target, value in ((look, colour), (ink, 1)):
                    cv2.putText(
                        target,
                        text,
                        place,
                        cv2.FONT_HERSHEY_SIMPLEX,
                        width / 800,
                        value,
                        max(2, width // 320),
                        cv2.LINE_8,
                    )
        all_states.append(make_strokes(board, look, ink > 0, reach=width // 60))
    return write_script(board, all_states, rng, seconds=seconds)
