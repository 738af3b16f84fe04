"""What a recognizer is taught with: crops, and what truly stands on them."""

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
# Pixels: nets see crops 48 high, and no wider than 1600.
_ENOUGH: Final = 96
_WIDE: Final = 3200


@dataclass(frozen=True, slots=True, eq=False)
class Lesson:
    """A word or a line. crop: (h, w, 3) uint8 RGB, as the recognizer gets it; text: what truly stands there.

    name: of the crop, for a person. place: (page id, word id), where it has one.
    """

    crop: Crop
    text: str
    name: str = ""
    place: tuple[str, str] | None = None


def fitted(crop: Crop) -> Crop:
    """The crop, made smaller where it is far larger than any net sees it: all crops are in memory at once."""
    height, width = crop.shape[:2]
    if crop.nbytes <= _MOST_BYTES:
        return crop
    scale = min(1.0, max(_ENOUGH / height, math.sqrt(_MOST_BYTES / 4 / crop.nbytes)), _WIDE / width)
    size = (max(1, round(width * scale)), max(1, round(height * scale)))
    return np.asarray(cv2.resize(crop, size, interpolation=cv2.INTER_AREA), np.uint8)


@dataclass(frozen=True, slots=True, eq=False)
class TrainingData:
    """What to learn from, and what to see by whether it helped.

    train: learned from. held_out: only read, to compare models on. options: how photos are read, as models are compared
    by what a person will see: alphabet, languages, their strength, GPU memory. lines: whether crops are whole lines.
    digest: of the dataset, kept with the model. general: what is repeated against forgetting, the first of it only
    read, to see whether anything is forgotten; where there is none it is drawn.
    """

    train: Sequence[Lesson]
    held_out: Sequence[Lesson] = ()
    options: ReaderOptions = field(default_factory=ReaderOptions)
    lines: bool = False
    digest: str = ""
    general: Sequence[Lesson] = ()

    @property
    def unit(self) -> str:
        """What a crop holds: "words" or "lines"."""
        return "lines" if self.lines else "words"

    def fingerprint(self) -> str:
        """Another one for other crops, other texts or another division of them."""
        found = hashlib.sha256(self.digest.encode())
        for part in (self.train, self.held_out, *([self.general] if self.general else [])):
            found.update(b"part")
            for lesson in part:
                found.update(lesson.text.encode("utf-8", "surrogatepass"))
                found.update(str(lesson.crop.shape).encode())
                found.update(np.ascontiguousarray(lesson.crop).data)
        return found.hexdigest()
