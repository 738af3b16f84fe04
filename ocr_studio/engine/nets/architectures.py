"""The networks by the architecture names in model cards."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Final

import keras

from ocr_studio.core.models.card import (
    CRAFT,
    CRNN,
    DETECTOR,
    LIGHT_CRAFT,
    LIGHT_CRNN,
    RECOGNIZER,
    WORD_DETECTOR,
)
from ocr_studio.engine.nets.craft import build_craft
from ocr_studio.engine.nets.crnn import build_crnn
from ocr_studio.engine.nets.detector import build_detector
from ocr_studio.engine.nets.light_craft import build_light_craft
from ocr_studio.engine.nets.light_crnn import build_light_crnn
from ocr_studio.engine.nets.recognizer import build_recognizer

_RECOGNIZERS: Final[Mapping[str, Callable[[int], keras.Model]]] = MappingProxyType(
    {RECOGNIZER: build_recognizer, CRNN: build_crnn, LIGHT_CRNN: build_light_crnn}
)
_DETECTORS: Final[Mapping[str, Callable[[], keras.Model]]] = MappingProxyType(
    {
        DETECTOR: build_detector,
        WORD_DETECTOR: build_detector,
        CRAFT: lambda: build_craft(normed=False),
        LIGHT_CRAFT: build_light_craft,
    }
)


def build_recognizer_of(architecture: str, classes: int) -> keras.Model:
    """Build a recognizer as saved in models. Raises KeyError for another architecture (a bug)."""
    return _RECOGNIZERS[architecture](classes)


def build_detector_of(architecture: str) -> keras.Model:
    """Build a detector as saved in models. Raises KeyError for another architecture (a bug)."""
    return _DETECTORS[architecture]()
