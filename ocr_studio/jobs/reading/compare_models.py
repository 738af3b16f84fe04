"""Compares two models on the same photo: what they read, or what they find. The page isn't changed."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from ocr_studio.core.evaluation import metrics
from ocr_studio.core.models import registry
from ocr_studio.core.page import Quad, Transcription, Word
from ocr_studio.jobs.reading.read import LoadingRecognizer, OcrService, WordsRead, read_page, read_words


@dataclass(frozen=True, slots=True)
class Comparing:
    """Progress: done of total words or lines are read, by both models together."""

    done: int
    total: int


@dataclass(frozen=True, slots=True)
class WordCompared:
    """A word as read by the model in use and by the other one."""

    word: Word
    used: Transcription
    other: Transcription

    @property
    def truth(self) -> str | None:
        """The checked text of the word; None if it is unchecked or has no text."""
        return self.word.human.text if self.word.human and self.word.human.text else None


@dataclass(frozen=True, slots=True)
class Tally:
    """How well a model reads the checked words.

    Attributes:
        words: Number of checked words.
        right: Number of words read exactly.
        cer: Character error rate, from 0.
    """

    words: int
    right: int
    cer: float


@dataclass(frozen=True, slots=True)
class ModelsCompared:
    """The result.

    Attributes:
        used: Name of the model in use.
        other: Name of the other model.
        words: All words, in the given order.
        trained: Those of the two that were trained on somebody's corrections, perhaps on these.
    """

    used: str
    other: str
    words: tuple[WordCompared, ...]
    trained: tuple[str, ...] = ()

    def tally(self, *, other: bool) -> Tally:
        """How well the other model, or the model in use, reads the checked words."""
        pairs = [((each.other if other else each.used).text, each.truth) for each in self.words]
        checked = [(truth, read) for read, truth in pairs if truth is not None]
        right = sum(truth == read for truth, read in checked)
        return Tally(len(checked), right, metrics.cer(checked) if checked else 0.0)


@dataclass(frozen=True, slots=True)
class FindingCompared:
    """The result: what two models find on a photo.

    Attributes:
        used: Boxes found by the model in use.
        other: Boxes found by the other model.
        checked: Number of checked words on the photo.
        used_hits: Number of checked words that the model in use finds (IoU 0.5).
        other_hits: Number of checked words that the other model finds.
    """

    used: tuple[Quad, ...]
    other: tuple[Quad, ...]
    checked: int
    used_hits: int
    other_hits: int


ComparingEvent: TypeAlias = LoadingRecognizer | Comparing | ModelsCompared | FindingCompared


def compare(
    ocr_service: OcrService, name: str, image: NDArray[np.uint8], words: Sequence[Word]
) -> Iterator[ComparingEvent]:
    """Read the boxes of words with the model in use and with another recognizer.

    Neither uses the project's words, as these contain the correct answers. Yields LoadingRecognizer …, Comparing …,
    ModelsCompared; then the other model is released. Raises StudioError if a model can't be used.
    """
    words = [word for word in words if word.has_box]
    other = ocr_service.successor(replace(ocr_service.options, model=registry.chosen(name)))
    total, done, found = 2 * len(words), 0, []
    for each in (ocr_service, other):
        read: list[Word] = []
        for event in read_words(each, image, words):
            if isinstance(event, LoadingRecognizer):
                yield event
            elif isinstance(event, WordsRead):
                read += event.words
                done += len(event.words)
                yield Comparing(done, total)
        found.append(read)
    names = ocr_service.reader().name, other.reader().name
    yield ModelsCompared(
        *names,
        tuple(
            WordCompared(word, one.machine, two.machine)
            for word, one, two in zip(words, *found, strict=True)
            if one.machine and two.machine
        ),
        tuple(each.name for each in registry.available() if each.name in names and each.card and each.card.dataset),
    )


def compare_finding(
    ocr_service: OcrService, name: str, image: NDArray[np.uint8], words: Sequence[Word]
) -> Iterator[ComparingEvent]:
    """Find the words of a photo with the model in use and with another detector.

    Checked words with a text are the ground truth. Yields LoadingRecognizer …, Comparing …, FindingCompared. Raises
    StudioError if a model can't be used.
    """
    other = ocr_service.successor(replace(ocr_service.options, detector=registry.chosen(name, "detector")))
    found = []
    for number, each in enumerate((ocr_service, other)):
        boxes: list[Quad] = []
        for event in read_page(each, image):
            if isinstance(event, LoadingRecognizer):
                yield event
            elif isinstance(event, WordsRead):
                boxes += (word.quad for word in event.words)
                yield Comparing(event.done + number * event.total, 2 * event.total)
        found.append(tuple(boxes))
    wanted = [word.quad for word in words if word.human and word.human.text and word.has_box]
    hits = [len(metrics.matches(wanted, boxes)) for boxes in found]
    yield FindingCompared(found[0], found[1], len(wanted), hits[0], hits[1])
