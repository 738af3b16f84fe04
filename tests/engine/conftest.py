"""The published networks, loaded and traced once for all tests of the engine in a process."""

from __future__ import annotations

import copy
from typing import TYPE_CHECKING

import pytest

from ocr_studio.core.models import registry
from ocr_studio.core.settings import ReaderOptions

if TYPE_CHECKING:
    from ocr_studio.engine.detection.detector import Detector
    from ocr_studio.engine.reader import Reader
    from ocr_studio.engine.recognition.recognizer import Recognizer


@pytest.fixture(scope="session")
def detector() -> Detector:
    """The published detector."""
    from ocr_studio.engine import model_loader

    return model_loader.load_detector(registry.BUILT_IN_DETECTOR)


@pytest.fixture(scope="session")
def loaded_recognizer() -> Recognizer:
    """The published recognizer, to be copied: its dictionaries may be set."""
    from ocr_studio.engine import model_loader

    return model_loader.load_recognizer(registry.BUILT_IN)


@pytest.fixture(scope="module")
def recognizer(loaded_recognizer: Recognizer) -> Recognizer:
    """The published recognizer, without a dictionary."""
    return copy.copy(loaded_recognizer)


@pytest.fixture(scope="module")
def reader(detector: Detector, loaded_recognizer: Recognizer) -> Reader:
    """A reader with both."""
    from ocr_studio.engine.reader import Reader

    return Reader(ReaderOptions(), detector=detector, recognizer=copy.copy(loaded_recognizer))
