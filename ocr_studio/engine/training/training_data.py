"""Training data of recognizers: crops with their texts."""

from __future__ import annotations

import hashlib
import math
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final, TypeAlias

import cv2
import numpy as np
from numpy.typing import NDArray

from ocr_studio.core.settings import ReaderOptions

Crop: TypeAlias = NDArray[np.uint8]

_MOST_BYTES: Final = 256 << 10
# Pixels: networks see crops at a height of 48 and a width of at most 1600.
_MIN_HEIGHT: Final = 96
_MAX_WIDTH: Final = 3200


@dataclass(frozen=True, slots=True, eq=False)
class TrainingExample:
    """A training example: a word or a line.

    Attributes:
        crop: (h, w, 3) uint8 RGB, as the recognizer gets it.
        text: The true text.
        name: Name of the crop for the user.
        place: (page id, word id), if known.
    """

    crop: Crop
    text: str
    name: str = ""
    place: tuple[str, str] | None = None


def shrink_crop(crop: Crop) -> Crop:
    """Shrink a crop that is far larger than the network's input, as all crops are in memory at once."""
    height, width = crop.shape[:2]
    if crop.nbytes <= _MOST_BYTES:
        return crop
    scale = min(1.0, max(_MIN_HEIGHT / height, math.sqrt(_MOST_BYTES / 4 / crop.nbytes)), _MAX_WIDTH / width)
    size = (max(1, round(width * scale)), max(1, round(height * scale)))
    return np.asarray(cv2.resize(crop, size, interpolation=cv2.INTER_AREA), np.uint8)


@dataclass(frozen=True, slots=True, eq=False)
class TrainingData:
    """Training and evaluation data of a recognizer.

    Attributes:
        train: Examples for training.
        held_out: Examples for evaluation.
        options: How photos are read (alphabet, languages and their strength, GPU memory), as models are compared by the
            final readings.
        lines: Whether crops are whole lines.
        digest: Digest of the dataset, for the model's card.
        writer: Whose handwriting it is, for the card of a writer profile; empty for a model for all photos.
        unchecked: Words of the same photos that were read with certainty, with the texts that were read: they show the
            handwriting, too.
        general: General examples; the first of them measure forgetting, the others are for rehearsal. They are
            generated if empty.
    """

    train: Sequence[TrainingExample]
    held_out: Sequence[TrainingExample] = ()
    options: ReaderOptions = field(default_factory=ReaderOptions)
    lines: bool = False
    digest: str = ""
    general: Sequence[TrainingExample] = ()
    writer: str = ""
    unchecked: Sequence[TrainingExample] = ()

    @property
    def unit(self) -> str:
        """What a crop holds: "words" or "lines"."""
        return "lines" if self.lines else "words"

    def fingerprint(self) -> str:
        """Return the identity of crops, texts and split."""
        digest = hashlib.sha256(self.digest.encode())
        for part in (self.train, self.held_out, *filter(None, (self.general, self.unchecked))):
            digest.update(b"part")
            for example in part:
                digest.update(example.text.encode("utf-8", "surrogatepass"))
                digest.update(str(example.crop.shape).encode())
                digest.update(np.ascontiguousarray(example.crop).data)
        return digest.hexdigest()
