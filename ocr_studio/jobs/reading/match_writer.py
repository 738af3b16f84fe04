"""Finds out whose handwriting a photo shows, by the look of its words."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from ocr_studio.core.errors import StudioError
from ocr_studio.core.images.pyramid import Pyramid
from ocr_studio.core.images.word_crops import extract_crop
from ocr_studio.core.models import registry
from ocr_studio.core.models.card import HandwritingVector
from ocr_studio.core.page import Quad, Word
from ocr_studio.core.settings import ReaderOptions

# Words of a photo that are looked at, and fewest of them that tell anything.
MOST_WORDS, LEAST_WORDS = 40, 8
LONGEST_WORD: Final = 30  # letters; a whole line says no more than a word
_AT_ONCE: Final = 8  # words, so that cancelling is quick


@dataclass(frozen=True, slots=True)
class WordsLookedAt:
    """Progress: ``done`` of ``total`` words are looked at."""

    done: int
    total: int


@dataclass(frozen=True, slots=True)
class WriterMatched:
    """A photo shows the handwriting of this writer, who has a profile."""

    writer: str


def match_writer(
    options: ReaderOptions, image: NDArray[np.uint8], words: Sequence[Word]
) -> Iterator[WordsLookedAt | WriterMatched]:
    """Compare the look of a photo's words with the writer profiles in use.

    Profiles of earlier versions don't know what their handwriting looks like; they are left out.

    Args:
        options: Its writer profiles are compared.
        image: The upright photo, (H, W, 3) uint8 RGB.
        words: Its words.

    Yields:
        WordsLookedAt …, then WriterMatched if the handwriting of a profile is similar enough.

    Raises:
        StudioError: The network that looks at the words can't be used.
    """
    quads, vectors = choose_words(words), dict(_known_handwriting(options))
    if not vectors or len(quads) < LEAST_WORDS:
        return
    yield WordsLookedAt(0, len(quads))
    from ocr_studio.engine.recognition.writer_features import WriterFeatures, find_writer

    features, photo, seen = WriterFeatures(options), Pyramid(image), []
    for start in range(0, len(quads), _AT_ONCE):
        some = quads[start : start + _AT_ONCE]
        seen.append(features.look_at([extract_crop(photo, quad.array()) for quad in some]))
        yield WordsLookedAt(start + len(some), len(quads))
    writer = find_writer(vectors, features.make_vector(np.concatenate(seen)))
    if writer is not None:
        yield WriterMatched(writer)


def choose_words(words: Sequence[Word]) -> list[Quad]:
    """Return the places of words that tell most: neither single letters nor whole lines."""
    fit = [word.quad for word in words if word.has_box and 1 < len(word.text) <= LONGEST_WORD]
    return fit[:: max(1, -(-len(fit) // MOST_WORDS))]


def _known_handwriting(options: ReaderOptions) -> Iterator[tuple[str, HandwritingVector]]:
    for writer, model in options.writer_profiles:
        with contextlib.suppress(StudioError):  # a profile that no longer exists or is damaged
            card = registry.find(model).card
            if card is not None and card.handwriting is not None:
                yield writer, card.handwriting
