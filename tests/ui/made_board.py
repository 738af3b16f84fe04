"""A drawn photo with known words, and a stand-in for the recognizer that reads just these."""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from ocr_studio.core.images import photo_file
from ocr_studio.core.language.lexicon import Lexicon
from ocr_studio.core.page import Alternative, Page, Quad, TextSource, Transcription, Word
from ocr_studio.core.project.project_words import ProjectWords
from ocr_studio.core.settings import DetectionOptions, ReaderOptions
from ocr_studio.jobs.reading.read import OcrService

# The words that there are in these tests; the real ones take a while to be read.
LEXICON = Lexicon.of(dict.fromkeys(("ship", "the", "new", "build", "ask", "anna", "about", "queues", "queue"), 1e-4))
LINES = (("Ship", "the", "new", "build"), ("ask", "Anna", "about", "queves"))


def photo(seed: int = 0) -> NDArray[np.uint8]:
    """(240, 480, 3) uint8 RGB with the words of LINES at ``quad``."""
    image = np.full((240, 480, 3), 245 - seed, np.uint8)
    for row, line in enumerate(LINES):
        for column, text in enumerate(line):
            place = 12 + 115 * column, 60 + 80 * row
            cv2.putText(image, text, place, cv2.FONT_HERSHEY_SIMPLEX, 0.8, (20, 30, 90), 2)
    return image


def quad(row: int, column: int) -> Quad:
    """Where a word of LINES stands."""
    return Quad.from_box(10 + 115 * column, 36 + 80 * row, 110 + 115 * column, 70 + 80 * row)


def write_photo(path: Path, seed: int = 0) -> Path:
    """The photo as a PNG file."""
    path.parent.mkdir(parents=True, exist_ok=True)
    photo_file.save_png(path, photo(seed))
    return path


def reading(text: str, confidence: float = 0.95) -> Transcription:
    """As the recognizer gives it, with two alternatives."""
    others = (Alternative(text, confidence), Alternative(text.upper(), 0.03), Alternative(text + "s", 0.01))
    return Transcription(text, TextSource.MODEL, confidence, "stand-in", "2026-01-01T00:00:00+00:00", others)


def words(mark: str = "") -> list[Word]:
    """All words of LINES, read; ids "w0" … "w7" in reading order, with a mark behind."""
    texts = [(row, column, text) for row, line in enumerate(LINES) for column, text in enumerate(line)]
    return [
        Word(f"w{n}{mark}", quad(row, column), machine=reading(text)) for n, (row, column, text) in enumerate(texts)
    ]


def page() -> Page:
    """The photo's page, read."""
    found = {word.id: word for word in words()}
    return Page("0" * 32, "board.png", 480, 240, found, "2026-01-01T00:00:00+00:00")


class StandInReader:
    """Reads LINES from any photo, line by line. pause: seconds that each step takes.

    Every reading gives other ids, as the recognizer does: "w0" …, then "w0-2" …, "w0-3" …
    """

    name = "stand-in"

    def __init__(self, pause: float = 0.0, seen: int = 0) -> None:
        self.pause = pause
        self.seen = seen
        self.typed: Mapping[str, int] = {}

    def learn(self, known: ProjectWords) -> None:
        self.typed = known.typed

    def find(self, image: NDArray[np.uint8]) -> list[int]:
        if image.shape != photo().shape:
            return []  # a box that somebody drew: it holds a single line
        self.seen += 1
        time.sleep(self.pause)
        return list(range(len(LINES)))

    def find_lines(self, image: NDArray[np.uint8]) -> list[int]:
        return self.find(image)

    def read_lines(self, image: NDArray[np.uint8], lines: list[int]) -> Iterator[tuple[int, list[Word]]]:
        mark = f"-{self.seen}" if self.seen > 1 else ""
        for line in lines:
            time.sleep(self.pause)
            yield 1, [word for n, word in enumerate(words(mark)) if n // 4 == line]

    def read_quads(self, image: NDArray[np.uint8], quads: Sequence[Quad]) -> Iterator[list[Transcription]]:
        for place in quads:
            time.sleep(self.pause)
            yield [reading(f"again{place.bounds()[0]:.0f}", 0.8)]


class OtherReader(StandInReader):
    """Another model: reads the first word of LINES as it is, and two of the second line in its own way."""

    name = "another"

    def read_quads(self, image: NDArray[np.uint8], quads: Sequence[Quad]) -> Iterator[list[Transcription]]:
        own = {quad(0, 0): "Ship", quad(1, 2): "abaut", quad(1, 3): "queues"}
        for place in quads:
            yield [replace(reading(own.get(place, f"again{place.bounds()[0]:.0f}")), model=self.name)]


class StandInPreview:
    """Finds the words of LINES, the fewer the higher the threshold; of a word there are two boxes at a small gap."""

    def __init__(self, reader: StandInReader) -> None:
        self._reader = reader

    def find(self, detection: DetectionOptions) -> NDArray[np.float32]:
        time.sleep(self._reader.pause)
        count = len(LINES) if detection.threshold < 0.5 else 1 if detection.threshold < 0.8 else 0
        boxes = [Quad.from_box(10, 36 + 80 * row, 455, 70 + 80 * row).corners for row in range(count)]
        return np.array(boxes, np.float32).reshape(-1, 4, 2)

    def read_lines(self, lines: NDArray[np.float32], detection: DetectionOptions) -> Iterator[tuple[int, list[Word]]]:
        for row in range(len(lines)):
            time.sleep(self._reader.pause)
            some = [word for n, word in enumerate(words()) if n // 4 == row]
            yield 1, some * 2 if detection.space_width < 0.2 else some


class StandInOcrService(OcrService):
    """An OCR service with the stand-in, and others for writers with a profile; TensorFlow stays out of these tests."""

    def __init__(
        self, reader: StandInReader | None = None, *, profiles: Mapping[str, StandInReader] | None = None
    ) -> None:
        super().__init__(ReaderOptions())
        self.stand_in, self.profiles = reader or StandInReader(), profiles or {}

    @property
    def ready(self) -> bool:
        return True

    def reader(self, writer: str | None = None) -> Any:
        return self.profiles.get(writer or "", self.stand_in) if self.options.find_profile(writer) else self.stand_in

    def successor(self, options: ReaderOptions) -> StandInOcrService:
        self.options = options
        return self

    def preview(self, image: NDArray[np.uint8]) -> Any:
        return StandInPreview(self.stand_in)


class OcrServiceOfTwo(StandInOcrService):
    """With another reader for another model."""

    def successor(self, options: ReaderOptions) -> StandInOcrService:
        other = OcrServiceOfTwo(OtherReader())
        other.options = options
        return other
