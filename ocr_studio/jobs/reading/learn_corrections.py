"""Learns from corrected words while the user works, and reads the words that are not checked yet again.

Nothing is kept on disk and no model changes: what was learned belongs to the photos of one writer, or to one photo if
its writer is unknown, and is gone when the program ends. A training keeps it.
"""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Final, TypeAlias

import numpy as np
from numpy.typing import NDArray

from ocr_studio.core.errors import StudioError
from ocr_studio.core.images.pyramid import Pyramid
from ocr_studio.core.images.word_crops import extract_crop
from ocr_studio.core.page import BoardLook, Page, Word
from ocr_studio.core.project.project import Project
from ocr_studio.jobs.reading.read import LoadingRecognizer, OcrService, places_to_read, prepare

if TYPE_CHECKING:
    from ocr_studio.engine.reader import Reader
    from ocr_studio.engine.training.output_layer import OutputLayerLearner

# Words that are read with more confidence are not read again; …
_SURE: Final = 0.97
# … from this confidence on, they teach as if they were checked.
_CERTAIN: Final = 0.9
# So much is kept: the latest words of a writer, and the latest writers.
_MOST_WORDS, _MOST_HANDS = 400, 12
_Key: TypeAlias = tuple[object, ...]  # page and word, and what is known of it
_Texts: TypeAlias = dict[_Key, tuple[NDArray[np.uint8], str]]


@dataclass(frozen=True, slots=True)
class LearningStep:
    """Progress; the job can be cancelled here."""


@dataclass(frozen=True, slots=True)
class CorrectionsLearned:
    """Corrected words were learned.

    Attributes:
        words: The words that are read differently now.
        learned: Number of words that were learned.
        seconds: How long it took.
    """

    words: tuple[Word, ...]
    learned: int
    seconds: float


@dataclass(frozen=True, slots=True)
class _Crops:
    """Crops and texts of a writer's words.

    Attributes:
        checked: Words that the user has checked.
        certain: Words that were read with certainty.
    """

    checked: _Texts = field(default_factory=dict)
    certain: _Texts = field(default_factory=dict)

    def forget(self, page_id: str) -> None:
        """Remove the words of a page."""
        for group in (self.checked, self.certain):
            for key in [key for key in group if key[0] == page_id]:
                del group[key]

    def shorten(self) -> None:
        """Keep the latest words only."""
        for group in (self.checked, self.certain):
            for key in list(group)[:-_MOST_WORDS]:
                del group[key]


@dataclass
class CorrectionLearner:
    """What the corrected words of photos have taught. It belongs to the thread of its service.

    Args:
        ocr_service: The models that read photos.
    """

    ocr_service: OcrService
    _learners: dict[str, OutputLayerLearner | None] = field(default_factory=dict)  # by recognizer
    _crops: dict[str, _Crops] = field(default_factory=dict)  # by writer or page
    _usual: dict[_Key, str] = field(default_factory=dict)  # what was read without learning
    _given: dict[_Key, str] = field(default_factory=dict)  # what was read after learning

    def learn(
        self, image: NDArray[np.uint8], page: Page, *, project: Project | None = None
    ) -> Iterator[LoadingRecognizer | LearningStep | CorrectionsLearned]:
        """Learn the checked words of a page, and read the others again.

        Args:
            image: The upright photo, (H, W, 3) uint8 RGB.
            page: Its words.
            project: As for ``read.read_page``.

        Yields:
            LoadingRecognizer if necessary, LearningStep …, then CorrectionsLearned, unless nothing can be learned.
        """
        yield from prepare(self.ocr_service)
        self.ocr_service.use_project_words(project)
        began = time.perf_counter()
        reader = self.ocr_service.reader(page.facts.writer)
        learner = self._learner(reader)
        if learner is None:
            return
        yield LearningStep()
        crops = self._collect(image, page)
        learner.take_in(crops.checked, crops.certain)
        yield LearningStep()
        layer = learner.learn()
        if layer is None:
            return
        yield LearningStep()
        after = reader.tuned_to(self.ocr_service.options.detection, learner.recognizer(reader.recognizer, layer))
        words = [word for word in page.words.values() if _is_doubtful(word) or self._has_given(page, word)]
        changed = self._read_again(reader, after, image, page, words)
        yield CorrectionsLearned(tuple(changed), len(crops.checked), time.perf_counter() - began)

    def _learner(self, reader: Reader) -> OutputLayerLearner | None:
        """Return what learns for a reader; None if its recognizer can't learn so."""
        from ocr_studio.engine.training.output_layer import OutputLayerLearner

        if reader.name not in self._learners:
            try:
                self._learners[reader.name] = OutputLayerLearner.of(reader.name, self.ocr_service.options)
            except StudioError:  # the reader has its weights already; there is nothing to tell the user
                self._learners[reader.name] = None
        return self._learners[reader.name]

    def _collect(self, image: NDArray[np.uint8], page: Page) -> _Crops:
        """Return what is known of the page and of earlier pages by the same writer."""
        from ocr_studio.engine.nets.plans import HEIGHT, STEP

        hand = page.facts.writer or page.id
        kept = self._crops[hand] = self._crops.pop(hand, _Crops())  # the latest at the end
        kept.forget(page.id)  # words may have been corrected again, moved or removed
        words = [word for word in page.words.values() if word.text and " " not in word.text]
        picture, places = places_to_read(image, words, _board(page))
        pyramid = Pyramid(picture)
        for word, place in zip(words, places, strict=True):
            if word.checked or (_is_certain(word) and not self._has_given(page, word)):
                group = kept.checked if word.checked else kept.certain
                crop = extract_crop(pyramid, place.array(), height=HEIGHT, step=STEP)
                group[page.id, word.id, word.quad, word.text] = crop, word.text
        kept.shorten()
        while len(self._crops) > _MOST_HANDS:
            del self._crops[next(iter(self._crops))]
        return kept

    def _has_given(self, page: Page, word: Word) -> bool:
        """Whether the text of an unchecked word is what was read after learning: it must not teach itself."""
        return not word.checked and bool(word.text) and self._given.get((page.id, word.id, word.quad)) == word.text

    def _read_again(
        self, usual: Reader, after: Reader, image: NDArray[np.uint8], page: Page, words: Sequence[Word]
    ) -> Iterator[Word]:
        """Yield the words that are read differently after learning.

        Words are read alone here, and not in their lines as before: what only that changes stays as it was.
        """
        picture, places = places_to_read(image, words, _board(page))
        keys = [(page.id, word.id, word.quad) for word in words]
        new = [place for key, place in zip(keys, places, strict=True) if key not in self._usual]
        first = [read.text for some in usual.read_quads(picture, new) for read in some]
        self._usual |= dict(zip([key for key in keys if key not in self._usual], first, strict=True))
        reads = (read for some in after.read_quads(picture, places) for read in some)
        for key, word, read in zip(keys, words, reads, strict=True):
            before = word.machine.text if word.machine else ""
            if read.text and read.text != before and (read.text != self._usual[key] or self._has_given(page, word)):
                self._given[key] = read.text
                yield replace(word, machine=read)


def _is_doubtful(word: Word) -> bool:
    return word.machine is not None and not word.checked and (word.machine.confidence or 0.0) < _SURE


def _is_certain(word: Word) -> bool:
    return word.machine is not None and len(word.text) > 1 and (word.machine.confidence or 0.0) >= _CERTAIN


def _board(page: Page) -> BoardLook | None:
    """How the board of this page is cleaned before it is read; None if the photo itself is read."""
    return page.facts.board if page.facts.board and page.facts.board.read else None
