"""Two models on the same photo, side by side: what they read, or what they find. Nothing of the page changes."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from ocr_studio.core import metrics
from ocr_studio.core.models import registry as models
from ocr_studio.core.page import Quad, Transcription, Word
from ocr_studio.jobs.reading.read import Preparing, ReadingDesk, WordsRead, read_page, read_words


@dataclass(frozen=True, slots=True)
class Comparing:
    """Words, or lines that were found, are being read. done of total: by both models together."""

    done: int
    total: int


@dataclass(frozen=True, slots=True)
class WordCompared:
    """A word as the model in use and the other one read it; truth: what a person says, None where nobody has."""

    word: Word
    used: Transcription
    other: Transcription

    @property
    def truth(self) -> str | None:
        """What a person wrote there; None where nobody has, or where nothing is written."""
        return self.word.human.text if self.word.human and self.word.human.text else None


@dataclass(frozen=True, slots=True)
class Tally:
    """How well one model reads the words that a person has checked. cer: letters wrong a true letter, 0.."""

    words: int
    right: int
    cer: float


@dataclass(frozen=True, slots=True)
class ModelsCompared:
    """All words, in the order they were given. used, other: names of the models."""

    used: str
    other: str
    words: tuple[WordCompared, ...]

    def tally(self, *, other: bool) -> Tally:
        """How well the model in use, or the other one, reads the checked words."""
        pairs = [((each.other if other else each.used).text, each.truth) for each in self.words]
        checked = [(truth, read) for read, truth in pairs if truth is not None]
        right = sum(truth == read for truth, read in checked)
        return Tally(len(checked), right, metrics.cer(checked) if checked else 0.0)


@dataclass(frozen=True, slots=True)
class FindingCompared:
    """What two models find on a photo. used, other: boxes, by the one in use and by the other; checked: how many words
    a person has checked there; used_hits, other_hits: how many of these have a box in their place (IoU 0.5).
    """

    used: tuple[Quad, ...]
    other: tuple[Quad, ...]
    checked: int
    used_hits: int
    other_hits: int


ComparingEvent: TypeAlias = Preparing | Comparing | ModelsCompared | FindingCompared


def compare(desk: ReadingDesk, name: str, image: NDArray[np.uint8], words: Sequence[Word]) -> Iterator[ComparingEvent]:
    """Read words by the model in use and by another one, where they stand: Preparing …, Comparing …, ModelsCompared.

    name: the other model's; its weights are let go of at the end. image: the upright photo, (H, W, 3) uint8 RGB.
    Neither knows what a person has typed in this project: the answers are among it. Raises StudioError.
    """
    other = desk.successor(replace(desk.options, model=models.chosen(name)))
    total, done, found = 2 * len(words), 0, []
    for each in (desk, other):
        read: list[Word] = []
        for event in read_words(each, image, words):
            if isinstance(event, Preparing):
                yield event
            elif isinstance(event, WordsRead):
                read += event.words
                done += len(event.words)
                yield Comparing(done, total)
        found.append(read)
    yield ModelsCompared(
        desk.reader().name,
        other.reader().name,
        tuple(
            WordCompared(word, one.machine, two.machine)
            for word, one, two in zip(words, *found, strict=True)
            if one.machine and two.machine
        ),
    )


def compare_finding(
    desk: ReadingDesk, name: str, image: NDArray[np.uint8], words: Sequence[Word]
) -> Iterator[ComparingEvent]:
    """Find the words of a photo by the model in use and by another one: Preparing …, Comparing …, FindingCompared.

    name: the other model's. words: of the page; those with a text that a person has checked are what should be found.
    Raises StudioError.
    """
    other = desk.successor(replace(desk.options, detector=models.chosen(name, "detector")))
    found = []
    for number, each in enumerate((desk, other)):
        boxes: list[Quad] = []
        for event in read_page(each, image):
            if isinstance(event, Preparing):
                yield event
            elif isinstance(event, WordsRead):
                boxes += (word.quad for word in event.words)
                yield Comparing(event.done + number * event.total, 2 * event.total)
        found.append(tuple(boxes))
    wanted = [word.quad for word in words if word.human and word.human.text]
    hits = [len(metrics.matches(wanted, boxes)) for boxes in found]
    yield FindingCompared(found[0], found[1], len(wanted), hits[0], hits[1])
