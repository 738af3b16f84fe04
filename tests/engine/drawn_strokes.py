"""A file of pen strokes as collections of them have it, drawn by our own hand."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from ocr_studio.engine.synth.handwriting.hand import Hand
from ocr_studio.engine.synth.handwriting.rendered_text import Floats

WORDS = (
    "board",
    "meeting",
    "Plan",
    "list",
    "queue",
    "yes",
    "answer",
    "paper",
    "Team",
    "window",
    "zoo",
    "open",
    "hello",
)
LETTERS = "abcdefghijklmnopqrstuvwxyzABCDEFGHIKLMNOPRSTW0123456789.,:()[]-+="


def write(path: Path, *, writers: int = 3, words: tuple[str, ...] = WORDS, letters: str = LETTERS) -> None:
    """So many people, each of whom wrote all of these; the last is not to be trained on."""
    rng = np.random.default_rng(5)
    points: list[Floats] = []
    items: list[int] = [0]
    texts: list[str] = []
    owners: list[int] = []
    for owner in range(writers):
        hand = Hand.sample(rng, size=12.0)
        for text in (*words, *letters):
            drawn = _strokes(text, hand, rng)
            every = np.concatenate(drawn)
            # Collections bring every item to the same height.
            grow = 200 / max(1.0, float(np.ptp(every[:, 1])))
            points += [(stroke - every.min(axis=0)) * min(grow, 8.0) for stroke in drawn]
            items.append(len(points))
            texts.append(text)
            owners.append(owner)
    np.savez_compressed(
        path,
        allow_pickle=False,
        points=np.round(np.concatenate(points)).astype(np.int16),
        stroke_offsets=np.cumsum([0, *map(len, points)]).astype(np.int32),
        item_offsets=np.array(items, np.int32),
        texts=np.array(texts),
        writers=np.array(owners, np.int16),
        writer_names=np.array([f"person {number}" for number in range(writers)]),
        train=np.array(owners) < writers - 1,
    )


def _strokes(text: str, hand: Hand, rng: np.random.Generator) -> list[Floats]:
    drawn: list[Floats] = []
    along = 0.0
    for letter in text:
        strokes, advance = hand.write_letter(letter, rng)
        drawn += [stroke + (along, 0.0) for stroke in strokes]
        along += advance
    return drawn
