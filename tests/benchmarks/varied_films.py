"""Films of lectures that differ from each other in all that may go wrong, for the benchmark of videos.

Each trait is drawn on a small board or on a real one: how long and how still the lecturer stands, clothes as pale as
the board, slow and fast wiping, boards that are wiped partly, dark boards, short states and films, flicker, noise, a
film that begins in the middle of writing, and one that ends while the lecturer stands before the writing.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from itertools import pairwise
from pathlib import Path
from typing import Any, Final

import cv2
import numpy as np

from tests import filmed
from tests.filmed import Filming, Lecturer, Mask, Picture, Script, Stroke


@dataclass(frozen=True)
class Trait:
    """What is special about a film.

    Attributes:
        name: What the table calls it.
        size: Width and height of its frames.
        states: How many there are.
        seconds: Mean length of a state.
        filming: People, light and camera.
        wiping: Seconds that wiping takes, least and most.
        real: Whether the board is a real one, if there are any; a drawn one otherwise.
        dark: Whether it is a blackboard.
        share: Share of the writing that stays when the board is wiped.
        begins: Share of the first state's length at which the film begins.
    """

    name: str
    size: tuple[int, int] = (640, 360)
    states: int = 3
    seconds: float = 20.0
    filming: Filming = field(default_factory=lambda: Filming(rate=2.0))
    wiping: tuple[float, float] = (5.0, 15.0)
    real: bool = False
    dark: bool = False
    share: float = 0.0
    begins: float = 0.0


def _filmed(**lecturer: Any) -> Filming:
    return Filming(rate=2.0, lecturer=Lecturer(**lecturer))


TRAITS: Final = (
    Trait("stands 3", seconds=14, filming=_filmed(stands=(2, 4))),
    Trait("stands 10", seconds=25, filming=_filmed(stands=(8, 12))),
    Trait("stands 25", seconds=40, filming=_filmed(stands=(22, 28))),
    Trait("still 25", seconds=40, filming=_filmed(stands=(22, 28), still=True)),
    Trait("still 60", seconds=60, filming=_filmed(stands=(50, 65), still=True, plain=True)),
    Trait("wide", seconds=30, filming=_filmed(stands=(5, 15), wide=1.7)),
    Trait("thin", seconds=30, filming=_filmed(stands=(5, 15), wide=0.6)),
    Trait("plain", seconds=30, filming=_filmed(stands=(5, 15), plain=True)),
    Trait("pale", seconds=30, filming=_filmed(stands=(5, 15), plain=True, pale=True)),
    Trait("fast wipe", seconds=20, wiping=(1, 2)),
    Trait("slow wipe", seconds=20, wiping=(20, 30)),
    Trait("part wipe", states=4, seconds=25, share=0.5),
    Trait("ends hidden", states=2, filming=_filmed(stays=12.0)),
    Trait("begins late", states=3, seconds=30, begins=0.6),
    Trait("short", seconds=9, wiping=(2, 4)),
    Trait("20 seconds", states=1, seconds=14),
    Trait("dark", dark=True, seconds=25),
    Trait("dark still", dark=True, seconds=40, filming=_filmed(stands=(22, 28), still=True)),
    Trait("flicker", seconds=25, filming=replace(Filming(), rate=2.0, flicker=0.06)),
    Trait("noise", seconds=25, filming=replace(Filming(), rate=2.0, noise=9.0)),
    Trait("real", real=True, seconds=25),
    Trait("real still", real=True, seconds=40, filming=_filmed(stands=(15, 28), still=True)),
    Trait("real part", real=True, states=4, seconds=25, share=0.4, size=(960, 540)),
    Trait("real dark", real=True, dark=True, seconds=30, size=(960, 540)),
    Trait("real 720", real=True, seconds=30, size=(1280, 720), filming=_filmed(stands=(3, 20))),
    Trait("real 1080", real=True, states=2, seconds=30, size=(1920, 1080), filming=_filmed(stands=(3, 20))),
    Trait("real hand", real=True, states=2, seconds=30, size=(960, 540), filming=Filming(rate=2.0, shake=0.7)),
    Trait("long", states=6, seconds=90, size=(480, 270), filming=replace(_filmed(stands=(3, 40)), rate=1.0)),
)  # fmt: skip


def plan(
    trait: Trait, boards: Sequence[tuple[Picture, Sequence[Sequence[Stroke]]]], rng: np.random.Generator
) -> Script:
    """Plan a film. boards: real ones, each bare, with the strokes of its frames."""
    if trait.real and boards:
        bare, frames = boards[int(rng.integers(len(boards)))]
        bare, states = _shrink(bare, _choose(frames, trait, rng), trait.size)
        if trait.dark:
            bare, states = 230 - np.minimum(bare, 230), [[_invert(each) for each in state] for state in states]
    else:
        drawn = filmed.draw_lecture(rng, size=trait.size, states=trait.states, seconds=1, dark=trait.dark)
        bare, states = drawn.board, [state.strokes for state in drawn.states]
    for before, state in pairwise(states):
        stays = [stroke for stroke in before if rng.random() < trait.share]
        state[:] = [*stays, *(stroke for stroke in state if not any(_meet(stroke, each) for each in stays))]
    script = filmed.write_script(bare, states, rng, seconds=trait.seconds, wiping=trait.wiping)
    filmed.begin_later(script, trait.begins * script.states[0].complete)
    return script


def write(
    path: Path, script: Script, filming: Filming, rng: np.random.Generator, *, seconds: float = 5.0
) -> tuple[Path, list[Mask]]:
    """Write a film.

    Args:
        path: Where, without suffix.
        script: What happens.
        filming: How it is filmed.
        rng: Decides on the rest.
        seconds: How long writing must be free to count as seen.

    Returns:
        The file; and for each state, which pixels the lecturer left free so long after they were written.
    """
    path = path.with_suffix(filmed.SUFFIX[filming.codec])
    height, width = script.board.shape[:2]
    written = [np.full((height, width), np.inf) for _ in script.states]
    for state, moments in zip(script.states, written, strict=True):
        for at, change, stroke in script.events:
            if change > 0 and at < state.wiped and any(stroke is each for each in state.strokes):
                moments[stroke.place][stroke.ink] = at
    counts = np.zeros((len(written), height, width), np.uint16)
    margin = np.ones((round(width / 60) | 1,) * 2, np.uint8)
    writer = cv2.VideoWriter(str(path), cv2.VideoWriter.fourcc(*filming.codec), filming.rate, (width, height))
    for at, picture, covers in filmed.film(script, filming, rng):
        writer.write(cv2.cvtColor(picture, cv2.COLOR_RGB2BGR))
        free = cv2.dilate(covers.astype(np.uint8), margin) == 0
        for number, state in enumerate(script.states):
            if at < state.wiped:
                counts[number] += free & (written[number] < at)
    writer.release()
    return path, [each >= seconds * filming.rate for each in counts]


def _choose(frames: Sequence[Sequence[Stroke]], trait: Trait, rng: np.random.Generator) -> list[list[Stroke]]:
    """Choose frames that share no writing."""
    order = rng.permutation(len(frames))
    chosen: list[list[Stroke]] = []
    for number in order:
        known = {id(stroke) for state in chosen for stroke in state}
        state = [stroke for stroke in frames[number] if id(stroke) not in known]
        if len(state) > 4 and len(chosen) < trait.states:
            chosen.append(state)
    return chosen


def _shrink(
    bare: Picture, states: Sequence[Sequence[Stroke]], size: tuple[int, int]
) -> tuple[Picture, list[list[Stroke]]]:
    """Give a board and its strokes another size."""
    small = np.asarray(cv2.resize(bare, size, interpolation=cv2.INTER_AREA), np.uint8)
    reach = max(5, round(25 * size[0] / bare.shape[1]))
    made = []
    for state in states:
        look, ink = filmed.draw_state(Script(bare, []), state)
        there = np.asarray(cv2.resize(ink.astype(np.float32), size, interpolation=cv2.INTER_AREA) > 0.4, np.bool_)
        shrunk = np.asarray(cv2.resize(look, size, interpolation=cv2.INTER_AREA), np.uint8)
        made.append(filmed.make_strokes(small, shrunk, there, reach=reach))
    return small, made


def _invert(stroke: Stroke) -> Stroke:
    return replace(stroke, look=(230 - np.minimum(stroke.look, 230)).astype(np.uint8))


def _meet(one: Stroke, other: Stroke) -> bool:
    return all(a.start < b.stop and b.start < a.stop for a, b in zip(one.place, other.place, strict=True))
