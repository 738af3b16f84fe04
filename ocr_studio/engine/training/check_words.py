"""Handwritten words that come with the program: a model for all photos must not read them worse after a training.

They are by nine writers of hand-drawn diagrams (hdBPMN, CC BY 4.0, see resources/licences/NOTICE) from whom no model of
the program has learned; ``tests/benchmarks/check_words.py`` cut them.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Final

import numpy as np

from ocr_studio.core import resources
from ocr_studio.core.files import array_files
from ocr_studio.engine.training.training_data import TrainingExample

_MOST_BYTES: Final = 64 << 20


@lru_cache(maxsize=1)
def load_check_words() -> tuple[TrainingExample, ...]:
    """Load the words, crops (48, w, 3) uint8 grey. Raises ResourceMissing."""
    file = array_files.read_arrays(resources.resource("check-words.npz"), most=_MOST_BYTES)
    pixels, widths, texts = file["pixels"], file["widths"], file["texts"]
    crops = np.split(pixels, np.cumsum(widths)[:-1], axis=1)
    return tuple(
        TrainingExample(np.repeat(crop[..., None], 3, axis=2), str(text), f"check {number}")
        for number, (crop, text) in enumerate(zip(crops, texts, strict=True))
    )
