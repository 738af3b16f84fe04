"""Learns from corrected words while the user works, and reads the words that are not checked yet again.

Nothing is kept on disk and no model changes: what was learned belongs to the photos of one writer, or to one photo if
its writer is unknown, and is gone when the program ends. A training keeps it.
"""

from __future__ import annotations

import weakref
from collections.abc import Container, Generator, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Final, TypeAlias

import numpy as np
from numpy.typing import NDArray

from ocr_studio.core.errors import StudioError
from ocr_studio.core.images.pyramid import Pyramid
from ocr_studio.core.images.word_crops import extract_crop
from ocr_studio.core.page import FROM_CORRECTIONS, Page, Quad, TextSource, Transcription, Word
from ocr_studio.core.project.project import Project
from ocr_studio.jobs.reading.read import LoadingRecognizer, OcrService, places_to_read, prepare

if TYPE_CHECKING:
    from ocr_studio.engine.reader import Reader
    from ocr_studio.engine.training.output_layer import OutputLayerLearner

# Words that are read with more confidence are not read again.
_SURE: Final = 0.97
# So much is kept: the latest words of a writer, and the latest writers and models.
_MOST_WORDS, _MOST_WRITERS, _MOST_MODELS = 400, 12, 3
_Key: TypeAlias = tuple[str, str, Quad, str]  # page, word, box, and text or recognizer
_Texts: TypeAlias = dict[_Key, tuple[NDArray[np.uint8], str]]


@dataclass(frozen=True, slots=True)
class LearningStep:
    """Progress; the job can be cancelled here."""


@dataclass(frozen=True, slots=True)
class CorrectionsLearned:
    """Corrected words were learned. words: those that are read differently now."""

    words: tuple[Word, ...]


@dataclass(frozen=True, slots=True)
class _Crops:
    """Crops and texts of a writer's words.

    Attributes:
        checked: Words that the user has checked.
        certain: Words that were read with certainty.
    """

    checked: _Texts = field(default_factory=dict)
    certain: _Texts = field(default_factory=dict)

    def forget(self, page_id: str, *, but: Container[_Key] = ()) -> None:
        """Remove the words of a page, but some."""
        for group in (self.checked, self.certain):
            for key in [key for key in group if key[0] == page_id and key not in but]:
                del group[key]

    def shorten(self) -> None:
        """Keep the latest words only."""
        for group in (self.checked, self.certain):
            for key in list(group)[:-_MOST_WORDS]:
                del group[key]


@dataclass(frozen=True, slots=True)
class _Sight:
    """Where the words of a page are read: the photo, or its cleaned board."""

    picture: NDArray[np.uint8]
    places: Mapping[str, Quad]

    @classmethod
    def of(cls, image: NDArray[np.uint8], page: Page) -> _Sight:
        words = list(page.words.values())
        picture, places = places_to_read(image, words, page.facts.board_to_read)
        return cls(picture, dict(zip(page.words, places, strict=True)))


