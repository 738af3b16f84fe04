"""Checks of a dataset before training: its size, new characters, and labels that may be wrong."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import groupby
from typing import Final

import numpy as np

from ocr_studio.core.datasets.dataset import Dataset, Example, Split
from ocr_studio.core.evaluation import metrics
from ocr_studio.core.geometry import overlap
from ocr_studio.core.geometry import quads as geometry
from ocr_studio.core.page import Quad
from ocr_studio.core.translation import tr, tr_n

# With fewer words, nothing would be left for evaluation.
LEAST: Final = 5
# With fewer words, the scores on held-out words are too uncertain to tell whether training helped.
TELLING: Final = 50
# Measured: about a hundred words by a writer clearly improve reading the writer's next board.
PLENTY: Final = 100

# Share of characters that differ. Even a bad misreading keeps about half of a word; a larger difference usually means
# that the label belongs to a neighbour or the box was moved.
_FAR: Final = 0.67
# Readings with high confidence are correct nine times out of ten, so a smaller difference is suspicious.
_FAR_FROM_SURE: Final = 0.5
_SURE: Final = 0.9
# In one or two characters, one mistake is a large share.
_LETTERS: Final = 3
# Degrees. Steeper writing is rare on boards; corners in the wrong order rotate a box by 90° or 180°.
_STEEP: Final = 60.0
# Height / width from which a box of three or more characters is suspicious.
_UPRIGHT: Final = 1.6


class LabelProblem(StrEnum):
    """Reason why a label may be wrong."""

    FAR = "far from what was read"
    TWISTED = "twisted corners"
    DISAGREE = "said twice, differently"


@dataclass(frozen=True, slots=True)
class DoubtfulLabel:
    """A label that may be wrong, with the reason as one sentence for the user."""

    example: Example
    worry: LabelProblem
    why: str


@dataclass(frozen=True, slots=True)
class WordGroup:
    """The words of one writer or of one photo, as numbers for training and for evaluation."""

    title: str
    train: int
    held_out: int

    @property
    def words(self) -> int:
        """Number of all words."""
        return self.train + self.held_out


def group_words(dataset: Dataset) -> tuple[WordGroup, ...]:
    """Group the words by writer if all writers are known, otherwise by photo, in the order of the dataset."""
    examples = dataset.examples
    by_writer = bool(examples) and all(example.writer for example in examples)
    titles = [(each.writer if by_writer else each.image or each.photo) or "" for each in examples]
    found: dict[str, list[Split]] = {}
    for title, example in zip(titles, examples, strict=True):
        found.setdefault(title, []).append(example.split)
    return tuple(
        WordGroup(title, splits.count(Split.TRAIN), splits.count(Split.HELD_OUT)) for title, splits in found.items()
    )


def count_writers(dataset: Dataset) -> dict[str, int]:
    """Return the number of words of each known writer, most words first."""
    return dict(Counter(each.writer for each in dataset.examples if each.writer).most_common())


def find_new_letters(dataset: Dataset, known: Iterable[str]) -> str:
    """Return the characters of the labels that are not in an alphabet, sorted by code point, without the space."""
    return "".join(sorted(set(dataset.alphabet) - set(known) - {" "}))


def find_doubtful_labels(dataset: Dataset) -> tuple[DoubtfulLabel, ...]:
    """Return the labels that may be wrong, the most likely first; each example at most once."""
    found = {id(each.example): each for each in _find_far(dataset.examples)}
    for each in (*_find_disagreeing(dataset.examples), *_find_twisted(dataset.examples)):
        found.setdefault(id(each.example), each)
    order = (LabelProblem.DISAGREE, LabelProblem.TWISTED, LabelProblem.FAR)
    return tuple(sorted(found.values(), key=lambda doubt: order.index(doubt.worry)))


def _find_far(examples: Sequence[Example]) -> Iterator[DoubtfulLabel]:
    for example in examples:
        machine = example.machine
        if machine is None or max(len(machine.text), len(example.text)) < _LETTERS:
            continue
        far = 1.0 - metrics.similarity(machine.text.casefold(), example.text.casefold())
        sure = machine.confidence is not None and machine.confidence >= _SURE
        if far >= (_FAR_FROM_SURE if sure else _FAR):
            yield DoubtfulLabel(example, LabelProblem.FAR, _read_here(machine.text, sure=sure))


def _read_here(text: str, *, sure: bool) -> str:
    if not text:
        return (
            tr("The program is confident that this box contains no text.")
            if sure
            else tr("The program found no text here.")
        )
    if sure:
        return tr("The program read “{text}” here with high confidence.", text=text)
    return tr("The program read “{text}” here.", text=text)


def _find_twisted(examples: Sequence[Example]) -> Iterator[DoubtfulLabel]:
    for example in examples:
        if example.quad is None:
            continue
        why = _describe_twist(example.quad, len(example.text))
        if why:
            yield DoubtfulLabel(example, LabelProblem.TWISTED, why)


def _describe_twist(quad: Quad, letters: int) -> str:
    x, y = np.asarray(quad.corners).T
    # Shoelace formula: positive if the corners are in clockwise order on the screen.
    if float(x @ np.roll(y, -1) - y @ np.roll(x, -1)) <= 0:
        return tr("The corners of the box are crossed or in the wrong order.")
    angle = geometry.measure_angle(quad)
    width, height = geometry.measure_size(quad)
    if abs(angle) > 180 - _STEEP:
        return tr("The box is upside down.")
    if abs(angle) > _STEEP:
        return tr("The box is turned on its side.")
    if letters >= _LETTERS and height > _UPRIGHT * width:
        return tr_n(
            "The box is tall and narrow for {count} character.",
            "The box is tall and narrow for {count} characters.",
            letters,
        )
    return ""


def _find_disagreeing(examples: Sequence[Example]) -> Iterator[DoubtfulLabel]:
    """Find boxes at the same place of a page with different texts."""
    placed = [example for example in examples if example.quad is not None and example.page]
    placed.sort(key=lambda example: example.page)
    for _, page in groupby(placed, key=lambda example: example.page):
        some = list(page)
        quads = np.array([example.quad.corners for example in some if example.quad], dtype=np.float64)
        shared = overlap.compute_overlap(quads, quads)
        same = (shared.iou >= metrics.SAME_PLACE) & (shared.rows < shared.columns)
        told: set[int] = set()
        for pair in zip(shared.rows[same].tolist(), shared.columns[same].tolist(), strict=True):
            for one, other in (pair, pair[::-1]):
                if one not in told and some[one].text != some[other].text:
                    told.add(one)
                    yield DoubtfulLabel(some[one], LabelProblem.DISAGREE, _describe_label(some[other]))


def _describe_label(example: Example) -> str:
    return tr("Another box in the same place says “{text}”.", text=example.text)
