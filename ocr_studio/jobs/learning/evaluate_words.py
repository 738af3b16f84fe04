"""Evaluates a recognizer on the word or line images of a dataset, without changing it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TypeAlias

from ocr_studio.core.datasets.dataset import BadCrop, Dataset, Example
from ocr_studio.core.datasets.ground_truth import TruePage, Truth
from ocr_studio.core.evaluation.word_results import ReadExample, WordsEvaluation
from ocr_studio.core.images.pixel_formats import RGB
from ocr_studio.jobs.reading.read import LoadingRecognizer, OcrService

# Images per batch: enough for full speed, few enough for frequent progress.
_TOGETHER = 64


@dataclass(frozen=True, slots=True)
class WordsDone:
    """Progress: ``done`` of ``total`` images are read."""

    done: int
    total: int


@dataclass(frozen=True, slots=True)
class WordsEvaluationDone:
    """The result."""

    evaluation: WordsEvaluation


WordsEvent: TypeAlias = LoadingRecognizer | WordsDone | WordsEvaluationDone


def evaluate_words(ocr_service: OcrService, found: Dataset) -> Iterator[WordsEvent]:
    """Read every image of a dataset and compare with its text.

    Yields LoadingRecognizer, WordsDone …, then WordsEvaluationDone.

    Spaces are read only if the dataset has lines, or any text with a space.
    """
    if not ocr_service.ready:
        yield LoadingRecognizer()
    reader = ocr_service.reader()
    spaces = found.unit == "lines" or any(" " in example.text for example in found.examples)
    read: list[ReadExample] = []
    left_out = list(found.trouble)
    for start in range(0, len(found.examples), _TOGETHER):
        some, crops = _pictures(found, found.examples[start : start + _TOGETHER], left_out)
        texts = reader.recognizer.read(crops, spaces=spaces) if crops else []
        read += [ReadExample(each, said.text, said.confidence) for each, said in zip(some, texts, strict=True)]
        yield WordsDone(min(start + _TOGETHER, len(found.examples)), len(found.examples))
    yield WordsEvaluationDone(WordsEvaluation(found, reader.name, tuple(read), tuple(left_out)))


def photos(found: Dataset) -> Truth:
    """The fully checked photos of a dataset, as ground truth for ``evaluate.evaluate``.

    The boxes are those on the photos; they count as lines if most of their texts have spaces.
    """
    boxes = [word for page in found.pages for word in page.words if not word.ignore]
    pages = tuple(TruePage(page.image or page.photo, found.folder / page.photo, page.words) for page in found.pages)
    return Truth(pages, words=2 * sum(" " in word.text for word in boxes) <= len(boxes))


def _pictures(found: Dataset, examples: Sequence[Example], left_out: list[str]) -> tuple[list[Example], list[RGB]]:
    """The examples whose images can be loaded, and the images; other errors are appended to ``left_out``."""
    some: list[Example] = []
    crops: list[RGB] = []
    for example in examples:
        try:
            crops.append(found.crop(example))
            some.append(example)
        except BadCrop as error:
            left_out.append(str(error))
    return some, crops
