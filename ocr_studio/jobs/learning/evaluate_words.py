"""Evaluating a dataset: the pictures of its words are read as they stand; nothing of it changes."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TypeAlias

from ocr_studio.core.datasets.dataset import BadCrop, Dataset, Example
from ocr_studio.core.datasets.ground_truth import TruePage, Truth
from ocr_studio.core.evaluation.word_results import ReadExample, WordsEvaluation
from ocr_studio.core.images.pixel_formats import RGB
from ocr_studio.jobs.reading.read import Preparing, ReadingDesk

# Pictures read together: enough for the net to work at full speed, few enough to say soon how far it is.
_TOGETHER = 64


@dataclass(frozen=True, slots=True)
class WordsDone:
    """So many pictures of ``total`` are read."""

    done: int
    total: int


@dataclass(frozen=True, slots=True)
class WordsEvaluated:
    """All is done."""

    evaluation: WordsEvaluation


WordsEvent: TypeAlias = Preparing | WordsDone | WordsEvaluated


def evaluate_words(desk: ReadingDesk, found: Dataset) -> Iterator[WordsEvent]:
    """Read every picture of a dataset and compare: Preparing, WordsDone …, at last WordsEvaluated.

    Spaces are read where the dataset has any: a word has none, a line may.
    """
    if not desk.ready:
        yield Preparing()
    reader = desk.reader()
    spaces = found.unit == "lines" or any(" " in example.text for example in found.examples)
    read: list[ReadExample] = []
    left_out = list(found.trouble)
    for start in range(0, len(found.examples), _TOGETHER):
        some, crops = _pictures(found, found.examples[start : start + _TOGETHER], left_out)
        texts = reader.recognizer.read(crops, spaces=spaces) if crops else []
        read += [ReadExample(each, said.text, said.confidence) for each, said in zip(some, texts, strict=True)]
        yield WordsDone(min(start + _TOGETHER, len(found.examples)), len(found.examples))
    yield WordsEvaluated(WordsEvaluation(found, reader.name, tuple(read), tuple(left_out)))


def photos(found: Dataset) -> Truth:
    """The photos of a dataset of which every word is marked, for ``evaluating.evaluate``.

    Their boxes are those on the photos, whatever the pictures hold: lines where most of them have spaces.
    """
    boxes = [word for page in found.pages for word in page.words if not word.ignore]
    pages = tuple(TruePage(page.image or page.photo, found.folder / page.photo, page.words) for page in found.pages)
    return Truth(pages, words=2 * sum(" " in word.text for word in boxes) <= len(boxes))


def _pictures(found: Dataset, examples: Sequence[Example], left_out: list[str]) -> tuple[list[Example], list[RGB]]:
    """The examples whose pictures are still there, and these; why others are not goes to ``left_out``."""
    some: list[Example] = []
    crops: list[RGB] = []
    for example in examples:
        try:
            crops.append(found.crop(example))
            some.append(example)
        except BadCrop as error:
            left_out.append(str(error))
    return some, crops
