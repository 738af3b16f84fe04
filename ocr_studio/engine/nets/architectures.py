"""The networks there are, by the names that models' cards have for them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Final

import keras

from ocr_studio.core.models.card import CRAFT, CRNN, DETECTOR, LIGHT_CRAFT, LIGHT_CRNN, RECOGNIZER
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
    {DETECTOR: build_detector, CRAFT: lambda: build_craft(normed=False), LIGHT_CRAFT: build_light_craft}
)


def build_recognizer_of(architecture: str, classes: int) -> keras.Model:
    """The net, as models keep it, of an architecture that reads. Raises KeyError for any other (a bug)."""
    return _RECOGNIZERS[architecture](classes)


def build_detector_of(architecture: str) -> keras.Model:
    """The net, as models keep it, of an architecture that finds writing. Raises KeyError for any other (a bug)."""
    return _DETECTORS[architecture]()
