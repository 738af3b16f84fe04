"""Two models on the words of a photo: both read the same boxes, and neither knows the answers."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from ocr_studio.core.models import registry
from ocr_studio.core.models.card import DETECTOR
from ocr_studio.core.models.registry import NoSuchModel
from ocr_studio.core.page import Quad, TextSource, Transcription, Word
from ocr_studio.core.settings import ReaderOptions
from ocr_studio.jobs.reading.compare_models import (
    Comparing,
    FindingCompared,
    ModelsCompared,
    Tally,
    compare,
    compare_finding,
)
from ocr_studio.jobs.reading.read import LoadingRecognizer, OcrService
from tests.core.made_models import installed
from tests.core.made_pages import read_word

IMAGE = np.full((200, 400, 3), 200, np.uint8)


class _Reads:
    """Reads everywhere the same, a word at a time."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.learned: list[object] = []

    def learn(self, known: object) -> None:
        self.learned.append(known)

    def find(self, image: NDArray[np.uint8]) -> list[Quad]:
        return []

    def read_quads(self, image: NDArray[np.uint8], quads: Sequence[Quad]) -> Iterator[list[Transcription]]:
        for _ in quads:
            yield [Transcription(self.name, TextSource.MODEL, 0.5, self.name)]


class _Desk(OcrService):
    def reader(self, writer: str | None = None) -> Any:
        if self._reader is None:
            self._reader = _Reads(self.options.model or registry.BUILT_IN.name)  # type: ignore[assignment]
        return self._reader

    def successor(self, options: ReaderOptions) -> _Desk:
        return _Desk(options)


def test_both_read_all_words_and_the_checked_ones_tell_who_is_right() -> None:
    installed("Anna")
    words = [
        replace(read_word("x", 10), human=Transcription.by_human("Anna")),
        replace(read_word("x", 110), human=Transcription.by_human("Annu")),
        replace(read_word("x", 210), human=Transcription.by_human("")),
        read_word("x", 310),
    ]
    events = list(compare(_Desk(ReaderOptions()), "Anna", IMAGE, words))
    done = events[-1]
    assert isinstance(done, ModelsCompared)
    assert (done.used, done.other) == (registry.BUILT_IN.name, "Anna")
    assert [each.word for each in done.words] == words
    assert {(each.used.text, each.other.text) for each in done.words} == {(registry.BUILT_IN.name, "Anna")}
    assert done.tally(other=True) == Tally(2, 1, 1 / 8)
    assert done.tally(other=False).right == 0
    assert sum(isinstance(event, LoadingRecognizer) for event in events) == 2
    told = [event for event in events if isinstance(event, Comparing)]
    assert [event.done for event in told] == list(range(1, 9))
    assert {event.total for event in told} == {8}


def test_without_a_checked_word_nobody_is_right() -> None:
    installed("Anna")
    *_, done = compare(_Desk(ReaderOptions()), "Anna", IMAGE, [read_word("x", 10)])
    assert isinstance(done, ModelsCompared)
    assert done.tally(other=True) == Tally(0, 0, 0.0)


def test_a_model_that_is_gone_is_said() -> None:
    with pytest.raises(NoSuchModel):
        list(compare(_Desk(ReaderOptions()), "Anna", IMAGE, [read_word("x", 10)]))


class _Finds(_Reads):
    """Finds so many words, the first on the left."""

    def __init__(self, number: int) -> None:
        super().__init__("finder")
        self.number = number

    def find(self, image: NDArray[np.uint8]) -> list[Quad]:
        return [read_word("x", 10 + 100 * index).quad for index in range(self.number)]

    def read_lines(self, image: NDArray[np.uint8], lines: Sequence[Quad]) -> Iterator[tuple[int, list[Word]]]:
        for number, line in enumerate(lines):
            yield 1, [Word(f"w{number}", line)]


class _FindingOcrService(OcrService):
    def reader(self, writer: str | None = None) -> Any:
        return _Finds(3 if self.options.detector else 1)

    def successor(self, options: ReaderOptions) -> _FindingOcrService:
        return _FindingOcrService(options)


def test_what_two_models_find_is_held_against_the_checked_words() -> None:
    installed("Finder", architecture=DETECTOR, alphabet=())
    checked = [replace(read_word("x", x), human=Transcription.by_human("x")) for x in (10, 110)]
    nothing = replace(read_word("x", 310), human=Transcription.by_human(""))
    words = [*checked, nothing, read_word("x", 210)]
    *_, done = compare_finding(_FindingOcrService(ReaderOptions()), "Finder", IMAGE, words)
    assert isinstance(done, FindingCompared)
    assert (len(done.used), len(done.other)) == (1, 3)
    assert (done.checked, done.used_hits, done.other_hits) == (2, 1, 2)


def test_a_model_that_reads_finds_nothing() -> None:
    installed("Anna")
    with pytest.raises(NoSuchModel, match="not a detector"):
        list(compare_finding(_FindingOcrService(ReaderOptions()), "Anna", IMAGE, []))
