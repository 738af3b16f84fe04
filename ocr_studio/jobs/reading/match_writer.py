"""Finds out whose handwriting a photo shows: the writer whose profile reads it with clearly more confidence."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import numpy as np
from numpy.typing import NDArray

from ocr_studio.core.page import Quad, Word
from ocr_studio.jobs.reading.read import LoadingRecognizer, OcrService, prepare

if TYPE_CHECKING:
    from ocr_studio.engine.reader import Reader

# Words of a photo that are compared, and fewest of them that tell anything.
MOST, LEAST = 40, 8
# A profile fits if the mean confidence is higher by this much, and by this many standard errors.
_GAIN: Final = 0.03
_STANDARD_ERRORS: Final = 2.5
LONGEST: Final = 30  # letters; a whole line says no more than a word


@dataclass(frozen=True, slots=True)
class ProfilesCompared:
    """Progress: ``done`` of ``total`` profiles are compared."""

    done: int
    total: int


@dataclass(frozen=True, slots=True)
class WriterMatched:
    """A photo fits this writer's profile better than the model for all photos."""

    writer: str


def match_writer(
    ocr_service: OcrService, image: NDArray[np.uint8], words: Sequence[Word]
) -> Iterator[LoadingRecognizer | ProfilesCompared | WriterMatched]:
    """Read some words of a photo with each writer profile and with the model for all photos.

    Args:
        ocr_service: The reader.
        image: The upright photo, (H, W, 3) uint8 RGB.
        words: Its words.

    Yields:
        LoadingRecognizer if necessary, ProfilesCompared …, then WriterMatched if a profile fits clearly better.
    """
    quads = choose_words(words)
    profiles = ocr_service.options.writer_profiles
    if not profiles or len(quads) < LEAST:
        return
    yield from prepare(ocr_service)
    general = _measure_confidence(ocr_service.reader(), image, quads)
    best, most = "", 0.0
    for done, (writer, _) in enumerate(profiles):
        yield ProfilesCompared(done, len(profiles))  # so that it can be cancelled
        reader = ocr_service.reader(writer)
        if reader is ocr_service.reader():  # the profile no longer exists
            continue
        gain = _measure_confidence(reader, image, quads) - general
        if fits(gain) and gain.mean() > most:
            best, most = writer, float(gain.mean())
    if best:
        yield WriterMatched(best)


def choose_words(words: Sequence[Word]) -> list[Quad]:
    """The places of words that nobody has checked and that tell most: neither single letters nor whole lines."""
    fit = [word for word in words if word.machine and not word.checked and 1 < len(word.machine.text) <= LONGEST]
    step = max(1, -(-len(fit) // MOST))
    return [word.quad for word in fit[::step]]


def fits(gain: NDArray[np.floating[Any]]) -> bool:
    """Whether confidence rises clearly. gain: by how much that of each word rises."""
    error = float(gain.std(ddof=1)) / np.sqrt(len(gain))
    return bool(gain.mean() > max(_GAIN, _STANDARD_ERRORS * error))


def _measure_confidence(reader: Reader, image: NDArray[np.uint8], quads: Sequence[Quad]) -> NDArray[np.float64]:
    read = [each for some in reader.read_quads(image, quads) for each in some]
    return np.array([each.confidence or 0.0 for each in read])