@dataclass
class CorrectionLearner:
    """What the corrected words of photos have taught. It belongs to the thread that reads photos."""

    _service: weakref.ref[OcrService] | None = None
    _learners: dict[str, OutputLayerLearner | None] = field(default_factory=dict)  # by recognizer
    _crops: dict[str, _Crops] = field(default_factory=dict)  # by writer or page
    _usual: dict[_Key, Transcription] = field(default_factory=dict)  # what is read without learning, of one page

    def learn(
        self,
        ocr_service: OcrService,
        image: NDArray[np.uint8],
        page: Page,
        *,
        project: Project | None = None,
        changed: Iterable[Page] = (),
        missing: Iterable[str] = (),
    ) -> Iterator[LoadingRecognizer | LearningStep | CorrectionsLearned]:
        """Learn the checked words of a page, and read the others again.

        Args:
            ocr_service: The models that read photos.
            image: The upright photo, (H, W, 3) uint8 RGB.
            page: Its words.
            project: As for ``read.read_page``.
            changed: Other pages as they are now: what was undone or corrected again there teaches no more.
            missing: Ids of other pages that no longer exist or can't be read: nothing there teaches any more.

        Yields:
            LoadingRecognizer if necessary, LearningStep …, then CorrectionsLearned, unless nothing can be learned and
            nothing was learned on this page before.
        """
        self._forget_others(changed, missing)
        yield from prepare(ocr_service)
        ocr_service.use_project_words(project)
        if self._service is None or self._service() is not ocr_service:  # other models, or other options
            self._service = weakref.ref(ocr_service)
            self._learners.clear()
            self._usual.clear()
        reader = ocr_service.reader(page.facts.writer)
        learner = self._learner(reader, ocr_service)
        if learner is None:
            return
        yield LearningStep()
        sight = _Sight.of(image, page)
        crops = self._collect(sight, page)
        words = [word for word in page.words.values() if _is_doubtful(word)]
        layer = None
        if crops.checked:
            for _ in learner.take_in(crops.checked, crops.certain):
                yield LearningStep()
            layer = learner.learn()
        if layer is None:  # what was learned before is read as usual again
            words = [word for word in words if word.machine and word.machine.from_corrections]
        if not words and layer is None:
            return
        yield LearningStep()
        reads = usual = yield from self._read_as_usual(reader, sight, page.id, words)
        if layer is not None:
            after = reader.tuned_to(ocr_service.options.detection, learner.recognizer(reader.recognizer, layer))
            learned = yield from _read(after, sight, words)
            reads = [choose_reading(*both) for both in zip(usual, learned, strict=True)]
        different = [
            replace(word, machine=read)
            for word, read, before in zip(words, reads, usual, strict=True)
            if _has_changed(word, read, usual=before.text)
        ]
        yield CorrectionsLearned(tuple(different))

    def _read_as_usual(
        self, reader: Reader, sight: _Sight, page_id: str, words: Sequence[Word]
    ) -> Generator[LearningStep, None, list[Transcription]]:
        """Return how words of a page are read without learning; each is read once."""
        self._usual = {key: usual for key, usual in self._usual.items() if key[0] == page_id}
        keys = [(page_id, word.id, word.quad, reader.name) for word in words]
        missing = [place for place, key in enumerate(keys) if key not in self._usual]
        reads = yield from _read(reader, sight, [words[place] for place in missing])
        self._usual |= {keys[place]: read for place, read in zip(missing, reads, strict=True)}
        return [_find_usual(word, self._usual[key]) for key, word in zip(keys, words, strict=True)]

    def _learner(self, reader: Reader, ocr_service: OcrService) -> OutputLayerLearner | None:
        """Return what learns for a reader; None if its recognizer can't learn so."""
        from ocr_studio.engine.training.output_layer import OutputLayerLearner

        if reader.name not in self._learners:
            try:
                self._learners[reader.name] = OutputLayerLearner.of(reader.name, ocr_service.options)
            except StudioError:  # the reader has its weights already; there is nothing to tell the user
                self._learners[reader.name] = None
            while len(self._learners) > _MOST_MODELS:
                del self._learners[next(iter(self._learners))]
        return self._learners[reader.name]

    def _forget_others(self, changed: Iterable[Page], missing: Iterable[str]) -> None:
        """Forget what was changed on other pages, and all words of missing ones."""
        for page in changed:
            self._forget_changed(page)
        for page_id in missing:
            for crops in self._crops.values():
                crops.forget(page_id)

    def _forget_changed(self, page: Page) -> None:
        """Forget the words of a page that are not on it any more as they were learned, or not by this writer."""
        still = {
            (page.id, key, word.quad, word.text)
            for key, word in page.words.items()
            if word.text and (word.checked or word.certain)
        }
        for whose, crops in self._crops.items():
            crops.forget(page.id, but=still if whose == (page.facts.writer or page.id) else ())

    def _collect(self, sight: _Sight, page: Page) -> _Crops:
        """Return what is known of the page and of earlier pages by the same writer."""
        from ocr_studio.engine.nets.plans import HEIGHT, STEP

        for each in self._crops.values():  # words may have been corrected again, or the writer
            each.forget(page.id)
        whose = page.facts.writer or page.id
        kept = self._crops[whose] = self._crops.pop(whose, _Crops())  # the latest at the end
        pyramid = Pyramid(sight.picture)
        for key, word in page.words.items():
            if word.text and word.has_box and " " not in word.text and (word.checked or word.certain):
                crop = extract_crop(pyramid, sight.places[key].array(), height=HEIGHT, step=STEP)
                group = kept.checked if word.checked else kept.certain
                group[page.id, key, word.quad, word.text] = crop, word.text
        kept.shorten()
        while len(self._crops) > _MOST_WRITERS:
            del self._crops[next(iter(self._crops))]
        return kept


def _read(reader: Reader, sight: _Sight, words: Sequence[Word]) -> Generator[LearningStep, None, list[Transcription]]:
    """Read words in their boxes."""
    reads: list[Transcription] = []
    for some in reader.read_quads(sight.picture, [sight.places[word.id] for word in words]):
        reads += some
        yield LearningStep()
    return reads


def _find_usual(word: Word, alone: Transcription) -> Transcription:
    """Return how a word is read without learning. alone: as it is read now, alone and not in its line."""
    before = word.machine
    return before if before and not before.from_corrections and before.text == alone.text else alone


def choose_reading(usual: Transcription, learned: Transcription) -> Transcription:
    """Return how a word is read after learning, noted in it as it must not teach; as usual if that was more certain.

    On nine writers with 5 corrected words each, letters wrong rose by 2 % with every new reading, and fell by 9 % with
    the more certain one.
    """
    if (learned.confidence or 0.0) <= (usual.confidence or 0.0):
        return usual
    return replace(learned, model=f"{learned.model}{FROM_CORRECTIONS}")


def _is_doubtful(word: Word) -> bool:
    """Whether a word is to be read again: none that the user drew around several words, or that has several."""
    read = word.machine
    if read is None or word.checked or word.quad_source is TextSource.HUMAN or " " in read.text:
        return False
    return read.from_corrections or (read.confidence or 0.0) < _SURE


def _has_changed(word: Word, read: Transcription, *, usual: str) -> bool:
    """Whether a word is read differently after learning.

    Words are read alone here, and not in their lines as before: what only that changes stays as it was.
    """
    before = word.machine
    if before is None or not read.text or " " in read.text or read.text == before.text:
        return False
    return before.from_corrections or before.text == usual
